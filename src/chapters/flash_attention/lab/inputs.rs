//! How long, how wide, which mask; and the queries, keys and values of any length: a real head tiled up, or seeded numbers.

use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

use crate::figure::{Field, Kind, Problem, Values};
use crate::kernels::flash_attention as kernel;

/// The shortest sequence.
pub const SHORTEST: usize = 128;

/// The longest sequence.
pub const LONGEST: usize = 16_384;

/// Tokens of the real head, and of the seeded numbers; longer sequences repeat them.
const PERIOD: usize = 256;

/// Rows of an output that are compared with f64.
const CHECKED: usize = 32;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "n", kind: Kind::Int(SHORTEST as i64, LONGEST as i64), default: "2048" },
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
    /// Q, K and V of `PERIOD` tokens, row-major.
    period: Arc<[Vec<f32>; 3]>,
}

/// The real head that is tiled up: layer 5, head 6 on the long text.
pub fn data(values: &Values) -> Option<String> {
    values.is("d", "32").then(|| "minilm/long-5-6.f32".to_string())
}

/// Reads values.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<Inputs, Vec<Problem>> {
    let (n, d) = (values.size("n"), values.size("d"));
    let numbers: Vec<f32> = match data {
        Some(bytes) => bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        None => Pcg64::seed_from_u64(1).sample_iter(StandardNormal).take(3 * PERIOD * d).collect(),
    };
    if numbers.len() != 3 * PERIOD * d {
        return Err(vec![Problem::new("d", "The file of the head is not as long as it should be.", "头的数据文件长度不对。")]);
    }
    let part = |idx: usize| numbers[idx * PERIOD * d..(idx + 1) * PERIOD * d].to_vec();
    let mut lengths: Vec<usize> = std::iter::successors(Some(SHORTEST), |n| Some(2 * n)).take_while(|length| *length < n).collect();
    lengths.push(n);
    Ok(Inputs { lengths, d, causal: values.is("mask", "causal"), period: Arc::new([part(0), part(1), part(2)]) })
}

impl Inputs {
    /// The words of the kernels' uniform for `n` tokens.
    pub fn uniform(&self, n: usize) -> Vec<u32> {
        let mask = if self.causal { kernel::Mask::BottomRight } else { kernel::Mask::None };
        kernel::uniform(n as u32, n as u32, self.d as u32, self.d as u32, mask, (1.0 / (self.d as f64).sqrt()) as f32)
    }

    /// Q, K and V of `n` tokens.
    pub fn tokens(&self, n: usize) -> Vec<Vec<f32>> {
        let tiled = |part: &Vec<f32>| {
            let mut out = Vec::with_capacity(n * self.d);
            while out.len() < n * self.d {
                let rest = (n * self.d - out.len()).min(part.len());
                out.extend_from_slice(&part[..rest]);
            }
            out
        };
        self.period.iter().map(tiled).collect()
    }

    /// max |output - f64 reference| over rows spread from the first to the last.
    pub fn error(&self, n: usize, output: &[f32]) -> f64 {
        let mut most: f64 = 0.0;
        for idx in 0..CHECKED {
            let row = idx * (n - 1) / (CHECKED - 1);
            let exact = self.exact_row(row, if self.causal { row + 1 } else { n });
            let ours = output.get(row * self.d..(row + 1) * self.d).unwrap_or_default();
            for (a, b) in exact.iter().zip(ours.iter().chain(std::iter::repeat(&f32::NAN))) {
                let apart = (a - f64::from(*b)).abs();
                // f64::max would drop a NaN.
                most = if apart.is_nan() || most.is_nan() { f64::NAN } else { most.max(apart) };
            }
        }
        most
    }

    /// Attention of one query over the first `n_seen` keys in f64. Keys repeat, so each of the distinct ones is
    /// weighed as often as it occurs: sum over r of c_r e^(s_r) v_r / sum over r of c_r e^(s_r).
    pub fn exact_row(&self, row: usize, n_seen: usize) -> Vec<f64> {
        let d = self.d;
        let [q, k, v] = &*self.period;
        let at = |part: &[f32], row: usize, c: usize| f64::from(part[(row % PERIOD) * d + c]);
        let scale = f64::from((1.0 / (d as f64).sqrt()) as f32);
        let scores: Vec<f64> =
            (0..PERIOD.min(n_seen)).map(|key| scale * (0..d).map(|c| at(q, row, c) * at(k, key, c)).sum::<f64>()).collect();
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut total, mut sum) = (0.0, vec![0.0; d]);
        for (key, score) in scores.iter().enumerate() {
            let occurs = (n_seen - key).div_ceil(PERIOD);
            let weight = occurs as f64 * (score - highest).exp();
            total += weight;
            sum.iter_mut().enumerate().for_each(|(c, sum)| *sum += weight * at(v, key, c));
        }
        sum.iter().map(|sum| sum / total).collect()
    }
}
