//! The cells of the stage: a row's tables and its dQ, and under the columns each key's dV and dK.

use super::figure::Backward;
use super::places::Places;
use super::run::Act;
use crate::content::number;
use crate::figure::View;
use crate::figure::around::{self, Head};
use crate::figure::marks::{self, diverging, sequential};
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::timeline::fit;

/// The keys of the tile above their columns, each with its strip of K or of V.
pub fn keys(svg: &mut Svg, fig: &Backward, act: Act, at: &Places) {
    if act < Act::LoadKv || act >= Act::Store {
        return;
    }
    let x = fig.x();
    for (band, col, role, scale, matrix) in [(0, 1, "key", fig.scales[2], &x.k), (1, 3, "value", fig.scales[4], &x.v)] {
        let y = at.bands[band] - 14.0 * at.u;
        for (idx, key) in fig.run.chosen.cols.clone().enumerate() {
            let left = at.cols[col] + at.cell_w * idx as f64;
            if at.cell_w >= 26.0 * at.u {
                let name = fit(&fig.inputs.given.key_names[key], at.cell_w + 2.0, 12.0 * at.u);
                svg.text("t0", Anchor::Middle, left + at.cell_w / 2.0, y, &name);
            }
            let frame = Frame { x: left + 2.0, y: y + 4.0 * at.u, w: at.cell_w - 4.0, h: 7.0 * at.u };
            strip::draw(svg, role, matrix.slice(ndarray::s![key..key + 1, ..]), scale, frame);
        }
    }
}

