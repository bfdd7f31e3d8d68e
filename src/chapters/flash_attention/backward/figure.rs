//! The figure over a run: focus, what is known at a step, anchors, and the parts of the page.

use std::sync::Mutex;

use ndarray::{Array1, Array2, s};

use super::super::words;
use super::inputs::{self, Inputs, n_tiles};
use super::run::{self, Act, Broken, Run};
use super::{captions, controls, lanes, places, quiz, stage, tables, why};
use crate::algorithms::Attention;
use crate::algorithms::flash_attention::io_model::Sizes;
use crate::content::{Lang, Rich, number};
use crate::figure::strip::full_scale;
use crate::figure::{Drawing, Figure, Group, Question, Table, View};
use crate::trace::Lanes;

/// `backward`, built.
pub struct Backward {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// What the forward run left: O `[nq, dv]`.
    pub o: Array2<f32>,
    /// m and l `[nq]`, of which L is made; only L is stored.
    pub state: [Array1<f32>; 2],
    /// The gradient of the output `[nq, dv]`.
    pub d_out: Array2<f32>,
    /// Darkest magnitudes of the banks: Q, dO, K, dV, V, dK, dQ.
    pub scales: [f32; 7],
    /// dV, dQ and dK of the pair's keys and queries when all pairs have passed.
    complete: [Array2<f32>; 3],
    /// Residuals of the run with the switches the other way: D left out, or nothing broken.
    pub ghost: Vec<f64>,
    /// Final errors of dV, dQ and dK without D.
    pub without_delta: [f64; 3],
    /// The banks of the gradients as last drawn: most steps leave them as they are.
    pub banks: Mutex<Option<(places::Places, Shown, String)>>,
}

/// What the banks of the gradients show: elements of D, keys whose dK and dV are stored, elements moved when dQ last changed.
pub type Shown = (usize, usize, usize);

impl Backward {
    /// Runs forward, then backward, with and without what is broken.
    pub fn new(inputs: Inputs) -> Backward {
        let x = &inputs.given.x;
        let forward = run::forward(x, inputs.tiling);
        let d_out = inputs::d_out(inputs.loss, inputs.seed, &forward.o);
        let (o, state) = (forward.o.clone(), [forward.m.clone(), forward.l.clone()]);
        let exact = run::exact(x, &d_out);
        let run_with = |broken| Run::new(x, forward.clone(), &d_out, inputs.tiling, inputs.pair, broken, exact.clone());
        let run = run_with(inputs.broken);
        let other = run_with(if inputs.broken.any() { Broken::default() } else { Broken { delta: true, lse: false } });
        let grad = [&run.grad.dv, &run.grad.dk, &run.grad.dq].map(|grad| full_scale(grad.mapv(|x| x as f32).view()));
        let scales =
            [full_scale(x.q.view()), full_scale(d_out.view()), full_scale(x.k.view()), grad[0], full_scale(x.v.view()), grad[1], grad[2]];
        let (rows, cols) = (run.chosen.rows.clone(), run.chosen.cols.clone());
        let complete = [(&run.out.dv, &cols), (&run.out.dq, &rows), (&run.out.dk, &cols)]
            .map(|(sum, part)| sum.slice(s![part.clone(), ..]).to_owned());
        let ghost = other.trace.iter().map(|step| step.residual).collect();
        let without_delta = if inputs.broken.delta && !inputs.broken.lse { run.errors } else { other.errors };
        Backward { run, o, state, scales, complete, ghost, without_delta, d_out, inputs, banks: Mutex::default() }
    }

    /// The head.
    pub fn x(&self) -> &Attention<f32> {
        &self.inputs.given.x
    }

    /// The act of a step.
    pub fn act(&self, step: usize) -> Act {
        self.run.trace.at(step).act
    }

    /// Query and key tiles.
    pub fn n_tiles(&self) -> (usize, usize) {
        n_tiles(self.inputs.tiling, self.x().n_queries(), self.x().n_keys())
    }

    /// Table `idx` of the pair (S, P, dP, dS) while it is in fast memory.
    pub fn entries(&self, act: Act, idx: usize) -> Option<&Array2<f32>> {
        let since = [Act::Scores, Act::Probs, Act::ProbsGrad, Act::ScoresGrad][idx];
        self.run.chosen.tables.get(idx).filter(|_| (since..Act::Store).contains(&act))
    }

    /// Sum `idx` of the pair (dV, dQ, dK) before it and, once it has grown, with it, or with all pairs if they have passed.
    pub fn sum(&self, act: Act, idx: usize) -> (&Array2<f32>, Option<&Array2<f32>>) {
        let since = [Act::GrowV, Act::GrowQ, Act::GrowK][idx];
        let grown = self.run.chosen.after.get(idx).filter(|_| act >= since);
        let complete = act == Act::End || (act == Act::Store && idx != 1);
        (&self.run.chosen.before[idx], if complete { Some(&self.complete[idx]) } else { grown })
    }

