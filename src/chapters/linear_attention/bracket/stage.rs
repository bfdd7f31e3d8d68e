//! The stage: what is given, what is formed between, what comes out, and what both orders cost.

use std::ops::Range;

use super::arrange::{Arrange, arrange, part};
use super::figure::Bracket;
use super::handle;
use super::inputs::Order;
use super::matrices::{self, Matrix, Ramp};
use super::run::{Act, Grain, Step};
use crate::content::{Lang, number};
use crate::figure::marks::{self, Frame};
use crate::figure::odometer::rolling;
use crate::figure::svg::{Anchor, Svg, path};
use crate::figure::{Drawing, View, width};

/// The ghost of the other order's matrix.
pub fn backdrop(fig: &Bracket, view: &View) -> String {
    let at = arrange(fig, view);
    let (n, d, dv) = fig.inputs.sizes();
    let mut svg = Svg::default();
    match fig.inputs.order {
        Order::Left => matrices::ghost(&mut svg, (d, dv), at.summary),
        Order::Right => matrices::ghost(&mut svg, (n, n), at.table),
    }
    svg.0
}

/// Draws a step.
pub fn draw(fig: &Bracket, step: usize, view: &View) -> Drawing {
    let at = arrange(fig, view);
    let now = fig.at(step);
    let [mut given, mut counts, mut between, mut out, mut marked] = [const { Svg(String::new()) }; 5];
    factors(&mut given, fig, &at, view);
    counters(&mut counts, fig, step, &at, view);
    inner(&mut between, fig, now, &at, view);
    output(&mut out, fig, now, &at, view);
    frames(&mut marked, fig, step, &at);
    let changes = if now.act == Act::Softmax { ".bk-row [data-cell]" } else { "" };
    Drawing { width: view.width, height: at.height, layers: vec![given.0, counts.0, between.0, out.0, marked.0], changes }
}

/// Q, K^T and V with their names and the bracket; the same in every step.
fn factors(svg: &mut Svg, fig: &Bracket, at: &Arrange, view: &View) {
    let x = &fig.inputs.x;
    let (n, d, dv) = fig.inputs.sizes();
    handle::draw(svg, fig, at, view.lang);
    let list = [
        ("q", "query", "Q", x.q.view(), at.q, (n, d)),
        ("k", "key", "Kᵀ", x.k.t(), at.k, (d, n)),
        ("v", "value", "V", x.v.view(), at.v, (n, dv)),
    ];
    for (id, role, name, entries, frame, (rows, cols)) in list {
        let y = frame.1.min(at.names + 9.0 * at.u) - 6.0 * at.u;
        svg.text_of(["t2 b c-", id], Anchor::Start, frame.0, y, name);
        let size = [rows.to_string(), cols.to_string()].join("×");
        svg.text_of(["t0 c-", id], Anchor::Start, frame.0 + width(name, 17.0 * at.u) + 6.0 * at.u, y, &size);
        matrices::draw(svg, &Matrix { id, first: 0, entries, done: entries.len(), ramp: Ramp::Role(role), frame }, at, view.metrics.t0);
    }
    let middle = (at.span.0 + at.span.1) / 2.0;
    for (left, right) in [(at.q, at.k), (at.k, at.v)] {
        svg.text("t2 b", Anchor::Middle, (left.0 + left.2 + right.0) / 2.0, middle + 5.0 * at.u, "·");
    }
    let live = fig.inputs.order == Order::Left;
    stem(svg, fig, at, usize::from(!live), if live { at.table } else { at.summary });
    results(svg, fig, at, view);
}

