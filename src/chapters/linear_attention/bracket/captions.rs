//! One sentence per step: what is multiplied, what it adds up to, and at the end what it has cost.

use super::figure::Bracket;
use super::inputs::Order;
use super::run::{Act, Grain, Step};
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::bracketed;

/// The caption of a step.
pub fn caption(fig: &Bracket, step: usize, lang: Lang) -> Rich {
    let now = fig.at(step);
    let left = fig.inputs.order == Order::Left;
    if step == fig.run.trace.last_step() {
        return end(fig, now, lang);
    }
    match now.act {
        Act::Softmax => softmax(fig, now, lang),
        Act::Inner if fig.run.end(Act::Inner) == Some(step) => between(fig, lang),
        Act::Inner if left => score(fig, now, lang),
        Act::Inner => summary(fig, now, lang),
        Act::Outer if left => from_table(fig, now, lang),
        Act::Outer => from_summary(fig, now, lang),
    }
}

/// What the run has cost, and the other order.
fn end(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (live, rival) = (now.multiply_adds as usize, fig.run.rival.multiply_adds as usize);
    let apart = fig.run.apart.unwrap_or(0.0);
    say!(lang; live, rival, other = fig.formula(fig.other()), apart = Number(apart, number::residual);
        if fig.inputs.softmax =>
            "Done in <now|{live}> multiply-adds. {other} takes {rival}, but without the softmax it is another function.",
            "算完，共 <now|{live}> 次乘加。{other} 只要 {rival} 次，但没有 Softmax，就是另一个函数。";
        if live == rival =>
            "Done in <now|{live}> multiply-adds; {other} takes exactly as many. The same answer, equal to rounding: {apart} of the largest entry.",
            "算完，共 <now|{live}> 次乘加；{other} 也正好这么多。答案相同，只差舍入：相差只有最大元素的 {apart}。";
        if live > rival =>
            "Done in <now|{live}> multiply-adds; {other} needs only {rival}. The same answer, equal to rounding: {apart} of the largest entry.",
            "算完，共 <now|{live}> 次乘加；{other} 只要 {rival} 次。答案相同，只差舍入：相差只有最大元素的 {apart}。";
        else =>
            "Done in <now|{live}> multiply-adds; {other} would need {rival}. The same answer, equal to rounding: {apart} of the largest entry.",
            "算完，共 <now|{live}> 次乘加；{other} 要 {rival} 次。答案相同，只差舍入：相差只有最大元素的 {apart}。")
}

/// The matrix between is finished.
fn between(fig: &Bracket, lang: Lang) -> Rich {
    let (live, rival) = (fig.run.product.inner.len(), fig.run.rival.intermediate as usize);
    let (n, _, _) = fig.inputs.sizes();
    say!(lang; live, rival, n;
        if fig.inputs.softmax =>
            "<now|{live} of {live}> scores stand. The exponential takes each finished q·k whole, so the bracket stays locked around QKᵀ.",
            "<now|{live}> 个分数都算完了。指数函数要的是整个 q·k，所以括号锁在 QKᵀ 上。";
        if fig.inputs.order == Order::Left =>
            "The table is complete: n² = <now|{live}> for n = {n}. The other order would hold {rival} here.",
            "整张表算完：n = {n}，n² = <now|{live}>。换个次序，这里只需放 {rival} 个。";
        else =>
            "The summary is complete: d·dv = <now|{live}>, whatever n is. The other order would hold {rival} here.",
            "摘要算完：d·dv = <now|{live}>，与 n 无关。换个次序，这里要放 {rival} 个。")
}

fn softmax(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (n, _, _) = fig.inputs.sizes();
    say!(lang; n, q = Token(&fig.inputs.name('q', now.row));
        "The scores of {q|q}, {n} in all, become weights that sum to 1. That took <now|every finished score> of the row.",
        "{q|q} 的 {n} 个分数变成和为 1 的权重；这要用到这一行<now|全部算完的分数>。")
}

/// An entry of Q K^T.
fn score(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (n, d, _) = fig.inputs.sizes();
    let [a, b] = now.factors.map(|x| Number(f64::from(x), bracketed));
    let (q, k) = (fig.inputs.name('q', now.row), fig.inputs.name('k', now.col));
    say!(lang; q = Token(&q), k = Token(&k), a, b, t = now.inner + 1, d, n, done = now.done, all = fig.run.product.inner.len(),
        sum = Number(f64::from(now.sum[1]), number::cell);
        if fig.run.grain == Grain::Row =>
            "Row {q|q} of the table: {n} scores of {d} multiply-adds each; <now|{done}> of {all} entries stand.",
            "表的 {q|q} 行：{n} 个分数，每个 {d} 次乘加；{all} 个元素里已有 <now|{done}> 个。";
        if fig.run.complete(now) =>
            "{q|q} against {k|k} is complete: <now|{sum}>, entry {done} of {all} in the table.",
            "{q|q} 与 {k|k} 的内积算完：<now|{sum}>，表里 {all} 个元素的第 {done} 个。";
        else =>
            "{q|q} meets {k|k}, product {t} of {d}: {a} × {b}. The sum is now {now|sum}.",
            "{q|q} 与 {k|k} 的第 {t} 个乘积（共 {d} 个）：{a} × {b}，和变为 {now|sum}。")
}