    /// Whether a gradient (dV, dQ, dK) of this run is wrong by more than rounding.
    pub fn spoilt(errors: &[f64; 3], idx: usize) -> bool {
        // Rounding stays below 1e-4 for gradients of the sizes that occur; what the switches break is far above.
        errors[idx].is_nan() || errors[idx] > 1e-3
    }

    /// What standard attention moves backward (arXiv:2205.14135, Algorithm 3): P is read twice, dP and dS are written
    /// and read back, dS twice; beside them go dO twice, Q, K, V, and the three gradients.
    pub fn standard(&self) -> u64 {
        let x = self.x();
        let sizes = Sizes { n_queries: x.n_queries(), n_keys: x.n_keys(), d: x.d(), dv: x.dv() };
        let (nq, nk, d, dv) = (sizes.n_queries, sizes.n_keys, sizes.d, sizes.dv);
        (7 * nq * nk + 2 * (nq + nk) * d + 2 * (nq + nk) * dv) as u64
    }

    /// Whether a stored P would move fewer elements here, which must be said.
    pub fn standard_wins(&self) -> bool {
        self.standard() < self.run.trace.at(self.run.last()).moved
    }

    /// Digits of the largest count.
    pub fn digits(&self) -> usize {
        self.run.trace.at(self.run.last()).moved.max(self.standard()).to_string().len().max(4)
    }

    /// The key that a row of the tile weighs most, as an index into the tile.
    pub fn best(&self, row: usize) -> usize {
        let chosen = &self.run.chosen;
        let score = |key: &usize| self.run.exact.probs[[row, chosen.cols.start + *key]];
        (0..chosen.cols.len()).max_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or(0)
    }
}

impl Figure for Backward {
    fn last_step(&self) -> usize {
        self.run.last()
    }

    fn poster(&self) -> usize {
        self.run.find(Act::Probs).unwrap_or(0)
    }

    fn title(&self, lang: Lang) -> String {
        words::title(lang.pick("Gradients, one tile pair,", "一对块的梯度"), self.inputs.given.source, lang)
    }

    fn caption(&self, step: usize, row: usize, lang: Lang) -> Rich {
        captions::caption(self, step, row, lang)
    }

    fn rows(&self) -> usize {
        self.x().n_queries()
    }

    fn focus(&self, _step: usize, row: Option<usize>) -> usize {
        let rows = self.run.chosen.rows.clone();
        let weight = |row: &usize| self.run.exact.probs[[*row, self.run.chosen.cols.start + self.best(*row)]];
        let telling = || rows.clone().max_by(|a, b| weight(a).total_cmp(&weight(b))).unwrap_or(0);
        row.filter(|row| rows.contains(row)).unwrap_or_else(telling)
    }

    fn stage(&self, step: usize, row: usize, view: &View) -> Drawing {
        stage::draw(self, step, row, &self.places(view), view)
    }

    fn backdrop(&self, view: &View) -> String {
        stage::backdrop(self, &self.places(view), view)
    }

    fn lanes(&self, lang: Lang) -> Lanes {
        lanes::lanes(self, lang)
    }

    fn readouts(&self, step: usize, _row: usize, _lang: Lang) -> Vec<String> {
        let now = self.run.trace.at(step);
        vec![String::new(), String::new(), number::whole(now.moved), number::residual(now.residual)]
    }

    fn table(&self, step: usize, lang: Lang) -> Table {
        tables::table(self, step, lang)
    }

    fn residual(&self, step: usize) -> Option<f64> {
        Some(self.run.trace.at(step).residual)
    }

    fn listing(&self) -> Option<&'static str> {
        Some("flash_backward")
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(self.act(step).tag())
    }

    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, step, cell, lang)
    }

    fn default_cell(&self, step: usize, row: usize) -> Option<String> {
        why::default_cell(self, step, row)
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(self, lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(self, lang)
    }

    fn anchor(&self, name: &str) -> Option<usize> {
        let act = match name {
            "end" => return Some(self.run.last()),
            "delta" => Act::Delta,
            "load-kv" => Act::LoadKv,
            "load-rows" => Act::LoadRows,
            "scores" => Act::Scores,
            "rebuild" => Act::Probs,
            "dv" => Act::GrowV,
            "dp" => Act::ProbsGrad,
            "ds" => Act::ScoresGrad,
            "dq" => Act::GrowQ,
            "dk" => Act::GrowK,
            "store" => Act::Store,
            _ => return None,
        };
        self.run.find(act)
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }
}

impl Backward {
    fn places(&self, view: &View) -> places::Places {
        let tiling = self.inputs.tiling;
        places::places(view, tiling.br.get().min(self.x().n_queries()), tiling.bc.get().min(self.x().n_keys()))
    }
}
