//! Matrices too large for numbers: five tints of a role colour, by magnitude, or the diverging ramp.

use ndarray::ArrayView2;

use super::marks::diverging;
use super::svg::{Svg, segments};

/// Where a strip is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// The most rows and columns drawn one by one; beyond that neighbours are averaged.
const MOST: usize = 48;

/// The magnitude that gets the darkest tint: the 95th percentile, so that one outlier does not pale the rest.
pub fn full_scale(matrix: ArrayView2<'_, f32>) -> f32 {
    let mut sizes: Vec<f32> = matrix.iter().map(|x| x.abs()).filter(|x| x.is_finite()).collect();
    let rank = sizes.len().saturating_sub(1) * 95 / 100;
    if sizes.is_empty() {
        return 1.0;
    }
    let (_, size, _) = sizes.select_nth_unstable_by(rank, f32::total_cmp);
    if *size > 0.0 { *size } else { 1.0 }
}

/// Draws a matrix with classes `f-ROLE-1` to `f-ROLE-5`; magnitudes below a tenth of `full` stay paper.
pub fn draw(svg: &mut Svg, role: &str, matrix: ArrayView2<'_, f32>, full: f32, frame: Frame) {
    let tints: [String; 5] = tinted(&matrix, frame, f32::abs, &|size| level(size, full));
    for (idx, d) in tints.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
        svg.path(&format!("crisp f-{role}-{}", idx + 1), d);
    }
}

/// Draws a matrix of either sign on the diverging ramp, whose ends are minus and plus `full`.
pub fn signed(svg: &mut Svg, matrix: ArrayView2<'_, f32>, full: f32, frame: Frame) {
    let tints: [String; 9] = tinted(&matrix, frame, |x| x, &|x| diverging(x, full) + 1);
    for (idx, d) in tints.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
        svg.path(&format!("crisp div-{idx}"), d);
    }
}

/// One path per tint, of neighbours averaged by `of`; tint 0 is left out.
fn tinted<const N: usize>(matrix: &ArrayView2<'_, f32>, frame: Frame, of: fn(f32) -> f32, tint: &dyn Fn(f32) -> usize) -> [String; N] {
    let (n_rows, n_cols) = (matrix.nrows(), matrix.ncols());
    let mut tints = std::array::from_fn(|_| String::new());
    if n_rows == 0 || n_cols == 0 {
        return tints;
    }
    let (rows, cols) = (n_rows.min(MOST), n_cols.min(2 * MOST));
    for row in 0..rows {
        let (y, h) = (frame.y + frame.h * row as f64 / rows as f64, frame.h / rows as f64);
        let mut run: Option<(usize, usize)> = None;
        for col in 0..=cols {
            let level = if col < cols { tint(mean(matrix, row, rows, col, cols, of)).min(N) } else { 0 };
            if let Some((start, old)) = run.filter(|(_, old)| col == cols || *old != level) {
                let x = frame.x + frame.w * start as f64 / cols as f64;
                let w = frame.w * (col - start) as f64 / cols as f64;
                let d = &mut tints[old - 1];
                segments(d, &[("M", x), (" ", y), ("h", w), ("v", h), ("h-", w)]);
                d.push('z');
                run = None;
            }
            if run.is_none() && level > 0 {
                run = Some((col, level));
            }
        }
    }
    tints
}

fn mean(matrix: &ArrayView2<'_, f32>, row: usize, rows: usize, col: usize, cols: usize, of: fn(f32) -> f32) -> f32 {
    let span = |idx: usize, parts: usize, n: usize| (idx * n / parts, ((idx + 1) * n / parts).max(idx * n / parts + 1));
    let ((top, bottom), (left, right)) = (span(row, rows, matrix.nrows()), span(col, cols, matrix.ncols()));
    let mut sum = 0.0;
    for r in top..bottom {
        for c in left..right {
            sum += of(matrix[[r, c]]);
        }
    }
    sum / ((bottom - top) * (right - left)) as f32
}

fn level(size: f32, full: f32) -> usize {
    let share = size / full;
    if share.is_nan() || share < 0.1 { 0 } else { ((share * 5.0).ceil() as usize).clamp(1, 5) }
}
