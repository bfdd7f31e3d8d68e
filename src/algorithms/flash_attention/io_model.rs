//! How many elements each algorithm moves between slow and fast memory, in closed form.
//!
//! The model: one head, no mask, no cache; every load and store of a line of the algorithm moves its
//! matrix once. Standard attention is Algorithm 0 of arXiv:2205.14135.

use super::{Tiling, Traffic};
use crate::algorithms::{Attention, Mask, MaskKind};

/// The sizes of one head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Number of queries.
    pub n_queries: usize,
    /// Number of keys.
    pub n_keys: usize,
    /// Size of a query and of a key.
    pub d: usize,
    /// Size of a value.
    pub dv: usize,
}

impl Sizes {
    /// Self-attention: as many keys as queries, values as wide as keys.
    pub fn square(n: usize, d: usize) -> Sizes {
        Sizes { n_queries: n, n_keys: n, d, dv: d }
    }

    /// A head of these sizes with nothing in it, for the algorithms to run on.
    pub fn head(self) -> Attention<()> {
        Attention::of_shape(self.d, self.dv, Mask::new(MaskKind::None, self.n_queries, self.n_keys))
    }

    fn numbers(self) -> (u64, u64, u64, u64) {
        (self.n_queries as u64, self.n_keys as u64, self.d as u64, self.dv as u64)
    }
}

/// The tiles of the FlashAttention paper for fast memory of `sram` elements:
/// Bc = ceil(M / 4d) and Br = min(Bc, d), neither longer than `n`. `None` for d, n or M of 0.
pub fn paper_tiles(sram: usize, d: usize, n: usize) -> Option<Tiling> {
    let bc = if d == 0 { 0 } else { sram.div_ceil(4 * d) };
    Tiling::new(bc.min(d).min(n), bc.min(n))
}

/// Standard attention: the scores go up, come down, the weights go up, come down.
pub fn standard_traffic(sizes: Sizes) -> Traffic {
    let (nq, nk, d, dv) = sizes.numbers();
    let table = nq * nk;
    let reads = (nq * d + nk * d) + table + (table + nk * dv);
    let writes = table + table + nq * dv;
    Traffic { reads, writes }
}

/// FA-1: K and V once; Q, O, l and m for every key tile. O, l and m are first written empty.
pub fn fa1_traffic(sizes: Sizes, tiles: Tiling) -> Traffic {
    let (nq, nk, d, dv) = sizes.numbers();
    let key_tiles = nk.div_ceil(tiles.bc.get() as u64);
    let state = nq * dv + 2 * nq;
    let reads = nk * (d + dv) + key_tiles * (nq * d + state);
    let writes = state + key_tiles * state;
    Traffic { reads, writes }
}

/// FA-2: Q, O and L once; K and V for every query tile.
pub fn fa2_traffic(sizes: Sizes, tiles: Tiling) -> Traffic {
    let (nq, nk, d, dv) = sizes.numbers();
    let query_tiles = nq.div_ceil(tiles.br.get() as u64);
    let reads = nq * d + query_tiles * nk * (d + dv);
    let writes = nq * dv + nq;
    Traffic { reads, writes }
}
