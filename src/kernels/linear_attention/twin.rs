//! The kernel's CPU twin: the tiled variant pass by pass in f32; its passes over keys and queries are the causal twin's too.

use super::{FeatureMap, chunk_length};

const RELU: u32 = FeatureMap::Relu as u32;
const ELU1: u32 = FeatureMap::Elu1 as u32;
const EXP: u32 = FeatureMap::Exp as u32;
const TAYLOR1: u32 = FeatureMap::Taylor1 as u32;
const SQUARE: u32 = FeatureMap::Square as u32;

/// Both kernels' words but for the numbers of rows.
pub struct Sizes {
    /// Features of a query and of a key.
    pub d: usize,
    /// Columns of a value.
    pub dv: usize,
    /// Whether to divide.
    pub normalise: bool,
    /// Added to the denominator.
    pub eps: f32,
}

/// S `[d, dv]` and z `[d]`.
#[derive(Clone)]
pub struct State {
    /// The sum of phi(k) v^T.
    pub s: Vec<f32>,
    /// The sum of phi(k).
    pub z: Vec<f32>,
}

/// All passes in order. The arguments are those of [`crate::kernels::Kernel::cpu`], already checked.
pub fn run(uniform: &[u32], inputs: &[&[f32]]) -> Vec<Vec<f32>> {
    let (&[nq, nk, d, dv, map, normalise, eps], &[q, k, v]) = (uniform, inputs) else {
        return Vec::new();
    };
    let sizes = Sizes { d: d as usize, dv: dv as usize, normalise: normalise == 1, eps: f32::from_bits(eps) };
    let (q, k) = (phi(q, map), phi(k, map));
    let (nq, nk, length) = (nq as usize, nk as usize, chunk_length(nk) as usize);
    let mut sum: Option<State> = None;
    for first in (0..nk).step_by(length) {
        let state = accumulate(&sizes, &k, v, first, (first + length).min(nk));
        match &mut sum {
            None => sum = Some(state),
            Some(sum) => sum.add(&state),
        }
    }
    let Some(state) = sum else { return Vec::new() };
    let mut o = vec![f32::NAN; nq * sizes.dv];
    for (i, o) in o.chunks_exact_mut(sizes.dv).enumerate() {
        let mut l = [0.0; 8];
        o.fill(0.0);
        read_state(&sizes, &q[i * sizes.d..][..sizes.d], &state, &mut l, o);
        finish(&sizes, l, o);
    }
    vec![o]
}

/// The feature map on every entry.
pub fn phi(x: &[f32], map: u32) -> Vec<f32> {
    let feature = |&x: &f32| match map {
        RELU => x.max(0.0),
        ELU1 if x > 0.0 => x + 1.0,
        ELU1 | EXP => x.exp(),
        TAYLOR1 => 1.0 + x,
        SQUARE => x * x,
        _ => x,
    };
    x.iter().map(feature).collect()
}

/// The state of the keys `first..end`, of which k holds the features.
pub fn accumulate(sizes: &Sizes, k: &[f32], v: &[f32], first: usize, end: usize) -> State {
    let (d, dv) = (sizes.d, sizes.dv);
    let mut state = State { s: vec![0.0; d * dv], z: vec![0.0; d] };
    let mut eighths = vec![[0.0; 8]; d];
    for j0 in (first..end).step_by(4) {
        for (a, row) in state.s.chunks_exact_mut(dv).enumerate() {
            for (c, s) in row.iter_mut().enumerate() {
                let product = |j: usize| if j < end { k[j * d + a] * v[j * dv + c] } else { 0.0 };
                *s += ((product(j0) + product(j0 + 1)) + product(j0 + 2)) + product(j0 + 3);
            }
        }
        for j in j0..(j0 + 4).min(end) {
            for (a, eighths) in eighths.iter_mut().enumerate() {
                eighths[(j - first) % 8] += k[j * d + a];
            }
        }
    }
    for (z, eighths) in state.z.iter_mut().zip(eighths) {
        *z = eighths.iter().fold(0.0, |sum, z| sum + z);
    }
    state
}

impl State {
    /// Adds another one, entry by entry.
    pub fn add(&mut self, other: &State) {
        let pairs = self.s.iter_mut().zip(&other.s).chain(self.z.iter_mut().zip(&other.z));
        pairs.for_each(|(sum, value)| *sum += value);
    }
}

/// Adds phi(q) S to a row of the output, and phi(q) z to the shares of its denominator: quad c belongs to c modulo 8.
pub fn read_state(sizes: &Sizes, q: &[f32], state: &State, l: &mut [f32; 8], o: &mut [f32]) {
    for c in 0..sizes.d.div_ceil(4) {
        let product = |a: usize, z: &[f32]| if 4 * c + a < sizes.d { q[4 * c + a] * z[4 * c + a] } else { 0.0 };
        l[c % 8] += ((product(0, &state.z) + product(1, &state.z)) + product(2, &state.z)) + product(3, &state.z);
        for (x, o) in o.iter_mut().enumerate() {
            let product = |a: usize| if 4 * c + a < sizes.d { q[4 * c + a] * state.s[(4 * c + a) * sizes.dv + x] } else { 0.0 };
            *o += ((product(0) + product(1)) + product(2)) + product(3);
        }
    }
}

/// Divides by the denominator, unless it is not wanted.
pub fn finish(sizes: &Sizes, l: [f32; 8], o: &mut [f32]) {
    let sum = l.iter().fold(0.0, |sum, l| sum + l);
    let denominator = if sizes.normalise { sum + sizes.eps } else { 1.0 };
    o.iter_mut().for_each(|o| *o /= denominator);
}
