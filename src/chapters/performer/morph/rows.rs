//! One query three times: its weights on all keys and its output by softmax, by FAVOR+ and by the activation at t; the keys'
//! own weights above, and the denominators of all queries below, where another can be chosen.

use ndarray::{Array1, ArrayView1};

use super::arrange::Arrange;
use super::figure::Morph;
use super::why::times;
use crate::content::Value::Token;
use crate::content::{number, say};
use crate::data::head::TOKENS;
use crate::figure::marks::{self, Trace, sequential};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::width;

/// Draws everything from `y` down; gives the lower end.
pub fn draw(svg: &mut Svg, fig: &Morph, query: usize, at: &Arrange, y: f64) -> f64 {
    let mut y = names(svg, query, at, y);
    y = key_weights(svg, fig, at, y);
    let run = &fig.run;
    let favor = narrow(run.favor.out.row(query));
    let gap = number::residual(run.gap_of(query));
    let same = number::residual(run.same);
    let plain = [fig.phi().as_str(), at.lang.pick(", no weights", "，无权重")].concat();
    let rows = [
        Row { id: "softmax", name: "softmax".into(), weights: run.softmax.probs.row(query), out: run.softmax.out.row(query), number: None },
        Row {
            id: "favor",
            name: at.lang.pick("FAVOR+, fixed axes", "FAVOR+，固定轴").into(),
            weights: run.favor.weights.row(query),
            out: run.favor.out.row(query),
            number: Some(("same", same, at.lang.pick("to exp × weight", "与 exp × 权重"))),
        },
        Row {
            id: "now",
            name: plain,
            weights: run.now.weights.row(query),
            out: run.now.out.row(query),
            number: Some(("row", gap, at.lang.pick("to FAVOR+", "与 FAVOR+"))),
        },
    ];
    for row in &rows {
        y = weights(svg, row, &favor, query, at, y);
    }
    denominators(svg, fig, query, at, y + 6.0 * at.u)
}

/// A row of the table.
struct Row<'a> {
    id: &'static str,
    name: String,
    weights: ArrayView1<'a, f64>,
    out: ArrayView1<'a, f64>,
    /// Cell, number and what it is.
    number: Option<(&'static str, String, &'static str)>,
}

fn narrow(row: ArrayView1<'_, f64>) -> Array1<f32> {
    row.mapv(|x| x as f32)
}

/// Whose weights these are, and the keys over their columns, on as many lines as they need.
fn names(svg: &mut Svg, query: usize, at: &Arrange, y: f64) -> f64 {
    let (size, lines) = (at.size, if at.stacked { 3 } else { 2 });
    let lead = say!(at.lang; it = Token(TOKENS[query]); "Weights of {it}, in %", "{it} 的权重，%").text();
    let mut top = y;
    if at.stacked {
        svg.text("t00 b", Anchor::Start, 0.0, y + size, &lead);
        top += 1.6 * size;
    } else {
        svg.text("t00 b", Anchor::Start, 0.0, y + (1.2 * lines as f64 - 0.2) * size, &lead);
        let head = at.lang.pick("output, 32 channels", "输出，32 个通道");
        svg.text("t00 b", Anchor::Start, at.trace.0, y + size, head);
        svg.text("t00 ink2", Anchor::Start, at.trace.0, y + 2.2 * size, at.lang.pick("filled: FAVOR+", "填色：FAVOR+"));
    }
    for (key, token) in TOKENS.iter().enumerate() {
        let base = top + size * (1.0 + 1.15 * (key % lines) as f64);
        let half = width(token, size) / 2.0;
        svg.text("t00 c-k", Anchor::Middle, at.key(key).clamp(half, at.width - half), base, token);
    }
    top + (1.15 * lines as f64 + 0.25) * size
}

/// e^(-|k|^2/2) of every key as a bar, against the largest.
fn key_weights(svg: &mut Svg, fig: &Morph, at: &Arrange, y: f64) -> f64 {
    let (run, u) = (&fig.run, at.u);
    let most = run.key_weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let (mut top, h) = (y, 26.0 * u);
    let label = at.lang.pick("key weight e^(−|k|²/2)", "key 权重 e^(−|k|²/2)");
    if at.stacked {
        svg.text("t00", Anchor::Start, 0.0, top + at.size, label);
        top += 1.4 * at.size;
    } else {
        svg.text("t00", Anchor::Start, 0.0, top + h - 3.0 * u, label);
    }
    let base = top + h;
    for (key, weight) in run.key_weights.iter().enumerate() {
        let tall = (h * weight / most).max(0.75 * u);
        let x = at.key(key) - at.cell * 0.32;
        svg.cell(&["kw:", &key.to_string()].concat(), &[TOKENS[key], ": ", &number::table(*weight)].concat());
        svg.rect("hit", x - at.cell * 0.18, top, at.cell, h);
        svg.rect("f-k through", x, base - tall, at.cell * 0.64, tall);
        svg.end();
    }
    svg.line("zero", at.keys, base, at.keys + at.cell * TOKENS.len() as f64, base);
    let text = ["× ", &times(run.spread())].concat();
    let note = at.lang.pick("largest ÷ smallest", "最大 ÷ 最小");
    let (x, line) = if at.stacked { (at.width, top - 0.4 * at.size) } else { (at.trace.0, base - 3.0 * u) };
    if at.stacked {
        svg.text("t00 ink2", Anchor::End, x, line, &[note, " ", &text].concat());
        svg.ask("spread", &text, (at.width / 2.0, top - 1.4 * at.size, at.width / 2.0, 1.4 * at.size));
    } else {
        svg.text("t00 ink2", Anchor::Start, x, line, note);
        svg.text("t2 b", Anchor::End, at.number, line, &text);
        svg.ask("spread", &text, (x, base - 20.0 * u, at.number - x, 20.0 * u));
    }
    base + 4.0 * u
}

