//! Predict: how many singular values, what a larger d does to the rows, and what f32 would claim.

use super::figure::Rank;
use super::inputs::MAX_N;
use crate::content::Lang;
use crate::content::Value::Number;
use crate::content::number;
use crate::figure::{Question, ask};

/// The questions for the present setting.
pub fn questions(fig: &Rank, lang: Lang) -> Vec<Question> {
    [values(fig, lang), doubled(fig, lang), single(fig, lang)].into_iter().flatten().collect()
}

fn values(fig: &Rank, lang: Lang) -> Option<Question> {
    let (n, m, rank) = (fig.inputs.n, fig.inputs.n_features(), fig.run.linear.rank);
    let (half, few) = (n / 2, m / 2);
    if m >= n || half == m || few == 0 || half == few || few == n || ![n, half, m, few].contains(&rank) {
        return None;
    }
    let (ask, answers) = ask!(lang; n, m, half, few, rank, map = fig.name(lang), softmax = fig.run.softmax.rank;
        "The table of {map} is {n} × {n} and made of {m} features. How many singular values are not 0?",
        "{map} 的表是 {n} × {n}，由 {m} 个特征做成。不为 0 的奇异值有几个？";
        rank == n => "{n}", "{n}",
            "An {n} × {n} table can have that many, and softmax’s has {softmax}. This one is φ(Q)·φ(K)ᵀ with {m} columns in between: {rank}.",
            "{n} × {n} 的表可以有这么多，Softmax 就有 {softmax} 个。这一张却是 φ(Q)·φ(K)ᵀ，中间只有 {m} 列：{rank} 个。";
        rank == half => "{half}", "{half}",
            "Fewer than {n}, yes; but n does not decide: {m} columns stand between, and {rank} remain.",
            "是比 {n} 少；但决定的不是 n：中间隔着 {m} 列，剩下 {rank} 个。";
        rank == m => "{m}", "{m}",
            "One per feature: every row is a mix of the same {m} rows. Dividing rows by their sums changes nothing: {rank}.",
            "一个特征一个：每一行都由同样的 {m} 行混合而成。再除以行和也不变：{rank} 个。";
        rank == few => "{few}", "{few}",
            "The number of features bounds it, and here nothing is lost: all {rank} are used.",
            "特征数是上限，而这里一个也没浪费：{rank} 个都用上了。");
    Some(Question { id: "values", step: 0, row: None, ask, answers })
}

/// A change that counts as one.
const SEEN: f64 = 0.005;

fn doubled(fig: &Rank, lang: Lang) -> Option<Question> {
    // Larger sizes of the curve are powers of two.
    let d = fig.inputs.d;
    let more = if d.is_power_of_two() && 2 * d <= MAX_N { 2 * d } else { return None };
    // It is asked for what a larger rank is worth.
    if fig.run.linear.rank >= fig.inputs.n {
        return None;
    }
    let (now, then) = (fig.run.at(d)?, fig.run.at(more)?);
    let (before, after) = (now.linear?, then.linear?);
    let (reaches, falls) = (after < then.softmax + SEEN, after < before - SEEN);
    let (ask, answers) = ask!(lang; d, more, map = fig.name(lang), before = Number(before, number::cell), after = Number(after, number::cell),
        sharp = Number(now.softmax, number::cell), softmax = Number(then.softmax, number::cell);
        "Rows of {map} have {before} nats on average, softmax {sharp}. d doubles to {more}. How sharp do the rows of {map} become?",
        "{map} 的行平均 {before} nat，Softmax 是 {sharp}。d 翻倍到 {more}，{map} 的行会变得多尖？";
        reaches => "as sharp as softmax", "和 Softmax 一样尖",
            "More features do lift the rank. But a row is a sum over features, and a longer sum evens out: {before} becomes {after}, softmax has {softmax}.",
            "特征多了，秩确实上去了。但一行是对特征求和，和越长越均匀：{before} 变成 {after}，Softmax 是 {softmax}。";
        falls && !reaches => "sharper, but not like softmax", "变尖，但不如 Softmax",
            "The rank does move towards softmax’s. The rows: from {before} at d = {d} to {after}; softmax {softmax}.",
            "秩确实在向 Softmax 靠拢。行呢：从 d = {d} 时的 {before} 到 {after}；Softmax 是 {softmax}。";
        !falls && !reaches => "not sharper", "不会变尖",
            "Rank is one thing, sharpness another: {before} becomes {after}, while softmax has {softmax}.",
            "秩是一回事，尖不尖是另一回事：{before} 变成 {after}，Softmax 是 {softmax}。");
    Some(Question { id: "doubled", step: 0, row: None, ask, answers })
}

fn single(fig: &Rank, lang: Lang) -> Option<Question> {
    let (run, n) = (&fig.run, fig.inputs.n);
    let rank = run.linear.rank;
    if rank >= n || run.linear.n_dead > 0 || run.linear.n_negative > 0 {
        return None;
    }
    let claimed = run.claimed;
    let floor = run.single.get(rank).copied().unwrap_or(0.0);
    let (ask, answers) = ask!(lang; rank, n, claimed, floor = Number(floor, number::scientific), next = rank + 1;
        "The same table, computed in f32; count singular values above 10⁻⁹. How many of {n}?",
        "同一张表，改用 f32 算；数一数大于 10⁻⁹ 的奇异值。{n} 个里有几个？";
        claimed == rank => "{rank}, as before", "{rank} 个，和刚才一样",
            "The table is the same to seven digits, but not its zeros: σ{next} is {floor} now, and {claimed} are counted.",
            "表的前七位数字没变，变的是那些零：σ{next} 现在是 {floor}，数出 {claimed} 个。";
        claimed > rank => "more than {rank}", "多于 {rank} 个",
            "Rounding makes every row a little independent: σ{next} = {floor}, and {claimed} are counted. The threshold must be relative to rounding.",
            "舍入让每一行都带上一点独立的零头：σ{next} = {floor}，数出 {claimed} 个。门槛必须相对于舍入误差来定。";
        claimed < rank => "fewer than {rank}", "少于 {rank} 个",
            "f32 does see less far. Yet what it loses it fills with rounding, {floor} at σ{next}: {claimed} are counted.",
            "f32 的确看得没那么细。可它丢掉的地方填上了舍入误差，σ{next} 处是 {floor}：数出 {claimed} 个。");
    Some(Question { id: "single", step: 0, row: None, ask, answers })
}
