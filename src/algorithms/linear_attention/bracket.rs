//! The product of three matrices in either bracket, multiply-add by multiply-add: (Q K^T) V and Q (K^T V).

use crate::algorithms::Scalar;
use ndarray::{Array2, ArrayView1};

/// What fills the matrices of a product: a number — or `()`, which is nothing.
///
/// A run over `()` goes through the same products of the same shapes and counts each as a whole, but visits no entry
/// and tells none: so a product is counted also at sizes where nobody would compute.
pub trait Entry: Copy + 'static {
    /// Size of an entry.
    const BYTES: u64;
    /// Whether there is anything to compute.
    const FILLED: bool;
    /// 0.
    fn zero() -> Self;
    /// a . b, each multiply-add told with its place in the sum, its factors and the sum after it.
    fn dot(a: ArrayView1<'_, Self>, b: ArrayView1<'_, Self>, tell: &mut impl FnMut(usize, Self, Self, Self)) -> Self;
    /// Softmax of a row of scores, each first multiplied by `scale`.
    fn softmax(row: &[Self], scale: f64) -> Vec<Self>;
}

impl<F: Scalar> Entry for F {
    const BYTES: u64 = size_of::<F>() as u64;
    const FILLED: bool = true;

    fn zero() -> F {
        F::from_f64(0.0)
    }

    fn dot(a: ArrayView1<'_, F>, b: ArrayView1<'_, F>, tell: &mut impl FnMut(usize, F, F, F)) -> F {
        let mut sum = F::zero();
        for (inner, (&a, &b)) in a.iter().zip(b).enumerate() {
            sum = sum + a * b;
            tell(inner, a, b, sum);
        }
        sum
    }

    fn softmax(row: &[F], scale: f64) -> Vec<F> {
        let scores: Vec<F> = row.iter().map(|&x| x * F::from_f64(scale)).collect();
        let highest = scores.iter().copied().fold(F::neg_infinity(), F::max);
        let weights: Vec<F> = scores.iter().map(|&x| (x - highest).exp()).collect();
        let total = weights.iter().fold(F::zero(), |total, &weight| total + weight);
        weights.into_iter().map(|weight| weight / total).collect()
    }
}

impl Entry for () {
    /// Counted as an f32.
    const BYTES: u64 = 4;
    const FILLED: bool = false;

    fn zero() {}

    fn dot(_: ArrayView1<'_, ()>, _: ArrayView1<'_, ()>, _: &mut impl FnMut(usize, (), (), ())) {}

    fn softmax(_: &[()], _: f64) -> Vec<()> {
        Vec::new()
    }
}

/// The three matrices. Invariant kept by the caller: the shapes agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors<E> {
    /// Q `[nq, d]`.
    pub q: Array2<E>,
    /// K `[nk, d]`.
    pub k: Array2<E>,
    /// V `[nk, dv]`.
    pub v: Array2<E>,
}

impl Factors<()> {
    /// A shape of n queries and keys without entries.
    pub fn shape(n: usize, d: usize, dv: usize) -> Factors<()> {
        let empty = |n_rows, n_cols| Array2::from_elem((n_rows, n_cols), ());
        Factors { q: empty(n, d), k: empty(n, d), v: empty(n, dv) }
    }
}

/// What stands between the two products of [`left`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Between {
    /// Nothing: the bracket is free to move.
    Nothing,
    /// A softmax of each row, its scores first multiplied by `scale`: it needs every finished q . k, so the bracket
    /// is locked.
    Softmax {
        /// Usually 1/sqrt(d).
        scale: f64,
    },
}

/// Which of the two products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Of the bracket: Q K^T (line `table`) or K^T V (line `summary`).
    Inner,
    /// The one that gives the output (line `output`).
    Outer,
}

/// What a run does, as it does it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<E> {
    /// One multiply-add, on the line of its stage.
    MultiplyAdd {
        /// Which product.
        stage: Stage,
        /// Row of the entry that it belongs to.
        row: usize,
        /// And column.
        col: usize,
        /// Its place in the sum of that entry, from 0.
        inner: usize,
        /// From the left matrix.
        a: E,
        /// From the right matrix.
        b: E,
        /// The sum with it.
        sum: E,
    },
    /// An entry is finished, on the line of its stage.
    Entry {
        /// Which product.
        stage: Stage,
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What it is.
        value: E,
        /// Multiply-adds of the run so far.
        multiply_adds: u64,
    },
    /// Line `softmax`: an entry of the table has become a weight.
    Weight {
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What it is now.
        value: E,
    },
}

/// What a product costs. Each of its two products reads both its factors once and writes its result once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Multiplications, each with the addition that follows it.
    pub multiply_adds: u64,
    /// Entries of the matrix between the two products.
    pub intermediate: u64,
    /// Entries read.
    pub reads: u64,
    /// Entries written.
    pub writes: u64,
}

