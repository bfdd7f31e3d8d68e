//! Numbers as this figure prints them, from millionths to thousands: three or four significant digits.

use crate::content::number;

/// An estimate, a kernel or an error.
pub fn value(x: f64) -> String {
    let size = x.abs();
    match size {
        0.0 => "0".into(),
        s if !(1e-3..1e4).contains(&s) => number::scientific(x),
        s if s < 0.0995 => number::fixed(x, 4),
        s if s < 9.995 => number::fixed(x, 3),
        s if s < 99.95 => number::fixed(x, 2),
        s if s < 999.5 => number::fixed(x, 1),
        _ => number::fixed(x, 0),
    }
}

/// A projection or an entry of a vector.
pub fn along(x: f64) -> String {
    number::fixed(x, 2)
}

/// The same as a term: in brackets if negative.
pub fn term(x: f64) -> String {
    if x < -0.005 { format!("({})", along(x)) } else { along(x) }
}

/// A vector.
pub fn pair([a, b]: [f64; 2]) -> String {
    format!("({}, {})", along(a), along(b))
}

/// "± 9%": how far a number may be off, relative to itself.
pub fn margin(relative: f64) -> String {
    ["± ", &number::fixed(100.0 * relative, 0), "%"].concat()
}
