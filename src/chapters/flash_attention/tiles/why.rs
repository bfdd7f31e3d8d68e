//! The working line: the focused cell's value written out with its numbers.

use super::super::words;
use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::{bracketed, six_largest};

/// The cell that the caption speaks of.
pub fn default_cell(fig: &Tiles, step: usize, row: usize) -> Option<String> {
    let now = fig.run.trace.at(step);
    if !now.rows.contains(&row) {
        return None;
    }
    let key = now.s.as_ref().map(|s| {
        let scores = s.row(row - now.rows.start);
        now.cols.start + scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |best| best.0)
    });
    match now.act {
        Act::Scores => Some(format!("S:{row}:{}", key?)),
        Act::Max => Some(format!("m:{row}")),
        Act::Factor => Some(format!("a:{row}")),
        Act::Probs => Some(format!("P:{row}:{}", key?)),
        Act::Sum => Some(format!("l:{row}")),
        Act::Output | Act::Store => Some(format!("O:{row}")),
        _ => None,
    }
}

/// Why a cell has its value; `None` while it has none.
pub fn why(fig: &Tiles, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let now = fig.run.trace.at(step);
    let mut parts = cell.split(':');
    let (kind, row) = (parts.next()?, parts.next()?.parse::<usize>().ok()?);
    let key = parts.next().and_then(|key| key.parse::<usize>().ok());
    if !now.rows.contains(&row) || key.is_some_and(|key| !now.cols.contains(&key)) {
        return None;
    }
    let at = row - now.rows.start;
    let query = fig.inputs.query_names[row].clone();
    match kind {
        "S" => {
            let (key, names) = (key?, &fig.inputs.key_names);
            words::score(&fig.inputs.x, (row, &query), (key, &names[key]), now.s.as_ref().map(|s| s[[at, key - now.cols.start]]), lang)
        }
        "m" => maximum(now, at, &query, lang),
        "a" => factor(fig, now, at, &query, lang),
        "P" => weight(fig, now, row, at, key?, lang),
        "l" => sum(now, at, &query, lang),
        "O" => output(fig, now, at, &query, lang),
        _ => None,
    }
}

fn maximum(now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let m = now.m_new.as_ref().map(|m| m[at])?;
    let old = now.m_old[at];
    let terms = six_largest(&mut now.s.as_ref()?.row(at).iter().copied().filter(|x| x.is_finite()));
    Some(say!(lang; m = Number(f64::from(m), number::cell), query, old = Number(f64::from(old), number::cell), terms = &terms.join(", ");
        if old == f32::NEG_INFINITY => "{m|m}: m[{query}] = max(nothing yet; {terms}) = {m}", "{m|m}: m[{query}] = max(尚无; {terms}) = {m}";
        else => "{m|m}: m[{query}] = max({old}; {terms}) = {m}", "{m|m}: m[{query}] = max({old}; {terms}) = {m}"))
}

fn factor(fig: &Tiles, now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let (alpha, old) = (now.alpha.as_ref().map(|alpha| alpha[at])?, now.m_old[at]);
    let new = now.m_new.as_ref().map(|m| m[at])?;
    let truth = f64::from(old - new).exp();
    let line = say!(lang; query = Token(query), alpha = Number(f64::from(alpha), number::factor), old = Number(f64::from(old), number::cell),
        new = Number(f64::from(new), bracketed), truth = Number(truth, number::factor);
        if old == f32::NEG_INFINITY =>
            "<m|×0>: {query} has no past (m was −∞), so the factor multiplies zero",
            "<m|×0>：{query} 还没有过去（m 是 −∞），因子乘的是零";
        if fig.broken() && alpha == 1.0 && truth != 1.0 =>
            "{w|alpha}: forced to 1; it should be α = e^(m − m′) = e^({old} − {new}) = {truth}",
            "{w|alpha}：被强行设为 1；本该是 α = e^(m − m′) = e^({old} − {new}) = {truth}";
        if fig.broken() => "{w|alpha}: α = e^(m − m′) = e^({old} − {new}) = {truth}", "{w|alpha}: α = e^(m − m′) = e^({old} − {new}) = {truth}";
        else => "{m|alpha}: α = e^(m − m′) = e^({old} − {new}) = {truth}", "{m|alpha}: α = e^(m − m′) = e^({old} − {new}) = {truth}");
    Some(line)
}