/// One row: its name, its weights on the keys, its output over that of FAVOR+, and how far these are apart.
fn weights(svg: &mut Svg, row: &Row<'_>, favor: &Array1<f32>, query: usize, at: &Arrange, y: f64) -> f64 {
    let (u, h) = (at.u, at.row);
    let mut top = y;
    if at.stacked {
        svg.text("t00 b", Anchor::Start, 0.0, y + 1.2 * at.size, &row.name);
        top += 1.6 * at.size;
    } else {
        svg.text("t0 b", Anchor::Start, 0.0, y + h / 2.0 + 4.0 * u, &row.name);
    }
    let most = row.weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (key, weight) in row.weights.iter().enumerate() {
        let id = [row.id, ":", &query.to_string(), ":", &key.to_string()].concat();
        let text = number::fixed(100.0 * weight, 0);
        // A weight below 0 is none.
        let bad = *weight < 0.0;
        let class = if bad { "os-bad".to_string() } else { ["seq-", &sequential(*weight as f32).to_string()].concat() };
        let name = [TOKENS[key], ": ", &number::table(*weight)].concat();
        let x = at.key(key) - at.cell / 2.0;
        let fits = text.chars().count() <= 3;
        marks::cell(svg, &id, &name, x, top, at.cell, h, &class, fits.then_some(text.as_str()), *weight == most);
        if bad {
            svg.hatch("os-hatch", (x, top + 2.0, at.cell - 1.0, h - 3.0), 6.0 * u);
        }
    }
    let place = if at.stacked { (0.0, top + h + 2.0, at.trace.1, 26.0) } else { (at.trace.0, top + 1.0, at.trace.1, h - 2.0) };
    let new = narrow(row.out);
    marks::trace(svg, &Trace { old: favor.view(), new: Some(new.view()), alpha: 1.0, factored: true, role: "o" }, place);
    if let Some((cell, number, what)) = &row.number {
        let (_, y, _, h) = place;
        svg.text("t0 b", Anchor::End, at.number, y + 0.45 * h, number);
        svg.text("t00 ink2", Anchor::End, at.number, y + 0.45 * h + 1.15 * at.size, what);
        let id = if *cell == "row" { ["row:", &query.to_string()].concat() } else { cell.to_string() };
        svg.ask(&id, number, (at.number - 82.0 * u, y, 82.0 * u, h));
    }
    if at.stacked { place.1 + 30.0 } else { top + h }
}

/// The denominators of all queries with the activation at t; what is not above 0 is hatched. A click chooses the query.
fn denominators(svg: &mut Svg, fig: &Morph, query: usize, at: &Arrange, y: f64) -> f64 {
    let (now, u) = (&fig.run.now, at.u);
    let (mut top, h) = (y, 24.0 * u);
    let label = at.lang.pick("denominator per query", "各 query 的分母");
    if at.stacked {
        svg.text("t00 b", Anchor::Start, 0.0, top + at.size, label);
        top += 1.5 * at.size;
    } else {
        svg.text("t00", Anchor::Start, 0.0, top + h - 3.0 * u, label);
    }
    let base = top + h;
    let most = now.denominators.iter().fold(f64::MIN_POSITIVE, |most, total| most.max(total.abs()));
    for (idx, total) in now.denominators.iter().enumerate() {
        svg.group(&["data-row=\"", &idx.to_string(), "\" class=\"row pick\""].concat());
        let x = at.key(idx) - at.cell / 2.0;
        if idx == query {
            svg.rect("row-now", x, top - 2.0 * u, at.cell, h + 1.6 * at.size);
        }
        svg.cell(&["den:", &idx.to_string()].concat(), &[TOKENS[idx], ": ", &number::cell(*total)].concat());
        svg.rect("hit", x, top - 2.0 * u, at.cell, h + 2.0 * u);
        svg.end();
        let tall = (h * total.abs() / most).max(u);
        if *total > 0.0 {
            svg.rect("f-l through", x + at.cell * 0.18, base - tall, at.cell * 0.64, tall);
        } else {
            svg.rect("os-bad through", x + 1.0, top, at.cell - 2.0, h);
            svg.hatch("os-hatch", (x + 1.0, top, at.cell - 2.0, h), 6.0 * u);
        }
        if idx == query {
            svg.text("t00 b c-q through", Anchor::Middle, at.key(idx), base + 1.2 * at.size, TOKENS[idx]);
        }
        svg.end();
    }
    svg.line("zero", at.keys, base, at.keys + at.cell * TOKENS.len() as f64, base);
    let run = &fig.run;
    let least = [at.lang.pick("least ", "最小 "), &number::cell(run.at.least)].concat();
    let negative = say!(at.lang; negative = run.n_negative, all = run.n_features();
        "{negative} of {all} features below 0", "{negative} 个特征小于 0（共 {all}）")
    .text();
    let class = if run.at.n_bad > 0 { "t00 b c-w" } else { "t00 ink2" };
    if at.stacked {
        svg.text(class, Anchor::End, at.width, top - 0.5 * at.size, &least);
        svg.text("t00 ink2", Anchor::Start, 0.0, base + 2.7 * at.size, &negative);
        return base + 3.2 * at.size;
    }
    svg.text(class, Anchor::Start, at.trace.0, base - 14.0 * u, &least);
    svg.text("t00 ink2", Anchor::Start, at.trace.0, base + 1.0 * u, &negative);
    base + 1.6 * at.size
}
