//! The working line: a number of the stage written out with its terms.

use super::figure::{FeatureMaps, row_of};
use super::run::{Mapping, NEAR, mute_below};
use super::words::{error, formula, weight};
use crate::algorithms::feature_map::{FeatureMap, elu1_cancelling};
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::data::head::TOKENS;
use crate::figure::words::{bracketed, inner, six_largest};

/// Why: `S:10:2` a weight of softmax, `W:10:2` of the map, `D:10` a denominator, `O:10` an output's error, `mute`;
/// `E`, `A`, `H`, `N`, `C` with a map or `softmax` and a row, as in `H:relu:10`, the measures of the comparison.
pub fn why(fig: &FeatureMaps, cell: &str, lang: Lang) -> Option<Rich> {
    let mut parts = cell.split(':');
    let (kind, first, second) = (parts.next()?, parts.next(), parts.next());
    let place = |text: Option<&str>| text?.parse().ok().filter(|row| *row < TOKENS.len());
    match kind {
        "S" => Some(softmax(fig, place(first)?, place(second)?, lang)),
        "W" => Some(mapped(fig, place(first)?, place(second)?, lang)),
        "D" => Some(denominator(fig, place(first)?, lang)),
        "O" => Some(off(fig, fig.now(), place(first)?, lang)),
        "mute" => Some(mute(lang)),
        _ => measure(fig, kind, first?, place(second)?, lang),
    }
}

fn softmax(fig: &FeatureMaps, row: usize, key: usize, lang: Lang) -> Rich {
    let (x, exact) = (&fig.inputs, &fig.run.softmax);
    let (terms, total) = inner(x.q.row(row), x.k.row(key), lang);
    let (s, l) = (total / (x.q.ncols() as f64).sqrt(), exact.lse[row].unwrap_or(0.0));
    say!(lang; p = Number(exact.probs[[row, key]], number::factor), d = x.q.ncols(), terms = &terms, s = Number(s, number::cell), l = Number(l, bracketed),
        query = Token(TOKENS[row]), name = Token(TOKENS[key]);
        "{m|p}: {query} on {name}: s = <q|q>·<k|k>/√{d} = ({terms})/√{d} = {s}; e^(s − L) = e^({s} − {l}) with L = ln Σeˢ",
        "{m|p}：{query} 给 {name}：s = <q|q>·<k|k>/√{d} = ({terms})/√{d} = {s}；e^(s − L) = e^({s} − {l})，L = ln Σeˢ")
}

fn mapped(fig: &FeatureMaps, row: usize, key: usize, lang: Lang) -> Rich {
    let now = fig.now();
    let (terms, total) = inner(now.q.row(row), now.k.row(key), lang);
    let shares = now.map == FeatureMap::Double;
    let print = if shares { number::factor } else { weight };
    let den = f64::from(now.denominators[row]);
    say!(lang; w = Number(f64::from(now.weights[[row, key]]), number::factor), terms = &terms, total = Number(total, print), den = Number(den, weight),
        query = Token(TOKENS[row]), name = Token(TOKENS[key]), p = Number(fig.run.softmax.probs[[row, key]], number::factor);
        if shares =>
            "{m|w}: {query} on {name}: φ(<q|q>)·φ(<k|k>) = {total}, divided by nothing; with softmax it was {p}",
            "{m|w}：{query} 给 {name}：φ(<q|q>)·φ(<k|k>) = {total}，不必再除；Softmax 给的是 {p}";
        else =>
            "{m|w}: {query} on {name}: φ(<q|q>)·φ(<k|k>) = {terms} = {total}; divided by the <l|denominator> {den}; with softmax it was {p}",
            "{m|w}：{query} 给 {name}：φ(<q|q>)·φ(<k|k>) = {terms} = {total}；除以<l|分母> {den}；Softmax 给的是 {p}")
}

fn denominator(fig: &FeatureMaps, row: usize, lang: Lang) -> Rich {
    let now = fig.now();
    let (terms, total) = inner(now.q.row(row), now.k.sum_axis(ndarray::Axis(0)).view(), lang);
    say!(lang; total = Number(total, weight), terms = &terms, query = Token(TOKENS[row]);
        if total <= 0.0 =>
            "{w|total}: {query}: φ(<q|q>)·Σφ(<k|k>) = {terms} = {total}, not above 0: what is divided by it is no mean",
            "{w|total}：{query}：φ(<q|q>)·Σφ(<k|k>) = {terms} = {total}，不大于 0：除以它得到的不是平均";
        else => "{l|total}: {query}: φ(<q|q>)·Σφ(<k|k>) = {terms} = {total}", "{l|total}：{query}：φ(<q|q>)·Σφ(<k|k>) = {terms} = {total}")
}

fn off(fig: &FeatureMaps, mapping: &Mapping, row: usize, lang: Lang) -> Rich {
    let exact = fig.run.softmax.out.row(row);
    let size = exact.dot(&exact).sqrt();
    let e = fig.run.map_row(mapping, row).error;
    say!(lang; e = Number(e, error), gap = Number(e * size, number::cell), size = Number(size, number::cell), query = Token(TOKENS[row]), map = formula(mapping.map, lang);
        "{o|e}: φ = {map}, {query}: |<o|o> − o of softmax| / |o of softmax| = {gap}/{size} = {e}",
        "{o|e}：φ = {map}，{query}：|<o|o> − Softmax 的 o| / |Softmax 的 o| = {gap}/{size} = {e}")
}

