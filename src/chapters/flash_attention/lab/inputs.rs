//! How long, how wide, which mask; and the queries, keys and values of any length: a real head tiled up, or seeded numbers.

use crate::algorithms::repeated;
use crate::data::head;
use crate::data::tiled::{PERIOD, Tiled};
use crate::figure::lab::doubling;
use crate::figure::{Field, Kind, Problem, Values};
use crate::kernels::flash_attention as kernel;

/// The shortest sequence.
pub const SHORTEST: usize = 128;

/// The longest sequence.
pub const LONGEST: usize = 16_384;

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
    /// Q, K and V.
    tiled: Tiled,
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
    Ok(Inputs { lengths: doubling(SHORTEST.min(n), n), d, causal: values.is("mask", "causal"), tiled })
}

impl Inputs {
    /// The words of the kernels' uniform for `n` tokens.
    pub fn uniform(&self, n: usize) -> Vec<u32> {
        let mask = if self.causal { kernel::Mask::BottomRight } else { kernel::Mask::None };
        kernel::uniform(n as u32, n as u32, self.d as u32, self.d as u32, mask, (1.0 / (self.d as f64).sqrt()) as f32)
    }

    /// Q, K and V of `n` tokens.
    pub fn tokens(&self, n: usize) -> Vec<Vec<f32>> {
        self.tiled.tokens(n)
    }

    /// Attention of one query over the first `n_seen` keys in f64.
    pub fn exact_row(&self, row: usize, n_seen: usize) -> Vec<f64> {
        let scale = f64::from((1.0 / (self.d as f64).sqrt()) as f32);
        let weights = repeated::softmax_weights(self.tiled.query(row), self.tiled.keys(), n_seen, scale);
        repeated::weighted_mean(&weights, self.tiled.values(), PERIOD, n_seen, 0.0)
    }
}
