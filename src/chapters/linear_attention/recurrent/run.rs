//! A run as steps: what the observer of the recurrence or of the chunks saw, with everything a frame needs.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::inputs::Inputs;
use crate::algorithms::linear_attention::chunkwise::{self, LastState, Rules};
use crate::algorithms::linear_attention::{Denominator, Mapped, Output, recurrent, reference};
use crate::algorithms::{Mask, MaskKind};
use crate::trace::Trace;

/// What is added to every denominator (fast-transformers).
pub const EPS: f64 = 1e-6;

/// A meaningful act; one line of the listing each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Tokens arrive, and the feature map is applied to them.
    Load,
    /// Similarities inside the chunk.
    Table,
    /// What the chunk's own tokens give.
    Intra,
    /// What all chunks before give, through the state.
    Inter,
    /// phi(q) . z
    Denominator,
    /// The output.
    Output,
    /// S
    State,
    /// z, where it is a line of its own.
    Sum,
}

/// The acts of a token of the recurrence, in their order.
pub const RECURRENT: &[Act] = &[Act::Load, Act::State, Act::Sum, Act::Denominator, Act::Output];

/// The acts of a chunk, in their order.
pub const CHUNKWISE: &[Act] = &[Act::Load, Act::Table, Act::Intra, Act::Inter, Act::Denominator, Act::Output, Act::State];

impl Act {
    /// The tag of its line.
    pub fn tag(self) -> &'static str {
        match self {
            Act::Load => "load",
            Act::Table => "table",
            Act::Intra => "intra",
            Act::Inter => "inter",
            Act::Denominator => "denominator",
            Act::Output => "output",
            Act::State => "state",
            Act::Sum => "sum",
        }
    }
}

/// Sums of weighted values `[C, dv]` and sums of weights `[C]`.
pub type Sums = Arc<(Array2<f32>, Array1<f32>)>;

/// S `[m, dv]` and z `[m]`.
pub type State = (Arc<Array2<f32>>, Arc<Array1<f32>>);

/// One frame. Matrices are shared with the frames before; `None` is "not computed yet".
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub act: Act,
    /// Tokens whose turn it is to be answered, from 0: a chunk, or one token.
    pub rows: Range<usize>,
    /// Tokens whose key and value are in hand.
    pub hand: Range<usize>,
    /// Whether these are in the state already.
    pub added: bool,
    /// S `[m, dv]` after this step.
    pub s: Arc<Array2<f32>>,
    /// z `[m]` after this step.
    pub z: Arc<Array1<f32>>,
    /// S and z before this step, if it changes one of them.
    pub before: Option<State>,
    /// Similarities inside the chunk `[C, C]`.
    pub table: Option<Arc<Array2<f32>>>,
    /// What the chunk's own tokens give.
    pub intra: Option<Sums>,
    /// What is read through the state: of the chunks before, or in the recurrence of all tokens up to this one.
    pub inter: Option<Sums>,
    /// Denominators of the rows, with what guards them `[C]`.
    pub totals: Option<Arc<Array1<f32>>>,
    /// Outputs of the rows `[C, dv]`.
    pub o: Option<Arc<Array2<f32>>>,
    /// How many tokens have arrived: a cache would hold them all.
    pub arrived: usize,
    /// How many outputs are written.
    pub written: usize,
    /// Multiply-adds so far for the numerators.
    pub work: u64,
    /// max |o - reference| over the outputs written so far.
    pub residual: Option<f64>,
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The frames.
    pub trace: Trace<Step>,
    /// The inputs after the feature map.
    pub x: Mapped<f32>,
    /// What it left.
    pub out: Output<f32>,
    /// The denominator of each token, with what guards it `[n]`.
    pub totals: Vec<f32>,
}

/// The f64 reference: causal linear attention, similarity by similarity.
pub fn exact(inputs: &Inputs) -> reference::Reference {
    let wide = |matrix: &Array2<f32>| matrix.mapv(f64::from);
    let mask = Mask::new(MaskKind::CausalTopLeft, inputs.n(), inputs.n());
    reference::linear_attention(inputs.map, &wide(&inputs.q), &wide(&inputs.k), &wide(&inputs.v), &mask, EPS)
}

