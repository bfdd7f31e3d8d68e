//! A run as steps: every number that the observer saw, read out exactly as f64.

use half::f16;

use super::inputs::{Format, Inputs};
use crate::algorithms::Scalar;
use crate::algorithms::online_softmax::{self, Event, Safety, Summary, weight};
use crate::trace::Trace;

/// A meaningful act; one line of the listing each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The running maximum takes in a logit.
    Max,
    /// By what the sum so far shrinks.
    Factor,
    /// The sum takes in the logit.
    Sum,
    /// A finished block joins the others.
    Merge,
    /// A weight is written.
    Output,
}

impl Act {
    /// The tag of its line.
    pub fn tag(self) -> &'static str {
        match self {
            Act::Max => "max",
            Act::Factor => "factor",
            Act::Sum => "sum",
            Act::Merge => "merge",
            Act::Output => "output",
        }
    }
}

/// What taking in one logit did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// The logit, rounded to the format.
    pub x: f64,
    /// Maximum of its block before.
    pub m_old: f64,
    /// And after.
    pub m: f64,
    /// exp(m_old - m), 0 where there was no past.
    pub factor: f64,
    /// exp(x - m).
    pub term: f64,
    /// Sum of its block before.
    pub d_old: f64,
    /// And after.
    pub d: f64,
    /// Whether a finite maximum gave way to a larger one.
    pub rescales: bool,
}

/// What joining a block to the others did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// All blocks before it.
    pub before: Summary<f64>,
    /// The block.
    pub part: Summary<f64>,
    /// All blocks up to it.
    pub after: Summary<f64>,
}

impl Merge {
    /// By what the past and the block shrink, where they count for something.
    pub fn factors(&self) -> (f64, f64) {
        (weight(self.before.m, self.after.m), weight(self.part.m, self.after.m))
    }

    /// Whether it is the first block with anything in it, so that nothing is re-measured.
    pub fn first(&self) -> bool {
        self.before.d == 0.0
    }
}

/// One frame: how far the run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What happens.
    pub act: Act,
    /// The position it concerns, in the order visited; of a merge, the last position of the block.
    pub pos: usize,
    /// The block it concerns, in the order visited.
    pub block: usize,
    /// Memory accesses so far, this one included.
    pub accesses: u64,
    /// The largest relative error of a sum or absolute error of a weight so far.
    pub residual: Option<f64>,
}

/// What three walks over the same logits give, in the same format.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeWalks {
    /// The maximum after each logit.
    pub m: Vec<f64>,
    /// The sum after each logit, measured against the last maximum.
    pub d: Vec<f64>,
    /// The weights.
    pub p: Vec<f64>,
    /// Accesses after each logit of each walk, `3 n` in all.
    pub accesses: Vec<u64>,
}

impl ThreeWalks {
    /// Accesses of the whole run.
    pub fn total(&self) -> u64 {
        self.accesses.last().copied().unwrap_or(0)
    }

    /// Accesses made by the time the two walks have made theirs: both go at the same pace.
    pub fn made(&self, accesses: u64) -> u64 {
        self.accesses.iter().copied().take_while(|count| *count <= accesses).last().unwrap_or(0)
    }

    /// How many logits of each walk are done, given so many accesses.
    pub fn done(&self, accesses: u64) -> [usize; 3] {
        let n = self.p.len();
        let done = self.accesses.iter().take_while(|count| **count <= accesses).count();
        [0, 1, 2].map(|walk| done.saturating_sub(walk * n).min(n))
    }
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The frames.
    pub trace: Trace<Step>,
    /// One per logit, in the order visited.
    pub elements: Vec<Element>,
    /// One per block, in the order visited.
    pub merges: Vec<Merge>,
    /// The weights.
    pub probs: Vec<f64>,
    /// Maximum and sum of everything.
    pub summary: Summary<f64>,
    /// The f64 softmax of the numbers as typed.
    pub exact: Vec<f64>,
    /// The usual way.
    pub three: ThreeWalks,
}

impl Run {
    /// Runs the algorithm in the format of the inputs and keeps every frame.
    pub fn new(inputs: &Inputs, safety: Safety) -> Run {
        match inputs.format {
            Format::F32 => run::<f32>(inputs, safety),
            Format::F16 => run::<f16>(inputs, safety),
        }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.trace.last_step()
    }

    /// The step at which an act concerns a position.
    pub fn find(&self, act: Act, pos: usize) -> Option<usize> {
        self.trace.iter().position(|step| step.act == act && step.pos == pos)
    }

    /// The first position whose sum is no finite number.
    pub fn breaks_at(&self) -> Option<usize> {
        self.elements.iter().position(|element| !element.d.is_finite())
    }
}

fn wide<F: Scalar>(summary: Summary<F>) -> Summary<f64> {
    Summary { m: summary.m.to_f64(), d: summary.d.to_f64() }
}

