//! A lab over what has been measured so far.

use std::sync::Arc;

use super::{Device, Lab, Outcome, Place, Plan, Refusal, Timed, Trial, table, words};
use crate::content::{Lang, Rich};
use crate::figure::{Drawing, Figure, Group, Question, Table, View};

/// A series is given up when one run takes longer, in milliseconds.
pub const PATIENCE: f64 = 2500.0;

/// A lab, built.
#[derive(Clone)]
pub struct Measured {
    /// What is to be measured.
    pub plan: Arc<dyn Plan>,
    outcomes: Vec<Outcome>,
}

/// From where on one series is faster than another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossing {
    /// It is faster at every size measured, this being the least.
    Before(usize),
    /// From about here, between two sizes that were measured.
    At(f64),
    /// It is not faster at the greatest size measured, which is this.
    NotSeen(usize),
}

impl Measured {
    /// Nothing measured yet.
    pub fn new(plan: Arc<dyn Plan>) -> Measured {
        Measured { plan, outcomes: Vec::new() }
    }

    /// With one more outcome, that of the next trial.
    pub fn and(&self, outcome: Outcome) -> Measured {
        let mut next = self.clone();
        next.outcomes.push(outcome);
        next
    }

    /// What came of a series at the sizes tried so far.
    pub fn of(&self, series: usize) -> impl Iterator<Item = (usize, &Outcome)> {
        let places = self.plan.places().iter().zip(&self.outcomes);
        places.filter(move |(place, _)| place.series == series).map(|(place, outcome)| (place.x, outcome))
    }

    /// The measured sizes of a series.
    pub fn timed(&self, series: usize) -> impl Iterator<Item = (usize, &Timed)> {
        self.of(series).filter_map(|(x, outcome)| if let Outcome::Timed(timed) = outcome { Some((x, timed)) } else { None })
    }

    /// A series at a size, if it has been measured.
    pub fn at(&self, series: usize, x: usize) -> Option<&Timed> {
        self.timed(series).find(|timed| timed.0 == x).map(|timed| timed.1)
    }

    /// The greatest size at which both series have been measured, with both medians in ms.
    pub fn both(&self, a: usize, b: usize) -> Option<(usize, f64, f64)> {
        self.timed(a).filter_map(|(x, timed)| Some((x, timed.median(), self.at(b, x)?.median()))).max_by_key(|both| both.0)
    }

    /// From where on `series` stays faster than the fastest of `rivals`, interpolated on logarithmic axes; `None` while
    /// nothing can be compared.
    pub fn crossing(&self, series: usize, rivals: &[usize]) -> Option<Crossing> {
        let rival = |x: usize| rivals.iter().filter_map(|rival| self.at(*rival, x)).map(Timed::median).reduce(f64::min);
        let mut lead: Vec<(f64, f64)> =
            self.timed(series).filter_map(|(x, timed)| Some((x as f64, (rival(x)? / timed.median()).ln()))).collect();
        lead.sort_by(|a, b| a.0.total_cmp(&b.0));
        let last_behind = lead.iter().rposition(|(_, lead)| *lead <= 0.0);
        match last_behind.map(|idx| (lead[idx], lead.get(idx + 1))) {
            None => lead.first().map(|first| Crossing::Before(first.0 as usize)),
            Some((behind, None)) => Some(Crossing::NotSeen(behind.0 as usize)),
            Some((behind, Some(ahead))) => {
                let share = behind.1 / (behind.1 - ahead.1);
                Some(Crossing::At((behind.0.ln() + share * (ahead.0 / behind.0).ln()).exp()))
            }
        }
    }

    /// The first size at which a series did not fit, with bytes needed and bytes allowed.
    pub fn too_large(&self, series: usize) -> Option<(usize, u64, u64)> {
        self.of(series).find_map(|(x, outcome)| match outcome {
            Outcome::Refused(Refusal::TooLarge { needed, limit }) => Some((x, *needed, *limit)),
            _ => None,
        })
    }

    /// Whether there are outcomes.
    pub fn started(&self) -> bool {
        !self.outcomes.is_empty()
    }

    /// Whether every trial has an outcome.
    pub fn finished(&self) -> bool {
        self.outcomes.len() == self.plan.places().len()
    }

    /// Every measured trial.
    pub fn all_timed(&self) -> impl Iterator<Item = &Timed> {
        self.outcomes.iter().filter_map(|outcome| if let Outcome::Timed(timed) = outcome { Some(timed) } else { None })
    }

    /// Whether the GPU is a software adapter: then it is no wonder that the CPU itself is faster.
    pub fn imitated(&self) -> bool {
        self.all_timed().any(|timed| timed.imitated)
    }

    /// A device in words, after "on".
    pub fn device_name(&self, device: Device, lang: Lang) -> &'static str {
        match device {
            Device::Gpu if self.imitated() => lang.pick("a GPU that the CPU imitates", "CPU 模拟的 GPU"),
            Device::Gpu => lang.pick("the GPU", "GPU"),
            Device::Cpu => lang.pick("the CPU", "CPU"),
        }
    }

    fn place(&self, trial: usize) -> Option<Place> {
        self.plan.places().get(trial).copied()
    }
}

impl Lab for Measured {
    fn n_trials(&self) -> usize {
        self.plan.places().len()
    }

    fn trial_name(&self, trial: usize, lang: Lang) -> String {
        let Some(place) = self.place(trial) else { return String::new() };
        let series = &self.plan.series()[place.series];
        [series.name(lang), ", ", series.axis, " = ", &crate::content::number::whole(place.x as u64)].concat()
    }

    fn trial(&self, trial: usize) -> Result<Trial, Refusal> {
        let Some(place) = self.place(trial) else { return Err(Refusal::Failed(String::new())) };
        match self.of(place.series).last() {
            Some((_, Outcome::Timed(timed))) if timed.median() > PATIENCE => return Err(Refusal::Slow(timed.median())),
            Some((_, Outcome::Refused(refusal @ (Refusal::Slow(_) | Refusal::NoGpu)))) => return Err(refusal.clone()),
            _ => {}
        }
        Ok(self.plan.trial(place))
    }

    fn error(&self, trial: usize, output: &[f32]) -> f64 {
        self.place(trial).map_or(f64::NAN, |place| self.plan.error(place, output))
    }

    fn strays(&self, trial: usize, output: &[f32]) -> Option<f64> {
        self.plan.strays(self.place(trial)?, output)
    }

    fn with(&self, outcome: Outcome) -> Arc<dyn Figure> {
        Arc::new(self.and(outcome))
    }

    fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }
}

impl Figure for Measured {
    fn title(&self, lang: Lang) -> String {
        self.plan.title(lang)
    }

    fn caption(&self, _step: usize, _row: usize, lang: Lang) -> Rich {
        self.plan.caption(self, lang)
    }

    fn stage(&self, _step: usize, _row: usize, view: &View) -> Drawing {
        self.plan.stage(self, view)
    }

    fn table(&self, _step: usize, lang: Lang) -> Table {
        table::table(self, lang)
    }

    fn residual(&self, _step: usize) -> Option<f64> {
        self.all_timed().map(|timed| timed.error).reduce(|a, b| if a.is_nan() || a > b { a } else { b })
    }

    fn listing(&self) -> Option<&'static str> {
        self.plan.listing()
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        self.plan.why(self, cell, lang).or_else(|| words::why(self, cell, lang))
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        self.plan.controls(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        self.plan.conventions(lang)
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        self.plan.questions(lang)
    }

    fn lab(&self) -> Option<&dyn Lab> {
        Some(self)
    }
}
