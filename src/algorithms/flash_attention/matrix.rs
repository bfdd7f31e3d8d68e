//! The matrices and the words of the listings, whatever fills them: numbers, or nothing.

use super::{Rescale, tile};
use crate::algorithms::{Attention, Real};
use ndarray::{Array1, Array2, s};
use std::fmt::Debug;
use std::ops::{Add, Deref, Mul, Range};

/// What fills the matrices of a run: an f32 or f64 — or `()`, which is nothing.
///
/// A run over `()` goes through the same lines as any other, checks every shape and moves as many elements between
/// slow and fast memory, but has none to compute with: what an algorithm moves depends on shapes only, and is counted
/// so in the time of its loops.
pub trait Entry: Copy + Debug + PartialEq + 'static {
    /// Rows and columns of entries.
    type Table: Clone + Debug + PartialEq;
    /// Entries in a row.
    type List: Clone + Debug + PartialEq;

    /// So many rows and columns of 0.
    fn zeros(n_rows: usize, n_cols: usize) -> Self::Table;
    /// So many entries of 0.
    fn zero_list(n: usize) -> Self::List;
    /// So many entries of -inf.
    fn lowest(n: usize) -> Self::List;
    /// Rows and columns of a table.
    fn dim(table: &Self::Table) -> (usize, usize);
    /// Length of a list.
    fn len(list: &Self::List) -> usize;

    /// Some rows of an input.
    fn rows_of(input: &Array2<Self>, rows: &Range<usize>) -> Self::Table;
    /// Some rows of a table.
    fn rows(table: &Self::Table, rows: &Range<usize>) -> Self::Table;
    /// Some entries of a list.
    fn part(list: &Self::List, rows: &Range<usize>) -> Self::List;
    /// Puts rows into a table, from `start` on.
    fn put_rows(table: &mut Self::Table, start: usize, rows: &Self::Table);
    /// Puts entries into a list, from `start` on.
    fn put_part(list: &mut Self::List, start: usize, part: &Self::List);

    /// a b^T.
    fn dot_t(a: &Self::Table, b: &Self::Table) -> Self::Table;
    /// a b.
    fn dot(a: &Self::Table, b: &Self::Table) -> Self::Table;
    /// Every entry times a number.
    fn times(a: Self::Table, factor: Self) -> Self::Table;
    /// Every row times its entry of a list.
    fn times_rows(a: &Self::Table, factors: &Self::List) -> Self::Table;
    /// Entry by entry.
    fn add(a: Self::Table, b: Self::Table) -> Self::Table;
    /// Entry by entry.
    fn times_list(a: &Self::List, b: &Self::List) -> Self::List;
    /// Entry by entry.
    fn add_list(a: &Self::List, b: Self::List) -> Self::List;

    /// -inf where the mask hides a score of these queries and keys.
    fn hide(x: &Attention<Self>, s: Self::Table, rows: &Range<usize>, cols: &Range<usize>) -> Self::Table;
    /// The largest entry of each row, -inf for a row that is wholly masked.
    fn row_max(s: &Self::Table) -> Self::List;
    /// The larger of two, entry by entry.
    fn max(a: &Self::List, b: &Self::List) -> Self::List;
    /// exp(m_old - m_new), by which the past is corrected; 0 where there is no past.
    fn factor(rescale: Rescale, m_old: &Self::List, m_new: &Self::List) -> Self::List;
    /// exp(s - m), row by row; a masked entry gives 0.
    fn exp(s: &Self::Table, m: &Self::List) -> Self::Table;
    /// The sum of each row.
    fn row_sum(p: &Self::Table) -> Self::List;
    /// diag(l)^-1 o; a row with l = 0 stays 0.
    fn divide_rows(o: &Self::Table, l: &Self::List) -> Self::Table;
    /// Natural logarithm; -inf of 0.
    fn ln(l: &Self::List) -> Self::List;
}

/// Numbers fill matrices; the words of `tile` work on them.
impl<F: Real> Entry for F {
    type Table = Array2<F>;
    type List = Array1<F>;

