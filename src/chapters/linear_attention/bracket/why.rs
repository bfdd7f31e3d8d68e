//! The working line: a number written out with what made it.

use super::figure::Bracket;
use super::inputs::{Order, Source};
use super::run::{Act, Grain, scale};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, Role, Span, number, say};
use crate::figure::words::{bracketed, inner};
use ndarray::ArrayView1;

/// Why a cell has its value; `None` while it has none.
pub fn why(fig: &Bracket, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let mut parts = cell.split(':');
    let kind = parts.next()?;
    let mut place = || parts.next()?.parse::<usize>().ok();
    let (row, col) = (place()?, place()?);
    let (x, run, now) = (&fig.inputs.x, &fig.run, fig.at(step));
    match kind {
        "q" => given(fig, "Q", 'q', (row, col), *x.q.get([row, col])?, lang),
        // A cell of K^T, named by its place there.
        "k" => given(fig, "K", 'k', (col, row), *x.k.get([col, row])?, lang),
        "v" => given(fig, "V", 'k', (row, col), *x.v.get([row, col])?, lang),
        _ => {
            let (act, matrix) = match (kind, fig.inputs.order) {
                ("S", Order::Left) | ("M", Order::Right) => (Act::Inner, &run.scores),
                ("P", Order::Left) if fig.inputs.softmax => (Act::Softmax, &run.product.inner),
                ("O", _) => (Act::Outer, &run.product.out),
                _ => return None,
            };
            let value = *matrix.get([row, col])?;
            let here = now.act == act && (now.row, now.col) == (row, col);
            if here && run.grain == Grain::Each && act != Act::Softmax {
                return Some(growing(fig, step, lang));
            }
            let finished = now.act > act || now.act == act && row * matrix.ncols() + col < now.done;
            finished.then(|| entry(fig, act, (row, col), value, lang))
        }
    }
}

/// An input.
fn given(fig: &Bracket, matrix: &str, letter: char, (row, channel): (usize, usize), value: f32, lang: Lang) -> Option<Rich> {
    let name = fig.inputs.name(letter, row);
    let source = match fig.inputs.source {
        Source::Random { seed } => [lang.pick("N(0, 1), seed ", "N(0, 1)，种子 "), &seed.to_string()].concat(),
        _ => lang.pick("from the trained model", "来自训练好的模型").to_string(),
    };
    Some(say!(lang; value = Number(f64::from(value), number::cell), matrix, name = &name, channel, source = &source,
        exact = Number(f64::from(value), number::table);
        "{m|value}: {matrix}[{name}], channel {channel} = {exact}, given: {source}",
        "{m|value}: {matrix}[{name}] 第 {channel} 通道 = {exact}，给定：{source}"))
}

/// What the entries of an act are called, with its place.
fn label(fig: &Bracket, act: Act, (row, col): (usize, usize)) -> String {
    let name = |letter| fig.inputs.name(letter, row);
    match (act, fig.inputs.order) {
        (Act::Inner, Order::Left) => ["QKᵀ[", &name('q'), ", ", &fig.inputs.name('k', col), "]"].concat(),
        (Act::Inner, Order::Right) => ["KᵀV[", &row.to_string(), ", ", &col.to_string(), "]"].concat(),
        (Act::Softmax, _) => ["P[", &name('q'), ", ", &fig.inputs.name('k', col), "]"].concat(),
        (Act::Outer, _) => ["O[", &name('q'), ", ", &col.to_string(), "]"].concat(),
    }
}

fn role(act: Act) -> Role {
    if act == Act::Outer { Role::Output } else { Role::Max }
}

/// An entry in the middle of its sum.
fn growing(fig: &Bracket, step: usize, lang: Lang) -> Rich {
    let now = fig.at(step);
    let number = |x: f32, print| Number(f64::from(x), print);
    let name = label(fig, now.act, (now.row, now.col));
    let line = say!(lang; name = &name, old = number(now.sum[0], number::table), new = number(now.sum[1], number::table),
        a = number(now.factors[0], bracketed), b = number(now.factors[1], bracketed), t = now.inner + 1, n = fig.depth(now.act);
        if now.inner == 0 => ": {name} = {a} × {b} = {new}, product {t} of {n}", ": {name} = {a} × {b} = {new}，共 {n} 个乘积的第 {t} 个";
        else => ": {name} = {old} + {a} × {b} = {new}, product {t} of {n}", ": {name} = {old} + {a} × {b} = {new}，共 {n} 个乘积的第 {t} 个");
    led(now.sum[1], role(now.act), line)
}

/// A value in its colour, and the line that explains it.
fn led(value: f32, role: Role, line: Rich) -> Rich {
    let mut spans = vec![Span { text: number::cell(f64::from(value)), role }];
    spans.extend(line.0);
    Rich(spans)
}

/// A finished entry.
fn entry(fig: &Bracket, act: Act, (row, col): (usize, usize), value: f32, lang: Lang) -> Rich {
    let (x, run) = (&fig.inputs.x, &fig.run);
    let name = label(fig, act, (row, col));
    let exact = Number(f64::from(value), number::table);
    let sum = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| inner(a, b, lang).0;
    let terms = match (act, fig.inputs.order) {
        (Act::Softmax, _) => {
            let d = x.q.ncols();
            let score = f64::from(run.scores[[row, col]]);
            let total: f64 = run.scores.row(row).iter().map(|s| (f64::from(*s) * scale(d)).exp()).sum();
            let line = say!(lang; name = &name, score = Number(score, number::cell), d, total = Number(total, number::cell), exact;
                ": {name} = e^({score}/√{d}) / {total} = {exact}; {total} is the sum over the row",
                ": {name} = e^({score}/√{d}) / {total} = {exact}；{total} 是整行之和");
            return led(value, role(act), line);
        }
        (Act::Inner, Order::Left) => sum(x.q.row(row), x.k.row(col)),
        (Act::Inner, Order::Right) => sum(x.k.column(row), x.v.column(col)),
        (Act::Outer, Order::Left) => sum(run.product.inner.row(row), x.v.column(col)),
        (Act::Outer, Order::Right) => sum(x.q.row(row), run.product.inner.column(col)),
    };
    let line = say!(lang; name = &name, terms = &terms, exact; ": {name} = {terms} = {exact}", ": {name} = {terms} = {exact}");
    led(value, role(act), line)
}
