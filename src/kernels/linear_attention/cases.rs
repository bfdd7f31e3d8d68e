//! Inputs that both kernels of linear attention and their twins are run on: ragged, wide, signed, far below zero.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;

use super::super::Case;
use super::FeatureMap::{Elu1, Exp, Identity, Relu, Square, Taylor1};
use super::{FeatureMap, Normaliser, uniform};

const EPS: Normaliser = Normaliser::Eps(1e-6);

/// Every case, built from fixed seeds. Names say what is special.
pub fn all() -> Vec<Case> {
    let mut cases = vec![
        case("one_query_one_key", [1, 1, 1, 1], Elu1, EPS, 1),
        case("width_one", [7, 9, 1, 1], Elu1, EPS, 2),
        case("ragged", [13, 37, 5, 3], Elu1, EPS, 3),
        case("more_queries_than_keys", [40, 3, 9, 11], Relu, Normaliser::Eps(1e-2), 4),
        case("value_wider_than_query", [6, 11, 3, 40], Exp, EPS, 5),
        case("widest_head", [5, 70, 128, 128], Elu1, EPS, 6),
        case("wider_than_a_head", [33, 65, 257, 34], Elu1, EPS, 7),
        case("two_chunks", [65, 65, 8, 8], Exp, EPS, 8),
        case("longer_chunks", [70, 4200, 8, 8], Elu1, EPS, 9),
        case("head_sized", [256, 256, 64, 64], Elu1, EPS, 10),
        case("head_sized_relu", [256, 256, 64, 64], Relu, EPS, 11),
        case("head_sized_exp", [256, 256, 64, 64], Exp, EPS, 12),
        case("squares", [19, 45, 12, 12], Square, EPS, 13),
        case("identity", [33, 66, 7, 5], Identity, Normaliser::Absent, 14),
        case("taylor", [33, 66, 7, 5], Taylor1, Normaliser::Absent, 15),
        case("not_normalised", [20, 30, 6, 6], Elu1, Normaliser::Absent, 16),
    ];
    // Where (e^x - 1) + 1 is exactly 0 in f32: keys that should whisper would be mute.
    let mut low = case("far_below_zero", [9, 10, 4, 4], Elu1, Normaliser::Eps(0.0), 17);
    low.inputs[1].iter_mut().enumerate().for_each(|(at, k)| *k = -17.5 - at as f32 * 0.1);
    cases.push(low);
    cases
}

/// Standard normal q `[nq, d]`, k `[nk, d]`, v `[nk, dv]` for `[nq, nk, d, dv]`; v divided by 10 nk where nothing
/// else is: the error of such a sum grows with what cancels in it, so that no bound fits all sizes.
pub fn inputs([nq, nk, d, dv]: [u32; 4], normaliser: Normaliser, seed: u64) -> Vec<Vec<f32>> {
    let mut rng = Pcg32::seed_from_u64(seed);
    let v_scale = if normaliser == Normaliser::Absent { 0.1 / nk as f32 } else { 1.0 };
    let mut draw = |len: u32, scale: f32| {
        let mut number = || -> f32 { StandardNormal.sample(&mut rng) };
        (0..len).map(|_| scale * number()).collect::<Vec<f32>>()
    };
    vec![draw(nq * d, 1.0), draw(nk * d, 1.0), draw(nk * dv, v_scale)]
}

fn case(name: &'static str, [nq, nk, d, dv]: [u32; 4], map: FeatureMap, normaliser: Normaliser, seed: u64) -> Case {
    Case { name, uniform: uniform(nq, nk, d, dv, map, normaliser), inputs: inputs([nq, nk, d, dv], normaliser, seed) }
}
