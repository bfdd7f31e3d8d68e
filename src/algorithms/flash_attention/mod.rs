//! FlashAttention in both loop orders, its backward pass, and what each moves between slow and fast memory.

pub mod fa2;
pub mod fa1;
pub mod standard;
pub mod backward;
pub mod io_model;
mod hbm;
mod matrix;
mod shape;
mod tile;

pub use matrix::Entry;

use std::num::NonZeroUsize;
use std::ops::Range;

/// How many rows of Q, and of K and V, make a tile. The last tile of either may be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// Queries per tile.
    pub br: NonZeroUsize,
    /// Keys per tile.
    pub bc: NonZeroUsize,
}

impl Tiling {
    /// `None` if either is zero.
    pub fn new(br: usize, bc: usize) -> Option<Tiling> {
        Some(Tiling { br: NonZeroUsize::new(br)?, bc: NonZeroUsize::new(bc)? })
    }

    /// Query tiles in order: index from 0, and rows.
    pub fn query_tiles(self, n_queries: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
        ranges(n_queries, self.br.get())
    }

    /// Key tiles in order: index from 0, and rows of K and V.
    pub fn key_tiles(self, n_keys: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
        ranges(n_keys, self.bc.get())
    }
}

fn ranges(n: usize, size: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    (0..n).step_by(size).map(move |start| start..start.saturating_add(size).min(n)).enumerate()
}

/// Whether what was accumulated is corrected when the maximum moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescale {
    /// The algorithm.
    On,
    /// Broken on purpose: the factor is 1, for both l and O.
    Off,
}

/// What a forward run does, as it does it. `i` and `j` count query and key tiles from 0.
///
/// Each variant is one line of the listing, under the tag of the same name (`load_q`, `load_kv`,
/// `load_state`, `skip`, `scores`, `max`, `factor`, `probs`, `sum`, `output`, `store`).
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a, F: Entry> {
    /// FA-2 only, once per `i`: Q_i comes down.
    LoadQ {
        /// Query tile.
        i: usize,
        /// Its rows.
        rows: Range<usize>,
    },
    /// K_j and V_j come down: in FA-2 for every unmasked pair, in FA-1 once per `j`, before its first `i` (0).
    LoadKv {
        /// Key tile.
        j: usize,
        /// Its rows of K and V.
        cols: Range<usize>,
        /// The query tile it is loaded for.
        i: usize,
    },
    /// FA-1 only: Q_i comes down, and with it what slow memory holds of O_i, l_i and m_i.
    LoadState {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Rows of the query tile.
        rows: Range<usize>,
        /// Running maximum `[br]`, -inf at first.
        m: &'a F::List,
        /// Running sum `[br]`.
        l: &'a F::List,
        /// Output so far `[br, dv]`, already divided by `l`.
        o: &'a F::Table,
    },
    /// No entry of the tile is unmasked: nothing is loaded for it (FA-1 has K_j and V_j down already) and nothing changes.
    Skip {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
    },
    /// A tile of scores.
    Scores {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// scale Q_i K_j^T `[br, bc]`; -inf where masked.
        s: &'a F::Table,
    },
    /// The running maximum moves, or not.
    Max {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Before `[br]`; -inf while a row has seen nothing.
        m_old: &'a F::List,
        /// After `[br]`.
        m_new: &'a F::List,
    },
    /// By what the past shrinks.
    Factor {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// exp(m_old - m_new) `[br]`; 0 for every row with m_old = -inf, whose past is empty;
        /// 1 throughout with [`Rescale::Off`].
        alpha: &'a F::List,
    },
    /// The tile's unnormalised weights.
    Probs {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// exp(s - m_new) `[br, bc]`; 0 where masked.
        p: &'a F::Table,
    },
    /// The running sum.
    Sum {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Before `[br]`.
        l_old: &'a F::List,
        /// After `[br]`.
        l: &'a F::List,
    },
    /// The running output `[br, dv]`: in FA-2 not yet divided by l, in FA-1 divided by it at every step.
    Output {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Before.
        o_old: &'a F::Table,
        /// After.
        o: &'a F::Table,
    },
    /// Results go up: in FA-2 once per `i` (O and L), in FA-1 after every pair (O, l, m).
    Store {
        /// Query tile.
        i: usize,
        /// Key tile, FA-1 only.
        j: Option<usize>,
        /// Rows of the query tile.
        rows: Range<usize>,
        /// Running maximum `[br]`.
        m: &'a F::List,
        /// Running sum `[br]`.
        l: &'a F::List,
        /// Output `[br, dv]`, divided by `l`; zero in rows that have seen nothing.
        o: &'a F::Table,
        /// m + ln l `[br]`; -inf in rows that have seen nothing.
        lse: &'a F::List,
    },
}

/// Sees every event of a run. Any `FnMut(Event<F>)` is one; `()` looks away.
pub trait Observer<F: Entry> {
    /// Called at each event, in order.
    fn see(&mut self, event: Event<'_, F>);
}

impl<F: Entry> Observer<F> for () {
    fn see(&mut self, _: Event<'_, F>) {}
}

impl<F: Entry, G: FnMut(Event<'_, F>)> Observer<F> for G {
    fn see(&mut self, event: Event<'_, F>) {
        self(event);
    }
}

/// What a forward run leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Output<F: Entry> {
    /// `[nq, dv]`; zero in rows that see no key.
    pub o: F::Table,
    /// m + ln l `[nq]`; -inf in rows that see no key.
    pub lse: F::List,
    /// Final maximum `[nq]`; -inf in rows that see no key.
    pub m: F::List,
    /// Final sum `[nq]`.
    pub l: F::List,
    /// What was moved, counted at each load and store.
    pub traffic: Traffic,
}

/// Elements moved between slow memory (HBM) and fast memory (SRAM).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Elements that came down.
    pub reads: u64,
    /// Elements that went up.
    pub writes: u64,
}

impl Traffic {
    /// Both directions.
    pub fn total(self) -> u64 {
        self.reads + self.writes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithms::{Attention, Mask, MaskKind};
    use ndarray::{Array1, Array2};

    /// A tile that is not skipped may still hold a dead row: its factor is 0, and nothing of it is NaN.
    #[test]
    fn a_dead_row_beside_a_live_one() {
        let zeros = || Array2::<f64>::zeros((2, 2));
        let mask = Mask { kind: MaskKind::CausalTopLeft, key_keep: Some(vec![false, true]), n_queries: 2, n_keys: 2 };
        let x = Attention { q: zeros(), k: zeros(), v: zeros() + 1.0, scale: 1.0, mask };
        let two = NonZeroUsize::MIN.saturating_add(1);
        let tiles = Tiling { br: two, bc: two };
        let mut factors = Vec::new();
        let mut keep = |event: Event<'_, f64>| {
            if let Event::Factor { alpha, .. } = event {
                factors.push(alpha.clone());
            }
        };
        for run in [fa2::forward(&x, tiles, Rescale::On, &mut keep), fa1::forward(&x, tiles, Rescale::On, &mut keep)] {
            assert_eq!(run.o, ndarray::array![[0.0, 0.0], [1.0, 1.0]]);
            assert_eq!(run.lse, ndarray::array![f64::NEG_INFINITY, 0.0]);
            assert_eq!(run.l, ndarray::array![0.0, 1.0]);
        }
        assert_eq!(factors, [Array1::<f64>::zeros(2), Array1::zeros(2)]);
    }
}
