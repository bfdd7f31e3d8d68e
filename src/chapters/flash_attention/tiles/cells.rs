//! The marks of the cells: matrices, value pairs, factor chips and output traces.

use super::arrange::{Arrange, Col};
use super::figure::Tiles;
use super::run::{Act, Step};
use crate::content::number;
use crate::figure::marks::{self, cell, diverging, sequential};
use crate::figure::svg::{Anchor, Svg};

/// What a mark needs to know of its step.
pub struct Ink<'a> {
    /// The figure.
    pub fig: &'a Tiles,
    /// The step.
    pub now: &'a Step,
    /// Whether this row's factor is being asked for.
    pub asking: bool,
    /// Unit.
    pub u: f64,
}

/// A row of the tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The query.
    pub row: usize,
    /// Top.
    pub y: f64,
    /// Whether it is in focus.
    pub focused: bool,
}

impl Ink<'_> {
    /// Index of a query within the tile.
    pub fn at(&self, row: usize) -> usize {
        row - self.now.rows.start
    }
}

fn middle(at: &Arrange, y: f64, size: f64) -> f64 {
    y + at.row_h / 2.0 + size * 0.35
}

/// S of a row.
pub fn scores(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    let peak = ink.now.s.as_ref().map(|s| s.row(ink.at(row.row)).fold(f32::NEG_INFINITY, |most, x| most.max(*x)));
    for (idx, key) in ink.now.cols.clone().enumerate() {
        let x = col.x + at.cell_w * idx as f64;
        let value = ink.now.s.as_ref().map(|s| s[[ink.at(row.row), idx]]);
        one_score(svg, ink, row, key, value, peak, (x, row.y, at.cell_w, at.row_h), at.numbers);
    }
}

#[expect(clippy::too_many_arguments, reason = "shared by both arrangements; each argument is a plain fact of the cell")]
fn one_score(
    svg: &mut Svg,
    ink: &Ink<'_>,
    row: &Row,
    key: usize,
    value: Option<f32>,
    peak: Option<f32>,
    (x, y, w, h): (f64, f64, f64, f64),
    numbers: bool,
) {
    let id = format!("S:{}:{key}", row.row);
    let name = format!("S[{}, {}]", ink.fig.inputs.query_names[row.row], ink.fig.inputs.key_names[key]);
    match value {
        None => cell(svg, &id, &format!("{name}: …"), x, y, w, h, "unknown", numbers.then_some("·"), false),
        Some(s) if s == f32::NEG_INFINITY && !ink.fig.inputs.x.mask.allows(row.row, key) => {
            cell(svg, &id, &format!("{name}: −∞"), x, y, w, h, "masked", numbers.then_some("−∞"), false);
        }
        Some(s) => {
            let text = number::cell(f64::from(s));
            let class = format!("div-{}", diverging(s, ink.fig.score_scale));
            let peak = row.focused && Some(s) == peak;
            cell(svg, &id, &format!("{name} = {text}"), x, y, w, h, &class, numbers.then_some(&text), peak);
        }
    }
}

/// P of a row.
pub fn weights(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    for (idx, key) in ink.now.cols.clone().enumerate() {
        let x = col.x + at.cell_w * idx as f64;
        let value = ink.now.p.as_ref().map(|p| p[[ink.at(row.row), idx]]);
        weight(svg, ink, row, key, value, (x, row.y, at.cell_w, at.row_h), at.numbers);
    }
}

/// One weight.
pub fn weight(svg: &mut Svg, ink: &Ink<'_>, row: &Row, key: usize, value: Option<f32>, (x, y, w, h): (f64, f64, f64, f64), numbers: bool) {
    let id = format!("P:{}:{key}", row.row);
    let name = format!("P[{}, {}]", ink.fig.inputs.query_names[row.row], ink.fig.inputs.key_names[key]);
    match value {
        None => cell(svg, &id, &format!("{name}: …"), x, y, w, h, "unknown", numbers.then_some("·"), false),
        Some(p) => {
            let text = number::cell(f64::from(p));
            let masked = !ink.fig.inputs.x.mask.allows(row.row, key);
            let class = if masked { "masked".to_string() } else { format!("seq-{}", sequential(p)) };
            cell(svg, &id, &format!("{name} = {text}"), x, y, w, h, &class, numbers.then_some(&text), false);
        }
    }
}

