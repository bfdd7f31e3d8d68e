//! The kernel's CPU twin: `plain_attention.wgsl` pass by pass, in f32.

use crate::kernels::flash_attention::Mask;

const BOTTOM_RIGHT: u32 = Mask::BottomRight as u32;
const TOP_LEFT: u32 = Mask::TopLeft as u32;
const NOTHING: f32 = -1e38;

struct Sizes {
    nq: usize,
    nk: usize,
    d: usize,
    dv: usize,
    mask: u32,
    scale: f32,
}

/// All passes in order. The arguments are those of [`crate::kernels::Kernel::cpu`], already checked.
pub fn run(uniform: &[u32], inputs: &[&[f32]]) -> Vec<Vec<f32>> {
    let (&[nq, nk, d, dv, mask, scale], &[q, k, v]) = (uniform, inputs) else {
        return Vec::new();
    };
    let scale = f32::from_bits(scale);
    let sizes = Sizes { nq: nq as usize, nk: nk as usize, d: d as usize, dv: dv as usize, mask, scale };
    let mut s = logits(&sizes, q, k);
    softmax(&sizes, &mut s);
    vec![values(&sizes, &s, v)]
}

fn sees(i: usize, j: usize, sizes: &Sizes) -> bool {
    if sizes.mask == BOTTOM_RIGHT {
        return j + sizes.nq <= i + sizes.nk;
    }
    sizes.mask != TOP_LEFT || j <= i
}

fn logits(sizes: &Sizes, q: &[f32], k: &[f32]) -> Vec<f32> {
    let mut s = vec![f32::NAN; sizes.nq * sizes.nk];
    for i in 0..sizes.nq {
        for j in 0..sizes.nk {
            let mut sum = 0.0;
            for c in 0..sizes.d {
                sum += q[i * sizes.d + c] * k[j * sizes.d + c];
            }
            s[i * sizes.nk + j] = if sees(i, j, sizes) { sum * sizes.scale } else { NOTHING };
        }
    }
    s
}

fn softmax(sizes: &Sizes, s: &mut [f32]) {
    for row in s.chunks_exact_mut(sizes.nk) {
        let mut m = NOTHING;
        for logit in row.iter() {
            m = m.max(*logit);
        }
        let mut l = 0.0;
        for weight in row.iter_mut() {
            let p = (*weight - m).exp();
            *weight = p;
            l += p;
        }
        let normaliser = if m == NOTHING { 0.0 } else { 1.0 / l };
        for weight in row.iter_mut() {
            *weight *= normaliser;
        }
    }
}

fn values(sizes: &Sizes, s: &[f32], v: &[f32]) -> Vec<f32> {
    let mut o = vec![f32::NAN; sizes.nq * sizes.dv];
    for i in 0..sizes.nq {
        for c in 0..sizes.dv {
            let mut sum = 0.0;
            for j in 0..sizes.nk {
                sum += s[i * sizes.nk + j] * v[j * sizes.dv + c];
            }
            o[i * sizes.dv + c] = sum;
        }
    }
    o
}
