//! What a chapter hands to the page: figures as plain data and pure functions of the step.
//!
//! Architecture invariant: nothing here, and nothing in a chapter, knows leptos, the DOM or a clock.
//! A figure is built from validated parameters and draws itself as SVG text; `ui` puts that on the page.

mod address;
pub mod around;
mod code;
mod control;
mod fields;
pub mod lab;
pub mod marks;
pub mod odometer;
mod params;
pub mod plot;
pub mod quiz;
pub mod strip;
pub mod svg;
mod table;
pub mod timeline;
mod view;
pub mod words;
mod wrap;

pub use address::{Address, BackendChoice, Theme};
pub use code::Code;
pub(crate) use code::figure_code;
pub use control::{Choice, Control, Group, Preset, sentences};
pub use fields::{Check, Field, Kind};
pub use params::{Problem, Values};
pub(crate) use quiz::ask;
pub use quiz::{Answer, Question};
pub use table::Table;
pub use view::{Drawing, Metrics, Mode, View};
pub use wrap::width;

use std::sync::Arc;

use crate::content::{Lang, Rich};
use crate::kernels::Kernel;
use crate::trace::Lanes;

/// A kind of figure, as listed by its chapter: everything needed to build one from an address.
#[derive(Clone, Copy)]
pub struct Spec {
    /// Its id in the page and in the address.
    pub id: &'static str,
    /// Its URL parameters.
    pub fields: &'static [Field],
    /// Whether it is stepped through. Without a player its only step is 0, and it has no timeline.
    pub player: bool,
    /// The data file it needs for these values, relative to `data/`, if any.
    pub data: fn(&Values) -> Option<String>,
    /// Gives its [`Build`].
    pub code: Code,
}

/// Builds a figure from values and the bytes of its data file. With inputs that do not go together it says so,
/// and the page keeps what it shows.
pub type Build = fn(&Values, Option<&[u8]>) -> Result<Built, Vec<Problem>>;

/// A figure, with what could not be done as asked.
pub type Built = (Arc<dyn Figure>, Vec<Problem>);

/// A figure built for one set of inputs: all its steps are known.
pub trait Figure: Send + Sync {
    /// The index of its last step; 0 for a figure without a player.
    fn last_step(&self) -> usize {
        0
    }
    /// The step shown to a reader who has touched nothing.
    fn poster(&self) -> usize {
        0
    }
    /// Title after "Fig. n".
    fn title(&self, lang: Lang) -> String;
    /// What happens in this step, one sentence, with `row` in focus.
    fn caption(&self, step: usize, row: usize, lang: Lang) -> Rich;
    /// How many rows can take the focus.
    fn rows(&self) -> usize {
        0
    }
    /// The row in focus at `step` when the reader has asked for `row` (the figure may need another one, or has a better default).
    fn focus(&self, step: usize, row: Option<usize>) -> usize {
        let _ = step;
        row.unwrap_or(0)
    }
    /// The stage as SVG.
    fn stage(&self, step: usize, row: usize, view: &View) -> Drawing;
    /// What lies behind the stage and does not depend on the step; drawn again only when it changes.
    fn backdrop(&self, view: &View) -> String {
        let _ = view;
        String::new()
    }
    /// The run as the timeline draws it.
    fn lanes(&self, lang: Lang) -> Lanes {
        let _ = lang;
        Lanes::default()
    }
    /// The current value of each lane, at the left of the timeline.
    fn readouts(&self, step: usize, row: usize, lang: Lang) -> Vec<String> {
        let _ = (step, row, lang);
        Vec::new()
    }
    /// The numbers of the step; the CSV equals it.
    fn table(&self, step: usize, lang: Lang) -> Table;
    /// max |explained - reference| over what has been computed up to this step; `None` before anything is.
    fn residual(&self, step: usize) -> Option<f64>;
    /// What the residual is measured against, if it is not the f64 reference.
    fn against(&self, lang: Lang) -> &'static str {
        let _ = lang;
        ""
    }
    /// The listing that runs, by name; without a player, the kernel.
    fn listing(&self) -> Option<&'static str> {
        None
    }
    /// The tag of the line that executes in this step.
    fn line(&self, step: usize) -> Option<&'static str> {
        let _ = step;
        None
    }
    /// Why a cell has its value: the sum that made it, with its numbers.
    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        let _ = (step, cell, lang);
        None
    }
    /// The cell whose value the working line explains when none is pointed at.
    fn default_cell(&self, step: usize, row: usize) -> Option<String> {
        let _ = (step, row);
        None
    }
    /// What an empty field stands for at present, if it is a number that follows from the other inputs.
    fn stands_for(&self, field: &str) -> Option<i64> {
        let _ = field;
        None
    }
    /// Inputs and the break-it switch.
    fn controls(&self, lang: Lang) -> Vec<Group>;
    /// Conventions, where references differ; shown under the inputs.
    fn conventions(&self, lang: Lang) -> Vec<String> {
        let _ = lang;
        Vec::new()
    }
    /// Named steps that the prose can point to.
    fn anchor(&self, name: &str) -> Option<usize> {
        let _ = name;
        None
    }
    /// Predict questions for the present inputs.
    fn questions(&self, lang: Lang) -> Vec<Question> {
        let _ = lang;
        Vec::new()
    }
    /// Itself, if it measures.
    fn lab(&self) -> Option<&dyn lab::Lab> {
        None
    }
    /// The same computation for a kernel: the kernel, its inputs, and the reference to compare with.
    fn kernel(&self) -> Option<KernelJob> {
        None
    }
}

/// A kernel to run on a figure's own inputs.
#[derive(Clone, Debug)]
pub struct KernelJob {
    /// The kernel. Only figures name kernels, so that each travels with the code of its figure.
    pub kernel: &'static Kernel,
    /// Sizes and options, in the order of the kernel's uniform.
    pub uniform: Vec<u32>,
    /// One buffer per read-only binding.
    pub inputs: Vec<Vec<f32>>,
    /// f64 reference result per output, flattened, to show the distance from.
    pub reference: Vec<Vec<f64>>,
}
