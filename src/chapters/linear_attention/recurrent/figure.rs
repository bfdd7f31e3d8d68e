//! The figure over a run: what is kept, what it costs, anchors, and the parts of the page.

use std::num::NonZeroUsize;

use ndarray::{Array2, s};

use super::inputs::Inputs;
use super::run::{self, Act, CHUNKWISE, RECURRENT, Run, Step};
use super::{arrange, captions, controls, lanes, quiz, stage, table, why};
use crate::algorithms::feature_map::FeatureMap;
use crate::algorithms::linear_attention::reference::Reference;
use crate::algorithms::linear_attention::{Denominator, Future, Mapped};
use crate::content::{Lang, Rich, number, say};
use crate::figure::strip::full_scale;
use crate::figure::{Drawing, Figure, Group, KernelJob, Question, Table, View};
use crate::kernels::linear_attention as kernel;
use crate::trace::Lanes;

/// `recurrent`, built.
pub struct Recurrent {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// The f64 reference.
    pub exact: Reference,
    /// Darkest magnitudes: keys, values, outputs, phi(q), phi(k).
    pub scales: [f32; 5],
    /// The largest |z| of the run.
    pub z_scale: f32,
    /// The largest |S| of the run.
    pub state_scale: f32,
    /// The largest similarity inside a chunk.
    pub table_scale: f32,
    /// Multiply-adds of the recurrence, and of one chunk of all tokens.
    pub rivals: (u64, u64),
    /// Multiply-adds of chunks of one token in the chunkwise form, which the figure never runs: C = 1 is the recurrence.
    pub chunks_of_one: u64,
    /// max |difference| of the outputs to the recurrence, or of the recurrence to one chunk; `None` where both are the same run.
    pub apart: Option<f64>,
    /// Residuals of the run with the switches the other way: the denominator left out, or nothing broken.
    pub ghost: Vec<Option<f64>>,
    /// The token, counted from 1, whose output moves most when the last token is another one, and how far; the first token
    /// where the future is seen, `None` where there is only one.
    pub leak: Option<(usize, f64)>,
    /// The first token, counted from 1, at which a cache holds more numbers than the state.
    pub crossing: Option<usize>,
}

impl Recurrent {
    /// Runs what is asked for, and what it is compared with.
    pub fn new(inputs: Inputs) -> Recurrent {
        let exact = run::exact(&inputs);
        let run = Run::new(&inputs, &exact.out);
        let causal = Inputs { future: Future::Hidden, ..inputs.clone() };
        let ends = [1, inputs.n()].map(|chunk| run::plain(&run.x, chunk, &causal));
        let other_end = if inputs.chunk.get() == 1 { &ends[1] } else { &ends[0] };
        let compared = inputs.n() > 1 && inputs.future == Future::Hidden;
        let broken = inputs.future == Future::Seen || inputs.denominator == Denominator::Off;
        let denominator = if broken { Denominator::On } else { Denominator::Off };
        let ghost = Run::new(&Inputs { denominator, ..causal.clone() }, &exact.out);
        let most = |most: f32, matrix: &Array2<f32>| matrix.iter().map(|x| x.abs()).filter(|x| x.is_finite()).fold(most, f32::max);
        let state_scale = run.trace.iter().fold(1e-6, |scale, step| most(scale, &step.s));
        let table_scale = run.trace.iter().filter_map(|step| step.table.as_deref()).fold(1e-6, most);
        let scales = [&inputs.k, &inputs.v, &run.out.o, &run.x.q, &run.x.k].map(|matrix| full_scale(matrix.view()));
        let state = inputs.k.ncols() + inputs.v.ncols();
        let kept = run.x.k.ncols() * (inputs.v.ncols() + 1);
        Recurrent {
            scales,
            state_scale,
            z_scale: run.out.z.iter().map(|x| x.abs()).fold(1e-6, f32::max),
            table_scale,
            rivals: (ends[0].numerator, ends[1].numerator),
            chunks_of_one: run::chunkwise(&run.x, NonZeroUsize::MIN, &causal, None).numerator,
            apart: compared.then(|| run::apart(&run.out.o.view(), &other_end.o.view())),
            ghost: ghost.trace.iter().map(|step| step.residual).collect(),
            leak: leak(&inputs),
            crossing: Some(kept / state + 1).filter(|token| *token <= inputs.n()),
            exact,
            run,
            inputs,
        }
    }

