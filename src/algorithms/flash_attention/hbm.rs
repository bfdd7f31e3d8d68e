//! Slow memory: hands out tiles, takes results, and counts every element that passes.

use super::matrix::{Entry, Matrix, Vector};
use super::{Output, Traffic};
use crate::algorithms::Attention;
use ndarray::Array2;
use std::ops::Range;

/// Slow memory during a forward run.
pub(super) struct Hbm<'a, F: Entry> {
    x: &'a Attention<F>,
    out: Output<F>,
    /// Standard attention's scores, and then its weights `[nq, nk]`.
    table: Option<Matrix<F>>,
}

/// Q_i, m_i, l_i and O_i.
type State<F> = (Matrix<F>, Vector<F>, Vector<F>, Matrix<F>);

impl<'a, F: Entry> Hbm<'a, F> {
    /// Holds the inputs; the results are unset, and nothing has moved.
    pub(super) fn new(x: &'a Attention<F>) -> Hbm<'a, F> {
        let n = x.n_queries();
        let (o, lse, m, l) = (F::zeros(n, x.dv()), F::lowest(n), F::lowest(n), F::zero_list(n));
        Hbm { x, out: Output { o, lse, m, l, traffic: Traffic::default() }, table: None }
    }

    /// FA-1: writes O = 0, l = 0, m = -inf for every query.
    pub(super) fn clear(x: &'a Attention<F>) -> Hbm<'a, F> {
        let mut hbm = Hbm::new(x);
        hbm.up(x.n_queries() * (x.dv() + 2));
        hbm
    }

    fn down(&mut self, elements: usize) {
        self.out.traffic.reads += elements as u64;
    }

    fn up(&mut self, elements: usize) {
        self.out.traffic.writes += elements as u64;
    }

    fn load(&mut self, input: &Array2<F>, rows: &Range<usize>) -> Matrix<F> {
        let tile = Matrix::<F>(F::rows_of(input, rows));
        self.down(tile.len());
        tile
    }

    /// Q_i `[br, d]`.
    pub(super) fn load_q(&mut self, rows: &Range<usize>) -> Matrix<F> {
        self.load(&self.x.q, rows)
    }

    /// K_j `[bc, d]`.
    pub(super) fn load_k(&mut self, cols: &Range<usize>) -> Matrix<F> {
        self.load(&self.x.k, cols)
    }

    /// V_j `[bc, dv]`.
    pub(super) fn load_v(&mut self, cols: &Range<usize>) -> Matrix<F> {
        self.load(&self.x.v, cols)
    }

    /// K_j `[bc, d]` and V_j `[bc, dv]`.
    pub(super) fn load_kv(&mut self, cols: &Range<usize>) -> (Matrix<F>, Matrix<F>) {
        (self.load_k(cols), self.load_v(cols))
    }

    /// FA-1: Q_i, and m_i, l_i, O_i as they stand.
    pub(super) fn load_state(&mut self, rows: &Range<usize>) -> State<F> {
        let q = self.load_q(rows);
        let (m, l) = (Vector::<F>(F::part(&self.out.m, rows)), Vector::<F>(F::part(&self.out.l, rows)));
        let o = Matrix::<F>(F::rows(&self.out.o, rows));
        self.down(m.len() + l.len() + o.len());
        (q, m, l, o)
    }

    /// FA-1: puts m_i, l_i, O_i back.
    pub(super) fn store_state(&mut self, rows: &Range<usize>, m: &Vector<F>, l: &Vector<F>, o: &Matrix<F>) {
        self.up(m.len() + l.len() + o.len());
        self.show(rows, m, l);
        F::put_rows(&mut self.out.o, rows.start, o);
    }

    /// FA-2: O_i and L_i, all that it ever writes.
    pub(super) fn store(&mut self, rows: &Range<usize>, o: &Matrix<F>, lse: &Vector<F>) {
        self.up(o.len() + lse.len());
        F::put_rows(&mut self.out.o, rows.start, o);
        F::put_part(&mut self.out.lse, rows.start, lse);
    }

    /// Standard attention: S or P goes up.
    pub(super) fn store_table(&mut self, table: Matrix<F>) {
        self.up(table.len());
        self.table = Some(table);
    }

    /// Standard attention: S or P comes down again.
    pub(super) fn load_table(&mut self) -> Matrix<F> {
        let table = self.table.take().unwrap_or_else(|| Matrix(F::zeros(0, 0)));
        self.down(table.len());
        table
    }

    /// Standard attention: O, all at once.
    pub(super) fn store_output(&mut self, o: &Matrix<F>) {
        self.up(o.len());
        F::put_rows(&mut self.out.o, 0, o);
    }

    /// Shows m_i and l_i to the caller of the run. FA-2 itself lets them go, so this moves nothing.
    pub(super) fn show(&mut self, rows: &Range<usize>, m: &Vector<F>, l: &Vector<F>) {
        F::put_part(&mut self.out.m, rows.start, m);
        F::put_part(&mut self.out.l, rows.start, l);
    }

    /// L = m + ln l, for the caller of the run; it moves nothing.
    pub(super) fn show_lse(&mut self, lse: Vector<F>) {
        self.out.lse = lse.0;
    }

    /// The results.
    pub(super) fn done(self) -> Output<F> {
        self.out
    }

    /// FA-1: m and l of every query.
    pub(super) fn state(&self) -> (Vector<F>, Vector<F>) {
        (Vector(self.out.m.clone()), Vector(self.out.l.clone()))
    }
}
