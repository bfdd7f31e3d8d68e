//! Causal linear attention as a recurrent network: one token after the other into a state of fixed size.

use super::work::Work;
use super::{Denominator, Future, Mapped, Output};
use crate::algorithms::Real;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use std::ops::Range;

/// What a run does, as it does it. Tokens count from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a, F> {
    /// Line `load`: token `j` arrives, when it is token `i`'s turn.
    Load {
        /// Whose turn.
        i: usize,
        /// Which token.
        j: usize,
    },
    /// Line `state`: token `j` is taken into S, when it is token `i`'s turn. `j` = `i` unless the future is seen.
    State {
        /// Whose turn.
        i: usize,
        /// Which token.
        j: usize,
        /// S before `[m, dv]`.
        s_old: &'a Array2<F>,
        /// S + phi(k_j) v_j^T.
        s: &'a Array2<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
    },
    /// Line `sum`: and into z.
    Sum {
        /// Whose turn.
        i: usize,
        /// Which token.
        j: usize,
        /// z before `[m]`.
        z_old: &'a Array1<F>,
        /// z + phi(k_j).
        z: &'a Array1<F>,
    },
    /// Line `denominator`.
    Denominator {
        /// Whose turn.
        i: usize,
        /// phi(q_i) . z, with what guards it; also where it is left out of the output.
        total: F,
    },
    /// Line `output`.
    Output {
        /// Whose turn.
        i: usize,
        /// phi(q_i) S, divided unless that is switched off `[dv]`.
        o: ArrayView1<'a, F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
        /// And for the denominators.
        denominator: u64,
    },
}

/// Causal linear attention as a recurrence (arXiv:2006.16236, Eq. 18 to 20).
///
/// Multiply-adds for the numerators: 2 m dv a token.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn forward<F: Real>(x: &Mapped<F>, future: Future, denominator: Denominator, see: &mut (impl FnMut(Event<'_, F>) + ?Sized)) -> Output<F> {
    let (q, guard) = (&x.q, x.guards());
    let (mut num, mut den) = (Work::default(), Work::default());
    let mut o = Array2::zeros(x.v.raw_dim());
    let (mut s, mut z) = x.nothing();
    // listing: linear_recurrent
    for i in 0..x.n() {
        for j in arriving(future, i, x.n()) {
            see(Event::Load { i, j }); // @hide
            let (k, v) = (x.k.row(j), x.v.row(j)); // @load
            let s_new = &s + num.outer(k, v); // @state
            see(Event::State { i, j, s_old: &s, s: &s_new, numerator: num.0 }); // @hide
            let z_new = &z + &k; // @sum
            see(Event::Sum { i, j, z_old: &z, z: &z_new }); // @hide
            (s, z) = (s_new, z_new);
        }
        let total = den.dot(q.row(i), z.view()) + guard[i]; // @denominator
        see(Event::Denominator { i, total }); // @hide
        o.row_mut(i).assign(&divide(denominator, num.times(row(q, i), s.view()), total)); // @output
        see(Event::Output { i, o: o.row(i), numerator: num.0, denominator: den.0 }); // @hide
    }
    // end listing
    Output { o, s, z, numerator: num.0, denominator: den.0 }
}

/// The tokens taken in when it is token `i`'s turn: itself, or everything before anything.
fn arriving(future: Future, i: usize, n: usize) -> Range<usize> {
    match future {
        Future::Hidden => i..i + 1,
        Future::Seen if i == 0 => 0..n,
        Future::Seen => 0..0,
    }
}

/// Row `i` as a matrix of one row.
fn row<F>(a: &Array2<F>, i: usize) -> ndarray::ArrayView2<'_, F> {
    a.row(i).insert_axis(Axis(0))
}

fn divide<F: Real>(denominator: Denominator, sums: Array2<F>, total: F) -> Array1<F> {
    denominator.divide(sums, &Array1::from_elem(1, total)).remove_axis(Axis(0))
}
