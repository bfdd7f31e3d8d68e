//! Writing SVG text: escaped, rounded, coloured by class only.

use std::fmt::Write;

/// SVG text under construction.
#[derive(Clone, Debug, Default)]
pub struct Svg(pub String);

/// Where a text is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its start.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

/// Escapes text for XML content and attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A coordinate with at most two decimals.
pub fn px(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

impl Svg {
    /// Appends raw markup.
    pub fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// A rectangle.
    pub fn rect(&mut self, class: &str, x: f64, y: f64, w: f64, h: f64) {
        let _ = write!(self.0, r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#, px(x), px(y), px(w.max(0.0)), px(h.max(0.0)));
    }

    /// A line.
    pub fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        let _ = write!(self.0, r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#, px(x1), px(y1), px(x2), px(y2));
    }

    /// A path.
    pub fn path(&mut self, class: &str, d: &str) {
        let _ = write!(self.0, r#"<path class="{class}" d="{d}"/>"#);
    }

    /// A text with its baseline at `y`; the size comes from the class (`t00`, `t0`, `t1`, `t2`).
    pub fn text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let _ = write!(self.0, r#"<text class="{class}"{anchor} x="{}" y="{}">{}</text>"#, px(x), px(y), escape(text));
    }

    /// Opens a group; close it with [`Svg::end`].
    pub fn group(&mut self, attributes: &str) {
        let _ = write!(self.0, "<g {attributes}>");
    }

    /// Opens the group of a cell that can be asked why: hoverable, focusable, named.
    pub fn cell(&mut self, id: &str, label: &str) {
        let _ = write!(self.0, r#"<g class="ask" data-cell="{}" tabindex="-1" role="button" aria-label="{}">"#, escape(id), escape(label));
    }

    /// Closes a group.
    pub fn end(&mut self) {
        self.0.push_str("</g>");
    }
}
