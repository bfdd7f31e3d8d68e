//! The names of the maps and how this figure prints its numbers.

use crate::algorithms::feature_map::FeatureMap;
use crate::content::{Lang, number};

/// What a map makes of an entry; for the two that need more, their name.
pub fn formula(map: FeatureMap, lang: Lang) -> &'static str {
    match map {
        FeatureMap::Identity => "x",
        FeatureMap::Relu => "max(x, 0)",
        FeatureMap::Elu1 => "elu(x) + 1",
        FeatureMap::Exp => "eˣ",
        FeatureMap::Taylor1 => "1 + x",
        FeatureMap::Square => "x²",
        FeatureMap::Double => lang.pick("two softmaxes", "两个 Softmax"),
        FeatureMap::Cosine => "1 + cos(q, k)",
    }
}

/// A relative error: two decimals, a whole number from 100 on.
pub fn error(x: f64) -> String {
    if x.is_finite() && x >= 1e7 {
        number::scientific(x)
    } else if x.is_finite() && x >= 100.0 {
        number::whole(x.round() as u64)
    } else {
        number::fixed(x, 2)
    }
}

/// A weight or a denominator: two decimals, one from 10 on, none from 100 on, thousands set apart.
pub fn weight(x: f64) -> String {
    match x.abs() {
        size if size >= 1e7 || size.is_nan() => number::scientific(x),
        size if size >= 1e3 => [if x < 0.0 { "−" } else { "" }, &number::whole(size.round() as u64)].concat(),
        size if size >= 100.0 => number::fixed(x, 0),
        size if size >= 10.0 => number::fixed(x, 1),
        _ => number::fixed(x, 2),
    }
}
