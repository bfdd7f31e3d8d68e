//! Inputs that the kernel and its twin are run on: every stabiliser, ragged, wide, and rows so long that eps takes over.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;

use super::super::Case;
use super::{Stabiliser, uniform};

/// Every case, built from fixed seeds. Names say what is special.
pub fn all() -> Vec<Case> {
    vec![
        case("one_row_one_feature", [1, 1, 1], Stabiliser::Absent, 1.0, 51),
        case("textbook", [13, 5, 7], Stabiliser::Absent, 1.0, 52),
        case("queries", [13, 5, 7], Stabiliser::Row, 1.0, 53),
        case("keys", [13, 5, 7], Stabiliser::All, 1.0, 54),
        case("one_tile", [32, 32, 32], Stabiliser::All, 1.0, 55),
        case("one_more_than_a_tile", [33, 33, 33], Stabiliser::Row, 1.0, 56),
        case("head_sized", [256, 64, 128], Stabiliser::All, 1.0, 57),
        case("many_features", [40, 32, 500], Stabiliser::Row, 1.0, 58),
        case("widest_head", [9, 128, 128], Stabiliser::Absent, 1.0, 59),
        case("more_rows_than_a_workgroup", [700, 3, 5], Stabiliser::All, 1.0, 60),
        case("long_queries", [20, 16, 24], Stabiliser::Row, 2.5, 61),
        case("long_keys", [20, 16, 24], Stabiliser::All, 2.5, 62),
        case("only_eps_is_left", [20, 16, 24], Stabiliser::Row, 20.0, 63),
    ]
}

/// Standard normal directions and x, x times `spread`, scale d^(-1/4), eps 1e-4 where there is a stabiliser. `[n, d, m]`.
fn case(name: &'static str, [n, d, m]: [u32; 3], stabiliser: Stabiliser, spread: f32, seed: u64) -> Case {
    let mut rng = Pcg32::seed_from_u64(seed);
    let mut draw = |len: u32, spread: f32| {
        let mut number = || -> f32 { StandardNormal.sample(&mut rng) };
        (0..len).map(|_| spread * number()).collect::<Vec<f32>>()
    };
    let inputs = vec![draw(n * d, spread), draw(m * d, 1.0)];
    let eps = if stabiliser == Stabiliser::Absent { 0.0 } else { 1e-4 };
    Case { name, uniform: uniform(n, d, m, stabiliser, (d as f32).powf(-0.25), eps), inputs }
}