fn mute(lang: Lang) -> Rich {
    let at = mute_below();
    let near = -16.0_f32;
    let grain = f64::from(f32::EPSILON) / 2.0;
    say!(lang; at = Number(at, |x| number::fixed(x, 2)), e = Number(at.exp(), number::scientific), grain = Number(grain, number::scientific),
        got = Number(f64::from(elu1_cancelling(near)), number::scientific), want = Number(f64::from(near).exp(), number::scientific);
        "<w|0>: just below 1, f32 steps by {grain}; at x = {at}, eˣ = {e} is half a step, eˣ − 1 rounds to −1. At −16 it reads {got} for {want}. Here eˣ is taken as it is",
        "<w|0>：f32 在 1 附近的间距是 {grain}；x = {at} 时 eˣ = {e} 只有半格，eˣ − 1 舍入成 −1。−16 处得 {got}，应为 {want}。这里的实现直接用 eˣ，不减不加")
}

/// A measure of the comparison.
fn measure(fig: &FeatureMaps, kind: &str, name: &str, row: usize, lang: Lang) -> Option<Rich> {
    let mapping = fig.run.maps.iter().find(|mapping| mapping.map.name() == name);
    if mapping.is_none() && name != "softmax" {
        return None;
    }
    let like = mapping.map_or_else(|| fig.run.softmax_row(row), |mapping| fig.run.map_row(mapping, row));
    let weights: Vec<f64> = match mapping {
        Some(mapping) => mapping.weights.row(row).iter().map(|x| f64::from(*x)).collect(),
        None => fig.run.softmax.probs.row(row).to_vec(),
    };
    let title = mapping.map_or("softmax".to_string(), |mapping| ["φ = ", formula(mapping.map, lang)].concat());
    let (query, key) = (Token(TOKENS[row_of(row)]), Token(TOKENS[fig.run.strongest(row)]));
    let p = fig.run.softmax_row(row).strongest;
    match kind {
        "E" => mapping.map(|mapping| off(fig, mapping, row, lang)),
        "A" => Some(say!(lang; title = &title, w = Number(like.strongest, number::factor), query, key, p = Number(p, number::factor);
            "{m|w}: {title}: the weight of {query} on {key}, which softmax weighs most, with {p}",
            "{m|w}：{title}：{query} 给 {key} 的权重；Softmax 最看重它，给 {p}")),
        "H" => Some(entropy(&title, like.entropy, &weights, lang)),
        "N" => Some(near(&title, like.near, &weights, row, lang)),
        "C" => mapping.map(|mapping| crossed(&title, mapping, lang)),
        _ => None,
    }
}

fn entropy(title: &str, value: Option<f64>, weights: &[f64], lang: Lang) -> Rich {
    let terms = six_largest(&mut weights.iter().map(|p| if *p > 0.0 { (-p * p.ln()) as f32 } else { 0.0 })).join(" + ");
    let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
    say!(lang; title, h = Number(value.unwrap_or(f64::NAN), number::factor), terms = &terms, even = Number((weights.len() as f64).ln(), number::factor), least = Number(least, weight);
        if value.is_none() =>
            "{title}: a weight of {least} makes the row no distribution; entropy would mean nothing",
            "{title}：有一个权重是 {least}，这一行不是分布，谈不上熵";
        else =>
            "{m|h}: {title}: −Σ w ln w = {terms} = {h} nats; equal weights would give ln 16 = {even}",
            "{m|h}：{title}：−Σ w ln w = {terms} = {h} nat；均分时是 ln 16 = {even}")
}

fn near(title: &str, value: Option<f64>, weights: &[f64], row: usize, lang: Lang) -> Rich {
    let close = weights.iter().enumerate().filter(|(key, _)| key.abs_diff(row) <= NEAR);
    let terms: Vec<String> = close.map(|(_, w)| number::fixed(*w, 2)).collect();
    let (n, count) = (weights.len(), terms.len());
    say!(lang; title, s = Number(value.unwrap_or(f64::NAN), number::factor), terms = &terms.join(" + "), near = NEAR, count,
        even = Number(count as f64 / n as f64, number::factor);
        if value.is_none() =>
            "{title}: with negative weights a share of the whole means nothing",
            "{title}：有负的权重，就谈不上占了多少";
        else =>
            "{m|s}: {title}: the weights at most {near} tokens away: {terms} = {s}; equal weights on these {count} would be {even}",
            "{m|s}：{title}：相距至多 {near} 个 token 的权重：{terms} = {s}；这 {count} 个若均分是 {even}")
}

fn crossed(title: &str, mapping: &Mapping, lang: Lang) -> Rich {
    let least = mapping.denominators.fold(f32::INFINITY, |least, x| least.min(*x));
    say!(lang; title, c = mapping.n_crossed(), n = TOKENS.len(), least = Number(f64::from(least), weight);
        if mapping.map.is_positive() =>
            "{l|c}: {title}: features are never negative, so no denominator can be; the least of {n} is {least}",
            "{l|c}：{title}：特征从不为负，分母也就不会；{n} 个里最小的是 {least}";
        else => "{l|c}: {title}: of {n} denominators φ(q)·Σφ(k); the least is {least}", "{l|c}：{title}：{n} 个分母 φ(q)·Σφ(k) 里有这么多；最小的是 {least}")
}
