//! Positive random features on the CPU at full speed: eight directions per vector, four rows at a time.
//!
//! Not the kernel's twin (that is `twin.rs`): another program for the same numbers, without a stabiliser.

use std::sync::Arc;

use super::super::lanes::F8;
use super::super::linear_attention::state::power;
use super::super::sliced::SLICE;

/// Directions of a vector.
const LANES: usize = 8;

/// Rows that are projected together.
const ROWS: usize = 4;

/// The features of one matrix, made a few rows at a time.
pub struct Features {
    /// Rows of `d` numbers.
    d: usize,
    m: usize,
    scale: f32,
    /// Eight directions after eight, in them number after number; what fills up the last eight is 0.
    w: Arc<Vec<F8>>,
    /// Rows made so far `[rows, m]`.
    pub phi: Vec<f32>,
}

/// Directions `w` `[m, d]`, turned over so that eight of them lie in a vector.
pub fn turned(w: &[f32], d: usize) -> Vec<F8> {
    let m = w.len() / d.max(1);
    let mut turned = Vec::with_capacity(m.div_ceil(LANES) * d);
    for first in (0..m).step_by(LANES) {
        for c in 0..d {
            let number = |lane: usize| if first + lane < m { w[(first + lane) * d + c] } else { 0.0 };
            turned.push(F8::new(std::array::from_fn(number)));
        }
    }
    turned
}

impl Features {
    /// Of `n` rows, along `m` turned directions.
    pub fn new((n, d, m): (usize, usize, usize), scale: f32, w: Arc<Vec<F8>>) -> Features {
        Features { d, m, scale, w, phi: Vec::with_capacity(n * m) }
    }

    /// Makes the next rows of `x` `[n, d]`; whether there are more.
    pub fn step(&mut self, x: &[f32]) -> bool {
        let n = x.len() / self.d;
        // A feature is a scalar product and an exponential, which takes about as much as 16 multiply-adds.
        let rows = SLICE as usize / (2 * self.m * (self.d + 16));
        let end = (self.phi.len() / self.m + rows.max(ROWS)).min(n);
        let mut scaled = vec![0.0; ROWS * self.d];
        while self.phi.len() / self.m < end {
            let row = self.phi.len() / self.m;
            let n_rows = ROWS.min(end - row);
            for (to, from) in scaled.iter_mut().zip(&x[row * self.d..(row + n_rows) * self.d]) {
                *to = from * self.scale;
            }
            self.rows(&scaled, n_rows);
        }
        end < n
    }

    /// e^(w.x - |x|^2/2) / sqrt(m) of up to four rows.
    fn rows(&mut self, x: &[f32], n_rows: usize) {
        let (d, at) = (self.d, self.phi.len());
        self.phi.resize(at + n_rows * self.m, 0.0);
        let half: [f32; ROWS] = std::array::from_fn(|row| 0.5 * x[row * d..][..d].iter().map(|x| x * x).sum::<f32>());
        let ratio = F8::splat(1.0 / (self.m as f32).sqrt());
        let [a, b, c, e] = std::array::from_fn(|row| &x[row * d..][..d]);
        for (group, w) in self.w.chunks_exact(d).enumerate() {
            let mut sums = [F8::ZERO; ROWS];
            for (idx, &w) in w.iter().enumerate() {
                sums[0] = sums[0] + w * F8::splat(a[idx]);
                sums[1] = sums[1] + w * F8::splat(b[idx]);
                sums[2] = sums[2] + w * F8::splat(c[idx]);
                sums[3] = sums[3] + w * F8::splat(e[idx]);
            }
            for row in 0..n_rows {
                let phi = (power(sums[row] - F8::splat(half[row])) * ratio).to_array();
                let first = group * LANES;
                let n = LANES.min(self.m - first);
                self.phi[at + row * self.m + first..][..n].copy_from_slice(&phi[..n]);
            }
        }
    }
}

/// Bytes of turned directions.
pub fn turned_bytes(w: &[F8]) -> u64 {
    size_of_val(w) as u64
}
