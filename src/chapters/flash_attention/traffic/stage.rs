//! The stage: the counts, what the tiles take of the SRAM, three plots, and the paper's numbers beside ours.

use super::figure::Traffic;
use super::panels::{self, LINES};
use super::paper;
use crate::content::{Lang, number, say};
use crate::figure::odometer::odometer;
use crate::figure::plot::Frame;
use crate::figure::svg::{Anchor, Svg};
use crate::figure::{Drawing, Mode, View};

/// The place of everything for a width.
struct Arrange {
    /// Unit: 1 on a page, about 2 in the presenter.
    u: f64,
    /// Size of the small text in px.
    size: f64,
    width: f64,
    stacked: bool,
    lang: Lang,
}

/// Draws everything.
pub fn draw(fig: &Traffic, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let at = Arrange { u, size: view.metrics.t00, width, stacked: view.mode == Mode::Phone || width < 600.0 * u, lang: view.lang };
    let mut svg = Svg::default();
    let mut y = counters(&mut svg, fig, &at);
    y = gauge(&mut svg, fig, &at, y + 8.0 * u);
    y = plots(&mut svg, fig, view, &at, y + 12.0 * u);
    let mut beside = Svg::default();
    // The back row reads three plots; the paper's table is on the page.
    if view.mode != Mode::Present {
        y = paper_table(&mut beside, fig, &at, y + 10.0 * u);
    }
    Drawing { width, height: y, layers: vec![svg.0, beside.0], changes: "" }
}

/// The three odometers with their bytes; the one that moves least is inverse. Gives the lower end.
fn counters(svg: &mut Svg, fig: &Traffic, at: &Arrange) -> f64 {
    let (u, totals) = (at.u, fig.now.totals());
    let digits = totals.iter().max().map_or(1, |most| most.to_string().len());
    let least = totals.iter().min().copied().unwrap_or(0);
    let mut y = 2.0 * u;
    for (idx, total) in totals.into_iter().enumerate() {
        let name = panels::names(at.lang)[idx];
        let right = if at.stacked { at.width } else { at.width * (idx + 1) as f64 / 3.0 - 6.0 * u };
        let [half, single] = [2, 4].map(|bytes| number::bytes((total * bytes) as f64));
        let note = [&half, " fp16, ", &single, " f32"].concat();
        odometer(svg, right, y, u, digits, name, total, total == least);
        svg.text("t00 dim", Anchor::End, right, y + 33.0 * u, &note);
        let reach = (175.0 * u).min(right);
        svg.ask(LINES[idx].0, &[name, ": ", &number::whole(total)].concat(), (right - reach, y - u, reach, 38.0 * u));
        if at.stacked {
            y += 42.0 * u;
        }
    }
    // The first odometer ends at a third of the width; before its name and digits there may be no room for more.
    if !at.stacked && at.width / 3.0 > (digits as f64 * 15.0 + 170.0) * u {
        svg.text("t00 b", Anchor::Start, 0.0, y + 14.0 * u, at.lang.pick("elements moved", "搬运的元素"));
    }
    if at.stacked { y } else { y + 38.0 * u }
}

/// The SRAM as a bar, with the four tiles in it; what does not fit stands out of it, hatched. Gives the lower end.
fn gauge(svg: &mut Svg, fig: &Traffic, at: &Arrange, y: f64) -> f64 {
    let (inputs, u) = (&fig.inputs, at.u);
    let (needs, sram) = (inputs.needs(), inputs.sram);
    let overflows = inputs.overflows();
    let text = say!(at.lang; needs, sram, br = inputs.br(), bc = inputs.bc();
        if overflows => "these tiles need {needs} elements, M is {sram}", "这些块要 {needs} 个元素，M 只有 {sram}";
        else => "SRAM: {br} × {bc} tiles, {needs} of {sram} elements", "SRAM：{br} × {bc} 的块，占 {sram} 个元素中的 {needs} 个")
    .text();
    svg.text(if overflows { "t00 b c-w" } else { "t00 b" }, Anchor::Start, 0.0, y + at.size, &text);
    let (top, h) = (y + 1.6 * at.size, 14.0 * u);
    let scale = (at.width - 2.0) / needs.max(sram) as f64;
    let edge = 1.0 + sram as f64 * scale;
    svg.rect("f-sram", 1.0, top, edge - 1.0, h);
    let mut x = 1.0;
    for (name, class, rows) in
        [("Q", "query", inputs.br()), ("K", "key", inputs.bc()), ("V", "value", inputs.bc()), ("O", "output", inputs.br())]
    {
        let w = (rows * inputs.d) as f64 * scale;
        svg.rect(&["f-", class, "-2"].concat(), x, top, w, h);
        if w > 1.6 * at.size {
            svg.text("t00 b", Anchor::Middle, x + w / 2.0, top + h / 2.0 + 0.36 * at.size, name);
        }
        svg.line("zero", x + w, top, x + w, top + h);
        x += w;
    }
    if overflows {
        svg.hatch("os-hatch", (edge, top, (x - edge).max(0.0), h), 6.0 * u);
    }
    svg.rect("sram-edge", 1.0, top, edge - 1.0, h);
    top + h + 2.0
}

