//! The caption: what a table of so few features cannot be.

use super::figure::Rank;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};

/// What is seen, in one sentence or two.
pub fn caption(fig: &Rank, lang: Lang) -> Rich {
    let (run, n) = (&fig.run, fig.inputs.n);
    let (soft, linear) = (&run.softmax, &run.linear);
    let nats = |look: &super::Look| Number(look.mean().unwrap_or(0.0), number::cell);
    let m = fig.inputs.n_features();
    let features = number::whole(m as u64) + lang.pick(if m == 1 { " feature" } else { " features" }, " 个特征");
    let sharp_enough = linear.mean() <= soft.mean();
    say!(lang; map = fig.name(lang), n, d = fig.inputs.d, features = &features, limit = m.min(n), dead = linear.n_dead, negative = linear.n_negative,
        all = n * n, softmax = soft.rank, rank = linear.rank, flat = nats(linear), sharp = nats(soft);
        if linear.n_dead == n =>
            "{map}: <now|all {n} queries> meet no key at all, 0 divided by 0. Nothing is left of the table: rank {rank}; softmax has {softmax}.",
            "{map}：<now|{n} 个 query> 全都碰不到任何 key，0 除以 0。表里什么也不剩：秩 {rank}；Softmax 是 {softmax}。";
        if linear.n_dead == 1 =>
            "{map}: <now|1 query> meets no key at all, 0 divided by 0. Without its row the table has rank {rank} of {n}, softmax {softmax}.",
            "{map}：<now|1 个 query> 一个 key 都碰不到，0 除以 0。去掉这一行，表的秩是 {rank}，最多可到 {n}；Softmax 是 {softmax}。";
        if linear.n_dead > 0 =>
            "{map}: <now|{dead} queries> meet no key at all, 0 divided by 0. The other rows have rank {rank} of {n}, softmax {softmax}.",
            "{map}：<now|{dead} 个 query> 一个 key 都碰不到，0 除以 0。其余各行的秩是 {rank}，最多可到 {n}；Softmax 是 {softmax}。";
        if linear.n_negative > 0 =>
            "{map}: {negative} of {all} weights are <now|negative>, so a row’s entropy means nothing. Rank {rank} of {n}; softmax {softmax}.",
            "{map}：{all} 个权重中有 {negative} 个是<now|负的>，行熵也就没有意义。秩 {rank}，最多可到 {n}；Softmax 是 {softmax}。";
        if soft.rank < n =>
            "d = {d} is too few for softmax, too: its table has numerical rank <now|{softmax}> of {n}; with {map} it is {rank}.",
            "d = {d} 连 Softmax 也不够用：它的表数值秩只有 <now|{softmax}>（最多 {n}），{map} 的是 {rank}。";
        if linear.rank >= n && sharp_enough =>
            "{features} for {n} tokens: <now|full rank>, {rank}. Rows are no flatter than those of softmax: {flat} nats on average, softmax {sharp}.",
            "{features}，{n} 个 token：秩<now|满了>，{rank}。各行也不比 Softmax 平：平均熵 {flat} nat，Softmax 是 {sharp}。";
        if linear.rank >= n =>
            "{features} for {n} tokens: <now|full rank>, {rank}. Yet rows are flatter than those of softmax: {flat} nats on average, softmax {sharp}.",
            "{features}，{n} 个 token：秩<now|满了>，{rank}。可各行还是比 Softmax 平：平均熵 {flat} nat，Softmax 是 {sharp}。";
        if linear.rank < m.min(n) =>
            "{features} could give {map} rank {limit}; only <now|{rank}> of its singular values are more than rounding. Rows: {flat} nats on average, softmax {sharp}.",
            "{features}，{map} 的秩本可到 {limit}；大于舍入误差的奇异值却只有 <now|{rank}> 个。各行平均熵 {flat} nat，Softmax 是 {sharp}。";
        if sharp_enough =>
            "{features}, so <now|rank {rank}> of {n}; softmax has {softmax}. Rows of {map} are no flatter, though: {flat} nats on average against {sharp}.",
            "{features}，<now|秩只有 {rank}>（最多 {n}）；Softmax 是 {softmax}。不过 {map} 的行并不更平：平均熵 {flat} nat，Softmax 是 {sharp}。";
        else =>
            "{features}, so <now|rank {rank}> of {n}; softmax has {softmax}. Rows of {map} are flatter, too: {flat} nats on average against {sharp}.",
            "{features}，<now|秩只有 {rank}>（最多 {n}）；Softmax 是 {softmax}。{map} 的行也更平：平均熵 {flat} nat，Softmax 是 {sharp}。")
}
