//! The marks that figures on matrices share: cells on a ramp, frames, traces, and the grid of tile pairs.

use ndarray::ArrayView1;

use super::svg::{Anchor, Svg, path, px, segments};

/// The yellow frame of a tile in fast memory.
pub fn now_frame(svg: &mut Svg, (x, y, w, h): Frame) {
    svg.rect("frame-now", x, y, w, h);
    svg.rect("frame-ink", x, y, w, h);
}

/// Class of a signed score on the diverging ramp.
pub fn diverging(x: f32, scale: f32) -> usize {
    let share = (x / scale).clamp(-1.0, 1.0);
    if share.is_nan() { 4 } else { (4.0 + 4.0 * share).round() as usize }
}

/// Class of a probability on the sequential ramp.
pub fn sequential(p: f32) -> usize {
    if p.is_nan() { 8 } else { ((p.clamp(0.0, 1.0) * 9.0) as usize).min(8) }
}

/// One cell of a matrix: colour, number if there is room, peak frame, and its name for who cannot see it.
#[expect(clippy::too_many_arguments, reason = "a cell is its place, its value and its look; a struct would only rename them")]
pub fn cell(svg: &mut Svg, id: &str, label: &str, x: f64, y: f64, w: f64, h: f64, class: &str, text: Option<&str>, peak: bool) {
    svg.cell(id, label);
    svg.rect(&["cell ", class].concat(), x + 0.5, y + 2.0, w - 1.0, h - 3.0);
    if peak {
        svg.rect("peak", x + 1.5, y + 3.0, w - 3.0, h - 5.0);
    }
    if let Some(text) = text {
        let size = if text.chars().count() > 5 || w < 43.0 { "t0" } else { "t2" };
        svg.text(
            &[size, " ", class, if peak { "-t b" } else { "-t" }].concat(),
            Anchor::Middle,
            x + w / 2.0,
            y + h / 2.0 + if size == "t0" { 4.5 } else { 5.5 } * (h / 33.0).clamp(0.8, 2.0),
            text,
        );
    }
    svg.end();
}

/// A large number with a small one above it, in a cell of this class: the large one overwrites the small one in registers.
pub fn two_numbers(svg: &mut Svg, class: &str, (x, y, w, h): (f64, f64, f64, f64), small: &str, large: &str) {
    for (size, text, down) in [("t00 ", small, 0.38), ("t2 ", large, 0.8)] {
        svg.text(&[size, class, "-t through"].concat(), Anchor::Middle, x + w / 2.0, y + h * down, text);
    }
}

/// A box: left, top, width, height.
pub type Frame = (f64, f64, f64, f64);

/// Height of the frame of a tile of keys in fast memory: over their names and strips, or where heads leave no room over the strips.
pub fn keys_h(u: f64) -> f64 {
    if u > 1.5 { 12.0 * u } else { 25.0 }
}

/// The frame of a tile that this step moves: drawn at `to`, comes from `from`. Of class `passing` it is seen only on its way.
#[inline(never)]
pub fn moving_frame(svg: &mut Svg, class: &str, from: Frame, to: Frame) {
    svg.group(&["class=\"", class, "\" transform=\"translate(", &px(to.0), " ", &px(to.1), ")\""].concat());
    let list = [("translate(", from.0 - to.0), ("px,", from.1 - to.1), ("px) scale(", from.2 / to.2), (",", from.3 / to.3)];
    svg.from(&path(&list, ")"));
    now_frame(svg, (0.0, 0.0, to.2, to.3));
    svg.raw("</g></g>");
}

/// A row of channels that changes: what it was, what is left of that, and what it is now.
pub struct Trace<'a> {
    /// Before.
    pub old: ArrayView1<'a, f32>,
    /// After; `None` while it is not computed.
    pub new: Option<ArrayView1<'a, f32>>,
    /// What is left of the old value.
    pub alpha: f32,
    /// Whether that factor is known already.
    pub factored: bool,
    /// Class of its colour: `q`, `k`, `v`, `o` or `bad`.
    pub role: &'static str,
}

