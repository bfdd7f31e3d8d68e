//! What attention is held against: its definition in f64, which shares no code with any kernel.

use unrolled::kernels::Case;

/// Exact attention in f64 by its definition: every logit, their maximum, every weight, then the sum: o, then the
/// log-sum-exp.
pub fn attention_f64(case: &Case) -> Vec<Vec<f64>> {
    let [nq, nk, d, dv, mask] = std::array::from_fn(|word| case.uniform[word] as usize);
    let scale = f64::from(f32::from_bits(case.uniform[5]));
    let [q, k, v] = std::array::from_fn(|input| case.inputs[input].iter().map(|&value| f64::from(value)).collect::<Vec<f64>>());
    let sees = |i: usize, j: usize| match mask {
        0 => true,
        1 => j as i64 <= i as i64 + nk as i64 - nq as i64,
        _ => j <= i,
    };
    let (mut o, mut lse) = (vec![0.0; nq * dv], vec![f64::NEG_INFINITY; nq]);
    for i in 0..nq {
        let keys: Vec<usize> = (0..nk).filter(|&j| sees(i, j)).collect();
        if keys.is_empty() {
            continue;
        }
        let dot = |j: usize| (0..d).map(|c| q[i * d + c] * k[j * d + c]).sum::<f64>() * scale;
        let logits: Vec<f64> = keys.iter().map(|&j| dot(j)).collect();
        let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logits.iter().map(|s| (s - largest).exp()).sum();
        lse[i] = largest + total.ln();
        for c in 0..dv {
            o[i * dv + c] = keys.iter().zip(&logits).map(|(&j, s)| (s - lse[i]).exp() * v[j * dv + c]).sum::<f64>();
        }
    }
    vec![o, lse]
}
