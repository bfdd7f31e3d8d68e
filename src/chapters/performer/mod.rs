//! Softmax attention estimated through random features, and what is left of it when the chance is taken out.

pub mod lab;

use super::{Chapter, Slot};

/// The registry entry.
pub static CHAPTER: Chapter =
    Chapter { slug: "performer", number: 7, figures: &[Slot { spec: lab::SPEC, number: 1, main: true, listings: &[] }] };
