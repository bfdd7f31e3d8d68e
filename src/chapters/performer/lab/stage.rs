//! The stage: error and time over the number of features, and time over length beside them.

use super::captions::{crossing, errors, notes};
use super::inputs::{FEATURES, Inputs};
use super::plan::{FIRST, FLASH, PERFORMER};
use crate::content::{Lang, number};
use crate::figure::lab::{Measured, stage as shared};
use crate::figure::plot::{self, Axis, Frame, Join, Mark, Plot, Point, Scale, Shape, Stroke};
use crate::figure::svg::Svg;
use crate::figure::{Drawing, Mode, View};

/// Draws the plots; under each other where there is little room.
pub fn draw(inputs: &Inputs, run: &Measured, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let gap = 24.0 * u;
    let mut svg = Svg::default();
    let plots = [error(run, view.lang), over_features(run, view.lang), over_lengths(inputs, run, view.lang)];
    let mut y = 6.0 * u;
    if view.mode == Mode::Phone || width < 600.0 * u {
        for (plot, h) in plots.iter().zip([250.0 * u, 200.0 * u, 270.0 * u]) {
            plot.draw(&mut svg, Frame { x: 0.0, y, w: width, h }, view);
            y += h + 10.0 * u;
        }
    } else {
        let tall = if u > 1.5 { 350.0 * u } else { 370.0 };
        let (w, upper) = ((width - gap) * 0.46, (tall - 8.0 * u) * 0.55);
        plots[0].draw(&mut svg, Frame { x: 0.0, y, w, h: upper }, view);
        plots[1].draw(&mut svg, Frame { x: 0.0, y: y + upper + 8.0 * u, w, h: tall - upper - 8.0 * u }, view);
        plots[2].draw(&mut svg, Frame { x: w + gap, y, w: width - gap - w, h: tall }, view);
        y += tall + 6.0 * u;
    }
    let height = shared::notes(&mut svg, &notes(inputs, run, view.lang), y, width, view);
    Drawing { width, height, layers: vec![svg.0], changes: "" }
}

fn features(lang: Lang) -> Axis {
    shared::sizes(lang.pick("m, features", "m，特征数"), &FEATURES)
}

/// Relative distance from softmax attention: means over the draws, and from the least to the greatest of them.
fn error(run: &Measured, lang: Lang) -> Plot {
    let measured: Vec<(usize, (f64, f64, f64, usize))> =
        FEATURES.iter().filter_map(|m| errors(run, *m).map(|errors| (*m, errors))).collect();
    let point = |(m, (mean, low, high, _)): &(usize, (f64, f64, f64, usize))| Point { x: *m as f64, y: *mean, spread: Some((*low, *high)) };
    let points: Vec<Point> = measured.iter().map(point).collect();
    let line =
        |label: &str, class, stroke, points| plot::Series { label: label.into(), class, stroke, join: Join::Straight, dots: false, points };
    let ends = [FEATURES[0], FEATURES[FEATURES.len() - 1]];
    let ideal = points.first().map(|first| {
        let at = |m: usize| Point::new(m as f64, first.y * (first.x / m as f64).sqrt());
        line("1/√m", "pl-c", Stroke::Dotted, FEATURES.iter().map(|m| at(*m)).collect())
    });
    let nothing = ends.map(|m| Point::new(m as f64, 1.0)).to_vec();
    let mut marks = Vec::new();
    for point in &points {
        let m = number::whole(point.x as u64);
        let name = ["m = ", &m, ": ", &number::factor(point.y)].concat();
        let cell = Some((["err:", &point.x.to_string()].concat(), name));
        // Every second mark has its number, so that they keep clear of each other.
        let label = if (point.x.log2() as usize).is_multiple_of(2) { number::fixed(point.y, 2) } else { String::new() };
        marks.push(Mark { at: (point.x, point.y), shape: Shape::Dot, class: "pl-a", label, cell });
    }
    let most = points.iter().filter_map(|point| point.spread).map(|spread| spread.1).fold(1.0, f64::max);
    let mut series = vec![line(lang.pick("an output of 0", "输出为 0"), "pl-limit", Stroke::Dashed, nothing)];
    series.extend(ideal);
    series.push(line("Performer", "pl-a", Stroke::Bold, points));
    Plot {
        title: lang.pick("distance from softmax attention, n = 256", "与 Softmax 注意力的距离，n = 256").into(),
        x: features(lang),
        y: Axis {
            label: lang.pick("relative to the output", "相对于输出").into(),
            scale: Scale::Linear,
            range: (0.0, 1.15 * most),
            print: |x| number::fixed(x, 1),
        },
        series,
        rules: Vec::new(),
        marks,
    }
}

/// Time per run over the number of features, at 256 tokens.
fn over_features(run: &Measured, lang: Lang) -> Plot {
    let mut plot = shared::time(run, &FIRST, features(lang), Vec::new(), lang);
    plot.title = lang.pick("time per run, n = 256", "一次运行的时间，n = 256").into();
    for (series, name) in plot.series.iter_mut().zip(["CPU", "GPU"]) {
        series.label = name.into();
    }
    plot
}

/// Time per run over length, both methods, the measured crossings ringed.
fn over_lengths(inputs: &Inputs, run: &Measured, lang: Lang) -> Plot {
    let x = shared::sizes(lang.pick("n, tokens", "n，token 数"), &inputs.lengths);
    let mut plot = shared::time(run, &[FLASH[0], PERFORMER[0], FLASH[1], PERFORMER[1]], x, Vec::new(), lang);
    plot.title = [lang.pick("time per run, m = ", "一次运行的时间，m = "), &number::whole(inputs.m as u64)].concat();
    for (device, series) in PERFORMER.into_iter().enumerate() {
        let cell = ["cross:", &device.to_string()].concat();
        plot.marks.extend(shared::ring(run, series, crossing(run, device), cell, lang));
    }
    plot
}