/// From the bracket down to what it makes.
fn stem(svg: &mut Svg, fig: &Bracket, at: &Arrange, idx: usize, to: Frame) {
    let (from, bottom) = (at.stops[idx], at.span.1 + 5.0 * at.u);
    let [left, right] = at.parens[idx];
    // Beside the name of what it points to.
    let (drop, x) = (7.0 * at.u, to.0 + (to.2 * 0.75).max(90.0 * at.u));
    if !fig.inputs.softmax {
        svg.path("bk-stem", &path(&[("M", left), (" ", bottom - 3.0 * at.u), ("v", 3.0 * at.u), ("H", right), ("v-", 3.0 * at.u)], ""));
    }
    svg.path("bk-stem", &path(&[("M", from), (" ", bottom), ("v", drop), ("H", x), ("v", drop * 0.9)], ""));
    let tip = [("M", x), (" ", bottom + 2.6 * drop), ("l-", 4.0 * at.u), (" -", 0.8 * drop), ("h", 8.0 * at.u)];
    svg.path("f-m", &path(&tip, "z"));
}

/// Names and sizes of the three results.
fn results(svg: &mut Svg, fig: &Bracket, at: &Arrange, view: &View) {
    let lang = view.lang;
    let (n, d, dv) = fig.inputs.sizes();
    let left = fig.inputs.order == Order::Left;
    let first = match (fig.inputs.softmax, at.small()) {
        (true, true) => "P",
        (true, false) => "QKᵀ, P",
        _ => "QKᵀ",
    };
    let list = [(at.table, first, n, n, left, "m"), (at.summary, "KᵀV", d, dv, !left, "m"), (at.o, "O", n, dv, true, "o")];
    for (frame, name, rows, cols, live, class) in list {
        let x = frame.0;
        svg.text(&["t2 b ", if live { "c-" } else { "dim" }, if live { class } else { "" }].concat(), Anchor::Start, x, at.heads, name);
        let size = [rows.to_string(), cols.to_string()].join("×");
        let tone = if live { "t0 ink2" } else { "t0 dim" };
        let after = x + width(name, 17.0 * at.u) + 7.0 * at.u;
        let formed = if live { "" } else { lang.pick(", not formed", "，不生成") };
        let formed = if at.small() { "" } else { formed };
        svg.text_of([tone, ""], Anchor::Start, after, at.heads, &[&size, formed].concat());
        let count = entries(rows * cols, rows * cols, at, lang);
        // What is formed counts its entries as they come.
        if live {
            continue;
        }
        svg.text(tone, Anchor::Start, x, at.heads + at.line, &count);
    }
}

/// How many entries there are, or how many of them so far, and in how many bytes.
fn entries(done: usize, all: usize, at: &Arrange, lang: Lang) -> String {
    let whole = |n: usize| number::whole(n as u64);
    let numbers = if all == 1 { " number" } else { " numbers" };
    if done < all {
        return match (at.small(), lang) {
            (true, _) => [whole(done), whole(all)].join(" / "),
            (_, Lang::En) => [&whole(done), " of ", &whole(all), numbers].concat(),
            (_, Lang::Zh) => [&whole(all), " 个数中的 ", &whole(done), " 个"].concat(),
        };
    }
    let bytes = [lang.pick(", ", "，"), &number::bytes(4.0 * all as f64)].concat();
    let bytes = if at.small() { "" } else { &bytes };
    [whole(all).as_str(), lang.pick(numbers, " 个数"), bytes].concat()
}

/// Multiply-adds so far against the other order's, and the bytes of both.
fn counters(svg: &mut Svg, fig: &Bracket, step: usize, at: &Arrange, view: &View) {
    let (lang, u) = (view.lang, at.u);
    let made = [step.saturating_sub(1), step].map(|step| fig.at(step).multiply_adds);
    let (run, rival) = (&fig.run.product.cost, &fig.run.rival);
    let digits = run.multiply_adds.max(rival.multiply_adds).to_string().len().max(3);
    let live = [fig.formula(fig.inputs.order), lang.pick(" so far", " 已算")].concat();
    let theirs = if view.asking { "?".into() } else { number::whole(rival.bytes::<f32>()) };
    let theirs = if fig.inputs.softmax { String::new() } else { [lang.pick(", other order ", "；另一次序 "), &theirs].concat() };
    let bytes = [lang.pick("bytes moved: ", "搬运字节："), &number::whole(run.bytes::<f32>()), &theirs].concat();
    let name = lang.pick("multiply-adds", "乘加次数");
    if at.small() {
        // Two counters side by side, under the name of what they count.
        svg.text("t0 b", Anchor::Start, 4.0, 12.0, name);
        svg.text("t00 ink2", Anchor::End, view.width - 4.0, 12.0, &bytes);
        let half = view.width / 2.0;
        let scale = (78.0 / (digits as f64 * 15.0)).min(0.9);
        rolling(svg, half + 8.0, 26.0, scale, digits, fig.formula(fig.inputs.order), made, true);
        other(svg, fig, (view.width - 4.0, 26.0), scale, digits, view);
        return;
    }
    let right = other(svg, fig, (view.width - 4.0, 5.0 * u), u, digits, view);
    let right = rolling(svg, right, 5.0 * u, u, digits, &live, made, true) - 18.0 * u;
    svg.text("t0 b", Anchor::End, right, 20.0 * u, name);
    svg.text("t0 ink2", Anchor::Start, 2.0, 20.0 * u, &bytes);
}

