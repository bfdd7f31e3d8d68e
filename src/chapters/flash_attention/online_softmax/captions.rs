//! One sentence per step: what happens, then why, with the run's own numbers.

use super::figure::OnlineSoftmax;
use super::numbers::{bracketed, factor, logit, ordinal, sum};
use super::run::{Act, Element, Merge};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};

/// The caption of a step.
pub fn caption(fig: &OnlineSoftmax, step: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let element = &fig.run.elements[now.pos];
    match now.act {
        Act::Merge => merge(fig, now.block, &fig.run.merges[now.block], lang),
        Act::Output => output(fig, now.pos, lang),
        Act::Max => maximum(fig, now.pos, element, lang),
        Act::Factor => rescale(fig, element, lang),
        Act::Sum if fig.broken() && element.x != f64::NEG_INFINITY => raw_sum(fig, now.pos, element, lang),
        Act::Sum => safe_sum(element, lang),
    }
}

fn maximum(fig: &OnlineSoftmax, pos: usize, element: &Element, lang: Lang) -> Rich {
    let starts = fig.inputs.cut() && fig.inputs.blocks.iter().any(|block| block.start == pos);
    say!(lang; x = Number(element.x, logit), m = Number(element.m, logit), old = Number(element.m_old, logit), block = fig.inputs.block_of(pos) + 1;
        if fig.broken() =>
            "No maximum is looked for: m is held at <w|0>, and {k|x} is taken as it is.",
            "不找最大值：m 固定为 <w|0>，{k|x} 原样拿来用。";
        if element.x == f64::NEG_INFINITY =>
            "A {k|x} arrives, a masked place: it raises nothing, and m stays {now|m}.",
            "来了一个 {k|x}，是被掩码盖住的位置：什么也抬不高，m 仍是 {now|m}。";
        if starts =>
            "Block {block} begins from nothing, with its own ruler: its first logit sets m to {now|m}.",
            "第 {block} 块从零开始，用自己的尺子：第一个数把 m 定为 {now|m}。";
        if element.m_old == f64::NEG_INFINITY =>
            "{k|x} is the first number seen, so it is the largest so far: m = {now|m}.",
            "{k|x} 是见到的第一个数，自然也是目前最大的：m = {now|m}。";
        if element.rescales =>
            "{k|x} is larger than all before it: the maximum moves from {old} to {now|m}.",
            "{k|x} 比前面的都大：最大值从 {old} 移到 {now|m}。";
        else =>
            "{k|x} is not above {now|m}: the maximum stays where it is.",
            "{k|x} 没有超过 {now|m}：最大值不动。")
}

fn rescale(fig: &OnlineSoftmax, element: &Element, lang: Lang) -> Rich {
    say!(lang; m = Number(element.m, logit), minus = Number(element.m, bracketed), old = Number(element.m_old, logit), a = Number(element.factor, factor);
        if fig.broken() =>
            "m never moves, so the factor is <now|1>: d is a plain sum that only grows.",
            "m 从来不动，因子总是 <now|1>：d 就是普通的和，只增不减。";
        if element.m_old == f64::NEG_INFINITY =>
            "Nothing has been summed yet, so there is <now|nothing to shrink>: d is 0.",
            "还什么都没加过，<now|没有什么要缩>：d 是 0。";
        if element.rescales =>
            "All that was measured against {old} is measured anew against {m}: the old d is multiplied by e^({old} − {minus}) = {now|a}.",
            "按 {old} 量出来的一切，现在按 {m} 重新量：旧的 d 乘以 e^({old} − {minus}) = {now|a}。";
        else =>
            "The ruler is still {m}, so the factor is {now|a} and the old d keeps its size.",
            "尺子还是 {m}，因子是 {now|a}，旧的 d 原样保留。")
}

fn safe_sum(element: &Element, lang: Lang) -> Rich {
    say!(lang; x = Number(element.x, logit), m = Number(element.m, bracketed), term = Number(element.term, factor), a = Number(element.factor, factor),
        old = Number(element.d_old, sum), d = Number(element.d, sum);
        if element.x == f64::NEG_INFINITY =>
            "A masked place counts e^(−∞) = 0, and nothing asks for −∞ − (−∞): d stays {now|d}.",
            "被掩码盖住的位置记作 e^(−∞) = 0，不会去算 −∞ − (−∞)：d 仍是 {now|d}。";
        if element.d_old == 0.0 =>
            "Measured against itself, {k|x} counts e^0 = {term}: the sum begins at {now|d}.",
            "{k|x} 按自己来量，记作 e^0 = {term}：和从这里开始，d = {now|d}。";
        if element.rescales && element.d < element.d_old =>
            "The past counts {old} × {a}, and {k|x} adds {term}: d is now {now|d}, smaller than before.",
            "过去的部分记作 {old} × {a}，{k|x} 再加 {term}：d 变成 {now|d}，比之前还小。";
        if element.rescales =>
            "The past counts {old} × {a}, and {k|x} adds {term}: d is now {now|d}.",
            "过去的部分记作 {old} × {a}，{k|x} 再加 {term}：d 变成 {now|d}。";
        else =>
            "{k|x} counts e^({x} − {m}) = {term}, so d goes from {old} to {now|d}.",
            "{k|x} 记作 e^({x} − {m}) = {term}，d 从 {old} 变成 {now|d}。")
}