impl Cost {
    /// Bytes read and written, of entries of type `E`.
    pub fn bytes<E: Entry>(&self) -> u64 {
        (self.reads + self.writes) * E::BYTES
    }
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Product<E> {
    /// The matrix between: Q K^T `[nq, nk]` (its softmax, if any), or K^T V `[d, dv]`.
    pub inner: Array2<E>,
    /// `[nq, dv]`.
    pub out: Array2<E>,
    /// Counted by the run.
    pub cost: Cost,
}

/// (Q K^T) V: first the table of scores, entry by entry, then the output.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn left<E: Entry>(x: &Factors<E>, between: Between, see: &mut (impl FnMut(Event<E>) + ?Sized)) -> Product<E> {
    let Factors { q, k, v } = x;
    let mut run = Run::new(see);
    // listing: bracket_left
    let mut table = zeros(q.nrows(), k.nrows());
    run.begin(Stage::Inner, &table, q.ncols()); // @hide
    for (i, j) in places(&table) {
        table[[i, j]] = run.dot(q.row(i), k.row(j)); // @table
    }
    run.softmax(&mut table, between); // @softmax
    let mut out = zeros(q.nrows(), v.ncols());
    run.begin(Stage::Outer, &out, k.nrows()); // @hide
    for (i, c) in places(&out) {
        out[[i, c]] = run.dot(table.row(i), v.column(c)); // @output
    }
    // end listing
    run.done(table, out)
}

/// Q (K^T V): first the summary of all keys and values, entry by entry, then the output.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn right<E: Entry>(x: &Factors<E>, see: &mut (impl FnMut(Event<E>) + ?Sized)) -> Product<E> {
    let Factors { q, k, v } = x;
    let mut run = Run::new(see);
    // listing: bracket_right
    let mut summary = zeros(k.ncols(), v.ncols());
    run.begin(Stage::Inner, &summary, k.nrows()); // @hide
    for (r, c) in places(&summary) {
        summary[[r, c]] = run.dot(k.column(r), v.column(c)); // @summary
    }
    let mut out = zeros(q.nrows(), v.ncols());
    run.begin(Stage::Outer, &out, q.ncols()); // @hide
    for (i, c) in places(&out) {
        out[[i, c]] = run.dot(q.row(i), summary.column(c)); // @output
    }
    // end listing
    run.done(summary, out)
}

fn zeros<E: Entry>(n_rows: usize, n_cols: usize) -> Array2<E> {
    Array2::from_elem((n_rows, n_cols), E::zero())
}

/// Rows and columns of the entries to compute, row by row.
fn places<E: Entry>(matrix: &Array2<E>) -> impl Iterator<Item = (usize, usize)> + use<E> {
    let (n_rows, n_cols) = if E::FILLED { matrix.dim() } else { (0, 0) };
    (0..n_rows).flat_map(move |row| (0..n_cols).map(move |col| (row, col)))
}

/// A run under way: whom it tells, which entry comes next, and what it has cost.
struct Run<'a, S: ?Sized> {
    see: &'a mut S,
    stage: Stage,
    /// Columns of the product under way; its entries are visited row by row.
    n_cols: usize,
    /// How many of them are finished.
    n_entries: usize,
    cost: Cost,
}

impl<'a, S: ?Sized> Run<'a, S> {
    fn new(see: &'a mut S) -> Run<'a, S> {
        Run { see, stage: Stage::Inner, n_cols: 0, n_entries: 0, cost: Cost::default() }
    }

    /// A product begins, `[n_rows, n_inner]` times `[n_inner, n_cols]`, into a matrix of zeros.
    fn begin<E: Entry>(&mut self, stage: Stage, product: &Array2<E>, n_inner: usize) {
        let (n_rows, n_cols) = product.dim();
        (self.stage, self.n_cols, self.n_entries) = (stage, n_cols, 0);
        let n_entries = product.len() as u64;
        self.cost.reads += (n_inner * (n_rows + n_cols)) as u64;
        self.cost.writes += n_entries;
        if stage == Stage::Inner {
            self.cost.intermediate = n_entries;
        }
        if !E::FILLED {
            self.cost.multiply_adds += n_entries * n_inner as u64;
        }
    }

    /// The next entry of the product.
    fn dot<E: Entry>(&mut self, a: ArrayView1<'_, E>, b: ArrayView1<'_, E>) -> E
    where
        S: FnMut(Event<E>),
    {
        self.cost.multiply_adds += a.len() as u64;
        let (see, stage, row, col) = (&mut *self.see, self.stage, self.n_entries / self.n_cols, self.n_entries % self.n_cols);
        self.n_entries += 1;
        let value = E::dot(a, b, &mut |inner, a, b, sum| see(Event::MultiplyAdd { stage, row, col, inner, a, b, sum }));
        (self.see)(Event::Entry { stage, row, col, value, multiply_adds: self.cost.multiply_adds });
        value
    }

    /// The softmax of every row, if one stands between the products.
    fn softmax<E: Entry>(&mut self, table: &mut Array2<E>, between: Between)
    where
        S: FnMut(Event<E>),
    {
        let Between::Softmax { scale } = between else { return };
        for row in 0..if E::FILLED { table.nrows() } else { 0 } {
            let weights = E::softmax(&table.row(row).to_vec(), scale);
            for (col, value) in weights.into_iter().enumerate() {
                table[[row, col]] = value;
                (self.see)(Event::Weight { row, col, value });
            }
        }
    }

    fn done<E>(self, inner: Array2<E>, out: Array2<E>) -> Product<E> {
        Product { inner, out, cost: self.cost }
    }
}

/// The n = nq = nk at which both brackets cost the same: n^2 (d + dv) = 2 n d dv, which is d where dv = d.
pub fn crossover(d: usize, dv: usize) -> f64 {
    2.0 * d as f64 * dv as f64 / (d + dv) as f64
}
