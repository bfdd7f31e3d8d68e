//! Inputs that the kernel and its twin are run on: within a tile, within a chunk, over many, ragged.

use super::super::Case;
use super::super::linear_attention::FeatureMap::{Elu1, Exp, Identity, Relu, Square, Taylor1};
use super::super::linear_attention::{FeatureMap, Normaliser, case_inputs};
use super::uniform;

const EPS: Normaliser = Normaliser::Eps(1e-6);

/// Every case, built from fixed seeds. Names say what is special.
pub fn all() -> Vec<Case> {
    vec![
        case("one_token", [1, 1, 1], Elu1, EPS, 31),
        case("width_one", [9, 1, 1], Elu1, EPS, 32),
        case("one_tile", [32, 8, 8], Exp, EPS, 33),
        case("ragged_in_a_tile", [13, 5, 3], Elu1, EPS, 34),
        case("one_chunk", [64, 9, 11], Elu1, EPS, 35),
        case("one_more_than_a_chunk", [65, 9, 11], Elu1, EPS, 36),
        case("value_wider_than_query", [101, 3, 40], Exp, EPS, 37),
        case("widest_head", [70, 128, 128], Elu1, EPS, 38),
        case("wider_than_a_head", [130, 257, 34], Elu1, EPS, 39),
        case("head_sized", [256, 64, 64], Elu1, EPS, 40),
        case("head_sized_exp", [256, 64, 64], Exp, EPS, 41),
        case("many_chunks", [1111, 16, 16], Elu1, EPS, 42),
        case("relu_with_room", [200, 12, 12], Relu, Normaliser::Eps(1e-2), 43),
        case("squares", [200, 12, 12], Square, Normaliser::Eps(1e-2), 44),
        case("identity", [150, 7, 5], Identity, Normaliser::Absent, 45),
        case("taylor", [150, 7, 5], Taylor1, Normaliser::Absent, 46),
        case("not_normalised", [100, 6, 6], Elu1, Normaliser::Absent, 47),
    ]
}

/// `[n, d, dv]`.
fn case(name: &'static str, [n, d, dv]: [u32; 3], map: FeatureMap, normaliser: Normaliser, seed: u64) -> Case {
    Case { name, uniform: uniform(n, d, dv, map, normaliser), inputs: case_inputs([n, n, d, dv], normaliser, seed) }
}
