//! The two tables of weights, their singular values and their row entropies.

use ndarray::Array2;

use super::inputs::{Inputs, MAX_N};
use crate::algorithms::linear_attention::{Mapped, parallel};
use crate::algorithms::{Attention, Mask, MaskKind, reference, spectrum};
use crate::data;

/// What a singular value of an n x n table must exceed, as a share of the largest, to be more than rounding in a format of
/// this epsilon.
pub fn threshold(n: usize, epsilon: f64) -> f64 {
    n as f64 * epsilon
}

/// The threshold that knows nothing of the table. Broken on purpose: rounding in f32 exceeds it.
pub const ABSOLUTE: f64 = 1e-9;

/// The standard deviation of the entries of queries and keys: that of a score is its square, 2.25, whatever d is.
pub const DEVIATION: f32 = 1.5;

/// A table of weights, looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The weights `[n, n]`; a row without any is 0.
    pub weights: Array2<f64>,
    /// Singular values, largest first.
    pub values: Vec<f64>,
    /// How many are more than rounding in f64.
    pub rank: usize,
    /// Of each row in nats; `None` if a weight is negative or a row has none.
    pub entropies: Option<Vec<f64>>,
    /// Negative weights.
    pub n_negative: usize,
    /// Rows whose denominator is 0.
    pub n_dead: usize,
}

impl Look {
    fn new(mut weights: Array2<f64>) -> Look {
        let mut n_dead = 0;
        for mut row in weights.rows_mut() {
            if row.iter().any(|x| !x.is_finite()) {
                row.fill(0.0);
                n_dead += 1;
            }
        }
        let values = spectrum::singular_values(&weights);
        let n_negative = weights.iter().filter(|x| **x < 0.0).count();
        let entropies = (n_negative + n_dead == 0).then(|| weights.rows().into_iter().map(spectrum::entropy).collect());
        Look { rank: spectrum::rank(&values, threshold(weights.nrows(), f64::EPSILON)), weights, values, entropies, n_negative, n_dead }
    }

    /// The mean of the row entropies.
    pub fn mean(&self) -> Option<f64> {
        self.entropies.as_ref().map(|list| list.iter().sum::<f64>() / list.len() as f64)
    }

    /// How far the squares of the singular values are from the squares of the weights, as a share.
    fn gap(&self) -> f64 {
        let squares: f64 = self.weights.iter().map(|x| x * x).sum();
        let values: f64 = self.values.iter().map(|x| x * x).sum();
        if squares > 0.0 { (values / squares - 1.0).abs() } else { 0.0 }
    }
}

/// The mean row entropies at another d, from the same seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// Size of a query.
    pub d: usize,
    /// Of softmax.
    pub softmax: f64,
    /// Of the map; `None` where it says nothing.
    pub linear: Option<f64>,
}

/// Everything computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// softmax(Q K^T / sqrt d).
    pub softmax: Look,
    /// phi(Q) phi(K)^T, rows divided by their sums.
    pub linear: Look,
    /// Singular values of the second table, computed in f32.
    pub single: Vec<f64>,
    /// How many of these are more than rounding in f32.
    pub single_rank: usize,
    /// How many exceed [`ABSOLUTE`]: nonsense.
    pub claimed: usize,
    /// Mean entropies over d, with the present d among them.
    pub over_d: Vec<At>,
    /// The largest gap between the squares of singular values and those of weights, as a share.
    pub gap: f64,
}

impl Run {
    /// Computes all.
    pub fn new(inputs: &Inputs) -> Run {
        let (q, k) = queries_and_keys(inputs, inputs.d);
        let softmax = Look::new(softmax(&q, &k));
        let linear = Look::new(linear(inputs, &q, &k));
        let [q, k] = [&q, &k].map(|x| x.mapv(|x| x as f32));
        let single = Look::new(parallel::table(&Mapped::new(inputs.map, &q, &k, &q, 0.0), &none(inputs.n)).weights.mapv(f64::from));
        let gap = softmax.gap().max(linear.gap()).max(single.gap());
        Run {
            single_rank: spectrum::rank(&single.values, threshold(inputs.n, f64::from(f32::EPSILON))),
            claimed: spectrum::rank_by_absolute(&single.values, ABSOLUTE),
            over_d: sizes(inputs.d).into_iter().map(|d| at(inputs, d)).collect(),
            single: single.values,
            softmax,
            linear,
            gap,
        }
    }

    /// The mean entropies at a size of a query.
    pub fn at(&self, d: usize) -> Option<&At> {
        self.over_d.iter().find(|at| at.d == d)
    }
}

fn none(n: usize) -> Mask {
    Mask::new(MaskKind::None, n, n)
}

fn queries_and_keys(inputs: &Inputs, d: usize) -> (Array2<f64>, Array2<f64>) {
    let [q, k] = data::normal(inputs.seed, [(inputs.n, d), (inputs.n, d)]);
    let wide = |x: Array2<f32>| x.mapv(|x| f64::from(x * DEVIATION));
    (wide(q), wide(k))
}

fn softmax(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let (v, scale) = (Array2::zeros((k.nrows(), 1)), 1.0 / (q.ncols() as f64).sqrt());
    reference::attention(&Attention { q: q.clone(), k: k.clone(), v, scale, mask: none(k.nrows()) }).probs
}

fn linear(inputs: &Inputs, q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let v = Array2::zeros((k.nrows(), 1));
    parallel::table(&Mapped::new(inputs.map, q, k, &v, 0.0), &none(inputs.n)).weights
}

/// Powers of two, and the present size.
fn sizes(d: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = (0..).map(|power| 1 << power).take_while(|size| *size <= MAX_N).collect();
    sizes.push(d);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn at(inputs: &Inputs, d: usize) -> At {
    let (q, k) = queries_and_keys(inputs, d);
    let linear = linear(inputs, &q, &k);
    let told = linear.iter().all(|x| *x >= 0.0);
    At { d, softmax: spectrum::concentration(&softmax(&q, &k)).entropy, linear: told.then(|| spectrum::concentration(&linear).entropy) }
}
