//! How long, how wide, which mask; and the queries, keys and values of any length: a real head tiled up, or seeded numbers.

use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

use crate::algorithms::reference;
use crate::algorithms::{Attention, Mask, MaskKind};
use crate::figure::{Field, Kind, Problem, Values};
use crate::kernels::flash_attention as kernel;

/// The shortest sequence.
pub const SHORTEST: usize = 128;

/// The longest sequence.
pub const LONGEST: usize = 16_384;

/// Tokens of the real head, and of the seeded numbers; longer sequences repeat them.
const PERIOD: usize = 256;

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

    /// max |output - f64 reference| over four rows: the first, the last and two between.
    pub fn error(&self, n: usize, output: &[f32]) -> f64 {
        let rows = [0, n / 3, 2 * n / 3, n - 1];
        let wide = |part: &Vec<f32>, rows: usize| {
            ndarray::Array2::from_shape_fn((rows, self.d), |(row, c)| f64::from(part[(row % PERIOD) * self.d + c]))
        };
        let mut most: f64 = 0.0;
        for row in rows {
            // Query `row` alone, on the keys that it sees.
            let n_seen = if self.causal { row + 1 } else { n };
            let q = wide(&self.period[0], row % PERIOD + 1).slice_move(ndarray::s![row % PERIOD.., ..]);
            let x = Attention {
                q,
                k: wide(&self.period[1], n_seen),
                v: wide(&self.period[2], n_seen),
                scale: f64::from((1.0 / (self.d as f64).sqrt()) as f32),
                mask: Mask::new(MaskKind::None, 1, n_seen),
            };
            let exact = reference::attention(&x).out;
            let ours = output.get(row * self.d..(row + 1) * self.d).unwrap_or_default();
            // f64::max would drop a NaN.
            for (a, b) in exact.iter().zip(ours) {
                let apart = (a - f64::from(*b)).abs();
                most = if apart.is_nan() || most.is_nan() { f64::NAN } else { most.max(apart) };
            }
        }
        most
    }
}
