//! The merges of blocks, and the usual three walks beside the two.

use super::numbers;
use super::run::Act;
use super::stage::{Ink, shade};
use crate::content::{number, say};
use crate::figure::svg::{Anchor, Svg};

/// Under each block its own pair, and below the pair of all blocks so far.
pub fn merges(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, inputs, lang) = (ink.at, ink.at.u, &ink.fig.inputs, ink.view.lang);
    if !inputs.cut() {
        return;
    }
    for (idx, block) in inputs.blocks.iter().enumerate() {
        let (Some(first), Some(last)) = (at.columns.get(block.start), at.columns.get(block.end.saturating_sub(1))) else { continue };
        let (x, w) = (*first + 1.0, last + at.col_w - first - 2.0);
        let y = at.merge.y + 3.0 * u;
        let Some(merge) = ink.fig.run.merges.get(idx).filter(|_| idx < ink.merged()) else {
            svg.line("os-brace idle", x, y, x + w, y);
            continue;
        };
        let current = ink.now.act == Act::Merge && ink.now.block == idx;
        let text = format!("({}, {})", numbers::logit(merge.part.m), numbers::sum(merge.part.d));
        svg.cell(&format!("M:{idx}"), &text);
        svg.rect("hit", x, y, w, at.merge.h - 6.0 * u);
        svg.line("os-brace", x, y, x + w, y);
        if text.chars().count() as f64 * 6.6 * u < w {
            svg.text("t0 c-l b", Anchor::Middle, x + w / 2.0, y + 16.0 * u, &text);
        }
        svg.end();
        if current {
            svg.rect("frame-now", x, y - 2.0 * u, w, 4.0 * u);
        }
    }
    let merged = ink.merged();
    let Some(merge) = merged.checked_sub(1).and_then(|idx| ink.fig.run.merges.get(idx)) else { return };
    let pair = |m: f64, d: f64| format!("({}, {})", numbers::logit(m), numbers::sum(d));
    let (before, part, after) =
        (pair(merge.before.m, merge.before.d), pair(merge.part.m, merge.part.d), pair(merge.after.m, merge.after.d));
    let base = at.merge.end() - 6.0 * u;
    let x = at.columns.first().copied().unwrap_or(0.0);
    let whole = format!("{before} ⊕ {part} = {after}");
    let room = at.width - x - 12.0 * u;
    let text = if ink.now.act == Act::Merge && whole.chars().count() as f64 * 7.0 * u < room {
        whole
    } else {
        [lang.pick("all so far: ", "到此为止："), &after].concat()
    };
    if ink.now.act == Act::Merge {
        svg.rect("row-now", x - 4.0 * u, base - 15.0 * u, (text.chars().count() as f64 * 6.4 * u + 10.0 * u).min(room), 20.0 * u);
    }
    svg.text("t1 b c-l", Anchor::Start, x, base, &text);
}

/// The usual way: three walks over the same logits, at the same pace of memory accesses.
pub fn usual(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, lang, run) = (ink.at, ink.at.u, ink.view.lang, &ink.fig.run);
    let (x, y, w, h) = at.usual;
    svg.rect("f-sram", x + 1.0, y, w - 1.0, h);
    svg.rect("os-edge", x + 1.0, y, w - 1.0, h);
    svg.text("t1 b", Anchor::Start, x + 13.0 * u, y + 20.0 * u, lang.pick("Three walks", "三遍"));
    let done = run.three.done(ink.now.accesses);
    let (made, total) = (number::whole(run.three.made(ink.now.accesses)), number::whole(run.three.total()));
    let count = format!("{made}/{total}");
    if (101.0 + count.len() as f64 * 6.7) * u < w {
        svg.text("t0 dim", Anchor::End, x + w - 12.0 * u, y + 20.0 * u, &count);
    }
    let n = ink.fig.inputs.n();
    let names = [lang.pick("1 find", "1 找"), lang.pick("2 add up", "2 求"), lang.pick("3 divide:", "3 除得")];
    let values = [
        done[0].checked_sub(1).map(|at| numbers::logit(run.three.m[at])),
        done[1].checked_sub(1).map(|at| numbers::sum(run.three.d[at])),
        done[2].checked_sub(1).map(|at| numbers::factor(run.three.p[at])),
    ];
    let symbols = [("m", "c-m"), ("d", "c-l"), ("p", "")];
    let step = (h - 34.0 * u) / 3.0;
    for walk in 0..3 {
        let top = y + 30.0 * u + step * walk as f64;
        let waits = walk > 0 && done[walk - 1] < n;
        let tone = if waits { "dim" } else { "ink2" };
        let base = top + 14.0 * u;
        svg.text_with(
            &["t0 ", tone].concat(),
            (x + 13.0 * u, base),
            &[names[walk], " "].concat(),
            &["t2 b ", symbols[walk].1].concat(),
            0.0,
            symbols[walk].0,
        );
        if let Some(value) = &values[walk] {
            svg.text(
                &format!("t2 {}{}", symbols[walk].1, if done[walk] == n { " b" } else { "" }),
                Anchor::End,
                x + w - 12.0 * u,
                base,
                value,
            );
        }
        tape(svg, ink, walk, done[walk], (x + 13.0 * u, base + 6.0 * u, w - 25.0 * u, 12.0 * u));
        if step > 54.0 * u {
            let text = say!(lang; n;
                if walk == 2 => "{n} reads, {n} writes", "读 {n} 次，写 {n} 次";
                else => "{n} reads", "读 {n} 次");
            svg.text("t0 dim", Anchor::Start, x + 13.0 * u, base + 34.0 * u, &text.text());
        }
    }
}

/// A walk as a row of cells: done, current, to come.
fn tape(svg: &mut Svg, ink: &Ink<'_>, walk: usize, done: usize, (x, y, w, h): (f64, f64, f64, f64)) {
    let n = ink.fig.inputs.n();
    let unit = w / n as f64;
    let gap = if unit > 6.0 { 1.0 } else { 0.0 };
    svg.rect("os-todo", x, y, w, h);
    for pos in 0..done {
        let class = if walk == 2 { format!("seq-{}", shade(ink.fig.run.three.p[pos])) } else { "os-walked".into() };
        svg.rect(&class, x + unit * pos as f64 + gap, y + gap, (unit - 2.0 * gap).max(0.5), h - 2.0 * gap);
    }
    if done > 0 && done < n {
        svg.rect("os-here", x + unit * done as f64 - 1.5 * ink.at.u, y - 2.0 * ink.at.u, 3.0 * ink.at.u, h + 4.0 * ink.at.u);
    }
}
