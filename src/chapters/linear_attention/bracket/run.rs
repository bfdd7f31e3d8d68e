//! The run: one step per multiply-add, entry or row, each with what it has cost and how far it lies from the f64 reference.

use super::inputs::{Inputs, Order};
use crate::algorithms::linear_attention::bracket::{self, Between, Cost, Event, Factors, Product, Stage};
use crate::algorithms::linear_attention::reference::product;
use crate::algorithms::{Attention, Mask, MaskKind, reference};
use crate::trace::Trace;
use ndarray::Array2;

/// The most steps of the finer kinds.
const FINE: u64 = 1000;

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// A multiply-add.
    Each,
    /// An entry of a product.
    Entry,
    /// A row of a product.
    Row,
}

/// What happens in a step, in the order in which it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The product in the bracket.
    Inner,
    /// The softmax of a row.
    Softmax,
    /// The product that gives the output.
    Outer,
}

/// One step; all before it in its act is finished.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub act: Act,
    /// Row of the entry worked on; with [`Grain::Row`] and the softmax, the row.
    pub row: usize,
    /// Its column; the last one where the step is a row.
    pub col: usize,
    /// Place of the last multiply-add in its sum.
    pub inner: usize,
    /// Its factors.
    pub factors: [f32; 2],
    /// The sum before and after it.
    pub sum: [f32; 2],
    /// Finished entries of this act's matrix.
    pub done: usize,
    /// Multiply-adds so far.
    pub multiply_adds: u64,
    /// max |explained - reference| over all that is finished.
    pub residual: Option<f64>,
}

/// A run with everything to compare it with.
pub struct Run {
    /// Its steps.
    pub trace: Trace<Step>,
    /// What a step is.
    pub grain: Grain,
    /// The matrix between the products, before a softmax.
    pub scores: Array2<f32>,
    /// The matrix between the products, as the second product reads it, and the output.
    pub product: Product<f32>,
    /// What the other order costs on these shapes.
    pub rival: Cost,
    /// The largest difference between the outputs of both orders over the largest entry; `None` with a softmax.
    pub apart: Option<f64>,
    /// The output in f64.
    pub exact: Array2<f64>,
}

/// What either order costs on matrices of these shapes: counted by running its listing on matrices without entries.
pub fn cost(order: Order, (n, d, dv): (usize, usize, usize)) -> Cost {
    let shape = Factors::shape(n, d, dv);
    match order {
        Order::Left => bracket::left(&shape, Between::Nothing, &mut |_| {}).cost,
        Order::Right => bracket::right(&shape, &mut |_| {}).cost,
    }
}

/// Runs one order in f32.
fn compute(x: &Factors<f32>, order: Order, between: Between, see: &mut dyn FnMut(Event<f32>)) -> Product<f32> {
    match order {
        Order::Left => bracket::left(x, between, see),
        Order::Right => bracket::right(x, see),
    }
}

/// The f64 references: scores or summary, weights, output.
struct Exact {
    inner: Array2<f64>,
    weights: Option<Array2<f64>>,
    out: Array2<f64>,
}

impl Exact {
    fn new(inputs: &Inputs) -> Exact {
        let [q, k, v] = [&inputs.x.q, &inputs.x.k, &inputs.x.v].map(|matrix| matrix.mapv(f64::from));
        let keys = k.t().to_owned();
        if inputs.order == Order::Right {
            let inner = product(&keys, &v);
            let out = product(&q, &inner);
            return Exact { inner, weights: None, out };
        }
        let inner = product(&q, &keys);
        if !inputs.softmax {
            let out = product(&inner, &v);
            return Exact { inner, weights: None, out };
        }
        let (n, scale) = (q.nrows(), f64::from(scale(q.ncols()) as f32));
        let run = reference::attention(&Attention { q, k, v, scale, mask: Mask::new(MaskKind::None, n, n) });
        Exact { inner, weights: Some(run.probs), out: run.out }
    }
}

/// 1/sqrt(d), the usual scale of scores before a softmax.
pub fn scale(d: usize) -> f64 {
    1.0 / (d as f64).sqrt()
}

/// Turns what a run tells into steps.
struct Recorder<'a> {
    exact: &'a Exact,
    grain: Grain,
    n_cols: [usize; 2],
    scores: Array2<f32>,
    steps: Vec<Step>,
    last: Step,
}

