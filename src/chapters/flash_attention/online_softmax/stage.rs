//! The two walks as a drawing: the logits in memory, and below them the maximum as a staircase and the sum as bars.

use super::arrange::{Arrange, Band, arrange};
use super::figure::OnlineSoftmax;
use super::run::{Act, Step};
use super::{numbers, sums, walks};
use crate::figure::odometer::odometer;
use crate::figure::svg::{Anchor, Svg, path, segments};
use crate::figure::{Drawing, View};

/// What the marks need to know.
pub struct Ink<'a> {
    /// The figure.
    pub fig: &'a OnlineSoftmax,
    /// The step.
    pub now: &'a Step,
    /// The places.
    pub at: &'a Arrange,
    /// The page.
    pub view: &'a View,
}

impl Ink<'_> {
    /// How many logits have gone through an act of the first walk.
    pub fn done(&self, act: Act) -> usize {
        match self.now.act {
            Act::Merge => self.now.pos + 1,
            Act::Output => self.fig.inputs.n(),
            reached => self.now.pos + usize::from(reached >= act),
        }
    }

    /// How many weights have been written.
    pub fn written(&self) -> usize {
        if self.now.act == Act::Output { self.now.pos + 1 } else { 0 }
    }

    /// How many blocks have been merged.
    pub fn merged(&self) -> usize {
        match self.now.act {
            Act::Output => self.fig.inputs.blocks.len(),
            Act::Merge => self.now.block + 1,
            _ => self.now.block,
        }
    }

    /// Name of a logit for those who cannot see it.
    pub fn name(&self, pos: usize) -> String {
        (self.fig.inputs.origin[pos] + 1).to_string()
    }
}

/// Draws a step.
pub fn draw(fig: &OnlineSoftmax, step: usize, view: &View) -> Drawing {
    let at = arrange(&fig.inputs, view);
    let now = fig.run.trace.at(step);
    let ink = Ink { fig, now, at: &at, view };
    let mut svg = Svg::default();
    memory(&mut svg, &ink);
    fast_box(&mut svg, &ink);
    column_now(&mut svg, &ink);
    bars(&mut svg, &ink);
    staircase(&mut svg, &ink);
    sums::factors(&mut svg, &ink);
    sums::sums(&mut svg, &ink);
    walks::merges(&mut svg, &ink);
    walks::usual(&mut svg, &ink);
    Drawing { width: view.width, height: at.height, layers: vec![svg.0], changes: "" }
}

fn memory(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, lang, fig) = (ink.at, ink.at.u, ink.view.lang, ink.fig);
    svg.rect("f-hbm", 0.0, 0.0, at.width, at.slab);
    svg.rect("f-hbm-edge", 0.0, 0.0, 4.0 * u, at.slab);
    svg.text("t1 b", Anchor::Start, 14.0 * u, 22.0 * u, lang.pick("HBM", "显存 HBM"));
    if !at.stacked {
        svg.text("t0 dim", Anchor::Start, lang.pick(54.0, 88.0) * u, 22.0 * u, lang.pick("large, slow", "容量大，速度慢"));
    }
    let digits = fig.run.three.total().to_string().len().max(2);
    let y = if at.stacked { 28.0 * u } else { 8.0 * u };
    let right = at.width - 10.0 * u;
    let left = odometer(svg, right, y, u, digits, lang.pick("two walks so far", "两遍已用"), ink.now.accesses, true);
    let left = odometer(svg, left - 18.0 * u, y, u, digits, lang.pick("three walks", "三遍"), fig.run.three.total(), false);
    let (anchor, note_x, note_y) = if at.stacked { (Anchor::End, right, 20.0 * u) } else { (Anchor::End, left - 14.0 * u, y + 15.0 * u) };
    svg.text("t0 ink2", anchor, note_x, note_y, lang.pick("memory accesses", "访存次数"));
    label(svg, ink, at.x, "x", "c-k", false);
    label(svg, ink, at.p, "p", "", ink.now.act == Act::Output);
    if !at.framed() {
        let (first, last) = (at.columns.first().copied().unwrap_or(0.0), at.columns.last().copied().unwrap_or(0.0));
        svg.rect("os-todo", first, at.p.y, last + at.col_w - first, at.p.h);
    }
    for pos in 0..fig.inputs.n() {
        logit(svg, ink, pos);
        weight(svg, ink, pos);
    }
    if fig.inputs.shuffled && at.numbers {
        for pos in 0..fig.inputs.n() {
            let before = if at.col_w < 42.0 * u { "" } else { lang.pick("no. ", "第 ") };
            let text = [before, &ink.name(pos)].concat();
            svg.text("t00 dim", Anchor::Middle, at.columns[pos] + at.col_w / 2.0, at.slab - 6.0 * u, &text);
        }
    }
    if at.stacked {
        return;
    }
    let (x, y) = (14.0 * u, at.x.y + 17.0 * u);
    svg.text("t0 dim", Anchor::Start, x, y, lang.pick("read in each walk", "每一遍都要读"));
    svg.text("t0 dim", Anchor::Start, x, y + 28.0 * u, lang.pick("written once", "只写一次"));
}

