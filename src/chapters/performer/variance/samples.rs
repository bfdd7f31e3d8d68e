//! Sample by sample: each a dot, the running mean as a line, the exact kernel as a rule, the lemma's band around it.

use super::numbers::value;
use super::plane;
use super::stage::Ink;
use crate::figure::plot::Frame;
use crate::figure::svg::{Anchor, Svg, path, segments};
use crate::figure::width;

/// The vertical axis: linear, wide enough for the means and for nine samples in ten.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f64,
    high: f64,
}

fn range(ink: &Ink<'_>) -> Range {
    let run = &ink.fig.run;
    let mut samples: Vec<f64> = run.trace.iter().map(|step| step.value).collect();
    samples.sort_by(f64::total_cmp);
    let n = samples.len();
    let (tenth, ninth) = (samples[n / 10], samples[(n - 1) * 9 / 10]);
    let later = run.trace.iter().skip(n / 8).map(|step| step.mean);
    let wanted = [run.exact, run.target, tenth, ninth];
    let (low, high) = later.chain(wanted).fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    // The lemma's band at the end, unless it dwarfs what was drawn.
    let error = (1.2 * run.standard_error(n)).min(2.0 * (high - low));
    let (low, high) = (low.min(run.exact - error), high.max(run.exact + error));
    // The extreme samples too, where they do not squeeze the rest.
    let room = 1.5 * (high - low);
    let low = if low - samples[0] < room { low.min(samples[0]) } else { low };
    let high = if samples[n - 1] - high < room { high.max(samples[n - 1]) } else { high };
    let pad = 0.06 * (high - low).max(1e-9);
    // Positive samples never fall below 0, and neither does their axis.
    Range { low: if samples[0] < 0.0 { low - pad } else { 0.0 }, high: high + pad }
}

impl Range {
    fn y(self, frame: Frame, x: f64) -> f64 {
        frame.y + frame.h * (1.0 - (x - self.low) / (self.high - self.low))
    }

    /// The same, kept inside the frame.
    fn held(self, frame: Frame, x: f64) -> f64 {
        self.y(frame, x.clamp(self.low, self.high))
    }
}

/// Where the n-th sample stands, counted from 1: by factors of two.
fn across(ink: &Ink<'_>, n: f64) -> f64 {
    let frame = ink.at.samples;
    let pad = 12.0 * ink.at.u;
    let all = (ink.fig.inputs.m.max(2) as f64).log2();
    frame.x + pad + (frame.w - 2.0 * pad) * n.log2() / all
}

/// Axes, band and rules: what is known before a single direction is drawn.
pub fn still(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, run, frame) = (ink.at, &ink.fig.run, ink.at.samples);
    let axis = range(ink);
    legend(svg, ink);
    band(svg, ink, axis);
    let every = nice((axis.high - axis.low) / 4.0);
    let mut tick = (axis.low / every).ceil() * every;
    while tick <= axis.high {
        let y = axis.y(frame, tick);
        svg.line("pl-grid", frame.x, y, frame.x + frame.w, y);
        let text = if tick.abs() < 1e-9 * every { "0".into() } else { trimmed(tick) };
        svg.text("t00 dim", Anchor::End, frame.x - 0.45 * at.size, y + 0.36 * at.size, &text);
        tick += every;
    }
    let bottom = frame.y + frame.h;
    svg.line("pl-axis", frame.x, frame.y, frame.x, bottom);
    svg.line("pl-axis", frame.x, bottom, frame.x + frame.w, bottom);
    let m = ink.fig.inputs.m;
    let mut n = 1;
    while n <= m {
        let x = across(ink, n as f64);
        svg.line("pl-axis", x, bottom, x, bottom + 3.0 * at.u);
        svg.text("t00 dim", Anchor::Middle, x, bottom + 1.4 * at.size, &n.to_string());
        n *= 2;
    }
    let words = at.lang.pick("directions so far", "用到的方向数");
    let (x, y) = if at.stacked { (frame.x + frame.w, bottom + 2.7 * at.size) } else { (at.width, bottom + 1.4 * at.size) };
    svg.text("t00 ink2", Anchor::End, x, y, words);
    let y = axis.y(frame, run.exact);
    svg.line("vr-exact", frame.x, y, frame.x + frame.w, y);
    if ink.fig.drifts() {
        let y = axis.held(frame, run.target);
        svg.line("vr-target", frame.x, y, frame.x + frame.w, y);
    }
}