/// Runs chunks of `chunk` tokens, or for 1 the recurrence; nobody looks on.
pub fn plain(x: &Mapped<f32>, chunk: usize, inputs: &Inputs) -> Output<f32> {
    forward(x, chunk, inputs, None)
}

fn forward(x: &Mapped<f32>, chunk: usize, inputs: &Inputs, mut recorder: Option<&mut Recorder<'_>>) -> Output<f32> {
    match NonZeroUsize::new(chunk).filter(|chunk| chunk.get() > 1) {
        Some(chunk) => chunkwise(x, chunk, inputs, recorder),
        None => {
            // Dynamic, so that the form is compiled once.
            let mut see: &mut dyn FnMut(recurrent::Event<'_, f32>) = &mut |event| {
                if let Some(recorder) = &mut recorder {
                    recorder.token(event);
                }
            };
            recurrent::forward(x, inputs.future, inputs.denominator, &mut see)
        }
    }
}

/// Runs the chunkwise form, also for chunks of one token.
pub fn chunkwise(x: &Mapped<f32>, chunk: NonZeroUsize, inputs: &Inputs, mut recorder: Option<&mut Recorder<'_>>) -> Output<f32> {
    let rules = Rules { chunk, denominator: inputs.denominator, last: LastState::Dropped };
    let mut see: &mut dyn FnMut(chunkwise::Event<'_, f32>) = &mut |event| {
        if let Some(recorder) = &mut recorder {
            recorder.chunk(event);
        }
    };
    chunkwise::forward(x, rules, &mut see)
}

impl Run {
    /// Runs the algorithm and keeps every frame; `exact` is the reference output `[n, dv]`.
    pub fn new(inputs: &Inputs, exact: &Array2<f64>) -> Run {
        let x = Mapped::new(inputs.map, &inputs.q, &inputs.k, &inputs.v, EPS);
        let mut recorder = Recorder::new(&x, exact);
        let out = forward(&x, inputs.chunk.get(), inputs, Some(&mut recorder));
        let (steps, totals) = (std::mem::take(&mut recorder.steps), std::mem::take(&mut recorder.totals));
        let trace = Trace::from_steps(steps).unwrap_or_else(|| Trace::new(recorder.now.clone()));
        Run { trace, x, out, totals }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.trace.last_step()
    }

    /// The first step of an act that a test accepts.
    pub fn find(&self, act: Act, test: impl Fn(&Step) -> bool) -> Option<usize> {
        self.trace.iter().position(|step| step.act == act && test(step))
    }
}

/// Makes steps of what the observer sees.
pub struct Recorder<'a> {
    x: &'a Mapped<f32>,
    exact: &'a Array2<f64>,
    now: Step,
    steps: Vec<Step>,
    totals: Vec<f32>,
}

