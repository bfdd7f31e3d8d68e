//! FlashAttention-2: queries outside, keys and values inside, one division at the end.

use super::hbm::Hbm;
use super::matrix::{Entry, Matrix, Vector, column, divide_rows, exp, factor, ln, max, row_max, row_sum};
use super::{Event, Observer, Output, Rescale, Tiling};
use crate::algorithms::Attention;

/// FlashAttention-2 (arXiv:2307.08691), Algorithm 1.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn forward<F: Entry>(x: &Attention<F>, tiles: Tiling, rescale: Rescale, see: &mut impl Observer<F>) -> Output<F> {
    let mut hbm = Hbm::new(x);
    // listing: flash_attention_2
    for (i, rows) in tiles.query_tiles(x.n_queries()) {
        see.see(Event::LoadQ { i, rows: rows.clone() }); // @hide
        let q = hbm.load_q(&rows); // @load_q
        let (mut m, mut l, mut o) = nothing(rows.len(), x.dv());
        for (j, cols) in tiles.key_tiles(x.n_keys()) {
            if x.mask.hides(&rows, &cols) { see.see(Event::Skip { i, j }); } // @hide
            if x.mask.hides(&rows, &cols) { continue; } // @skip
            see.see(Event::LoadKv { j, cols: cols.clone(), i }); // @hide
            let (k, v) = hbm.load_kv(&cols); // @load_kv
            let s = x.masked(q.dot(&k.t()) * x.scale, &rows, &cols); // @scores
            see.see(Event::Scores { i, j, s: &s }); // @hide
            let m_new = max(&m, &row_max(&s)); // @max
            see.see(Event::Max { i, j, m_old: &m, m_new: &m_new }); // @hide
            let a = factor(rescale, &m, &m_new); // @factor
            see.see(Event::Factor { i, j, alpha: &a }); // @hide
            let p = exp(&s, &m_new); // @probs
            see.see(Event::Probs { i, j, p: &p }); // @hide
            let l_new = &a * &l + row_sum(&p); // @sum
            see.see(Event::Sum { i, j, l_old: &l, l: &l_new }); // @hide
            let o_new = &o * &column(&a) + p.dot(&v); // @output
            see.see(Event::Output { i, j, o_old: &o, o: &o_new }); // @hide
            (m, l, o) = (m_new, l_new, o_new);
        }
        let (o, lse) = (divide_rows(&o, &l), &m + ln(&l));
        hbm.store(&rows, &o, &lse); // @store
        hbm.show(&rows, &m, &l); // @hide
        let (m, l, o, lse) = (&m, &l, &o, &lse); // @hide
        see.see(Event::Store { i, j: None, rows, m, l, o, lse }); // @hide
    }
    // end listing
    hbm.done()
}

/// m = -inf, l = 0, O = 0: the state of rows that have seen no key.
fn nothing<F: Entry>(n_rows: usize, dv: usize) -> (Vector<F>, Vector<F>, Matrix<F>) {
    (Vector(F::lowest(n_rows)), Vector(F::zero_list(n_rows)), Matrix(F::zeros(n_rows, dv)))
}
