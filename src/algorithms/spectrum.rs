//! What a table of attention can look like: its rank, and how sharply its rows point.

use ndarray::{Array1, Array2, ArrayView1, s};

/// Sweeps after which singular values are taken as they are. Six to eight suffice; each at least squares the error.
const MOST_SWEEPS: usize = 40;

/// Singular values, largest first: as many as the shorter side has.
///
/// One-sided Jacobi (Hestenes): columns are rotated in pairs until all are orthogonal; their lengths are the values.
pub fn singular_values(a: &Array2<f64>) -> Vec<f64> {
    // Rows of `a` are kept contiguous: the columns to rotate are the rows of whichever of a and a^T has fewer.
    let mut rows = if a.nrows() <= a.ncols() { a.clone() } else { a.t().as_standard_layout().into_owned() };
    for _ in 0..MOST_SWEEPS {
        let mut n_rotated = 0;
        for p in 0..rows.nrows() {
            for q in p + 1..rows.nrows() {
                n_rotated += usize::from(make_orthogonal(&mut rows, p, q));
            }
        }
        if n_rotated == 0 {
            break;
        }
    }
    let mut values: Vec<f64> = rows.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Rotates rows `p` and `q` in their plane so that they become orthogonal; `false` if they are already.
fn make_orthogonal(rows: &mut Array2<f64>, p: usize, q: usize) -> bool {
    let (mut above, mut below) = rows.multi_slice_mut((s![p, ..], s![q, ..]));
    let (a, b, c) = (above.dot(&above), below.dot(&below), above.dot(&below));
    if c == 0.0 || c.abs() <= f64::EPSILON * (a * b).sqrt() {
        return false;
    }
    let zeta = (b - a) / (2.0 * c);
    let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cos = 1.0 / t.hypot(1.0);
    let sin = cos * t;
    for (x, y) in above.iter_mut().zip(below.iter_mut()) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
    true
}

/// How many singular values exceed `relative` times the largest. In f64 1e-9 separates rank from rounding; of a table
/// computed in f32, rounding alone leaves values of about 1e-7 of the largest.
pub fn rank(values: &[f64], relative: f64) -> usize {
    values.iter().filter(|&&value| value > relative * values[0]).count()
}

/// How many singular values exceed a number that knows nothing of the table. Broken on purpose: it counts rounding.
pub fn rank_by_absolute(values: &[f64], threshold: f64) -> usize {
    values.iter().filter(|&&value| value > threshold).count()
}

/// e to the entropy of the singular values as shares of their sum: between 1 and their number.
pub fn effective_rank(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    let shares: Array1<f64> = values.iter().map(|value| value / total).collect();
    entropy(shares.view()).exp()
}

/// Entropy of a row of weights in nats: 0 if one has all, ln n if all are equal. It says something of weights that are
/// nowhere negative; those that are not positive are left out.
pub fn entropy(weights: ArrayView1<'_, f64>) -> f64 {
    -weights.iter().filter(|&&p| p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}

/// How sharply the rows of a table of weights point, on average over its rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// Entropy in nats.
    pub entropy: f64,
    /// The largest weight.
    pub largest: f64,
    /// The weight on the diagonal.
    pub diagonal: f64,
    /// The distance |i - j| to where the weight lies, in tokens.
    pub distance: f64,
}

/// Of a table of weights `[n, n]`.
pub fn concentration(weights: &Array2<f64>) -> Concentration {
    let mut sum = Concentration { entropy: 0.0, largest: 0.0, diagonal: 0.0, distance: 0.0 };
    for (i, row) in weights.rows().into_iter().enumerate() {
        sum.entropy += entropy(row);
        sum.largest += row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        sum.diagonal += row.get(i).copied().unwrap_or(0.0);
        sum.distance += row.iter().enumerate().map(|(j, p)| p * i.abs_diff(j) as f64).sum::<f64>();
    }
    let n = weights.nrows().max(1) as f64;
    let Concentration { entropy, largest, diagonal, distance } = sum;
    Concentration { entropy: entropy / n, largest: largest / n, diagonal: diagonal / n, distance: distance / n }
}