/// A query: index in the tile, row, and whether it is in focus. `left` gets its name, L, S and P, `right` D, dP, dS and dQ.
pub fn row(left: &mut Svg, right: &mut Svg, fig: &Backward, act: Act, (idx, row, focused): (usize, usize, bool), at: &Places, view: &View) {
    let group = format!(r#"data-row="{row}" class="row""#);
    left.group(&group);
    right.group(&group);
    let y = [0, 1, 2].map(|band| at.bands[band] + at.band_h(band) * idx as f64);
    name(left, fig, (row, focused), &y, at, view);
    if at.wide && act >= Act::LoadRows && act < Act::Store {
        let (x, h) = (at.name_x + 8.0 * at.u, (9.0 * at.u).min(at.row_h / 3.0));
        for (down, role, matrix, full) in [(0.18, "query", &fig.x().q, fig.scales[0]), (0.56, "output", &fig.d_out, fig.scales[1])] {
            let frame = Frame { x, y: y[0] + at.row_h * down, w: 56.0 * at.u, h };
            strip::draw(left, role, matrix.slice(ndarray::s![row..row + 1, ..]), full, frame);
        }
    }
    let resident = (Act::LoadRows..Act::Store).contains(&act);
    if resident {
        one_number(left, fig, ("L", row), (at.cols[0], y[0]), fig.run.lse[row], fig.inputs.broken.lse, at);
    }
    if resident || act == Act::Delta {
        one_number(right, fig, ("D", row), (at.cols[2], y[1]), fig.run.out.delta[row], fig.inputs.broken.delta, at);
    }
    for (col, key) in fig.run.chosen.cols.clone().enumerate() {
        let x = at.cell_w * col as f64;
        let place = Place { row, key, at: [idx, col] };
        block(left, fig, act, &place, 0, (at.cols[1] + x, y[0], at.cell_w, at.row_h), at);
        block(right, fig, act, &place, 2, (at.cols[3] + x, y[1], at.cell_w, at.row_h), at);
    }
    if (Act::GrowQ..Act::Store).contains(&act) {
        let name = &fig.inputs.given.query_names[row];
        sum(right, fig, act, 1, (idx, row, name), (at.cols[4], y[2] + 2.0, at.dq_w, at.band_h(2) - 4.0));
    }
    left.end();
    right.end();
}

/// The name of a query and the line it stands on, in each band.
fn name(svg: &mut Svg, fig: &Backward, (row, focused): (usize, bool), y: &[f64; 3], at: &Places, view: &View) {
    for (band, y) in y.iter().enumerate().take(if at.wide { 1 } else { 3 }) {
        let h = at.band_h(band);
        svg.line("hair", 8.0, *y, view.width - 10.0, *y);
        svg.rect(if focused { "row-now" } else { "row-hit" }, 4.0, y + 1.0, view.width - 8.0, h - 1.0);
        if h >= 13.0 * at.u {
            let size = if at.wide { "t2" } else { "t1" };
            let name = fit(&fig.inputs.given.query_names[row], at.name_x - 8.0, 14.0 * at.u);
            svg.text_of([size, if focused { " b" } else { "" }], Anchor::End, at.name_x, y + h / 2.0 + 5.0 * at.u, &name);
        }
    }
}

/// L or D of a row; struck where something else stands in its place.
fn one_number(svg: &mut Svg, fig: &Backward, (kind, row): (&str, usize), (x, y): (f64, f64), value: f32, broken: bool, at: &Places) {
    if at.row_h < 13.0 * at.u {
        return;
    }
    let text = number::cell(f64::from(value));
    svg.cell(&format!("{kind}:{row}"), &format!("{kind}[{}] = {text}", fig.inputs.given.query_names[row]));
    let (h, base) = (22.0 * at.u, y + at.row_h / 2.0);
    svg.rect(if broken { "chip-broken" } else { "hit" }, x - 4.0, base - h / 2.0, 46.0 * at.u, h);
    svg.text(if broken { "t2 chip-broken-t" } else { "t2 c-l" }, Anchor::Start, x, base + 5.0 * at.u, &text);
    svg.end();
}

/// A cell's query, key, and index in the tables of the pair.
struct Place {
    row: usize,
    key: usize,
    at: [usize; 2],
}

/// A cell of S and P (`first` 0), or of dP and dS (`first` 2): the second overwrites the first.
fn block(svg: &mut Svg, fig: &Backward, act: Act, place: &Place, first: usize, frame: (f64, f64, f64, f64), at: &Places) {
    let (x, y, w, h) = frame;
    let value = |idx: usize| fig.entries(act, idx).map(|table| table[place.at]);
    let shown = if value(first + 1).is_some() { first + 1 } else { first };
    let kind = ["S", "P", "dP", "dS"][shown];
    let id = format!("{kind}:{}:{}", place.row, place.key);
    let given = &fig.inputs.given;
    let name = format!("{kind}[{}, {}]", given.query_names[place.row], given.key_names[place.key]);
    let Some(number) = value(shown) else {
        return marks::cell(svg, &id, &format!("{name}: …"), x, y, w, h, "unknown", at.numbers.then_some("·"), false);
    };
    let text = number::cell(f64::from(number));
    let masked = !fig.x().mask.allows(place.row, place.key) && kind != "dP";
    let class = match (masked, kind) {
        (true, _) => "masked".to_string(),
        (_, "P") => ["seq-", &sequential(number).to_string()].concat(),
        _ => ["div-", &diverging(number, largest(fig, shown)).to_string()].concat(),
    };
    let small = if shown == first { None } else { value(first) }.filter(|_| at.numbers).map(|x| number::cell(f64::from(x)));
    let alone = (at.numbers && small.is_none()).then_some(text.as_str());
    marks::cell(svg, &id, &format!("{name} = {text}"), x, y, w, h, &class, alone, false);
    // What comes of a wrong L or of no D is wrong as well.
    let broken = fig.inputs.broken;
    if !masked && ((broken.lse && matches!(kind, "P" | "dS")) || (broken.delta && kind == "dS")) {
        svg.hatch("os-hatch", (x + 1.0, y + 2.0, w - 2.0, h - 3.0), 7.0 * at.u);
    }
    if let Some(small) = small {
        marks::two_numbers(svg, &class, frame, &small, &text);
    }
}

/// The largest finite magnitude of a table of the pair.
fn largest(fig: &Backward, idx: usize) -> f32 {
    let table = fig.run.chosen.tables.get(idx);
    table.into_iter().flatten().filter(|x| x.is_finite()).fold(1e-6_f32, |most, x| most.max(x.abs()))
}

/// dV (`idx` 0), dQ (1) or dK (2) of a row of it: what was there, and what it is now.
fn sum(svg: &mut Svg, fig: &Backward, act: Act, idx: usize, (at, row, name): (usize, usize, &str), frame: (f64, f64, f64, f64)) {
    let (before, after) = fig.sum(act, idx);
    let kind = ["dV", "dQ", "dK"][idx];
    let broken = fig.inputs.broken;
    let bad = after.is_some() && (broken.lse || (broken.delta && idx != 0));
    let role = if bad { "bad" } else { ["v", "q", "k"][idx] };
    svg.cell(&format!("{kind}:{row}"), &format!("{kind}[{name}]"));
    marks::trace(
        svg,
        &marks::Trace { old: before.row(at), new: after.map(|after| after.row(at)), alpha: 1.0, factored: false, role },
        frame,
    );
    svg.end();
}

/// dV and dK of each key, under its column of P and of dS.
pub fn feet(svg: &mut Svg, fig: &Backward, act: Act, at: &Places) {
    let chosen = &fig.run.chosen;
    for (idx, band, col, when, class, name, formula) in
        [(0, 0, 1, Act::GrowV, "v", "dV", "+= Pᵀ·dO"), (2, 1, 3, Act::GrowK, "k", "dK", "+= dSᵀQ")]
    {
        let y = at.bands[band] + at.row_h * chosen.rows.len() as f64 + 6.0;
        let width = (17.0 + 14.0 + 6.6 * formula.chars().count() as f64) * at.u;
        let left = if at.wide { at.cols[col] - width } else { 8.0 };
        let formula = if at.wide { formula } else { "+=" };
        around::act_head(svg, (left, y + at.foot_h / 2.0 + 4.0 * at.u), at.u, when.cmp(&act), &Head { class, name, formula, up: "" });
        if act < Act::LoadKv || act == Act::End {
            continue;
        }
        for (at_key, key) in chosen.cols.clone().enumerate() {
            let x = at.cols[col] + at.cell_w * at_key as f64 + 2.0;
            sum(svg, fig, act, idx, (at_key, key, &fig.inputs.given.key_names[key]), (x, y, at.cell_w - 4.0, at.foot_h));
        }
    }
}
