//! One sentence per step: what happens, then why, with the run's own numbers.

use super::figure::OnlineSoftmax;
use super::numbers::{bracketed, factor, logit, ordinal, sum};
use super::run::{Act, Element, Merge};
use crate::content::{Lang, Rich, Role, number};

/// The caption of a step.
pub fn caption(fig: &OnlineSoftmax, step: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let element = &fig.run.elements[now.pos];
    match now.act {
        Act::Merge => merge(fig, now.block, &fig.run.merges[now.block], lang),
        Act::Output => output(fig, now.pos, lang),
        Act::Max => maximum(fig, now.pos, element, lang),
        Act::Factor => rescale(fig, element, lang),
        Act::Sum if element.x == f64::NEG_INFINITY => nothing(element, lang),
        Act::Sum if fig.broken() => raw_sum(fig, now.pos, element, lang),
        Act::Sum => safe_sum(element, lang),
    }
}

fn key(x: f64) -> Rich {
    Rich::default().with(Role::Key, logit(x))
}

fn maximum(fig: &OnlineSoftmax, pos: usize, element: &Element, lang: Lang) -> Rich {
    let (m, old) = (logit(element.m), logit(element.m_old));
    let starts = fig.inputs.cut() && fig.inputs.blocks.iter().any(|block| block.start == pos);
    let block = fig.inputs.block_of(pos) + 1;
    match lang {
        _ if fig.broken() => match lang {
            Lang::En => Rich::plain("No maximum is looked for: m is held at ").with(Role::Warn, "0").t(", and ").with(Role::Key, logit(element.x)).t(" is taken as it is."),
            Lang::Zh => Rich::plain("不找最大值：m 固定为 ").with(Role::Warn, "0").t("，").with(Role::Key, logit(element.x)).t(" 原样拿来用。"),
        },
        Lang::En if element.x == f64::NEG_INFINITY => Rich::plain("A ").with(Role::Key, "−∞").t(" arrives, a masked place: it raises nothing, and m stays ").with(Role::Now, m).t("."),
        Lang::Zh if element.x == f64::NEG_INFINITY => Rich::plain("来了一个 ").with(Role::Key, "−∞").t("，是被掩码盖住的位置：什么也抬不高，m 仍是 ").with(Role::Now, m).t("。"),
        Lang::En if starts => Rich::plain(format!("Block {block} begins from nothing, with its own ruler: its first logit sets m to ")).with(Role::Now, m).t("."),
        Lang::Zh if starts => Rich::plain(format!("第 {block} 块从零开始，用自己的尺子：第一个数把 m 定为 ")).with(Role::Now, m).t("。"),
        Lang::En if element.m_old == f64::NEG_INFINITY => key(element.x).t(" is the first number seen, so it is the largest so far: m = ").with(Role::Now, m).t("."),
        Lang::Zh if element.m_old == f64::NEG_INFINITY => key(element.x).t(" 是见到的第一个数，自然也是目前最大的：m = ").with(Role::Now, m).t("。"),
        Lang::En if element.rescales => key(element.x).t(format!(" is larger than all before it: the maximum moves from {old} to ")).with(Role::Now, m).t("."),
        Lang::Zh if element.rescales => key(element.x).t(format!(" 比前面的都大：最大值从 {old} 移到 ")).with(Role::Now, m).t("。"),
        Lang::En => key(element.x).t(" is not above ").with(Role::Now, m).t(": the maximum stays where it is."),
        Lang::Zh => key(element.x).t(" 没有超过 ").with(Role::Now, m).t("：最大值不动。"),
    }
}

fn rescale(fig: &OnlineSoftmax, element: &Element, lang: Lang) -> Rich {
    let (m, old, a) = (bracketed(element.m), logit(element.m_old), factor(element.factor));
    match lang {
        Lang::En if fig.broken() => Rich::plain("m never moves, so the factor is ").with(Role::Now, "1").t(": d is a plain sum that only grows."),
        Lang::Zh if fig.broken() => Rich::plain("m 从来不动，因子总是 ").with(Role::Now, "1").t("：d 就是普通的和，只增不减。"),
        Lang::En if element.m_old == f64::NEG_INFINITY => Rich::plain("Nothing has been summed yet, so there is ").with(Role::Now, "nothing to shrink").t(": d is 0."),
        Lang::Zh if element.m_old == f64::NEG_INFINITY => Rich::plain("还什么都没加过，").with(Role::Now, "没有什么要缩").t("：d 是 0。"),
        Lang::En if element.rescales => Rich::plain("All that was measured against ").t(format!("{old} is measured anew against {}: the old d is multiplied by e^({old} − {m}) = ", logit(element.m))).with(Role::Now, a).t("."),
        Lang::Zh if element.rescales => Rich::plain(format!("按 {old} 量出来的一切，现在按 {} 重新量：旧的 d 乘以 e^({old} − {m}) = ", logit(element.m))).with(Role::Now, a).t("。"),
        Lang::En => Rich::plain("The ruler is still ").t(logit(element.m)).t(", so the factor is ").with(Role::Now, a).t(" and the old d keeps its size."),
        Lang::Zh => Rich::plain("尺子还是 ").t(logit(element.m)).t("，因子是 ").with(Role::Now, a).t("，旧的 d 原样保留。"),
    }
}