    /// Whether one token at a time runs, which is the recurrence.
    pub fn recurrence(&self) -> bool {
        self.inputs.chunk.get() == 1
    }

    /// Whether anything is switched off.
    pub fn broken(&self) -> bool {
        self.inputs.future == Future::Seen || self.inputs.denominator == Denominator::Off
    }

    /// Where an act stands among the acts of a token or of a chunk.
    pub fn order(&self, act: Act) -> usize {
        let acts = if self.recurrence() { RECURRENT } else { CHUNKWISE };
        acts.iter().position(|other| *other == act).unwrap_or(0)
    }

    /// Numbers in the state, S and z.
    pub fn state(&self) -> u64 {
        (self.run.x.k.ncols() * (self.inputs.v.ncols() + 1)) as u64
    }

    /// Numbers that a cache of keys and values would hold for one token.
    pub fn per_token(&self) -> usize {
        self.inputs.k.ncols() + self.inputs.v.ncols()
    }

    /// Numbers that a cache would hold after a step.
    pub fn cache(&self, step: usize) -> u64 {
        (self.run.trace.at(step).arrived * self.per_token()) as u64
    }

    /// How many tokens are in S after a step.
    pub fn in_state(&self, now: &Step) -> usize {
        if now.added || now.act == Act::State { now.hand.end } else { now.hand.start }
    }

    /// How many tokens are in z after a step.
    pub fn in_sum(&self, now: &Step) -> usize {
        if self.recurrence() && !now.added { now.hand.start } else { self.in_state(now) }
    }

    /// Digits of the largest count of multiply-adds.
    pub fn digits(&self) -> usize {
        let live = self.run.trace.at(self.run.last()).work;
        live.max(self.rivals.0).max(self.rivals.1).to_string().len().max(3)
    }

    /// The place of the entry of S of largest magnitude.
    pub fn largest_of_state(&self, now: &Step) -> (usize, usize) {
        let mut best = (0, 0);
        for (place, value) in now.s.indexed_iter() {
            if value.abs() > now.s[best].abs() {
                best = place;
            }
        }
        best
    }

    /// The step at which the cache overtakes the state.
    pub fn crossing_step(&self) -> Option<usize> {
        let token = self.crossing?;
        self.run.find(Act::Load, |step| step.arrived >= token)
    }

    fn places(&self, view: &View) -> arrange::Places {
        arrange::places(view, self.run.x.k.ncols(), self.inputs.v.ncols(), if self.recurrence() { 2 } else { 3 })
    }
}

/// The token whose output moves most when the last token is replaced, the last itself aside, and how far.
fn leak(inputs: &Inputs) -> Option<(usize, f64)> {
    let outputs = |inputs: &Inputs| {
        let x = Mapped::new(inputs.map, &inputs.q, &inputs.k, &inputs.v, run::EPS);
        run::plain(&x, inputs.chunk.get(), inputs).o
    };
    let (ours, other) = (outputs(inputs), outputs(&inputs.with_other_last()));
    // With the future in the sum the first output tells it best: it should know nothing but itself.
    let rows = if inputs.future == Future::Seen { inputs.n().min(2) } else { inputs.n() };
    let far = |row: usize| (row + 1, run::apart(&ours.slice(s![row..row + 1, ..]), &other.slice(s![row..row + 1, ..])));
    (0..rows.saturating_sub(1)).map(far).reduce(|most, next| if next.1 > most.1 { next } else { most })
}

impl Figure for Recurrent {
    fn last_step(&self) -> usize {
        self.run.last()
    }

    fn poster(&self) -> usize {
        self.crossing_step().unwrap_or(self.run.last())
    }

