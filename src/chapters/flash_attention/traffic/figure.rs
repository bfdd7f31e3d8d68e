//! The figure over its counts.

use super::counts::{Count, Curves, count, off_by};
use super::inputs::Inputs;
use super::{captions, controls, quiz, stage, table, why};
use crate::algorithms::flash_attention::{Rescale, Tiling, fa2};
use crate::content::{Lang, Rich, say};
use crate::figure::{Drawing, Figure, Group, Question, Table, View};

/// `traffic`, built.
pub struct Traffic {
    /// Its inputs.
    pub inputs: Inputs,
    /// What each algorithm moves at them.
    pub now: Count,
    /// The curves around them.
    pub curves: Curves,
    /// The largest difference between a count and its formula, over all runs shown.
    pub gap: u64,
    /// The paper's own setting.
    pub paper: Count,
}

impl Traffic {
    /// Runs everything.
    pub fn new(inputs: Inputs) -> Traffic {
        let (now, curves) = (count(inputs.sizes(), inputs.tiles), Curves::new(&inputs));
        let here = off_by(inputs.sizes(), inputs.tiles, &now);
        let at = |n: usize| Inputs { n, ..inputs }.sizes();
        let curve = |sizes: &dyn Fn(usize) -> usize, samples: &[super::counts::Sample]| {
            samples.iter().map(|sample| off_by(at(sizes(sample.at)), sample.tiles, &sample.count)).max().unwrap_or(0)
        };
        let same = |_| inputs.n;
        let gaps = [here, curve(&same, &curves.over_br), curve(&|n| n, &curves.over_n), curve(&same, &curves.over_sram)];
        Traffic { inputs, now, curves, gap: gaps.into_iter().max().unwrap_or(0), paper: super::paper::count() }
    }

    /// What FA-2 moves with query tiles of another height.
    pub fn fa2_at(&self, br: usize) -> u64 {
        let tiles = Tiling::new(br.clamp(1, self.inputs.n), self.inputs.bc()).unwrap_or(self.inputs.tiles);
        let head = self.inputs.sizes().head();
        fa2::forward(&head, tiles, Rescale::On, &mut ()).traffic.total()
    }

    /// How far Br is from where FA-2 begins to move less: -1 just before, 0 there.
    pub fn from_crossing(&self) -> Option<isize> {
        Some(self.inputs.br() as isize - self.curves.crossing? as isize)
    }

    /// Whether the crossing is shown: once the learner stands on it or beside it.
    pub fn found(&self) -> bool {
        self.from_crossing().is_some_and(|by| (-1..=0).contains(&by) && self.curves.crossing != Some(1))
    }
}

impl Figure for Traffic {
    fn title(&self, lang: Lang) -> String {
        say!(lang; n = self.inputs.n, d = self.inputs.d;
            "Elements moved: N = {n}, d = {d}, one head, forward", "搬运的元素：N = {n}，d = {d}，一个头，前向")
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
        Some(self.gap as f64)
    }

    fn against(&self, lang: Lang) -> &'static str {
        lang.pick("between counts and formulas", "（计数与公式之差）")
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, cell, lang)
    }

    fn default_cell(&self, _step: usize, _row: usize) -> Option<String> {
        Some("fa2".into())
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn stands_for(&self, field: &str) -> Option<i64> {
        match field {
            "br" => Some(self.inputs.br() as i64),
            "bc" => Some(self.inputs.bc() as i64),
            _ => None,
        }
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }
}