fn nothing(element: &Element, lang: Lang) -> Rich {
    let d = sum(element.d);
    match lang {
        Lang::En => Rich::plain("A masked place counts e^(−∞) = 0, and nothing asks for −∞ − (−∞): d stays ").with(Role::Now, d).t("."),
        Lang::Zh => Rich::plain("被掩码盖住的位置记作 e^(−∞) = 0，不会去算 −∞ − (−∞)：d 仍是 ").with(Role::Now, d).t("。"),
    }
}

fn safe_sum(element: &Element, lang: Lang) -> Rich {
    let (x, d, d_old, term, a) = (logit(element.x), sum(element.d), sum(element.d_old), factor(element.term), factor(element.factor));
    let smaller = element.d < element.d_old;
    match lang {
        Lang::En if element.d_old == 0.0 => Rich::plain("Measured against itself, ").with(Role::Key, x).t(format!(" counts e^0 = {term}: the sum begins at ")).with(Role::Now, d).t("."),
        Lang::Zh if element.d_old == 0.0 => Rich::default().with(Role::Key, x).t(format!(" 按自己来量，记作 e^0 = {term}：和从这里开始，d = ")).with(Role::Now, d).t("。"),
        Lang::En if element.rescales => Rich::plain("The past counts ").t(format!("{d_old} × {a}, and ")).with(Role::Key, x).t(format!(" adds {term}: d is now ")).with(Role::Now, d).t(if smaller { ", smaller than before." } else { "." }),
        Lang::Zh if element.rescales => Rich::plain(format!("过去的部分记作 {d_old} × {a}，")).with(Role::Key, x).t(format!(" 再加 {term}：d 变成 ")).with(Role::Now, d).t(if smaller { "，比之前还小。" } else { "。" }),
        Lang::En => key(element.x).t(format!(" counts e^({x} − {}) = {term}, so d goes from {d_old} to ", bracketed(element.m))).with(Role::Now, d).t("."),
        Lang::Zh => key(element.x).t(format!(" 记作 e^({x} − {}) = {term}，d 从 {d_old} 变成 ", bracketed(element.m))).with(Role::Now, d).t("。"),
    }
}

fn raw_sum(fig: &OnlineSoftmax, pos: usize, element: &Element, lang: Lang) -> Rich {
    let (x, d, term) = (logit(element.x), sum(element.d), sum(element.term));
    let (limit, format) = (limit(fig), fig.inputs.format.name());
    let place = fig.inputs.origin[pos] + 1;
    let breaks = element.d_old.is_finite() && !element.d.is_finite();
    match lang {
        Lang::En if element.term.is_infinite() && breaks => Rich::plain(format!("Logit {place}, ")).with(Role::Key, x).t(format!(", is fatal by itself: e^{} is beyond {limit}, the largest {format}, so d is ", logit(element.x))).with(Role::Warn, d).t("."),
        Lang::Zh if element.term.is_infinite() && breaks => Rich::plain(format!("第 {place} 个数 ")).with(Role::Key, x).t(format!(" 一个就要命：e^{} 超过 {format} 的最大数 {limit}，d 变成 ", logit(element.x))).with(Role::Warn, d).t("。"),
        Lang::En if breaks => Rich::plain(format!("The {} logit is fatal: {term} still fits below {limit}, the largest {format}, but the sum does not: d is ", ordinal(place))).with(Role::Warn, d).t("."),
        Lang::Zh if breaks => Rich::plain(format!("第 {place} 个数出事了：{term} 还没超过 {format} 的最大数 {limit}，和却超过了：d 变成 ")).with(Role::Warn, d).t("。"),
        Lang::En if !element.d.is_finite() => Rich::plain("Whatever is added, the sum is lost: d stays ").with(Role::Warn, d).t("."),
        Lang::Zh if !element.d.is_finite() => Rich::plain("再加什么都没用，和已经丢了：d 一直是 ").with(Role::Warn, d).t("。"),
        Lang::En => key(element.x).t(format!(" adds e^{} = {term}, as it is: d is now ", bracketed(element.x))).with(Role::Now, d).t("."),
        Lang::Zh => key(element.x).t(format!(" 直接加上 e^{} = {term}：d 变成 ", bracketed(element.x))).with(Role::Now, d).t("。"),
    }
}

/// The largest number of the format, as text.
pub fn limit(fig: &OnlineSoftmax) -> String {
    let max = fig.inputs.format.max();
    if max < 1e6 { number::whole(max as u64) } else { number::scientific(max) }
}

