//! Which head, how many features, how long; and what softmax attention gives there in f64.

use crate::algorithms::performer::directions::{self, Directions, Lengths};
use crate::algorithms::repeated;
use crate::data::head;
use crate::data::tiled::{PERIOD, Tiled};
use crate::figure::lab::doubling;
use crate::figure::{Field, Kind, Problem, Values};
use crate::kernels::{flash_attention, performer};

/// Numbers of features that are compared.
pub const FEATURES: [usize; 7] = [16, 32, 64, 128, 256, 512, 1024];

/// Tokens of a head.
pub const TOKENS: usize = PERIOD;

/// URL parameters: the head (layer-head), features for the times over n, the longest sequence, and how directions are drawn.
pub const FIELDS: &[Field] = &[
    Field { name: "head", kind: Kind::Choice(&["5-6", "3-1", "1-8", "0-2"]), default: "5-6" },
    Field { name: "m", kind: Kind::Choice(&["16", "32", "64", "128", "256", "512", "1024"]), default: "128" },
    Field { name: "n", kind: Kind::Int(TOKENS as i64, 16_384), default: "4096" },
    Field { name: "directions", kind: Kind::Choice(&["orthogonal", "iid"]), default: "orthogonal" },
];

/// Validated inputs.
pub struct Inputs {
    /// Layer and head, as "5/6".
    pub head: String,
    /// Features for the times over n.
    pub m: usize,
    /// The lengths, ascending.
    pub lengths: Vec<usize>,
    /// How directions are drawn.
    pub directions: Directions,
    /// Q, K and V.
    pub tiled: Tiled,
    /// Mean of |q|^2 / sqrt(d): the squared length of a query as the estimator sees it.
    pub square: f64,
    /// Median over all pairs of |x + y|^2, for x and y the query and key as the estimator sees them.
    pub sum_square: f64,
    /// Softmax attention of the 256 tokens in f64 `[256, d]`.
    exact: Vec<f64>,
}

/// The head's file on the long text.
pub fn data(values: &Values) -> Option<String> {
    let (layer, head) = values.text("head").split_once('-')?;
    Some(head::long_file(layer.parse().ok()?, head.parse().ok()?))
}

/// Reads values.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<Inputs, Vec<Problem>> {
    let Some(tiled) = data.and_then(Tiled::head) else {
        return Err(vec![Problem::new("head", "The file of the head is not as long as it should be.", "头的数据文件长度不对。")]);
    };
    let (square, sum_square) = squares(&tiled);
    let mut inputs = Inputs {
        head: values.text("head").replace('-', "/"),
        m: values.size("m"),
        lengths: doubling(TOKENS, values.size("n")),
        directions: if values.is("directions", "iid") { Directions::Independent } else { Directions::Orthogonal },
        tiled,
        square,
        sum_square,
        exact: Vec::new(),
    };
    inputs.exact = (0..TOKENS).flat_map(|row| inputs.weighed(row, TOKENS)).collect();
    Ok(inputs)
}

/// See [`Inputs::square`] and [`Inputs::sum_square`].
fn squares(tiled: &Tiled) -> (f64, f64) {
    let root = (tiled.d as f64).sqrt();
    let square = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>() / root;
    let queries: Vec<&[f32]> = tiled.queries().chunks_exact(tiled.d).collect();
    let mean = queries.iter().map(|q| square(&mut q.iter().copied())).sum::<f64>() / queries.len() as f64;
    let keys = tiled.keys().chunks_exact(tiled.d);
    let mut sums: Vec<f64> =
        keys.flat_map(|k| queries.iter().map(|q| square(&mut q.iter().zip(k).map(|(q, k)| q + k))).collect::<Vec<_>>()).collect();
    let middle = sums.len() / 2;
    let (_, median, _) = sums.select_nth_unstable_by(middle, f64::total_cmp);
    (mean, *median)
}

impl Inputs {
    /// Size of a query, key and value.
    pub fn d(&self) -> usize {
        self.tiled.d
    }

    /// Directions `[m, d]` of a draw, counted from 0.
    pub fn draw(&self, m: usize, draw: usize) -> Vec<f32> {
        directions::draw(m, self.d(), self.directions, Lengths::Chi, draw as u64 + 1).iter().map(|w| *w as f32).collect()
    }

    /// The words of the uniform of softmax attention for `n` tokens.
    pub fn softmax_uniform(&self, n: usize) -> Vec<u32> {
        let d = self.d() as u32;
        flash_attention::uniform(n as u32, n as u32, d, d, flash_attention::Mask::None, self.scale() as f32)
    }

    /// The words of the uniform of the Performer for `n` tokens and `m` features.
    pub fn performer_uniform(&self, n: usize, m: usize) -> Vec<u32> {
        performer::uniform(n as u32, self.d() as u32, m as u32, self.d() as u32)
    }

    fn scale(&self) -> f64 {
        f64::from((1.0 / (self.d() as f64).sqrt()) as f32)
    }

    /// A row of softmax attention over `n` tokens in f64. Whole repetitions of all keys change nothing.
    pub fn softmax_row(&self, row: usize, n: usize) -> Vec<f64> {
        if n.is_multiple_of(TOKENS) {
            return self.exact[row % TOKENS * self.d()..][..self.d()].to_vec();
        }
        self.weighed(row, n)
    }

    fn weighed(&self, row: usize, n: usize) -> Vec<f64> {
        let tiled = &self.tiled;
        repeated::softmax_row(tiled.query(row), tiled.keys(), tiled.values(), PERIOD, n, self.scale())
    }

    /// Rows of the Performer over `n` tokens in f64, by its definition, along directions `w` `[m, d]`.
    pub fn performer_rows(&self, w: &[f32], n: usize) -> impl Fn(usize) -> Vec<f64> {
        let keys: Vec<Vec<f64>> = self.tiled.keys().chunks_exact(self.d()).take(n).map(|k| self.features(k, w)).collect();
        move |row| {
            let q = self.features(self.tiled.query(row), w);
            let weights: Vec<f64> = keys.iter().map(|k| q.iter().zip(k).map(|(q, k)| q * k).sum()).collect();
            repeated::weighted_mean(&weights, self.tiled.values(), PERIOD, n, 0.0)
        }
    }

    /// e^(w.x - |x|^2/2) for every direction in f64, x scaled by d^(-1/4); a common factor would cancel.
    fn features(&self, x: &[f32], w: &[f32]) -> Vec<f64> {
        let scale = (self.d() as f64).powf(-0.25);
        let x: Vec<f64> = x.iter().map(|x| scale * f64::from(*x)).collect();
        let half = x.iter().map(|x| x * x).sum::<f64>() / 2.0;
        let feature = |w: &[f32]| (w.iter().zip(&x).map(|(w, x)| f64::from(*w) * x).sum::<f64>() - half).exp();
        w.chunks_exact(self.d()).map(feature).collect()
    }
}
