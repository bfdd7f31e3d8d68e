//! Linear attention all at once: without a mask through the summary, with one through the whole table.

use super::work::{Work, row_sums, sum_of_rows};
use super::{Denominator, Mapped, Output};
use crate::algorithms::{Mask, Real};
use ndarray::{Array1, Array2};

/// What [`forward`] does, as it does it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a, F> {
    /// Line `state`: the sum of phi(k) v^T over all tokens `[m, dv]`.
    State(&'a Array2<F>),
    /// Line `sum`: the sum of phi(k) over all tokens `[m]`.
    Sum(&'a Array1<F>),
    /// Line `denominator`: one per query `[n]`, what guards it included.
    Denominators(&'a Array1<F>),
    /// Line `output` `[n, dv]`.
    Output(&'a Array2<F>),
}

/// Linear attention without a mask, every query over every key (arXiv:2006.16236, Eq. 5 and 6).
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn forward<F: Real>(x: &Mapped<F>, denominator: Denominator, see: &mut (impl FnMut(Event<'_, F>) + ?Sized)) -> Output<F> {
    let (q, k, v, guards) = (x.q.view(), x.k.view(), x.v.view(), x.guards());
    let (mut num, mut den) = (Work::default(), Work::default());
    // listing: linear_parallel
    let s = num.times(k.t(), v); // @state
    see(Event::State(&s)); // @hide
    let z = sum_of_rows(k); // @sum
    see(Event::Sum(&z)); // @hide
    let totals = den.times_list(q, &z) + guards; // @denominator
    see(Event::Denominators(&totals)); // @hide
    let o = denominator.divide(num.times(q, s.view()), &totals); // @output
    see(Event::Output(&o)); // @hide
    // end listing
    Output { o, s, z, numerator: num.0, denominator: den.0 }
}

/// The same attention as a table, for looking at: what linear attention never forms.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<F> {
    /// phi(q) . phi(k) `[n, n]`; 0 where masked.
    pub similarities: Array2<F>,
    /// Their sum per row `[n]`, without what guards it.
    pub denominators: Array1<F>,
    /// Similarities divided by (guarded) denominators `[n, n]`.
    pub weights: Array2<F>,
    /// `[n, dv]`.
    pub out: Array2<F>,
}

/// Linear attention the quadratic way: the table of similarities, masked, divided, times V.
pub fn table<F: Real>(x: &Mapped<F>, mask: &Mask) -> Table<F> {
    // listing: linear_quadratic
    let mut similarities = x.q.dot(&x.k.t()); // @similarities
    hide(&mut similarities, mask); // @mask
    let denominators = row_sums(&similarities); // @sum
    let weights = Denominator::On.divide(similarities.clone(), &(&denominators + x.guards())); // @weights
    let out = weights.dot(&x.v); // @output
    // end listing
    Table { similarities, denominators, weights, out }
}

fn hide<F: Real>(similarities: &mut Array2<F>, mask: &Mask) {
    for ((query, key), similarity) in similarities.indexed_iter_mut() {
        if !mask.allows(query, key) {
            *similarity = F::zero();
        }
    }
}
