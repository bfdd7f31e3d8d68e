//! A run as steps: what the observer saw, with everything a frame needs.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2};

use super::inputs::{Inputs, Order};
use crate::algorithms::flash_attention::{Event, Rescale, fa1, fa2, io_model};
use crate::algorithms::{Attention, reference};
use crate::trace::Trace;

/// A meaningful act; one line of the listing each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Q comes down.
    LoadQ,
    /// FA-1: Q, O, l and m come down again.
    LoadState,
    /// K and V come down.
    LoadKv,
    /// A tile without an unmasked entry.
    Skip,
    /// S = QK^T/sqrt(d)
    Scores,
    /// The running maximum.
    Max,
    /// The rescale factor.
    Factor,
    /// P = e^(S - m)
    Probs,
    /// l
    Sum,
    /// O
    Output,
    /// Results go up.
    Store,
}

impl Act {
    /// The tag of its line.
    pub fn tag(self) -> &'static str {
        match self {
            Act::LoadQ => "load_q",
            Act::LoadState => "load_state",
            Act::LoadKv => "load_kv",
            Act::Skip => "skip",
            Act::Scores => "scores",
            Act::Max => "max",
            Act::Factor => "factor",
            Act::Probs => "probs",
            Act::Sum => "sum",
            Act::Output => "output",
            Act::Store => "store",
        }
    }
}

/// One frame. Matrices are shared with the frames before; `None` is "not computed yet".
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub act: Act,
    /// Query tile, from 0; `None` while none is in fast memory.
    pub i: Option<usize>,
    /// Key tile, from 0; `None` while none is in fast memory.
    pub j: Option<usize>,
    /// Queries in fast memory.
    pub rows: Range<usize>,
    /// Keys in fast memory.
    pub cols: Range<usize>,
    /// Scores; -inf where masked.
    pub s: Option<Arc<Array2<f32>>>,
    /// Weights before division.
    pub p: Option<Arc<Array2<f32>>>,
    /// Maximum before this tile; -inf where a row has seen nothing.
    pub m_old: Arc<Array1<f32>>,
    /// Maximum with this tile.
    pub m_new: Option<Arc<Array1<f32>>>,
    /// Factor.
    pub alpha: Option<Arc<Array1<f32>>>,
    /// Sum before this tile.
    pub l_old: Arc<Array1<f32>>,
    /// Sum with this tile.
    pub l_new: Option<Arc<Array1<f32>>>,
    /// Output before this tile.
    pub o_old: Arc<Array2<f32>>,
    /// Output with this tile.
    pub o_new: Option<Arc<Array2<f32>>>,
    /// What slow memory holds of the results.
    pub stored: Arc<Stored>,
    /// Elements moved so far.
    pub moved: u64,
    /// max |O - reference| over the rows computed so far, each over the keys it has seen.
    pub residual: Option<f64>,
    /// The step at which the present Q tile came.
    pub q_since: usize,
    /// The step at which the present K and V tiles came.
    pub kv_since: usize,
}

/// Results in slow memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// `[nq, dv]`; zero where nothing was stored.
    pub o: Array2<f32>,
    /// `[nq]`: m + ln l; -inf on dead rows.
    pub lse: Array1<f32>,
    /// Which rows have been stored.
    pub written: Vec<bool>,
}

/// When a tile pair was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Query tile.
    pub i: usize,
    /// Key tile.
    pub j: usize,
    /// First step.
    pub start: usize,
    /// Whether it was skipped.
    pub skipped: bool,
}

/// Elements moved in all, by each method on these inputs: counted, not computed from a formula, but for the standard one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Standard attention.
    pub standard: u64,
    /// FlashAttention.
    pub fa1: u64,
    /// FlashAttention-2.
    pub fa2: u64,
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The frames.
    pub trace: Trace<Step>,
    /// Tile pairs in the order of the run.
    pub pairs: Vec<Pair>,
    /// What each method moves.
    pub totals: Totals,
    /// The f64 reference.
    pub exact: reference::Reference,
}

impl Run {
    /// Runs the algorithm and keeps every frame.
    pub fn new(inputs: &Inputs, rescale: Rescale) -> Run {
        let x64 = inputs.x.cast::<f64>();
        let exact = reference::attention(&x64);
        let mut recorder = Recorder::new(&inputs.x, x64, inputs.order);
        // Dynamic, so that each loop order is compiled once.
        let live = moved(inputs, inputs.order, rescale, &mut |event| recorder.see(event));
        let rival = moved(inputs, if inputs.order == Order::Fa1 { Order::Fa2 } else { Order::Fa1 }, rescale, &mut |_| {});
        let (fa1, fa2) = if inputs.order == Order::Fa1 { (live, rival) } else { (rival, live) };
        let x = &inputs.x;
        let sizes = io_model::Sizes { n_queries: x.n_queries(), n_keys: x.n_keys(), d: x.d(), dv: x.dv() };
        let totals = Totals { standard: io_model::standard_traffic(sizes).total(), fa1, fa2 };
        let pairs = std::mem::take(&mut recorder.pairs);
        Run { trace: recorder.finish(), pairs, totals, exact }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.trace.last_step()
    }
}

