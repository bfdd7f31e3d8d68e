//! Queries, keys and values of any length: 256 rows, of a real head or of seeded numbers, one after another again and again.

use std::sync::Arc;

use super::head::{self, D, N_LONG};
use super::normal;

/// Rows before they repeat.
pub const PERIOD: usize = N_LONG;

/// Q, K and V that repeat.
#[derive(Clone, Debug)]
pub struct Tiled {
    /// Size of a query, key and value.
    pub d: usize,
    parts: Arc<[Vec<f32>; 3]>,
}

impl Tiled {
    /// Standard normal numbers that a seed decides.
    pub fn seeded(d: usize, seed: u64) -> Tiled {
        Tiled { d, parts: Arc::new(normal(seed, [(PERIOD, d); 3]).map(|part| part.into_iter().collect())) }
    }

    /// A head on the long text, from its file; `None` if that has another length.
    pub fn head(bytes: &[u8]) -> Option<Tiled> {
        let head = head::read(bytes, PERIOD)?;
        Some(Tiled { d: D, parts: Arc::new([head.q, head.k, head.v].map(|part| part.into_iter().collect())) })
    }

    /// Q, K and V of `n` tokens, each `[n, d]`, row-major.
    pub fn tokens(&self, n: usize) -> Vec<Vec<f32>> {
        let tiled = |part: &Vec<f32>| {
            let mut out = Vec::with_capacity(n * self.d);
            while out.len() < n * self.d {
                let rest = (n * self.d - out.len()).min(part.len());
                out.extend_from_slice(&part[..rest]);
            }
            out
        };
        self.parts.iter().map(tiled).collect()
    }

    /// The query of a token.
    pub fn query(&self, row: usize) -> &[f32] {
        &self.parts[0][row % PERIOD * self.d..][..self.d]
    }

    /// The distinct queries `[256, d]`.
    pub fn queries(&self) -> &[f32] {
        &self.parts[0]
    }

    /// The distinct keys `[256, d]`.
    pub fn keys(&self) -> &[f32] {
        &self.parts[1]
    }

    /// Their values `[256, d]`.
    pub fn values(&self) -> &[f32] {
        &self.parts[2]
    }
}
