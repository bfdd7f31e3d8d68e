//! The working line: the focused cell's value written out with its numbers.

use super::super::words::score;
use super::figure::Backward;
use super::run::Act;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::{bracketed, inner};

/// The cell that the caption speaks of.
pub fn default_cell(fig: &Backward, step: usize, row: usize) -> Option<String> {
    let chosen = &fig.run.chosen;
    let key = chosen.cols.start + fig.best(row);
    let of = |kind: &str, at: usize| Some(format!("{kind}:{at}"));
    let entry = |kind: &str| Some(format!("{kind}:{row}:{key}"));
    match fig.act(step) {
        Act::Delta => of("D", row),
        Act::LoadRows => of("L", row),
        Act::Scores => entry("S"),
        Act::Probs => entry("P"),
        Act::GrowV => of("dV", key),
        Act::ProbsGrad => entry("dP"),
        Act::ScoresGrad => entry("dS"),
        Act::GrowQ => of("dQ", row),
        Act::GrowK => of("dK", key),
        _ => None,
    }
}

/// Why a cell has its value; `None` while it has none.
pub fn why(fig: &Backward, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let (act, chosen) = (fig.act(step), &fig.run.chosen);
    let mut parts = cell.split(':');
    let (kind, at) = (parts.next()?, parts.next()?.parse::<usize>().ok()?);
    let key = parts.next().and_then(|key| key.parse::<usize>().ok());
    if matches!(kind, "dV" | "dK") {
        let idx = if kind == "dV" { 0 } else { 2 };
        return chosen.cols.contains(&at).then(|| grown(fig, act, idx, at, lang)).flatten();
    }
    if !chosen.rows.contains(&at) || key.is_some_and(|key| !chosen.cols.contains(&key)) {
        return None;
    }
    match kind {
        "L" if act >= Act::LoadRows => Some(lse(fig, at, lang)),
        "D" if act >= Act::LoadRows || act == Act::Delta => Some(delta(fig, at, lang)),
        "dQ" => grown(fig, act, 1, at, lang),
        _ => entry(fig, act, kind, at, key?, lang),
    }
}

fn entry(fig: &Backward, act: Act, kind: &str, row: usize, key: usize, lang: Lang) -> Option<Rich> {
    let (chosen, x) = (&fig.run.chosen, fig.x());
    let at = [row - chosen.rows.start, key - chosen.cols.start];
    let value = |idx: usize| fig.entries(act, idx).map(|table| table[at]);
    let plain = |idx: usize| Number(value(idx).map_or(f64::NAN, f64::from), number::cell);
    let (query, name) = (&fig.inputs.given.query_names[row], &fig.inputs.given.key_names[key]);
    match kind {
        "S" => score(x, (row, query), (key, name), value(0), lang),
        "P" => {
            let (p, truth) = (f64::from(value(1)?), fig.run.exact.probs[[row, key]]);
            let lse = Number(f64::from(fig.run.lse[row]), bracketed);
            Some(
                say!(lang; s = plain(0), lse, exact = Number(p, number::table), truth = Number(truth, number::table), gap = Number((p - truth).abs(), number::residual);
                if !x.mask.allows(row, key) => "<v|0>: masked, e to the −∞ = 0", "<v|0>：被掩码遮住，e 的 −∞ 次方是 0";
                if fig.inputs.broken.lse => "{w|exact}: e^(S − m) = e^({s} − {lse}); the softmax has {truth}", "{w|exact}：e^(S − m) = e^({s} − {lse})；Softmax 是 {truth}";
                else =>
                    "{v|exact}: P = e^(S − L) = e^({s} − {lse}) = {exact}; the softmax has {truth}, {gap} away",
                    "{v|exact}: P = e^(S − L) = e^({s} − {lse}) = {exact}；Softmax 是 {truth}，相差 {gap}"),
            )
        }
        "dP" => {
            let (terms, total) = inner(fig.d_out.row(row), x.v.row(key), lang);
            value(2)?;
            Some(say!(lang; dp = plain(2), terms = &terms, total = Number(total, number::table);
                "{m|dp}: dP = <o|dO>·<v|v> = {terms} = {total}",
                "{m|dp}: dP = <o|dO>·<v|v> = {terms} = {total}"))
        }
        "dS" => {
            let (ds, truth) = (f64::from(value(3)?), fig.run.grad.ds[[row, key]]);
            let delta = Number(f64::from(fig.run.out.delta[row]), bracketed);
            let (exact, truth) = (Number(ds, number::table), Number(truth, number::table));
            Some(say!(lang; p = plain(1), dp = plain(2), delta, exact, truth;
                if fig.inputs.broken.any() => "{w|exact}: P × (dP − D) = {p} × ({dp} − {delta}); it should be {truth}", "{w|exact}：P × (dP − D) = {p} × ({dp} − {delta})；本该是 {truth}";
                else => "{m|exact}: dS = P × (dP − D) = {p} × ({dp} − {delta}) = {truth}", "{m|exact}: dS = P × (dP − D) = {p} × ({dp} − {delta}) = {truth}"))
        }
        _ => None,
    }
}

