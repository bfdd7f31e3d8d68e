//! The paper's accounting beside ours, at its own sizes.

use super::counts::{self, Count};
use crate::algorithms::flash_attention::io_model::{Sizes, paper_tiles};
use crate::content::{Lang, number, say};

/// Heads of the paper's batch: 16 in each of 64 sequences.
pub const HEADS: u64 = 1024;

/// FlashAttention (arXiv:2205.14135, version 2), Fig. 2: GPT-2 medium, N = 1024, d = 64, 16 heads, batch 64, A100,
/// forward and backward: GB of HBM traffic, GFLOPs and ms, standard and FlashAttention.
pub const FIGURE_2: [(&str, &str); 3] = [("40.3", "4.4"), ("66.6", "75.2"), ("41.7", "7.3")];

/// Our counts at the paper's sizes, N = 1024, d = 64, M = 51,200, for one head.
pub fn count() -> Count {
    let sizes = Sizes::square(1024, 64);
    let tiles = paper_tiles(51_200, 64, 1024);
    tiles.map_or(Count { standard: Default::default(), fa1: Default::default(), fa2: Default::default() }, |tiles| {
        counts::count(sizes, tiles)
    })
}

/// Gigabytes (10^9) that so many elements of a head make for all heads, two bytes each.
pub fn gigabytes(elements: u64) -> String {
    number::fixed((elements * 2 * HEADS) as f64 / 1e9, 1)
}

/// Head of the two columns, then rows of (what, standard, FlashAttention).
pub fn rows(ours: &Count, lang: Lang) -> [(String, String, String); 4] {
    let row = |en: &str, zh: &str, (a, b): (&str, &str)| (lang.pick(en, zh).to_string(), a.to_string(), b.to_string());
    let [standard, one, _] = ours.totals().map(gigabytes);
    [
        row("paper: HBM traffic, GB", "论文：HBM 访存，GB", FIGURE_2[0]),
        row("paper: GFLOPs", "论文：GFLOPs", FIGURE_2[1]),
        row("paper: time, ms", "论文：用时，ms", FIGURE_2[2]),
        row("counted here: forward alone, fp16, GB", "这里数的：只有前向，fp16，GB", (&standard, &one)),
    ]
}

/// What the paper's numbers are for.
pub fn source(lang: Lang) -> String {
    lang.pick(
        "Dao et al. 2022, Fig. 2 (arXiv:2205.14135v2): GPT-2 medium, N\u{a0}=\u{a0}1024, d\u{a0}=\u{a0}64, 16\u{a0}heads, batch\u{a0}64, A100",
        "Dao 等 2022，图\u{a0}2（arXiv:2205.14135v2）：GPT-2\u{a0}medium，N\u{a0}=\u{a0}1024，d\u{a0}=\u{a0}64，16\u{a0}头，batch\u{a0}64，A100",
    )
    .into()
}

/// Why the two differ.
pub fn scope(lang: Lang) -> String {
    say!(lang; heads = HEADS as usize;
        "The paper’s totals hold the backward pass too, and more. Ours is the forward pass of the same {heads} heads, not scaled to fit.",
        "论文的总量还包括反向传播等。我们只数同样 {heads} 个头的前向，没有放大去凑。")
    .text()
}
