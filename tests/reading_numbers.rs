//! How typed numbers are read, held against the standard library.
//!
//! Run with `cargo nextest run --no-default-features --test reading_numbers`.

#![allow(clippy::unwrap_used, reason = "a test stops where there is nothing to compare")]

use proptest::prelude::*;
use unrolled::content::number;

proptest! {
    /// What a reader types is read exactly; what nobody types, to a few units in the last place.
    #[test]
    fn numbers_read_as_the_library_reads_them(whole in 0u64..100_000_000, fraction in 0u64..10_000_000, power in -300i32..300, sign in any::<bool>()) {
        let sign = if sign { "-" } else { "" };
        let short = format!("{sign}{whole}.{fraction:07}");
        prop_assert_eq!(number::parse(&short), short.parse::<f64>().ok());
        let long = format!("{sign}{whole}.{fraction}e{power}");
        let (ours, exact) = (number::parse(&long).unwrap(), long.parse::<f64>().unwrap());
        prop_assert!((ours - exact).abs() <= 4e-15 * exact.abs(), "{} {} {}", long, ours, exact);
    }
}

/// As addresses and handles write numbers; what is written is read back.
#[test]
fn numbers_are_written_no_longer_than_needed() {
    let cases =
        [(0.0, "0"), (-0.0, "0"), (0.05, "0.05"), (-0.000_01, "0"), (10.0, "10"), (-2.5, "-2.5"), (1.0 / 3.0, "0.3333"), (100.0, "100")];
    for (x, text) in cases {
        assert_eq!(number::plain(x), text);
        assert!((number::parse(text).unwrap() - x).abs() < 1e-4, "{text}");
    }
}

#[test]
fn powers_and_indices_are_short() {
    assert_eq!([1e-7, 1e4, 2e3, 1.5e-3].map(number::power), ["10⁻⁷", "10⁴", "2×10³", "1.5×10⁻³"]);
    assert_eq!([0, 7, 120].map(number::subscript), ["₀", "₇", "₁₂₀"]);
}

#[test]
fn what_is_no_number_is_not_read() {
    let all = [
        "",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "1.2.3",
        "0x10",
        "1 2",
        "１",
        "--1",
        "+-1",
        "1f",
        "infinit",
        "1e5.5",
        "𝟙",
        "5.",
        ".5",
        "+1",
        "inf",
        "-Infinity",
        "1e999999999999",
        "0e999999999999",
        "1e-400",
        "00012",
        "123456789012345678901234567890",
    ];
    for text in all {
        let (ours, exact) = (number::parse(text), text.parse::<f64>().ok());
        let near = ours.zip(exact).is_none_or(|(ours, exact)| ours == exact || (ours - exact).abs() <= 1e-15 * exact.abs());
        assert!(ours.is_some() == exact.is_some() && near, "{text}: {ours:?} {exact:?}");
    }
    assert!(number::parse("NaN").unwrap().is_nan());
}
