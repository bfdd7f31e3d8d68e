//! Softmax, FAVOR+ along the axes, and linear attention with the activation at t, on one head.

use ndarray::{Array1, Array2, ArrayView1};

use super::inputs::Inputs;
use crate::algorithms::linear_attention::parallel::{self, Table};
use crate::algorithms::linear_attention::{Mapped, reference};
use crate::algorithms::performer::features::{self, Rules};
use crate::algorithms::performer::fixed::{self, morph};
use crate::algorithms::performer::{self, Scale, Weight};
use crate::algorithms::{Attention, Mask, MaskKind, reference as softmax};

/// The activation at one place between exp and elu + 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// From 0 to 1.
    pub t: f64,
    /// The largest distance of an output from FAVOR+.
    pub gap: f64,
    /// The largest distance of an output from that at t = 0.
    pub moved: f64,
    /// Denominators that are 0 or less.
    pub n_bad: usize,
    /// The least denominator.
    pub least: f64,
}

/// Everything computed, in f64.
pub struct Run {
    /// Queries and keys `[16, 32]` times d^(-1/4), which the features see.
    pub scaled: [Array2<f64>; 2],
    /// e^(-|k|^2/2) of each scaled key.
    pub key_weights: Array1<f64>,
    /// Softmax attention: weights and output.
    pub softmax: softmax::Reference,
    /// FAVOR+ along the axes.
    pub favor: Table<f64>,
    /// Linear attention with the activation at t, without weights of keys.
    pub now: Table<f64>,
    /// The largest distance between FAVOR+ and exp with the weights of the keys.
    pub same: f64,
    /// The same along t, in steps of 1/50, and at the present t.
    pub path: Vec<At>,
    /// The present place of it.
    pub at: At,
    /// Features below 0.
    pub n_negative: usize,
    /// The largest distance of FAVOR+ and of the present output from their definitions.
    pub residual: f64,
}

/// Steps from exp to elu + 1.
const STEPS: usize = 50;

impl Run {
    /// Computes all.
    pub fn new(inputs: &Inputs) -> Run {
        let (q, k, v) = (&inputs.q, &inputs.k, &inputs.v);
        let (n, d) = q.dim();
        let none = Mask::new(MaskKind::None, n, n);
        let scale = Scale::Quarter.factor(d);
        let scaled = [q, k].map(|x| x * scale);
        let axes = Array2::eye(d);
        let table = |x: &Mapped<f64>| parallel::table(x, &none);
        let at = |t: f64, weight| table(&fixed::map(&scaled[0], &scaled[1], v, &axes, t, weight));
        let favor = table(&features::map(q, k, v, &axes, Rules::TEXTBOOK));
        let exp = at(0.0, Weight::Off);
        let measure = |t: f64, now: &Table<f64>| At {
            t,
            gap: distance(&now.out, &favor.out),
            moved: distance(&now.out, &exp.out),
            n_bad: now.denominators.iter().filter(|total| **total <= 0.0).count(),
            least: now.denominators.iter().copied().fold(f64::INFINITY, f64::min),
        };
        let now = at(inputs.t, Weight::Off);
        let here = measure(inputs.t, &now);
        let mut path: Vec<At> = (0..=STEPS)
            .map(|step| step as f64 / STEPS as f64)
            .filter(|t| *t != inputs.t)
            .map(|t| measure(t, &at(t, Weight::Off)))
            .collect();
        path.insert(path.iter().take_while(|at| at.t < inputs.t).count(), here);
        let same = distance(&favor.out, &at(0.0, Weight::On).out);
        // By their definitions, similarity by similarity.
        let kernel = performer::reference::kernel(q, k, &axes, Rules::TEXTBOOK);
        let own = Array2::from_shape_fn((n, n), |(i, j)| similarity(inputs.t, scaled[0].row(i), scaled[1].row(j)));
        let off = |table: &Table<f64>, kernel| distance(&table.out, &reference::by_similarity(kernel, v, &none, 0.0).out);
        let residual = off(&favor, &kernel).max(off(&now, &own));
        let n_negative = scaled.iter().flat_map(|x| x.iter()).filter(|x| morph(inputs.t, **x) < 0.0).count();
        let x = Attention { q: q.clone(), k: k.clone(), v: v.clone(), scale: scale * scale, mask: none.clone() };
        Run {
            key_weights: fixed::key_weights(&scaled[1]),
            softmax: softmax::attention(&x),
            scaled,
            favor,
            now,
            same,
            path,
            at: here,
            n_negative,
            residual,
        }
    }

    /// The largest distance of the rows of output of one query, FAVOR+ and the activation at t.
    pub fn gap_of(&self, row: usize) -> f64 {
        self.favor.out.row(row).iter().zip(self.now.out.row(row)).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
    }

    /// How many times the largest key weight is the smallest.
    pub fn spread(&self) -> f64 {
        let (low, high) = self.key_weights.iter().fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(*x), high.max(*x)));
        high / low
    }

    /// How many features queries and keys have together.
    pub fn n_features(&self) -> usize {
        self.scaled.iter().map(Array2::len).sum()
    }
}

/// The largest distance between the outputs of FAVOR+ and of exp without weights of keys.
pub fn without_weights(inputs: &Inputs) -> f64 {
    let (q, k, v) = (&inputs.q, &inputs.k, &inputs.v);
    let (axes, scale) = (Array2::eye(q.ncols()), Scale::Quarter.factor(q.ncols()));
    let out = |x: &Mapped<f64>| parallel::table(x, &Mask::new(MaskKind::None, q.nrows(), k.nrows())).out;
    let exp = fixed::map(&(q * scale), &(k * scale), v, &axes, 0.0, Weight::Off);
    distance(&out(&features::map(q, k, v, &axes, Rules::TEXTBOOK)), &out(&exp))
}

/// phi(q) . phi(k), channel by channel.
fn similarity(t: f64, q: ArrayView1<'_, f64>, k: ArrayView1<'_, f64>) -> f64 {
    let phi = |x: f64| {
        let (exp, tangent) = (x.exp(), 1.0 + x);
        let elu1 = if x > 0.0 { tangent } else { exp };
        if t < 0.5 { (1.0 - 2.0 * t) * exp + 2.0 * t * tangent } else { (2.0 - 2.0 * t) * tangent + (2.0 * t - 1.0) * elu1 }
    };
    q.iter().zip(k).map(|(q, k)| phi(*q) * phi(*k)).sum()
}

/// The largest difference between two outputs.
pub fn distance(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}
