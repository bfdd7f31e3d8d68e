//! Attention without a softmax: the bracket that moves, what a feature map gives up, and attention as a recurrent network.

pub mod bracket;
pub mod feature_maps;
pub mod lab;
pub mod recurrent;

use super::{Chapter, Slot};

/// The registry entry.
pub static CHAPTER: Chapter = Chapter {
    slug: "linear-attention",
    number: 2,
    figures: &[
        Slot { spec: bracket::SPEC, number: 1, main: true, listings: &["bracket_left", "bracket_right"] },
        Slot { spec: feature_maps::SPEC, number: 2, main: false, listings: &["feature_maps", "elu1", "elu1_cancelling"] },
        Slot { spec: recurrent::SPEC, number: 3, main: false, listings: &["linear_recurrent", "linear_chunkwise"] },
        Slot { spec: lab::SPEC, number: 4, main: false, listings: &[] },
    ],
};
