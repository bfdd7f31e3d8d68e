//! The kernel's CPU twin: the tiled variant pass by pass in f32.

use super::super::linear_attention::twin::{Sizes, State, accumulate, finish, phi, read_state};
use super::CHUNK;

const TILE: usize = super::super::linear_attention::TILE as usize;

/// All passes in order. The arguments are those of [`crate::kernels::Kernel::cpu`], already checked.
pub fn run(uniform: &[u32], inputs: &[&[f32]]) -> Vec<Vec<f32>> {
    let (&[n, d, dv, map, normalise, eps], &[q, k, v]) = (uniform, inputs) else {
        return Vec::new();
    };
    let sizes = Sizes { d: d as usize, dv: dv as usize, normalise: normalise == 1, eps: f32::from_bits(eps) };
    let (q, k) = (phi(q, map), phi(k, map));
    let (n, length) = (n as usize, CHUNK as usize);
    let mut before = State { s: vec![0.0; sizes.d * sizes.dv], z: vec![0.0; sizes.d] };
    let mut o = vec![f32::NAN; n * sizes.dv];
    for first in (0..n).step_by(length) {
        for i in first..(first + length).min(n) {
            let row = &q[i * sizes.d..][..sizes.d];
            let o = &mut o[i * sizes.dv..][..sizes.dv];
            let mut l = [0.0; 8];
            o.fill(0.0);
            if first > 0 {
                read_state(&sizes, row, &before, &mut l, o);
            }
            for j0 in (first..=i).step_by(TILE) {
                read_keys(&sizes, row, &k, v, j0..i + 1, &mut l, o);
            }
            finish(&sizes, l, o);
        }
        before.add(&accumulate(&sizes, &k, v, first, (first + length).min(n)));
    }
    vec![o]
}

/// Adds a tile of keys, as far as the query sees it. Key x + 8 r of the tile belongs to x.
fn read_keys(sizes: &Sizes, q: &[f32], k: &[f32], v: &[f32], seen: std::ops::Range<usize>, l: &mut [f32; 8], o: &mut [f32]) {
    let j = |x: usize, r: usize| Some(seen.start + x + 8 * r).filter(|j| seen.contains(j));
    for (x, l) in l.iter_mut().enumerate() {
        let keys: [Option<usize>; 4] = std::array::from_fn(|r| j(x, r));
        let weights = keys.map(|j| j.map_or(0.0, |j| score(q, &k[j * sizes.d..][..sizes.d])));
        *l += (weights[0] + weights[1]) + (weights[2] + weights[3]);
        for (c, o) in o.iter_mut().enumerate() {
            let product = |r: usize| keys[r].map_or(0.0, |j| weights[r] * v[j * sizes.dv + c]);
            *o += ((product(0) + product(1)) + product(2)) + product(3);
        }
    }
}

/// phi(q) phi(k), quad by quad.
fn score(q: &[f32], k: &[f32]) -> f32 {
    let mut sum = 0.0;
    for (q, k) in q.chunks(4).zip(k.chunks(4)) {
        let product = |a: usize| if a < q.len() { q[a] * k[a] } else { 0.0 };
        sum += ((product(0) + product(1)) + product(2)) + product(3);
    }
    sum
}
