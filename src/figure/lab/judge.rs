//! How far an output is from what it should be, on rows spread over it.

/// Rows of an output that are compared with f64.
const CHECKED: usize = 32;

/// The rows that are compared, of `n`: the first, the last, and those evenly between; each once.
pub fn spread_rows(n: usize) -> impl Iterator<Item = usize> {
    let checked = CHECKED.min(n);
    (0..checked).map(move |idx| idx * (n - 1) / (checked - 1).max(1))
}

/// max |output - exact| over the compared rows of `n`, each of `dv` numbers; NaN where something is missing.
pub fn apart_from(n: usize, dv: usize, output: &[f32], exact: &dyn Fn(usize) -> Vec<f64>) -> f64 {
    let mut most: f64 = 0.0;
    for row in spread_rows(n) {
        let ours = output.get(row * dv..(row + 1) * dv).unwrap_or_default();
        for (a, b) in exact(row).iter().zip(ours.iter().chain(std::iter::repeat(&f32::NAN))) {
            let apart = (a - f64::from(*b)).abs();
            // f64::max would drop a NaN.
            most = if apart.is_nan() || most.is_nan() { f64::NAN } else { most.max(apart) };
        }
    }
    most
}

/// The mean over `rows` of |output - exact| / |exact|, both as vectors of `dv` numbers.
pub fn mean_distance(rows: &mut dyn Iterator<Item = usize>, dv: usize, output: &[f32], exact: &dyn Fn(usize) -> Vec<f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0);
    for row in rows {
        let ours = output.get(row * dv..(row + 1) * dv).unwrap_or_default();
        let (mut apart, mut length) = (0.0, 0.0);
        for (a, b) in exact(row).iter().zip(ours.iter().chain(std::iter::repeat(&f32::NAN))) {
            apart += (a - f64::from(*b)).powi(2);
            length += a * a;
        }
        sum += (apart / length).sqrt();
        n += 1;
    }
    sum / f64::from(n)
}