fn raw_sum(fig: &OnlineSoftmax, pos: usize, element: &Element, lang: Lang) -> Rich {
    let place = fig.inputs.origin[pos] + 1;
    let breaks = element.d_old.is_finite() && !element.d.is_finite();
    say!(lang; x = Number(element.x, logit), exponent = Number(element.x, bracketed), term = Number(element.term, sum), d = Number(element.d, sum),
        limit = Number(fig.inputs.format.max(), limit), format = fig.inputs.format.name(), place, nth = &ordinal(place);
        if breaks && element.term.is_infinite() =>
            "Logit {place}, {k|x}, is fatal by itself: e^{x} is beyond {limit}, the largest {format}, so d is {w|d}.",
            "第 {place} 个数 {k|x} 一个就要命：e^{x} 超过 {format} 的最大数 {limit}，d 变成 {w|d}。";
        if breaks =>
            "The {nth} logit is fatal: {term} still fits below {limit}, the largest {format}, but the sum does not: d is {w|d}.",
            "第 {place} 个数出事了：{term} 还没超过 {format} 的最大数 {limit}，和却超过了：d 变成 {w|d}。";
        if !element.d.is_finite() =>
            "Whatever is added, the sum is lost: d stays {w|d}.",
            "再加什么都没用，和已经丢了：d 一直是 {w|d}。";
        else =>
            "{k|x} adds e^{exponent} = {term}, as it is: d is now {now|d}.",
            "{k|x} 直接加上 e^{exponent} = {term}：d 变成 {now|d}。")
}

/// The largest number of a format, as text.
fn limit(max: f64) -> String {
    if max < 1e6 { number::whole(max as u64) } else { number::scientific(max) }
}

fn merge(fig: &OnlineSoftmax, block: usize, merge: &Merge, lang: Lang) -> Rich {
    let ((past, own), (part, after)) = (merge.factors(), (merge.part, merge.after));
    let (n, m, d) = (block + 1, Number(after.m, logit), Number(after.d, sum));
    if fig.broken() {
        return say!(lang; n, d;
            if block == 0 =>
                "Block {n} leaves its sum, d = {now|d}; there is nothing yet to add it to.",
                "第 {n} 块留下它的和，d = {now|d}；还没有别的块可以相加。";
            else =>
                "Block {n} is added to the blocks before it, as it is: d is now {now|d}.",
                "第 {n} 块直接加到前面各块上：d 变成 {now|d}。")
        .warn_if(!after.d.is_finite());
    }
    say!(lang; n, m, d, past = Number(past, factor), own = Number(own, factor), pm = Number(part.m, logit), pd = Number(part.d, sum);
        if merge.first() =>
            "Block {n} leaves the pair <now|({pm}, {pd})>; there is nothing yet to merge it with.",
            "第 {n} 块留下一对数 <now|({pm}, {pd})>；还没有别的块可以合并。";
        if past < 1.0 =>
            "Block {n} has the longer ruler, so the past shrinks by {past} before ({pm}, {pd}) is added: <now|({m}, {d})>.",
            "第 {n} 块的尺子更长，过去先乘 {past}，再加上 ({pm}, {pd})：得 <now|({m}, {d})>。";
        if own < 1.0 =>
            "The past has the longer ruler, so ({pm}, {pd}) of block {n} shrinks by {own} and is added: <now|({m}, {d})>.",
            "过去的尺子更长，第 {n} 块的 ({pm}, {pd}) 先乘 {own} 再加进来：得 <now|({m}, {d})>。";
        else =>
            "Block {n} was measured with the same ruler, so ({pm}, {pd}) is added as it is: <now|({m}, {d})>.",
            "第 {n} 块用的是同一把尺子，({pm}, {pd}) 直接加进来：得 <now|({m}, {d})>。")
}

fn output(fig: &OnlineSoftmax, pos: usize, lang: Lang) -> Rich {
    let (element, all) = (&fig.run.elements[pos], fig.run.summary);
    let (x, p, d) = (Number(element.x, logit), Number(fig.run.probs[pos], factor), Number(all.d, sum));
    if fig.broken() {
        return say!(lang; x, p, d, top = Number(element.term, sum), exact = Number(fig.run.exact[pos], factor);
            if !all.d.is_finite() =>
                "The weight of {k|x} is {top}/{d} = {w|p}; it should be {exact}.",
                "{k|x} 的权重是 {top}/{d} = {w|p}，本该是 {exact}。";
            else =>
                "{k|x} gets {top}/{d} = {now|p}; the exact weight is {exact}.",
                "{k|x} 得到 {top}/{d} = {now|p}；精确的权重是 {exact}。")
        .warn_if(fig.wrong(pos));
    }
    let made = fig.run.trace.at(fig.run.last()).accesses as usize;
    say!(lang; x, p, d, m = Number(all.m, bracketed), made, usual = fig.run.three.total() as usize;
        if all.d == 0.0 =>
            "Every logit is −∞, so no place gets any weight: <now|0>, not 0/0.",
            "每个 logit 都是 −∞，哪里都不给权重：记 <now|0>，而不是 0/0。";
        if pos + 1 == fig.inputs.n() =>
            "The last weight, {now|p}, is written: two walks took {made} memory accesses, three walks take {usual}.",
            "最后一个权重 {now|p} 写好了：走两遍访存 {made} 次，走三遍要 {usual} 次。";
        else =>
            "{k|x} is read again and gets its weight: e^({x} − {m})/{d} = {now|p}.",
            "再读一次 {k|x}，写下它的权重：e^({x} − {m})/{d} = {now|p}。")
    .warn_if(fig.wrong(pos) && all.d != 0.0)
}
