//! A run as a list of full states, and a player over it: pure, with no clock and no randomness.

mod lanes;
mod player;

pub use lanes::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};
pub use player::{Command, Player, SPEEDS};

/// The most steps a run may have; a run that would exceed it says so before it starts.
pub const MAX_STEPS: usize = 10_000;

/// The states of a run. Invariant: never empty, so that [`Trace::at`] is total.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace<S> {
    first: S,
    rest: Vec<S>,
}

impl<S> Trace<S> {
    /// A trace that begins with `first`.
    pub fn new(first: S) -> Trace<S> {
        Trace { first, rest: Vec::new() }
    }

    /// From a list; `None` if it is empty.
    pub fn from_steps(steps: Vec<S>) -> Option<Trace<S>> {
        let mut steps = steps.into_iter();
        let first = steps.next()?;
        Some(Trace { first, rest: steps.collect() })
    }

    /// Appends a step.
    pub fn push(&mut self, step: S) {
        self.rest.push(step);
    }

    /// The index of the last step.
    pub fn last_step(&self) -> usize {
        self.rest.len()
    }

    /// The state at `step`; past the end, the last one.
    pub fn at(&self, step: usize) -> &S {
        match step.min(self.rest.len()) {
            0 => &self.first,
            n => &self.rest[n - 1],
        }
    }

    /// All states in order.
    pub fn iter(&self) -> impl Iterator<Item = &S> {
        std::iter::once(&self.first).chain(self.rest.iter())
    }
}
