//! Numbers as the site prints them: true minus signs, tabular widths, one form per purpose.

/// The `most` largest values by `size`, largest first; of equals the first.
pub fn largest(mut values: Vec<f64>, most: usize, size: fn(f64) -> f64) -> Vec<f64> {
    let mut out = Vec::new();
    while out.len() < most && !values.is_empty() {
        let mut best = 0;
        for (idx, value) in values.iter().enumerate() {
            if size(*value) > size(values[best]) {
                best = idx;
            }
        }
        out.push(values.remove(best));
    }
    out
}

/// Fixed decimals with a true minus sign; `-0.00` is printed as `0.00`.
pub fn fixed(x: f64, decimals: usize) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞".into() } else { "−∞".into() };
    }
    let text = format!("{:.decimals$}", x.abs());
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if x < 0.0 && !zero { format!("−{text}") } else { text }
}

/// A number in a cell: 2 decimals, or fewer significant digits in scientific form when it would not fit.
pub fn cell(x: f64) -> String {
    if x.is_finite() && x.abs() >= 1000.0 { scientific(x) } else { fixed(x, 2) }
}

/// A factor: 3 decimals.
pub fn factor(x: f64) -> String {
    fixed(x, 3)
}

/// A number in a table: 4 decimals, or scientific where these would not tell.
pub fn table(x: f64) -> String {
    if x.is_finite() && x != 0.0 && (x.abs() < 1e-3 || x.abs() >= 1e6) { scientific(x) } else { fixed(x, 4) }
}

/// `1.3×10⁻⁷`: two significant digits and one exponent.
pub fn scientific(x: f64) -> String {
    if !x.is_finite() || x == 0.0 {
        return fixed(x, 0);
    }
    let text = format!("{x:.1e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    format!("{}×10{}", digits.replace('-', "−"), superscript(exponent))
}

/// A power of ten at a tick, `10⁻⁷`, or a whole multiple of one, `2×10⁻⁷`.
pub fn power(x: f64) -> String {
    scientific(x).replace("1.0×", "").replace(".0×", "×")
}

/// A residual: scientific below 0.01, else two significant decimals.
pub fn residual(x: f64) -> String {
    if x.is_finite() && x != 0.0 && (x.abs() < 0.01 || x.abs() >= 1000.0) {
        scientific(x)
    } else if x == 0.0 {
        "0".into()
    } else {
        fixed(x, 2)
    }
}

/// ASCII form for `data-` attributes: `1.3e-7`.
pub fn ascii(x: f64) -> String {
    format!("{x:.1e}")
}

/// At most 4 decimals and no more than needed, in ASCII: as an address writes a number.
pub fn plain(x: f64) -> String {
    let text = format!("{x:.4}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        short => short.into(),
    }
}

/// Reads a number as `str::parse` does: exactly rounded for up to 15 digits and powers of ten up to 22, else within a few units
/// in the last place. The tables of an exact reading would be the twentieth part of what a page loads.
pub fn parse(text: &str) -> Option<f64> {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let size = match rest.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => decimal(rest)?,
    };
    Some(if text.starts_with('-') { -size } else { size })
}

/// `12.5e-3`, without a sign.
fn decimal(text: &str) -> Option<f64> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent_of(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if !all().all(|digit| digit.is_ascii_digit()) || all().next().is_none() {
        return None;
    }
    // As many digits as 64 bits hold; further ones only count as places.
    let (mut mantissa, mut ten) = (0_u64, exponent - fraction.len() as i64);
    let mut full = false;
    for digit in all() {
        full = full || mantissa >= 100_000_000_000_000_000;
        if full {
            ten += 1;
        } else {
            mantissa = 10 * mantissa + u64::from(digit - b'0');
        }
    }
    Some(scaled(mantissa as f64, ten))
}

/// The power of ten behind an `e`; far beyond what a number can hold it stays there.
fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let size = digits.trim_start_matches('0').parse().unwrap_or(if digits.bytes().all(|digit| digit == b'0') { 0 } else { 99_999 });
    Some(if text.starts_with('-') { -i64::min(size, 99_999) } else { i64::min(size, 99_999) })
}

/// x 10^power. Powers up to 22 are exact.
fn scaled(mut x: f64, mut power: i64) -> f64 {
    const TENS: [f64; 23] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];
    while power != 0 && x != 0.0 && x.is_finite() {
        let step = power.abs().min(22);
        let ten = TENS[step as usize];
        x = if power > 0 { x * ten } else { x / ten };
        power -= step * power.signum();
    }
    x
}

/// A whole number with thousands separators, the same in both languages.
pub fn whole(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (idx, c) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// So many bytes, with one decimal from a thousand on.
pub fn bytes(n: f64) -> String {
    let (unit, size) = [(" GB", 1e9), (" MB", 1e6), (" kB", 1e3)].into_iter().find(|unit| n >= unit.1).unwrap_or((" B", 1.0));
    fixed(n / size, usize::from(size > 1.0)) + unit
}

/// A duration in milliseconds: three significant digits, seconds from a thousand on.
pub fn duration(ms: f64) -> String {
    let (x, unit) = if ms >= 1000.0 { (ms / 1000.0, " s") } else { (ms, " ms") };
    let decimals = if x >= 100.0 {
        0
    } else if x >= 10.0 {
        1
    } else {
        2
    };
    fixed(x, if x < 0.1 { 3 } else { decimals }) + unit
}

/// A share as a percentage with one decimal.
pub fn percent(x: f64) -> String {
    fixed(100.0 * x, 1) + "%"
}

/// A number as an index: `₁₂`.
pub fn subscript(n: usize) -> String {
    n.to_string().chars().map(|c| char::from_u32('₀' as u32 + c.to_digit(10).unwrap_or(0)).unwrap_or(c)).collect()
}

fn superscript(exponent: &str) -> String {
    exponent
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            c => char::from_u32('⁰' as u32 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
        })
        .collect()
}
