//! Linear attention on real heads and on every small shape.

use unrolled::kernels::linear_attention::{self, FeatureMap, Normaliser};
use unrolled::kernels::{Case, Kernel, linear_attention_causal};

/// Real heads as this kernel takes them: cases of softmax attention, as many queries as keys. None for a kernel that is no attention.
pub fn heads(kernel: &Kernel, heads: Vec<Case>) -> Vec<Case> {
    let uniform = |&[n, nk, d, dv, ..]: &[u32; 6]| match kernel.name {
        "linear_attention" => Some(linear_attention::uniform(n, nk, d, dv, FeatureMap::Elu1, EPS)),
        "linear_attention_causal" => Some(linear_attention_causal::uniform(n, d, dv, FeatureMap::Elu1, EPS)),
        _ => None,
    };
    match kernel.name {
        "flash_attention" | "plain_attention" => heads,
        _ => heads.into_iter().filter_map(|case| Some(Case { uniform: uniform(case.uniform.first_chunk()?)?, ..case })).collect(),
    }
}

const EPS: Normaliser = Normaliser::Eps(1e-6);

/// n from 1 to 70, widths that go round 1 to 11, every map: what is off by one somewhere is off here.
pub fn small_shapes() -> impl Iterator<Item = (Case, Case)> {
    let maps = [FeatureMap::Elu1, FeatureMap::Exp, FeatureMap::Relu, FeatureMap::Identity, FeatureMap::Taylor1, FeatureMap::Square];
    (1..=70_u32).map(move |n| {
        let map = maps[n as usize % maps.len()];
        // A sum of weights that may be near 0 is not divided by.
        let normaliser = if matches!(map, FeatureMap::Elu1 | FeatureMap::Exp) { EPS } else { Normaliser::Absent };
        let (nk, d, dv) = (1 + (7 * n) % 71, 1 + n % 11, 1 + (3 * n) % 11);
        let wave = |len: u32, step: f32| (0..len).map(|i| 0.7 * (1.0 + i as f32 * step).sin()).collect::<Vec<f32>>();
        // Where nothing is divided, values so small that what cancels in a sum is near 1.
        let values = |len| wave(len, 0.9).iter().map(|v| if normaliser == EPS { *v } else { 0.02 * v }).collect();
        let all = Case {
            name: "small_shape",
            uniform: linear_attention::uniform(n, nk, d, dv, map, normaliser),
            inputs: vec![wave(n * d, 2.3), wave(nk * d, 1.7), values(nk * dv)],
        };
        let causal = Case {
            name: "small_shape",
            uniform: linear_attention_causal::uniform(n, d, dv, map, normaliser),
            inputs: vec![wave(n * d, 2.3), wave(n * d, 1.7), values(n * dv)],
        };
        (all, causal)
    })
}
