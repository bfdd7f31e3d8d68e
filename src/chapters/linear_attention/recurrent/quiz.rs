//! Predict questions; what is right is read off the run, never written down.

use super::figure::Recurrent;
use super::run::{self, Act, divides};
use crate::algorithms::linear_attention::Future;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};
use crate::figure::{Answer, Question, ask};

/// The questions that make sense for the present run.
pub fn questions(fig: &Recurrent, lang: Lang) -> Vec<Question> {
    [size(fig, lang), crossing(fig, lang), bare(fig, lang), fewest(fig, lang)].into_iter().flatten().collect()
}

/// Answers in the form of counts.
fn counts(options: &[usize], truth: usize, feedback: &dyn Fn(usize) -> Rich) -> Vec<Answer> {
    let mut options = options.to_vec();
    options.sort_unstable();
    options.dedup();
    let answer = |option: &usize| Answer { text: number::whole(*option as u64), right: *option == truth, feedback: feedback(*option) };
    options.iter().map(answer).collect()
}

/// How many numbers does the state keep after the last token?
fn size(fig: &Recurrent, lang: Lang) -> Option<Question> {
    let (n, m, dv) = (fig.inputs.n(), fig.run.x.k.ncols(), fig.inputs.v.ncols());
    let (truth, cache, no_sum) = (fig.state() as usize, n * fig.per_token(), m * dv);
    if n < 2 || fig.inputs.future == Future::Seen {
        return None;
    }
    let ask = say!(lang; m, dv, n;
        "S is {m}×{dv} and z has {m} entries. How many numbers does the state keep after token {n}?",
        "S 是 {m}×{dv}，z 有 {m} 项。到第 {n} 个 token 之后，状态要留多少个数？");
    let answers = counts(&[truth, cache, no_sum, n * n], truth, &|option| {
        say!(lang; m, dv, n, truth, cache;
            if option == truth =>
                "Yes: {m} × {dv} + {m} = {truth}, at token 1 as at token {n}. The past is summed up, not lined up.",
                "对：{m} × {dv} + {m} = {truth}，第 1 个 token 时如此，第 {n} 个也如此。过去是加起来的，不是排成一列的。";
            if option == cache =>
                "That is what a cache keeps: a key and a value for each of {n} tokens, {cache} numbers. Sums do not grow: {truth}.",
                "缓存才留这么多：{n} 个 token 各一个 key、一个 value，共 {cache} 个数。和是不会变长的：{truth}。";
            if option == no_sum =>
                "S alone is that large. The denominator needs z as well, {m} more: {truth}.",
                "光 S 是这么多。分母还要 z，再加 {m} 个：{truth}。";
            else =>
                "The table of {n} tokens has as many entries, but no one forms it here. The state keeps {truth}.",
                "{n} 个 token 的整张表有这么多格，可这里没有人去算它。状态只留 {truth} 个数。")
    });
    Some(Question { id: "size", step: 0, row: None, ask, answers })
}

/// At which token does the cache overtake the state?
fn crossing(fig: &Recurrent, lang: Lang) -> Option<Question> {
    let (truth, d, state, per) = (fig.crossing?, fig.inputs.k.ncols(), fig.state() as usize, fig.per_token());
    if fig.inputs.future == Future::Seen || !fig.recurrence() || truth < 2 {
        return None;
    }
    let (now, then) = ((truth - 1) * per, truth * per);
    let ask = say!(lang; per, state;
        "A cache grows by {per} numbers a token, the state keeps {state}. At which token does the cache overtake?",
        "缓存每个 token 长 {per} 个数，状态一直是 {state} 个。缓存在第几个 token 反超？");
    let answers = counts(&[truth, 1, state, d + truth + 1], truth, &|option| {
        say!(lang; truth, then, now, state, per;
            if option == truth =>
                "Yes: {then} against {state}; one token earlier it was {now}. From there on the gap only widens.",
                "对：{then} 比 {state}；前一个 token 时是 {now}。从此差距只会越来越大。";
            if option == 1 =>
                "One key and one value are {per} numbers, fewer than the {state} of an empty state. It takes until token {truth}: {then}.",
                "一个 key 加一个 value 是 {per} 个数，比空状态的 {state} 个还少。要到第 {truth} 个 token：{then}。";
            if option == state =>
                "That many tokens it would take at one number a token; each brings {per}. Token {truth}: {then} against {state}.",
                "每个 token 只长一个数才要这么久；它一次长 {per} 个。第 {truth} 个 token：{then} 比 {state}。";
            else =>
                "It has happened by then. Count in steps of {per}: {now} is not above {state}, {then} is, at token {truth}.",
                "那时早已反超。每次加 {per}：{now} 不超过 {state}，{then} 超过了，在第 {truth} 个 token。")
    });
    Some(Question { id: "crossing", step: fig.crossing_step()?.saturating_sub(1), row: None, ask, answers })
}

