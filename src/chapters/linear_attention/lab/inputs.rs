//! How long, how wide, which mask; the same numbers as in the lab of FlashAttention.

use crate::algorithms::feature_map::FeatureMap;
use crate::algorithms::linear_attention::reference::similarity;
use crate::algorithms::repeated;
use crate::data::head;
use crate::data::tiled::{PERIOD, Tiled};
use crate::figure::lab::doubling;
use crate::figure::{Field, Kind, Problem, Values};
use crate::kernels::flash_attention::{self, Mask};
use crate::kernels::linear_attention::{self, Normaliser};
use crate::kernels::linear_attention_causal;
use ndarray::ArrayView1;

/// The shortest sequence measured: below d, where the quadratic bracket is the cheaper one.
pub const SHORTEST: usize = 16;

/// Added to every denominator of linear attention (fast-transformers).
pub const EPS: f32 = 1e-6;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "n", kind: Kind::Int(128, 16_384), default: "4096" },
    Field { name: "d", kind: Kind::Choice(&["32", "64"]), default: "64" },
    Field { name: "mask", kind: Kind::Choice(&["none", "causal"]), default: "none" },
];

/// Validated inputs.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The lengths, ascending: powers of two, and the one asked for.
    pub lengths: Vec<usize>,
    /// Size of a query, key and value.
    pub d: usize,
    /// Whether a query sees only the keys up to its own.
    pub causal: bool,
    /// Q, K and V.
    pub tiled: Tiled,
}

/// The real head that is tiled up: layer 5, head 6 on the long text.
pub fn data(values: &Values) -> Option<String> {
    values.is("d", "32").then(|| head::long_file(5, 6))
}

/// Reads values.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<Inputs, Vec<Problem>> {
    let (n, d) = (values.size("n"), values.size("d"));
    let tiled = match data {
        Some(bytes) => Tiled::head(bytes).filter(|tiled| tiled.d == d),
        None => Some(Tiled::seeded(d, 1)),
    };
    let Some(tiled) = tiled else {
        return Err(vec![Problem::new("d", "The file of the head is not as long as it should be.", "头的数据文件长度不对。")]);
    };
    Ok(Inputs { lengths: doubling(SHORTEST, n), d, causal: values.is("mask", "causal"), tiled })
}

impl Inputs {
    /// The words of the uniform of softmax attention for `n` tokens.
    pub fn softmax_uniform(&self, n: usize) -> Vec<u32> {
        let mask = if self.causal { Mask::BottomRight } else { Mask::None };
        flash_attention::uniform(n as u32, n as u32, self.d as u32, self.d as u32, mask, self.scale() as f32)
    }

    /// The words of the uniform of linear attention for `n` tokens.
    pub fn linear_uniform(&self, n: usize) -> Vec<u32> {
        let (n, d, map, normaliser) = (n as u32, self.d as u32, linear_attention::FeatureMap::Elu1, Normaliser::Eps(EPS));
        if self.causal {
            linear_attention_causal::uniform(n, d, d, map, normaliser)
        } else {
            linear_attention::uniform(n, n, d, d, map, normaliser)
        }
    }

    /// 1/sqrt(d), as the kernels have it.
    fn scale(&self) -> f64 {
        f64::from((1.0 / (self.d as f64).sqrt()) as f32)
    }

    /// How many of the first keys a row of `n` sees.
    fn seen(&self, row: usize, n: usize) -> usize {
        if self.causal { row + 1 } else { n }
    }

    /// A row of softmax attention over `n` tokens in f64.
    pub fn softmax_row(&self, row: usize, n: usize) -> Vec<f64> {
        let seen = self.seen(row, n);
        let weights = repeated::softmax_weights(self.tiled.query(row), self.tiled.keys(), seen, self.scale());
        repeated::weighted_mean(&weights, self.tiled.values(), PERIOD, seen, 0.0)
    }

    /// A row of linear attention with elu + 1 over `n` tokens in f64, by its definition: similarity by similarity.
    pub fn linear_row(&self, row: usize, n: usize) -> Vec<f64> {
        let seen = self.seen(row, n);
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
        let q = wide(self.tiled.query(row));
        let keys = self.tiled.keys().chunks_exact(self.d).take(seen);
        let weights: Vec<f64> =
            keys.map(|k| similarity(FeatureMap::Elu1, ArrayView1::from(&q[..]), ArrayView1::from(&wide(k)[..]))).collect();
        repeated::weighted_mean(&weights, self.tiled.values(), PERIOD, seen, f64::from(EPS))
    }
}
