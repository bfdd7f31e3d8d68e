//! Measurements: what a lab wants run, and what came of it. The page runs the trials; a lab names them and judges them.

pub mod head;
mod judge;
mod measured;
mod plan;
pub mod stage;
pub mod starts;
mod table;
pub mod words;

pub use judge::{apart_from, mean_distance, spread_rows};
pub use measured::{Crossing, Measured};
pub use plan::{Device, Place, Plan, Series, doubling};

use std::sync::Arc;

use super::Figure;
use crate::content::Lang;
use crate::kernels::Kernel;
use crate::kernels::chain::Link;
use crate::kernels::sliced::Sliced;

/// A figure that measures when the reader asks for it.
///
/// Trials are numbered from 0 in the order in which they are run. Neighbours of the same [`Trial::group`] are compared.
pub trait Lab: Figure {
    /// How many trials there are.
    fn n_trials(&self) -> usize;
    /// What a trial runs, for the progress line.
    fn trial_name(&self, trial: usize, lang: Lang) -> String;
    /// What to run; or why there is no point in running it, after what has been measured.
    fn trial(&self, trial: usize) -> Result<Trial, Refusal>;
    /// max |output - f64 reference| over the rows that are checked.
    fn error(&self, trial: usize, output: &[f32]) -> f64;
    /// How far the output is from what the method stands in for, if it computes another function.
    fn strays(&self, trial: usize, output: &[f32]) -> Option<f64> {
        let _ = (trial, output);
        None
    }
    /// The figure with one more outcome, that of the next trial.
    fn with(&self, outcome: Outcome) -> Arc<dyn Figure>;
    /// The outcomes so far, in the order of the trials.
    fn outcomes(&self) -> &[Outcome];
}

/// One method at one size.
pub struct Trial {
    /// Outputs of neighbours of the same group are compared: they compute the same thing.
    pub group: usize,
    /// What runs.
    pub work: Work,
    /// The words of the uniform.
    pub uniform: Vec<u32>,
    /// One buffer per input binding.
    pub inputs: Arc<Vec<Vec<f32>>>,
}

/// What runs.
#[derive(Clone, Copy)]
pub enum Work {
    /// A kernel on the reader's GPU.
    Gpu(&'static Kernel),
    /// Kernels on the reader's GPU one after another, timed as one; their uniforms follow from the trial's.
    Chain(&'static [Link]),
    /// A CPU path.
    Cpu(Start),
}

/// Starts sliced work on a uniform and inputs.
pub type Start = fn(&[u32], Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, Refusal>;

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran.
    Timed(Timed),
    /// It did not.
    Refused(Refusal),
}

/// A trial that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// Milliseconds per run, in ascending order, at least one.
    pub samples: Vec<f64>,
    /// What they were measured with.
    pub clock: Clock,
    /// Whether the GPU is one that the processor imitates.
    pub imitated: bool,
    /// Memory beyond inputs and output, in bytes, as it was allocated.
    pub extra_bytes: u64,
    /// As [`Lab::error`] says.
    pub error: f64,
    /// As [`Lab::strays`] says.
    pub strays: Option<f64>,
    /// max |output - output of the first of its neighbours of this group|; `None` for that one.
    pub apart: Option<f64>,
}

impl Timed {
    /// The median in milliseconds.
    pub fn median(&self) -> f64 {
        self.samples.get(self.samples.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// The least and the greatest in milliseconds.
    pub fn spread(&self) -> (f64, f64) {
        let end = |sample: Option<&f64>| sample.copied().unwrap_or(f64::NAN);
        (end(self.samples.first()), end(self.samples.last()))
    }
}

/// What a duration was measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The GPU's own timestamps.
    Timestamps,
    /// The page's clock around work on the GPU, from submission until the queue is empty.
    Fenced,
    /// The page's clock around each slice of work on the CPU, pauses not counted.
    Slices,
}

/// Why a trial did not run.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no GPU, or there is none any more.
    NoGpu,
    /// Something does not fit: bytes needed, bytes allowed.
    TooLarge {
        /// How much it needs.
        needed: u64,
        /// The most that is allowed.
        limit: u64,
    },
    /// One run at a smaller size took so many milliseconds.
    Slow(f64),
    /// Anything else, in the words of the device.
    Failed(String),
}