    fn zeros(n_rows: usize, n_cols: usize) -> Array2<F> {
        Array2::zeros((n_rows, n_cols))
    }
    fn zero_list(n: usize) -> Array1<F> {
        Array1::zeros(n)
    }
    fn lowest(n: usize) -> Array1<F> {
        Array1::from_elem(n, F::neg_infinity())
    }
    fn dim(table: &Array2<F>) -> (usize, usize) {
        table.dim()
    }
    fn len(list: &Array1<F>) -> usize {
        list.len()
    }
    fn rows_of(input: &Array2<F>, rows: &Range<usize>) -> Array2<F> {
        input.slice(s![rows.clone(), ..]).to_owned()
    }
    fn rows(table: &Array2<F>, rows: &Range<usize>) -> Array2<F> {
        F::rows_of(table, rows)
    }
    fn part(list: &Array1<F>, rows: &Range<usize>) -> Array1<F> {
        list.slice(s![rows.clone()]).to_owned()
    }
    fn put_rows(table: &mut Array2<F>, start: usize, rows: &Array2<F>) {
        table.slice_mut(s![start..start + rows.nrows(), ..]).assign(rows);
    }
    fn put_part(list: &mut Array1<F>, start: usize, part: &Array1<F>) {
        list.slice_mut(s![start..start + part.len()]).assign(part);
    }
    fn dot_t(a: &Array2<F>, b: &Array2<F>) -> Array2<F> {
        a.dot(&b.t())
    }
    fn dot(a: &Array2<F>, b: &Array2<F>) -> Array2<F> {
        a.dot(b)
    }
    fn times(a: Array2<F>, factor: F) -> Array2<F> {
        a * factor
    }
    fn times_rows(a: &Array2<F>, factors: &Array1<F>) -> Array2<F> {
        a * &tile::column(factors)
    }
    fn add(a: Array2<F>, b: Array2<F>) -> Array2<F> {
        a + b
    }
    fn times_list(a: &Array1<F>, b: &Array1<F>) -> Array1<F> {
        a * b
    }
    fn add_list(a: &Array1<F>, b: Array1<F>) -> Array1<F> {
        a + b
    }
    fn hide(x: &Attention<F>, s: Array2<F>, rows: &Range<usize>, cols: &Range<usize>) -> Array2<F> {
        x.hide(s, rows, cols)
    }
    fn row_max(s: &Array2<F>) -> Array1<F> {
        tile::row_max(s)
    }
    fn max(a: &Array1<F>, b: &Array1<F>) -> Array1<F> {
        tile::max(a, b)
    }
    fn factor(rescale: Rescale, m_old: &Array1<F>, m_new: &Array1<F>) -> Array1<F> {
        tile::factor(rescale, m_old, m_new)
    }
    fn exp(s: &Array2<F>, m: &Array1<F>) -> Array2<F> {
        tile::exp(s, m)
    }
    fn row_sum(p: &Array2<F>) -> Array1<F> {
        tile::row_sum(p)
    }
    fn divide_rows(o: &Array2<F>, l: &Array1<F>) -> Array2<F> {
        tile::divide_rows(o, l)
    }
    fn ln(l: &Array1<F>) -> Array1<F> {
        tile::ln(l)
    }
}

/// A matrix in fast memory.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix<F: Entry>(pub(super) F::Table);

/// One entry per row of a matrix, in fast memory.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vector<F: Entry>(pub(super) F::List);

/// A matrix read along its columns.
pub(super) struct Transposed<'a, F: Entry>(&'a Matrix<F>);

/// A vector standing up `[n, 1]`: times it scales rows.
pub(super) struct Column<'a, F: Entry>(&'a Vector<F>);

impl<F: Entry> Deref for Matrix<F> {
    type Target = F::Table;
    fn deref(&self) -> &F::Table {
        &self.0
    }
}

impl<F: Entry> Deref for Vector<F> {
    type Target = F::List;
    fn deref(&self) -> &F::List {
        &self.0
    }
}

/// What can stand on the right of a matrix product.
pub(super) trait Right<F: Entry> {
    fn product(&self, left: &Matrix<F>) -> Matrix<F>;
}

