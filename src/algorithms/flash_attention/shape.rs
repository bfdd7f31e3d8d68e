//! Matrices of nothing: shapes that the listings run on, so that what they move is counted without arithmetic.

use super::Rescale;
use super::matrix::Entry;
use crate::algorithms::{Attention, Mask};
use ndarray::Array2;
use std::ops::Range;

/// Rows and columns.
type Shape = (usize, usize);

impl Attention<()> {
    /// A head of this shape with nothing in it: queries `[nq, d]`, keys `[nk, d]`, values `[nk, dv]`.
    pub fn of_shape(d: usize, dv: usize, mask: Mask) -> Attention<()> {
        let empty = |n_rows, n_cols| Array2::from_elem((n_rows, n_cols), ());
        Attention { q: empty(mask.n_queries, d), k: empty(mask.n_keys, d), v: empty(mask.n_keys, dv), scale: (), mask }
    }
}

/// Shapes that should agree.
///
/// # Panics
/// If they do not: then a listing is wrong, for every number.
#[inline(never)]
fn agree(a: usize, b: usize) -> usize {
    assert!(a == b, "shapes do not agree");
    a
}

/// What a matrix of numbers does with its entries is nothing here; what it does with its shape is the same.
impl Entry for () {
    type Table = Shape;
    type List = usize;

    fn zeros(n_rows: usize, n_cols: usize) -> Shape {
        (n_rows, n_cols)
    }
    fn zero_list(n: usize) -> usize {
        n
    }
    fn lowest(n: usize) -> usize {
        n
    }
    fn dim(table: &Shape) -> Shape {
        *table
    }
    fn len(list: &usize) -> usize {
        *list
    }
    fn rows_of(input: &Array2<()>, rows: &Range<usize>) -> Shape {
        Self::rows(&input.dim(), rows)
    }
    fn rows(table: &Shape, rows: &Range<usize>) -> Shape {
        (Self::part(&table.0, rows), table.1)
    }
    fn part(list: &usize, rows: &Range<usize>) -> usize {
        agree(rows.end.min(*list), rows.end) - rows.start
    }
    fn put_rows(table: &mut Shape, start: usize, rows: &Shape) {
        Self::put_part(&mut table.0, start, &rows.0);
        agree(table.1, rows.1);
    }
    fn put_part(list: &mut usize, start: usize, part: &usize) {
        Self::part(list, &(start..start + part));
    }
    fn dot_t(a: &Shape, b: &Shape) -> Shape {
        agree(a.1, b.1);
        (a.0, b.0)
    }
    fn dot(a: &Shape, b: &Shape) -> Shape {
        agree(a.1, b.0);
        (a.0, b.1)
    }
    fn times(a: Shape, (): ()) -> Shape {
        a
    }
    fn times_rows(a: &Shape, factors: &usize) -> Shape {
        (agree(a.0, *factors), a.1)
    }
    fn add(a: Shape, b: Shape) -> Shape {
        (agree(a.0, b.0), agree(a.1, b.1))
    }
    fn times_list(a: &usize, b: &usize) -> usize {
        agree(*a, *b)
    }
    fn add_list(a: &usize, b: usize) -> usize {
        agree(*a, b)
    }
    fn hide(_: &Attention<()>, s: Shape, rows: &Range<usize>, cols: &Range<usize>) -> Shape {
        (agree(s.0, rows.len()), agree(s.1, cols.len()))
    }
    fn row_max(s: &Shape) -> usize {
        s.0
    }
    fn max(a: &usize, b: &usize) -> usize {
        agree(*a, *b)
    }
    fn factor(_: Rescale, m_old: &usize, m_new: &usize) -> usize {
        agree(*m_old, *m_new)
    }
    fn exp(s: &Shape, m: &usize) -> Shape {
        (agree(s.0, *m), s.1)
    }
    fn row_sum(p: &Shape) -> usize {
        p.0
    }
    fn divide_rows(o: &Shape, l: &usize) -> Shape {
        Self::times_rows(o, l)
    }
    fn ln(l: &usize) -> usize {
        *l
    }
}
