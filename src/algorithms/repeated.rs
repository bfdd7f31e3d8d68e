//! Attention of one query over keys that repeat, by its definition in f64: each distinct key is weighed as often as it occurs.

/// The weights of softmax attention, e^(s - max s) with s = scale q . k, for each of the distinct keys `[period, d]`
/// among the first `n_seen`.
pub fn softmax_weights(q: &[f32], keys: &[f32], n_seen: usize, scale: f64) -> Vec<f64> {
    let scores: Vec<f64> = keys
        .chunks_exact(q.len())
        .take(n_seen)
        .map(|k| scale * q.iter().zip(k).map(|(q, k)| f64::from(*q) * f64::from(*k)).sum::<f64>())
        .collect();
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.into_iter().map(|score| (score - highest).exp()).collect()
}

/// sum c_r w_r v_r / (sum c_r w_r + eps) over the distinct keys r with weights `w`, where c_r is how often key r occurs
/// among the first `n_seen`; values `[period, dv]`.
pub fn weighted_mean(weights: &[f64], values: &[f32], period: usize, n_seen: usize, eps: f64) -> Vec<f64> {
    let dv = values.len() / period.max(1);
    let (mut total, mut sum) = (eps, vec![0.0; dv]);
    for (key, weight) in weights.iter().enumerate().take(n_seen) {
        let weight = (n_seen - key).div_ceil(period) as f64 * weight;
        total += weight;
        sum.iter_mut().zip(&values[key * dv..]).for_each(|(sum, v)| *sum += weight * f64::from(*v));
    }
    sum.iter().map(|sum| sum / total).collect()
}

/// A row of softmax attention of query `q` over the first `n_seen` of keys and values that repeat.
pub fn softmax_row(q: &[f32], keys: &[f32], values: &[f32], period: usize, n_seen: usize, scale: f64) -> Vec<f64> {
    weighted_mean(&softmax_weights(q, keys, n_seen, scale), values, period, n_seen, 0.0)
}