/// One weight with its score small above it: P overwrites S in registers.
pub fn weight_over_score(svg: &mut Svg, ink: &Ink<'_>, row: &Row, key: usize, place: (f64, f64, f64, f64), numbers: bool) {
    let idx = key - ink.now.cols.start;
    let p = ink.now.p.as_ref().map(|p| p[[ink.at(row.row), idx]]);
    weight(svg, ink, row, key, p, place, false);
    let (Some(p), Some(s), true) = (p, ink.now.s.as_ref().map(|s| s[[ink.at(row.row), idx]]), numbers) else { return };
    let class = if ink.fig.inputs.x.mask.allows(row.row, key) { format!("seq-{}", sequential(p)) } else { "masked".to_string() };
    marks::two_numbers(svg, &class, place, &state(s), &number::cell(f64::from(p)));
}

/// Scores for the phone's act *scores*, where S is shown large in the place of P.
pub fn score(svg: &mut Svg, ink: &Ink<'_>, row: &Row, key: usize, place: (f64, f64, f64, f64), numbers: bool) {
    let idx = key - ink.now.cols.start;
    let peak = ink.now.s.as_ref().map(|s| s.row(ink.at(row.row)).fold(f32::NEG_INFINITY, |most, x| most.max(*x)));
    let value = ink.now.s.as_ref().map(|s| s[[ink.at(row.row), idx]]);
    one_score(svg, ink, row, key, value, peak, place, numbers);
}

fn state(x: f32) -> String {
    if x == f32::NEG_INFINITY { "–".into() } else { number::cell(f64::from(x)) }
}

/// What [`pair`] shows, as a name for those who cannot see it.
fn spoken(old: &str, new: Option<&str>) -> String {
    match new.filter(|new| *new != old) {
        Some(new) if old == "–" => new.to_string(),
        Some(new) => format!("{old}→{new}"),
        None => old.to_string(),
    }
}

/// Class of the place of a value that the step may have changed.
fn hit(old: &str, new: Option<&str>) -> &'static str {
    if new.is_some_and(|new| new != old) { "hit" } else { "hit same" }
}

/// Old value, arrow, new value; or the one there is.
fn pair(svg: &mut Svg, class: &str, x: f64, y: f64, u: f64, old: &str, new: Option<&str>) {
    match new.filter(|new| *new != old) {
        Some(new) if old == "–" => svg.text_of(["t2 b ", class], Anchor::Start, x, y, new),
        Some(new) => svg.change(&["t2 ", class].concat(), Anchor::Start, (x, y), 3.0 * u, old, new),
        None => svg.text_of(["t2 ", class], Anchor::Start, x, y, old),
    }
}

/// m and the factor of a row.
pub fn maximum(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    if at.row_h < 13.0 * ink.u {
        return factor_mark(svg, ink, row, col, at);
    }
    let idx = ink.at(row.row);
    let y = middle(at, row.y, 15.0 * ink.u);
    let old = state(ink.now.m_old[idx]);
    let new = ink.now.m_new.as_ref().map(|m| state(m[idx]));
    svg.cell(&format!("m:{}", row.row), &format!("m[{}] = {}", ink.fig.inputs.query_names[row.row], spoken(&old, new.as_deref())));
    svg.rect(hit(&old, new.as_deref()), col.x - 4.0, row.y + 2.0, col.w - 66.0 * ink.u, at.row_h - 3.0);
    pair(svg, "c-m", col.x, y, ink.u, &old, new.as_deref());
    svg.end();
    factor(svg, ink, row, col.x + col.w - 66.0 * ink.u, 66.0 * ink.u, row.y, at.row_h);
}

/// The factor as a chip; the strongest mark of the page when it changes the past.
pub fn factor(svg: &mut Svg, ink: &Ink<'_>, row: &Row, x: f64, w: f64, y: f64, h: f64) {
    let idx = ink.at(row.row);
    let text_y = y + h / 2.0 + 5.0 * ink.u;
    let chip = (x + 2.0, y + (h - 22.0 * ink.u) / 2.0, w - 2.0, 22.0 * ink.u);
    if ink.asking {
        svg.rect("chip-ask", chip.0, chip.1, chip.2, chip.3);
        return svg.text("t2 b", Anchor::Middle, x + w / 2.0, text_y, "× ?");
    }
    let Some(alpha) = ink.now.alpha.as_ref().map(|alpha| alpha[idx]) else { return };
    let (text, kind) = chip_of(ink, idx, alpha);
    svg.cell(&format!("a:{}", row.row), &format!("α[{}] = {text}", ink.fig.inputs.query_names[row.row]));
    if kind != "quiet" {
        svg.rect(&["chip-", kind].concat(), chip.0, chip.1, chip.2, chip.3);
    }
    svg.text(&["t2 chip-", kind, "-t"].concat(), Anchor::Middle, x + w / 2.0, text_y, &text);
    svg.end();
}

