//! The working line: the focused cell's value written out with its numbers.

use super::cells::largest;
use super::figure::Recurrent;
use super::run::{Act, Step, divides};
use crate::algorithms::feature_map::FeatureMap;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::{bracketed, inner};

/// The cell that the caption speaks of.
pub fn default_cell(fig: &Recurrent, step: usize, row: usize) -> Option<String> {
    let now = fig.run.trace.at(step);
    let list = |kind: &str, idx: usize| Some([kind, ":", &idx.to_string()].concat());
    let pair = |kind: &str, row: usize, idx: usize| Some([kind, ":", &row.to_string(), ":", &idx.to_string()].concat());
    let at = now.rows.contains(&row).then(|| row - now.rows.start)?;
    match now.act {
        Act::Load if now.hand.len() == 1 => list("k", largest(fig.run.x.k.row(now.hand.start))),
        Act::Load => pair("q", row, largest(fig.run.x.q.row(row))),
        Act::State => {
            let (before, _) = now.before.as_ref()?;
            let moved = &*now.s - &**before;
            let (mut best, mut most) = ((0, 0), 0.0);
            for (place, by) in moved.indexed_iter().filter(|(_, by)| by.is_finite()) {
                if by.abs() > most {
                    (best, most) = (place, by.abs());
                }
            }
            pair("S", best.0, best.1)
        }
        Act::Sum => list("z", largest(now.z.view())),
        Act::Table => {
            let key = largest(now.table.as_ref()?.row(at));
            pair("a", row, now.rows.start + key)
        }
        Act::Intra => list("t1", row),
        Act::Inter => list("t0", row),
        Act::Denominator => list("t2", row),
        Act::Output => pair("o", row, 0),
    }
}

/// Why a cell has its value; `None` while it has none.
pub fn why(fig: &Recurrent, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let now = fig.run.trace.at(step);
    let mut parts = cell.split(':');
    let (kind, first) = (parts.next()?, parts.next()?.parse::<usize>().ok()?);
    let second = parts.next().and_then(|part| part.parse::<usize>().ok());
    let (m, dv) = now.s.dim();
    let turn = now.rows.contains(&first);
    match kind {
        "q" if turn && second? < m => feature(fig, true, first, second?, lang),
        "k" if first < m => feature(fig, false, now.hand.end.checked_sub(1)?, first, lang),
        "v" if first < dv => value(fig, now, first, lang),
        "S" if first < m && second? < dv => state(fig, now, (first, second?), lang),
        "z" if first < m => sum(fig, now, first, lang),
        "a" => similarity(fig, now, (first, second?), lang),
        "p" | "w" if turn && second? < dv => part(fig, now, (first, second?), kind == "p", lang),
        "t0" | "t1" | "t2" if turn => total(fig, now, first, kind, lang),
        "o" if turn && second? < dv => output(fig, now, (first, second?), lang),
        _ => None,
    }
}

fn feature(fig: &Recurrent, query: bool, token: usize, idx: usize, lang: Lang) -> Option<Rich> {
    let (raw, mapped) = if query { (&fig.inputs.q, &fig.run.x.q) } else { (&fig.inputs.k, &fig.run.x.k) };
    let value = f64::from(*mapped.get((token, idx))?);
    // 1 + cos puts a 1 before the channels.
    let cosine = fig.inputs.map == FeatureMap::Cosine;
    let x = f64::from(*raw.get((token, if cosine { idx.saturating_sub(1) } else { idx }))?);
    let length = f64::from(raw.row(token).dot(&raw.row(token))).sqrt();
    let name = if query { "φ(q)" } else { "φ(k)" };
    let map = fig.inputs.map;
    Some(
        say!(lang; name, t = token + 1, i = idx + 1, n = fig.inputs.n(), x = Number(x, bracketed), value = Number(value, number::cell), length = Number(length, number::cell);
        if cosine && idx == 0 =>
            "{name}[{i}] = <m|1>, the same for every token: it turns a plain product into 1 + cos",
            "{name}[{i}] = <m|1>，每个 token 都一样：乘积因此成为 1 + cos";
        if cosine => "{name}[{i}] of token {t} = x / |x| = {x} / {length} = {m|value}", "token {t} 的 {name}[{i}] = x / |x| = {x} / {length} = {m|value}";
        if map == FeatureMap::Double && query =>
            "{name}[{i}] of token {t}: e to the {x} over the sum over its channels = {m|value}",
            "token {t} 的 {name}[{i}]：e 的 {x} 次方除以各通道之和 = {m|value}";
        if map == FeatureMap::Double =>
            "{name}[{i}] of token {t}: e to the {x} over the sum over all {n} positions = {m|value}",
            "token {t} 的 {name}[{i}]：e 的 {x} 次方除以全部 {n} 个位置之和 = {m|value}";
        if map == FeatureMap::Identity => "{name}[{i}] of token {t} = x = {m|value}", "token {t} 的 {name}[{i}] = x = {m|value}";
        if map == FeatureMap::Relu => "{name}[{i}] of token {t} = max({x}, 0) = {m|value}", "token {t} 的 {name}[{i}] = max({x}, 0) = {m|value}";
        if map == FeatureMap::Square => "{name}[{i}] of token {t} = {x}² = {m|value}", "token {t} 的 {name}[{i}] = {x}² = {m|value}";
        if map == FeatureMap::Taylor1 || map == FeatureMap::Elu1 && x > 0.0 =>
            "{name}[{i}] of token {t} = 1 + {x} = {m|value}",
            "token {t} 的 {name}[{i}] = 1 + {x} = {m|value}";
        else => "{name}[{i}] of token {t} = e to the {x} = {m|value}", "token {t} 的 {name}[{i}] = e 的 {x} 次方 = {m|value}"),
    )
}

