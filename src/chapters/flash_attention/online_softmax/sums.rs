//! The factors as chips, and the sums as bars: before, kept, added.

use super::numbers;
use super::run::{Act, Element};
use super::stage::{Ink, number, pair, spoken, strike};
use crate::figure::svg::Svg;

/// The factor of each logit taken in.
pub fn factors(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u) = (ink.at, ink.at.u);
    for pos in 0..ink.done(Act::Factor) {
        let element = ink.fig.run.elements[pos];
        let none = element.m_old == f64::NEG_INFINITY;
        let text = if none { "–".to_string() } else { format!("×{}", numbers::factor(element.factor)) };
        svg.cell(&format!("a:{pos}"), &format!("α[{}] = {text}", ink.name(pos)));
        let (x, w) = (at.columns[pos] + 1.0, (at.col_w - 2.0).min(70.0 * u));
        let x = x + (at.col_w - 2.0 - w) / 2.0;
        let chip = if element.rescales { "hit" } else { "quiet" };
        // Only the present one may flash.
        let class = match element.rescales {
            true if pos == ink.now.pos => "chip-hit",
            true => "chip-hit os-past",
            false => "hit",
        };
        svg.rect(class, x, at.alpha.y + 1.0, w.max(1.0), at.alpha.h - 2.0);
        if at.numbers {
            // Where "×0.368" is too wide, the number alone.
            let bare = text.chars().count() as f64 * 6.9 * u > at.col_w + 2.0;
            number(svg, ink, pos, at.alpha, &format!("chip-{chip}-t"), if bare { text.trim_start_matches('×') } else { &text });
        }
        svg.end();
    }
}

/// The largest finite sum of the run, the full height of the bars.
fn full(ink: &Ink<'_>) -> f64 {
    let sums = ink.fig.run.elements.iter().flat_map(|element| [element.d, element.d_old]);
    sums.filter(|d| d.is_finite()).fold(1e-30, f64::max)
}

/// The sum after each logit.
pub fn sums(svg: &mut Svg, ink: &Ink<'_>) {
    let at = ink.at;
    let full = full(ink);
    svg.line(
        "zero",
        at.columns.first().copied().unwrap_or(0.0),
        at.sums.end(),
        at.columns.last().copied().unwrap_or(0.0) + at.col_w,
        at.sums.end(),
    );
    for pos in 0..ink.done(Act::Factor) {
        let landed = pos < ink.done(Act::Sum);
        sum(svg, ink, pos, &ink.fig.run.elements[pos], landed, full);
    }
}

/// One bar of d: before (dashed), kept (filled), the new term on top.
fn sum(svg: &mut Svg, ink: &Ink<'_>, pos: usize, element: &Element, landed: bool, full: f64) {
    let (at, u) = (ink.at, ink.at.u);
    let inset = (at.col_w * 0.16).min(14.0 * u);
    let (x, w) = (at.columns[pos] + inset, (at.col_w - 2.0 * inset).max(0.6));
    let height = |d: f64| (d / full).clamp(0.0, 1.0) * at.sums.h;
    let shown = if landed { element.d } else { element.d_old * element.factor };
    let old = (pos == ink.now.pos && ink.now.act <= Act::Sum && element.d_old > 0.0).then(|| numbers::cell(element.d_old));
    svg.cell(&format!("d:{pos}"), &format!("d[{}] = {}", ink.name(pos), spoken(old.as_deref(), &numbers::cell(shown))));
    svg.rect("hit", at.columns[pos], at.sums.y, at.col_w, at.sums.h + at.values.h);
    if shown.is_finite() {
        let kept = if element.factor == 1.0 { element.d_old } else { element.d_old * element.factor };
        svg.rect("os-kept", x, at.sums.end() - height(kept), w, height(kept));
        if landed {
            let top = at.sums.end() - height(element.d);
            svg.rect("os-term", x, top, w, (height(element.d) - height(kept)).max(0.0));
            svg.line("os-top", x, top, x + w, top);
        }
        let current = pos == ink.now.pos && ink.now.act <= Act::Sum;
        if element.rescales && element.d_old > 0.0 && (current || at.col_w > 14.0 * u) {
            svg.rect("before", x, at.sums.end() - height(element.d_old), w, height(element.d_old));
        }
    } else {
        svg.rect("os-bad", x, at.sums.y, w, at.sums.h);
        strike(svg, at, (x, at.sums.y, w, at.sums.h));
    }
    if at.numbers {
        let bad = !shown.is_finite();
        pair(svg, ink, pos, at.values.y + 17.0 * u, if bad { "c-w" } else { "c-l" }, old.as_deref(), &numbers::cell(shown));
    }
    svg.end();
}
