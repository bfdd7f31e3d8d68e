//! A whole backward run, and of it the steps that concern one pair of tiles.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, s};

use super::inputs::n_tiles;
use crate::algorithms::flash_attention::backward::{Event, Gradients, Input, Table, gradients};
use crate::algorithms::flash_attention::{Output, Rescale, Tiling, fa2};
use crate::algorithms::{Attention, reference};
use crate::trace::Trace;

/// A meaningful act; one line of the listing each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// D = rowsum(dO o O), once, for every row.
    Delta,
    /// K and V come down.
    LoadKv,
    /// A tile without an unmasked entry.
    Skip,
    /// Q, dO, L and D come down.
    LoadRows,
    /// S = QK^T/sqrt(d)
    Scores,
    /// P = e^(S - L)
    Probs,
    /// dV grows.
    GrowV,
    /// dP = dO V^T
    ProbsGrad,
    /// dS = P o (dP - D)
    ScoresGrad,
    /// dQ grows.
    GrowQ,
    /// dK grows.
    GrowK,
    /// dK and dV go up.
    Store,
    /// The other key tiles have followed; the run is over.
    End,
}

impl Act {
    /// The tag of its line.
    pub fn tag(self) -> &'static str {
        match self {
            Act::Delta => "delta",
            Act::LoadKv => "load_kv",
            Act::Skip => "skip",
            Act::LoadRows => "load_rows",
            Act::Scores => "scores",
            Act::Probs => "probs",
            Act::GrowV => "dv",
            Act::ProbsGrad => "dp",
            Act::ScoresGrad => "ds",
            Act::GrowQ => "dq",
            Act::GrowK => "dk",
            Act::Store | Act::End => "store",
        }
    }
}

/// What is switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// The row's maximum m stands in the place of L.
    pub lse: bool,
    /// D is held at 0.
    pub delta: bool,
}

impl Broken {
    /// Whether anything is.
    pub fn any(self) -> bool {
        self.lse || self.delta
    }
}

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub act: Act,
    /// Elements moved so far, by the pairs before this one too.
    pub moved: u64,
    /// max |ours - reference| over D, P, dP, dS and the gradients so far, each over the pairs it has seen.
    pub residual: f64,
    /// dQ as slow memory holds it `[nq, d]`.
    pub dq: Arc<Array2<f32>>,
}

/// The pair that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Query tile, from 0.
    pub i: usize,
    /// Key tile, from 0.
    pub j: usize,
    /// Its queries.
    pub rows: Range<usize>,
    /// Its keys.
    pub cols: Range<usize>,
    /// Its tables, in the order of [`Table`]; empty if it is skipped.
    pub tables: Vec<Array2<f32>>,
    /// dV_j, dQ_i, dK_j with this pair; empty if it is skipped.
    pub after: Vec<Array2<f32>>,
    /// The same before it.
    pub before: [Array2<f32>; 3],
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The frames.
    pub trace: Trace<Step>,
    /// The pair.
    pub chosen: Chosen,
    /// L, or what stands in its place `[nq]`.
    pub lse: Array1<f32>,
    /// What the run left.
    pub out: Gradients<f32>,
    /// max |ours - reference| of dV, dQ and dK.
    pub errors: [f64; 3],
    /// The f64 reference of the forward run.
    pub exact: Arc<reference::Reference>,
    /// The f64 reference of the gradients.
    pub grad: Arc<reference::Gradients>,
}

