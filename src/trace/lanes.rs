//! What the timeline draws: the whole run at once, one lane per kind of fact.

use crate::content::Role;

/// All lanes of a run. Every list inside has one entry per step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes {
    /// Top to bottom.
    pub lanes: Vec<Lane>,
}

/// One lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Lane {
    /// Loops as bars with ticks.
    Structure {
        /// Name at the left.
        label: String,
        /// The outer loop.
        bars: Vec<Bar>,
        /// Loads and stores.
        ticks: Vec<Tick>,
    },
    /// Moments worth jumping to.
    Events {
        /// Name at the left.
        label: String,
        /// In order of step.
        marks: Vec<Mark>,
    },
    /// State variables as step lines, the focused one bold.
    State {
        /// Name at the left.
        label: String,
        /// Colour of the lines.
        role: Role,
        /// One per row.
        lines: Vec<Line>,
    },
    /// A running cost against the totals of its rivals.
    Cost {
        /// Name at the left.
        label: String,
        /// Per step.
        live: Vec<f64>,
        /// Name and total of each rival.
        rivals: Vec<(String, f64)>,
    },
    /// Distance from the reference, logarithmic; the broken run as a dashed ghost.
    Residual {
        /// Name at the left.
        label: String,
        /// Per step; `None` before anything is computed.
        live: Vec<Option<f64>>,
        /// The other setting of the break-it switch, with its note.
        ghost: Option<(Vec<Option<f64>>, String)>,
        /// Whether `live` is the broken run.
        broken: bool,
    },
}

/// A bar of the structure lane, steps `start..end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// First step.
    pub start: usize,
    /// One past its last step.
    pub end: usize,
    /// What runs here.
    pub text: String,
}

/// A tick of the structure lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// At this step.
    pub step: usize,
    /// Colour.
    pub role: Role,
    /// Loads and stores are tall, acts short.
    pub tall: bool,
}

/// The shape of an event mark; never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The past changed: a rescale.
    Diamond,
    /// Traffic down: a load.
    Down,
    /// Traffic up: a store.
    Up,
    /// Nothing done: a skipped tile.
    Skip,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// At this step.
    pub step: usize,
    /// Shape.
    pub shape: Shape,
    /// Colour.
    pub role: Role,
    /// A short label, possibly empty.
    pub text: String,
    /// Whether *next event* stops here.
    pub stop: bool,
    /// The row it concerns; labels of the focused row are shown.
    pub row: Option<usize>,
}

/// A state variable of one row over the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The row.
    pub row: usize,
    /// First step it covers.
    pub start: usize,
    /// From `start` on; `None` while nothing is known.
    pub values: Vec<Option<f64>>,
}

impl Lanes {
    /// The steps at which *next event* stops, in order.
    pub fn stops(&self) -> Vec<usize> {
        let mut stops: Vec<usize> = self
            .lanes
            .iter()
            .flat_map(|lane| match lane {
                Lane::Events { marks, .. } => marks.iter().filter(|mark| mark.stop).map(|mark| mark.step).collect(),
                _ => Vec::new(),
            })
            .collect();
        stops.dedup();
        stops
    }
}
