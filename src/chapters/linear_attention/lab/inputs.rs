//! The inputs of the lab, what the kernels get, and what is exact for them.

use crate::algorithms::feature_map::FeatureMap;
use crate::algorithms::linear_attention::reference::similarity;
use crate::algorithms::repeated;
use crate::data::tiled::PERIOD;
use crate::figure::Field;
use crate::figure::lab::head::{self, HeadInputs};
use crate::kernels::linear_attention::{self, Normaliser};
use crate::kernels::linear_attention_causal;
use ndarray::ArrayView1;

/// The shortest sequence measured: below d, where the quadratic bracket is the cheaper one.
pub const SHORTEST: usize = 16;

/// Added to every denominator of linear attention (fast-transformers).
pub const EPS: f32 = 1e-6;

/// URL parameters.
pub const FIELDS: &[Field] = &head::fields("4096");

/// The words of the uniform of linear attention for `n` tokens.
pub fn linear_uniform(inputs: &HeadInputs, n: usize) -> Vec<u32> {
    let (n, d, map, normaliser) = (n as u32, inputs.d as u32, linear_attention::FeatureMap::Elu1, Normaliser::Eps(EPS));
    if inputs.causal {
        linear_attention_causal::uniform(n, d, d, map, normaliser)
    } else {
        linear_attention::uniform(n, n, d, d, map, normaliser)
    }
}

/// A row of softmax attention over `n` tokens in f64.
pub fn softmax_row(inputs: &HeadInputs, row: usize, n: usize) -> Vec<f64> {
    let tiled = &inputs.tiled;
    repeated::softmax_row(tiled.query(row), tiled.keys(), tiled.values(), PERIOD, inputs.seen(row, n), inputs.scale())
}

/// A row of linear attention with elu + 1 over `n` tokens in f64, by its definition: similarity by similarity.
pub fn linear_row(inputs: &HeadInputs, row: usize, n: usize) -> Vec<f64> {
    let (tiled, seen) = (&inputs.tiled, inputs.seen(row, n));
    let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
    let q = wide(tiled.query(row));
    let keys = tiled.keys().chunks_exact(inputs.d).take(seen);
    let weights: Vec<f64> = keys.map(|k| similarity(FeatureMap::Elu1, ArrayView1::from(&q[..]), ArrayView1::from(&wide(k)[..]))).collect();
    repeated::weighted_mean(&weights, tiled.values(), PERIOD, seen, f64::from(EPS))
}
