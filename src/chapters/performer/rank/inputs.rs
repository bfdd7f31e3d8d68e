//! How many tokens, how many features, which map, and the seed of the numbers.

use crate::algorithms::feature_map::FeatureMap;
use crate::content::Lang;
use crate::figure::{Field, Kind, Values};

/// The most tokens: at each change three spectra are computed anew, within a frame or two.
pub const MAX_N: usize = 64;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "n", kind: Kind::Int(2, MAX_N as i64), default: "32" },
    Field { name: "d", kind: Kind::Int(1, MAX_N as i64), default: "8" },
    Field {
        name: "map",
        kind: Kind::Choice(&["identity", "relu", "elu1", "exp", "taylor1", "square", "double", "cosine"]),
        default: "elu1",
    },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "220" },
];

/// Validated inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Tokens.
    pub n: usize,
    /// Size of a query and a key.
    pub d: usize,
    /// The feature map.
    pub map: FeatureMap,
    /// Of the queries and keys.
    pub seed: u64,
}

impl Inputs {
    /// How many features a query becomes: no more independent rows can its table have.
    pub fn n_features(&self) -> usize {
        self.d + usize::from(self.map == FeatureMap::Cosine)
    }
}

/// Reads values.
pub fn read(values: &Values) -> Inputs {
    let map = FeatureMap::ALL.into_iter().find(|map| values.is("map", map.name())).unwrap_or(FeatureMap::Elu1);
    Inputs { n: values.size("n").max(2), d: values.size("d").max(1), map, seed: values.size("seed") as u64 }
}

/// The name of a map.
pub fn name(map: FeatureMap, lang: Lang) -> &'static str {
    match map {
        FeatureMap::Identity => lang.pick("identity", "恒等"),
        FeatureMap::Relu => "relu",
        FeatureMap::Elu1 => "elu + 1",
        FeatureMap::Exp => "exp",
        FeatureMap::Taylor1 => "1 + x",
        FeatureMap::Square => "x²",
        FeatureMap::Double => lang.pick("two softmaxes", "两个 Softmax"),
        FeatureMap::Cosine => "1 + cos",
    }
}