fn run<F: Scalar>(inputs: &Inputs, safety: Safety) -> Run {
    let xs: Vec<F> = inputs.xs.iter().map(|x| F::from_f64(*x)).collect();
    let mut recorder = Recorder {
        inputs,
        elements: Vec::new(),
        merges: Vec::new(),
        probs: Vec::new(),
        steps: Vec::new(),
        exact: exact(&inputs.xs),
        accesses: 0,
        residual: None,
    };
    let result = online_softmax::softmax(&xs, &inputs.blocks, safety, &mut |event| recorder.see(event));
    let Recorder { elements, merges, probs, steps, exact, .. } = recorder;
    let idle = Step { act: Act::Output, pos: 0, block: 0, accesses: 0, residual: None };
    Run {
        trace: Trace::from_steps(steps).unwrap_or_else(|| Trace::new(idle)),
        elements,
        merges,
        probs,
        summary: wide(result.summary),
        exact,
        three: three_walks(&xs),
    }
}

/// The reference: three plain lines in f64. Everything masked has no weight at all.
fn exact(xs: &[f64]) -> Vec<f64> {
    let largest = xs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let terms: Vec<f64> = xs.iter().map(|x| if *x == f64::NEG_INFINITY { 0.0 } else { (x - largest).exp() }).collect();
    let total: f64 = terms.iter().sum();
    terms.iter().map(|term| if total == 0.0 { 0.0 } else { term / total }).collect()
}

/// The log-sum-exp in f64; -inf of nothing.
fn log_sum_exp(xs: &[f64]) -> f64 {
    let largest = xs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY { largest } else { largest + xs.iter().map(|x| (x - largest).exp()).sum::<f64>().ln() }
}

/// Runs the usual way and keeps what it knows after each logit; reads and writes are counted as they are done.
fn three_walks<F: Scalar>(xs: &[F]) -> ThreeWalks {
    let whole = online_softmax::three_pass(xs);
    let (mut m, mut d) = (F::neg_infinity(), F::from_f64(0.0));
    let (mut count, mut accesses) = (0, Vec::new());
    let mut access = |n: u64| {
        count += n;
        accesses.push(count);
    };
    let mut ms = Vec::new();
    for x in xs {
        m = m.max(*x);
        ms.push(m.to_f64());
        access(1);
    }
    let mut ds = Vec::new();
    for x in xs {
        d = d + weight(*x, m);
        ds.push(d.to_f64());
        access(1);
    }
    let p = whole.probs.iter().map(|p| p.to_f64()).collect();
    xs.iter().for_each(|_| access(2));
    ThreeWalks { m: ms, d: ds, p, accesses }
}

struct Recorder<'a> {
    inputs: &'a Inputs,
    elements: Vec<Element>,
    merges: Vec<Merge>,
    probs: Vec<f64>,
    steps: Vec<Step>,
    exact: Vec<f64>,
    accesses: u64,
    residual: Option<f64>,
}

impl Recorder<'_> {
    fn see<F: Scalar>(&mut self, event: Event<F>) {
        match event {
            Event::Element { block, index, x, m_old, m_new, factor, term, d_old, d } => {
                self.accesses += 1;
                self.step(Act::Max, index, block);
                self.step(Act::Factor, index, block);
                let rescales = event.rescales();
                let element = Element {
                    x: x.to_f64(),
                    m_old: m_old.to_f64(),
                    m: m_new.to_f64(),
                    factor: factor.to_f64(),
                    term: term.to_f64(),
                    d_old: d_old.to_f64(),
                    d: d.to_f64(),
                    rescales,
                };
                self.elements.push(element);
                let start = self.inputs.blocks[block].start;
                self.judge(Summary { m: element.m, d: element.d }, start..index + 1);
                self.step(Act::Sum, index, block);
            }
            Event::Merge { block, before, part, after } => {
                self.merges.push(Merge { before: wide(before), part: wide(part), after: wide(after) });
                if self.inputs.cut() {
                    let end = self.inputs.blocks[block].end;
                    self.judge(wide(after), 0..end);
                    self.step(Act::Merge, end.saturating_sub(1), block);
                }
            }
            Event::Output { index, p } => {
                // The logit is read once more, and its weight written.
                self.accesses += 2;
                self.probs.push(p.to_f64());
                self.worse(distance(p.to_f64(), self.exact[index]));
                self.step(Act::Output, index, self.inputs.block_of(index));
            }
        }
    }

    fn step(&mut self, act: Act, pos: usize, block: usize) {
        self.steps.push(Step { act, pos, block, accesses: self.accesses, residual: self.residual });
    }

    /// Holds a sum against the f64 sum of the same logits; both are brought to the same maximum, so that only a relative error is left.
    fn judge(&mut self, got: Summary<f64>, seen: std::ops::Range<usize>) {
        let expected = log_sum_exp(&self.inputs.xs[seen]);
        let gap = if expected == f64::NEG_INFINITY {
            got.d
        } else if got.d == 0.0 {
            1.0
        } else {
            distance(got.d * (got.m - expected).exp(), 1.0)
        };
        self.worse(if gap.is_nan() { f64::INFINITY } else { gap });
    }

    fn worse(&mut self, gap: f64) {
        self.residual = Some(self.residual.unwrap_or(0.0).max(gap));
    }
}

/// |a - b|; a number that is not one is infinitely far off.
fn distance(a: f64, b: f64) -> f64 {
    let gap = (a - b).abs();
    if gap.is_nan() { f64::INFINITY } else { gap }
}
