//! The place of everything for a width.

use crate::content::Lang;
use crate::data::head::TOKENS;
use crate::figure::{Mode, View};

/// The place of everything.
pub struct Arrange {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Size of the small text in px.
    pub size: f64,
    /// Width.
    pub width: f64,
    /// Whether parts stand under each other.
    pub stacked: bool,
    /// Left of the keys' columns.
    pub keys: f64,
    /// Width of a key's column.
    pub cell: f64,
    /// Height of a row of weights.
    pub row: f64,
    /// The outputs' left and width.
    pub trace: (f64, f64),
    /// Right edge of the numbers behind the outputs.
    pub number: f64,
    /// Language.
    pub lang: Lang,
}

impl Arrange {
    /// For a view.
    pub fn new(view: &View) -> Arrange {
        let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
        let width = view.width.max(200.0);
        let stacked = view.mode == Mode::Phone || width < 640.0 * u;
        let n = TOKENS.len() as f64;
        let label = 134.0 * u;
        let (keys, cell) = if stacked { (0.0, width / n) } else { (label, ((width - label) * 0.62 / n).max(22.0 * u)) };
        let left = keys + cell * n + 14.0 * u;
        let trace = if stacked { (0.0, width - 82.0) } else { (left, (width - left - 86.0 * u).max(60.0 * u)) };
        let row = if stacked { 28.0 } else { 30.0 * u };
        Arrange { u, size: view.metrics.t00, width, stacked, keys, cell, row, trace, number: width, lang: view.lang }
    }

    /// The middle of a key's column.
    pub fn key(&self, key: usize) -> f64 {
        self.keys + self.cell * (key as f64 + 0.5)
    }
}