/// The forward run that the backward run starts from, with L and O as f32.
pub fn forward(x: &Attention<f32>, tiling: Tiling) -> Output<f32> {
    let mut see: &mut dyn FnMut(crate::algorithms::flash_attention::Event<'_, f32>) = &mut |_| {};
    fa2::forward(x, tiling, Rescale::On, &mut see)
}

/// The f64 references of the forward run and of the gradients, shared by the runs that are held against them.
pub type Exact = (Arc<reference::Reference>, Arc<reference::Gradients>);

/// The references, for the gradient `d_out` `[nq, dv]` of the output.
pub fn exact(x: &Attention<f32>, d_out: &Array2<f32>) -> Exact {
    let x64 = x.cast::<f64>();
    let exact = reference::attention(&x64);
    let grad = reference::gradients(&x64, &exact, &d_out.mapv(f64::from));
    (Arc::new(exact), Arc::new(grad))
}

impl Run {
    /// Runs the algorithm on what `forward` left and the gradient `d_out` `[nq, dv]`; keeps what concerns the pair `(i, j)`.
    pub fn new(
        x: &Attention<f32>,
        mut forward: Output<f32>,
        d_out: &Array2<f32>,
        tiling: Tiling,
        (i, j): (usize, usize),
        broken: Broken,
        (exact, grad): Exact,
    ) -> Run {
        let (x64, d_out64) = (x.cast::<f64>(), d_out.mapv(f64::from));
        if broken.lse {
            forward.lse.assign(&forward.m);
        }
        if broken.delta {
            // D is a sum over dO o O.
            forward.o.fill(0.0);
        }
        let mut recorder = Recorder::new(x, &x64, &d_out64, (&exact, &grad), tiling, (i, j));
        let mut see: &mut dyn FnMut(Event<'_, f32>) = &mut |event| recorder.see(event);
        let out = gradients(x, &forward, d_out, tiling, &mut see);
        let (trace, chosen) = recorder.finish();
        let errors = [(&out.dv, &grad.dv), (&out.dq, &grad.dq), (&out.dk, &grad.dk)]
            .map(|(ours, theirs)| worst(&mut ours.iter().copied().zip(theirs.iter().copied())));
        Run { trace, chosen, lse: forward.lse, out, errors, exact, grad }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.trace.last_step()
    }

    /// The first step of an act.
    pub fn find(&self, act: Act) -> Option<usize> {
        self.trace.iter().position(|step| step.act == act)
    }
}

struct Recorder<'a> {
    x: &'a Attention<f32>,
    x64: &'a Attention<f64>,
    d_out: &'a Array2<f64>,
    exact: &'a reference::Reference,
    grad: &'a reference::Gradients,
    tiling: Tiling,
    n_tiles: (usize, usize),
    chosen: Chosen,
    moved: u64,
    residual: f64,
    /// The reference's dV, dQ and dK over the pairs so far.
    expected: [Array2<f64>; 3],
    dq: Arc<Array2<f32>>,
    steps: Vec<Step>,
}

/// Where a gradient stands in lists of three.
fn place(input: Input) -> usize {
    match input {
        Input::V => 0,
        Input::Q => 1,
        Input::K => 2,
    }
}

fn act_of(event: &Event<'_, f32>) -> Act {
    match event {
        Event::Delta { .. } => Act::Delta,
        Event::LoadKv { .. } => Act::LoadKv,
        Event::Skip { .. } => Act::Skip,
        Event::LoadRows { .. } => Act::LoadRows,
        Event::Tile { table: Table::Scores, .. } => Act::Scores,
        Event::Tile { table: Table::Probs, .. } => Act::Probs,
        Event::Tile { table: Table::ProbsGrad, .. } => Act::ProbsGrad,
        Event::Tile { table: Table::ScoresGrad, .. } => Act::ScoresGrad,
        Event::Grow { input: Input::V, .. } => Act::GrowV,
        Event::Grow { input: Input::Q, .. } => Act::GrowQ,
        Event::Grow { input: Input::K, .. } => Act::GrowK,
        Event::Store { .. } => Act::Store,
    }
}

impl<'a> Recorder<'a> {
    fn new(
        x: &'a Attention<f32>,
        x64: &'a Attention<f64>,
        d_out: &'a Array2<f64>,
        (exact, grad): (&'a reference::Reference, &'a reference::Gradients),
        tiling: Tiling,
        (i, j): (usize, usize),
    ) -> Recorder<'a> {
        let rows = tiling.query_tiles(x.n_queries()).nth(i).map_or(0..0, |tile| tile.1);
        let cols = tiling.key_tiles(x.n_keys()).nth(j).map_or(0..0, |tile| tile.1);
        let before = [Array2::zeros((cols.len(), x.dv())), Array2::zeros((rows.len(), x.d())), Array2::zeros((cols.len(), x.d()))];
        let chosen = Chosen { i, j, rows, cols, tables: Vec::new(), after: Vec::new(), before };
        let expected = [Array2::zeros(grad.dv.dim()), Array2::zeros(grad.dq.dim()), Array2::zeros(grad.dk.dim())];
        let n_tiles = n_tiles(tiling, x.n_queries(), x.n_keys());
        let dq = Arc::new(Array2::zeros(x.q.dim()));
        let (moved, residual, steps) = (0, 0.0, Vec::new());
        Recorder { x, x64, d_out, exact, grad, tiling, n_tiles, chosen, moved, residual, expected, dq, steps }
    }

    fn see(&mut self, event: Event<'_, f32>) {
        let (x, grad, n) = (self.x, self.grad, self.x.n_queries());
        let (width, chosen) = (x.d() + x.dv(), (self.chosen.i, self.chosen.j));
        let act = act_of(&event);
        let (moved, ours) = match event {
            Event::Delta { delta } => {
                self.judge(&mut delta.iter().zip(&grad.delta).map(|(a, b)| (*a, *b)));
                (2 * n * x.dv() + n + n * x.d(), true)
            }
            Event::LoadKv { j, cols } => (cols.len() * width, j == chosen.1),
            Event::Skip { i, j } => (0, (i, j) == chosen),
            Event::LoadRows { i, j, rows, .. } => (rows.len() * (width + 2), (i, j) == chosen),
            Event::Tile { i, j, table, entries } => {
                self.judge_table(i, j, table, entries);
                if (i, j) == chosen {
                    self.chosen.tables.push(entries.clone());
                }
                (0, (i, j) == chosen)
            }
            Event::Grow { i, j, input, sum } => {
                self.judge_sum(i, j, input, sum);
                self.keep((i, j), input, sum);
                (if input == Input::Q { 2 * sum.len() } else { 0 }, (i, j) == chosen)
            }
            Event::Store { j, cols, .. } => (cols.len() * width, j == chosen.1),
        };
        self.moved += moved as u64;
        if ours {
            self.push(act);
        }
    }

    fn push(&mut self, act: Act) {
        self.steps.push(Step { act, moved: self.moved, residual: self.residual, dq: self.dq.clone() });
    }

    /// Keeps a sum of the chosen pair, and the last one before it.
    fn keep(&mut self, pair: (usize, usize), input: Input, sum: &Array2<f32>) {
        if input == Input::Q {
            let start = pair.0 * self.tiling.br.get();
            // Only a step of the chosen pair shares it, so this seldom copies.
            Arc::make_mut(&mut self.dq).slice_mut(s![start..start + sum.nrows(), ..]).assign(sum);
        }
        let chosen = (self.chosen.i, self.chosen.j);
        let same_tile = if input == Input::Q { pair.0 == chosen.0 && pair.1 < chosen.1 } else { pair.1 == chosen.1 && pair.0 < chosen.0 };
        if pair == chosen {
            self.chosen.after.push(sum.clone());
        } else if same_tile {
            self.chosen.before[place(input)] = sum.clone();
        }
    }

    fn judge(&mut self, pairs: &mut dyn Iterator<Item = (f32, f64)>) {
        self.residual = self.residual.max(worst(pairs));
    }

    fn judge_table(&mut self, i: usize, j: usize, table: Table, entries: &Array2<f32>) {
        let (exact, grad) = (self.exact, self.grad);
        let reference = match table {
            Table::Scores => return,
            Table::Probs => &exact.probs,
            Table::ProbsGrad => &grad.dp,
            Table::ScoresGrad => &grad.ds,
        };
        let (row, col) = (i * self.tiling.br.get(), j * self.tiling.bc.get());
        self.judge(&mut entries.indexed_iter().map(|((r, c), ours)| (*ours, reference[[row + r, col + c]])));
    }

    /// Holds a sum against the reference's terms over the same pairs.
    fn judge_sum(&mut self, i: usize, j: usize, input: Input, sum: &Array2<f32>) {
        let (exact, grad, x, d_out) = (self.exact, self.grad, self.x64, self.d_out);
        let (row, col) = (i * self.tiling.br.get(), j * self.tiling.bc.get());
        let (rows, cols) = (row..(row + self.tiling.br.get()).min(x.q.nrows()), col..(col + self.tiling.bc.get()).min(x.k.nrows()));
        let expected = &mut self.expected[place(input)];
        for (query, key) in rows.flat_map(|query| cols.clone().map(move |key| (query, key))) {
            let (to, weight, from) = match input {
                Input::V => (key, exact.probs[[query, key]], d_out.row(query)),
                Input::Q => (query, x.scale * grad.ds[[query, key]], x.k.row(key)),
                Input::K => (key, x.scale * grad.ds[[query, key]], x.q.row(query)),
            };
            expected.row_mut(to).iter_mut().zip(from).for_each(|(sum, from)| *sum += weight * from);
        }
        let first = if input == Input::Q { row } else { col };
        let expected = std::mem::take(&mut self.expected[place(input)]);
        self.judge(&mut sum.indexed_iter().map(|((r, c), ours)| (*ours, expected[[first + r, c]])));
        self.expected[place(input)] = expected;
    }

    fn finish(mut self) -> (Trace<Step>, Chosen) {
        if self.chosen.j + 1 < self.n_tiles.1 {
            self.push(Act::End);
        }
        let none = Step { act: Act::Delta, moved: 0, residual: 0.0, dq: self.dq };
        (Trace::from_steps(self.steps).unwrap_or_else(|| Trace::new(none)), self.chosen)
    }
}

/// max |ours - reference|; a number that is not one is infinitely far off.
pub fn worst(pairs: &mut dyn Iterator<Item = (f32, f64)>) -> f64 {
    let gaps = pairs.map(|(ours, theirs)| (f64::from(ours) - theirs).abs());
    gaps.fold(0.0, |most, gap| if gap.is_nan() { f64::INFINITY } else { most.max(gap) })
}
