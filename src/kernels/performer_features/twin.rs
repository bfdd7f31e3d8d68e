//! The kernel's CPU twin: pass by pass in f32, products quad by quad as in both variants.

use super::Stabiliser;

const ROW: u32 = Stabiliser::Row as u32;
const ALL: u32 = Stabiliser::All as u32;
const NOTHING: f32 = -1e38;

/// All passes in order. The arguments are those of [`crate::kernels::Kernel::cpu`], already checked.
pub fn run(uniform: &[u32], inputs: &[&[f32]]) -> Vec<Vec<f32>> {
    let (&[_, d, m, stabiliser, scale, eps], &[x, w]) = (uniform, inputs) else {
        return Vec::new();
    };
    let (d, m, eps) = (d as usize, m as usize, f32::from_bits(eps));
    let x: Vec<f32> = x.iter().map(|x| x * f32::from_bits(scale)).collect();

    // project
    let mut phi = Vec::with_capacity(x.len() / d * m);
    for x in x.chunks_exact(d) {
        phi.extend(w.chunks_exact(d).map(|w| product(w, x)));
    }

    // summarise
    let halves: Vec<f32> = x.chunks_exact(d).map(|x| 0.5 * product(x, x)).collect();
    let maxima: Vec<f32> = phi.chunks_exact(m).map(|row| row.iter().fold(NOTHING, |most, &x| most.max(x))).collect();

    // largest
    let largest = maxima.iter().fold(NOTHING, |most, &x| most.max(x));

    // exponentiate
    for ((row, half), maximum) in phi.chunks_exact_mut(m).zip(halves).zip(maxima) {
        let stabiliser = match stabiliser {
            ROW => maximum,
            ALL => largest,
            _ => 0.0,
        };
        for phi in row {
            *phi = ((*phi - half - stabiliser).exp() + eps) / (m as f32).sqrt();
        }
    }
    vec![phi]
}

/// A scalar product, quad by quad.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = 0.0;
    for (a, b) in a.chunks(4).zip(b.chunks(4)) {
        let product = |x: usize| if x < a.len() { a[x] * b[x] } else { 0.0 };
        sum += ((product(0) + product(1)) + product(2)) + product(3);
    }
    sum
}
