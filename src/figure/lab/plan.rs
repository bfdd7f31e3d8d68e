//! What a lab measures, as data: its series, their places, and what each of them runs; with the lab's own sentences.

use super::{Measured, Trial};
use crate::content::{Lang, Rich};
use crate::figure::plot::Stroke;
use crate::figure::{Drawing, Group, Question, View};

/// Where something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// This thread, in WebAssembly.
    Cpu,
    /// Through WebGPU.
    Gpu,
}

/// A method on a device, measured at one place after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name, in English and Chinese.
    pub name: (&'static str, &'static str),
    /// Where it runs.
    pub device: Device,
    /// What its places differ in: the letter of a size.
    pub axis: &'static str,
    /// Class and stroke of its line.
    pub look: (&'static str, Stroke),
}

impl Series {
    /// Its name.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.name.0, self.name.1)
    }
}

/// One trial: which series, by its number, and the size on its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The series.
    pub series: usize,
    /// The size.
    pub x: usize,
}

/// A lab: what it runs, how it judges that, and what it says. [`Measured`] is the figure.
pub trait Plan: Send + Sync {
    /// Its series.
    fn series(&self) -> &'static [Series];
    /// The trials in the order in which they are run.
    fn places(&self) -> &[Place];
    /// What to run at a place.
    fn trial(&self, place: Place) -> Trial;
    /// max |output - f64 reference of the same function| over the rows that are checked.
    fn error(&self, place: Place, output: &[f32]) -> f64;
    /// How far the output is from that of another function, if there is a point in asking.
    fn strays(&self, place: Place, output: &[f32]) -> Option<f64> {
        let _ = (place, output);
        None
    }
    /// Floating-point operations of a run at a place, counted by the method's own formula.
    fn operations(&self, place: Place) -> f64;
    /// Title after "Fig. n".
    fn title(&self, lang: Lang) -> String;
    /// What has been measured, in a sentence.
    fn caption(&self, run: &Measured, lang: Lang) -> Rich;
    /// The stage.
    fn stage(&self, run: &Measured, view: &View) -> Drawing;
    /// Why a cell of its own has its value; cells of series are explained for all labs alike.
    fn why(&self, run: &Measured, cell: &str, lang: Lang) -> Option<Rich> {
        let _ = (run, cell, lang);
        None
    }
    /// The caption of the table.
    fn table_caption(&self, lang: Lang) -> &'static str;
    /// The columns that say where a trial lies, and what stands in them.
    fn columns(&self) -> &'static [&'static str] {
        &["n"]
    }
    /// What stands in these columns.
    fn coordinates(&self, place: Place) -> Vec<String> {
        vec![place.x.to_string()]
    }
    /// The head of the column of [`Plan::strays`], if there is one.
    fn strays_head(&self, lang: Lang) -> Option<&'static str> {
        let _ = lang;
        None
    }
    /// The kernel whose listing is shown.
    fn listing(&self) -> Option<&'static str> {
        None
    }
    /// Inputs.
    fn controls(&self, lang: Lang) -> Vec<Group>;
    /// Conventions.
    fn conventions(&self, lang: Lang) -> Vec<String>;
    /// Predict questions.
    fn questions(&self, lang: Lang) -> Vec<Question> {
        let _ = lang;
        Vec::new()
    }
}

/// `low`, twice that, and so on below `high`, then `high` itself.
pub fn doubling(low: usize, high: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = std::iter::successors(Some(low), |n| Some(2 * n)).take_while(|size| *size < high).collect();
    sizes.push(high);
    sizes
}