/// An entry of K^T V.
fn summary(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (n, _, dv) = fig.inputs.sizes();
    let [a, b] = now.factors.map(|x| Number(f64::from(x), bracketed));
    say!(lang; token = Token(&fig.inputs.name('k', now.inner)), r = now.row, c = now.col, a, b, n, dv, done = now.done,
        all = fig.run.product.inner.len(), sum = Number(f64::from(now.sum[1]), number::cell);
        if fig.run.grain == Grain::Row =>
            "Row {r} of the summary: {dv} sums over all {n} tokens; <now|{done}> of {all} entries stand.",
            "摘要的第 {r} 行：{dv} 个和，每个都遍历 {n} 个 token；{all} 个元素里已有 <now|{done}> 个。";
        if fig.run.complete(now) =>
            "<k|Key channel {r}> against <v|value channel {c}>, summed over all {n} tokens: <now|{sum}>, entry {done} of {all}.",
            "<k|key 第 {r} 通道>与 <v|value 第 {c} 通道>，{n} 个 token 全部加完：<now|{sum}>，{all} 个元素的第 {done} 个。";
        else =>
            "{k|token} adds {a} × {b} to the entry of <k|key channel {r}> and <v|value channel {c}>: now {now|sum}.",
            "{k|token} 往 <k|key 第 {r} 通道>与 <v|value 第 {c} 通道>这一格加上 {a} × {b}，现为 {now|sum}。")
}

/// An entry of the output, from the table.
fn from_table(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (n, _, dv) = fig.inputs.sizes();
    let [a, b] = now.factors.map(|x| Number(f64::from(x), number::cell));
    let (q, k) = (fig.inputs.name('q', now.row), fig.inputs.name('k', now.inner));
    let cost = now.multiply_adds as usize;
    say!(lang; q = Token(&q), k = Token(&k), a, b, c = now.col, n, dv, cost, sum = Number(f64::from(now.sum[1]), number::cell);
        if fig.run.grain == Grain::Row =>
            "Row {q|q} of the <o|output>: {dv} entries, each over all {n} values; <now|{cost}> multiply-adds so far.",
            "<o|输出>的 {q|q} 行：{dv} 个元素，每个都遍历 {n} 个 value；至此 <now|{cost}> 次乘加。";
        if fig.run.complete(now) =>
            "<o|Output> of {q|q}, channel {c}, is complete: <now|{sum}>, after {cost} multiply-adds.",
            "{q|q} 的<o|输出>第 {c} 通道算完：<now|{sum}>，至此 {cost} 次乘加。";
        if fig.inputs.softmax =>
            "<o|Output> of {q|q}, channel {c}: {k|k} has weight {a} and value {b}. The sum is now {now|sum}.",
            "{q|q} 的<o|输出>第 {c} 通道：{k|k} 的权重 {a} 乘它的 value {b}，和变为 {now|sum}。";
        else =>
            "<o|Output> of {q|q}, channel {c}: {k|k} has score {a} and value {b}. The sum is now {now|sum}.",
            "{q|q} 的<o|输出>第 {c} 通道：{k|k} 的分数 {a} 乘它的 value {b}，和变为 {now|sum}。")
}

/// An entry of the output, from the summary.
fn from_summary(fig: &Bracket, now: &Step, lang: Lang) -> Rich {
    let (_, d, dv) = fig.inputs.sizes();
    let [a, b] = now.factors.map(|x| Number(f64::from(x), number::cell));
    let cost = now.multiply_adds as usize;
    say!(lang; q = Token(&fig.inputs.name('q', now.row)), a, b, r = now.inner, c = now.col, d, dv, cost,
        sum = Number(f64::from(now.sum[1]), number::cell);
        if fig.run.grain == Grain::Row =>
            "Row {q|q} of the <o|output>: {dv} entries of {d} multiply-adds each; <now|{cost}> so far.",
            "<o|输出>的 {q|q} 行：{dv} 个元素，每个 {d} 次乘加；至此 <now|{cost}> 次。";
        if fig.run.complete(now) =>
            "<o|Output> of {q|q}, channel {c}, is complete: <now|{sum}>, after {cost} multiply-adds, with no second look at a key.",
            "{q|q} 的<o|输出>第 {c} 通道算完：<now|{sum}>，至此 {cost} 次乘加，没有再看任何 key。";
        else =>
            "<o|Output> of {q|q}, channel {c}: entry {r} of the query, {a}, times {b} of the summary. The sum is now {now|sum}.",
            "{q|q} 的<o|输出>第 {c} 通道：它的第 {r} 项 {a} 乘摘要里的 {b}，和变为 {now|sum}。")
}