/// Runs one loop order; gives the elements it moves.
fn moved(inputs: &Inputs, order: Order, rescale: Rescale, mut see: &mut dyn FnMut(Event<'_, f32>)) -> u64 {
    let output = match order {
        Order::Fa1 => fa1::forward(&inputs.x, inputs.tiling, rescale, &mut see),
        Order::Fa2 => fa2::forward(&inputs.x, inputs.tiling, rescale, &mut see),
    };
    output.traffic.total()
}

struct Recorder<'a> {
    x: &'a Attention<f32>,
    x64: Attention<f64>,
    scores64: Array2<f64>,
    order: Order,
    now: Step,
    steps: Vec<Step>,
    pairs: Vec<Pair>,
    row_error: Vec<Option<f64>>,
    seen: Vec<Vec<bool>>,
}

impl<'a> Recorder<'a> {
    fn new(x: &'a Attention<f32>, x64: Attention<f64>, order: Order) -> Recorder<'a> {
        let (n, dv) = (x.n_queries(), x.dv());
        // FA-1 begins by writing O = 0, l = 0, m = -inf for every query.
        let moved = if order == Order::Fa1 { (n * (dv + 2)) as u64 } else { 0 };
        let product = |query: usize, key: usize| x64.q.row(query).iter().zip(x64.k.row(key)).map(|(q, k)| q * k).sum::<f64>() * x64.scale;
        let scores64 = Array2::from_shape_fn((n, x.n_keys()), |(query, key)| product(query, key));
        let empty = Arc::new(Array1::zeros(0));
        let now = Step {
            act: Act::LoadQ,
            i: None,
            j: None,
            rows: 0..0,
            cols: 0..0,
            s: None,
            p: None,
            m_old: empty.clone(),
            m_new: None,
            alpha: None,
            l_old: empty,
            l_new: None,
            o_old: Arc::new(Array2::zeros((0, dv))),
            o_new: None,
            stored: Arc::new(Stored { o: Array2::zeros((n, dv)), lse: Array1::from_elem(n, f32::NEG_INFINITY), written: vec![false; n] }),
            moved,
            residual: None,
            q_since: 0,
            kv_since: 0,
        };
        let seen = vec![vec![false; x.n_keys()]; n];
        Recorder { x, x64, scores64, order, now, steps: Vec::new(), pairs: Vec::new(), row_error: vec![None; n], seen }
    }

    fn see(&mut self, event: Event<'_, f32>) {
        let act = match event {
            Event::LoadQ { i, rows } => self.load_q(i, rows),
            Event::LoadKv { j, cols, i } => self.load_kv(i, j, cols),
            Event::LoadState { i, j, rows, m, l, o } => {
                self.load_q(i, rows.clone());
                self.now.moved += (rows.len() * (self.x.dv() + 2)) as u64;
                self.pairs.push(Pair { i, j, start: self.steps.len(), skipped: false });
                self.state(m, l, o);
                Act::LoadState
            }
            Event::Skip { i, j } => {
                self.pairs.push(Pair { i, j, start: self.steps.len(), skipped: true });
                self.next_tile();
                self.now.j = Some(j);
                self.now.i = Some(i);
                // The tile that is skipped never comes in: keys in FA-2, queries in FA-1.
                match self.order {
                    Order::Fa2 => self.now.cols = 0..0,
                    Order::Fa1 => self.now.rows = 0..0,
                }
                Act::Skip
            }
            Event::Scores { s, .. } => {
                self.now.s = Some(Arc::new(s.clone()));
                Act::Scores
            }
            Event::Max { m_new, .. } => {
                self.now.m_new = Some(Arc::new(m_new.clone()));
                Act::Max
            }
            Event::Factor { alpha, .. } => {
                self.now.alpha = Some(Arc::new(alpha.clone()));
                Act::Factor
            }
            Event::Probs { p, .. } => {
                self.now.p = Some(Arc::new(p.clone()));
                Act::Probs
            }
            Event::Sum { l, .. } => {
                self.now.l_new = Some(Arc::new(l.clone()));
                Act::Sum
            }
            Event::Output { o, .. } => {
                self.now.o_new = Some(Arc::new(o.clone()));
                self.judge();
                Act::Output
            }
            Event::Store { rows, o, lse, .. } => self.store(rows, o, lse),
        };
        self.now.act = act;
        self.steps.push(self.now.clone());
    }

    fn load_q(&mut self, i: usize, rows: Range<usize>) -> Act {
        self.next_tile();
        self.now.i = Some(i);
        self.now.moved += (rows.len() * self.x.d()) as u64;
        let (n, dv) = (rows.len(), self.x.dv());
        self.now.rows = rows;
        self.now.q_since = self.steps.len();
        if self.order == Order::Fa2 {
            self.now.j = None;
            self.now.cols = 0..0;
            self.state(&Array1::from_elem(n, f32::NEG_INFINITY), &Array1::zeros(n), &Array2::zeros((n, dv)));
        }
        Act::LoadQ
    }

    fn load_kv(&mut self, i: usize, j: usize, cols: Range<usize>) -> Act {
        self.next_tile();
        self.now.j = Some(j);
        self.now.moved += (cols.len() * (self.x.d() + self.x.dv())) as u64;
        self.now.cols = cols;
        self.now.kv_since = self.steps.len();
        match self.order {
            Order::Fa2 => self.pairs.push(Pair { i, j, start: self.steps.len(), skipped: false }),
            Order::Fa1 => {
                self.now.i = None;
                self.now.rows = 0..0;
            }
        }
        Act::LoadKv
    }

    fn store(&mut self, rows: Range<usize>, o: &Array2<f32>, lse: &Array1<f32>) -> Act {
        // FA-2 writes O and L, FA-1 writes O, l and m.
        let per_row = self.x.dv() + if self.order == Order::Fa2 { 1 } else { 2 };
        self.now.moved += (rows.len() * per_row) as u64;
        let mut stored = (*self.now.stored).clone();
        for (at, row) in rows.enumerate() {
            stored.o.row_mut(row).assign(&o.row(at));
            stored.lse[row] = lse[at];
            stored.written[row] = true;
        }
        self.now.stored = Arc::new(stored);
        Act::Store
    }

    fn state(&mut self, m: &Array1<f32>, l: &Array1<f32>, o: &Array2<f32>) {
        (self.now.m_old, self.now.l_old, self.now.o_old) = (Arc::new(m.clone()), Arc::new(l.clone()), Arc::new(o.clone()));
    }

    /// What this tile made becomes the past of the next.
    fn next_tile(&mut self) {
        let now = &mut self.now;
        if let (Some(m), Some(l), Some(o)) = (now.m_new.take(), now.l_new.take(), now.o_new.take()) {
            (now.m_old, now.l_old, now.o_old) = (m, l, o);
        }
        (now.s, now.p, now.alpha) = (None, None, None);
    }

    /// Holds each row's output so far against plain f64 attention over the keys it has seen so far.
    fn judge(&mut self) {
        let (Some(o), Some(l)) = (self.now.o_new.clone(), self.now.l_new.clone()) else { return };
        for (at, row) in self.now.rows.clone().enumerate() {
            for key in self.now.cols.clone().filter(|key| self.x.mask.allows(row, *key)) {
                self.seen[row][key] = true;
            }
            let expected = self.partial(row);
            let divisor = match self.order {
                Order::Fa2 if l[at] > 0.0 || l[at].is_nan() => f64::from(l[at]),
                _ => 1.0,
            };
            let worst = expected.iter().zip(o.row(at)).map(|(b, a)| distance(f64::from(*a) / divisor, *b)).fold(0.0, f64::max);
            self.row_error[row] = Some(worst);
        }
        self.now.residual = Some(self.row_error.iter().flatten().copied().fold(0.0, f64::max));
    }

    fn partial(&self, row: usize) -> Vec<f64> {
        let keys: Vec<usize> = (0..self.x.n_keys()).filter(|key| self.seen[row][*key]).collect();
        let highest = keys.iter().map(|key| self.scores64[[row, *key]]).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = keys.iter().map(|key| (self.scores64[[row, *key]] - highest).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mut out = vec![0.0; self.x.dv()];
        for (key, weight) in keys.iter().zip(&weights) {
            for (sum, value) in out.iter_mut().zip(self.x64.v.row(*key)) {
                *sum += weight / total * value;
            }
        }
        out
    }

    fn finish(self) -> Trace<Step> {
        let first = self.now.clone();
        Trace::from_steps(self.steps).unwrap_or_else(|| Trace::new(first))
    }
}

/// |a - b|; a number that is not one is infinitely far off.
fn distance(a: f64, b: f64) -> f64 {
    let gap = (a - b).abs();
    if gap.is_nan() { f64::INFINITY } else { gap }
}
