//! The four methods: every redraw a dot, its distance from the exact kernel on an axis that is logarithmic both ways.

use super::numbers::{margin, value};
use super::redraws::Redraws;
use super::stage::Ink;
use crate::algorithms::performer::Features;
use crate::algorithms::performer::directions::Directions;
use crate::content::{Lang, number, say};
use crate::figure::svg::{Anchor, Svg, path, segments};

/// The axis: the exact kernel in the middle, errors beyond `unit` by powers of ten.
struct Axis {
    /// Up to about here the axis is linear.
    unit: f64,
    /// The largest error it holds.
    most: f64,
    left: f64,
    width: f64,
}

impl Axis {
    fn new(ink: &Ink<'_>) -> Axis {
        let methods = &ink.fig.redraws;
        let exact = ink.fig.run.exact;
        let errors = || methods.iter().flat_map(|method| method.estimates.iter().map(|estimate| (estimate - exact).abs()));
        let largest = errors().fold(0.0_f64, f64::max);
        // The unit is the smallest typical error, so that each method has a width.
        let typical = methods.iter().map(|method| method.lemma.sqrt()).filter(|error| *error > 1e-9 * exact);
        let unit = typical.fold(f64::INFINITY, f64::min);
        let unit = if unit.is_finite() { unit } else { exact.max(1e-300) };
        let lemma = methods.iter().map(|method| method.lemma.sqrt()).fold(0.0_f64, f64::max);
        let (left, width) = ink.at.strip;
        Axis { unit, most: largest.max(1.15 * lemma).max(2.0 * unit), left, width }
    }

    fn x(&self, error: f64) -> f64 {
        let size = |error: f64| (1.0 + error.abs() / self.unit).ln();
        let share = (size(error) / size(self.most)).min(1.0).copysign(error);
        self.left + self.width * (0.5 + 0.47 * share)
    }
}

/// Name of a method.
pub fn name((features, kind): (Features, Directions), short: bool, lang: Lang) -> &'static str {
    match (features, kind, short) {
        (Features::Positive, Directions::Independent, false) => lang.pick("positive, independent", "正特征，独立"),
        (Features::Positive, Directions::Orthogonal, false) => lang.pick("positive, orthogonal", "正特征，正交"),
        (Features::Trigonometric, Directions::Independent, false) => lang.pick("trigonometric, indep.", "三角特征，独立"),
        (Features::Trigonometric, Directions::Orthogonal, false) => lang.pick("trigonometric, orth.", "三角特征，正交"),
        (Features::Positive, Directions::Independent, true) => lang.pick("positive, iid", "正，独立"),
        (Features::Positive, Directions::Orthogonal, true) => lang.pick("positive, orth.", "正，正交"),
        (Features::Trigonometric, Directions::Independent, true) => lang.pick("trig, iid", "三角，独立"),
        (Features::Trigonometric, Directions::Orthogonal, true) => lang.pick("trig, orth.", "三角，正交"),
    }
}

/// Left edges of the numbers: measured, by the lemma, negative; and their right ends.
fn columns(ink: &Ink<'_>) -> [f64; 3] {
    let (at, u) = (ink.at, ink.at.u);
    if at.stacked {
        return [0.62, 0.82, 1.0].map(|share| share * at.width);
    }
    let (measured, lemma) = if at.roomy { (104.0, 168.0) } else { (96.0, 150.0) };
    let start = at.strip.0 + at.strip.1;
    [start + measured * u, start + lemma * u, at.width]
}

/// Everything but the run of the present step.
pub fn still(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, lang) = (ink.at, ink.at.u, ink.at.lang);
    let axis = Axis::new(ink);
    let n = ink.fig.redraws.first().map_or(0, |method| method.estimates.len());
    let title = say!(lang; n, m = ink.fig.inputs.m;
        if at.stacked || !at.roomy => "{n} redraws, m = {m}", "重抽 {n} 次，m = {m}";
        else => "{n} redraws of all directions, m = {m}: estimate − e^(x·y)", "所有方向重抽 {n} 次，m = {m}：估计值 − e^(x·y)");
    svg.text("t00 b", Anchor::Start, 0.0, at.methods, &title.text());
    let heads = [lang.pick("MSE measured", "实测 MSE"), lang.pick("lemma", "引理"), lang.pick("below 0", "小于 0")];
    let base = if at.stacked { at.methods + 18.0 * u } else { at.methods };
    for (x, text) in columns(ink).into_iter().zip(heads) {
        svg.text("t00 ink2", Anchor::End, x, base, text);
    }
    for (idx, method) in ink.fig.redraws.iter().enumerate() {
        row(svg, ink, &axis, idx, method);
    }
    ticks(svg, ink, &axis);
}

