//! Gradients without a stored table: P is rebuilt tile by tile from the scores and one number per row.

use super::tile::{column, exp};
use super::{Output, Tiling, Traffic};
use crate::algorithms::{Attention, Real};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use std::ops::Range;

/// What a backward run does, as it does it. `i` and `j` count query and key tiles from 0;
/// each variant is one line of the listing, under the tag named with it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a, F> {
    /// `delta`: D = rowsum(dO o O) `[nq]`, once, before the loops.
    Delta {
        /// One per query.
        delta: &'a Array1<F>,
    },
    /// `load_kv`: K_j and V_j come down, once per `j`.
    LoadKv {
        /// Key tile.
        j: usize,
        /// Its rows of K and V.
        cols: Range<usize>,
    },
    /// `skip`: no entry of the tile is unmasked.
    Skip {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
    },
    /// `load_rows`: Q_i, dO_i, L_i and D_i come down.
    LoadRows {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Rows of the query tile.
        rows: Range<usize>,
        /// L_i `[br]`, -inf in dead rows.
        lse: &'a Array1<F>,
        /// D_i `[br]`.
        delta: &'a Array1<F>,
    },
    /// `scores`, `probs`, `dp`, `ds`: a `[br, bc]` tile was computed.
    Tile {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Which.
        table: Table,
        /// Its entries.
        entries: &'a Array2<F>,
    },
    /// `dv`, `dq`, `dk`: a tile of gradients grew.
    Grow {
        /// Query tile.
        i: usize,
        /// Key tile.
        j: usize,
        /// Which.
        input: Input,
        /// Its sum so far, this pair of tiles included: dQ_i grows with `j`, dK_j and dV_j with `i`.
        sum: &'a Array2<F>,
    },
    /// `store`: dK_j and dV_j go up, once per `j`.
    Store {
        /// Key tile.
        j: usize,
        /// Its rows of K and V.
        cols: Range<usize>,
        /// `[bc, d]`.
        dk: &'a Array2<F>,
        /// `[bc, dv]`.
        dv: &'a Array2<F>,
    },
}

/// The tables of a tile pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// S = scale Q K^T, -inf where masked.
    Scores,
    /// P = exp(S - L), rebuilt.
    Probs,
    /// dP = dO V^T.
    ProbsGrad,
    /// dS = P o (dP - D).
    ScoresGrad,
}

/// The inputs that have a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Queries.
    Q,
    /// Keys.
    K,
    /// Values.
    V,
}

/// What a backward run leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<F> {
    /// `[nq, d]`.
    pub dq: Array2<F>,
    /// `[nk, d]`.
    pub dk: Array2<F>,
    /// `[nk, dv]`.
    pub dv: Array2<F>,
    /// D `[nq]`.
    pub delta: Array1<F>,
    /// What was moved, counted at each load and store.
    pub traffic: Traffic,
}

/// FlashAttention-2 (arXiv:2307.08691), Algorithm 2: keys and values outside, queries inside.
///
/// `forward` is what a forward run left (`o` and `lse` are used), `d_out` `[nq, dv]` the gradient of its
/// output. The paper also loads O_i inside the loops; D makes that needless, and it is not counted here.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn gradients<F: Real>(
    x: &Attention<F>,
    forward: &Output<F>,
    d_out: &Array2<F>,
    tiles: Tiling,
    see: &mut impl FnMut(Event<'_, F>),
) -> Gradients<F> {
    // listing: flash_backward
    let mut hbm = Hbm::with_delta(x, forward, d_out); // @delta
    see(Event::Delta { delta: &hbm.out.delta }); // @hide
    for (j, cols) in tiles.key_tiles(x.n_keys()) {
        see(Event::LoadKv { j, cols: cols.clone() }); // @hide
        let (k, v, mut dk, mut dv) = hbm.load_kv(&cols); // @load_kv
        for (i, rows) in tiles.query_tiles(x.n_queries()) {
            if x.mask.hides(&rows, &cols) { see(Event::Skip { i, j }); } // @hide
            if x.mask.hides(&rows, &cols) { continue; } // @skip
            let (q, d_o, lse, delta) = hbm.load_rows(&rows); // @load_rows
            see(Event::LoadRows { i, j, rows: rows.clone(), lse: &lse, delta: &delta }); // @hide
            let s = x.hide(q.dot(&k.t()) * x.scale, &rows, &cols); // @scores
            see(Event::Tile { i, j, table: Table::Scores, entries: &s }); // @hide
            let p = exp(&s, &lse); // @probs
            see(Event::Tile { i, j, table: Table::Probs, entries: &p }); // @hide
            dv = dv + p.t().dot(&d_o); // @dv
            see(Event::Grow { i, j, input: Input::V, sum: &dv }); // @hide
            let dp = d_o.dot(&v.t()); // @dp
            see(Event::Tile { i, j, table: Table::ProbsGrad, entries: &dp }); // @hide
            let ds = &p * &(&dp - &column(&delta)); // @ds
            see(Event::Tile { i, j, table: Table::ScoresGrad, entries: &ds }); // @hide
            let dq = hbm.add_dq(&rows, ds.dot(&k) * x.scale); // @dq
            see(Event::Grow { i, j, input: Input::Q, sum: &dq }); // @hide
            dk = dk + ds.t().dot(&q) * x.scale; // @dk
            see(Event::Grow { i, j, input: Input::K, sum: &dk }); // @hide
        }
        hbm.store(&cols, &dk, &dv); // @store
        see(Event::Store { j, cols, dk: &dk, dv: &dv }); // @hide
    }
    // end listing
    hbm.out
}

