//! The working line: the focused cell's value written out with its numbers.

use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::{Lang, Rich, Role, number};

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
        "S" => score(fig, now, row, at, key?, lang),
        "m" => maximum(now, at, &query, lang),
        "a" => factor(fig, now, at, &query, lang),
        "P" => weight(fig, now, row, at, key?, lang),
        "l" => sum(now, at, &query),
        "O" => output(fig, now, at, &query, lang),
        _ => None,
    }
}

fn number2(x: f32) -> String {
    number::cell(f64::from(x))
}

fn bracketed(x: f64) -> String {
    let text = number::cell(x);
    if x < 0.0 { format!("({text})") } else { text }
}

/// The six largest numbers, and a mark for the rest.
fn six_largest(values: Vec<f32>) -> Vec<String> {
    let n = values.len();
    let mut terms: Vec<String> = number::largest(values, 6, f64::from).into_iter().map(number2).collect();
    if n > terms.len() {
        terms.push("…".into());
    }
    terms
}

fn score(fig: &Tiles, now: &Step, row: usize, at: usize, key: usize, lang: Lang) -> Option<Rich> {
    let x = &fig.inputs.x;
    let (query, name) = (&fig.inputs.query_names[row], &fig.inputs.key_names[key]);
    if !x.mask.allows(row, key) {
        let text = lang.pick(format!(": the mask hides “{name}” from “{query}”."), format!("：掩码不让“{query}”看“{name}”。"));
        return Some(Rich::default().with(Role::Max, "−∞").t(text));
    }
    let value = now.s.as_ref().map(|s| s[[at, key - now.cols.start]])?;
    let products: Vec<f64> = (0..x.d()).map(|c| f64::from(x.q[[row, c]]) * f64::from(x.k[[key, c]])).collect();
    let total: f64 = products.iter().sum();
    let n = products.len();
    let shown: Vec<String> = number::largest(products, 3, f64::abs).into_iter().map(bracketed).collect();
    let rest = if n > 3 { lang.pick(format!(" + {} smaller", n - 3), format!(" + 其余 {} 项", n - 3)) } else { String::new() };
    Some(
        Rich::default()
            .with(Role::Max, number2(value))
            .t(": S = (")
            .with(Role::Query, "q")
            .t("·")
            .with(Role::Key, "k")
            .t(format!(")/√{} = ({}{rest})/{} = {}/{} = {}", x.d(), shown.join(" + "), number::cell((x.d() as f64).sqrt()), number::cell(total), number::cell((x.d() as f64).sqrt()), number2(value))),
    )
}

fn maximum(now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let m = now.m_new.as_ref().map(|m| m[at])?;
    let s = now.s.as_ref()?;
    let old = now.m_old[at];
    let terms = six_largest(s.row(at).iter().copied().filter(|x| x.is_finite()).collect());
    let past = if old == f32::NEG_INFINITY { lang.pick("nothing yet", "尚无").to_string() } else { number2(old) };
    let shown = if m == f32::NEG_INFINITY { "−∞".to_string() } else { number2(m) };
    Some(Rich::default().with(Role::Max, shown.clone()).t(format!(": m[{query}] = max({past}; {}) = {shown}", terms.join(", "))))
}

fn factor(fig: &Tiles, now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let (alpha, old) = (now.alpha.as_ref().map(|alpha| alpha[at])?, now.m_old[at]);
    let new = now.m_new.as_ref().map(|m| m[at])?;
    if old == f32::NEG_INFINITY {
        let text = lang.pick(format!(": “{query}” has no past (m was −∞), so the factor multiplies zero."), format!("：“{query}”还没有过去（m 是 −∞），因子乘的是零。"));
        return Some(Rich::default().with(Role::Max, "×0").t(text));
    }
    let truth = f64::from(old - new).exp();
    let line = Rich::default().with(if fig.broken() { Role::Warn } else { Role::Max }, number::factor(f64::from(alpha)));
    let sum = format!("α = e^(m − m′) = e^({} − {}) = {}", number2(old), bracketed(f64::from(new)), number::factor(truth));
    Some(if fig.broken() && alpha == 1.0 && truth != 1.0 { line.t(lang.pick(format!(": forced to 1; it should be {sum}"), format!("：被强行设为 1；本该是 {sum}"))) } else { line.t(format!(": {sum}")) })
}

fn weight(fig: &Tiles, now: &Step, row: usize, at: usize, key: usize, lang: Lang) -> Option<Rich> {
    let idx = key - now.cols.start;
    let (p, s) = (now.p.as_ref().map(|p| p[[at, idx]])?, now.s.as_ref().map(|s| s[[at, idx]])?);
    if !fig.inputs.x.mask.allows(row, key) {
        return Some(Rich::default().with(Role::Value, "0").t(lang.pick(": masked, e to the −∞ = 0", "：被掩码遮住，e 的 −∞ 次方是 0")));
    }
    let m = now.m_new.as_ref().map(|m| m[at])?;
    Some(Rich::default().with(Role::Value, number2(p)).t(format!(": P = e^(S − m) = e^({} − {}) = {}", number2(s), bracketed(f64::from(m)), number::table(f64::from(p)))))
}

fn sum(now: &Step, at: usize, query: &str) -> Option<Rich> {
    let l = now.l_new.as_ref().map(|l| l[at])?;
    let (alpha, old) = (now.alpha.as_ref().map(|alpha| alpha[at])?, now.l_old[at]);
    let terms = six_largest(now.p.as_ref().map(|p| p.row(at).to_vec())?);
    Some(Rich::default().with(Role::Den, number2(l)).t(format!(
        ": ℓ[{query}] = {} × {} + ({}) = {}",
        number::factor(f64::from(alpha)),
        number2(old),
        terms.join(" + "),
        number::table(f64::from(l))
    )))
}

fn output(fig: &Tiles, now: &Step, at: usize, query: &str, lang: Lang) -> Option<Rich> {
    let o = now.o_new.as_ref()?.row(at);
    let channel = o.iter().enumerate().filter(|(_, x)| x.is_finite()).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).map_or(0, |best| best.0);
    let alpha = f64::from(now.alpha.as_ref().map(|alpha| alpha[at])?);
    let (old, new) = (f64::from(now.o_old[[at, channel]]), f64::from(o[channel]));
    let added: f64 = now.p.as_ref()?.row(at).iter().zip(now.cols.clone()).map(|(p, key)| f64::from(*p) * f64::from(fig.inputs.x.v[[key, channel]])).sum();
    let l = now.l_new.as_ref().map_or(1.0, |l| f64::from(l[at]));
    let name = lang.pick(format!("O[{query}], channel {channel}"), format!("O[{query}] 第 {channel} 通道"));
    let line = Rich::default().with(Role::Output, number::cell(new));
    Some(match fig.inputs.order {
        Order::Fa2 => line.t(format!(
            ": {name} = {} × {} + ΣP·V {} = {}; {} {}/{} = {}",
            number::factor(alpha),
            bracketed(old),
            bracketed(added),
            number::cell(new),
            lang.pick("divided at the end:", "最后再除："),
            number::cell(new),
            number::cell(l),
            number::cell(new / l)
        )),
        Order::Fa1 => {
            let l_old = f64::from(now.l_old[at]);
            line.t(format!(": {name} = ({} × {} × {} + {})/{} = {}", number::factor(alpha), number::cell(l_old), bracketed(old), bracketed(added), number::cell(l), number::cell(new)))
        }
    })
}
