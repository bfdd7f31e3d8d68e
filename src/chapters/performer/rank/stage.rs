//! The stage: two spectra, the two tables they belong to, the entropies of their rows, and these over d.

use super::figure::Rank;
use super::panels;
use super::run::Look;
use crate::content::{Lang, number};
use crate::figure::marks::{diverging, sequential};
use crate::figure::plot::Frame;
use crate::figure::svg::{Anchor, Svg, path, segments};
use crate::figure::{Drawing, Mode, View, width};

/// The place of everything for a width.
struct Arrange {
    /// Unit: 1 on a page, about 2 in the presenter.
    u: f64,
    /// Size of the small text in px.
    size: f64,
    lang: Lang,
    /// Whether a question covers what is to be found out.
    asking: bool,
}

/// Draws everything.
pub fn draw(fig: &Rank, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let at = Arrange { u, size: view.metrics.t00, lang: view.lang, asking: view.asking };
    let stacked = view.mode == Mode::Phone || width < 600.0 * u;
    let (mut plots, mut marks) = (Svg::default(), Svg::default());
    let left = if stacked { width } else { 0.58 * width };
    let right = if stacked { (0.0, width) } else { (left + 22.0 * u, 0.42 * width - 22.0 * u) };
    let (top, low) = (if stacked { 230.0 } else { 236.0 * u }, if stacked { 170.0 } else { 158.0 * u });
    panels::spectra(fig, view.lang, view.asking).draw(&mut plots, Frame { x: 0.0, y: 0.0, w: left, h: top }, view);
    let mut y = if stacked { top + 14.0 } else { 0.0 };
    y = tables(&mut marks, fig, (right.0, y, right.1), &at);
    let bottom = if stacked { y + 14.0 } else { top + 14.0 * u };
    y = entropies(&mut marks, fig, (0.0, bottom, left), &at);
    let bottom = if stacked { y + 14.0 } else { bottom };
    panels::over_d(fig, view.lang, view.asking).draw(&mut plots, Frame { x: right.0, y: bottom, w: right.1, h: low }, view);
    Drawing { width, height: (bottom + low).max(y), layers: vec![plots.0, marks.0], changes: "" }
}

/// Both tables side by side in a box of width `w`, their largest weights and ranks, and what f32 makes of the second.
fn tables(svg: &mut Svg, fig: &Rank, (x, y, w): (f64, f64, f64), at: &Arrange) -> f64 {
    let (u, size) = (at.u, at.size);
    let side = ((w - 14.0 * u) / 2.0).min(170.0 * u);
    let looks = [("softmax", "Softmax", &fig.run.softmax), ("linear", fig.name(at.lang), &fig.run.linear)];
    // One scale for both, so that their tints can be compared; beside weights of both signs each has its own.
    let most = looks.map(|(_, _, look)| look.weights.iter().fold(0.0f64, |most, x| most.max(x.abs())));
    let most = if fig.run.linear.n_negative > 0 { most } else { [most[0].max(most[1]); 2] };
    for (idx, (id, name, look)) in looks.iter().enumerate() {
        let left = x + (side + 14.0 * u) * idx as f64;
        svg.text("t00 b", Anchor::Start, left, y + size, name);
        let largest = look.weights.iter().fold(f64::NEG_INFINITY, |most, x| most.max(*x));
        let text = [at.lang.pick("largest ", "最大 "), &number::cell(largest)].concat();
        svg.text("t00 ink2", Anchor::End, left + side, y + size, &text);
        svg.ask(&["most:", id].concat(), &text, (left + side / 2.0, y, side / 2.0, 1.4 * size));
        heat(svg, look, most[idx], (left, y + 1.6 * size, side));
        let base = y + 1.6 * size + side + 19.0 * u;
        let rank = if at.asking && idx == 1 { "?".to_string() } else { look.rank.to_string() };
        let text = [at.lang.pick("rank ", "秩 "), &rank].concat();
        svg.text("t2 b", Anchor::Start, left, base, &text);
        let of = [at.lang.pick("of ", "最多 "), &fig.inputs.n.to_string()].concat();
        svg.text("t00 ink2", Anchor::Start, left + width(&text, 15.0 * u) + 8.0 * u, base, &of);
        svg.ask(&["rank:", id].concat(), &text, (left, base - 16.0 * u, side, 22.0 * u));
    }
    claimed(svg, fig, (x, y + 1.6 * size + side + 41.0 * u), at)
}

/// What the table in f32 has, by a threshold that knows its rounding, and by one that does not.
fn claimed(svg: &mut Svg, fig: &Rank, (x, y): (f64, f64), at: &Arrange) -> f64 {
    let (u, size) = (at.u, at.size);
    if at.asking {
        return y;
    }
    let lead =
        [at.lang.pick("in f32: ", "f32："), &fig.run.single_rank.to_string(), at.lang.pick("; above 10⁻⁹:", "；大于 10⁻⁹ 的：")].concat();
    svg.text("t00 ink2", Anchor::Start, x, y, &lead);
    let wide = 0.9 * width(&lead, size);
    svg.ask("single", &lead, (x, y - 1.1 * size, wide, 1.6 * size));
    let number = fig.run.claimed.to_string();
    let (left, w) = (x + wide + 4.0 * u, (14.0 + 8.0 * number.len() as f64) * u);
    // It is nonsense where it counts rounding.
    let wrong = fig.run.claimed != fig.run.single_rank;
    svg.cell("claimed", &number);
    svg.rect(if wrong { "chip-broken" } else { "hit" }, left, y - 1.15 * size, w, 1.6 * size);
    svg.end();
    svg.text(if wrong { "t00 chip-broken-t through" } else { "t00 b through" }, Anchor::Middle, left + w / 2.0, y, &number);
    let more = at.lang.pick("rounding counted", "数的是舍入误差");
    if wrong {
        svg.text("t00 c-w", Anchor::Start, left + w + 6.0 * u, y, more);
    }
    y + 0.5 * size
}

