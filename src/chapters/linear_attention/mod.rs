//! Attention without a softmax: the bracket that moves, what a feature map gives up, and attention as a recurrent network.

pub mod lab;

use super::{Chapter, Slot};

/// The registry entry.
pub static CHAPTER: Chapter =
    Chapter { slug: "linear-attention", number: 2, figures: &[Slot { spec: lab::SPEC, number: 1, main: true, listings: &[] }] };
