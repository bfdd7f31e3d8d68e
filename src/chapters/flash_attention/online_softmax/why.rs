//! The working line: a cell's value written out with its numbers.

use super::figure::OnlineSoftmax;
use super::numbers::{bracketed, factor, logit, sum};
use super::run::{Act, Element};
use crate::algorithms::online_softmax::Summary;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, Value, say};

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
        "x" => return logit_of(fig, at, lang),
        "m" => Act::Max,
        "a" => Act::Factor,
        "d" => Act::Sum,
        "p" => Act::Output,
        "M" => {
            let done = fig.run.trace.iter().take(step + 1).any(|now| now.act == Act::Merge && now.block == at);
            return if done { merge(fig, at, lang) } else { None };
        }
        _ => return None,
    };
    let since = fig.run.find(act, at)?;
    // A sum is drawn, still without its newest term, from the factor on.
    if since > step + usize::from(act == Act::Sum && fig.run.trace.at(step).act == Act::Factor) {
        return None;
    }
    let element = fig.run.elements.get(at)?;
    Some(match act {
        Act::Max => maximum(element, fig.broken(), lang),
        Act::Factor => rescale(element, lang),
        Act::Sum => total(element, since > step, lang),
        _ => weight(fig, at, lang),
    })
}

fn logit_of(fig: &OnlineSoftmax, at: usize, lang: Lang) -> Option<Rich> {
    let element = fig.run.elements.get(at)?;
    Some(say!(lang; x = Number(element.x, logit), n = fig.inputs.origin[at] + 1, all = fig.inputs.n(), format = fig.inputs.format.name();
        "{k|x}: logit {n} of {all}, as {format} holds it",
        "{k|x}：{all} 个 logit 里的第 {n} 个，存成 {format}"))
}

fn maximum(element: &Element, broken: bool, lang: Lang) -> Rich {
    say!(lang; m = Number(element.m, logit), old = Number(element.m_old, logit), x = Number(element.x, logit);
        if broken => "<w|0>: held at 0; it should be the largest so far", "<w|0>：固定为 0；本该是目前最大的数";
        else => "{m|m}: m = max({old}, {x}) = {m}", "{m|m}: m = max({old}, {x}) = {m}")
}

fn rescale(element: &Element, lang: Lang) -> Rich {
    say!(lang; a = Number(element.factor, factor), old = Number(element.m_old, logit), m = Number(element.m, bracketed);
        if element.m_old == f64::NEG_INFINITY =>
            "{m|a}: nothing came before (m was −∞), so the factor multiplies zero",
            "{m|a}：前面什么都没有（m 是 −∞），因子乘的是零";
        else => "{m|a}: α = e^(m − m′) = e^({old} − {m}) = {a}", "{m|a}: α = e^(m − m′) = e^({old} − {m}) = {a}")
}

fn total(element: &Element, without_term: bool, lang: Lang) -> Rich {
    let m = Number(element.m, bracketed);
    let kept = power(element.d_old, element.m_old, m).text();
    if without_term {
        return say!(lang; kept = &kept, sum = Number(element.d_old * element.factor, sum);
            if element.d_old == 0.0 =>
                "{l|sum}: nothing was summed before, and the new term is still to come",
                "{l|sum}：之前什么都没加过，新的一项还没加";
            else =>
                "{l|sum}: {kept} = {sum}, the new term still to come",
                "{l|sum}: {kept} = {sum}，新的一项还没加");
    }
    say!(lang; kept = &kept, x = Number(element.x, logit), m, d = Number(element.d, sum);
        if !element.d.is_finite() => "{w|d}: d = {kept} + e^({x} − {m}) = {d}", "{w|d}: d = {kept} + e^({x} − {m}) = {d}";
        if element.x == f64::NEG_INFINITY => "{l|d}: d = {kept} + 0 = {d}", "{l|d}: d = {kept} + 0 = {d}";
        else => "{l|d}: d = {kept} + e^({x} − {m}) = {d}", "{l|d}: d = {kept} + e^({x} − {m}) = {d}")
}

/// A sum measured against one maximum, re-measured against another; nothing at all is 0.
fn power(d: f64, old: f64, new: Value<'_>) -> Rich {
    say!(Lang::En; d = Number(d, sum), old = Number(old, logit), new;
        if old == f64::NEG_INFINITY || d == 0.0 => "0", "0";
        else => "{d} × e^({old} − {new})", "{d} × e^({old} − {new})")
}

fn weight(fig: &OnlineSoftmax, at: usize, lang: Lang) -> Rich {
    let all = fig.run.summary;
    say!(lang; x = Number(fig.run.elements[at].x, logit), m = Number(all.m, bracketed), d = Number(all.d, sum), p = Number(fig.run.probs[at], factor);
        if fig.wrong(at) => "{w|p}: p = e^({x} − {m})/{d} = {p}", "{w|p}: p = e^({x} − {m})/{d} = {p}";
        else => "{p}: p = e^({x} − {m})/{d} = {p}", "{p}: p = e^({x} − {m})/{d} = {p}")
}

fn merge(fig: &OnlineSoftmax, block: usize, lang: Lang) -> Option<Rich> {
    let merge = fig.run.merges.get(block)?;
    let side = |side: Summary<f64>| power(side.d, side.m, Number(merge.after.m, bracketed)).text();
    Some(say!(lang; past = &side(merge.before), own = &side(merge.part), d = Number(merge.after.d, sum);
        "{l|d}: d = {past} + {own} = {d}", "{l|d}: d = {past} + {own} = {d}"))
}
