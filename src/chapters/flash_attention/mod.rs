//! FlashAttention: online softmax, tile by tile, on a real attention head.

mod controls;
mod inputs;
pub mod lab;
pub mod backward;
pub mod online_softmax;
pub mod tiles;
pub mod traffic;
mod words;

use super::{Chapter, Slot};

/// The registry entry.
pub static CHAPTER: Chapter = Chapter {
    slug: "flash-attention",
    number: 1,
    figures: &[
        Slot { spec: online_softmax::SPEC, number: 1, main: false, listings: &["online_softmax", "safe_softmax"] },
        Slot { spec: tiles::SPEC, number: 2, main: true, listings: &["flash_attention_2", "flash_attention_1"] },
        Slot { spec: traffic::SPEC, number: 3, main: false, listings: &[] },
        Slot { spec: backward::SPEC, number: 4, main: false, listings: &["flash_backward"] },
        Slot { spec: lab::SPEC, number: 5, main: false, listings: &["flash_attention_gpu"] },
    ],
};