fn value(fig: &Recurrent, now: &Step, idx: usize, lang: Lang) -> Option<Rich> {
    let token = now.hand.end.checked_sub(1)?;
    let value = f64::from(*fig.inputs.v.get((token, idx))?);
    Some(say!(lang; t = token + 1, i = idx + 1, value = Number(value, number::cell);
        if fig.inputs.ones => "v[{i}] of token {t} = {v|value}: all values are 1", "token {t} 的 v[{i}] = {v|value}：value 全是 1";
        else => "v[{i}] of token {t} = {v|value}, an input", "token {t} 的 v[{i}] = {v|value}，输入"))
}

fn state(fig: &Recurrent, now: &Step, (r, c): (usize, usize), lang: Lang) -> Option<Rich> {
    let (x, count) = (&fig.run.x, fig.in_state(now));
    let value = f64::from(now.s[[r, c]]);
    let taken = ndarray::s![..count];
    let (terms, _) = inner(x.k.column(r).slice(taken), x.v.column(c).slice(taken), lang);
    let token = now.hand.end.checked_sub(1)?;
    let (k, v) = (f64::from(x.k[[token, r]]), f64::from(x.v[[token, c]]));
    let old = now.before.as_ref().map_or(f64::NAN, |before| f64::from(before.0[[r, c]]));
    Some(
        say!(lang; r = r + 1, c = c + 1, count, terms = &terms, old = Number(old, number::cell), k = Number(k, bracketed), v = Number(v, bracketed), value = Number(value, number::cell);
        if count == 0 => "S[{r}, {c}] = <m|0.00>: nothing has been added yet", "S[{r}, {c}] = <m|0.00>：还什么都没加";
        if now.act == Act::State && now.hand.len() == 1 =>
            "S[{r}, {c}] = {old} + φ(k)[{r}] · v[{c}] = {old} + {k|k} × {v|v} = {m|value}",
            "S[{r}, {c}] = {old} + φ(k)[{r}] · v[{c}] = {old} + {k|k} × {v|v} = {m|value}";
        else =>
            "S[{r}, {c}] = Σ φ(k)[{r}] · v[{c}] over {count} tokens = {terms} = {m|value}",
            "S[{r}, {c}] = 对 {count} 个 token 求 Σ φ(k)[{r}] · v[{c}] = {terms} = {m|value}"),
    )
}

fn sum(fig: &Recurrent, now: &Step, r: usize, lang: Lang) -> Option<Rich> {
    let (x, count) = (&fig.run.x, fig.in_sum(now));
    let value = f64::from(now.z[r]);
    let ones = ndarray::Array1::ones(count);
    let (terms, _) = inner(x.k.column(r).slice(ndarray::s![..count]), ones.view(), lang);
    let k = f64::from(x.k[[now.hand.end.checked_sub(1)?, r]]);
    let old = now.before.as_ref().map_or(f64::NAN, |before| f64::from(before.1[r]));
    Some(
        say!(lang; r = r + 1, count, terms = &terms, old = Number(old, number::cell), k = Number(k, bracketed), value = Number(value, number::cell);
        if count == 0 => "z[{r}] = <l|0.00>: nothing has been added yet", "z[{r}] = <l|0.00>：还什么都没加";
        if now.act == Act::Sum => "z[{r}] = {old} + φ(k)[{r}] = {old} + {k|k} = {l|value}", "z[{r}] = {old} + φ(k)[{r}] = {old} + {k|k} = {l|value}";
        else => "z[{r}] = Σ φ(k)[{r}] over {count} tokens = {terms} = {l|value}", "z[{r}] = 对 {count} 个 token 求 Σ φ(k)[{r}] = {terms} = {l|value}"),
    )
}