impl<F: Entry> Right<F> for Matrix<F> {
    fn product(&self, left: &Matrix<F>) -> Matrix<F> {
        Matrix(F::dot(&left.0, &self.0))
    }
}

impl<F: Entry> Right<F> for Transposed<'_, F> {
    fn product(&self, left: &Matrix<F>) -> Matrix<F> {
        Matrix(F::dot_t(&left.0, &self.0.0))
    }
}

impl<F: Entry> Matrix<F> {
    pub(super) fn t(&self) -> Transposed<'_, F> {
        Transposed(self)
    }

    pub(super) fn dot(&self, right: &impl Right<F>) -> Matrix<F> {
        right.product(self)
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        let (n_rows, n_cols) = F::dim(&self.0);
        n_rows * n_cols
    }
}

impl<F: Entry> Vector<F> {
    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        F::len(&self.0)
    }
}

impl<F: Entry> Mul<F> for Matrix<F> {
    type Output = Matrix<F>;
    fn mul(self, factor: F) -> Matrix<F> {
        Matrix(F::times(self.0, factor))
    }
}

impl<F: Entry> Mul<&Column<'_, F>> for &Matrix<F> {
    type Output = Matrix<F>;
    fn mul(self, factors: &Column<'_, F>) -> Matrix<F> {
        Matrix(F::times_rows(&self.0, &factors.0.0))
    }
}

impl<F: Entry> Add for Matrix<F> {
    type Output = Matrix<F>;
    fn add(self, other: Matrix<F>) -> Matrix<F> {
        Matrix(F::add(self.0, other.0))
    }
}

impl<F: Entry> Mul for &Vector<F> {
    type Output = Vector<F>;
    fn mul(self, other: &Vector<F>) -> Vector<F> {
        Vector(F::times_list(&self.0, &other.0))
    }
}

impl<F: Entry> Add<Vector<F>> for &Vector<F> {
    type Output = Vector<F>;
    fn add(self, other: Vector<F>) -> Vector<F> {
        Vector(F::add_list(&self.0, other.0))
    }
}

impl<F: Entry> Add for Vector<F> {
    type Output = Vector<F>;
    fn add(self, other: Vector<F>) -> Vector<F> {
        &self + other
    }
}

impl<F: Entry> Attention<F> {
    /// The scores of these queries and keys, with -inf where the mask hides them.
    pub(super) fn masked(&self, s: Matrix<F>, rows: &Range<usize>, cols: &Range<usize>) -> Matrix<F> {
        Matrix(F::hide(self, s.0, rows, cols))
    }
}

/// The largest entry of each row.
pub(super) fn row_max<F: Entry>(s: &Matrix<F>) -> Vector<F> {
    Vector(F::row_max(s))
}

/// The larger of two, entry by entry.
pub(super) fn max<F: Entry>(a: &Vector<F>, b: &Vector<F>) -> Vector<F> {
    Vector(F::max(a, b))
}

/// By what the past is corrected.
pub(super) fn factor<F: Entry>(rescale: Rescale, m_old: &Vector<F>, m_new: &Vector<F>) -> Vector<F> {
    Vector(F::factor(rescale, m_old, m_new))
}

/// exp(s - m), row by row.
pub(super) fn exp<F: Entry>(s: &Matrix<F>, m: &Vector<F>) -> Matrix<F> {
    Matrix(F::exp(s, m))
}

/// The sum of each row.
pub(super) fn row_sum<F: Entry>(p: &Matrix<F>) -> Vector<F> {
    Vector(F::row_sum(p))
}

/// A vector, standing up.
pub(super) fn column<F: Entry>(a: &Vector<F>) -> Column<'_, F> {
    Column(a)
}

/// diag(l)^-1 o.
pub(super) fn divide_rows<F: Entry>(o: &Matrix<F>, l: &Vector<F>) -> Matrix<F> {
    Matrix(F::divide_rows(o, l))
}

/// Natural logarithm.
pub(super) fn ln<F: Entry>(l: &Vector<F>) -> Vector<F> {
    Vector(F::ln(l))
}