fn lse(fig: &Backward, row: usize, lang: Lang) -> Rich {
    let [m, l] = [0, 1].map(|idx| Number(f64::from(fig.state[idx][row]), number::cell));
    say!(lang; m, l, lse = Number(f64::from(fig.run.lse[row]), number::table);
        if !fig.run.exact.row_live[row] => "<l|−∞>: this row may see no key", "<l|−∞>：这一行一个 key 也不许看";
        if fig.inputs.broken.lse => "{w|lse}: m alone; L would be m + log ℓ = {m} + log {l}", "{w|lse}：只有 m；L 本该是 m + log ℓ = {m} + log {l}";
        else => "{l|lse}: L = m + log ℓ = {m} + log {l}; in e^(S − L) it both shifts and divides", "{l|lse}: L = m + log ℓ = {m} + log {l}；在 e^(S − L) 里，它既是尺子又是除数")
}

fn delta(fig: &Backward, row: usize, lang: Lang) -> Rich {
    let (terms, total) = inner(fig.d_out.row(row), fig.o.row(row), lang);
    let exact = Number(f64::from(fig.run.out.delta[row]), number::table);
    say!(lang; exact, terms = &terms, total = Number(total, number::table);
        if fig.inputs.broken.delta => "{w|exact}: held there; dO·O = {terms} = {total}", "{w|exact}：被固定在这里；dO·O = {terms} = {total}";
        else => "{l|exact}: D = dO·O = {terms} = {total}, which is also ΣP·dP over the whole row", "{l|exact}: D = dO·O = {terms} = {total}，也就是整行的 ΣP·dP")
}

/// The channel of a gradient that this pair changes most: before, what came in, after.
fn grown(fig: &Backward, act: Act, idx: usize, row: usize, lang: Lang) -> Option<Rich> {
    let (before, after) = fig.sum(act, idx);
    let (chosen, names) = (&fig.run.chosen, &fig.inputs.given);
    let (start, names) = if idx == 1 { (chosen.rows.start, &names.query_names) } else { (chosen.cols.start, &names.key_names) };
    let at = row - start;
    let change = |c: usize| f64::from(after.map_or(0.0, |after| after[[at, c]])) - f64::from(before[[at, c]]);
    let channel = (0..before.ncols()).max_by(|a, b| change(*a).abs().total_cmp(&change(*b).abs()))?;
    let (old, new) = (f64::from(before[[at, channel]]), f64::from(after?[[at, channel]]));
    let (old, new, came) = (Number(old, number::cell), Number(new, number::table), Number(change(channel), bracketed));
    Some(say!(lang; name = &names[row], channel, old, came, new;
        if idx == 0 => "{v|new}: dV[{name}], channel {channel} = {old} + ΣP·dO {came}", "{v|new}: dV[{name}] 第 {channel} 通道 = {old} + ΣP·dO {came}";
        if idx == 1 => "{q|new}: dQ[{name}], channel {channel} = {old} + ΣdS·K/√d {came}", "{q|new}: dQ[{name}] 第 {channel} 通道 = {old} + ΣdS·K/√d {came}";
        else => "{k|new}: dK[{name}], channel {channel} = {old} + ΣdS·Q/√d {came}", "{k|new}: dK[{name}] 第 {channel} 通道 = {old} + ΣdS·Q/√d {came}"))
}
