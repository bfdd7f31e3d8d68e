//! One sentence per step: what happens, then why, with the run's own numbers.

use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::span;

/// The facts of the row in focus that a caption may speak of.
struct Facts<'a> {
    fig: &'a Tiles,
    now: &'a Step,
    row: usize,
    at: usize,
    lang: Lang,
}

/// The caption of a step for the row in focus.
pub fn caption(fig: &Tiles, step: usize, row: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    match now.act {
        Act::LoadQ | Act::LoadKv | Act::LoadState => load(fig, now, lang),
        Act::Skip => skip(now, lang),
        Act::Store => store(fig, step, row, lang),
        act => {
            let row = if now.rows.contains(&row) { row } else { now.rows.start };
            let facts = Facts { fig, now, row, at: row - now.rows.start, lang };
            match act {
                _ if facts.blind() => facts.sees_nothing(),
                Act::Scores => facts.scores(),
                Act::Max => facts.maximum(),
                Act::Factor => facts.factor(),
                Act::Probs => facts.weights(),
                Act::Sum => facts.sum(),
                _ => facts.output(),
            }
        }
    }
}

fn tile(n: Option<usize>) -> usize {
    n.map_or(1, |n| n + 1)
}

fn load(fig: &Tiles, now: &Step, lang: Lang) -> Rich {
    let x = &fig.inputs.x;
    let queries = now.act != Act::LoadKv;
    let names = if queries { &fig.inputs.query_names[now.rows.clone()] } else { &fig.inputs.key_names[now.cols.clone()] };
    let moved = if queries { now.rows.len() * x.d() } else { now.cols.len() * (x.d() + x.dv()) };
    let again = fig.inputs.order == Order::Fa2 && now.i.is_some_and(|i| i > 0);
    say!(lang; i = tile(now.i), j = tile(now.j), names = &span(names, lang), moved;
        if now.act == Act::LoadState =>
            "Query tile {i} comes back, and with it its <now|m, ℓ and output>: this loop order left them in HBM.",
            "第 {i} 块 query 又载入一次，连同它的 <now|m、ℓ 和输出>：这种循环次序把它们留在了显存里。";
        if queries =>
            "Query tile {i}, {q|names}, comes in and <now|stays>: {moved} numbers, read once.",
            "第 {i} 块 query（{q|names}）载入，之后一直<now|留在片上>：{moved} 个数，只读一次。";
        if again =>
            "Keys and values of tile {j}, {k|names}, come in: <now|{moved} numbers>, read again for this query tile.",
            "第 {j} 块 key 和 value（{k|names}）载入：<now|{moved} 个数>，为这块 query 又读了一遍。";
        else =>
            "Keys and values of tile {j}, {k|names}, come in: <now|{moved} numbers> through the gate.",
            "第 {j} 块 key 和 value（{k|names}）载入：从显存搬来 <now|{moved} 个数>。")
}

fn skip(now: &Step, lang: Lang) -> Rich {
    say!(lang; i = tile(now.i), j = tile(now.j);
        "<now|Skipped>: every key of tile {j} lies in the future of every query of tile {i}.",
        "<now|跳过>：第 {j} 块的每个 key 都在第 {i} 块每个 query 的未来。")
}