/// What the other order takes, unless that is asked, or it would be another function; gives the left edge.
fn other(svg: &mut Svg, fig: &Bracket, (right, y): (f64, f64), scale: f64, digits: usize, view: &View) -> f64 {
    let name = fig.formula(fig.other());
    let gap = 18.0 * scale;
    if !fig.inputs.softmax && !view.asking {
        return rolling(svg, right, y, scale, digits, name, [fig.run.rival.multiply_adds; 2], false) - gap;
    }
    let after = if fig.inputs.softmax { view.lang.pick(": another function", "：另一个函数") } else { " ?" };
    let text = [name, after].concat();
    svg.text("t00 ink2", Anchor::End, right, y + 14.0 * scale, &text);
    right - width(&text, view.metrics.t00) - gap
}

/// The matrix between.
fn inner(svg: &mut Svg, fig: &Bracket, now: &Step, at: &Arrange, view: &View) {
    let run = &fig.run;
    let (id, frame) = if fig.inputs.order == Order::Left { ("S", at.table) } else { ("M", at.summary) };
    let scale = run.scores.iter().fold(1e-6_f32, |most, x| most.max(x.abs()));
    let t0 = view.metrics.t0;
    let all = run.scores.len();
    let done = if now.act == Act::Inner { now.done } else { all };
    svg.text("t0 ink2", Anchor::Start, frame.0, at.heads + at.line, &entries(done, all, at, view.lang));
    let scores = Matrix { id, first: 0, entries: run.scores.view(), done, ramp: Ramp::Signed(scale), frame };
    if now.act == Act::Inner || !fig.inputs.softmax {
        return matrices::draw(svg, &scores, at, t0);
    }
    // Rows above are weights already, those below are scores still.
    let n_rows = run.scores.nrows();
    let turned = if now.act == Act::Softmax { now.row } else { n_rows };
    let mut rows = |id, rows: Range<usize>, matrix: &ndarray::Array2<f32>, ramp| {
        let (first, entries) = (rows.start, matrix.slice(ndarray::s![rows.clone(), ..]));
        if !rows.is_empty() {
            let frame = part(frame, at.cell, rows, 0..matrix.ncols());
            matrices::draw(svg, &Matrix { id, first, entries, done: entries.len(), ramp, frame }, at, t0);
        }
    };
    rows("P", 0..turned, &run.product.inner, Ramp::Weight);
    rows(id, (turned + 1).min(n_rows)..n_rows, &run.scores, Ramp::Signed(scale));
    if turned < n_rows {
        svg.group("class=\"bk-row\"");
        let (entries, frame) =
            (run.product.inner.slice(ndarray::s![turned..=turned, ..]), part(frame, at.cell, turned..turned + 1, 0..run.scores.ncols()));
        matrices::draw(svg, &Matrix { id: "P", first: turned, entries, done: entries.len(), ramp: Ramp::Weight, frame }, at, t0);
        svg.end();
    }
}

