//! Random features of a whole head: queries and keys become vectors whose products estimate the exponential kernel.

use super::{Features, Scale, Weight};
use crate::algorithms::linear_attention::{Guard, Mapped};
use crate::algorithms::{Real, Scalar};
use ndarray::{Array1, Array2, Axis, s};

/// How features are kept from overflowing. It cancels in a row of attention, but for its eps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stabiliser {
    /// Not at all: the textbook form (Choromanski et al., arXiv:2009.14794, Lemma 1).
    Off,
    /// The largest w.x is taken off before exp — of each query its own, of all keys one — and eps is added after.
    Max {
        /// 1e-4 in performer-pytorch, 1e-6 in the authors' TensorFlow code.
        eps: f64,
    },
}

/// How a head is turned into features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Which features.
    pub features: Features,
    /// What multiplies queries and keys.
    pub scale: Scale,
    /// The factor of the queries' length.
    pub query_weight: Weight,
    /// The factor of the keys' length.
    pub key_weight: Weight,
    /// Of positive features only.
    pub stabiliser: Stabiliser,
}

impl Rules {
    /// The textbook form with positive features.
    pub const TEXTBOOK: Rules = Rules {
        features: Features::Positive,
        scale: Scale::Quarter,
        query_weight: Weight::On,
        key_weight: Weight::On,
        stabiliser: Stabiliser::Off,
    };

    /// performer-pytorch: `softmax_kernel`.
    pub const PERFORMER_PYTORCH: Rules = Rules { stabiliser: Stabiliser::Max { eps: 1e-4 }, ..Rules::TEXTBOOK };

    /// google-research, `performer/fast_attention/tensorflow`: `softmax_kernel_transformation`.
    pub const GOOGLE: Rules = Rules { stabiliser: Stabiliser::Max { eps: 1e-6 }, ..Rules::TEXTBOOK };
}

/// A head through random features, ready for every form of linear attention: keys and queries `[n, d]`, values
/// `[n, dv]`, directions `w` `[m, d]`. Nothing guards the denominators yet.
pub fn map<F: Real>(q: &Array2<F>, k: &Array2<F>, v: &Array2<F>, w: &Array2<F>, rules: Rules) -> Mapped<F> {
    let features = |x: &Array2<F>, role: Role| match rules.features {
        Features::Positive => positive(x, w, role, rules),
        Features::Trigonometric => trigonometric(x, w, role, rules),
    };
    Mapped { q: features(q, Role::Query), k: features(k, Role::Key), v: v.clone(), guard: Guard::none() }
}

/// Whose features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Each row for itself.
    Query,
    /// All rows share one stabiliser, as they meet in one sum.
    Key,
}

/// exp(W x - |x|^2/2) / sqrt(m) `[n, m]` (arXiv:2009.14794, Eq. 7, with h(x) = exp(-|x|^2/2)).
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn positive<F: Real>(x: &Array2<F>, w: &Array2<F>, role: Role, rules: Rules) -> Array2<F> {
    let eps: F = eps(rules.stabiliser);
    let (scale, ratio, weight): (F, F, Weight) = (factor(rules.scale, x), ratio(w), weight(role, rules));
    // listing: positive_features
    let x = x * scale; // @scale
    let along = x.dot(&w.t()); // @project
    let lengths = half_squares(&x, weight); // @length
    let highest = highest(&along, role, rules.stabiliser); // @stabilise
    let phi = exp(along, &lengths, &highest) + eps; // @exp
    phi * ratio // @ratio
    // end listing
}

/// exp(|x|^2/2) [cos(W x), sin(W x)] / sqrt(m) `[n, 2 m]` (arXiv:2009.14794, Eq. 6).
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn trigonometric<F: Real>(x: &Array2<F>, w: &Array2<F>, role: Role, rules: Rules) -> Array2<F> {
    let (scale, ratio, weight): (F, F, Weight) = (factor(rules.scale, x), ratio(w), weight(role, rules));
    // listing: trigonometric_features
    let x = x * scale; // @scale
    let along = x.dot(&w.t()); // @project
    let lengths = half_squares(&x, weight); // @length
    let phi = side_by_side(along.mapv(cos), along.mapv(sin)); // @waves
    phi * column(&lengths.mapv(F::exp)) * ratio // @ratio
    // end listing
}

fn factor<F: Real>(scale: Scale, x: &Array2<F>) -> F {
    F::from_f64(scale.factor(x.ncols()))
}

fn ratio<F: Real>(w: &Array2<F>) -> F {
    F::from_f64(1.0 / (w.nrows() as f64).sqrt())
}

fn weight(role: Role, rules: Rules) -> Weight {
    match role {
        Role::Query => rules.query_weight,
        Role::Key => rules.key_weight,
    }
}

fn eps<F: Real>(stabiliser: Stabiliser) -> F {
    match stabiliser {
        Stabiliser::Off => F::zero(),
        Stabiliser::Max { eps } => F::from_f64(eps),
    }
}

/// |x|^2/2 of each row `[n]`, or 0 where the weight is left out.
fn half_squares<F: Real>(x: &Array2<F>, weight: Weight) -> Array1<F> {
    match weight {
        Weight::On => x.map_axis(Axis(1), |row| row.dot(&row) * F::from_f64(0.5)),
        Weight::Off => Array1::zeros(x.nrows()),
    }
}

/// What is taken off before exp `[n]`.
fn highest<F: Real>(along: &Array2<F>, role: Role, stabiliser: Stabiliser) -> Array1<F> {
    if stabiliser == Stabiliser::Off {
        return Array1::zeros(along.nrows());
    }
    let of_rows = along.map_axis(Axis(1), |row| row.iter().copied().fold(F::neg_infinity(), Scalar::max));
    match role {
        Role::Query => of_rows,
        Role::Key => Array1::from_elem(along.nrows(), of_rows.iter().copied().fold(F::neg_infinity(), Scalar::max)),
    }
}

/// exp(w.x - |x|^2/2 - highest).
fn exp<F: Real>(mut along: Array2<F>, lengths: &Array1<F>, highest: &Array1<F>) -> Array2<F> {
    for ((mut row, &length), &highest) in along.rows_mut().into_iter().zip(lengths).zip(highest) {
        row.mapv_inplace(|x| (x - length - highest).exp());
    }
    along
}

fn column<F: Real>(a: &Array1<F>) -> ndarray::ArrayView2<'_, F> {
    a.view().insert_axis(Axis(1))
}

fn side_by_side<F: Real>(a: Array2<F>, b: Array2<F>) -> Array2<F> {
    let (n, m) = a.dim();
    let mut both = Array2::zeros((n, m + b.ncols()));
    both.slice_mut(s![.., ..m]).assign(&a);
    both.slice_mut(s![.., m..]).assign(&b);
    both
}

/// Cosine, rounded to the format.
pub(super) fn cos<F: Scalar>(x: F) -> F {
    F::from_f64(x.to_f64().cos())
}

/// Sine, rounded to the format.
fn sin<F: Scalar>(x: F) -> F {
    F::from_f64(x.to_f64().sin())
}