/// Slow memory during a backward run.
struct Hbm<'a, F> {
    x: &'a Attention<F>,
    lse: &'a Array1<F>,
    d_out: &'a Array2<F>,
    out: Gradients<F>,
}

/// K_j, V_j, and dK_j = 0, dV_j = 0 to add to.
type KeyTile<'a, F> = (ArrayView2<'a, F>, ArrayView2<'a, F>, Array2<F>, Array2<F>);

impl<'a, F: Real> Hbm<'a, F> {
    /// Reads O and dO, writes D and dQ = 0.
    fn with_delta(x: &'a Attention<F>, forward: &'a Output<F>, d_out: &'a Array2<F>) -> Hbm<'a, F> {
        let delta = (d_out * &forward.o).sum_axis(Axis(1));
        let out = Gradients {
            dq: Array2::zeros(x.q.dim()),
            dk: Array2::zeros(x.k.dim()),
            dv: Array2::zeros(x.v.dim()),
            delta,
            traffic: Traffic::default(),
        };
        let mut hbm = Hbm { x, lse: &forward.lse, d_out, out };
        hbm.down(forward.o.len() + d_out.len());
        hbm.up(hbm.out.delta.len() + hbm.out.dq.len());
        hbm
    }

    fn down(&mut self, elements: usize) {
        self.out.traffic.reads += elements as u64;
    }

    fn up(&mut self, elements: usize) {
        self.out.traffic.writes += elements as u64;
    }

    fn load_kv(&mut self, cols: &Range<usize>) -> KeyTile<'a, F> {
        let x = self.x;
        let (k, v) = (x.k.slice(s![cols.clone(), ..]), x.v.slice(s![cols.clone(), ..]));
        self.down(k.len() + v.len());
        (k, v, Array2::zeros(k.dim()), Array2::zeros(v.dim()))
    }

    /// Q_i, dO_i, L_i, D_i.
    fn load_rows(&mut self, rows: &Range<usize>) -> (ArrayView2<'a, F>, ArrayView2<'a, F>, Array1<F>, Array1<F>) {
        let (x, d_out) = (self.x, self.d_out);
        let (q, d_o) = (x.q.slice(s![rows.clone(), ..]), d_out.slice(s![rows.clone(), ..]));
        let lse = self.lse.slice(s![rows.clone()]).to_owned();
        let delta = self.out.delta.slice(s![rows.clone()]).to_owned();
        self.down(q.len() + d_o.len() + lse.len() + delta.len());
        (q, d_o, lse, delta)
    }

    /// dQ_i comes down, grows and goes up; gives it back as it then is.
    fn add_dq(&mut self, rows: &Range<usize>, part: Array2<F>) -> Array2<F> {
        self.down(part.len());
        let sum = part + self.out.dq.slice(s![rows.clone(), ..]);
        self.up(sum.len());
        self.out.dq.slice_mut(s![rows.clone(), ..]).assign(&sum);
        sum
    }

    fn store(&mut self, cols: &Range<usize>, dk: &Array2<F>, dv: &Array2<F>) {
        self.up(dk.len() + dv.len());
        self.out.dk.slice_mut(s![cols.clone(), ..]).assign(dk);
        self.out.dv.slice_mut(s![cols.clone(), ..]).assign(dv);
    }
}
