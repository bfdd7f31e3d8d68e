//! FlashAttention: keys and values outside, queries inside; O, l and m live in slow memory.

use super::hbm::Hbm;
use super::matrix::{Entry, column, divide_rows, exp, factor, ln, max, row_max, row_sum};
use super::{Event, Observer, Output, Rescale, Tiling};
use crate::algorithms::Attention;

/// FlashAttention (arXiv:2205.14135), Algorithm 1.
///
/// The paper measures a tile first against its own maximum m~ and then corrects by e^(m~ - m_new);
/// here P = exp(S - m_new) at once, which is the product of the two.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn forward<F: Entry>(x: &Attention<F>, tiles: Tiling, rescale: Rescale, see: &mut impl Observer<F>) -> Output<F> {
    // listing: flash_attention_1
    let mut hbm = Hbm::clear(x);
    for (j, cols) in tiles.key_tiles(x.n_keys()) {
        see.see(Event::LoadKv { j, cols: cols.clone(), i: 0 }); // @hide
        let (k, v) = hbm.load_kv(&cols); // @load_kv
        for (i, rows) in tiles.query_tiles(x.n_queries()) {
            if x.mask.hides(&rows, &cols) { see.see(Event::Skip { i, j }); } // @hide
            if x.mask.hides(&rows, &cols) { continue; } // @skip
            let (q, m, l, o) = hbm.load_state(&rows); // @load_state
            see.see(Event::LoadState { i, j, rows: rows.clone(), m: &m, l: &l, o: &o }); // @hide
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
            let past = &o * &column(&(&a * &l));
            let o_new = divide_rows(&(past + p.dot(&v)), &l_new); // @output
            see.see(Event::Output { i, j, o_old: &o, o: &o_new }); // @hide
            hbm.store_state(&rows, &m_new, &l_new, &o_new); // @store
            let (m, l, o, lse) = (&m_new, &l_new, &o_new, &(&m_new + ln(&l_new))); // @hide
            see.see(Event::Store { i, j: Some(j), rows, m, l, o, lse }); // @hide
        }
    }
    // end listing
    let (m, l) = hbm.state();
    hbm.show_lse(&m + ln(&l));
    hbm.done()
}
