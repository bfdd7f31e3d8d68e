//! The caption: what the map in focus does to the row in focus.

use super::figure::FeatureMaps;
use super::run::Row;
use super::words::{error, formula, weight};
use crate::algorithms::feature_map::FeatureMap;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::data::head::TOKENS;

/// The row whose output is furthest off, and by how much.
pub fn worst(fig: &FeatureMaps) -> (usize, Row) {
    let rows = (0..TOKENS.len()).map(|row| (row, fig.run.map_row(fig.now(), row)));
    rows.max_by(|a, b| a.1.error.total_cmp(&b.1.error)).unwrap_or((0, fig.run.softmax_row(0)))
}

/// What is seen, in one sentence or two.
pub fn caption(fig: &FeatureMaps, row: usize, lang: Lang) -> Rich {
    let now = fig.now();
    let (soft, mapped, key) = (fig.run.softmax_row(row), fig.run.map_row(now, row), fig.run.strongest(row));
    let ((worst, worst_row), n, crossed) = (worst(fig), TOKENS.len(), now.n_crossed());
    let least = now.weights.row(row).fold(f32::INFINITY, |least, x| least.min(*x));
    let (query, name, far) = (Token(TOKENS[row]), Token(TOKENS[key]), Token(TOKENS[worst]));
    say!(lang; query, name, far, n, crossed, map = formula(now.map, lang), w = Number(mapped.strongest, weight), p = Number(soft.strongest, weight),
        off = Number(mapped.error, error), most = Number(worst_row.error, error), least = Number(f64::from(least), weight),
        gap = Number(now.off_one(), number::residual);
        if crossed > 0 && row != worst =>
            "φ = {map}: <now|{crossed} of {n} denominators> are not above 0. Against softmax’s length, the output of {query} is off by {off}, that of {far} by {most}.",
            "φ = {map}：<now|{n} 个分母里有 {crossed} 个>不大于 0。输出偏离 Softmax：{query} 偏了后者长度的 {off} 倍，{far} 偏了 {most} 倍。";
        if crossed > 0 =>
            "φ = {map}: {crossed} of {n} denominators are not above 0. Against softmax’s length, the output of {query} is off by <now|{most}>: the worst row.",
            "φ = {map}：{n} 个分母里有 {crossed} 个不大于 0。{query} 的输出偏离 Softmax，偏了后者长度的<now| {most} 倍>：最糟的一行。";
        if least < 0.0 =>
            "φ = {map}: no denominator is below 0 here, but {query} has <now|negative weights>, down to {least}. {name} gets {w}, with softmax {p}.",
            "φ = {map}：这里没有负的分母，但 {query} 有<now|负的权重>，最低 {least}。{name} 得到 {w}，Softmax 给的是 {p}。";
        if now.map == FeatureMap::Double =>
            "Two softmaxes: rows sum to 1 <now|by themselves>, to within {gap}. {query} gives {name} {w}; one softmax of q·k gave {p}.",
            "两个 Softmax：每行<now|自己就>加到 1，差至多 {gap}。{query} 给 {name} {w}；对 q·k 做一个 Softmax 时是 {p}。";
        else =>
            "φ = {map}: {query} gives {name} <now|{w}>, where softmax gave {p}. Equal weights for all would be 1/{n}. The output is off by {off}.",
            "φ = {map}：{query} 给 {name} <now|{w}>，Softmax 给的是 {p}；人人均分是 1/{n}。输出的相对误差是 {off}。")
    .warn_if(now.map == FeatureMap::Identity)
}
