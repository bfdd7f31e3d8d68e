//! Plain f64 attention and its gradients, by the defining formulas: what every explained version is judged by.

use super::Attention;
use ndarray::Array2;

/// Attention with everything it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// `[nq, dv]`; a row that sees no key is zero.
    pub out: Array2<f64>,
    /// Log-sum-exp of each masked row of scores, natural logarithm; `None` where no key is seen.
    pub lse: Vec<Option<f64>>,
    /// Softmax weights `[nq, nk]`; zero where masked.
    pub probs: Array2<f64>,
    /// Whether each query sees any key.
    pub row_live: Vec<bool>,
}

/// softmax(scale Q K^T) V, row by row: find the maximum, add up, divide.
pub fn attention(x: &Attention<f64>) -> Reference {
    let (n_queries, n_keys, d, dv) = (x.q.nrows(), x.k.nrows(), x.q.ncols(), x.v.ncols());
    let mut out = Array2::zeros((n_queries, dv));
    let mut probs = Array2::zeros((n_queries, n_keys));
    let mut lse = Vec::with_capacity(n_queries);
    for query in 0..n_queries {
        let mut scores: Vec<(usize, f64)> = Vec::new();
        for key in (0..n_keys).filter(|&key| x.mask.allows(query, key)) {
            let mut product = 0.0;
            for c in 0..d {
                product += x.q[[query, c]] * x.k[[key, c]];
            }
            scores.push((key, x.scale * product));
        }
        let Some(highest) = scores.iter().map(|&(_, s)| s).reduce(f64::max) else {
            lse.push(None);
            continue;
        };
        let total: f64 = scores.iter().map(|&(_, s)| (s - highest).exp()).sum();
        lse.push(Some(highest + total.ln()));
        for &(key, s) in &scores {
            let weight = (s - highest).exp() / total;
            probs[[query, key]] = weight;
            for c in 0..dv {
                out[[query, c]] += weight * x.v[[key, c]];
            }
        }
    }
    let row_live = lse.iter().map(Option::is_some).collect();
    Reference { out, lse, probs, row_live }
}

/// Gradients of a loss through attention, with the steps between.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// rowsum(dO o O), one per query.
    pub delta: Vec<f64>,
    /// dO V^T `[nq, nk]`, masked entries included.
    pub dp: Array2<f64>,
    /// P o (dP - D) `[nq, nk]`.
    pub ds: Array2<f64>,
    /// `[nq, d]`.
    pub dq: Array2<f64>,
    /// `[nk, d]`.
    pub dk: Array2<f64>,
    /// `[nk, dv]`.
    pub dv: Array2<f64>,
}

/// Gradients by the direct formulas from the stored P, given the gradient `grad_out` `[nq, dv]` of the output.
pub fn gradients(x: &Attention<f64>, forward: &Reference, grad_out: &Array2<f64>) -> Gradients {
    let (n_queries, n_keys, d, dv) = (x.q.nrows(), x.k.nrows(), x.q.ncols(), x.v.ncols());
    let mut g = Gradients {
        delta: vec![0.0; n_queries],
        dp: Array2::zeros((n_queries, n_keys)),
        ds: Array2::zeros((n_queries, n_keys)),
        dq: Array2::zeros((n_queries, d)),
        dk: Array2::zeros((n_keys, d)),
        dv: Array2::zeros((n_keys, dv)),
    };
    for query in 0..n_queries {
        for c in 0..dv {
            g.delta[query] += grad_out[[query, c]] * forward.out[[query, c]];
        }
        for key in 0..n_keys {
            let weight = forward.probs[[query, key]];
            for c in 0..dv {
                g.dp[[query, key]] += grad_out[[query, c]] * x.v[[key, c]];
                g.dv[[key, c]] += weight * grad_out[[query, c]];
            }
            let ds = weight * (g.dp[[query, key]] - g.delta[query]);
            g.ds[[query, key]] = ds;
            for c in 0..d {
                g.dq[[query, c]] += x.scale * ds * x.k[[key, c]];
                g.dk[[key, c]] += x.scale * ds * x.q[[query, c]];
            }
        }
    }
    g
}
