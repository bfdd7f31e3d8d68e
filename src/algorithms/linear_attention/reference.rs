//! Linear attention by its definition in f64, similarity by similarity: what every form is judged by.

use crate::algorithms::Mask;
use crate::algorithms::feature_map::FeatureMap;
use ndarray::{Array2, ArrayView1, ArrayView2};

/// A product of two matrices `[n, m]` and `[m, k]`, each entry as the sum that defines it. Invariant kept by the caller:
/// the shapes agree.
pub fn product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    for (i, j) in (0..a.nrows()).flat_map(|i| (0..b.ncols()).map(move |j| (i, j))) {
        for t in 0..a.ncols() {
            out[[i, j]] += a[[i, t]] * b[[t, j]];
        }
    }
    out
}

/// Linear attention with everything it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// `[nq, dv]`.
    pub out: Array2<f64>,
    /// Similarities `[nq, nk]`; 0 where masked.
    pub similarities: Array2<f64>,
    /// Their sum per row, without eps.
    pub denominators: Vec<f64>,
}

/// sum_j sim(q, k_j) v_j / (sum_j sim(q, k_j) + eps), over the keys that the mask allows.
///
/// A denominator of 0 gives infinities and NaN, as in the definition.
pub fn linear_attention(map: FeatureMap, q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>, mask: &Mask, eps: f64) -> Reference {
    if map == FeatureMap::Double {
        let (of_queries, of_keys) = (shares(q.t()), shares(k.view()));
        return weighted_mean(q.nrows(), v, mask, eps, &|query, key| of_queries.column(query).dot(&of_keys.row(key)));
    }
    weighted_mean(q.nrows(), v, mask, eps, &|query, key| similarity(map, q.row(query), k.row(key)))
}

/// The same for any similarity, given as a table `[nq, nk]`.
pub fn by_similarity(table: &Array2<f64>, v: &Array2<f64>, mask: &Mask, eps: f64) -> Reference {
    weighted_mean(table.nrows(), v, mask, eps, &|query, key| table[[query, key]])
}

fn weighted_mean(n_queries: usize, v: &Array2<f64>, mask: &Mask, eps: f64, similarity: &dyn Fn(usize, usize) -> f64) -> Reference {
    let (n_keys, dv) = v.dim();
    let mut similarities = Array2::zeros((n_queries, n_keys));
    let mut out = Array2::zeros((n_queries, dv));
    let mut denominators = Vec::with_capacity(n_queries);
    for query in 0..n_queries {
        let mut total = 0.0;
        for key in (0..n_keys).filter(|&key| mask.allows(query, key)) {
            let weight = similarity(query, key);
            similarities[[query, key]] = weight;
            total += weight;
            for c in 0..dv {
                out[[query, c]] += weight * v[[key, c]];
            }
        }
        for c in 0..dv {
            out[[query, c]] /= total + eps;
        }
        denominators.push(total);
    }
    Reference { out, similarities, denominators }
}

/// phi(q) . phi(k), without features where the definition can be multiplied out. Of [`FeatureMap::Double`] it gives q . k:
/// its similarities depend on all keys.
pub fn similarity(map: FeatureMap, q: ArrayView1<'_, f64>, k: ArrayView1<'_, f64>) -> f64 {
    let mut product = 0.0;
    let (mut q_square, mut k_square) = (0.0, 0.0);
    for (&q, &k) in q.iter().zip(k) {
        product += match map {
            FeatureMap::Identity | FeatureMap::Cosine | FeatureMap::Double => q * k,
            FeatureMap::Relu => {
                if q > 0.0 && k > 0.0 {
                    q * k
                } else {
                    0.0
                }
            }
            FeatureMap::Elu1 => (q.max(0.0) + q.min(0.0).exp()) * (k.max(0.0) + k.min(0.0).exp()),
            FeatureMap::Exp => (q + k).exp(),
            FeatureMap::Taylor1 => 1.0 + q + k + q * k,
            FeatureMap::Square => (q * k).powi(2),
        };
        q_square += q * q;
        k_square += k * k;
    }
    let lengths = f64::sqrt(q_square) * f64::sqrt(k_square);
    match map {
        FeatureMap::Cosine if lengths > 0.0 => 1.0 + product / lengths,
        FeatureMap::Cosine => 1.0,
        _ => product,
    }
}

/// The share that the exponential of each entry has in its column's: of each key among all keys, channel by channel,
/// and for queries turned on their side, of each channel among a query's channels.
fn shares(x: ArrayView2<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn(x.dim(), |(row, col)| {
        let all: f64 = x.column(col).iter().map(|other| (other - x[[row, col]]).exp()).sum();
        1.0 / all
    })
}
