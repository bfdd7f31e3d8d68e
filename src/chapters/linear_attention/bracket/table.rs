//! The numbers of a step as a table, which is also the CSV.

use super::figure::Bracket;
use super::inputs::Order;
use super::run::{Act, Grain};
use crate::content::{Lang, number, say};
use crate::figure::Table;
use ndarray::ArrayView1;

/// The sum that the step works on, product by product; with larger steps, the row of entries.
pub fn table(fig: &Bracket, step: usize, lang: Lang) -> Table {
    let now = fig.at(step);
    if fig.run.grain == Grain::Row || now.act == Act::Softmax { entries(fig, step, lang) } else { products(fig, step, lang) }
}

fn text(x: f32) -> String {
    number::table(f64::from(x))
}

/// What the caption of a table says of the run.
fn caption(fig: &Bracket, step: usize, lang: Lang) -> String {
    let now = fig.at(step);
    say!(lang; step = &step.to_string(), cell = &fig.current(step), cost = now.multiply_adds as usize, held = fig.held(step),
        bytes = fig.run.product.cost.bytes::<f32>() as usize, rival = fig.run.rival.multiply_adds as usize,
        between = fig.run.rival.intermediate as usize, theirs = fig.run.rival.bytes::<f32>() as usize,
        other = fig.formula(fig.other());
        "Step {step}, cell {cell}: {cost} multiply-adds so far, {held} entries held between the products; the run moves {bytes} bytes. {other} takes {rival} multiply-adds, holds {between} entries and moves {theirs} bytes.",
        "第 {step} 步，格 {cell}：{cost} 次乘加，中间矩阵 {held} 个元素；整个运行搬 {bytes} 字节。{other}：{rival}、{between}、{theirs}。")
    .text()
}

fn products(fig: &Bracket, step: usize, lang: Lang) -> Table {
    let (now, x, run) = (fig.at(step), &fig.inputs.x, &fig.run);
    let mut table = Table::new(
        caption(fig, step, lang),
        lang.pick(["product", "a", "b", "a × b", "sum"], ["乘积", "a", "b", "a × b", "和"]).map(String::from).to_vec(),
    );
    let (a, b): (ArrayView1<'_, f32>, ArrayView1<'_, f32>) = match (now.act, fig.inputs.order) {
        (Act::Outer, Order::Left) => (run.product.inner.row(now.row), x.v.column(now.col)),
        (Act::Outer, Order::Right) => (x.q.row(now.row), run.product.inner.column(now.col)),
        (_, Order::Left) => (x.q.row(now.row), x.k.row(now.col)),
        (_, Order::Right) => (x.k.column(now.row), x.v.column(now.col)),
    };
    let mut sum = 0.0;
    for (idx, (a, b)) in a.iter().zip(b).enumerate().take(now.inner + 1) {
        sum += a * b;
        table.push(vec![idx.to_string(), text(*a), text(*b), text(a * b), text(sum)]);
    }
    table
}

fn entries(fig: &Bracket, step: usize, lang: Lang) -> Table {
    let (now, run) = (fig.at(step), &fig.run);
    let softmax = now.act == Act::Softmax;
    let mut head = vec![lang.pick("column", "列").to_string()];
    if softmax {
        head.push(lang.pick("score", "分数").into());
    }
    head.push(if softmax { lang.pick("weight", "权重") } else { lang.pick("entry", "元素") }.into());
    let mut table = Table::new(caption(fig, step, lang), head);
    let matrix = match now.act {
        Act::Inner => &run.scores,
        Act::Softmax => &run.product.inner,
        Act::Outer => &run.product.out,
    };
    for (col, value) in matrix.row(now.row).iter().enumerate() {
        let mut cells = vec![col.to_string()];
        if softmax {
            cells.push(text(run.scores[[now.row, col]]));
        }
        cells.push(text(*value));
        table.push(cells);
    }
    table
}
