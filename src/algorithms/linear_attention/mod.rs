//! Attention without a softmax: the bracket, and the same causal sums token by token, chunk by chunk, or all at once.

pub mod bracket;
pub mod parallel;
pub mod recurrent;
pub mod chunkwise;
pub mod reference;
mod work;

use super::feature_map::FeatureMap;
use super::{Real, Scalar};
use ndarray::{Array1, Array2};

/// The inputs of one head after the feature map. Invariant kept by the caller: the shapes agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped<F> {
    /// phi of the queries `[n, m]`.
    pub q: Array2<F>,
    /// phi of the keys `[n, m]`.
    pub k: Array2<F>,
    /// Values `[n, dv]`.
    pub v: Array2<F>,
    /// What is added to every denominator.
    pub guard: Guard<F>,
}

impl<F: Real> Mapped<F> {
    /// Queries and keys `[n, d]` under a feature map, with `eps` added to every denominator.
    pub fn new(map: FeatureMap, q: &Array2<F>, k: &Array2<F>, v: &Array2<F>, eps: f64) -> Mapped<F> {
        Mapped { q: map.queries(q), k: map.keys(k), v: v.clone(), guard: Guard::Constant(F::from_f64(eps)) }
    }

    /// Number of tokens.
    pub fn n(&self) -> usize {
        self.k.nrows()
    }

    /// S = 0 `[m, dv]` and z = 0 `[m]`: of no tokens.
    fn nothing(&self) -> (Array2<F>, Array1<F>) {
        (Array2::zeros((self.k.ncols(), self.v.ncols())), Array1::zeros(self.k.ncols()))
    }

    /// What is added to the denominator of each query.
    fn guards(&self) -> Array1<F> {
        match self.guard {
            Guard::Constant(eps) => Array1::from_elem(self.q.nrows(), eps),
            Guard::PerFeature(eps) => self.q.sum_axis(ndarray::Axis(1)) * eps,
        }
    }
}

/// What keeps a denominator away from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guard<F> {
    /// phi(q) . z + eps (1e-6 in fast-transformers).
    Constant(F),
    /// phi(q) . (z + eps): added to every entry of z (1e-6 in the causal form of performer-pytorch).
    PerFeature(F),
}

impl<F: Scalar> Guard<F> {
    /// Nothing added.
    pub fn none() -> Guard<F> {
        Guard::Constant(F::from_f64(0.0))
    }
}

/// Whether a token may read what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Future {
    /// The causal form.
    Hidden,
    /// Broken on purpose: every token is taken in before the first is answered.
    Seen,
}

/// Whether an output is divided by the sum of its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denominator {
    /// Linear attention: a weighted mean.
    On,
    /// The bare sum. It is broken on purpose where a mean was wanted, and grows with the position.
    Off,
}

impl Denominator {
    /// An output row, or many, divided or not.
    fn divide<F: Real>(self, mut sums: Array2<F>, totals: &Array1<F>) -> Array2<F> {
        if self == Denominator::On {
            ndarray::Zip::from(sums.rows_mut()).and(totals).for_each(|mut row, &total| row.mapv_inplace(|x| x / total));
        }
        sums
    }
}

/// What a causal run leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Output<F> {
    /// `[n, dv]`.
    pub o: Array2<F>,
    /// The state `[m, dv]` at the end: the sum of phi(k) v^T over every token taken in.
    pub s: Array2<F>,
    /// The sum `[m]` of phi(k) over the same tokens.
    pub z: Array1<F>,
    /// Multiply-adds for the numerators: scores, weighted values, states written and read.
    pub numerator: u64,
    /// Multiply-adds for the denominators. Plain additions are not counted.
    pub denominator: u64,
}
