//! Predict questions, each answered by a run.

use super::figure::Bracket;
use super::inputs::{MOST, Order, Source};
use super::run::{cost, scale};
use crate::algorithms::linear_attention::bracket::{self, Entry};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};
use crate::figure::{Answer, Question, ask};

/// The questions for the present inputs.
pub fn questions(fig: &Bracket, lang: Lang) -> Vec<Question> {
    let list = match (fig.inputs.softmax, fig.inputs.source) {
        (true, _) => [needed(fig, lang), None],
        (false, Source::Random { .. }) => [moved(fig, lang), from_which_n(fig, lang)],
        (false, _) => [dearer(fig, lang), from_which_n(fig, lang)],
    };
    list.into_iter().flatten().collect()
}

/// What the bracket's other place costs.
fn moved(fig: &Bracket, lang: Lang) -> Option<Question> {
    let sizes = fig.inputs.sizes();
    let (n, d, dv) = sizes;
    let (live, truth) = (cost(fig.inputs.order, sizes).multiply_adds, cost(fig.other(), sizes).multiply_adds);
    let table = fig.run.product.inner.len() as u64;
    // The first of the other order's two products, and the entries of the present matrix between.
    let half = if fig.other() == Order::Right { n * d * dv } else { n * n * d } as u64;
    let mut options: Vec<u64> = Vec::new();
    for option in [truth, live, half, table, truth + live] {
        if !options.contains(&option) && options.len() < 4 {
            options.push(option);
        }
    }
    options.sort_unstable_by(|a, b| b.cmp(a));
    let rest = truth - half;
    let feedback = |option: u64| -> Rich {
        say!(lang; truth = truth as usize, half = half as usize, rest = rest as usize, live = live as usize, other = fig.formula(fig.other());
            if option == truth =>
                "Yes: {half} for the product in the bracket and {rest} for the other, {truth} in all, against {live} now.",
                "对：括号里的乘积 {half} 次，另一个 {rest} 次，共 {truth} 次；现在是 {live} 次。";
            if option == live =>
                "The product is the same, the way to it is not: {other} goes through another matrix, with {half} + {rest} = {truth}.",
                "结果是同一个，路却不同：{other} 经过的是另一个矩阵，{half} + {rest} = {truth}。";
            if option == half =>
                "That is the product in the bracket. The other one follows, with {rest}: {truth} in all.",
                "那只是括号里的乘积。还有另一个，{rest} 次：共 {truth} 次。";
            if option == table =>
                "That counts entries of the matrix between. Each entry is a sum, and there are two products: {half} + {rest} = {truth}.",
                "那是中间矩阵的元素个数。每个元素都是一个和，而且有两个乘积：{half} + {rest} = {truth}。";
            else =>
                "Only one of the two ways is taken: {half} + {rest} = {truth}.",
                "两条路只走一条：{half} + {rest} = {truth}。")
    };
    let answer = |option: &u64| Answer { text: number::whole(*option), right: *option == truth, feedback: feedback(*option) };
    let ask = say!(lang; live = live as usize, now = fig.formula(fig.inputs.order), other = fig.formula(fig.other());
        "{now} takes {live} multiply-adds. You move the bracket: how many does {other} take?",
        "{now} 要 {live} 次乘加。把括号挪成 {other}，要多少次？");
    Some(Question { id: "moved", step: 0, row: None, ask, answers: options.iter().map(answer).collect() })
}

/// Whether the summary pays on this head.
fn dearer(fig: &Bracket, lang: Lang) -> Option<Question> {
    let sizes = fig.inputs.sizes();
    let (left, right) = (cost(Order::Left, sizes).multiply_adds, cost(Order::Right, sizes).multiply_adds);
    let factor = if left == right { 2.0 } else { left.max(right) as f64 / left.min(right) as f64 };
    let (n, d, _) = sizes;
    let print: fn(f64) -> String = |x| number::fixed(x, usize::from(x.fract() > 0.05));
    let (ask, answers) = ask!(lang; n, d, factor = Number(factor, print), left = left as usize, right = right as usize;
        "{n} tokens, d = {d}, and a head of a trained model. Q(KᵀV) instead of (QKᵀ)V will be",
        "{n} 个 token，d = {d}，一个真实的头。把 (QKᵀ)V 换成 Q(KᵀV)，乘加会";
        right < left =>
            "{factor}× cheaper",
            "降到 1/{factor}",
            "Compare n = {n} with d = {d}: the summary has {d}² entries, the table {n}². The run counts {right} against {left}.",
            "摘要有 {d}² 个元素，表有 {n}² 个。数出来是 {right} 对 {left}。";
        right > left =>
            "{factor}× dearer",
            "变成 {factor} 倍",
            "What counts is n = {n} against d = {d}, nothing else. The run counts {right} against {left}.",
            "要比的只是 n = {n} 与 d = {d}。数出来是 {right} 对 {left}。";
        left == right =>
            "equal",
            "一样多",
            "Both orders give the same answer, but not by the same work unless n = d. The run counts {right} against {left}.",
            "两种次序答案相同，但除非 n = d，工作量并不相同。数出来是 {right} 对 {left}。");
    Some(Question { id: "dearer", step: 0, row: None, ask, answers })
}

