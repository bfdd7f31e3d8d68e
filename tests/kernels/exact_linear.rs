//! What linear attention is held against: its quadratic form in f64, which has no state and shares no code with any kernel.

use unrolled::kernels::Case;

fn feature(map: u32, x: f32) -> f64 {
    let x = f64::from(x);
    match map {
        0 => x,
        1 => x.max(0.0),
        2 if x > 0.0 => x + 1.0,
        2 | 3 => x.exp(),
        4 => 1.0 + x,
        5 => x * x,
        map => panic!("map {map}"),
    }
}

/// Rows of a flat matrix, its numbers as features.
fn rows(x: &[f32], width: u32, map: u32) -> Vec<Vec<f64>> {
    x.chunks(width as usize).map(|row| row.iter().map(|&x| feature(map, x)).collect()).collect()
}

/// Every weight of every row, their sum, and the weighted sum of values: o in f64, of either kernel.
pub fn linear_attention_f64(case: &Case) -> Vec<Vec<f64>> {
    let causal = case.uniform.len() == 6;
    let Some(&[d, dv, map, normalise, eps]) = case.uniform.last_chunk::<5>() else { panic!("{:?}", case.uniform) };
    let (q, k, v) = (rows(&case.inputs[0], d, map), rows(&case.inputs[1], d, map), rows(&case.inputs[2], dv, 0));
    let mut o = Vec::with_capacity(q.len() * dv as usize);
    for (i, q) in q.iter().enumerate() {
        let seen = if causal { i + 1 } else { k.len() };
        let weights: Vec<f64> = k[..seen].iter().map(|k| q.iter().zip(k).map(|(q, k)| q * k).sum()).collect();
        let denominator = if normalise == 1 { weights.iter().sum::<f64>() + f64::from(f32::from_bits(eps)) } else { 1.0 };
        for c in 0..dv as usize {
            o.push(weights.iter().zip(&v).map(|(weight, v)| weight * v[c]).sum::<f64>() / denominator);
        }
    }
    vec![o]
}

/// Positive random features by their definition in f64: every exponent, the maximum asked for, then e to what is left.
pub fn performer_features_f64(case: &Case) -> Vec<Vec<f64>> {
    let &[n, d, m, stabiliser, scale, eps] = case.uniform.as_slice() else { panic!("{:?}", case.uniform) };
    let [scale, eps] = [scale, eps].map(|word| f64::from(f32::from_bits(word)));
    let (x, w) = (rows(&case.inputs[0], d, 0), rows(&case.inputs[1], d, 0));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let projected: Vec<Vec<f64>> = x.iter().map(|x| w.iter().map(|w| scale * dot(w, x)).collect()).collect();
    let largest = |rows: &[Vec<f64>]| rows.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut phi = Vec::with_capacity((n * m) as usize);
    for (i, row) in projected.iter().enumerate() {
        let stabiliser = [0.0, largest(&projected[i..=i]), largest(&projected)][stabiliser as usize];
        let half = scale * scale * dot(&x[i], &x[i]) / 2.0;
        phi.extend(row.iter().map(|wx| ((wx - half - stabiliser).exp() + eps) / f64::from(m).sqrt()));
    }
    vec![phi]
}
