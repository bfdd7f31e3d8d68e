//! The run: one step per direction, with what the listing says of it and what the definition says in f64.

use ndarray::{Array1, Array2};

use super::inputs::Inputs;
use crate::algorithms::performer::directions::{Lengths, draw};
use crate::algorithms::performer::estimator::{self, mean_squared_error};
use crate::algorithms::performer::features::Rules;
use crate::algorithms::performer::{Scale, reference};
use crate::trace::Trace;

/// One direction looked along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The direction.
    pub w: [f64; 2],
    /// w.x and w.y, of the vectors as the features get them.
    pub along: [f64; 2],
    /// What it says of the kernel.
    pub value: f64,
    /// The mean of all so far.
    pub mean: f64,
    /// The largest |mean - mean in f64 by the definition| so far.
    pub residual: f64,
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// One per direction.
    pub trace: Trace<Step>,
    /// The directions `[m, 2]`, as the run has them.
    pub w: Array2<f32>,
    /// e^(x.y) of the vectors as drawn.
    pub exact: f64,
    /// What the mean tends to: `exact`, unless a lever is pulled.
    pub target: f64,
    /// The standard error of one independent sample by the lemma; of k samples it is 1/√k of that.
    pub deviation: f64,
    /// The first step whose sample is the largest, by size.
    pub largest: usize,
}

impl Run {
    /// Runs the listing in f32 and holds every mean against f64.
    pub fn new(inputs: &Inputs) -> Run {
        let w = draw(inputs.m, 2, inputs.kind, Lengths::Chi, inputs.seed_of(0)).mapv(|entry| entry as f32);
        let used = inputs.used();
        let [x, y] = used.clone().map(|vector| vector.mapv(|entry| entry as f32));
        let references = reference_samples(inputs, &w);
        let (mut steps, mut sum, mut residual) = (Vec::new(), 0.0, 0.0_f64);
        estimator::estimate(&x, &y, &w, inputs.features, inputs.key_weight, &mut |sample| {
            sum += references[sample.index];
            let mean = f64::from(sample.mean);
            residual = residual.max((mean - sum / (sample.index + 1) as f64).abs());
            let wide = |vector: &Array1<f32>| f64::from(sample.w.dot(vector));
            let w = [f64::from(sample.w[0]), f64::from(sample.w[1])];
            steps.push(Step { w, along: [wide(&x), wide(&y)], value: f64::from(sample.value), mean, residual });
        });
        let mut largest = 0;
        for (idx, step) in steps.iter().enumerate() {
            if step.value.abs() > steps[largest].value.abs() {
                largest = idx;
            }
        }
        let idle = Step { w: [0.0; 2], along: [0.0; 2], value: 0.0, mean: 0.0, residual: 0.0 };
        Run {
            trace: Trace::from_steps(steps).unwrap_or_else(|| Trace::new(idle)),
            w,
            exact: (inputs.x[0] * inputs.y[0] + inputs.x[1] * inputs.y[1]).exp(),
            target: estimator::expectation(&used[0], &used[1], inputs.features, inputs.key_weight),
            deviation: mean_squared_error(&inputs.x, &inputs.y, 1, inputs.features).sqrt(),
            largest,
        }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.trace.last_step()
    }

    /// The standard error of so many independent samples, by the lemma.
    pub fn standard_error(&self, n: usize) -> f64 {
        self.deviation / (n as f64).sqrt()
    }

    /// Whether every direction says the same: no chance is left.
    pub fn certain(&self) -> bool {
        self.deviation <= 1e-9 * self.exact
    }
}

/// What each direction says by the definition, in f64.
fn reference_samples(inputs: &Inputs, w: &Array2<f32>) -> Vec<f64> {
    let row = |vector: [f64; 2]| Array2::from_shape_fn((1, 2), |(_, entry)| vector[entry]);
    let (x, y) = (row(inputs.x), row(inputs.y));
    let rules = Rules { features: inputs.features, scale: inputs.scale, key_weight: inputs.key_weight, ..Rules::TEXTBOOK };
    debug_assert!(matches!(inputs.scale, Scale::Whole | Scale::Quarter));
    let sample = |idx: usize| {
        let one = Array2::from_shape_fn((1, 2), |(_, entry)| f64::from(w[[idx, entry]]));
        reference::kernel(&x, &y, &one, rules)[[0, 0]]
    };
    (0..w.nrows()).map(sample).collect()
}
