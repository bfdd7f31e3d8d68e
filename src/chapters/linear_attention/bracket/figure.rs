//! The figure over its run: titles, anchors, and the kernel on the same inputs.

use super::inputs::{Inputs, Order, Source};
use super::run::{Act, Run, Step};
use super::{captions, controls, lanes, quiz, stage, table, why};
use crate::content::{Lang, Rich, number, say};
use crate::figure::{Drawing, Figure, Group, KernelJob, Question, Table, View};
use crate::kernels::linear_attention::{FeatureMap, KERNEL, Normaliser, uniform};
use crate::trace::Lanes;

/// `bracket`, built.
pub struct Bracket {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// The most characters that a number of this figure takes in a cell.
    pub widest: usize,
}

impl Bracket {
    /// Runs both orders.
    pub fn new(inputs: Inputs) -> Bracket {
        let run = Run::new(&inputs);
        let x = &inputs.x;
        let all = [&x.q, &x.k, &x.v, &run.scores, &run.product.inner, &run.product.out];
        let most = all.iter().flat_map(|matrix| matrix.iter()).fold(0.0_f32, |most, x| most.max(x.abs()));
        // A minus sign, and two decimals behind a point.
        let widest = number::cell(-f64::from(most)).chars().count().max(5);
        Bracket { inputs, run, widest }
    }

    /// The step.
    pub fn at(&self, step: usize) -> &Step {
        self.run.trace.at(step)
    }

    /// The formula of an order.
    pub fn formula(&self, order: Order) -> &'static str {
        match order {
            Order::Left if self.inputs.softmax => "softmax(QKᵀ)V",
            Order::Left => "(QKᵀ)V",
            Order::Right => "Q(KᵀV)",
        }
    }

    /// The order that does not run.
    pub fn other(&self) -> Order {
        if self.inputs.order == Order::Left { Order::Right } else { Order::Left }
    }

    /// Entries of the matrix between that exist after a step.
    pub fn held(&self, step: usize) -> usize {
        let now = self.at(step);
        if now.act == Act::Inner { now.done } else { self.run.product.inner.len() }
    }

    /// The power of two by which V is scaled for the kernel, which is exact: 1, or less where outputs are large, so that
    /// the kernel's distance from the reference is that of outputs of about 1.
    pub fn kernel_factor(&self) -> f64 {
        let most = self.run.exact.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        if most > 16.0 { (-most.log2().ceil()).exp2() } else { 1.0 }
    }

    /// How many multiply-adds an entry of an act takes.
    pub fn depth(&self, act: Act) -> usize {
        let (n, d, _) = self.inputs.sizes();
        if (act == Act::Outer) == (self.inputs.order == Order::Left) { n } else { d }
    }

    /// The entry that a step works on, as a cell.
    pub fn current(&self, step: usize) -> String {
        let now = self.at(step);
        let kind = match (now.act, self.inputs.order) {
            (Act::Inner, Order::Left) => "S",
            (Act::Inner, Order::Right) => "M",
            (Act::Softmax, _) => "P",
            (Act::Outer, _) => "O",
        };
        [kind, ":", &now.row.to_string(), ":", &now.col.to_string()].concat()
    }
}

impl Figure for Bracket {
    fn last_step(&self) -> usize {
        self.run.trace.last_step()
    }

    fn poster(&self) -> usize {
        self.last_step()
    }

    fn title(&self, lang: Lang) -> String {
        let method = self.formula(self.inputs.order);
        match self.inputs.source {
            Source::Random { seed } => {
                say!(lang; method, seed = &seed.to_string(); "{method} on random numbers, seed {seed}", "{method}，随机数，种子 {seed}")
            }
            Source::Head { layer, head } => say!(lang; method, layer, head;
                "{method} on layer {layer}, head {head} of MiniLM-L6",
                "{method}，MiniLM-L6 第 {layer} 层第 {head} 头"),
            Source::Long { layer, head } => say!(lang; method, layer, head;
                "{method} on layer {layer}, head {head} of MiniLM-L6, long text",
                "{method}，MiniLM-L6 第 {layer} 层第 {head} 头，长文本"),
        }
        .text()
    }

    fn caption(&self, step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, step, lang)
    }

    fn focus(&self, _step: usize, _row: Option<usize>) -> usize {
        0
    }

    fn stage(&self, step: usize, _row: usize, view: &View) -> Drawing {
        stage::draw(self, step, view)
    }

    fn backdrop(&self, view: &View) -> String {
        stage::backdrop(self, view)
    }

    fn lanes(&self, lang: Lang) -> Lanes {
        lanes::lanes(self, lang)
    }

    fn readouts(&self, step: usize, _row: usize, _lang: Lang) -> Vec<String> {
        let now = self.at(step);
        vec![
            String::new(),
            String::new(),
            number::whole(now.multiply_adds),
            number::whole(self.held(step) as u64),
            now.residual.map_or(String::new(), number::residual),
        ]
    }

    fn table(&self, step: usize, lang: Lang) -> Table {
        table::table(self, step, lang)
    }

    fn residual(&self, step: usize) -> Option<f64> {
        self.at(step).residual
    }

    fn listing(&self) -> Option<&'static str> {
        Some(if self.inputs.order == Order::Left { "bracket_left" } else { "bracket_right" })
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(match (self.at(step).act, self.inputs.order) {
            (Act::Inner, Order::Left) => "table",
            (Act::Inner, Order::Right) => "summary",
            (Act::Softmax, _) => "softmax",
            (Act::Outer, _) => "output",
        })
    }

    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, step, cell, lang)
    }

    fn default_cell(&self, step: usize, _row: usize) -> Option<String> {
        Some(self.current(step))
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
            "entry" => self.run.trace.iter().position(|step| self.run.complete(step)),
            "between" => self.run.end(Act::Inner),
            "softmax" => self.run.first(Act::Softmax),
            "output" => self.run.first(Act::Outer),
            "end" => Some(self.last_step()),
            _ => None,
        }
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }

    fn kernel(&self) -> Option<KernelJob> {
        let x = &self.inputs.x;
        let [n, d, dv] = [x.q.nrows(), x.q.ncols(), x.v.ncols()].map(|size| size as u32);
        let flat = |matrix: &ndarray::Array2<f32>| matrix.iter().copied().collect();
        let factor = self.kernel_factor();
        (!self.inputs.softmax).then(|| KernelJob {
            kernel: &KERNEL,
            uniform: uniform(n, n, d, dv, FeatureMap::Identity, Normaliser::Absent),
            inputs: vec![flat(&x.q), flat(&x.k), x.v.iter().map(|x| x * factor as f32).collect()],
            reference: vec![self.run.exact.iter().map(|x| x * factor).collect()],
        })
    }
}