fn weight(fig: &Tiles, now: &Step, row: usize, at: usize, key: usize, lang: Lang) -> Option<Rich> {
    let idx = key - now.cols.start;
    let (p, s) = (now.p.as_ref().map(|p| p[[at, idx]])?, now.s.as_ref().map(|s| s[[at, idx]])?);
    let m = now.m_new.as_ref().map(|m| m[at])?;
    let (s, m) = (Number(f64::from(s), number::cell), Number(f64::from(m), bracketed));
    Some(say!(lang; s, m, p = Number(f64::from(p), number::cell), exact = Number(f64::from(p), number::table);
        if !fig.inputs.x.mask.allows(row, key) => "<v|0>: masked, e to the −∞ = 0", "<v|0>：被掩码遮住，e 的 −∞ 次方是 0";
        else => "{v|p}: P = e^(S − m) = e^({s} − {m}) = {exact}", "{v|p}: P = e^(S − m) = e^({s} − {m}) = {exact}"))
}

fn sum(now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let l = f64::from(now.l_new.as_ref().map(|l| l[at])?);
    let (alpha, old) = (now.alpha.as_ref().map(|alpha| alpha[at])?, now.l_old[at]);
    let terms = six_largest(&mut now.p.as_ref()?.row(at).iter().copied()).join(" + ");
    Some(
        say!(lang; l = Number(l, number::cell), query, alpha = Number(f64::from(alpha), number::factor), old = Number(f64::from(old), number::cell),
        terms = &terms, exact = Number(l, number::table);
        "{l|l}: ℓ[{query}] = {alpha} × {old} + ({terms}) = {exact}",
        "{l|l}: ℓ[{query}] = {alpha} × {old} + ({terms}) = {exact}"),
    )
}

fn output(fig: &Tiles, now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let o = now.o_new.as_ref()?.row(at);
    let channel =
        o.iter().enumerate().filter(|(_, x)| x.is_finite()).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).map_or(0, |best| best.0);
    let alpha = f64::from(now.alpha.as_ref().map(|alpha| alpha[at])?);
    let (old, new) = (f64::from(now.o_old[[at, channel]]), f64::from(o[channel]));
    let added: f64 = now
        .p
        .as_ref()?
        .row(at)
        .iter()
        .zip(now.cols.clone())
        .map(|(p, key)| f64::from(*p) * f64::from(fig.inputs.x.v[[key, channel]]))
        .sum();
    let l = now.l_new.as_ref().map_or(1.0, |l| f64::from(l[at]));
    Some(say!(lang; query, channel, alpha = Number(alpha, number::factor), old = Number(old, bracketed), added = Number(added, bracketed),
        new = Number(new, number::cell), l = Number(l, number::cell), l_old = Number(f64::from(now.l_old[at]), number::cell), out = Number(new / l, number::cell);
        if fig.inputs.order == Order::Fa2 =>
            "{o|new}: O[{query}], channel {channel} = {alpha} × {old} + ΣP·V {added} = {new}; divided at the end: {new}/{l} = {out}",
            "{o|new}: O[{query}] 第 {channel} 通道 = {alpha} × {old} + ΣP·V {added} = {new}；最后再除：{new}/{l} = {out}";
        else =>
            "{o|new}: O[{query}], channel {channel} = ({alpha} × {l_old} × {old} + {added})/{l} = {new}",
            "{o|new}: O[{query}] 第 {channel} 通道 = ({alpha} × {l_old} × {old} + {added})/{l} = {new}"))
}
