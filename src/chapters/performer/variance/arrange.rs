//! The places of the stage for a width: the plane, the samples at its right, the four methods below.

use crate::content::Lang;
use crate::figure::plot::Frame;
use crate::figure::{Mode, View};

/// Where everything lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrange {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Size of the small text in px.
    pub size: f64,
    /// Whether everything stands under everything.
    pub stacked: bool,
    /// Whether there is room for whole words.
    pub roomy: bool,
    /// Language.
    pub lang: Lang,
    /// Whole width.
    pub width: f64,
    /// Baseline of what is written over the plane, and over the samples.
    pub heads: (f64, f64),
    /// The plane.
    pub plane: Frame,
    /// The samples, inside their labels.
    pub samples: Frame,
    /// Baseline of the head of the methods.
    pub methods: f64,
    /// Top of the first method and height of each.
    pub rows: (f64, f64),
    /// Left and width of the strips.
    pub strip: (f64, f64),
    /// Height of a strip.
    pub strip_h: f64,
    /// Total height.
    pub height: f64,
}

/// Lays out the stage.
pub fn arrange(view: &View) -> Arrange {
    let present = view.mode == Mode::Present;
    let u = if present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(240.0);
    let stacked = view.mode == Mode::Phone || width < 500.0 * u;
    if stacked { under(view, u, width) } else { beside(view, u, width, present) }
}

fn beside(view: &View, u: f64, width: f64, present: bool) -> Arrange {
    let side = if present { 400.0 } else { (0.3 * width).clamp(190.0, 246.0) };
    let top = 24.0 * u;
    let left = side + 62.0 * u;
    let right = 84.0 * u;
    let methods = top + side + 24.0 * u;
    let row = if present { 43.0 } else { 27.0 };
    let roomy = width >= 700.0 * u;
    let label = if roomy { 142.0 } else { 104.0 } * u;
    let numbers = if roomy { 226.0 } else { 196.0 } * u;
    let rows = (methods + 8.0 * u, row);
    Arrange {
        u,
        size: view.metrics.t00,
        stacked: false,
        roomy,
        lang: view.lang,
        width,
        heads: (14.0 * u, 14.0 * u),
        plane: Frame { x: 0.0, y: top, w: side, h: side },
        samples: Frame { x: left, y: top, w: width - left - right, h: side - 16.0 * u },
        methods,
        rows,
        strip: (label, width - label - numbers),
        strip_h: row - 4.0 * u,
        height: rows.0 + 4.0 * row + 20.0 * u,
    }
}

fn under(view: &View, u: f64, width: f64) -> Arrange {
    let side = (width - 2.0).min(320.0 * u);
    let top = 24.0 * u;
    let head = top + side + 24.0 * u;
    let samples = Frame { x: 44.0 * u, y: head + 46.0 * u, w: width - 52.0 * u, h: 190.0 * u };
    let methods = samples.y + samples.h + 52.0 * u;
    let rows = (methods + 26.0 * u, 66.0 * u);
    Arrange {
        u,
        size: view.metrics.t00,
        stacked: true,
        roomy: false,
        lang: view.lang,
        width,
        heads: (14.0 * u, head),
        plane: Frame { x: (width - side) / 2.0, y: top, w: side, h: side },
        samples,
        methods,
        rows,
        strip: (0.0, width),
        strip_h: 26.0 * u,
        height: rows.0 + 4.0 * rows.1 + 16.0 * u,
    }
}