/// e^(x·y) plus and minus the standard error of so many samples.
fn band(svg: &mut Svg, ink: &Ink<'_>, axis: Range) {
    let (run, frame) = (&ink.fig.run, ink.at.samples);
    let m = ink.fig.inputs.m as f64;
    let points: Vec<(f64, f64)> = (0..=40)
        .map(|k| {
            let n = m.powf(f64::from(k) / 40.0);
            (across(ink, n), run.deviation / n.sqrt())
        })
        .collect();
    let mut d = String::new();
    let both = points.iter().map(|(x, error)| (x, run.exact + error)).chain(points.iter().rev().map(|(x, error)| (x, run.exact - error)));
    for (idx, (x, y)) in both.enumerate() {
        segments(&mut d, &[(if idx == 0 { "M" } else { "L" }, *x), (" ", axis.held(frame, y))]);
    }
    svg.cell("band", ink.at.lang.pick("standard error by the lemma", "引理给出的标准误"));
    svg.path("vr-band", &(d + "z"));
    svg.end();
}

/// How the marks are to be read.
fn legend(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, lang) = (ink.at, ink.at.u, ink.at.lang);
    let mut x = if at.stacked { 0.0 } else { at.samples.x };
    let mut y = at.heads.1;
    let words = [
        lang.pick("one sample", "一个样本"),
        if at.roomy || at.stacked { lang.pick("mean so far", "到此为止的均值") } else { lang.pick("mean", "均值") },
        if at.roomy || at.stacked {
            lang.pick("e^(x·y) ± standard error by the lemma", "e^(x·y) ± 引理的标准误")
        } else {
            lang.pick("e^(x·y) ± lemma", "e^(x·y) ± 引理")
        },
    ];
    for (idx, words) in words.into_iter().enumerate() {
        if at.stacked && idx == 2 {
            (x, y) = (0.0, y + 16.0 * u);
        }
        let mid = y - 4.0 * u;
        match idx {
            0 => svg.disc("vr-dot", x + 4.0 * u, mid, 3.0 * u),
            1 => svg.line("vr-mean", x, mid, x + 16.0 * u, mid),
            _ => {
                svg.rect("vr-band", x, mid - 6.0 * u, 16.0 * u, 12.0 * u);
                svg.line("vr-exact", x, mid, x + 16.0 * u, mid);
            }
        }
        x += if idx == 0 { 12.0 } else { 21.0 } * u;
        svg.text("t00 ink2", Anchor::Start, x, y, words);
        x += width(words, at.size) + 14.0 * u;
    }
}

/// The samples and the mean up to the present step.
pub fn past(svg: &mut Svg, ink: &Ink<'_>) {
    let (u, run, frame) = (ink.at.u, &ink.fig.run, ink.at.samples);
    let axis = range(ink);
    let mut line = String::new();
    let mut dots = String::new();
    let few = ink.fig.inputs.m <= 64;
    for (idx, step) in run.trace.iter().take(ink.step + 1).enumerate() {
        let x = across(ink, (idx + 1) as f64);
        segments(&mut line, &[(if idx == 0 { "M" } else { "L" }, x), (" ", axis.held(frame, step.mean))]);
        let y = axis.held(frame, step.value);
        if outside(axis, step.value) {
            arrow(svg, "vr-off", (x, y), step.value > axis.high, 5.0 * u);
        } else if few && idx < ink.step {
            svg.cell(&["s:", &idx.to_string()].concat(), &value(step.value));
            svg.disc("hit", x, y, 7.0 * u);
            svg.disc("vr-dot through", x, y, 3.0 * u);
            svg.end();
        } else {
            segments(&mut dots, &[("M", x), (" ", y)]);
            dots.push_str("h0");
        }
    }
    svg.path("vr-dots", &dots);
    svg.path("vr-mean", &line);
}

fn outside(axis: Range, x: f64) -> bool {
    !(axis.low..=axis.high).contains(&x)
}

/// A sample beyond the axis.
fn arrow(svg: &mut Svg, class: &str, (x, y): (f64, f64), up: bool, r: f64) {
    let sign = if up { 1.0 } else { -1.0 };
    let tip = [("M", x), (" ", y - sign * 0.4 * r), ("l", r), (" ", sign * 1.6 * r), ("h", -2.0 * r)];
    svg.path(class, &path(&tip, "z"));
}