/// A table of weights as tints: from 0 to `most` on the sequential ramp, on the diverging one if some are negative.
fn heat(svg: &mut Svg, look: &Look, most: f64, (x, y, side): (f64, f64, f64)) {
    let n = look.weights.nrows();
    let unit = side / n.max(1) as f64;
    let share = |weight: f64| if most > 0.0 { (weight / most) as f32 } else { 0.0 };
    let (ramp, level): (&str, fn(f32) -> usize) =
        if look.n_negative > 0 { ("crisp div-", |share| diverging(share, 1.0)) } else { ("crisp seq-", sequential) };
    let mut tints: [String; 9] = Default::default();
    for (row, weights) in look.weights.rows().into_iter().enumerate() {
        let mut start = 0;
        for col in 1..=n {
            let tint = level(share(weights[start]));
            if col < n && level(share(weights[col])) == tint {
                continue;
            }
            let w = unit * (col - start) as f64;
            let corners = [("M", x + unit * start as f64), (" ", y + unit * row as f64), ("h", w), ("v", unit), ("h", -w)];
            segments(&mut tints[tint], &corners);
            tints[tint].push('z');
            start = col;
        }
    }
    for (idx, d) in tints.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
        svg.path(&[ramp, &idx.to_string()].concat(), d);
    }
    svg.rect("os-edge", x, y, side, side);
}

/// The entropy of every row as a tick between 0 and that of equal weights, and their mean.
fn entropies(svg: &mut Svg, fig: &Rank, (x, y, w): (f64, f64, f64), at: &Arrange) -> f64 {
    let (u, size) = (at.u, at.size);
    let uniform = (fig.inputs.n as f64).ln();
    let names = [fig.name(at.lang), "Softmax"].map(|name| width(name, size)).into_iter().fold(0.0, f64::max);
    let (left, right) = (x + names + 10.0 * u, x + w - 8.0 * u);
    let place = |entropy: f64| left + (right - left) * entropy / uniform;
    svg.text("t00 b", Anchor::Start, x, y + size, at.lang.pick("Entropy of every row, in nats", "每一行的熵，单位 nat"));
    let (top, band) = (y + 2.6 * size, 42.0 * u);
    let text = [at.lang.pick("equal weights: ", "权重全相等："), &number::cell(uniform)].concat();
    svg.text("t00 ink2", Anchor::End, right, y + 2.4 * size, &text);
    svg.path("pl-line pl-limit", &path(&[("M", right), (" ", top), ("V", top + 2.0 * band)], ""));
    for (idx, (id, name, look, class)) in
        [("softmax", "Softmax", &fig.run.softmax, "pl-a"), ("linear", fig.name(at.lang), &fig.run.linear, "pl-b")].into_iter().enumerate()
    {
        let base = top + band * (idx + 1) as f64;
        svg.line("zero", left, base, right, base);
        svg.text("t00 b", Anchor::Start, x, base - 0.4 * size, name);
        let Some((list, mean)) = look.entropies.as_ref().zip(look.mean()) else {
            let text = at.lang.pick("no entropy: not all rows are weights above 0", "没有熵：并非每一行都是正的权重");
            svg.text("t00 c-w", Anchor::Start, left + 6.0 * u, base - 0.4 * size, text);
            svg.ask(&["entropy:", id].concat(), text, (left, base - band + 2.0, right - left, band - 4.0));
            continue;
        };
        let mut ticks = String::new();
        list.iter().for_each(|entropy| segments(&mut ticks, &[("M", place(*entropy)), (" ", base), ("v", -12.0 * u)]));
        svg.path(&["pl-line ", class].concat(), &ticks);
        svg.path(&["pl-line pl-bold ", class].concat(), &path(&[("M", place(mean)), (" ", base), ("v", -23.0 * u)], ""));
        let text = [at.lang.pick("mean ", "平均 "), &number::cell(mean)].concat();
        // Left of the mean: to its right stands the limit.
        svg.text("t00 b pl-halo", Anchor::End, place(mean) - 5.0 * u, base - 15.0 * u, &text);
        svg.ask(&["entropy:", id].concat(), &text, (left, base - band + 2.0, right - left, band - 4.0));
    }
    let axis = top + 2.0 * band + 1.3 * size;
    for nats in 0..=uniform as usize {
        let at = place(nats as f64);
        if at < right - 1.5 * size || nats == 0 {
            svg.text("t00 dim", Anchor::Middle, at, axis, &nats.to_string());
        }
    }
    axis + 0.4 * size
}
