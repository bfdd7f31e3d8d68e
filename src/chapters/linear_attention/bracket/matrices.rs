//! Matrices as cells with numbers, or as tints where there are too many.

use super::arrange::{Arrange, part};
use crate::content::number;
use crate::figure::marks::{self, Frame};
use crate::figure::strip;
use crate::figure::svg::{Anchor, Svg, segments};
use ndarray::ArrayView2;

/// How the entries of a matrix are coloured.
#[derive(Clone, Copy)]
pub enum Ramp {
    /// By magnitude, in tints of a role.
    Role(&'static str),
    /// By sign and magnitude, up to this one.
    Signed(f32),
    /// By size, from 0 to 1.
    Weight,
}

impl Ramp {
    /// Class of an entry; `full` is the magnitude of the darkest tint.
    fn class(self, value: f32, full: f32) -> String {
        match self {
            // The two light tints carry ink.
            Ramp::Role(role) => ["f-", role, if value.abs() < 0.5 * full { "-1" } else { "-2" }].concat(),
            Ramp::Signed(scale) => "div-".to_string() + &marks::diverging(value, scale).to_string(),
            Ramp::Weight => "seq-".to_string() + &marks::sequential(value).to_string(),
        }
    }
}

/// A matrix, of which so many entries are finished, under a name for its cells.
pub struct Matrix<'a> {
    /// First part of its cells' ids.
    pub id: &'static str,
    /// The row of the whole that its first row is.
    pub first: usize,
    /// Its entries.
    pub entries: ArrayView2<'a, f32>,
    /// How many of them, row by row, are finished.
    pub done: usize,
    /// Its colours.
    pub ramp: Ramp,
    /// Its place.
    pub frame: Frame,
}

/// Draws what is finished, and a quiet dot for what is not.
pub fn draw(svg: &mut Svg, it: &Matrix<'_>, at: &Arrange, t0: f64) {
    let full = strip::full_scale(it.entries);
    if !at.numbers {
        return tinted(svg, it, full, at);
    }
    for ((row, col), value) in it.entries.indexed_iter() {
        let (x, y, w, h) = part(it.frame, at.cell, row..row + 1, col..col + 1);
        let known = row * it.entries.ncols() + col < it.done;
        let class = if known { it.ramp.class(*value, full) } else { "unknown".into() };
        let text = if known { number::cell(f64::from(*value)) } else { "·".into() };
        let [i, j] = [it.first + row, col].map(|place| place.to_string());
        svg.cell(&[it.id, ":", &i, ":", &j].concat(), &[it.id, " ", &i, ", ", &j, ": ", &text].concat());
        svg.rect(&["cell ", &class].concat(), x + 0.5, y + 0.5, w - 1.0, h - 1.0);
        let tone = if known && matches!(it.ramp, Ramp::Role(_)) { "ink" } else { &[&class, "-t"].concat() };
        svg.text_of(
            [if at.big { "t2 " } else { "t0 " }, tone],
            Anchor::Middle,
            x + w / 2.0,
            y + h / 2.0 + if at.big { 5.4 * at.u } else { 0.36 * t0 },
            &text,
        );
        svg.end();
    }
}

/// The same without numbers.
fn tinted(svg: &mut Svg, it: &Matrix<'_>, full: f32, at: &Arrange) {
    let (x, y, w, h) = it.frame;
    match it.ramp {
        Ramp::Role(role) => {
            svg.rect("f-sram", x, y, w, h);
            strip::draw(svg, role, it.entries, full, strip::Frame { x, y, w, h });
        }
        Ramp::Signed(_) => ramped(svg, it, "div-", 4, &|value| marks::diverging(value, full)),
        Ramp::Weight => ramped(svg, it, "seq-", 0, &marks::sequential),
    }
    let (n_rows, n_cols) = it.entries.dim();
    let (row, col) = (it.done / n_cols, it.done % n_cols);
    let mut rest = |frame: Frame| svg.rect("unknown", frame.0, frame.1, frame.2, frame.3);
    if row < n_rows {
        rest(part(it.frame, at.cell, row..row + 1, col..n_cols));
    }
    if row + 1 < n_rows {
        rest(part(it.frame, at.cell, row + 1..n_rows, 0..n_cols));
    }
}

/// The most rows and columns drawn one by one; beyond that, every so manieth.
const MOST: usize = 64;

/// A path per class of a ramp over a ground of class `ground`.
fn ramped(svg: &mut Svg, it: &Matrix<'_>, ramp: &str, ground: usize, class: &dyn Fn(f32) -> usize) {
    let (x, y, w, h) = it.frame;
    svg.rect(&[ramp, &ground.to_string()].concat(), x, y, w, h);
    let (n_rows, n_cols) = it.entries.dim();
    let (rows, cols) = (n_rows.min(MOST), n_cols.min(MOST));
    let (cw, ch) = (w / cols as f64, h / rows as f64);
    let mut paths: [String; 9] = Default::default();
    for (row, col) in (0..rows * cols).map(|idx| (idx / cols, idx % cols)) {
        let class = class(it.entries[[row * n_rows / rows, col * n_cols / cols]]).min(8);
        if class != ground {
            segments(&mut paths[class], &[("M", x + cw * col as f64), (" ", y + ch * row as f64), ("h", cw), ("v", ch), ("h-", cw)]);
            paths[class].push('z');
        }
    }
    for (class, d) in paths.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
        svg.path(&["crisp ", ramp, &class.to_string()].concat(), d);
    }
}

/// The other order's matrix, which this one never forms.
pub fn ghost(svg: &mut Svg, (n_rows, n_cols): (usize, usize), frame: Frame) {
    // A box per entry, or so many as leave its dashes room.
    let fit = |n: usize, length: f64| if length >= 10.0 * n as f64 { n } else { (length / 16.0).max(1.0) as usize };
    marks::lattice(svg, (fit(n_rows, frame.3), fit(n_cols, frame.2)), frame, &|_, _| "lat-todo");
}
