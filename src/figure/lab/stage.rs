//! Plots that labs share: time over a size, on axes that double.

use super::{Crossing, Measured, words};
use crate::content::{Lang, number};
use crate::figure::View;
use crate::figure::plot::{self, Axis, Join, Mark, Plot, Point, Rule, Scale, Shape};
use crate::figure::svg::Svg;

/// The axis of a size, from the first of `sizes` to the last.
pub fn sizes(label: &str, sizes: &[usize]) -> Axis {
    let (low, high) = (sizes.first().copied().unwrap_or(1), sizes.last().copied().unwrap_or(2));
    Axis {
        label: label.into(),
        scale: Scale::Log2,
        range: (low as f64, (high as f64).max(2.0 * low as f64)),
        print: |x| number::whole(x.round() as u64),
    }
}

/// Time per run of some series.
pub fn time(run: &Measured, series: &[usize], x: Axis, rules: Vec<Rule>, lang: Lang) -> Plot {
    let (mut lines, mut marks) = (Vec::new(), Vec::new());
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for &idx in series {
        let of = &run.plan.series()[idx];
        let (class, stroke) = of.look;
        let points: Vec<Point> = run
            .timed(idx)
            .map(|(n, timed)| Point { x: n as f64, y: timed.median(), spread: Some(timed.spread()) })
            .filter(|point| point.y > 0.0)
            .collect();
        for point in &points {
            low = low.min(point.y);
            high = high.max(point.y);
            let at = number::whole(point.x as u64);
            let name = [of.name(lang), ", ", of.axis, " = ", &at, ": ", &number::duration(point.y)].concat();
            let cell = Some((words::cell(idx, point.x as usize), name));
            marks.push(Mark { at: (point.x, point.y), shape: Shape::Dot, class, label: String::new(), cell });
        }
        lines.push(plot::Series { label: of.name(lang).into(), class, stroke, join: Join::Straight, dots: false, points });
    }
    // Before anything is measured the axis shows what is common: a tenth of a millisecond to two seconds.
    let range = if high > 0.0 { (low * 0.6, high * 1.6) } else { (0.1, 2000.0) };
    Plot {
        title: lang.pick("time per run", "一次运行的时间").into(),
        x,
        y: Axis { label: "ms".into(), scale: Scale::Log10, range, print: short },
        series: lines,
        rules,
        marks,
    }
}

/// Up to where the f32 table of n x n scores of a series fits into what the device allows, once it has refused one.
pub fn table_limit(run: &Measured, series: usize, lang: Lang) -> Vec<Rule> {
    let limit = |(_, _, limit): (usize, u64, u64)| (limit as f64 / 4.0).sqrt().floor();
    let rule = |n: f64| Rule {
        x: n,
        class: "pl-limit",
        label: [lang.pick("the table fits up to n = ", "表放得下的最大 n = "), &number::whole(n as u64)].concat(),
    };
    run.too_large(series).map(limit).map(rule).into_iter().collect()
}

/// A ring on the line of a series where it passes under its rivals, if that was seen between two sizes; `cell` names it.
pub fn ring(run: &Measured, series: usize, crossing: Option<Crossing>, cell: String, lang: Lang) -> Option<Mark> {
    let Some(Crossing::At(x)) = crossing else { return None };
    let points: Vec<(f64, f64)> = run.timed(series).map(|(x, timed)| (x as f64, timed.median())).collect();
    let pair = points.windows(2).find(|pair| pair[0].0 <= x && x <= pair[1].0)?;
    let share = (x / pair[0].0).ln() / (pair[1].0 / pair[0].0).ln();
    let y = pair[0].1 * (pair[1].1 / pair[0].1).powf(share);
    let of = &run.plan.series()[series];
    let label = [of.axis, " ≈ ", &number::whole(x.round() as u64)].concat();
    let name = [of.name(lang), lang.pick(" crosses at ", " 的交点 "), &label].concat();
    Some(Mark { at: (x, y), shape: Shape::Ring, class: "pl-a", label, cell: Some((cell, name)) })
}

/// Writes the notes under the plots from `y` down; the height that everything then takes.
pub fn notes(svg: &mut Svg, notes: &[String], mut y: f64, width: f64, view: &View) -> f64 {
    let size = view.metrics.t00;
    for note in notes {
        y = svg.wrapped("t00 ink2", (0.0, y + size, width), note, size);
    }
    y + 0.4 * size
}

/// Milliseconds at a tick.
fn short(x: f64) -> String {
    if x >= 1.0 { number::whole(x.round() as u64) } else { number::fixed(x, if x >= 0.1 { 1 } else { 2 }) }
}

/// Bytes at a tick.
pub fn bytes(x: f64) -> String {
    number::bytes(x).replace(".0", "")
}
