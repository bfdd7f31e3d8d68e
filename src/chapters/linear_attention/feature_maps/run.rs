//! What is computed once for all frames: attention, and each feature map in its place.

use super::inputs::Inputs;
use crate::algorithms::feature_map::{FeatureMap, elu1_cancelling};
use crate::algorithms::linear_attention::reference::{Reference, linear_attention};
use crate::algorithms::linear_attention::{Denominator, Guard, Mapped, parallel};
use crate::algorithms::{Attention, Mask, MaskKind, reference, spectrum};
use ndarray::{Array1, Array2, ArrayView1};

/// What fast-transformers adds to every denominator.
pub const EPS: f64 = 1e-6;

/// A token is near if it is at most so many places away.
pub const NEAR: usize = 2;

/// One feature map on the head.
pub struct Mapping {
    /// Which.
    pub map: FeatureMap,
    /// phi(Q) `[n, m]` in f32.
    pub q: Array2<f32>,
    /// phi(K) `[n, m]` in f32.
    pub k: Array2<f32>,
    /// phi(q) . phi(k) divided by its row's denominator `[n, n]`, in f32: what linear attention never forms.
    pub weights: Array2<f32>,
    /// The denominators `[n]` without what guards them, in f32.
    pub denominators: Array1<f32>,
    /// Outputs `[n, dv]` through the summary phi(K)^T V, in f32.
    pub out: Array2<f32>,
    /// max |out - f64 reference|.
    pub residual: f64,
    /// The f64 reference.
    pub exact: Reference,
}

/// What a row of weights is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// |output - softmax's output| / |softmax's output|.
    pub error: f64,
    /// The weight on the key that softmax weighs most.
    pub strongest: f64,
    /// Entropy in nats; `None` where a weight is negative, as it is then no distribution.
    pub entropy: Option<f64>,
    /// The weight within [`NEAR`] tokens; `None` where a weight is negative.
    pub near: Option<f64>,
}

/// All of it.
pub struct Run {
    /// softmax(Q K^T / sqrt(d)) V in f64.
    pub softmax: reference::Reference,
    /// The maps in the order of [`FeatureMap::ALL`].
    pub maps: Vec<Mapping>,
}

impl Run {
    /// Runs every map.
    pub fn new(x: &Inputs) -> Run {
        let n = x.q.nrows();
        let mask = Mask::new(MaskKind::None, n, n);
        let wide = |matrix: &Array2<f32>| matrix.mapv(f64::from);
        let (q, k, v) = (wide(&x.q), wide(&x.k), wide(&x.v));
        let map = |map| Mapping::new(map, x, [&q, &k, &v], &mask);
        let maps = FeatureMap::ALL.map(map).into_iter().collect();
        let scale = 1.0 / (q.ncols() as f64).sqrt();
        Run { softmax: reference::attention(&Attention { q, k, v, scale, mask: mask.clone() }), maps }
    }

    /// One map.
    pub fn of(&self, map: FeatureMap) -> &Mapping {
        // All maps are there; the first stands for none.
        self.maps.iter().find(|mapping| mapping.map == map).unwrap_or(&self.maps[0])
    }

    /// The key that softmax weighs most in a row.
    pub fn strongest(&self, row: usize) -> usize {
        let row = self.softmax.probs.row(row);
        row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |best| best.0)
    }

    /// A row of softmax.
    pub fn softmax_row(&self, row: usize) -> Row {
        self.row(row, self.softmax.probs.row(row), 0.0)
    }

    /// The same row under a map.
    pub fn map_row(&self, mapping: &Mapping, row: usize) -> Row {
        let exact = self.softmax.out.row(row);
        let gap = &mapping.out.row(row).mapv(f64::from) - &exact;
        let weights = mapping.weights.row(row).mapv(f64::from);
        let gap = length(gap.view());
        self.row(row, weights.view(), if gap == 0.0 { 0.0 } else { gap / length(exact) })
    }

    fn row(&self, row: usize, weights: ArrayView1<'_, f64>, error: f64) -> Row {
        let positive = weights.iter().all(|&weight| weight >= 0.0);
        let near = weights.iter().enumerate().filter(|(key, _)| key.abs_diff(row) <= NEAR).map(|(_, weight)| weight).sum();
        Row {
            error,
            strongest: weights[self.strongest(row)],
            entropy: positive.then(|| spectrum::entropy(weights)),
            near: positive.then_some(near),
        }
    }
}

fn length(x: ArrayView1<'_, f64>) -> f64 {
    x.dot(&x).sqrt()
}

impl Mapping {
    fn new(map: FeatureMap, x: &Inputs, [q, k, v]: [&Array2<f64>; 3], mask: &Mask) -> Mapping {
        let mapped = Mapped { q: map.queries(&x.q), k: map.keys(&x.k), v: x.v.clone(), guard: Guard::Constant(eps(map) as f32) };
        let table = parallel::table(&mapped, mask);
        let out = parallel::forward(&mapped, Denominator::On, &mut |_| {}).o;
        let exact = linear_attention(map, q, k, v, mask, eps(map));
        let residual = out.iter().zip(&exact.out).map(|(got, want)| (f64::from(*got) - want).abs()).fold(0.0, f64::max);
        let Mapped { q, k, .. } = mapped;
        Mapping { map, q, k, weights: table.weights, denominators: table.denominators, out, residual, exact }
    }

    /// In how many rows the denominator is not above 0.
    pub fn n_crossed(&self) -> usize {
        self.denominators.iter().filter(|total| **total <= 0.0).count()
    }

    /// max |row sum - 1| of the similarities themselves, before anything is divided.
    pub fn off_one(&self) -> f64 {
        self.denominators.iter().map(|total| (f64::from(*total) - 1.0).abs()).fold(0.0, f64::max)
    }
}

/// What is added to a denominator. The rows of the double softmax need none.
pub fn eps(map: FeatureMap) -> f64 {
    if map == FeatureMap::Double { 0.0 } else { EPS }
}

/// The largest x at which elu(x) + 1, written (e^x - 1) + 1, is 0 in f32: found by halving.
pub fn mute_below() -> f64 {
    let (mut mute, mut heard) = (-25.0_f32, -10.0_f32);
    for _ in 0..40 {
        let middle = (mute + heard) / 2.0;
        if elu1_cancelling(middle) == 0.0 { mute = middle } else { heard = middle }
    }
    f64::from(mute)
}
