//! Multiply-adds of both ways, and where their counts meet; the denominators, d per row at most, are left out of both.

use crate::kernels::linear_attention_causal::CHUNK;

/// Of Q K^T and P V: n^2 pairs, or those on and below the diagonal, each for d and for dv = d numbers.
pub fn softmax(n: usize, d: usize, causal: bool) -> u64 {
    // Sizes have 32 bits in the browser, counts more.
    let (n, d) = (n as u64, d as u64);
    let pairs = if causal { n * (n + 1) / 2 } else { n * n };
    pairs * 2 * d
}

/// Of K^T V and Q S: 2 n d^2. Causally in chunks of 64: the triangle of pairs in each, and d^2 per token to read the
/// state before its chunk and to write the one after it; the first chunk reads none, nobody reads the last.
pub fn linear(n: usize, d: usize, causal: bool) -> u64 {
    let (n, d, chunk) = (n as u64, d as u64, u64::from(CHUNK));
    if !causal {
        return 2 * n * d * d;
    }
    let (full, rest) = (n / chunk, n % chunk);
    let pairs = full * chunk * (chunk + 1) / 2 + rest * (rest + 1) / 2;
    let (reads, writes) = (n.saturating_sub(chunk), chunk * (n.div_ceil(chunk).max(1) - 1));
    pairs * 2 * d + (reads + writes) * d * d
}

/// The shortest length from which linear attention takes no more multiply-adds than softmax attention at any length;
/// both equal there: d, without a mask.
pub fn crossover(d: usize, causal: bool) -> usize {
    // Beyond 4 (d + C) both formulas are far apart.
    let end = 4 * (d + CHUNK as usize);
    let dearer = |n: &usize| linear(*n, d, causal) > softmax(*n, d, causal);
    let start = if causal { CHUNK as usize } else { 0 };
    (start..end).rev().find(dearer).map_or(start + 1, |n| n + 1)
}