fn store(fig: &Tiles, step: usize, row: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let n_rows = fig.inputs.x.n_queries();
    // Rounding stays far below a thousandth.
    let wrong = (0..n_rows).filter(|row| fig.off_by(step, *row).is_some_and(|off| off > 1e-3)).count();
    let off = Number(fig.off_by(step, row).unwrap_or(0.0), number::percent);
    let dead = now.rows.contains(&row) && !fig.run.exact.row_live[row];
    let names = span(&fig.inputs.query_names[now.rows.clone()], lang);
    say!(lang; n = tile(now.i), names = &names, it = Token(fig.inputs.query_names.get(row).map_or("", String::as_str)), wrong, n_rows, off;
        if fig.broken() && step == fig.run.last() =>
            "The run is over: <w|{wrong} of {n_rows} rows> are wrong. The output of {q|it} is off by <now|{off}> of its length.",
            "运行到底：{n_rows} 行里<w|有 {wrong} 行是错的>。{q|it} 的输出差了自身长度的 <now|{off}>。";
        if dead =>
            "{q|it} was allowed no key at all: its output is <now|0>, not 0/0, and L is −∞.",
            "{q|it} 一个 key 也不许看：输出定为 <now|0>，而不是 0/0；L 是 −∞。";
        if fig.inputs.order == Order::Fa2 && now.rows.len() == 1 =>
            "Row {q|names} is divided by ℓ, <now|once>, and leaves: O and L = m + log ℓ.",
            "{q|names} 这一行除以 ℓ，<now|只除这一次>，然后写回：O 和 L = m + log ℓ。";
        if fig.inputs.order == Order::Fa2 =>
            "Rows {q|names} are divided by ℓ, <now|once>, and leave: O and L = m + log ℓ.",
            "{q|names} 各行除以 ℓ，<now|只除这一次>，然后写回：O 和 L = m + log ℓ。";
        else =>
            "m, ℓ and the output of query tile {n} <now|go back to HBM>; the next key tile will fetch them again.",
            "第 {n} 块 query 的 m、ℓ 和输出<now|写回显存>；下一块 key 来时还要再取。")
}