impl Recorder<'_> {
    fn see(&mut self, event: Event<f32>) {
        let act = |stage| if stage == Stage::Inner { Act::Inner } else { Act::Outer };
        match event {
            Event::MultiplyAdd { stage, row, col, inner, a, b, sum } => {
                let before = if inner == 0 { 0.0 } else { self.last.sum[1] };
                let done = if act(stage) == self.last.act { self.last.done } else { 0 };
                let (multiply_adds, residual) = (self.last.multiply_adds + 1, self.last.residual);
                self.last = Step { act: act(stage), row, col, inner, factors: [a, b], sum: [before, sum], done, multiply_adds, residual };
                if self.grain == Grain::Each {
                    self.steps.push(self.last);
                }
            }
            Event::Entry { stage, row, col, value, multiply_adds } => {
                let exact = if stage == Stage::Inner { &self.exact.inner } else { &self.exact.out };
                if stage == Stage::Inner {
                    self.scores[[row, col]] = value;
                }
                self.finish(value, exact[[row, col]]);
                self.last.multiply_adds = multiply_adds;
                let ends_row = col + 1 == self.n_cols[usize::from(stage == Stage::Outer)];
                match self.grain {
                    Grain::Each => {
                        if let Some(step) = self.steps.last_mut() {
                            *step = self.last;
                        }
                    }
                    Grain::Row if !ends_row => {}
                    _ => self.steps.push(self.last),
                }
            }
            Event::Weight { row, col, value } => {
                let exact = self.exact.weights.as_ref().map_or(0.0, |weights| weights[[row, col]]);
                let done = if self.last.act == Act::Softmax { self.last.done } else { 0 };
                self.last = Step { act: Act::Softmax, row, col, inner: 0, factors: [0.0; 2], sum: [0.0, value], done, ..self.last };
                self.finish(value, exact);
                if col + 1 == self.n_cols[0] {
                    self.steps.push(self.last);
                }
            }
        }
    }

    fn finish(&mut self, value: f32, exact: f64) {
        let off = (f64::from(value) - exact).abs();
        self.last.done += 1;
        self.last.residual = Some(self.last.residual.map_or(off, |most| most.max(off)));
    }
}

impl Run {
    /// Runs the order asked for, step by step, and the other one to compare with.
    pub fn new(inputs: &Inputs) -> Run {
        let (n, d, dv) = inputs.sizes();
        let other = if inputs.order == Order::Left { Order::Right } else { Order::Left };
        let counted = cost(inputs.order, (n, d, dv));
        let grain = match (counted.multiply_adds <= FINE, counted.writes <= FINE) {
            (true, _) => Grain::Each,
            (_, true) => Grain::Entry,
            _ => Grain::Row,
        };
        let exact = Exact::new(inputs);
        let start =
            Step { act: Act::Inner, row: 0, col: 0, inner: 0, factors: [0.0; 2], sum: [0.0; 2], done: 0, multiply_adds: 0, residual: None };
        let n_cols = [exact.inner.ncols(), dv];
        let scores = Array2::zeros(exact.inner.dim());
        let mut recorder = Recorder { exact: &exact, grain, n_cols, scores, steps: Vec::new(), last: start };
        let between = if inputs.softmax { Between::Softmax { scale: scale(d) } } else { Between::Nothing };
        let product = compute(&inputs.x, inputs.order, between, &mut |event| recorder.see(event));
        let Recorder { steps, scores, last, .. } = recorder;
        let apart = (!inputs.softmax).then(|| {
            let out = compute(&inputs.x, other, Between::Nothing, &mut |_| {}).out;
            let most = exact.out.iter().fold(f64::MIN_POSITIVE, |most, x| most.max(x.abs()));
            out.iter().zip(&product.out).fold(0.0, |gap: f64, (a, b)| gap.max((f64::from(*a) - f64::from(*b)).abs())) / most
        });
        let trace = Trace::from_steps(steps).unwrap_or_else(|| Trace::new(last));
        Run { trace, grain, scores, product, rival: cost(other, (n, d, dv)), apart, exact: exact.out }
    }

    /// The first step of an act.
    pub fn first(&self, act: Act) -> Option<usize> {
        self.trace.iter().position(|step| step.act == act)
    }

    /// The last step of an act.
    pub fn end(&self, act: Act) -> Option<usize> {
        let steps = self.trace.iter().enumerate().filter(|(_, step)| step.act == act);
        steps.last().map(|(idx, _)| idx)
    }

    /// Whether the entry that a step works on is finished.
    pub fn complete(&self, step: &Step) -> bool {
        let n_cols = if step.act == Act::Outer { self.product.out.ncols() } else { self.product.inner.ncols() };
        step.done == step.row * n_cols + step.col + 1
    }
}