impl<'a> Recorder<'a> {
    fn new(x: &'a Mapped<f32>, exact: &'a Array2<f64>) -> Recorder<'a> {
        let now = Step {
            act: Act::Load,
            rows: 0..0,
            hand: 0..0,
            added: false,
            s: Arc::new(Array2::zeros((x.k.ncols(), x.v.ncols()))),
            z: Arc::new(Array1::zeros(x.k.ncols())),
            before: None,
            table: None,
            intra: None,
            inter: None,
            totals: None,
            o: None,
            arrived: 0,
            written: 0,
            work: 0,
            residual: None,
        };
        Recorder { x, exact, now, steps: Vec::new(), totals: Vec::new() }
    }

    fn push(&mut self, act: Act) {
        self.now.act = act;
        self.steps.push(self.now.clone());
        self.now.before = None;
    }

    fn token(&mut self, event: recurrent::Event<'_, f32>) {
        use recurrent::Event;
        let x = self.x;
        match event {
            Event::Load { i, j } => {
                self.turn(i..i + 1);
                (self.now.hand, self.now.added) = (j..j + 1, false);
                self.now.arrived = self.now.arrived.max(j + 1);
                self.push(Act::Load);
            }
            Event::State { s, numerator, .. } => {
                self.change(s, &(*self.now.z).clone());
                self.now.work = numerator;
                self.push(Act::State);
            }
            Event::Sum { z, .. } => {
                let s = (*self.now.s).clone();
                self.change(&s, z);
                self.now.added = true;
                self.push(Act::Sum);
            }
            Event::Denominator { i, total } => {
                self.turn(i..i + 1);
                let q = x.q.slice(s![i..i + 1, ..]);
                self.now.inter = Some(Arc::new((q.dot(&*self.now.s), q.dot(&*self.now.z))));
                self.sums(&Array1::from_elem(1, total));
            }
            Event::Output { o, numerator, .. } => self.output(&o.insert_axis(Axis(0)).to_owned(), numerator),
        }
    }

    fn chunk(&mut self, event: chunkwise::Event<'_, f32>) {
        use chunkwise::Event;
        match event {
            Event::Load { rows, .. } => {
                self.now.arrived = rows.end;
                (self.now.hand, self.now.added) = (rows.clone(), false);
                self.turn(rows);
                self.push(Act::Load);
            }
            Event::Table { a, numerator, .. } => {
                self.now.table = Some(Arc::new(a.clone()));
                self.now.work = numerator;
                self.push(Act::Table);
            }
            Event::Intra { sums, totals, numerator, .. } => {
                self.now.intra = Some(Arc::new((sums.clone(), totals.clone())));
                self.now.work = numerator;
                self.push(Act::Intra);
            }
            Event::Inter { sums, totals, numerator, .. } => {
                self.now.inter = Some(Arc::new((sums.clone(), totals.clone())));
                self.now.work = numerator;
                self.push(Act::Inter);
            }
            Event::Output { totals, o, numerator, .. } => {
                self.sums(totals);
                self.output(o, numerator);
            }
            Event::State { s, z, numerator, .. } => {
                self.change(s, z);
                self.now.added = true;
                self.now.work = numerator;
                self.push(Act::State);
            }
        }
    }

    /// It is the turn of these tokens: what was computed for the last ones goes.
    fn turn(&mut self, rows: Range<usize>) {
        if self.now.rows != rows {
            self.now.rows = rows;
            (self.now.table, self.now.intra, self.now.inter, self.now.totals, self.now.o) = (None, None, None, None, None);
        }
    }

    fn change(&mut self, s: &Array2<f32>, z: &Array1<f32>) {
        let (s, z) = (Arc::new(s.clone()), Arc::new(z.clone()));
        self.now.before = Some((std::mem::replace(&mut self.now.s, s), std::mem::replace(&mut self.now.z, z)));
    }

    fn sums(&mut self, totals: &Array1<f32>) {
        self.totals.extend(totals);
        self.now.totals = Some(Arc::new(totals.clone()));
        self.push(Act::Denominator);
    }

    /// Holds outputs against the reference; a worst error that is not a number stays.
    fn output(&mut self, o: &Array2<f32>, numerator: u64) {
        let rows = self.now.rows.clone();
        let exact = self.exact.slice(s![rows.clone(), ..]);
        for (ours, exact) in o.iter().zip(exact) {
            let (far, worst) = ((f64::from(*ours) - exact).abs(), self.now.residual.unwrap_or(0.0));
            self.now.residual = Some(if far > worst || far.is_nan() { far } else { worst });
        }
        self.now.o = Some(Arc::new(o.clone()));
        (self.now.written, self.now.work) = (rows.end, numerator);
        self.push(Act::Output);
    }
}

/// max |a - b| of two matrices of one shape; NaN if there is one.
pub fn apart(a: &ArrayView2<'_, f32>, b: &ArrayView2<'_, f32>) -> f64 {
    let far = a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs()));
    far.fold(0.0, |most, far| if far > most || far.is_nan() { far } else { most })
}

/// Whether outputs are divided.
pub fn divides(inputs: &Inputs) -> bool {
    inputs.denominator == Denominator::On
}
