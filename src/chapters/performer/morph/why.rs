//! The working line: a weight by its similarity and denominator, a key's weight by its length, a gap by its two outputs.

use super::figure::Morph;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::data::head::TOKENS;
use crate::figure::words::bracketed;

/// Why a number is what it is: `kw:2`, `softmax:10:2`, `favor:10:2`, `now:10:2`, `den:10`, `gap`, `same`, `moved`, `row:10`, `spread`.
pub fn why(fig: &Morph, cell: &str, lang: Lang) -> Option<Rich> {
    let mut parts = cell.split(':');
    let kind = parts.next()?;
    let mut index = || parts.next().and_then(|text| text.parse::<usize>().ok()).filter(|idx| *idx < TOKENS.len());
    match kind {
        "kw" => index().map(|key| key_weight(fig, key, lang)),
        "softmax" | "favor" | "now" => index().zip(index()).map(|at| weight(fig, kind, at, lang)),
        "den" => index().map(|query| denominator(fig, query, lang)),
        "row" => index().map(|query| row(fig, query, lang)),
        "gap" | "same" => Some(gap(fig, kind == "same", lang)),
        "moved" => Some(moved(fig, lang)),
        "spread" => Some(spread(fig, lang)),
        _ => None,
    }
}

fn key_weight(fig: &Morph, key: usize, lang: Lang) -> Rich {
    let k = fig.run.scaled[1].row(key);
    say!(lang; key = Token(TOKENS[key]), half = Number(k.dot(&k) / 2.0, number::cell), weight = Number(fig.run.key_weights[key], number::table);
        "{k|key}: e^(−|k|²/2) = e^(−{half}) = {weight}; FAVOR+ multiplies the features of this key by it",
        "{k|key}：e^(−|k|²/2) = e^(−{half}) = {weight}；FAVOR+ 把它乘在这个 key 的特征上")
}

fn weight(fig: &Morph, kind: &str, (query, key): (usize, usize), lang: Lang) -> Rich {
    let run = &fig.run;
    if kind == "softmax" {
        let score = run.scaled[0].row(query).dot(&run.scaled[1].row(key));
        let lse = run.softmax.lse[query].unwrap_or(0.0);
        return say!(lang; query = Token(TOKENS[query]), key = Token(TOKENS[key]), score = Number(score, number::cell), lse = Number(lse, number::cell),
            p = Number(run.softmax.probs[[query, key]], number::table);
            "softmax: {q|query} gives {k|key} e^({score}) / Σ e^s = e^({score} − {lse}) = {p}",
            "Softmax：{q|query} 给 {k|key} 的是 e^({score}) / Σ e^s = e^({score} − {lse}) = {p}");
    }
    let table = if kind == "favor" { &run.favor } else { &run.now };
    let phi = if kind == "favor" { "FAVOR+".to_string() } else { fig.phi() };
    let factor = run.key_weights[key];
    say!(lang; phi = &phi, query = Token(TOKENS[query]), key = Token(TOKENS[key]), w = Number(factor, number::table),
        sim = Number(table.similarities[[query, key]], number::table), sum = Number(table.denominators[query], number::table),
        p = Number(table.weights[[query, key]], number::table);
        if kind == "favor" =>
            "{phi}: φ(<q|q>)·φ(<k|k>) = {sim}, key weight {w} included; of the sum {sum} of {q|query} that is {p} for {k|key}",
            "{phi}：φ(<q|q>)·φ(<k|k>) = {sim}，已含 key 权重 {w}；占 {q|query} 的总和 {sum} 中的 {p}，归 {k|key}";
        else =>
            "{phi}: φ(<q|q>)·φ(<k|k>) = {sim}; of the sum {sum} of {q|query} that is {p} for {k|key}",
            "{phi}：φ(<q|q>)·φ(<k|k>) = {sim}；占 {q|query} 的总和 {sum} 中的 {p}，归 {k|key}")
}

