//! The stage: time over length, and memory over length, on axes that double.

use super::plan::{FLASH_CPU, FLASH_GPU, PLAIN_CPU, PLAIN_GPU, SERIES, lse_bytes, table_bytes};
use crate::content::{Lang, number};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Measured, stage as shared, words};
use crate::figure::plot::{self, Axis, Frame, Join, Mark, Plot, Point, Scale, Shape, Stroke};
use crate::figure::svg::Svg;
use crate::figure::{Drawing, Mode, View};

/// Draws both plots; under each other where there is little room.
pub fn draw(inputs: &HeadInputs, run: &Measured, view: &View) -> Drawing {
    let u = if view.mode == Mode::Present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(200.0);
    let stacked = view.mode == Mode::Phone || width < 600.0 * u;
    let gap = 24.0 * u;
    let mut svg = Svg::default();
    let tall = if u > 1.5 { 350.0 * u } else { 420.0 };
    let mut y = 6.0 * u;
    if stacked {
        for plot in [time(inputs, run, view.lang), memory(inputs, run, view.lang)] {
            plot.draw(&mut svg, Frame { x: 0.0, y, w: width, h: 260.0 * u }, view);
            y += 270.0 * u;
        }
    } else {
        let w = (width - gap) * 0.58;
        time(inputs, run, view.lang).draw(&mut svg, Frame { x: 0.0, y, w, h: tall }, view);
        memory(inputs, run, view.lang).draw(&mut svg, Frame { x: w + gap, y, w: width - gap - w, h: tall }, view);
        y += tall + 6.0 * u;
    }
    let height = shared::notes(&mut svg, &words::notes(run, view.lang), y, width, view);
    Drawing { width, height, layers: vec![svg.0], changes: "" }
}

fn lengths(inputs: &HeadInputs, lang: Lang) -> Axis {
    shared::sizes(lang.pick("n, tokens", "n，token 数"), &inputs.lengths)
}

/// Time per run.
fn time(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Plot {
    let rule = shared::table_limit(run, PLAIN_GPU, lang);
    shared::time(run, &[FLASH_CPU, FLASH_GPU, PLAIN_CPU, PLAIN_GPU], lengths(inputs, lang), rule, lang)
}

/// Memory beyond inputs and output: what each method must keep as a line, what was allocated as dots.
fn memory(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Plot {
    let x = lengths(inputs, lang);
    let ends = x.range;
    let line = |keeps: fn(usize) -> u64, label: &str, class, stroke| plot::Series {
        label: label.into(),
        class,
        stroke,
        join: Join::Straight,
        dots: false,
        points: inputs.lengths.iter().map(|n| Point::new(*n as f64, keeps(*n) as f64)).collect(),
    };
    let limit = 128.0 * f64::from(1 << 20);
    let mut series = vec![
        line(table_bytes, "4 n²", "pl-c", Stroke::Solid),
        line(lse_bytes, "4 n", "pl-a", Stroke::Bold),
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
    for (idx, of) in SERIES.iter().enumerate() {
        let mut points = Vec::new();
        for (n, timed) in run.timed(idx).filter(|(_, timed)| timed.extra_bytes > 0) {
            points.push(Point::new(n as f64, timed.extra_bytes as f64));
            let at = timed.extra_bytes as f64;
            let name = [of.name(lang), ", n = ", &number::whole(n as u64), ": ", &number::bytes(at)].concat();
            let cell = Some((words::cell(idx, n), name));
            marks.push(Mark { at: (n as f64, at), shape: Shape::Dot, class: of.look.0, label: String::new(), cell });
        }
        // Only FlashAttention on the CPU keeps what no line tells: a few rows of tiles, whatever n is.
        if idx == FLASH_CPU {
            series.push(plot::Series {
                label: of.name(lang).into(),
                class: of.look.0,
                stroke: of.look.1,
                join: Join::Straight,
                dots: false,
                points,
            });
        }
    }
    let most = run.all_timed().map(|timed| timed.extra_bytes as f64).fold(2.0 * limit, f64::max);
    Plot {
        title: lang.pick("memory beyond inputs and output", "输入和输出之外的内存").into(),
        x,
        y: Axis { label: "B".into(), scale: Scale::Log10, range: (256.0, most * 1.5), print: shared::bytes },
        series,
        rules: Vec::new(),
        marks,
    }
}
