//! The working line: a rank by its threshold, an entropy by its rows.

use super::figure::Rank;
use super::run::{ABSOLUTE, Look, threshold};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};

/// Why a number is what it is: `rank:softmax`, `rank:linear`, `most:…`, `single`, `claimed`, `entropy:…`, `d:8`.
pub fn why(fig: &Rank, cell: &str, lang: Lang) -> Option<Rich> {
    let (kind, of) = cell.split_once(':').unwrap_or((cell, ""));
    let look = |of: &str| match of {
        "softmax" => Some((&fig.run.softmax, "Softmax")),
        "linear" => Some((&fig.run.linear, fig.name(lang))),
        _ => None,
    };
    match kind {
        "rank" => look(of).map(|(look, name)| rank(look, name, lang)),
        "most" => look(of).map(|(look, name)| most(look, name, lang)),
        "entropy" => look(of).map(|(look, name)| entropy(look, name, fig.inputs.n, lang)),
        "single" | "claimed" => Some(single(fig, lang)),
        "d" => at(fig, of.parse().ok()?, lang),
        _ => None,
    }
}

fn rank(look: &Look, name: &str, lang: Lang) -> Rich {
    let (values, rank) = (&look.values, look.rank);
    let first = values.first().copied().unwrap_or(0.0);
    let value = |idx: usize| Number(values.get(idx).copied().unwrap_or(0.0), number::scientific);
    say!(lang; name, rank, at = &number::subscript(rank), next = &number::subscript(rank + 1), last = value(rank.saturating_sub(1)), after = value(rank), limit = Number(threshold(values.len(), f64::EPSILON) * first, number::scientific);
        if rank == 0 =>
            "{name}: every singular value is 0: rank 0",
            "{name}：奇异值全是 0：秩 0";
        if rank == values.len() =>
            "{name}: the least singular value, σ{at} = {last}, is above n·2⁻⁵²·σ₁ = {limit}: all {rank} count",
            "{name}：最小的奇异值 σ{at} = {last} 也大于 n·2⁻⁵²·σ₁ = {limit}：{rank} 个全算";
        else =>
            "{name}: σ{at} = {last} is above n·2⁻⁵²·σ₁ = {limit}, σ{next} = {after} is not: rank {rank}",
            "{name}：σ{at} = {last} 大于 n·2⁻⁵²·σ₁ = {limit}，σ{next} = {after} 则不然：秩 {rank}")
}

fn most(look: &Look, name: &str, lang: Lang) -> Rich {
    let (mut at, mut most) = ((0, 0), f64::NEG_INFINITY);
    for (place, weight) in look.weights.indexed_iter() {
        if *weight > most {
            (at, most) = (place, *weight);
        }
    }
    say!(lang; name, query = at.0 + 1, key = at.1 + 1, all = look.weights.len(), most = Number(most, number::factor);
        "{name}: the largest of {all} weights, {most}, is what <q|query {query}> gives <k|key {key}>",
        "{name}：{all} 个权重里最大的是 <q|query {query}> 给 <k|key {key}> 的 {most}")
}

fn single(fig: &Rank, lang: Lang) -> Rich {
    let (values, rank) = (&fig.run.single, fig.run.single_rank);
    let first = values.first().copied().unwrap_or(0.0);
    let after = values.get(rank).copied().unwrap_or(0.0);
    say!(lang; rank, next = &number::subscript(rank + 1), after = Number(after, number::scientific), claimed = fig.run.claimed,
        limit = Number(threshold(values.len(), f64::from(f32::EPSILON)) * first, number::scientific);
        if rank == 0 =>
            "in f32, too, every singular value is 0: rank 0",
            "f32 下奇异值也全是 0：秩 0";
        if rank == values.len() =>
            "in f32 all {rank} singular values are above n·2⁻²³·σ₁ = {limit}; and {claimed} above 10⁻⁹",
            "f32 下 {rank} 个奇异值全都大于 n·2⁻²³·σ₁ = {limit}；大于 10⁻⁹ 的有 {claimed} 个";
        if after > ABSOLUTE =>
            "in f32, σ{next} = {after} is rounding, yet above 10⁻⁹: so <w|{claimed}> are counted; above n·2⁻²³·σ₁ = {limit} there are {rank}",
            "f32 下 σ{next} = {after} 只是舍入误差，却大于 10⁻⁹：于是数出 <w|{claimed}>；大于 n·2⁻²³·σ₁ = {limit} 的是 {rank} 个";
        else =>
            "in f32, σ{next} = {after} is below 10⁻⁹, too: {claimed} counted; above n·2⁻²³·σ₁ = {limit} there are {rank}",
            "f32 下 σ{next} = {after} 也小于 10⁻⁹：数出 {claimed}；大于 n·2⁻²³·σ₁ = {limit} 的是 {rank} 个")
}

fn entropy(look: &Look, name: &str, n: usize, lang: Lang) -> Rich {
    let list = look.entropies.as_deref().unwrap_or_default();
    let (low, high) = list.iter().fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(*x), high.max(*x)));
    say!(lang; name, n, negative = look.n_negative, dead = look.n_dead, mean = Number(look.mean().unwrap_or(0.0), number::cell),
        low = Number(low, number::cell), high = Number(high, number::cell), uniform = Number((n as f64).ln(), number::cell);
        if list.is_empty() =>
            "{name}: no entropy, as ln p asks for positive p: {negative} weights are negative, {dead} rows have none",
            "{name}：没有熵可言，ln p 要求 p 为正：{negative} 个权重为负，{dead} 行没有权重";
        else =>
            "{name}: −Σ p ln p is {low} to {high} nats in the {n} rows, {mean} on average; equal weights have ln {n} = {uniform}",
            "{name}：{n} 行的 −Σ p ln p 在 {low} 到 {high} nat 之间，平均 {mean}；权重全相等时是 ln {n} = {uniform}")
}

fn at(fig: &Rank, d: usize, lang: Lang) -> Option<Rich> {
    let at = fig.run.at(d)?;
    Some(
        say!(lang; d, map = fig.name(lang), softmax = Number(at.softmax, number::cell), linear = Number(at.linear.unwrap_or(0.0), number::cell);
        if at.linear.is_none() =>
            "d = {d}: rows of softmax have {softmax} nats on average; {map} has rows without a meaningful entropy",
            "d = {d}：Softmax 的行平均 {softmax} nat；{map} 有些行的熵没有意义";
        else =>
            "d = {d}: rows of softmax have {softmax} nats on average, those of {map} {linear}",
            "d = {d}：Softmax 的行平均 {softmax} nat，{map} 的行 {linear}"),
    )
}
