//! The working line: a cell's value written out with its numbers.

use super::figure::OnlineSoftmax;
use super::numbers::{bracketed, factor, logit, sum};
use super::run::Act;
use crate::content::{Lang, Rich, Role};

/// The cell that the caption speaks of.
pub fn default_cell(fig: &OnlineSoftmax, step: usize) -> String {
    let now = fig.run.trace.at(step);
    match now.act {
        Act::Max => format!("m:{}", now.pos),
        Act::Factor => format!("a:{}", now.pos),
        Act::Sum => format!("d:{}", now.pos),
        Act::Merge => format!("M:{}", now.block),
        Act::Output => format!("p:{}", now.pos),
    }
}

/// Why a cell has its value; `None` while it has none.
pub fn why(fig: &OnlineSoftmax, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
    let (kind, at) = cell.split_once(':')?;
    let at = at.parse::<usize>().ok()?;
    let act = match kind {
        "x" => return Some(Rich::default().with(Role::Key, logit(fig.run.elements.get(at)?.x)).t(place(fig, at, lang))),
        "m" => Act::Max,
        "a" => Act::Factor,
        "d" => Act::Sum,
        "p" => Act::Output,
        "M" => {
            let done = fig.run.trace.iter().take(step + 1).any(|now| now.act == Act::Merge && now.block == at);
            return if done { merge(fig, at) } else { None };
        }
        _ => return None,
    };
    let since = fig.run.find(act, at)?;
    // A sum is drawn, still without its newest term, from the factor on.
    if since > step + usize::from(act == Act::Sum && fig.run.trace.at(step).act == Act::Factor) {
        return None;
    }
    match act {
        Act::Max => maximum(fig, at, lang),
        Act::Factor => Some(rescale(fig, at, lang)),
        Act::Sum => Some(total(fig, at, since > step, lang)),
        _ => Some(weight(fig, at)),
    }
}

fn place(fig: &OnlineSoftmax, at: usize, lang: Lang) -> String {
    let n = fig.inputs.origin[at] + 1;
    lang.pick(format!(": logit {n} of {}, as {} holds it", fig.inputs.n(), fig.inputs.format.name()), format!("：{} 个 logit 里的第 {n} 个，存成 {}", fig.inputs.n(), fig.inputs.format.name()))
}

fn maximum(fig: &OnlineSoftmax, at: usize, lang: Lang) -> Option<Rich> {
    let element = fig.run.elements.get(at)?;
    if fig.broken() {
        return Some(Rich::default().with(Role::Warn, "0").t(lang.pick(": held at 0; it should be the largest so far", "：固定为 0；本该是目前最大的数")));
    }
    let (m, old, x) = (logit(element.m), logit(element.m_old), logit(element.x));
    Some(Rich::default().with(Role::Max, m.clone()).t(format!(": m = max({old}, {x}) = {m}")))
}

fn rescale(fig: &OnlineSoftmax, at: usize, lang: Lang) -> Rich {
    let element = &fig.run.elements[at];
    let a = factor(element.factor);
    if element.m_old == f64::NEG_INFINITY {
        return Rich::default().with(Role::Max, a).t(lang.pick(": nothing came before (m was −∞), so the factor multiplies zero", "：前面什么都没有（m 是 −∞），因子乘的是零"));
    }
    Rich::default().with(Role::Max, a.clone()).t(format!(": α = e^(m − m′) = e^({} − {}) = {a}", logit(element.m_old), bracketed(element.m)))
}

fn total(fig: &OnlineSoftmax, at: usize, without_term: bool, lang: Lang) -> Rich {
    let element = &fig.run.elements[at];
    let (old, new, m) = (sum(element.d_old), sum(element.d), bracketed(element.m));
    let kept = if element.m_old == f64::NEG_INFINITY { "0".to_string() } else { format!("{old} × e^({} − {m})", logit(element.m_old)) };
    if without_term {
        let kept_sum = sum(element.d_old * element.factor);
        return Rich::default().with(Role::Den, kept_sum.clone()).t(format!(": {kept} = {kept_sum}")).t(lang.pick(", the new term still to come", "，新的一项还没加"));
    }
    let role = if element.d.is_finite() { Role::Den } else { Role::Warn };
    let term = if element.x == f64::NEG_INFINITY { "0".to_string() } else { format!("e^({} − {m})", logit(element.x)) };
    Rich::default().with(role, new.clone()).t(format!(": d = {kept} + {term} = {new}"))
}

fn weight(fig: &OnlineSoftmax, at: usize) -> Rich {
    let (element, all) = (&fig.run.elements[at], fig.run.summary);
    let p = factor(fig.run.probs[at]);
    let role = if fig.wrong(at) { Role::Warn } else { Role::Plain };
    Rich::default().with(role, p.clone()).t(format!(": p = e^({} − {})/{} = {p}", logit(element.x), bracketed(all.m), sum(all.d)))
}

fn merge(fig: &OnlineSoftmax, block: usize) -> Option<Rich> {
    let merge = fig.run.merges.get(block)?;
    let m = bracketed(merge.after.m);
    let side = |m_side: f64, d: f64| if d == 0.0 { "0".to_string() } else { format!("{} × e^({} − {m})", sum(d), logit(m_side)) };
    let after = sum(merge.after.d);
    Some(Rich::default().with(Role::Den, after.clone()).t(format!(": d = {} + {} = {after}", side(merge.before.m, merge.before.d), side(merge.part.m, merge.part.d))))
}
