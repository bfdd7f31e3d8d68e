//! The two tables of weights, query by query, on one ramp from 0 to 1.

use super::figure::FeatureMaps;
use super::stage::{At, cover};
use super::words::{formula, weight};
use crate::data::head::TOKENS;
use crate::figure::marks::{diverging, now_frame, sequential};
use crate::figure::svg::{Anchor, Svg, px, segments};
use ndarray::ArrayView2;

/// Height of what stands over a table: its title and the names of the keys.
pub fn head_h(at: &At<'_>) -> f64 {
    at.size * 5.9
}

/// Softmax's table with the names of its queries at its left. `(x, y)` is the left edge of its cells and the top of
/// its title; gives the lower end.
pub fn softmax(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y): (f64, f64), cell: (f64, f64)) -> f64 {
    let title = at.lang.pick("softmax of q·k/√d", "q·k/√d 的 Softmax");
    svg.text("t00 b", Anchor::Start, x - 4.9 * at.size, y + at.size, title);
    ramp(svg, at, x + cell.0 * 16.0, y);
    names(svg, at, (x, y), cell.1);
    keys(svg, at, (x, y), cell.0);
    let weights = fig.run.softmax.probs.mapv(|x| x as f32);
    cells(svg, 'S', weights.view(), (x, y + head_h(at)), cell);
    y + head_h(at) + 16.0 * cell.1
}

/// The map's table; gives the lower end.
pub fn mapped(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y): (f64, f64), cell: (f64, f64)) -> f64 {
    let now = fig.now();
    let left = if cell.1 > 14.0 * at.u && at.width < 500.0 * at.u { x - 4.9 * at.size } else { x };
    svg.text("t00 b", Anchor::Start, left, y + at.size, &["φ = ", formula(now.map, at.lang)].concat());
    keys(svg, at, (x, y), cell.0);
    let ends = |end: fn(f32, f32) -> f32, start| weight(f64::from(now.weights.fold(start, |so_far, x| end(so_far, *x))));
    if !at.asking {
        let (least, most) = (ends(f32::min, f32::INFINITY), ends(f32::max, f32::NEG_INFINITY));
        let range = at.lang.pick(["all ", &least, " to ", &most], ["都在 ", &least, " 到 ", &most]).concat();
        svg.text("t00 ink2", Anchor::End, x + 16.0 * cell.0, y + at.size, &range);
    }
    let top = y + head_h(at);
    let (w, h) = (16.0 * cell.0, 16.0 * cell.1);
    if at.asking {
        cover(svg, (x, top, w, h));
        return top + h;
    }
    cells(svg, 'W', now.weights.view(), (x, top), cell);
    // A row without a positive denominator is no mean of anything.
    for (row, _) in now.denominators.iter().enumerate().filter(|(_, total)| **total <= 0.0) {
        svg.hatch("os-hatch", (x, top + cell.1 * row as f64, w, cell.1 - 1.0), 5.0 * at.u);
    }
    top + h
}

/// The yellow frame of the row in focus of a table whose cells begin at `x`, the table at the top of the stage.
pub fn focus(svg: &mut Svg, at: &At<'_>, x: f64, cell: (f64, f64)) {
    svg.group("class=\"through\"");
    now_frame(svg, (x - 1.0, head_h(at) + cell.1 * at.row as f64 - 0.5, 16.0 * cell.0 + 1.0, cell.1));
    svg.end();
}

/// The names of the queries at the left of a table.
pub fn names(svg: &mut Svg, at: &At<'_>, (x, y): (f64, f64), h: f64) {
    for (row, name) in TOKENS.iter().enumerate() {
        let class = if row == at.row { "t00 b" } else { "t00 ink2" };
        svg.group(&["data-row=\"", &row.to_string(), "\" class=\"pick\""].concat());
        svg.rect("hit", x - 4.9 * at.size, y + head_h(at) + h * row as f64, 4.6 * at.size, h);
        svg.text(class, Anchor::End, x - 0.5 * at.size, y + head_h(at) + h * row as f64 + h / 2.0 + 0.36 * at.size, name);
        svg.end();
    }
}

/// The names of the keys over a table, read upwards.
fn keys(svg: &mut Svg, at: &At<'_>, (x, y): (f64, f64), w: f64) {
    for (key, name) in TOKENS.iter().enumerate() {
        let place = [x + w * (key as f64 + 0.5) + 0.36 * at.size, y + head_h(at) - 0.4 * at.size].map(px);
        svg.group(&["transform=\"translate(", &place[0], " ", &place[1], ") rotate(-90)\""].concat());
        svg.text("t00 ink2", Anchor::Start, 0.0, 0.0, name);
        svg.end();
    }
}

/// What the tints mean, right-aligned at `right`.
fn ramp(svg: &mut Svg, at: &At<'_>, right: f64, y: f64) {
    let (w, size) = (0.55 * at.size, at.size);
    let left = right - 9.0 * w - 0.8 * size;
    for level in 0..9 {
        svg.rect(&["seq-", &level.to_string()].concat(), left + w * level as f64, y + 0.2 * size, w, 0.9 * size);
    }
    svg.text("t00 dim", Anchor::End, left - 0.25 * size, y + size, "0");
    svg.text("t00 dim", Anchor::End, right, y + size, "1");
}

/// Cells that can be asked why, in rows that can take the focus.
fn cells(svg: &mut Svg, kind: char, weights: ArrayView2<'_, f32>, (x, y): (f64, f64), (w, h): (f64, f64)) {
    let mut minus = String::new();
    for (row, line) in weights.rows().into_iter().enumerate() {
        let (number, top) = (row.to_string(), y + h * row as f64);
        svg.group(&["data-row=\"", &number, "\" class=\"row\""].concat());
        for (key, value) in line.iter().enumerate() {
            let id = [kind.encode_utf8(&mut [0; 4]), ":", &number, ":", &key.to_string()].concat();
            let left = x + w * key as f64;
            svg.cell(&id, &[TOKENS[row], ", ", TOKENS[key], ": ", &weight(f64::from(*value))].concat());
            let negative = *value < 0.0;
            let class = if negative { ["div-", &diverging(*value, 1.0).to_string()] } else { ["seq-", &sequential(*value).to_string()] };
            svg.rect(&class.concat(), left, top, w - 1.0, h - 1.0);
            svg.end();
            if negative {
                segments(&mut minus, &[("M", left + w * 0.25), (" ", top + h / 2.0 - 0.5), ("h", w * 0.42)]);
            }
        }
        svg.end();
    }
    if !minus.is_empty() {
        svg.path("fm-minus through", &minus);
    }
    svg.rect("os-edge through", x - 0.5, y - 0.5, 16.0 * w, 16.0 * h);
}
