//! Numbers as this figure prints them: logits as typed, sums with four decimals while these mean something.

use crate::content::number;

/// A logit or a maximum: whole if it is, else two decimals.
pub fn logit(x: f64) -> String {
    match x {
        x if !x.is_finite() => number::fixed(x, 0),
        x if x.abs() >= 1e6 => number::scientific(x),
        x if x.fract() == 0.0 && x < 0.0 => format!("−{}", number::whole(x.abs() as u64)),
        x if x.fract() == 0.0 => number::whole(x as u64),
        x => number::fixed(x, 2),
    }
}

/// A logit behind a minus sign.
pub fn bracketed(x: f64) -> String {
    if x < 0.0 { format!("({})", logit(x)) } else { logit(x) }
}

/// A sum or a term in a sentence: four decimals, whole from 1,000 on.
pub fn sum(x: f64) -> String {
    match x {
        x if !x.is_finite() => number::fixed(x, 0),
        x if x.abs() >= 1e7 => number::scientific(x),
        x if x.abs() >= 1000.0 => number::whole(x.abs().round() as u64),
        x if x == 0.0 || x.abs() >= 1e-3 => trimmed(x),
        x => number::scientific(x),
    }
}

fn trimmed(x: f64) -> String {
    if x.fract() == 0.0 { number::fixed(x, 0) } else { number::fixed(x, 4) }
}

/// A sum in a cell that is so many units wide.
pub fn cell(x: f64) -> String {
    match x {
        x if x.is_finite() && x.abs() >= 1e6 => number::scientific(x),
        x if x.is_finite() && x.abs() >= 1000.0 => number::whole(x.abs().round() as u64),
        x => number::fixed(x, 2),
    }
}

/// A factor or a weight: three decimals, 1 and 0 where they are exact, scientific where decimals would not tell.
pub fn factor(x: f64) -> String {
    match x {
        x if x == 1.0 || x == 0.0 => number::fixed(x, 0),
        x if x.is_finite() && x.abs() < 5e-4 => number::scientific(x),
        x => number::factor(x),
    }
}

/// "1st", "2nd": how English counts places from 1.
pub fn ordinal(n: usize) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}
