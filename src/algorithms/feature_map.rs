//! Feature maps: what a query and a key become, so that their similarity is a plain product.

use super::{Real, Scalar};
use ndarray::{Array1, Array2, Axis, Zip};

/// A feature map phi; the similarity of a query and a key is phi(q) . phi(k), with no 1/sqrt(d).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureMap {
    /// x: similarities of either sign, so that a denominator may cross zero.
    Identity,
    /// max(x, 0).
    Relu,
    /// elu(x) + 1: x + 1 above 0, e^x below (Katharopoulos et al., arXiv:2006.16236, Eq. 7).
    Elu1,
    /// e^x.
    Exp,
    /// 1 + x: the first two terms of e^x. Negative below -1.
    Taylor1,
    /// x^2.
    Square,
    /// Softmax over the features of a query, and over the positions of the keys (Shen et al., arXiv:1812.01243).
    /// The rows of the table sum to 1 by themselves; there is no causal form, as each key has seen all the others.
    Double,
    /// 1 + cos: the first two terms of e^(q.k) at queries and keys of length 1; never negative.
    /// A vector of zeros has no direction: its cosine is taken to be 0.
    Cosine,
}

impl FeatureMap {
    /// All of them, in the order told.
    pub const ALL: [FeatureMap; 8] = [
        FeatureMap::Identity,
        FeatureMap::Relu,
        FeatureMap::Elu1,
        FeatureMap::Exp,
        FeatureMap::Taylor1,
        FeatureMap::Square,
        FeatureMap::Double,
        FeatureMap::Cosine,
    ];

    /// Its short name, as it stands in addresses.
    pub fn name(self) -> &'static str {
        match self {
            FeatureMap::Identity => "identity",
            FeatureMap::Relu => "relu",
            FeatureMap::Elu1 => "elu1",
            FeatureMap::Exp => "exp",
            FeatureMap::Taylor1 => "taylor1",
            FeatureMap::Square => "square",
            FeatureMap::Double => "double",
            FeatureMap::Cosine => "cosine",
        }
    }

    /// Whether the features of a key depend on that key alone, so that the past can be kept apart from the future.
    pub fn is_causal(self) -> bool {
        self != FeatureMap::Double
    }

    /// Whether no similarity is ever negative, so that a denominator cannot cross zero.
    pub fn is_positive(self) -> bool {
        !matches!(self, FeatureMap::Identity | FeatureMap::Taylor1)
    }

    /// phi of queries `[n, d]`: `[n, d]`, with [`FeatureMap::Cosine`] `[n, d + 1]`.
    pub fn queries<F: Real>(self, q: &Array2<F>) -> Array2<F> {
        match self {
            FeatureMap::Double => softmax_along(q, Axis(1)),
            _ => self.alone(q),
        }
    }

    /// phi of keys `[n, d]`: `[n, d]`, with [`FeatureMap::Cosine`] `[n, d + 1]`.
    pub fn keys<F: Real>(self, k: &Array2<F>) -> Array2<F> {
        match self {
            FeatureMap::Double => softmax_along(k, Axis(0)),
            _ => self.alone(k),
        }
    }

    fn alone<F: Real>(self, x: &Array2<F>) -> Array2<F> {
        match self {
            FeatureMap::Cosine => one_and_direction(x),
            _ => x.mapv(|x| self.entry(x)),
        }
    }

    /// phi of one entry; the two maps that need a whole row or column leave it as it is.
    pub fn entry<F: Scalar>(self, x: F) -> F {
        let (zero, one) = (F::from_f64(0.0), F::from_f64(1.0));
        // listing: feature_maps
        match self {
            FeatureMap::Relu => x.max(zero),                                     // @relu
            FeatureMap::Elu1 => elu1(x),                                         // @elu1
            FeatureMap::Exp => x.exp(),                                          // @exp
            FeatureMap::Taylor1 => one + x,                                      // @taylor1
            FeatureMap::Square => x * x,                                         // @square
            FeatureMap::Identity | FeatureMap::Double | FeatureMap::Cosine => x, // @identity
        }
        // end listing
    }
}

/// elu(x) + 1 without cancellation: nothing is subtracted that has to be added again.
pub fn elu1<F: Scalar>(x: F) -> F {
    // listing: elu1
    if x > F::from_f64(0.0) { x + F::from_f64(1.0) } else { x.exp() } // @elu1
    // end listing
}

/// elu(x) + 1 as it is usually written: e^x - 1, then + 1.
///
/// e^x - 1 is near -1, where an f32 resolves 6e-8 and an f64 1.1e-16: of a smaller e^x nothing comes back.
/// In f32 it is exactly 0 from x = -17.33 down.
pub fn elu1_cancelling<F: Scalar>(x: F) -> F {
    let one = F::from_f64(1.0);
    // listing: elu1_cancelling
    let elu = if x > F::from_f64(0.0) { x } else { x.exp() - one }; // @elu
    elu + one // @elu1
    // end listing
}

/// Softmax of each row (`Axis(1)`) or of each column (`Axis(0)`).
fn softmax_along<F: Real>(x: &Array2<F>, axis: Axis) -> Array2<F> {
    let mut probs = x.clone();
    for mut lane in probs.lanes_mut(axis) {
        let highest = lane.iter().copied().fold(F::neg_infinity(), F::max);
        lane.mapv_inplace(|x| (x - highest).exp());
        let total = lane.sum();
        lane.mapv_inplace(|x| x / total);
    }
    probs
}

/// `[1, x / |x|]`: the product of two such rows is 1 + cos.
fn one_and_direction<F: Real>(x: &Array2<F>) -> Array2<F> {
    let (n, d) = x.dim();
    let mut features = Array2::ones((n, d + 1));
    for (row, mut features) in x.rows().into_iter().zip(features.rows_mut()) {
        let length = length(row.dot(&row));
        for (feature, &x) in features.iter_mut().skip(1).zip(row) {
            *feature = if length == F::zero() { F::zero() } else { x / length };
        }
    }
    features
}

fn length<F: Scalar>(square: F) -> F {
    F::from_f64(square.to_f64().sqrt())
}

/// Keys `[n, d]`, all brought to their common root mean square length; a key of zeros stays.
pub fn equal_lengths<F: Real>(k: &Array2<F>) -> Array2<F> {
    let lengths: Array1<F> = k.rows().into_iter().map(|row| length(row.dot(&row))).collect();
    let n = F::from_f64(k.nrows().max(1) as f64);
    let common = length(lengths.dot(&lengths) / n);
    let mut equal = k.clone();
    Zip::from(equal.rows_mut()).and(&lengths).for_each(|mut row, &own| {
        if own != F::zero() {
            row.mapv_inplace(|x| x * common / own);
        }
    });
    equal
}