/// The three plots; side by side where there is room. Gives the lower end.
fn plots(svg: &mut Svg, fig: &Traffic, view: &View, at: &Arrange, y: f64) -> f64 {
    let (u, gap) = (at.u, 20.0 * at.u);
    let first = panels::over_br(fig, at.lang, view.asking);
    let others = [panels::over_n(fig, at.lang), panels::over_sram(fig, at.lang, view.asking)];
    let (tall, low) = if at.u > 1.5 { (166.0 * u, 156.0 * u) } else { (214.0, 199.0) };
    first.draw(svg, Frame { x: 0.0, y, w: at.width, h: tall }, view);
    let mut y = y + tall + 10.0 * u;
    if at.stacked {
        for plot in &others {
            plot.draw(svg, Frame { x: 0.0, y, w: at.width, h: tall }, view);
            y += tall + 10.0 * u;
        }
        return y;
    }
    let w = (at.width - gap) / 2.0;
    others.iter().zip([0.0, w + gap]).for_each(|(plot, x)| plot.draw(svg, Frame { x, y, w, h: low }, view));
    y + low
}

/// The paper's numbers, ours under them, and what each is for. Gives the lower end.
fn paper_table(svg: &mut Svg, fig: &Traffic, at: &Arrange, y: f64) -> f64 {
    let (size, lang) = (at.size, at.lang);
    let line = 1.4 * size;
    let half = if at.stacked { at.width } else { at.width * 0.55 };
    svg.line("zero", 0.0, y, at.width, y);
    let (source, scope) = (paper::source(lang), paper::scope(lang));
    let mut down = y + line;
    if at.stacked {
        down = svg.wrapped("t00 ink2", (0.0, down, at.width), &source, size);
    }
    let columns = [half - 5.2 * size, half - 0.5 * size];
    let heads = [lang.pick("standard", "标准"), "FlashAttention"];
    columns
        .iter()
        .zip(heads)
        .for_each(|(x, head)| svg.text("t00 ink2", Anchor::End, *x - if head.len() < 10 { 3.2 * size } else { 0.0 }, down, head));
    for (idx, (name, standard, flash)) in paper::rows(&fig.paper, lang).iter().enumerate() {
        down += line;
        let ours = idx == 3;
        let class = if ours { "t00 b" } else { "t00" };
        svg.text(class, Anchor::Start, 0.0, down, name);
        columns.iter().zip([standard, flash]).for_each(|(x, value)| {
            svg.text(class, Anchor::End, *x - if std::ptr::eq(value, standard) { 3.2 * size } else { 0.0 }, down, value);
        });
        if ours {
            svg.ask("paper", name, (0.0, down - 1.05 * size, half, line));
        }
    }
    down += 0.5 * line;
    if at.stacked {
        return svg.wrapped("t00 ink2", (0.0, down + line, at.width), &scope, size);
    }
    let (x, w) = (half + 2.0 * size, at.width - half - 2.0 * size);
    let end = svg.wrapped("t00 ink2", (x, y + line, w), &source, size);
    svg.wrapped("t00 ink2", (x, end + 0.4 * line, w), &scope, size).max(down + 0.5 * line)
}
