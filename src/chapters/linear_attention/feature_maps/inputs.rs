//! The head and the feature map.

use crate::algorithms::feature_map::FeatureMap;
use crate::data::head;
use crate::figure::{Field, Kind, Problem, Values};
use ndarray::Array2;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "layer", kind: Kind::Int(0, 5), default: "3" },
    Field { name: "head", kind: Kind::Int(0, 11), default: "1" },
    Field {
        name: "map",
        kind: Kind::Choice(&["identity", "relu", "elu1", "exp", "taylor1", "square", "double", "cosine"]),
        default: "elu1",
    },
];

/// The token in focus at first: "it".
pub const IT: usize = 10;

/// Validated inputs.
pub struct Inputs {
    /// From 0.
    pub layer: usize,
    /// From 0.
    pub head: usize,
    /// The map in focus.
    pub map: FeatureMap,
    /// Queries `[16, 32]`.
    pub q: Array2<f32>,
    /// Keys `[16, 32]`.
    pub k: Array2<f32>,
    /// Values `[16, 32]`.
    pub v: Array2<f32>,
}

/// The head file that these values need.
pub fn data(values: &Values) -> Option<String> {
    Some(head::file(values.size("layer"), values.size("head")))
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<Inputs, Vec<Problem>> {
    let Some(head::Head { q, k, v }) = data.and_then(|bytes| head::read(bytes, head::TOKENS.len())) else {
        return Err(vec![Problem::new("data", "The file of this head is damaged.", "这个头的数据文件损坏了。")]);
    };
    let name = values.text("map");
    let map = FeatureMap::ALL.into_iter().find(|map| map.name() == name).unwrap_or(FeatureMap::Elu1);
    Ok(Inputs { layer: values.size("layer"), head: values.size("head"), map, q, k, v })
}