    fn title(&self, lang: Lang) -> String {
        let (chunk, n, seed) = (self.inputs.chunk.get(), self.inputs.n(), self.inputs.seed.to_string());
        say!(lang; chunk, n, seed = &seed;
            if n == 1 => "Linear attention on a single token, seed {seed}", "线性注意力，只有一个 token，种子 {seed}";
            if chunk == 1 => "Linear attention as a recurrent network, {n} tokens, seed {seed}", "线性注意力当作循环网络，{n} 个 token，种子 {seed}";
            if chunk == n => "Causal linear attention as one table, {n} tokens, seed {seed}", "因果线性注意力，一整张表，{n} 个 token，种子 {seed}";
            else => "Causal linear attention in chunks of {chunk}, {n} tokens, seed {seed}", "因果线性注意力，每段 {chunk} 个，共 {n} 个 token，种子 {seed}")
        .text()
    }

    fn caption(&self, step: usize, row: usize, lang: Lang) -> Rich {
        captions::caption(self, step, row, lang)
    }

    fn rows(&self) -> usize {
        self.inputs.n()
    }

    fn focus(&self, step: usize, row: Option<usize>) -> usize {
        let rows = &self.run.trace.at(step).rows;
        row.filter(|row| rows.contains(row)).unwrap_or(rows.end.saturating_sub(1))
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

    fn readouts(&self, step: usize, row: usize, _lang: Lang) -> Vec<String> {
        let now = self.run.trace.at(step);
        let total = now.totals.as_ref().and_then(|totals| totals.get(row.checked_sub(now.rows.start)?).copied());
        vec![
            String::new(),
            String::new(),
            number::whole(self.cache(step)),
            number::whole(now.work),
            total.map_or(String::new(), |total| number::cell(f64::from(total))),
            now.residual.map_or(String::new(), number::residual),
        ]
    }

    fn table(&self, step: usize, lang: Lang) -> Table {
        table::table(self, step, lang)
    }

    fn residual(&self, step: usize) -> Option<f64> {
        self.run.trace.at(step).residual
    }

    fn listing(&self) -> Option<&'static str> {
        Some(if self.recurrence() { "linear_recurrent" } else { "linear_chunkwise" })
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(self.run.trace.at(step).act.tag())
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
        match name {
            "start" => Some(0),
            "crossing" => self.crossing_step(),
            "end" => Some(self.run.last()),
            "state" => self.run.find(Act::State, |_| true),
            "denominator" => self.run.find(Act::Denominator, |_| true),
            "output" => self.run.find(Act::Output, |_| true),
            _ => None,
        }
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }

    fn kernel(&self) -> Option<KernelJob> {
        let map = match self.inputs.map {
            FeatureMap::Identity => kernel::FeatureMap::Identity,
            FeatureMap::Relu => kernel::FeatureMap::Relu,
            FeatureMap::Elu1 => kernel::FeatureMap::Elu1,
            FeatureMap::Exp => kernel::FeatureMap::Exp,
            FeatureMap::Taylor1 => kernel::FeatureMap::Taylor1,
            FeatureMap::Square => kernel::FeatureMap::Square,
            // These are made of whole rows or columns, which the kernel does not do.
            FeatureMap::Double | FeatureMap::Cosine => return None,
        };
        // Where similarities cancel, what is left of a denominator is rounding, and every backend rounds in its own way.
        let sizes = self.exact.similarities.map_axis(ndarray::Axis(1), |row| row.iter().map(|x| x.abs()).sum::<f64>());
        if self.exact.denominators.iter().zip(&sizes).any(|(total, size)| total.abs() < 0.2 * size || total.abs() < 1e-2) {
            return None;
        }
        let inputs = &self.inputs;
        let flat = |matrix: &Array2<f32>| matrix.iter().copied().collect();
        let (n, d) = inputs.k.dim();
        let normaliser = kernel::Normaliser::Eps(run::EPS as f32);
        Some(KernelJob {
            kernel: &crate::kernels::linear_attention_causal::KERNEL,
            uniform: crate::kernels::linear_attention_causal::uniform(n as u32, d as u32, d as u32, map, normaliser),
            inputs: vec![flat(&inputs.q), flat(&inputs.k), flat(&inputs.v)],
            reference: vec![self.exact.out.iter().copied().collect()],
        })
    }
}
