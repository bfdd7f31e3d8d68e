//! What both CPU paths of linear attention are made of: feature maps on eight numbers, and a state with eight features per vector.

use super::super::lanes::F8;
use super::super::panel::{KEYS, weigh};
use super::FeatureMap;

/// Features of a vector.
const LANES: usize = 8;

/// The feature map of that word of the uniform on eight numbers.
#[inline(always)]
fn phi(x: F8, map: u32) -> F8 {
    const RELU: u32 = FeatureMap::Relu as u32;
    const ELU1: u32 = FeatureMap::Elu1 as u32;
    const EXP: u32 = FeatureMap::Exp as u32;
    const TAYLOR1: u32 = FeatureMap::Taylor1 as u32;
    const SQUARE: u32 = FeatureMap::Square as u32;
    match map {
        RELU => x.max(F8::ZERO),
        ELU1 => power(x.where_less(x, F8::ZERO, F8::ZERO)).where_less(x, F8::ZERO, x + F8::splat(1.0)),
        EXP => power(x),
        TAYLOR1 => F8::splat(1.0) + x,
        SQUARE => x * x,
        _ => x,
    }
}

/// e to any powers: of the square root, which is a normal number as far down as the result is.
#[inline(always)]
pub fn power(x: F8) -> F8 {
    let root = (x * F8::splat(0.5)).exp();
    (root * root).where_less(x, F8::splat(88.7), F8::splat(f32::INFINITY))
}

/// The feature map on vectors, in place.
#[inline(never)]
pub fn features(x: &mut [F8], map: u32) {
    for x in x {
        *x = phi(*x, map);
    }
}

/// S `[d, dv]` and z `[d]` of the keys taken so far.
pub struct State {
    d: usize,
    dv: usize,
    map: u32,
    /// The features of a tile of keys: group after group of eight, in it key after key.
    tile: Vec<F8>,
    /// Group after group, in it column after column.
    s: Vec<F8>,
    /// A vector for each group.
    z: Vec<F8>,
    /// S row after row: what queries are read against.
    pub rows: Vec<f32>,
}

impl State {
    /// Of no keys.
    pub fn new(d: usize, dv: usize, map: u32) -> State {
        let groups = d.div_ceil(LANES);
        State {
            d,
            dv,
            map,
            tile: vec![F8::ZERO; groups * KEYS],
            s: vec![F8::ZERO; groups * dv],
            z: vec![F8::ZERO; groups],
            rows: vec![0.0; d * dv],
        }
    }

    /// The features of the `n_keys` keys at the beginning of `k` `[keys, d]`, at most a tile of them.
    pub fn load(&mut self, k: &[f32], n_keys: usize) {
        for (group, tile) in self.tile.chunks_exact_mut(KEYS).enumerate() {
            let (first, end) = (group * LANES, self.d.min((group + 1) * LANES));
            let tile = &mut tile[..n_keys];
            for (key, x) in tile.iter_mut().enumerate() {
                let mut numbers = [0.0; LANES];
                for (number, &k) in numbers.iter_mut().zip(&k[key * self.d + first..key * self.d + end]) {
                    *number = k;
                }
                *x = F8::new(numbers);
            }
            features(tile, self.map);
        }
    }

    /// The loaded features, row after row into `rows` `[keys, d]`.
    pub fn unpack(&self, rows: &mut [f32]) {
        for (key, row) in rows.chunks_exact_mut(self.d).enumerate() {
            for (group, features) in row.chunks_mut(LANES).enumerate() {
                for (feature, x) in features.iter_mut().zip(self.tile[group * KEYS + key].to_array()) {
                    *feature = x;
                }
            }
        }
    }

    /// Adds the loaded keys with their values, which begin `v` `[keys, dv]`. [`State::rows`] stay as they are.
    pub fn add(&mut self, v: &[f32], n_keys: usize) {
        for (group, z) in self.z.iter_mut().enumerate() {
            let p = &self.tile[group * KEYS..][..n_keys];
            weigh(p, v, F8::splat(1.0), &mut self.s[group * self.dv..][..self.dv]);
            let mut sum = F8::ZERO;
            for &p in p {
                sum = sum + p;
            }
            *z = *z + sum;
        }
    }

    /// Writes S into [`State::rows`].
    pub fn write_rows(&mut self) {
        for (at, row) in self.rows.chunks_exact_mut(self.dv).enumerate() {
            let group = &self.s[at / LANES * self.dv..];
            for (s, lanes) in row.iter_mut().zip(group) {
                *s = lanes.to_array()[at % LANES];
            }
        }
    }

    /// phi(q) z for eight queries, of which `q` holds the features by columns `[d]`.
    pub fn denominators(&self, q: &[F8]) -> F8 {
        let mut sum = F8::ZERO;
        for (q, z) in q.chunks(LANES).zip(&self.z) {
            let mut part = F8::ZERO;
            for (&q, z) in q.iter().zip(z.to_array()) {
                part = part + q * F8::splat(z);
            }
            sum = sum + part;
        }
        sum
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> u64 {
        ((self.tile.len() + self.s.len() + self.z.len()) * size_of::<F8>() + self.rows.len() * size_of::<f32>()) as u64
    }
}