/// Without the denominator, all values 1: what comes out?
fn bare(fig: &Recurrent, lang: Lang) -> Option<Question> {
    if divides(&fig.inputs) || !fig.inputs.ones || fig.inputs.future == Future::Seen || !fig.inputs.map.is_positive() {
        return None;
    }
    let row = fig.inputs.n().min(6) - 1;
    let step = fig.run.find(Act::Output, |step| step.rows.contains(&row))?;
    let printed = |row: usize| f64::from(fig.run.out.o[[row, 0]]);
    let (first, value) = (printed(0), printed(row));
    let bad = value.is_nan();
    let (ask, answers) = ask!(lang; t = row + 1, first = Number(first, number::cell), value = Number(value, number::cell);
        "Every value is 1 and nothing is divided. What is the output of token {t}?",
        "value 全是 1，也不除以分母。第 {t} 个 token 的输出是多少？";
        !bad && (value - 1.0).abs() < 1e-3 =>
            "1",
            "1",
            "A mean of ones is 1, but this is no mean. Without z the sum of the weights comes out: {value}, where token 1 had {first}.",
            "1 的平均是 1，可这不是平均。没有 z，得到的是权重之和：{value}；第 1 个 token 是 {first}。";
        !bad && value >= 1.0 + 1e-3 =>
            "more than 1, and growing with position",
            "大于 1，而且越往后越大",
            "The run gives {value}, after {first} at token 1: the sum of the weights. Each token adds one more weight.",
            "得到 {value}，第 1 个 token 时是 {first}：就是权重之和。每个 token 再添一个。";
        !bad && value <= 1.0 - 1e-3 =>
            "less than 1",
            "小于 1",
            "Weights below 1 would do that if they summed to less than 1. Here they sum to {value}; token 1 had {first}.",
            "权重之和小于 1 时才会这样。这里它们的和是 {value}；第 1 个 token 是 {first}。";
        bad =>
            "NaN",
            "NaN",
            "Nothing is divided, so nothing is divided by 0. What comes out is the sum of the weights, {value}; token 1 had {first}.",
            "根本没有相除，也就没有除以 0。出来的是权重之和 {value}；第 1 个 token 是 {first}。");
    Some(Question { id: "bare", step: step.saturating_sub(2), row: Some(row), ask, answers })
}

/// Which chunk size does the fewest multiply-adds?
fn fewest(fig: &Recurrent, lang: Lang) -> Option<Question> {
    let (n, d) = (fig.inputs.n(), fig.inputs.k.ncols());
    let root = (n as f64).sqrt().round() as usize;
    if n < 5 || root <= 1 || fig.inputs.future == Future::Seen {
        return None;
    }
    let middle = run::plain(&fig.run.x, root, &fig.inputs).numerator;
    let (one, all) = fig.rivals;
    let least = one.min(all).min(middle);
    if [one, middle, all].iter().filter(|work| **work == least).count() > 1 {
        return None;
    }
    let (ask, answers) = ask!(lang; n, root, d, one = one as usize, middle = middle as usize, all = all as usize;
        "Every chunk size gives the same answer. Which one does the fewest multiply-adds here?",
        "分段大小不改变答案。这里哪一种的乘加最少？";
        least == all =>
            "C = {n}, one table",
            "C = {n}，整张表",
            "A table of {n} tokens has cells that grow like n², each of d = {d} channels: {all}, against {one} for C = 1 and {middle} for C = {root}.",
            "{n} 个 token 的表，格数按 n² 增长，每格 d = {d} 个通道：{all}，C = 1 是 {one}，C = {root} 是 {middle}。";
        least == middle =>
            "C = {root}, about √n",
            "C = {root}，约 √n",
            "Balancing the two costs is a good instinct. The run counts {middle} for C = {root}, {one} for C = 1 and {all} for C = {n}.",
            "想让两头平衡，直觉不错。数出来：C = {root} 是 {middle}，C = 1 是 {one}，C = {n} 是 {all}。";
        least == one =>
            "C = 1, the recurrence",
            "C = 1，递推",
            "The run counts {one}, against {middle} for C = {root} and {all} for C = {n}. Chunks are not for less work: a GPU would rather do a few matrix products than many outer products in a row.",
            "数出来是 {one}，C = {root} 是 {middle}，C = {n} 是 {all}。分段不是为了少算：GPU 宁可做几次矩阵乘法，也不愿一个接一个地做外积。";
        false =>
            "all the same",
            "都一样",
            "The answer is the same, the work is not: {one} for C = 1, {middle} for C = {root}, {all} for C = {n}.",
            "答案一样，工作量不一样：C = 1 是 {one}，C = {root} 是 {middle}，C = {n} 是 {all}。");
    Some(Question { id: "fewest", step: 0, row: None, ask, answers })
}