fn merge(fig: &OnlineSoftmax, block: usize, merge: &Merge, lang: Lang) -> Rich {
    let pair = |m: f64, d: f64| format!("({}, {})", logit(m), sum(d));
    let (part, after) = (pair(merge.part.m, merge.part.d), pair(merge.after.m, merge.after.d));
    let n = block + 1;
    let (past, own) = merge.factors();
    let lost = if merge.after.d.is_finite() { Role::Now } else { Role::Warn };
    match lang {
        Lang::En if fig.broken() && block == 0 => Rich::plain("Block 1 leaves its sum, d = ").with(lost, sum(merge.after.d)).t("; there is nothing yet to add it to."),
        Lang::Zh if fig.broken() && block == 0 => Rich::plain("第 1 块留下它的和，d = ").with(lost, sum(merge.after.d)).t("；还没有别的块可以相加。"),
        Lang::En if fig.broken() => Rich::plain(format!("Block {n} is added to the blocks before it, as it is: d is now ")).with(lost, sum(merge.after.d)).t("."),
        Lang::Zh if fig.broken() => Rich::plain(format!("第 {n} 块直接加到前面各块上：d 变成 ")).with(lost, sum(merge.after.d)).t("。"),
        Lang::En if merge.first() => Rich::plain(format!("Block {n} leaves the pair ")).with(Role::Now, part).t("; there is nothing yet to merge it with."),
        Lang::Zh if merge.first() => Rich::plain(format!("第 {n} 块留下一对数 ")).with(Role::Now, part).t("；还没有别的块可以合并。"),
        Lang::En if past < 1.0 => Rich::plain(format!("Block {n} has the longer ruler, so the past shrinks by {} before {part} is added: ", factor(past))).with(Role::Now, after).t("."),
        Lang::Zh if past < 1.0 => Rich::plain(format!("第 {n} 块的尺子更长，过去先乘 {}，再加上 {part}：得 ", factor(past))).with(Role::Now, after).t("。"),
        Lang::En if own < 1.0 => Rich::plain(format!("The past has the longer ruler, so {part} of block {n} shrinks by {} and is added: ", factor(own))).with(Role::Now, after).t("."),
        Lang::Zh if own < 1.0 => Rich::plain(format!("过去的尺子更长，第 {n} 块的 {part} 先乘 {} 再加进来：得 ", factor(own))).with(Role::Now, after).t("。"),
        Lang::En => Rich::plain(format!("Block {n} was measured with the same ruler, so {part} is added as it is: ")).with(Role::Now, after).t("."),
        Lang::Zh => Rich::plain(format!("第 {n} 块用的是同一把尺子，{part} 直接加进来：得 ")).with(Role::Now, after).t("。"),
    }
}

fn output(fig: &OnlineSoftmax, pos: usize, lang: Lang) -> Rich {
    let (element, p, all) = (&fig.run.elements[pos], fig.run.probs[pos], fig.run.summary);
    let (x, shown, d) = (logit(element.x), factor(p), sum(all.d));
    let role = if fig.wrong(pos) { Role::Warn } else { Role::Now };
    let last = pos + 1 == fig.inputs.n();
    let (made, usual) = (number::whole(fig.run.trace.at(fig.run.last()).accesses), number::whole(fig.run.three.total()));
    if all.d == 0.0 && !fig.broken() {
        return match lang {
            Lang::En => Rich::plain("Every logit is −∞, so no place gets any weight: ").with(Role::Now, "0").t(", not 0/0."),
            Lang::Zh => Rich::plain("每个 logit 都是 −∞，哪里都不给权重：记 ").with(Role::Now, "0").t("，而不是 0/0。"),
        };
    }
    let top = sum(element.term);
    match lang {
        Lang::En if !all.d.is_finite() && fig.broken() => Rich::plain("The weight of ").with(Role::Key, x).t(format!(" is {top}/{d} = ")).with(Role::Warn, shown).t(format!("; it should be {}.", factor(fig.run.exact[pos]))),
        Lang::Zh if !all.d.is_finite() && fig.broken() => Rich::default().with(Role::Key, x).t(format!(" 的权重是 {top}/{d} = ")).with(Role::Warn, shown).t(format!("，本该是 {}。", factor(fig.run.exact[pos]))),
        Lang::En if last && !fig.broken() => Rich::plain("The last weight, ").with(role, shown).t(format!(", is written: two walks took {made} memory accesses, three walks take {usual}.")),
        Lang::Zh if last && !fig.broken() => Rich::plain("最后一个权重 ").with(role, shown).t(format!(" 写好了：走两遍访存 {made} 次，走三遍要 {usual} 次。")),
        Lang::En if fig.broken() => key(element.x).t(format!(" gets {top}/{d} = ")).with(role, shown).t(format!("; the exact weight is {}.", factor(fig.run.exact[pos]))),
        Lang::Zh if fig.broken() => key(element.x).t(format!(" 得到 {top}/{d} = ")).with(role, shown).t(format!("；精确的权重是 {}。", factor(fig.run.exact[pos]))),
        Lang::En => key(element.x).t(format!(" is read again and gets its weight: e^({x} − {})/{d} = ", bracketed(all.m))).with(role, shown).t("."),
        Lang::Zh => Rich::plain("再读一次 ").with(Role::Key, x.clone()).t(format!("，写下它的权重：e^({x} − {})/{d} = ", bracketed(all.m))).with(role, shown).t("。"),
    }
}