fn denominator(fig: &Morph, query: usize, lang: Lang) -> Rich {
    let (now, n) = (&fig.run.now, TOKENS.len());
    let total = now.denominators[query];
    let first = [0, 1].map(|key| bracketed(now.similarities[[query, key]])).join(" + ");
    say!(lang; query = Token(TOKENS[query]), phi = &fig.phi(), rest = n - 2, terms = &first, total = Number(total, number::cell);
        if total <= 0.0 =>
            "{q|query}: Σ φ(<q|q>)·φ(<k|k>) with {phi} = {terms} + {rest} more = <w|{total}>, not above 0",
            "{q|query}：用 {phi} 时 Σ φ(<q|q>)·φ(<k|k>) = {terms} + 其余 {rest} 项 = <w|{total}>，不大于 0";
        else =>
            "{q|query}: Σ φ(<q|q>)·φ(<k|k>) with {phi} = {terms} + {rest} more = <l|{total}>",
            "{q|query}：用 {phi} 时 Σ φ(<q|q>)·φ(<k|k>) = {terms} + 其余 {rest} 项 = <l|{total}>")
}

fn row(fig: &Morph, query: usize, lang: Lang) -> Rich {
    say!(lang; query = Token(TOKENS[query]), phi = &fig.phi(), gap = Number(fig.run.gap_of(query), number::residual);
        "{q|query}: largest |<o|o> of FAVOR+ − <o|o> of {phi}| over 32 channels = {gap}",
        "{q|query}：32 个通道上 |FAVOR+ 的 <o|o> − {phi} 的 <o|o>| 的最大值 = {gap}")
}

fn gap(fig: &Morph, same: bool, lang: Lang) -> Rich {
    let far = |x: f64| Number(x, number::residual);
    say!(lang; phi = &fig.phi(), gap = far(fig.run.at.gap), exact = far(fig.run.same);
        if same =>
            "FAVOR+ as e^(w·x − |x|²/2), and exp with e^(−|k|²/2) on the keys: two programs, largest |difference| of outputs {exact}",
            "一个按 e^(w·x − |x|²/2) 算 FAVOR+，一个用 exp 再给 key 乘 e^(−|k|²/2)：两段程序，输出的最大 |差| 是 {exact}";
        else =>
            "largest |difference| over 16 × 32 outputs: FAVOR+ and {phi} without key weights {gap}; FAVOR+ and exp with them {exact}",
            "16 × 32 个输出的最大 |差|：FAVOR+ 与不带 key 权重的 {phi} 是 {gap}；与带权重的 exp 是 {exact}")
}

fn moved(fig: &Morph, lang: Lang) -> Rich {
    say!(lang; phi = &fig.phi(), moved = Number(fig.run.at.moved, number::residual);
        "largest |difference| over 16 × 32 outputs: exp and {phi}, both without key weights, {moved}",
        "16 × 32 个输出的最大 |差|：exp 与 {phi}，都不带 key 权重，{moved}")
}

fn spread(fig: &Morph, lang: Lang) -> Rich {
    let (mut least, mut most) = (0, 0);
    for (key, weight) in fig.run.key_weights.iter().enumerate() {
        if *weight < fig.run.key_weights[least] {
            least = key;
        }
        if *weight > fig.run.key_weights[most] {
            most = key;
        }
    }
    let weight = |key: usize| Number(fig.run.key_weights[key], number::table);
    say!(lang; a = Token(TOKENS[most]), b = Token(TOKENS[least]), high = weight(most), low = weight(least), times = Number(fig.run.spread(), times);
        "{k|a} is the shortest key, weight {high}; {k|b} the longest, {low}: a factor of {times}",
        "{k|a} 是最短的 key，权重 {high}；{k|b} 最长，{low}：相差 {times} 倍")
}

/// A ratio: whole from ten on.
pub fn times(x: f64) -> String {
    if x.is_finite() && x < 1e9 { if x < 10.0 { number::cell(x) } else { number::whole(x.round() as u64) } } else { number::scientific(x) }
}