/// Before (dashed), kept (fill), after (line), on a scale of its own, in a box `(x, y, w, h)`.
pub fn trace(svg: &mut Svg, it: &Trace<'_>, (x, y, w, h): (f64, f64, f64, f64)) {
    let Trace { old, new, alpha, .. } = *it;
    let most = old.iter().chain(new.iter().flatten()).filter(|x| x.is_finite()).fold(1e-9_f32, |most, x| most.max(x.abs()));
    let zero = y + h / 2.0;
    let shrinks = new.is_none() && it.factored && alpha < 1.0 && old.iter().any(|x| *x != 0.0);
    svg.rect(if new.is_some() || shrinks { "hit" } else { "hit same" }, x, y, w, h);
    svg.line("zero", x, zero, x + w, zero);
    let at_y = |value: f32, factor: f32| zero - f64::from((value * factor / most).clamp(-1.0, 1.0)) * (h / 2.0 - 1.0);
    let seen = old.iter().any(|x| *x != 0.0);
    let [kept, after] = ["kept ", "after "].map(|mark| [mark, it.role].concat());
    match new {
        None if shrinks => {
            svg.path("before", &steps(old, x, w, &|v| at_y(v, 1.0), None));
            // Its own size is that of the past, about its zero line: from there it shrinks to what is kept.
            let left = f64::from(alpha).max(0.01);
            svg.group(&["class=\"shrinks\" transform=\"translate(0 ", &px(zero), ") scale(1 ", &px(left), ")\""].concat());
            svg.from(&["scale(1,", &px(1.0 / left), ")"].concat());
            svg.path(&kept, &steps(old, x, w, &|v| at_y(v, 1.0) - zero, Some(0.0)));
            svg.end();
            svg.end();
        }
        None if seen => svg.path(&after, &steps(old, x, w, &|v| at_y(v, 1.0), None)),
        None => {}
        Some(new) => {
            if seen {
                svg.path(&kept, &steps(old, x, w, &|v| at_y(v, alpha), Some(zero)));
                if alpha < 1.0 {
                    svg.path("before", &steps(old, x, w, &|v| at_y(v, 1.0), None));
                }
            }
            svg.path_from(&after, &steps(new, x, w, &|v| at_y(v, 1.0), None), &steps(old, x, w, &|v| at_y(v, alpha), None));
        }
    }
}

/// A staircase over the channels; closed to `zero` for a fill.
fn steps(values: ArrayView1<'_, f32>, x: f64, w: f64, y: &dyn Fn(f32) -> f64, zero: Option<f64>) -> String {
    let unit = w / values.len().max(1) as f64;
    let mut d = String::new();
    for (idx, value) in values.iter().enumerate() {
        let value = if value.is_finite() { *value } else { 0.0 };
        let (left, right) = (x + unit * idx as f64, x + unit * (idx + 1) as f64);
        match (idx, zero) {
            (0, Some(zero)) => segments(&mut d, &[("M", left), (" ", zero), ("V", y(value)), ("H", right)]),
            (0, None) => segments(&mut d, &[("M", left), (" ", y(value)), ("H", right)]),
            _ => segments(&mut d, &[("V", y(value)), ("H", right)]),
        }
    }
    if let Some(zero) = zero {
        segments(&mut d, &[("V", zero)]);
        d.push('z');
    }
    d
}

/// The grid of tile pairs `(rows, cols)` in a box: what is never stored, and how far the run has come. `class` of a pair
/// is `lat-todo`, `lat-done`, `lat-now` or `lat-skip`.
pub fn lattice(
    svg: &mut Svg,
    (rows, cols): (usize, usize),
    (x, y, w, h): (f64, f64, f64, f64),
    class: &dyn Fn(usize, usize) -> &'static str,
) {
    let (w, h) = (w / cols as f64, h / rows as f64);
    let gap = if w.min(h) > 8.0 { 2.0 } else { 0.5 };
    for (i, j) in (0..rows * cols).map(|idx| (idx / cols, idx % cols)) {
        let (x, y) = (x + w * j as f64 + gap, y + h * i as f64 + gap);
        let class = class(i, j);
        svg.rect(class, x, y, w - 2.0 * gap, h - 2.0 * gap);
        if class == "lat-skip" && w.min(h) > 8.0 {
            svg.hatch("hatch", (x, y, w - 2.0 * gap, h - 2.0 * gap), 5.0);
        }
    }
}
