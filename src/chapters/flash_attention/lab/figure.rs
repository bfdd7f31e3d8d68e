//! The figure over what has been measured so far.

use std::sync::Arc;

use super::inputs::Inputs;
use super::plan::{Device, Method, Series, trials};
use super::{captions, controls, stage, table};
use crate::content::{Lang, Rich, say};
use crate::figure::lab::{Lab, Outcome, Refusal, Timed, Trial};
use crate::figure::{Drawing, Figure, Group, Table, View};

/// A series is given up when one run takes longer, in milliseconds.
pub const PATIENCE: f64 = 2500.0;

/// `lab`, built.
#[derive(Clone)]
pub struct Measurements {
    /// Its inputs.
    pub inputs: Inputs,
    /// What is to be measured.
    pub trials: Vec<(usize, Series)>,
    outcomes: Vec<Outcome>,
}

impl Measurements {
    /// Nothing measured yet.
    pub fn new(inputs: Inputs) -> Measurements {
        Measurements { trials: trials(&inputs), inputs, outcomes: Vec::new() }
    }

    /// What came of a series at the lengths tried so far.
    pub fn of(&self, series: Series) -> impl Iterator<Item = (usize, &Outcome)> {
        self.trials.iter().zip(&self.outcomes).filter(move |((_, other), _)| *other == series).map(|((n, _), outcome)| (*n, outcome))
    }

    /// The measured lengths of a series.
    pub fn timed(&self, series: Series) -> impl Iterator<Item = (usize, &Timed)> {
        self.of(series).filter_map(|(n, outcome)| if let Outcome::Timed(timed) = outcome { Some((n, timed)) } else { None })
    }

    /// A series at a length, if it has been measured.
    pub fn at(&self, series: Series, n: usize) -> Option<&Timed> {
        self.timed(series).find(|timed| timed.0 == n).map(|timed| timed.1)
    }

    /// The greatest length at which both methods have been measured on a device, with both medians in ms.
    pub fn both(&self, device: Device) -> Option<(usize, f64, f64)> {
        let of = |method, n| self.at(Series { method, device }, n).map(Timed::median);
        let at = |n: &usize| Some((*n, of(Method::Plain, *n)?, of(Method::Flash, *n)?));
        self.inputs.lengths.iter().rev().find_map(at)
    }

    /// The first length at which the table did not fit on a device, with bytes needed and bytes allowed.
    pub fn too_large(&self, device: Device) -> Option<(usize, u64, u64)> {
        self.of(Series { method: Method::Plain, device }).find_map(|(n, outcome)| match outcome {
            Outcome::Refused(Refusal::TooLarge { needed, limit }) => Some((n, *needed, *limit)),
            _ => None,
        })
    }

    /// Whether there are outcomes.
    pub fn started(&self) -> bool {
        !self.outcomes.is_empty()
    }

    /// Every measured trial.
    pub fn all_timed(&self) -> impl Iterator<Item = &Timed> {
        self.outcomes.iter().filter_map(|outcome| if let Outcome::Timed(timed) = outcome { Some(timed) } else { None })
    }
}

impl Lab for Measurements {
    fn n_trials(&self) -> usize {
        self.trials.len()
    }

    fn trial_name(&self, trial: usize, lang: Lang) -> String {
        let Some((n, series)) = self.trials.get(trial) else { return String::new() };
        [series.name(lang), ", n = ", &crate::content::number::whole(*n as u64)].concat()
    }

    fn trial(&self, trial: usize) -> Result<Trial, Refusal> {
        let Some(&(n, series)) = self.trials.get(trial) else { return Err(Refusal::Failed(String::new())) };
        match self.of(series).last() {
            Some((_, Outcome::Timed(timed))) if timed.median() > PATIENCE => return Err(Refusal::Slow(timed.median())),
            Some((_, Outcome::Refused(refusal @ (Refusal::Slow(_) | Refusal::NoGpu)))) => return Err(refusal.clone()),
            _ => {}
        }
        Ok(Trial { size: n, work: series.work(), uniform: self.inputs.uniform(n), inputs: Arc::new(self.inputs.tokens(n)) })
    }

    fn error(&self, trial: usize, output: &[f32]) -> f64 {
        self.trials.get(trial).map_or(f64::NAN, |(n, _)| self.inputs.error(*n, output))
    }

    fn with(&self, outcome: Outcome) -> Arc<dyn Figure> {
        let mut next = self.clone();
        next.outcomes.push(outcome);
        Arc::new(next)
    }

    fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }
}

impl Figure for Measurements {
    fn title(&self, lang: Lang) -> String {
        say!(lang; n = self.inputs.lengths.last().copied().unwrap_or(0), d = self.inputs.d;
            "Measured here: one head, d = {d}, up to n = {n}", "就在这台机器上测：一个头，d = {d}，最长 n = {n}")
        .text()
    }

    fn caption(&self, _step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, lang)
    }

    fn stage(&self, _step: usize, _row: usize, view: &View) -> Drawing {
        stage::draw(self, view)
    }

    fn table(&self, _step: usize, lang: Lang) -> Table {
        table::table(self, lang)
    }

    fn residual(&self, _step: usize) -> Option<f64> {
        self.all_timed().map(|timed| timed.error).reduce(|a, b| if a.is_nan() || a > b { a } else { b })
    }

    fn listing(&self) -> Option<&'static str> {
        Some("flash_attention_gpu")
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        captions::why(self, cell, lang)
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }

    fn lab(&self) -> Option<&dyn Lab> {
        Some(self)
    }
}