/// Text and kind of a factor: `quiet`, `hit` or `broken`.
fn chip_of(ink: &Ink<'_>, idx: usize, alpha: f32) -> (String, &'static str) {
    let moved = ink.now.m_new.as_ref().is_some_and(|m| ink.now.m_old[idx].is_finite() && m[idx] > ink.now.m_old[idx]);
    let text = if alpha == 1.0 {
        "×1".to_string()
    } else if alpha == 0.0 {
        "×0".into()
    } else {
        format!("×{}", number::factor(f64::from(alpha)))
    };
    let broken = moved && ink.fig.broken();
    (
        text,
        if broken {
            "broken"
        } else if moved {
            "hit"
        } else {
            "quiet"
        },
    )
}

/// Where rows are too low for text: a mark for a rescale.
fn factor_mark(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    let Some(alpha) = ink.now.alpha.as_ref().map(|alpha| alpha[ink.at(row.row)]) else { return };
    let (_, kind) = chip_of(ink, ink.at(row.row), alpha);
    if kind != "quiet" {
        svg.rect(
            &["chip-", kind].concat(),
            col.x + col.w - 60.0 * ink.u,
            row.y + 1.0,
            54.0 * ink.u * f64::from(1.0 - alpha.min(1.0)).max(0.1),
            (at.row_h - 2.0).max(1.0),
        );
    }
}

/// l of a row.
pub fn sum(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    if at.row_h < 13.0 * ink.u {
        return;
    }
    let idx = ink.at(row.row);
    let old = if ink.now.l_old[idx] == 0.0 { "–".to_string() } else { number::cell(f64::from(ink.now.l_old[idx])) };
    let new = ink.now.l_new.as_ref().map(|l| if l[idx] == 0.0 { "–".to_string() } else { number::cell(f64::from(l[idx])) });
    svg.cell(&format!("l:{}", row.row), &format!("ℓ[{}] = {}", ink.fig.inputs.query_names[row.row], spoken(&old, new.as_deref())));
    svg.rect(hit(&old, new.as_deref()), col.x - 4.0, row.y + 2.0, col.w + 4.0, at.row_h - 3.0);
    pair(svg, "c-l", col.x, middle(at, row.y, 15.0 * ink.u), ink.u, &old, new.as_deref());
    svg.end();
}

/// m and l of a row at two places of one band.
pub fn state_pairs(svg: &mut Svg, ink: &Ink<'_>, row: usize, m_x: f64, l_x: f64, y: f64, h: f64) {
    let idx = ink.at(row);
    let name = &ink.fig.inputs.query_names[row];
    let base = y + h / 2.0 + 5.0;
    let known = |l: f32| if l == 0.0 { "–".to_string() } else { number::cell(f64::from(l)) };
    let (m, l) = (state(ink.now.m_old[idx]), known(ink.now.l_old[idx]));
    let (m_new, l_new) = (ink.now.m_new.as_ref().map(|m| state(m[idx])), ink.now.l_new.as_ref().map(|l| known(l[idx])));
    for (id, class, x, old, new) in [("m", "c-m", m_x, m, m_new), ("l", "c-l", l_x, l, l_new)] {
        svg.cell(&format!("{id}:{row}"), &format!("{}[{name}] = {}", if id == "m" { "m" } else { "ℓ" }, spoken(&old, new.as_deref())));
        svg.rect(hit(&old, new.as_deref()), x - 2.0, y + 2.0, 84.0, h - 3.0);
        pair(svg, class, x, base, 0.8, &old, new.as_deref());
        svg.end();
    }
}

/// O of a row: before (dashed), kept (fill), after (line), each row on its own scale.
pub fn output(svg: &mut Svg, ink: &Ink<'_>, row: &Row, col: Col, at: &Arrange) {
    trace(svg, ink, row, (col.x, row.y + 2.0, col.w, at.row_h - 4.0));
}

/// The output trace in a box.
pub fn trace(svg: &mut Svg, ink: &Ink<'_>, row: &Row, (x, y, w, h): (f64, f64, f64, f64)) {
    let idx = ink.at(row.row);
    let old = ink.now.o_old.row(idx);
    let new = ink.now.o_new.as_ref().map(|o| o.row(idx));
    let alpha = ink.now.alpha.as_ref().map_or(1.0, |alpha| alpha[idx]);
    let moved = ink.now.m_new.as_ref().is_some_and(|m| ink.now.m_old[idx].is_finite() && m[idx] > ink.now.m_old[idx]);
    let factored = ink.now.alpha.is_some() && ink.now.act >= Act::Factor;
    svg.cell(&format!("O:{}", row.row), &format!("O[{}]", ink.fig.inputs.query_names[row.row]));
    let bad = ink.fig.broken() && moved && factored;
    marks::trace(svg, &marks::Trace { old, new, alpha, factored, role: if bad { "bad" } else { "o" } }, (x, y, w, h));
    svg.end();
}
