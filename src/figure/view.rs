//! Where a figure is drawn: its width and the measures of tokens.css.

use crate::content::Lang;

/// The arrangement of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Side by side, from 720 px.
    Wide,
    /// Place under place, below 720 px.
    Phone,
    /// For the back row: nothing under 24 px.
    Present,
}

/// Measures in px. They live in `tokens.css`; the page reads them from there, tests parse the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// `--row-h`
    pub row_h: f64,
    /// `--cell-w`
    pub cell_w: f64,
    /// `--head-h`
    pub head_h: f64,
    /// `--strip-h`
    pub strip_h: f64,
    /// `--bank-h`
    pub bank_h: f64,
    /// `--col-gap`
    pub col_gap: f64,
    /// `--t-00`: lane labels
    pub t00: f64,
    /// `--t-0`: figure labels
    pub t0: f64,
    /// `--t-1`: controls
    pub t1: f64,
    /// `--t-2`: cell numbers
    pub t2: f64,
    /// `--lane-h`
    pub lane_h: f64,
}

impl Metrics {
    /// From a lookup of custom properties in px.
    pub fn from_tokens(px: impl Fn(&str) -> Option<f64>) -> Metrics {
        let get = |name: &str, fallback: f64| px(name).filter(|x| x.is_finite() && *x > 0.0).unwrap_or(fallback);
        Metrics {
            row_h: get("--row-h", 33.0),
            cell_w: get("--cell-w", 47.0),
            head_h: get("--head-h", 50.0),
            strip_h: get("--strip-h", 7.0),
            bank_h: get("--bank-h", 72.0),
            col_gap: get("--col-gap", 12.0),
            t00: get("--t-00", 11.0),
            t0: get("--t-0", 12.0),
            t1: get("--t-1", 13.0),
            t2: get("--t-2", 15.0),
            lane_h: get("--lane-h", 34.0),
        }
    }
}

/// Everything a stage needs to know of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Width in px; drawings are made at 1:1.
    pub width: f64,
    /// Arrangement.
    pub mode: Mode,
    /// Measures.
    pub metrics: Metrics,
    /// Language.
    pub lang: Lang,
    /// The cell pointed at or focused.
    pub cell: Option<String>,
    /// Whether a predict question covers what this step will show.
    pub asking: bool,
}

/// A drawing: the inside of an `<svg>` and its height in px.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Width in px.
    pub width: f64,
    /// Height in px.
    pub height: f64,
    /// SVG elements, back to front; no `style=` (the page's policy forbids it), colours by class.
    /// The page replaces only the layers that a step changes. At most [`Drawing::LAYERS`].
    pub layers: Vec<String>,
    /// The cells that this step changes, as a selector; empty for none.
    pub changes: &'static str,
}

impl Drawing {
    /// The most layers a drawing may have.
    pub const LAYERS: usize = 5;

    /// All layers as one text.
    pub fn body(&self) -> String {
        self.layers.concat()
    }

    /// A layer; empty if there is none of that number.
    pub fn layer(&self, idx: usize) -> &str {
        self.layers.get(idx).map_or("", String::as_str)
    }
}
