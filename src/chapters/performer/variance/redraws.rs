//! The four methods, each redrawn many times: what a lemma says on average, measured.

use super::inputs::Inputs;
use crate::algorithms::performer::Features;
use crate::algorithms::performer::directions::{Directions, Lengths, draw};
use crate::algorithms::performer::estimator::{self, mean_squared_error};

/// The four methods in the order of their rows.
pub const METHODS: [(Features, Directions); 4] = [
    (Features::Positive, Directions::Independent),
    (Features::Positive, Directions::Orthogonal),
    (Features::Trigonometric, Directions::Independent),
    (Features::Trigonometric, Directions::Orthogonal),
];

/// Many estimates by one method, each from its own m directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Redraws {
    /// Features and directions.
    pub method: (Features, Directions),
    /// The estimates; the first is from the directions of the run.
    pub estimates: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Its standard error.
    pub mean_error: f64,
    /// Their mean squared distance from the exact kernel.
    pub squared: f64,
    /// Its standard error.
    pub squared_error: f64,
    /// The mean squared error by the lemma, for independent directions.
    pub lemma: f64,
    /// How many are negative.
    pub n_negative: usize,
}

impl Redraws {
    /// Whether the lemma speaks of this method: its directions are independent.
    pub fn in_lemma(&self) -> bool {
        self.method.1 == Directions::Independent
    }
}

/// How many times `m` directions are redrawn: so often that a dragged vector is followed without delay.
pub fn n_redraws(m: usize) -> usize {
    (9_600 / m.max(1)).clamp(12, 600)
}

/// Redraws all directions and estimates by all four methods.
pub fn all(inputs: &Inputs, exact: f64) -> Vec<Redraws> {
    let n = n_redraws(inputs.m);
    let [x, y] = inputs.used();
    let mut estimates: [Vec<f64>; 4] = Default::default();
    for redraw in 0..n {
        for (idx, kind) in [Directions::Independent, Directions::Orthogonal].into_iter().enumerate() {
            let w = draw(inputs.m, 2, kind, Lengths::Chi, inputs.seed_of(redraw));
            for (features, first) in [(Features::Positive, 0), (Features::Trigonometric, 2)] {
                estimates[first + idx].push(estimator::estimate(&x, &y, &w, features, inputs.key_weight, &mut |_| {}));
            }
        }
    }
    METHODS.into_iter().zip(estimates).map(|(method, estimates)| summarise(inputs, exact, method, estimates)).collect()
}

fn summarise(inputs: &Inputs, exact: f64, method: (Features, Directions), mut estimates: Vec<f64>) -> Redraws {
    // Where no chance is left, what differs is rounding.
    for estimate in estimates.iter_mut().filter(|estimate| (**estimate - exact).abs() <= 1e-12 * exact) {
        *estimate = exact;
    }
    let squares: Vec<f64> = estimates.iter().map(|estimate| (estimate - exact).powi(2)).collect();
    let (mean, mean_error) = mean_and_error(&estimates);
    let (squared, squared_error) = mean_and_error(&squares);
    let lemma = mean_squared_error(&inputs.x, &inputs.y, inputs.m, method.0);
    let n_negative = estimates.iter().filter(|estimate| **estimate < 0.0).count();
    Redraws { method, estimates, mean, mean_error, squared, squared_error, lemma, n_negative }
}

/// The mean of numbers and its standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, (variance / n).sqrt())
}
