//! Causal linear attention chunk by chunk: a small table inside each chunk, a state for all chunks before it.

use super::work::{Work, row_sums, sum_of_rows};
use super::{Denominator, Mapped, Output};
use crate::algorithms::Real;
use ndarray::{Array1, Array2, ArrayView2, s};
use std::num::NonZeroUsize;
use std::ops::Range;

/// Whether the last chunk is taken into the state, too, for tokens yet to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastState {
    /// It is, at the price of one more product.
    Kept,
    /// It is not: S and z of the output are those before the last chunk.
    Dropped,
}

/// How a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Tokens in a chunk; the last chunk may be shorter.
    pub chunk: NonZeroUsize,
    /// Whether outputs are divided.
    pub denominator: Denominator,
    /// Whether the last chunk writes a state.
    pub last: LastState,
}

/// What a run does, as it does it. Chunks count from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a, F> {
    /// Line `load`: a chunk begins.
    Load {
        /// Which chunk.
        c: usize,
        /// Its tokens.
        rows: Range<usize>,
    },
    /// Line `table`: similarities inside the chunk `[C, C]`, only those on and below the diagonal; the others are 0.
    Table {
        /// Which chunk.
        c: usize,
        /// phi(Q) phi(K)^T.
        a: &'a Array2<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
    },
    /// Line `intra`: what the chunk's own tokens give.
    Intra {
        /// Which chunk.
        c: usize,
        /// Sums of weighted values `[C, dv]`.
        sums: &'a Array2<F>,
        /// Sums of weights `[C]`.
        totals: &'a Array1<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
    },
    /// Line `inter`, not in the first chunk: what all chunks before give, through the state before this one.
    Inter {
        /// Which chunk.
        c: usize,
        /// The state `[m, dv]`.
        s: &'a Array2<F>,
        /// And its sum `[m]`.
        z: &'a Array1<F>,
        /// Sums of weighted values `[C, dv]`.
        sums: &'a Array2<F>,
        /// Sums of weights `[C]`.
        totals: &'a Array1<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
    },
    /// Line `output`.
    Output {
        /// Which chunk.
        c: usize,
        /// Its tokens.
        rows: Range<usize>,
        /// Denominators, with what guards them `[C]`.
        totals: &'a Array1<F>,
        /// `[C, dv]`.
        o: &'a Array2<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
        /// And for the denominators.
        denominator: u64,
    },
    /// Line `state`: the chunk is taken into the state.
    State {
        /// Which chunk.
        c: usize,
        /// S before `[m, dv]`.
        s_old: &'a Array2<F>,
        /// And after.
        s: &'a Array2<F>,
        /// z after `[m]`.
        z: &'a Array1<F>,
        /// Multiply-adds so far for the numerators.
        numerator: u64,
    },
}

/// Causal linear attention in chunks: the answer of the recurrence, as products of matrices.
///
/// Multiply-adds for the numerators of n tokens in n/C full chunks: n (C + 1) / 2 (m + dv) inside the chunks, and
/// twice (n/C - 1) C m dv to write and to read the states between them.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn forward<F: Real>(x: &Mapped<F>, rules: Rules, see: &mut (impl FnMut(Event<'_, F>) + ?Sized)) -> Output<F> {
    let guards = x.guards();
    let (mut num, mut den) = (Work::default(), Work::default());
    let mut o = Array2::zeros(x.v.raw_dim());
    let (mut s, mut z) = x.nothing();
    // listing: linear_chunkwise
    for (c, rows) in chunks(x.n(), rules.chunk) {
        see(Event::Load { c, rows: rows.clone() }); // @hide
        let (q, k, v) = load(x, &rows); // @load
        let a = num.triangle(q, k); // @table
        see(Event::Table { c, a: &a, numerator: num.0 }); // @hide
        let (mut sums, mut totals) = (num.triangle_times(&a, v), row_sums(&a)); // @intra
        see(Event::Intra { c, sums: &sums, totals: &totals, numerator: num.0 }); // @hide
        if c > 0 {
            let (past, past_totals) = (num.times(q, s.view()), den.times_list(q, &z)); // @inter
            see(Event::Inter { c, s: &s, z: &z, sums: &past, totals: &past_totals, numerator: num.0 }); // @hide
            (sums, totals) = (sums + past, totals + past_totals);
        }
        let totals = totals + guards.slice(s![rows.clone()]); // @denominator
        let y = rules.denominator.divide(sums, &totals); // @output
        o.slice_mut(s![rows.clone(), ..]).assign(&y);
        let (numerator, denominator) = (num.0, den.0); // @hide
        see(Event::Output { c, rows: rows.clone(), totals: &totals, o: &y, numerator, denominator }); // @hide
        if rows.end < x.n() || rules.last == LastState::Kept {
            let (s_new, z_new) = (&s + num.times(k.t(), v), z + sum_of_rows(k)); // @state
            see(Event::State { c, s_old: &s, s: &s_new, z: &z_new, numerator: num.0 }); // @hide
            (s, z) = (s_new, z_new);
        }
    }
    // end listing
    Output { o, s, z, numerator: num.0, denominator: den.0 }
}

/// Chunks in order: index from 0, and tokens.
pub fn chunks(n: usize, size: NonZeroUsize) -> impl Iterator<Item = (usize, Range<usize>)> {
    (0..n).step_by(size.get()).map(move |start| start..start.saturating_add(size.get()).min(n)).enumerate()
}

type Rows<'a, F> = ArrayView2<'a, F>;

fn load<'a, F>(x: &'a Mapped<F>, rows: &Range<usize>) -> (Rows<'a, F>, Rows<'a, F>, Rows<'a, F>) {
    let rows = s![rows.clone(), ..];
    (x.q.slice(rows), x.k.slice(rows), x.v.slice(rows))
}