impl Facts<'_> {
    fn it(&self) -> &str {
        &self.fig.inputs.query_names[self.row]
    }

    fn old(&self) -> f64 {
        f64::from(self.now.m_old[self.at])
    }

    fn raised(&self) -> f64 {
        self.now.m_new.as_ref().map_or(self.old(), |m| f64::from(m[self.at]))
    }

    fn first(&self) -> bool {
        self.old() == f64::NEG_INFINITY
    }

    fn moved(&self) -> bool {
        !self.first() && self.raised() > self.old()
    }

    fn true_factor(&self) -> f64 {
        (self.old() - self.raised()).exp()
    }

    /// The key with the highest score of this row in this tile, and the score.
    fn best(&self) -> Option<(&str, f64)> {
        let s = self.now.s.as_ref()?;
        let (idx, score) = s.row(self.at).iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((&self.fig.inputs.key_names[self.now.cols.start + idx], f64::from(score)))
    }

    /// Whether the mask hides every key of the tile from the row.
    fn blind(&self) -> bool {
        self.now.cols.clone().all(|key| !self.fig.inputs.x.mask.allows(self.row, key))
    }

    fn sees_nothing(&self) -> Rich {
        say!(self.lang; it = Token(self.it()), old = Number(self.old(), number::cell);
            if self.first() =>
                "{q|it} may not look at any key of this tile: nothing is added, and its maximum is still <now|empty>.",
                "{q|it} 不许看这块里的任何 key：什么也不加，它的最大值<now|仍是空的>。";
            else =>
                "{q|it} may not look at any key of this tile: nothing is added, and its maximum stays {now|old}.",
                "{q|it} 不许看这块里的任何 key：什么也不加，它的最大值仍是 {now|old}。")
    }

    fn scores(&self) -> Rich {
        let (key, score) = self.best().unwrap_or(("", f64::NAN));
        say!(self.lang; it = Token(self.it()), n = self.now.cols.len(), key = Token(key), score = Number(score, number::cell);
            "{q|it} meets {n} keys; its best match in this tile is {k|key} with {now|score}.",
            "{q|it} 与 {n} 个 key 逐一比对；这一块里最合的是 {k|key}，得 {now|score}。")
    }

    fn maximum(&self) -> Rich {
        let key = self.best().map_or("", |best| best.0);
        say!(self.lang; it = Token(self.it()), key = Token(key), old = Number(self.old(), number::cell), new = Number(self.raised(), number::cell), j = tile(self.now.j);
            if self.first() =>
                "The first maximum of {q|it} is {now|new}, from {k|key}.",
                "{q|it} 的第一个最大值是 {now|new}，来自 {k|key}。";
            if self.moved() =>
                "{k|key} raises the maximum of {q|it} from {old} to {now|new}.",
                "{k|key} 把 {q|it} 的最大值从 {old} 抬到 {now|new}。";
            else =>
                "Tile {j} has nothing above {now|old} for {q|it}; the maximum stays.",
                "第 {j} 块里没有比 {now|old} 更大的分数，{q|it} 的最大值不动。")
    }

    fn factor(&self) -> Rich {
        let factor = Number(self.true_factor(), number::factor);
        say!(self.lang; it = Token(self.it()), old = Number(self.old(), number::cell), new = Number(self.raised(), number::cell), j = tile(self.now.j), factor;
            if self.first() =>
                "{q|it} has no past yet, so there is <now|nothing to shrink>.",
                "{q|it} 还没有过去，<now|没有什么要缩>。";
            if !self.moved() =>
                "Nothing in tile {j} beats {old}, so the factor of {q|it} is <now|1> and its past keeps its size.",
                "第 {j} 块没有超过 {old} 的分数，{q|it} 的因子是 <now|1>，过去的一切原样保留。";
            if self.fig.broken() =>
                "The ruler of {q|it} moved from {old} to {new}, but its past keeps <w|factor 1> instead of {factor}.",
                "{q|it} 的尺子从 {old} 换成了 {new}，过去却仍按<w|因子 1>算，本该是 {factor}。";
            else =>
                "Tile {j} raised the maximum of {q|it} from {old} to {new}, so its sum and <o|output> shrink by {now|factor}.",
                "第 {j} 块把 {q|it} 的最大值从 {old} 抬到 {new}，所以它旧的和与<o|输出>都乘以 {now|factor}。")
    }

    fn weights(&self) -> Rich {
        let (key, score) = self.best().unwrap_or(("", f64::NAN));
        say!(self.lang; new = Number(self.raised(), number::cell), key = Token(key), weight = Number((score - self.raised()).exp(), number::cell);
            "Every score is measured against {new}: {k|key} counts e to the (S − m) = {now|weight}.",
            "每个分数都用 {new} 这把尺子量：{k|key} 记作 e 的 (S − m) 次方，即 {now|weight}。")
    }

    fn sum(&self) -> Rich {
        let old = f64::from(self.now.l_old[self.at]);
        let new = self.now.l_new.as_ref().map_or(old, |l| f64::from(l[self.at]));
        let alpha = self.now.alpha.as_ref().map_or(1.0, |alpha| f64::from(alpha[self.at]));
        let added = self.now.p.as_ref().map_or(0.0, |p| f64::from(p.row(self.at).sum()));
        say!(self.lang; it = Token(self.it()), alpha = Number(alpha, number::factor), old = Number(old, number::cell), added = Number(added, number::cell), new = Number(new, number::cell);
            if self.first() =>
                "The sum of {q|it} begins with this tile's weights: ℓ = {now|new}.",
                "{q|it} 的和从这一块的权重开始：ℓ = {now|new}。";
            else =>
                "The sum of {q|it} is now {alpha} × {old} + {added} = {now|new}.",
                "{q|it} 的和变成 {alpha} × {old} + {added} = {now|new}。")
    }

    fn output(&self) -> Rich {
        let last = self.fig.run.trace.at(self.fig.run.last());
        let wrong = self.now.residual.or(last.residual).unwrap_or(0.0);
        say!(self.lang; it = Token(self.it()), kept = Number(self.true_factor(), number::percent), wrong = Number(wrong, number::residual);
            if self.first() =>
                "The <o|output> of {q|it} begins: <now|P·V> of this tile, not yet divided by ℓ.",
                "{q|it} 的<o|输出>从这一块的 <now|P·V> 开始，还没有除以 ℓ。";
            if !self.moved() =>
                "P·V of this tile is added to the <o|output> of {q|it}; what it held stays <now|as it was>.",
                "这一块的 P·V 加到 {q|it} 的<o|输出>上，原有的<now|一分不动>。";
            if self.fig.broken() =>
                "The old <o|output> of {q|it} was not rescaled: the worst row is now wrong by {w|wrong}.",
                "{q|it} 旧的<o|输出>没有重新缩放：误差最大的一行现在差了 {w|wrong}。";
            else =>
                "The old <o|output> of {q|it} is kept at {now|kept}; then this tile's P·V is added.",
                "{q|it} 旧的<o|输出>只留下 {now|kept}，再加上这一块的 P·V。")
    }
}