fn output(svg: &mut Svg, fig: &Bracket, now: &Step, at: &Arrange, view: &View) {
    let done = if now.act == Act::Outer { now.done } else { 0 };
    let entries = fig.run.product.out.view();
    let (lang, whole) = (view.lang, done == entries.len());
    let formula = match fig.run.apart.filter(|_| whole && !view.asking && !at.small()) {
        Some(apart) => [lang.pick("both orders equal to ", "两种次序相差 "), &number::residual(apart)].concat(),
        None => fig.formula(fig.inputs.order).to_string(),
    };
    svg.text("t0 ink2", Anchor::Start, at.o.0, at.heads + at.line, &formula);
    matrices::draw(svg, &Matrix { id: "O", first: 0, entries, done, ramp: Ramp::Role("output"), frame: at.o }, at, view.metrics.t0);
}

/// What a step frames: a row of the first factor and a column of the second, of which one entry each is used, and where
/// their product goes. With the softmax only the last.
struct Use {
    row: Option<Frame>,
    col: Option<Frame>,
    a: Frame,
    b: Frame,
    to: Frame,
}

fn used(fig: &Bracket, now: &Step, at: &Arrange) -> Use {
    let (a, b, to) = match (now.act, fig.inputs.order) {
        (Act::Inner, Order::Left) => (at.q, at.k, at.table),
        (Act::Inner, Order::Right) => (at.k, at.v, at.summary),
        (Act::Softmax, _) => (at.table, at.table, at.table),
        (Act::Outer, Order::Left) => (at.table, at.v, at.o),
        (Act::Outer, Order::Right) => (at.q, at.summary, at.o),
    };
    let n_cols = if now.act == Act::Outer { fig.run.product.out.ncols() } else { fig.run.scores.ncols() };
    let (whole, softmax) = (fig.run.grain == Grain::Row, now.act == Act::Softmax);
    let row = now.row..now.row + 1;
    let cols = if whole || softmax { 0..n_cols } else { now.col..now.col + 1 };
    let (all, inner) = (0..fig.depth(now.act), now.inner..now.inner + 1);
    let place = |frame, rows: &Range<usize>, cols: &Range<usize>| part(frame, at.cell, rows.clone(), cols.clone());
    Use {
        row: (!softmax).then(|| place(a, &row, &all)),
        col: (!softmax).then(|| place(b, &all, &cols)),
        a: place(a, &row, &inner),
        b: place(b, &inner, &cols),
        to: place(to, &row, &cols),
    }
}

/// The row and the column in use, the two factors, and the entry that they are added to; each comes from where it was.
fn frames(svg: &mut Svg, fig: &Bracket, step: usize, at: &Arrange) {
    let (now, before) = (fig.at(step), fig.at(step.saturating_sub(1)));
    let (new, old) = (used(fig, now, at), used(fig, before, at));
    let same = before.act == now.act;
    if fig.run.grain == Grain::Each && now.act != Act::Softmax {
        for (old, new, value) in [(old.a, new.a, now.factors[0]), (old.b, new.b, now.factors[1]), (new.to, new.to, now.sum[1])] {
            filled(svg, if same { old } else { new }, new, value, at);
        }
    }
    for (old, new) in [(old.row, new.row), (old.col, new.col), (Some(old.to), Some(new.to))] {
        let Some(new) = new else { continue };
        match old.filter(|old| same && *old != new) {
            Some(old) => marks::moving_frame(svg, "", old, new),
            None => marks::now_frame(svg, new),
        }
    }
}

/// A number in use.
fn filled(svg: &mut Svg, from: Frame, (x, y, w, h): Frame, value: f32, at: &Arrange) {
    let shift = [("translate(", from.0 - x), ("px,", from.1 - y)];
    svg.from(&path(&shift, "px)"));
    svg.rect("f-now through", x + 1.0, y + 1.0, w - 2.0, h - 2.0);
    if at.numbers {
        let (size, down) = if at.big { ("t2 ", 5.4) } else { ("t0 ", 4.4) };
        svg.text_of([size, "b on-now through"], Anchor::Middle, x + w / 2.0, y + h / 2.0 + down * at.u, &number::cell(f64::from(value)));
    }
    svg.end();
}
