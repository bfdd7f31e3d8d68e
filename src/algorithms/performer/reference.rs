//! The estimated kernel by its definition in f64, direction by direction: what the features are judged by.

use super::features::Rules;
use super::{Features, Scale, Weight};
use ndarray::{Array2, ArrayView1};

/// The mean over directions of what each says of e^(q.k) `[nq, nk]`, queries and keys scaled by the rules. There is no
/// stabiliser: it cancels in a row of attention, but for its eps.
pub fn kernel(q: &Array2<f64>, k: &Array2<f64>, w: &Array2<f64>, rules: Rules) -> Array2<f64> {
    let power = match rules.scale {
        Scale::Quarter => -0.25,
        Scale::Half => -0.5,
        Scale::Whole => 0.0,
    };
    let scale = (q.ncols() as f64).powf(power);
    Array2::from_shape_fn((q.nrows(), k.nrows()), |(query, key)| {
        let (x, y) = (q.row(query), k.row(key));
        let half = |x: ArrayView1<'_, f64>, weight: Weight| match weight {
            Weight::On => x.iter().map(|x| (scale * x).powi(2)).sum::<f64>() / 2.0,
            Weight::Off => 0.0,
        };
        let lengths = half(x, rules.query_weight) + half(y, rules.key_weight);
        let along = |w: ArrayView1<'_, f64>, x: ArrayView1<'_, f64>| w.iter().zip(x).map(|(w, x)| w * scale * x).sum::<f64>();
        let samples = w.rows().into_iter().map(|w| match rules.features {
            Features::Positive => (along(w, x) + along(w, y) - lengths).exp(),
            Features::Trigonometric => (along(w, x) - along(w, y)).cos() * lengths.exp(),
        });
        samples.sum::<f64>() / w.nrows() as f64
    })
}
