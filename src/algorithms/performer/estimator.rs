//! One entry of the exponential kernel estimated, sample by sample, and how far off that is on average.

use super::features::cos;
use super::{Features, Weight};
use crate::algorithms::{Real, Scalar};
use ndarray::{Array1, Array2, ArrayView1};

/// One direction looked along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<'a, F> {
    /// Which, from 0.
    pub index: usize,
    /// The direction `[d]`.
    pub w: ArrayView1<'a, F>,
    /// What it says of e^(x.y).
    pub value: F,
    /// The mean of all so far.
    pub mean: F,
}

/// e^(x.y) as the mean of one sample per direction (arXiv:2009.14794, Lemma 1 and Eq. 6). x and y `[d]` are already
/// scaled; directions `w` `[m, d]`. The mean of no samples is NaN.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn estimate<F: Real>(x: &Array1<F>, y: &Array1<F>, w: &Array2<F>, features: Features, key_weight: Weight, see: &mut (impl FnMut(Sample<'_, F>) + ?Sized)) -> F {
    let (mut sum, mut mean) = (F::zero(), F::from_f64(f64::NAN));
    let lengths = half_lengths(x, y, key_weight);
    // listing: random_feature_estimate
    for (index, w) in w.rows().into_iter().enumerate() {
        let (a, b) = (w.dot(x), w.dot(y)); // @project
        let value = match features {
            Features::Positive => (a + b - lengths).exp(), // @positive
            Features::Trigonometric => cos(a - b) * lengths.exp(), // @trigonometric
        };
        sum = sum + value; // @sum
        mean = sum / F::from_f64((index + 1) as f64); // @mean
        see(Sample { index, w, value, mean }); // @hide
    }
    // end listing
    mean
}

/// (|x|^2 + |y|^2) / 2, or |x|^2 / 2 where the key's weight is left out.
fn half_lengths<F: Real>(x: &Array1<F>, y: &Array1<F>, key_weight: Weight) -> F {
    let of_key = if key_weight == Weight::On { y.dot(y) } else { F::zero() };
    (x.dot(x) + of_key) * F::from_f64(0.5)
}

/// Mean squared error of the estimate of e^(x.y) from `m` independent directions (arXiv:2009.14794, Lemma 2).
///
/// Positive: e^(|x+y|^2) SM^2 (1 - e^(-|x+y|^2)) / m. Trigonometric: e^(|x+y|^2) SM^-2 (1 - e^(-|x-y|^2))^2 / (2m).
pub fn mean_squared_error(x: &[f64], y: &[f64], m: usize, features: Features) -> f64 {
    let square = |sign: f64| -> f64 { x.iter().zip(y).map(|(x, y)| (x + sign * y).powi(2)).sum() };
    let (sum, difference) = (square(1.0), square(-1.0));
    let kernel = x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>().exp();
    match features {
        Features::Positive => sum.exp() * kernel.powi(2) * -(-sum).exp_m1() / m as f64,
        Features::Trigonometric => sum.exp() / kernel.powi(2) * (-difference).exp_m1().powi(2) / (2 * m) as f64,
    }
}

/// The mean of the estimate over all directions (Lemma 1): e^(x.y). Without the key's weight it is another function:
/// e^(x.y + |y|^2/2) with positive features, e^(x.y - |y|^2/2) with trigonometric ones.
pub fn expectation(x: &Array1<f64>, y: &Array1<f64>, features: Features, key_weight: Weight) -> f64 {
    let missing = match (key_weight, features) {
        (Weight::On, _) => 0.0,
        (Weight::Off, Features::Positive) => y.dot(y) / 2.0,
        (Weight::Off, Features::Trigonometric) => -y.dot(y) / 2.0,
    };
    (x.dot(y) + missing).exp()
}

/// The exact kernel e^(x.y).
pub fn kernel<F: Real>(x: &Array1<F>, y: &Array1<F>) -> F {
    Scalar::exp(x.dot(y))
}