/// A strip without its dots: the lemma's typical error, the zero of the error, and where an estimate of something positive
/// is negative.
fn ground(svg: &mut Svg, ink: &Ink<'_>, axis: &Axis, method: &Redraws, (y, h): (f64, f64)) {
    let u = ink.at.u;
    svg.rect("f-sram", axis.left, y, axis.width, h);
    if method.in_lemma() {
        let (left, right) = (axis.x(-method.lemma.sqrt()), axis.x(method.lemma.sqrt()));
        svg.rect("vr-band", left, y + 1.0, right - left, h - 2.0);
    }
    let end = axis.x(-ink.fig.run.exact);
    if end > axis.left + 4.0 * u && ink.fig.run.exact < axis.most {
        svg.hatch("vr-hatch", (axis.left, y, end - axis.left, h), 6.0 * u);
        svg.line("vr-below", end, y, end, y + h);
    }
    svg.line("vr-exact", axis.x(0.0), y - 1.0, axis.x(0.0), y + h + 1.0);
    svg.rect("os-edge", axis.left, y, axis.width, h);
}

/// Top and height of a strip.
fn strip(ink: &Ink<'_>, idx: usize) -> (f64, f64) {
    let at = ink.at;
    let y = at.rows.0 + at.rows.1 * idx as f64;
    if at.stacked { (y + 20.0 * at.u, at.strip_h) } else { (y, at.strip_h) }
}

/// One method.
fn row(svg: &mut Svg, ink: &Ink<'_>, axis: &Axis, idx: usize, method: &Redraws) {
    let (at, u, lang) = (ink.at, ink.at.u, ink.at.lang);
    let (y, h) = strip(ink, idx);
    let chosen = method.method == (ink.fig.inputs.features, ink.fig.inputs.kind);
    let words = if method.method.0 == Features::Positive { "positive" } else { "trig" };
    let kind = if method.in_lemma() { "iid" } else { "orthogonal" };
    svg.group(&["class=\"pick\" data-set=\"features=", words, "&amp;directions=", kind, "\""].concat());
    let base = if at.stacked { y - 6.0 * u } else { y + h / 2.0 + 0.36 * at.size };
    let room = if at.stacked { 0.32 * at.width } else { at.strip.0 - 6.0 * u };
    svg.rect(if chosen { "row-now" } else { "hit" }, 0.0, base - 14.0 * u, room, 20.0 * u);
    svg.text(if chosen { "t00 b" } else { "t00" }, Anchor::Start, 4.0 * u, base, name(method.method, !at.roomy, lang));
    svg.end();
    ground(svg, ink, axis, method, (y, h));
    if ink.view.asking {
        svg.rect("vr-covered", axis.left + 1.0, y + 1.0, axis.width - 2.0, h - 2.0);
        return;
    }
    dots(svg, ink, axis, (idx, method), (y, h));
    let [measured, lemma, negative] = columns(ink);
    let number = |svg: &mut Svg, id: &str, class: &str, x: f64, text: &str| {
        svg.cell(&[id, ":", &idx.to_string()].concat(), text);
        svg.rect("hit", x - 52.0 * u, base - 13.0 * u, 52.0 * u, 18.0 * u);
        svg.text(class, Anchor::End, x, base, text);
        svg.end();
    };
    let off = if method.squared > 0.0 { margin(method.squared_error / method.squared) } else { String::new() };
    let class = if ink.fig.inputs.broken() { "t00 b c-w" } else { "t00 b" };
    number(svg, "mse", class, measured, [&value(method.squared), " ", &off].concat().trim_end());
    number(svg, "lemma", "t00", lemma, &if method.in_lemma() { value(method.lemma) } else { "–".into() });
    let tone = if method.n_negative > 0 { "t00 b c-w" } else { "t00 dim" };
    number(svg, "neg", tone, negative, &method.n_negative.to_string());
}

