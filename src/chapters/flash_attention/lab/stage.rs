//! The stage: time over length, and memory over length, on axes that double.

use super::captions;
use super::figure::Measurements;
use super::plan::{Device, Method, Series};
use crate::content::{Lang, number};
use crate::figure::plot::{self, Axis, Frame, Join, Mark, Plot, Point, Rule, Scale, Shape, Stroke};
use crate::figure::svg::Svg;
use crate::figure::{Drawing, Mode, View};

/// Draws both plots; under each other where there is little room.
pub fn draw(fig: &Measurements, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let stacked = view.mode == Mode::Phone || width < 600.0 * u;
    let gap = 24.0 * u;
    let mut svg = Svg::default();
    let tall = if u > 1.5 { 350.0 * u } else { 420.0 };
    let mut y = 6.0 * u;
    if stacked {
        for plot in [time(fig, view.lang), memory(fig, view.lang)] {
            plot.draw(&mut svg, Frame { x: 0.0, y, w: width, h: 260.0 * u }, view);
            y += 270.0 * u;
        }
    } else {
        let w = (width - gap) * 0.58;
        time(fig, view.lang).draw(&mut svg, Frame { x: 0.0, y, w, h: tall }, view);
        memory(fig, view.lang).draw(&mut svg, Frame { x: w + gap, y, w: width - gap - w, h: tall }, view);
        y += tall + 6.0 * u;
    }
    let size = view.metrics.t00;
    for note in notes(fig, view.lang) {
        y = svg.wrapped("t00 ink2", (0.0, y + size, width), &note, size);
    }
    Drawing { width, height: y + 0.4 * size, layers: vec![svg.0], changes: "" }
}

/// Under the plots: the clocks, and why a series ends.
fn notes(fig: &Measurements, lang: Lang) -> Vec<String> {
    let mut notes: Vec<String> = captions::clocks(fig, lang).into_iter().collect();
    for series in Series::ALL {
        if let Some((n, why)) = fig.of(series).find_map(|(n, outcome)| captions::refusal(outcome, lang).map(|why| (n, why))) {
            notes.push(
                [series.name(lang), lang.pick(" from n = ", " 从 n = "), &number::whole(n as u64), lang.pick(": ", " 起："), &why].concat(),
            );
        }
    }
    notes
}

fn look(series: Series) -> (&'static str, Stroke) {
    match (series.method, series.device) {
        (Method::Flash, Device::Gpu) => ("pl-a", Stroke::Bold),
        (Method::Flash, Device::Cpu) => ("pl-a", Stroke::Dashed),
        (Method::Plain, Device::Gpu) => ("pl-c", Stroke::Solid),
        (Method::Plain, Device::Cpu) => ("pl-c", Stroke::Dotted),
    }
}

fn lengths(fig: &Measurements, lang: Lang) -> Axis {
    let (low, high) = (fig.inputs.lengths.first().copied().unwrap_or(1), fig.inputs.lengths.last().copied().unwrap_or(2));
    Axis {
        label: lang.pick("n, tokens", "n，token 数").into(),
        scale: Scale::Log2,
        range: (low as f64, (high as f64).max(2.0 * low as f64)),
        print: |x| number::whole(x.round() as u64),
    }
}

