//! The counts: each is a run of a listing over shapes; nothing here knows a formula.

use super::inputs::{Inputs, pairs};
use crate::algorithms::flash_attention::io_model::{Sizes, fa1_traffic, fa2_traffic, paper_tiles, standard_traffic};
use crate::algorithms::flash_attention::{Rescale, Tiling, Traffic, fa1, fa2, standard};

/// What each algorithm moved at one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Standard attention.
    pub standard: Traffic,
    /// FlashAttention.
    pub fa1: Traffic,
    /// FlashAttention-2.
    pub fa2: Traffic,
}

impl Count {
    /// The totals: standard, FA-1, FA-2.
    pub fn totals(&self) -> [u64; 3] {
        [self.standard.total(), self.fa1.total(), self.fa2.total()]
    }
}

/// Runs the three algorithms on a head of these sizes with nothing in it.
pub fn count(sizes: Sizes, tiles: Tiling) -> Count {
    let head = sizes.head();
    Count {
        standard: standard::forward(&head).traffic,
        fa1: fa1::forward(&head, tiles, Rescale::On, &mut ()).traffic,
        fa2: fa2::forward(&head, tiles, Rescale::On, &mut ()).traffic,
    }
}

/// The largest difference between the counts and the formulas of the model.
pub fn off_by(sizes: Sizes, tiles: Tiling, counted: &Count) -> u64 {
    let model = [standard_traffic(sizes), fa1_traffic(sizes, tiles), fa2_traffic(sizes, tiles)];
    let runs = [counted.standard, counted.fa1, counted.fa2];
    let gap = |(run, model): (&Traffic, &Traffic)| run.reads.abs_diff(model.reads).max(run.writes.abs_diff(model.writes));
    runs.iter().zip(&model).map(gap).max().unwrap_or(0)
}

/// A setting on a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Br, N or M.
    pub at: usize,
    /// The tiles there.
    pub tiles: Tiling,
    /// What was moved.
    pub count: Count,
}

/// All that the plots show.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// Over Br, at every height at which the number of query tiles changes.
    pub over_br: Vec<Sample>,
    /// Over N, with the present tiles.
    pub over_n: Vec<Sample>,
    /// Over M, with the paper's tiles for each M.
    pub over_sram: Vec<Sample>,
    /// The least Br at which FA-2 moves less than FA-1, if there is one.
    pub crossing: Option<usize>,
}

/// So many tile pairs are visited for one curve, so that a dragged slider is followed within a frame.
const CURVE_PAIRS: usize = 12_000;

impl Curves {
    /// Runs everything for these inputs.
    pub fn new(inputs: &Inputs) -> Curves {
        let (n, sizes, bc) = (inputs.n, inputs.sizes(), inputs.bc());
        let with_br = |br: usize| Some((br, sizes, Tiling::new(br, bc)?));
        let over_br = curve(heights(n).into_iter().rev().filter_map(with_br));
        let over_n = curve(lengths(n).into_iter().map(|n| (n, Sizes::square(n, inputs.d), inputs.tiles)));
        let with_sram = |sram: usize| Some((sram, sizes, paper_tiles(sram, inputs.d, n)?));
        let over_sram = curve(memories(inputs).into_iter().rev().filter_map(with_sram));
        let below = |br: usize| {
            Tiling::new(br, bc).is_some_and(|tiles| {
                let [_, one, two] = count(sizes, tiles).totals();
                two < one
            })
        };
        let crossing = first_below(n, &over_br, below);
        Curves { over_br, over_n, over_sram, crossing }
    }
}

/// Runs settings, given from the cheapest on, until the tile pairs of a curve are used up; from left to right.
fn curve(settings: impl Iterator<Item = (usize, Sizes, Tiling)>) -> Vec<Sample> {
    let mut left = CURVE_PAIRS;
    let mut samples = Vec::new();
    for (at, sizes, tiles) in settings {
        match left.checked_sub(pairs(sizes.n_queries, tiles)) {
            Some(rest) => left = rest,
            None => break,
        }
        samples.push(Sample { at, tiles, count: count(sizes, tiles) });
    }
    if samples.first().map(|sample| sample.at) > samples.last().map(|sample| sample.at) {
        samples.reverse();
    }
    samples
}

/// The heights at which the number of query tiles changes, and the last.
fn heights(n: usize) -> Vec<usize> {
    let mut heights = Vec::new();
    let mut br = 1;
    while br < n {
        heights.push(br);
        // The least height with fewer tiles.
        let n_tiles = n.div_ceil(br);
        br = n.div_ceil(n_tiles - 1);
    }
    heights.push(n);
    heights
}

/// Two lengths per doubling, from 16 to at least 4,096, and the present one.
fn lengths(n: usize) -> Vec<usize> {
    doublings(16.min(n), n, n.max(4096))
}

/// Two sizes of SRAM per doubling, from d to 4Nd, where all keys are one tile, and the present one.
fn memories(inputs: &Inputs) -> Vec<usize> {
    doublings(inputs.d.min(inputs.sram), inputs.sram, (4 * inputs.n * inputs.d).max(inputs.sram))
}

/// Two sizes per doubling in order, from `low` to `high`, and `also` among them.
fn doublings(low: usize, also: usize, high: usize) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut add = |next: usize| {
        let last = sizes.last().copied().unwrap_or(0);
        if last < also && also < next {
            sizes.push(also);
        }
        if last < next {
            sizes.push(next);
        }
    };
    let mut size = low.max(1);
    while size < high {
        add(size);
        add(high.min((size as f64 * std::f64::consts::SQRT_2).round() as usize));
        size *= 2;
    }
    add(high);
    sizes
}

/// The least Br for which `below` holds. FA-2 never moves more with a taller tile, so the place can be halved;
/// the curve says between which of its heights.
fn first_below(n: usize, over_br: &[Sample], below: impl Fn(usize) -> bool) -> Option<usize> {
    let is_below = |sample: &Sample| {
        let [_, one, two] = sample.count.totals();
        two < one
    };
    let first = over_br.iter().position(is_below)?;
    let (mut low, mut high) = (first.checked_sub(1).map_or(0, |before| over_br[before].at), over_br[first].at.min(n));
    if first == 0 && over_br[0].at > 1 {
        // The curve begins below: what lies further left was too much to run.
        return None;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if below(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