/// The symbol of a band; yellow while its act runs.
fn label(svg: &mut Svg, ink: &Ink<'_>, band: Band, text: &str, class: &str, now: bool) {
    let (at, u) = (ink.at, ink.at.u);
    let (x, y) = (at.fast.0 + if at.stacked { 9.0 } else { 14.0 } * u, band.y + band.h / 2.0 + 5.0 * u);
    if now {
        svg.rect("f-now", x - 4.0 * u, y - 15.0 * u, 18.0 * u, 21.0 * u);
    }
    svg.text_of(["t2 b ", if now { "on-now" } else { class }], Anchor::Start, x, y, text);
}

fn logit(svg: &mut Svg, ink: &Ink<'_>, pos: usize) {
    let (at, u) = (ink.at, ink.at.u);
    let x = ink.fig.run.elements.get(pos).map_or(f64::NAN, |element| element.x);
    let text = numbers::logit(x);
    let masked = x == f64::NEG_INFINITY;
    svg.cell(&format!("x:{pos}"), &format!("x[{}] = {text}", ink.name(pos)));
    svg.rect(if masked { "masked" } else { "f-key-2" }, at.columns[pos] + 0.5, at.x.y, (at.col_w - 1.0).max(0.5), at.x.h);
    if at.numbers {
        let class = if masked { "masked-t" } else { "ink" };
        number(svg, ink, pos, at.x, &format!("{class} b"), &text);
    }
    svg.end();
    let reading = ink.now.pos == pos && matches!(ink.now.act, Act::Max | Act::Output);
    if reading {
        let place = (at.columns[pos] + 0.5, at.x.y, (at.col_w - 1.0).max(3.0 * u), at.x.h);
        svg.rect("frame-now", place.0, place.1, place.2, place.3);
        svg.rect("frame-ink", place.0, place.1, place.2, place.3);
    }
}

/// A number in a band, in the size that fits its column.
pub fn number(svg: &mut Svg, ink: &Ink<'_>, pos: usize, band: Band, class: &str, text: &str) {
    let (at, u) = (ink.at, ink.at.u);
    let chars = text.chars().count() as f64;
    let size = if chars * 8.6 * u + 4.0 < at.col_w {
        "t2"
    } else if chars * 6.9 * u < at.col_w + 2.0 {
        "t0"
    } else {
        return;
    };
    svg.text(&[size, " ", class].concat(), Anchor::Middle, at.columns[pos] + at.col_w / 2.0, band.y + band.h / 2.0 + 5.0 * u, text);
}

