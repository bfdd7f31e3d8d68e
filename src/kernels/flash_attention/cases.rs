//! Inputs that the kernel and its twin are run on: ragged, causal, dead, extreme and ordinary.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;

use super::super::Case;
use super::{Mask, uniform};

/// Every case, built from fixed seeds. Names say what is special.
pub fn all() -> Vec<Case> {
    let mut cases = vec![
        random("one_query_one_key", [1, 1, 1, 1], Mask::None, 1),
        random("width_one", [7, 9, 1, 1], Mask::None, 2),
        random("square", [16, 16, 4, 4], Mask::None, 3),
        random("ragged_no_mask", [13, 37, 5, 3], Mask::None, 4),
        random("value_wider_than_query", [6, 11, 3, 32], Mask::None, 5),
        random("widest", [5, 9, 128, 128], Mask::None, 6),
        random("square_causal", [16, 16, 4, 4], Mask::BottomRight, 7),
        random("decode_one_query", [1, 33, 8, 8], Mask::BottomRight, 8),
        random("fewer_queries_bottom_right", [5, 14, 3, 5], Mask::BottomRight, 9),
        random("fewer_queries_top_left", [5, 14, 3, 5], Mask::TopLeft, 10),
        random("more_queries_top_left", [14, 5, 3, 5], Mask::TopLeft, 11),
        random("more_queries_dead_rows", [14, 5, 3, 5], Mask::BottomRight, 12),
        random("dead_tile_and_dead_rows_in_a_tile", [39, 30, 8, 8], Mask::BottomRight, 13),
        random("more_than_one_workgroup", [259, 131, 32, 32], Mask::BottomRight, 14),
        random("head_sized", [256, 256, 64, 64], Mask::None, 15),
        random("head_sized_causal", [256, 256, 64, 64], Mask::BottomRight, 16),
        normal("head_sized_normal", [256, 256, 64, 64], Mask::None, 19),
        constant("all_equal", [9, 10, 4, 4], 0.75, 1.0),
        constant("all_equal_and_huge", [9, 10, 4, 4], 64.0, 1.0),
        constant("scale_zero", [5, 6, 3, 3], 2.0, 0.0),
    ];
    cases.extend([
        integers("extreme_logits", [18, 22, 16, 8], Mask::None, 17),
        integers("extreme_logits_causal", [18, 22, 16, 8], Mask::TopLeft, 18),
    ]);
    cases
}

/// Uniform values in [-2, 2], scale 1/sqrt(d). `[nq, nk, d, dv]`.
fn random(name: &'static str, size: [u32; 4], mask: Mask, seed: u64) -> Case {
    let scale = 1.0 / (size[2] as f32).sqrt();
    let mut rng = Pcg32::seed_from_u64(seed);
    build(name, size, mask, scale, |_| rng.random_range(-2.0..2.0))
}

/// Standard normal values, scale 1/sqrt(d).
fn normal(name: &'static str, size: [u32; 4], mask: Mask, seed: u64) -> Case {
    let scale = 1.0 / (size[2] as f32).sqrt();
    let mut rng = Pcg32::seed_from_u64(seed);
    build(name, size, mask, scale, |_| StandardNormal.sample(&mut rng))
}

/// Every query and key entry is `value`: uniform weights.
fn constant(name: &'static str, size: [u32; 4], value: f32, scale: f32) -> Case {
    build(name, size, Mask::None, scale, |at| if at.input < 2 { value } else { (at.index % 7) as f32 - 3.0 })
}

/// Logits up to 1e4 of either sign. Entries are integers and the scale is a power of two, so that every
/// logit is exact in f32 in any order of summation: what is left to differ is the softmax.
fn integers(name: &'static str, size: [u32; 4], mask: Mask, seed: u64) -> Case {
    let mut rng = Pcg32::seed_from_u64(seed);
    build(name, size, mask, 4.0, |_| f32::from(rng.random_range(-20i16..=20)))
}

/// Where an entry lies: which input, and its index in it.
struct At {
    input: usize,
    index: usize,
}

fn build(
    name: &'static str,
    [nq, nk, d, dv]: [u32; 4],
    mask: Mask,
    scale: f32,
    mut value: impl FnMut(At) -> f32,
) -> Case {
    let lengths = [nq * d, nk * d, nk * dv];
    let inputs = lengths.iter().enumerate().map(|(input, &len)| {
        (0..len as usize).map(|index| value(At { input, index })).collect()
    });
    let inputs = inputs.collect();
    Case { name, uniform: uniform(nq, nk, d, dv, mask, scale), inputs }
}