/// The present sample and what it makes of the mean.
pub fn present(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, frame, now) = (ink.at, ink.at.u, ink.at.samples, ink.now);
    let axis = range(ink);
    let x = across(ink, (ink.step + 1) as f64);
    let y = axis.held(frame, now.value);
    svg.line("vr-here", x, frame.y, x, frame.y + frame.h);
    svg.cell("s", &value(now.value));
    svg.rect("hit same", x - 9.0 * u, y - 9.0 * u, 18.0 * u, 18.0 * u);
    // It comes from the direction that made it.
    let (tip_x, tip_y) = plane::tip(ink);
    let shift = [("translate(", tip_x - x), ("px,", tip_y - y)];
    svg.from(&path(&shift, "px)"));
    if outside(axis, now.value) {
        arrow(svg, "vr-dot-now", (x, y), now.value > axis.high, 8.0 * u);
    } else {
        svg.disc("vr-dot-now", x, y, 5.5 * u);
    }
    svg.end();
    let text = value(now.value);
    let left = x - frame.x > width(&text, at.size) + 18.0 * u;
    let (anchor, dx) = if left { (Anchor::End, -10.0 * u) } else { (Anchor::Start, 10.0 * u) };
    let base = (y + 0.36 * at.size).clamp(frame.y + at.size, frame.y + frame.h - 3.0 * u);
    svg.text("t0 b halo", anchor, x + dx, base, &text);
    svg.end();
    let y = axis.held(frame, now.mean);
    svg.disc(if now.mean < 0.0 { "vr-mean-bad" } else { "vr-mean-end" }, x, y, 4.5 * u);
    names(svg, ink, axis);
}

/// The names of the lines at the right, moved apart where they would touch.
fn names(svg: &mut Svg, ink: &Ink<'_>, axis: Range) {
    let (at, u, run, frame, now) = (ink.at, ink.at.u, &ink.fig.run, ink.at.samples, ink.now);
    let lang = at.lang;
    let mean = [lang.pick("mean ", "均值 "), &value(now.mean)].concat();
    let exact = ["e^(x·y) ", &value(run.exact)].concat();
    let target = ["→ ", &value(run.target)].concat();
    let mut list = vec![(now.mean, "m", mean, if now.mean < 0.0 { "t0 b c-w" } else { "t0 b" }), (run.exact, "k", exact, "t0 ink2")];
    if ink.fig.drifts() {
        list.push((run.target, "t", target, "t0 b c-w"));
    }
    list.sort_by(|a, b| b.0.total_cmp(&a.0));
    if at.stacked {
        // On the phone they stand in a line over the plot.
        let mut x = at.samples.x;
        for (_, id, text, class) in list {
            svg.cell(id, &text);
            svg.text(class, Anchor::Start, x, frame.y - 6.0 * u, &text);
            svg.end();
            x += width(&text, 1.1 * at.size) + 12.0 * u;
        }
        return;
    }
    let gap = 16.0 * u;
    let mut free = frame.y + 0.8 * at.size;
    let most = frame.y + frame.h - gap * (list.len() as f64 - 1.0);
    for (idx, (x, id, text, class)) in list.into_iter().enumerate() {
        let wanted = axis.held(frame, x) + 0.36 * at.size - if idx == 0 { 4.0 * u } else { 0.0 };
        let y = wanted.max(free).min(most + gap * idx as f64);
        free = y + gap;
        svg.cell(id, &text);
        svg.rect("hit", frame.x + frame.w, y - 12.0 * u, at.width - frame.x - frame.w, 16.0 * u);
        svg.text(class, Anchor::Start, frame.x + frame.w + 4.0 * u, y, &text);
        svg.end();
    }
}

/// 1, 2 or 5 times a power of ten, at least `x`.
fn nice(x: f64) -> f64 {
    let power = 10f64.powf(x.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0].iter().map(|k| k * power).find(|step| *step >= x).unwrap_or(10.0 * power)
}

/// A tick without zeros at its end.
fn trimmed(x: f64) -> String {
    let text = value(x);
    if text.contains('.') && !text.contains('×') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}
