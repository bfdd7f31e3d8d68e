//! The stage: time over length, with where the curves cross; multiply-adds and memory over length beside it.

use super::captions::{crossing, notes};
use super::count;
use super::inputs::linear_uniform;
use super::plan::{Against, FLASH, LINEAR, PLAIN, SERIES};
use crate::content::{Lang, number};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Measured, stage as shared, words};
use crate::figure::plot::{self, Axis, Frame, Join, Mark, Plot, Point, Scale, Shape, Stroke};
use crate::figure::svg::Svg;
use crate::figure::{Drawing, Mode, View};
use crate::kernels::{flash_attention, plain_attention};

/// Draws the plots; under each other where there is little room.
pub fn draw(inputs: &HeadInputs, run: &Measured, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let gap = 24.0 * u;
    let mut svg = Svg::default();
    let [time, counted, memory] = [time(inputs, run, view.lang), counted(inputs, view.lang), memory(inputs, run, view.lang)];
    let mut y = 6.0 * u;
    if view.mode == Mode::Phone || width < 600.0 * u {
        for (plot, h) in [(time, 280.0 * u), (counted, 210.0 * u), (memory, 210.0 * u)] {
            plot.draw(&mut svg, Frame { x: 0.0, y, w: width, h }, view);
            y += h + 10.0 * u;
        }
    } else {
        let tall = if u > 1.5 { 350.0 * u } else { 360.0 };
        let (w, half) = ((width - gap) * 0.56, (tall - 8.0 * u) / 2.0);
        time.draw(&mut svg, Frame { x: 0.0, y, w, h: tall }, view);
        counted.draw(&mut svg, Frame { x: w + gap, y, w: width - gap - w, h: half }, view);
        memory.draw(&mut svg, Frame { x: w + gap, y: y + half + 8.0 * u, w: width - gap - w, h: half }, view);
        y += tall + 6.0 * u;
    }
    let height = shared::notes(&mut svg, &notes(inputs, run, view.lang), y, width, view);
    Drawing { width, height, layers: vec![svg.0], changes: "" }
}

fn lengths(inputs: &HeadInputs, lang: Lang) -> Axis {
    shared::sizes(lang.pick("n, tokens", "n，token 数"), &inputs.lengths)
}

/// Time per run, the measured crossings ringed.
fn time(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Plot {
    let rules = shared::table_limit(run, PLAIN[1], lang);
    let order = [PLAIN[0], FLASH[0], LINEAR[0], PLAIN[1], FLASH[1], LINEAR[1]];
    let mut plot = shared::time(run, &order, lengths(inputs, lang), rules, lang);
    for (device, series) in LINEAR.into_iter().enumerate() {
        let cell = ["cross:", &device.to_string()].concat();
        plot.marks.extend(shared::ring(run, series, crossing(run, device), cell, lang));
    }
    plot
}

/// Multiply-adds, with where the counts meet.
fn counted(inputs: &HeadInputs, lang: Lang) -> Plot {
    let (d, causal) = (inputs.d, inputs.causal);
    let meet = count::crossover(d, causal);
    let mut marks = Vec::new();
    let mut line = |kind: &str, label: &str, class, stroke, count: fn(usize, usize, bool) -> u64| {
        let points: Vec<Point> = inputs.lengths.iter().map(|n| Point::new(*n as f64, count(*n, d, causal) as f64)).collect();
        for point in &points {
            let name = [label, ", n = ", &number::whole(point.x as u64), ": ", &number::whole(point.y as u64)].concat();
            let cell = Some(([kind, ":", &point.x.to_string()].concat(), name));
            marks.push(Mark { at: (point.x, point.y), shape: Shape::Dot, class, label: String::new(), cell });
        }
        plot::Series { label: label.into(), class, stroke, join: Join::Straight, dots: false, points }
    };
    let series = vec![
        line("softmax", lang.pick("softmax", "Softmax"), "pl-c", Stroke::Solid, count::softmax),
        line("linear", lang.pick("linear", "线性"), "pl-a", Stroke::Bold, count::linear),
    ];
    let label = ["n = ", &number::whole(meet as u64)].concat();
    let cell = Some(("counted:0".to_string(), [lang.pick("the counts meet at ", "两者相等处 "), &label].concat()));
    let at = (meet as f64, count::linear(meet, d, causal) as f64);
    marks.push(Mark { at, shape: Shape::Ring, class: "pl-a", label, cell });
    let ends = inputs.lengths.first().zip(inputs.lengths.last()).map_or((1.0, 2.0), |(low, high)| {
        let least = count::linear(*low, d, causal).min(count::softmax(*low, d, causal));
        (least as f64 * 0.7, count::softmax(*high, d, causal) as f64 * 1.5)
    });
    Plot {
        title: lang.pick("multiply-adds, counted", "乘加次数，数出来的").into(),
        x: lengths(inputs, lang),
        y: Axis { label: String::new(), scale: Scale::Log10, range: ends, print: number::power },
        series,
        rules: Vec::new(),
        marks,
    }
}

/// Memory beyond inputs and output: what the kernels allocate as lines, what was allocated as dots.
fn memory(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Plot {
    let linear = Against::linear_kernel(inputs.causal);
    let plain = |n: usize| plain_attention::KERNEL.extra_bytes(&inputs.softmax_uniform(n));
    let flash = |n: usize| flash_attention::KERNEL.extra_bytes(&inputs.softmax_uniform(n));
    let state = |n: usize| linear.extra_bytes(&linear_uniform(inputs, n));
    let line = |label: &str, class, stroke, bytes: &dyn Fn(usize) -> u64| plot::Series {
        label: label.into(),
        class,
        stroke,
        join: Join::Straight,
        dots: false,
        points: inputs.lengths.iter().map(|n| Point::new(*n as f64, bytes(*n) as f64)).collect(),
    };
    let series = vec![
        line(lang.pick("standard", "标准"), "pl-c", Stroke::Solid, &plain),
        line("FlashAttention", "pl-b", Stroke::Solid, &flash),
        line(lang.pick("linear", "线性"), "pl-a", Stroke::Bold, &state),
    ];
    let mut marks = Vec::new();
    // What the CPU paths hold is another number, and shown only where there is no GPU.
    let device = usize::from([PLAIN[1], FLASH[1], LINEAR[1]].into_iter().any(|series| run.timed(series).next().is_some()));
    for idx in [PLAIN[device], FLASH[device], LINEAR[device]] {
        for (n, timed) in run.timed(idx).filter(|(_, timed)| timed.extra_bytes > 0) {
            let at = timed.extra_bytes as f64;
            let name = [SERIES[idx].name(lang), ", n = ", &number::whole(n as u64), ": ", &number::bytes(at)].concat();
            let cell = Some((words::cell(idx, n), name));
            marks.push(Mark { at: (n as f64, at), shape: Shape::Dot, class: SERIES[idx].look.0, label: String::new(), cell });
        }
    }
    let last = inputs.lengths.last().copied().unwrap_or(1);
    let most = run.all_timed().map(|timed| timed.extra_bytes as f64).fold(plain(last) as f64, f64::max);
    Plot {
        title: lang.pick("memory beyond inputs and output", "输入和输出之外的内存").into(),
        x: lengths(inputs, lang),
        y: Axis { label: "B".into(), scale: Scale::Log10, range: (48.0, most * 1.5), print: shared::bytes },
        series,
        rules: Vec::new(),
        marks,
    }
}