/// The least n at which the summary is cheaper, found by counting.
fn from_which_n(fig: &Bracket, lang: Lang) -> Option<Question> {
    let (_, d, dv) = fig.inputs.sizes();
    let both = |n: usize| [Order::Left, Order::Right].map(|order| cost(order, (n, d, dv)).multiply_adds);
    let cheaper = |n: &usize| {
        let [left, right] = both(*n);
        right < left
    };
    let truth = (bracket::crossover(d, dv) as usize..=2 * MOST).find(cheaper)?;
    let [left, right] = both(truth);
    let [left_before, right_before] = both(truth.saturating_sub(1));
    let mut options: Vec<usize> = Vec::new();
    for option in [truth, (truth - 1).max(1), 2 * truth, d * dv, 4 * truth] {
        if !options.contains(&option) && options.len() < 4 {
            options.push(option);
        }
    }
    options.sort_unstable();
    let feedback = |option: usize| -> Rich {
        say!(lang; truth, before = truth - 1, left = left as usize, right = right as usize, left_before = left_before as usize,
            right_before = right_before as usize, d, dv;
            if option == truth =>
                "Yes. At n = {truth}, Q(KᵀV) takes {right} against {left}; at n = {before} it still took {right_before} against {left_before}.",
                "对。n = {truth} 时 Q(KᵀV) 是 {right} 对 {left}；n = {before} 时还是 {right_before} 对 {left_before}。";
            if option + 1 == truth =>
                "Close: at n = {before} it takes {right_before} against {left_before}. One token more, and it is {right} against {left}.",
                "差一点：n = {before} 时是 {right_before} 对 {left_before}。再多一个 token，就是 {right} 对 {left}。";
            else =>
                "It is cheaper there, but not only from there: the counts are equal at n = 2·d·dv/(d + dv), with d = {d}, dv = {dv}. At n = {truth}, {right} against {left}.",
                "平衡点在 2·d·dv/(d + dv)，d = {d}、dv = {dv}。从 n = {truth} 起便宜：{right} 对 {left}。")
    };
    let answer =
        |option: &usize| Answer { text: ["n = ", &option.to_string()].concat(), right: *option == truth, feedback: feedback(*option) };
    let ask = say!(lang; d, dv;
        "With d = {d} and dv = {dv}: from how many tokens on is Q(KᵀV) the cheaper order?",
        "d = {d}、dv = {dv} 时，从多少个 token 起 Q(KᵀV) 更便宜？");
    Some(Question { id: "balance", step: 0, row: None, ask, answers: options.iter().map(answer).collect() })
}

/// How many scores a single weight hangs on: each is changed in turn, and the weight computed anew.
fn needed(fig: &Bracket, lang: Lang) -> Option<Question> {
    let (n, d, _) = fig.inputs.sizes();
    let row: Vec<f32> = fig.run.scores.row(0).to_vec();
    let first = |row: &[f32]| <f32 as Entry>::softmax(row, scale(d)).first().copied();
    let weight = first(&row)?;
    // Up and down, and far enough for f32 to feel it, however small or large the weight is.
    let hangs_on = |key: &usize| {
        [-100.0, 100.0].iter().any(|by| {
            let mut other = row.clone();
            other[*key] += by * (d as f32).sqrt();
            first(&other) != Some(weight)
        })
    };
    let truth = (0..n).filter(hangs_on).count();
    let mut options: Vec<usize> = Vec::new();
    for option in [truth, 1, n * n, d] {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    options.sort_unstable();
    let feedback = |option: usize| -> Rich {
        say!(lang; truth, n, q = &fig.inputs.name('q', 0);
            if option == truth =>
                "Yes: change any of the {truth} scores of {q|q}, and this weight moves. No summary of the keys made before the query can know them.",
                "对：{q|q} 的 {truth} 个分数改动任何一个，这个权重都会变。在 query 到来之前做好的摘要不可能知道它们。";
            if option == 1 =>
                "The exponential takes one score, but the sum under it takes the row: all {truth} of {q|q}.",
                "指数只用一个分数，但分母要用整行：{q|q} 的 {truth} 个。";
            else =>
                "Rows do not mix, and within a row nothing is left out: {truth}, one per key, for n = {n}.",
                "行与行不相混，行内一个也不能少：n = {n}，每个 key 一个，共 {truth} 个。")
    };
    let answer = |option: &usize| Answer { text: option.to_string(), right: *option == truth, feedback: feedback(*option) };
    let ask = say!(lang; q = &fig.inputs.name('q', 0), k = &fig.inputs.name('k', 0);
        "The softmax is back. On how many finished scores does the weight of {q|q} on {k|k} hang?",
        "Softmax 放回来了。{q|q} 对 {k|k} 的权重取决于多少个算完的分数？");
    (options.len() > 1).then(|| Question { id: "needed", step: 0, row: None, ask, answers: options.iter().map(answer).collect() })
}