/// Time per run.
fn time(fig: &Measurements, lang: Lang) -> Plot {
    let (mut series, mut marks) = (Vec::new(), Vec::new());
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for (idx, of) in Series::ALL.into_iter().enumerate() {
        let (class, stroke) = look(of);
        let points: Vec<Point> = fig
            .timed(of)
            .map(|(n, timed)| Point { x: n as f64, y: timed.median(), spread: Some(timed.spread()) })
            .filter(|point| point.y > 0.0)
            .collect();
        for point in &points {
            low = low.min(point.y);
            high = high.max(point.y);
            let name = [of.name(lang), ", n = ", &number::whole(point.x as u64), ": ", &number::duration(point.y)].concat();
            let cell = Some((captions::cell(idx, point.x as usize), name));
            marks.push(Mark { at: (point.x, point.y), shape: Shape::Dot, class, label: String::new(), cell });
        }
        series.push(plot::Series { label: of.name(lang).into(), class, stroke, join: Join::Straight, dots: false, points });
    }
    // Before anything is measured the axis shows what is common: a tenth of a millisecond to a second.
    let range = if high > 0.0 { (low * 0.6, high * 1.6) } else { (0.1, 2000.0) };
    let rules = fig.too_large(Device::Gpu).map(|(_, _, limit)| Rule {
        x: (limit as f64 / 4.0).sqrt().floor(),
        class: "pl-limit",
        label: [lang.pick("the table fits up to n = ", "表放得下的最大 n = "), &number::whole((limit as f64 / 4.0).sqrt() as u64)].concat(),
    });
    Plot {
        title: lang.pick("time per run", "一次运行的时间").into(),
        x: lengths(fig, lang),
        y: Axis { label: "ms".into(), scale: Scale::Log10, range, print: short },
        series,
        rules: rules.into_iter().collect(),
        marks,
    }
}

/// Memory beyond inputs and output: what each method must keep as a line, what was allocated as dots.
fn memory(fig: &Measurements, lang: Lang) -> Plot {
    let x = lengths(fig, lang);
    let ends = x.range;
    let line = |method: Method, label: &str, class, stroke| plot::Series {
        label: label.into(),
        class,
        stroke,
        join: Join::Straight,
        dots: false,
        points: fig.inputs.lengths.iter().map(|n| Point::new(*n as f64, Series::keeps(method, *n) as f64)).collect(),
    };
    let limit = 128.0 * f64::from(1 << 20);
    let mut series = vec![
        line(Method::Plain, "4 n²", "pl-c", Stroke::Solid),
        line(Method::Flash, "4 n", "pl-a", Stroke::Bold),
        plot::Series {
            label: "128 MiB".into(),
            class: "pl-limit",
            stroke: Stroke::Dashed,
            join: Join::Straight,
            dots: false,
            points: vec![Point::new(ends.0, limit), Point::new(ends.1, limit)],
        },
    ];
    let mut marks = Vec::new();
    for (idx, of) in Series::ALL.into_iter().enumerate() {
        let mut points = Vec::new();
        for (n, timed) in fig.timed(of).filter(|(_, timed)| timed.extra_bytes > 0) {
            points.push(Point::new(n as f64, timed.extra_bytes as f64));
            let at = timed.extra_bytes as f64;
            let name = [of.name(lang), ", n = ", &number::whole(n as u64), ": ", &number::bytes(at)].concat();
            let cell = Some((captions::cell(idx, n), name));
            marks.push(Mark { at: (n as f64, at), shape: Shape::Dot, class: look(of).0, label: String::new(), cell });
        }
        // Only FlashAttention on the CPU keeps what no line tells: a few rows of tiles, whatever n is.
        if of == (Series { method: Method::Flash, device: Device::Cpu }) {
            series.push(plot::Series {
                label: of.name(lang).into(),
                class: look(of).0,
                stroke: look(of).1,
                join: Join::Straight,
                dots: false,
                points,
            });
        }
    }
    let most = fig.all_timed().map(|timed| timed.extra_bytes as f64).fold(2.0 * limit, f64::max);
    Plot {
        title: lang.pick("memory beyond inputs and output", "输入和输出之外的内存").into(),
        x,
        y: Axis { label: "B".into(), scale: Scale::Log10, range: (256.0, most * 1.5), print: bytes },
        series,
        rules: Vec::new(),
        marks,
    }
}

fn short(x: f64) -> String {
    if x >= 1.0 { number::whole(x.round() as u64) } else { number::fixed(x, if x >= 0.1 { 1 } else { 2 }) }
}

fn bytes(x: f64) -> String {
    number::bytes(x).replace(".0", "")
}