fn weight(svg: &mut Svg, ink: &Ink<'_>, pos: usize) {
    let at = ink.at;
    let place = (at.columns[pos] + 0.5, at.p.y, (at.col_w - 1.0).max(0.5), at.p.h);
    let known = (pos < ink.written()).then(|| ink.fig.run.probs[pos]);
    let name = ink.name(pos);
    match known {
        None => {
            svg.cell(&format!("p:{pos}"), &format!("p[{name}]: …"));
            svg.rect(if at.framed() { "os-todo" } else { "hit" }, place.0, place.1, place.2, place.3);
        }
        Some(p) => {
            let text = numbers::factor(p);
            svg.cell(&format!("p:{pos}"), &format!("p[{name}] = {text}"));
            let bad = ink.fig.wrong(pos);
            let class = if bad { "os-bad".to_string() } else { format!("seq-{}", shade(p)) };
            svg.rect(&class, place.0, place.1, place.2, place.3);
            if bad {
                strike(svg, at, place);
            }
            if at.numbers {
                number(svg, ink, pos, at.p, &if bad { "c-w b os-halo".into() } else { format!("{class}-t") }, &text);
            }
        }
    }
    svg.end();
    if ink.now.act == Act::Output && ink.now.pos == pos {
        svg.rect("frame-now", place.0, place.1, place.2.max(3.0), place.3);
        svg.rect("frame-ink", place.0, place.1, place.2.max(3.0), place.3);
    }
}

/// Step of the sequential ramp.
pub fn shade(p: f64) -> usize {
    if p.is_nan() { 8 } else { ((p.clamp(0.0, 1.0) * 9.0) as usize).min(8) }
}

/// Hatching over what is broken, so that it does not rest on colour.
pub fn strike(svg: &mut Svg, at: &Arrange, (x, y, w, h): (f64, f64, f64, f64)) {
    let gap = 7.0 * at.u;
    let mut d = String::new();
    let mut from = x - h;
    while from < x + w {
        // A diagonal from bottom left to top right, cut to the box.
        let (x1, x2) = (from.max(x), (from + h).min(x + w));
        if x2 > x1 {
            segments(&mut d, &[("M", x1), (" ", y + h - (x1 - from)), ("L", x2), (" ", y + h - (x2 - from))]);
        }
        from += gap;
    }
    svg.path("os-hatch", &d);
}

fn fast_box(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, lang) = (ink.at, ink.at.u, ink.view.lang);
    let y = at.slab + 4.0 * u;
    let (x, w, h) = (at.fast.0 + 1.0, at.fast.1 - 2.0, at.bottom - y);
    svg.rect("f-sram", x, y, w, h);
    svg.rect("sram-edge", x, y, w, h);
    let second = ink.now.act == Act::Output;
    let walk = if second {
        lang.pick("walk 2: divide", "第 2 遍：做除法")
    } else {
        lang.pick("walk 1: m and d together", "第 1 遍：m 和 d 一起算")
    };
    let base = y + 20.0 * u;
    svg.text("t1 b", Anchor::Start, x + 13.0 * u, base, lang.pick("Two walks", "两遍"));
    svg.text("t0 ink2", Anchor::Start, x + lang.pick(86.0, 52.0) * u, base, walk);
    if w > 560.0 * u {
        legend(svg, ink, x + w - 12.0 * u, base);
    }
    label(svg, ink, at.bars, "m", "", ink.now.act == Act::Max);
    label(svg, ink, at.alpha, "α", "", ink.now.act == Act::Factor);
    label(svg, ink, at.sums, "d", "c-l", matches!(ink.now.act, Act::Sum | Act::Merge));
}

/// How the bars of d are to be read.
fn legend(svg: &mut Svg, ink: &Ink<'_>, right: f64, base: f64) {
    let (u, lang) = (ink.at.u, ink.view.lang);
    let mut x = right;
    for (class, text) in [
        ("os-term", lang.pick("e^(x − m) added", "加上 e^(x − m)")),
        ("os-kept", lang.pick("kept", "留下")),
        ("before", lang.pick("d before", "之前的 d")),
    ] {
        let width: f64 = text.chars().map(|c| if c.is_ascii() { 6.1 } else { 11.5 }).sum::<f64>() * u;
        x -= width;
        svg.text("t0 dim", Anchor::Start, x, base, text);
        x -= 15.0 * u;
        svg.rect(class, x, base - 9.0 * u, 10.0 * u, 10.0 * u);
        x -= 14.0 * u;
    }
}

/// A wash behind the column that is being worked on.
fn column_now(svg: &mut Svg, ink: &Ink<'_>) {
    let at = ink.at;
    if ink.now.act == Act::Merge {
        return;
    }
    let top = at.bars.y - 22.0 * at.u;
    svg.rect("row-now", at.columns[ink.now.pos], top, at.col_w.max(3.0 * at.u), at.values.end() - top);
}