fn similarity(fig: &Recurrent, now: &Step, (row, key): (usize, usize), lang: Lang) -> Option<Rich> {
    let at = |token: usize| token.checked_sub(now.rows.start);
    let value = f64::from(*now.table.as_ref()?.get((at(row)?, at(key)?))?);
    if key > row {
        return None;
    }
    let (terms, _) = inner(fig.run.x.q.row(row), fig.run.x.k.row(key), lang);
    Some(say!(lang; row = row + 1, key = key + 1, terms = &terms, value = Number(value, number::cell);
        "A[{row}, {key}] = <q|φ(q)>·<k|φ(k)> = {terms} = {m|value}",
        "A[{row}, {key}] = <q|φ(q)>·<k|φ(k)> = {terms} = {m|value}"))
}

/// A sum of weighted values: what is read through the state, or what the chunk's own tokens give.
fn part(fig: &Recurrent, now: &Step, (row, c): (usize, usize), past: bool, lang: Lang) -> Option<Rich> {
    let at = row - now.rows.start;
    let sums = if past { now.inter.as_ref()? } else { now.intra.as_ref()? };
    let value = f64::from(sums.0[[at, c]]);
    let table = now.table.as_ref();
    let terms = match (past, table) {
        (true, _) => inner(fig.run.x.q.row(row), now.s.column(c), lang).0,
        (false, table) => inner(table?.row(at), fig.run.x.v.slice(ndarray::s![now.rows.clone(), c]), lang).0,
    };
    Some(say!(lang; t = row + 1, c = c + 1, terms = &terms, value = Number(value, number::cell);
        if past => "token {t}: (φ(q)ᵀS)[{c}] = {terms} = {m|value}", "token {t}：(φ(q)ᵀS)[{c}] = {terms} = {m|value}";
        else => "token {t}: Σ A v[{c}] over its chunk = {terms} = {m|value}", "token {t}：段内 Σ A v[{c}] = {terms} = {m|value}"))
}

fn total(fig: &Recurrent, now: &Step, row: usize, which: &str, lang: Lang) -> Option<Rich> {
    let at = row - now.rows.start;
    let part = |sums: &Option<super::run::Sums>| sums.as_ref().map(|sums| f64::from(sums.1[at]));
    let (past, own) = (part(&now.inter), part(&now.intra));
    let total = now.totals.as_ref().map(|totals| f64::from(totals[at]));
    let terms = || inner(fig.run.x.q.row(row), now.z.view(), lang).0;
    match which {
        "t0" => Some(say!(lang; t = row + 1, terms = &terms(), value = Number(past?, number::cell);
            "token {t}: φ(q)·z = {terms} = {l|value}", "token {t}：φ(q)·z = {terms} = {l|value}")),
        "t1" => Some(say!(lang; t = row + 1, n = at + 1, value = Number(own?, number::cell);
            "token {t}: the sum of its {n} similarities in the chunk = {l|value}",
            "token {t}：段内 {n} 个相似度之和 = {l|value}")),
        "t2" if fig.recurrence() => Some(say!(lang; t = row + 1, terms = &terms(), value = Number(total?, number::cell);
            "token {t}: φ(q)·z + 10⁻⁶ = {terms} = {l|value}", "token {t}：φ(q)·z + 10⁻⁶ = {terms} = {l|value}")),
        _ => Some(
            say!(lang; t = row + 1, past = Number(past.unwrap_or(0.0), number::cell), own = Number(own?, bracketed), value = Number(total?, number::cell);
            "token {t}: past + chunk + 10⁻⁶ = {past} + {own} = {l|value}", "token {t}：过去 + 段内 + 10⁻⁶ = {past} + {own} = {l|value}"),
        ),
    }
}

/// A denominator, also where it is little more than what guards it.
fn divisor(x: f64) -> String {
    if x != 0.0 && x.abs() < 0.005 { number::scientific(x) } else { bracketed(x) }
}

fn output(fig: &Recurrent, now: &Step, (row, c): (usize, usize), lang: Lang) -> Option<Rich> {
    let at = row - now.rows.start;
    let value = f64::from(now.o.as_ref()?[[at, c]]);
    let part = |sums: &Option<super::run::Sums>| sums.as_ref().map_or(0.0, |sums| f64::from(sums.0[[at, c]]));
    let sum = part(&now.inter) + part(&now.intra);
    let total = now.totals.as_ref().map_or(f64::NAN, |totals| f64::from(totals[at]));
    Some(
        say!(lang; t = row + 1, c = c + 1, sum = Number(sum, number::cell), total = Number(total, divisor), value = Number(value, number::cell);
        if divides(&fig.inputs) => "o[{c}] of token {t} = {sum} / {l|total} = {o|value}", "token {t} 的 o[{c}] = {sum} / {l|total} = {o|value}";
        else =>
            "o[{c}] of token {t} = {w|value}, not divided by φ(q)·z = {total}",
            "token {t} 的 o[{c}] = {w|value}，没有除以 φ(q)·z = {total}"),
    )
}
