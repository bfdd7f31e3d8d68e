//! Softmax in one look less: a running maximum, and a sum that is re-measured whenever it moves.
//!
//! Online normaliser: Milakov & Gimelshein (arXiv:1805.02867), Algorithm 3. An input of -inf is a
//! masked entry: while the maximum stays -inf the sum stays 0, never NaN.

use super::Scalar;
use std::ops::Range;

/// Whether the maximum is subtracted before exp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The algorithm.
    On,
    /// Broken on purpose: m is held at 0, so that exp, sum and division overflow as they will.
    Off,
}

/// All that softmax needs to know of a set of inputs.
///
/// Summaries form a commutative monoid under [`Summary::merge`], with [`Summary::nothing`] as identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary<F> {
    /// The maximum; -inf of nothing.
    pub m: F,
    /// The sum of exp(x - m).
    pub d: F,
}

impl<F: Scalar> Summary<F> {
    /// The summary of no input, (-inf, 0); with [`Safety::Off`], (0, 0).
    pub fn nothing(safety: Safety) -> Summary<F> {
        let zero = F::from_f64(0.0);
        match safety {
            Safety::On => Summary { m: F::neg_infinity(), d: zero },
            Safety::Off => Summary { m: zero, d: zero },
        }
    }

    /// The summary of both sets of inputs: the sums are first brought to the common maximum.
    pub fn merge(self, other: Summary<F>) -> Summary<F> {
        let m = self.m.max(other.m);
        Summary { m, d: self.d * weight(self.m, m) + other.d * weight(other.m, m) }
    }
}

/// What a run does, as it does it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<F> {
    /// An input was taken in: lines `max`, `factor` and `sum`.
    Element {
        /// Which block, in the order visited.
        block: usize,
        /// Its place in the input.
        index: usize,
        /// The input.
        x: F,
        /// Maximum of the block before.
        m_old: F,
        /// And after.
        m_new: F,
        /// exp(m_old - m_new), 0 while m_old = -inf.
        factor: F,
        /// exp(x - m_new).
        term: F,
        /// Sum of the block before.
        d_old: F,
        /// And after.
        d: F,
    },
    /// A finished block joined the others: line `merge`.
    Merge {
        /// Which block, in the order visited.
        block: usize,
        /// All blocks before it.
        before: Summary<F>,
        /// The block.
        part: Summary<F>,
        /// All blocks up to it.
        after: Summary<F>,
    },
    /// A weight was written: line `output`.
    Output {
        /// Its place in the input.
        index: usize,
        /// exp(x - m) / d.
        p: F,
    },
}

impl<F: Scalar> Event<F> {
    /// Whether a finite maximum was replaced by a larger one, so that the past had to shrink.
    pub fn rescales(&self) -> bool {
        matches!(*self, Event::Element { m_old, m_new, .. } if m_old > F::neg_infinity() && m_new > m_old)
    }
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax<F> {
    /// Maximum and sum of the whole input.
    pub summary: Summary<F>,
    /// One weight per input; all zero where every input is -inf.
    pub probs: Vec<F>,
}

impl<F: Scalar> Softmax<F> {
    /// m + ln d; -inf where every input is.
    pub fn logsumexp(&self) -> F {
        self.summary.m + self.summary.d.ln()
    }
}

/// Blocks of `size` in order; of `n` inputs, the last may be shorter. One block of all if `size` is 0.
pub fn blocks(n: usize, size: usize) -> Vec<Range<usize>> {
    let size = if size == 0 { n.max(1) } else { size };
    (0..n).step_by(size).map(|start| start..start.saturating_add(size).min(n)).collect()
}

/// Softmax in two looks at `xs`: one for the summary, one for the weights.
///
/// The first visits `blocks` in the order given; each is taken in element by element and then merged.
/// Blocks that do not exist in `xs` are cut to what does.
pub fn softmax<F: Scalar>(xs: &[F], blocks: &[Range<usize>], safety: Safety, see: &mut impl FnMut(Event<F>)) -> Softmax<F> {
    // listing: online_softmax
    let mut all = Summary::nothing(safety);
    for (block, range) in blocks.iter().enumerate() {
        let Summary { mut m, mut d } = Summary::nothing(safety);
        for (index, x) in elements(xs, range) {
            let m_new = raise(safety, m, x); // @max
            let a = weight(m, m_new); // @factor
            let d_new = d * a + weight(x, m_new); // @sum
            let (m_old, d_old, term) = (m, d, weight(x, m_new)); // @hide
            see(Event::Element { block, index, x, m_old, m_new, factor: a, term, d_old, d: d_new }); // @hide
            (m, d) = (m_new, d_new);
        }
        let before = all; // @hide
        all = all.merge(Summary { m, d }); // @merge
        see(Event::Merge { block, before, part: Summary { m, d }, after: all }); // @hide
    }
    let probs = write(xs, all, safety, see); // @output
    // end listing
    Softmax { summary: all, probs }
}

/// Softmax in three looks: maximum, sum, weights.
pub fn three_pass<F: Scalar>(xs: &[F]) -> Softmax<F> {
    let zero = F::from_f64(0.0);
    // listing: safe_softmax
    let m = xs.iter().copied().fold(F::neg_infinity(), F::max); // @max
    let d = xs.iter().map(|&x| weight(x, m)).fold(zero, F::add); // @sum
    let all = Summary { m, d };
    let probs = write(xs, all, Safety::On, &mut |_| {}); // @output
    // end listing
    Softmax { summary: all, probs }
}

/// exp(x - m): what an input counts for, or by what a sum shrinks when its maximum x gives way to m.
/// An x of -inf counts for 0, also while m is -inf.
pub fn weight<F: Scalar>(x: F, m: F) -> F {
    if x == F::neg_infinity() { F::from_f64(0.0) } else { (x - m).exp() }
}

fn raise<F: Scalar>(safety: Safety, m: F, x: F) -> F {
    match safety {
        Safety::On => m.max(x),
        Safety::Off => m,
    }
}

fn elements<'a, F: Scalar>(xs: &'a [F], range: &Range<usize>) -> impl Iterator<Item = (usize, F)> + 'a {
    let range = range.start.min(xs.len())..range.end.min(xs.len());
    range.map(|index| (index, xs[index]))
}

fn write<F: Scalar>(xs: &[F], all: Summary<F>, safety: Safety, see: &mut impl FnMut(Event<F>)) -> Vec<F> {
    let zero = F::from_f64(0.0);
    let mut probs = Vec::with_capacity(xs.len());
    for (index, &x) in xs.iter().enumerate() {
        // Everything masked: no weight at all, instead of 0/0.
        let empty = safety == Safety::On && all.d == zero;
        let p = if empty { zero } else { weight(x, all.m) / all.d };
        see(Event::Output { index, p });
        probs.push(p);
    }
    probs
}
