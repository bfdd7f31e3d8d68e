//! Attention without a softmax: the bracket that moves, what a feature map gives up, and attention as a recurrent network.

use super::{Chapter, Slot};

/// The registry entry.
pub static CHAPTER: Chapter = Chapter { slug: "linear-attention", number: 2, figures: &[] };