/// Every redraw and their mean.
fn dots(svg: &mut Svg, ink: &Ink<'_>, axis: &Axis, (idx, method): (usize, &Redraws), (y, h): (f64, f64)) {
    let (u, exact) = (ink.at.u, ink.fig.run.exact);
    let (mut plain, mut below) = (String::new(), String::new());
    for (redraw, estimate) in method.estimates.iter().enumerate() {
        // The height only keeps dots apart.
        let share = (0.618_034 * redraw as f64).fract();
        let (x, y) = (axis.x(estimate - exact), y + 5.0 * u + share * (h - 10.0 * u));
        if *estimate < 0.0 {
            let r = 1.8 * u;
            segments(
                &mut below,
                &[("M", x - r), (" ", y - r), ("l", 2.0 * r), (" ", 2.0 * r), ("m0 ", -2.0 * r), ("l", -2.0 * r), (" ", 2.0 * r)],
            );
        } else {
            segments(&mut plain, &[("M", x), (" ", y)]);
            plain.push_str("h0");
        }
    }
    svg.path("vr-redraws", &plain);
    svg.path("vr-crosses", &below);
    let mid = y + h / 2.0;
    let (low, high) = (axis.x(method.mean - 2.0 * method.mean_error - exact), axis.x(method.mean + 2.0 * method.mean_error - exact));
    svg.cell(&["mean:", &idx.to_string()].concat(), &value(method.mean));
    let x = axis.x(method.mean - exact);
    svg.rect("hit", x - 8.0 * u, y, 16.0 * u, h);
    svg.path("vr-bar", &path(&[("M", low), (" ", mid), ("H", high)], ""));
    let r = 5.0 * u;
    svg.path("vr-diamond", &path(&[("M", x), (" ", mid - r), ("l", r), (" ", r), ("l", -r), (" ", r), ("l", -r), (" ", -r)], "z"));
    svg.end();
}

/// Powers of ten at both sides of the exact kernel, as many as there is room for.
fn ticks(svg: &mut Svg, ink: &Ink<'_>, axis: &Axis) {
    let (at, u, lang) = (ink.at, ink.at.u, ink.at.lang);
    let (y, h) = strip(ink, 3);
    let (bottom, base) = (y + h, y + h + 1.3 * at.size);
    svg.text("t00 b", Anchor::Middle, axis.x(0.0), base, lang.pick("exact", "精确值"));
    let mut last = axis.x(0.0) + 24.0 * u;
    let first = (axis.unit.log10()).floor() as i32;
    for power in first..=axis.most.log10().floor() as i32 {
        let error = 10f64.powi(power);
        let x = axis.x(error);
        let text = match power {
            -3..4 => number::fixed(error, (-power).max(0) as usize),
            _ => number::power(error),
        };
        let half = crate::figure::width(&text, at.size) / 2.0 + 8.0 * u;
        if x - half < last || x + half - 6.0 * u > at.strip.0 + at.strip.1 + 10.0 * u {
            continue;
        }
        last = x + half;
        for (error, sign) in [(error, "+"), (-error, "−")] {
            svg.line("pl-axis", axis.x(error), bottom, axis.x(error), bottom + 3.0 * u);
            svg.text("t00 dim", Anchor::Middle, axis.x(error), base, &[sign, &text].concat());
        }
    }
}

/// The run of the stage among the redraws, once it is complete.
pub fn present(svg: &mut Svg, ink: &Ink<'_>) {
    if ink.step < ink.fig.run.last() || ink.view.asking {
        return;
    }
    let axis = Axis::new(ink);
    let method = (ink.fig.inputs.features, ink.fig.inputs.kind);
    for (idx, _) in ink.fig.redraws.iter().enumerate().filter(|(_, redraws)| redraws.method == method) {
        let (y, _) = strip(ink, idx);
        svg.disc("vr-ring", axis.x(ink.now.mean - ink.fig.run.exact), y + 5.0 * ink.at.u, 4.5 * ink.at.u);
    }
}