/// The finite range of the logits with zero in it, as a share of the band from its top.
fn bar_y(ink: &Ink<'_>, x: f64) -> f64 {
    let finite = || ink.fig.run.elements.iter().map(|element| element.x).filter(|x| x.is_finite());
    let (low, high) = finite().fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let span = if high > low { high - low } else { 1.0 };
    ink.at.bars.y + ink.at.bars.h * (1.0 - (x.clamp(low, high) - low) / span)
}

fn bars(svg: &mut Svg, ink: &Ink<'_>) {
    let at = ink.at;
    let zero = bar_y(ink, 0.0);
    let last = at.columns.last().copied().unwrap_or(0.0) + at.col_w;
    svg.line("zero", at.columns.first().copied().unwrap_or(0.0), zero, last, zero);
    let inset = (at.col_w * 0.16).min(14.0 * at.u);
    for pos in 0..ink.done(Act::Max) {
        let x = ink.fig.run.elements[pos].x;
        if x.is_finite() {
            let y = bar_y(ink, x);
            svg.rect("os-bar", at.columns[pos] + inset, y.min(zero), (at.col_w - 2.0 * inset).max(0.6), (y - zero).abs().max(1.0));
        }
    }
}

/// The running maximum: a staircase from left to right, one per block.
fn staircase(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u) = (ink.at, ink.at.u);
    let done = ink.done(Act::Max);
    for block in &ink.fig.inputs.blocks {
        let mut d = String::new();
        for pos in block.clone().take_while(|pos| *pos < done) {
            let m = ink.fig.run.elements[pos].m;
            if !m.is_finite() {
                continue;
            }
            let (y, left, right) = (bar_y(ink, m), at.columns[pos], at.columns[pos] + at.col_w);
            d += &if d.is_empty() { path(&[("M", left), (" ", y), ("H", right)], "") } else { path(&[("V", y), ("H", right)], "") };
        }
        if !d.is_empty() {
            svg.path(if ink.fig.broken() { "os-m os-held" } else { "os-m" }, &d);
        }
    }
    for pos in 0..done {
        let element = ink.fig.run.elements[pos];
        let current = pos == ink.now.pos && ink.now.act <= Act::Sum;
        let moved = element.m != element.m_old || pos == 0;
        let text = numbers::logit(element.m);
        let old = (current && element.rescales).then(|| numbers::logit(element.m_old));
        svg.cell(&format!("m:{pos}"), &format!("m[{}] = {}", ink.name(pos), spoken(old.as_deref(), &text)));
        svg.rect("hit", at.columns[pos], at.bars.y - 22.0 * u, at.col_w, at.bars.h + 22.0 * u);
        if at.numbers && (moved || current) && (current || text.chars().count() as f64 * 8.6 * u < at.col_w) {
            let y = if element.m.is_finite() { bar_y(ink, element.m) } else { at.bars.end() } - 5.0 * u;
            pair(svg, ink, pos, y, "c-m", old.as_deref(), &text);
        }
        svg.end();
    }
}

/// What [`pair`] shows, as a name for those who cannot see it.
pub fn spoken(old: Option<&str>, new: &str) -> String {
    old.filter(|old| *old != new).map_or_else(|| new.to_string(), |old| format!("{old}→{new}"))
}

/// Old value, arrow, new value over a column; the new one alone where there is no room.
pub fn pair(svg: &mut Svg, ink: &Ink<'_>, pos: usize, y: f64, class: &str, old: Option<&str>, new: &str) {
    let (at, u) = (ink.at, ink.at.u);
    let x = at.columns[pos] + at.col_w / 2.0;
    let fits = |old: &str| (old.chars().count() as f64 * 6.9 + new.chars().count() as f64 * 8.6 + 20.0) * u < at.col_w + 6.0 * u;
    match old.filter(|old| *old != new && fits(old)) {
        Some(old) => svg.change(&["t2 ", class].concat(), Anchor::Middle, (x, y), 2.0 * u, old, new),
        None => {
            let size = if new.chars().count() as f64 * 8.6 * u < at.col_w + 2.0 * u { "t2" } else { "t0" };
            svg.text(&[size, " b ", class].concat(), Anchor::Middle, x, y, new);
        }
    }
}
