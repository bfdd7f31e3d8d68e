//! Standard attention: three kernels, with the table of scores and then of weights in slow memory between them.

use super::Output;
use super::hbm::Hbm;
use super::matrix::{Entry, divide_rows, exp, ln, row_max, row_sum};
use crate::algorithms::Attention;

/// Standard attention (arXiv:2205.14135, Algorithm 0), every matrix moved once per line that needs it.
pub fn forward<F: Entry>(x: &Attention<F>) -> Output<F> {
    let mut hbm = Hbm::new(x);
    let (rows, cols) = (0..x.n_queries(), 0..x.n_keys());
    // listing: standard_attention
    let (q, k) = (hbm.load_q(&rows), hbm.load_k(&cols)); // @load_qk
    let s = x.masked(q.dot(&k.t()) * x.scale, &rows, &cols); // @scores
    hbm.store_table(s); // @store_s
    let s = hbm.load_table(); // @load_s
    let (m, p) = (row_max(&s), exp(&s, &row_max(&s))); // @probs
    let l = row_sum(&p); // @sum
    hbm.store_table(divide_rows(&p, &l)); // @store_p
    let (p, v) = (hbm.load_table(), hbm.load_v(&cols)); // @load_pv
    hbm.store_output(&p.dot(&v)); // @store
    // end listing
    hbm.show(&rows, &m, &l);
    hbm.show_lse(&m + ln(&l));
    hbm.done()
}
