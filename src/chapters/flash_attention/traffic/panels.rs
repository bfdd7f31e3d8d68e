//! The three plots: over the height of a query tile, over the length of the sequence, over the size of the SRAM.

use super::counts::Sample;
use super::figure::Traffic;
use crate::content::{Lang, number};
use crate::figure::plot::{Axis, Join, Mark, Plot, Point, Rule, Scale, Series, Shape, Stroke};

/// The algorithms in the order of `Count::totals`: cell, class, stroke.
pub const LINES: [(&str, &str, Stroke); 3] =
    [("standard", "pl-c", Stroke::Dotted), ("fa1", "pl-b", Stroke::Dashed), ("fa2", "pl-a", Stroke::Bold)];

/// Their names.
pub fn names(lang: Lang) -> [&'static str; 3] {
    [lang.pick("standard", "标准"), "FA-1", "FA-2"]
}

/// Over Br.
pub fn over_br(fig: &Traffic, lang: Lang, asking: bool) -> Plot {
    let mut plot = plot(fig, &fig.curves.over_br, fig.inputs.br(), lang);
    plot.title = if asking {
        lang.pick("Taller query tiles", "query 块变高")
    } else {
        lang.pick("Taller query tiles: Br moves FA-2 only", "query 块变高：Br 只影响 FA-2")
    }
    .into();
    plot.x.label = lang.pick("Br, queries per tile", "Br，每块的 query 数").into();
    plot.rules[0].label = ["Br = ", &number::whole(fig.inputs.br() as u64)].concat();
    if let Some(last) = plot.series.last_mut() {
        last.join = Join::Stepped;
        // The answer is not shown while it is asked for.
        last.points.retain(|point| !asking || point.x == fig.inputs.br() as f64);
    }
    if let Some(at) = fig.curves.crossing.filter(|_| fig.found()) {
        let (id, after) = (format!("fa2:cross:{at}"), fig.fa2_at(at) as f64);
        let name = lang.pick("the crossing", "交叉之处");
        let label = [number::whole(at as u64), lang.pick(": FA-2 below FA-1", "：FA-2 低于 FA-1").into()].concat();
        plot.marks.push(Mark { at: (at as f64, after), shape: Shape::Ring, class: "pl-a", label, cell: Some((id, name.into())) });
    }
    plot
}

/// Over N.
pub fn over_n(fig: &Traffic, lang: Lang) -> Plot {
    let inputs = &fig.inputs;
    let mut plot = plot(fig, &fig.curves.over_n, inputs.n, lang);
    plot.title = lang.pick("Longer sequences, the same tiles", "序列变长，块不变").into();
    plot.x.label = lang.pick("N, tokens", "N，token 数").into();
    plot.rules[0].label = ["N = ", &number::whole(inputs.n as u64)].concat();
    let bound = |n: f64| n * n;
    let valid = |n: f64| n * inputs.d as f64 >= inputs.sram as f64;
    plot.series.extend(theorem(&fig.curves.over_n, inputs.n, &bound, &valid));
    plot
}

/// Over M.
pub fn over_sram(fig: &Traffic, lang: Lang, asking: bool) -> Plot {
    let inputs = &fig.inputs;
    let mut plot = plot(fig, &fig.curves.over_sram, inputs.sram, lang);
    plot.title = lang.pick("More SRAM, the paper’s tiles for it", "SRAM 变大，用论文相应的块").into();
    plot.x.label = lang.pick("M, elements", "M，元素").into();
    plot.rules[0].label = ["M = ", &number::whole(inputs.sram as u64)].concat();
    let (low, high) = (inputs.d as f64, (inputs.n * inputs.d) as f64);
    let valid = move |sram: f64| (low..=high).contains(&sram);
    plot.series.extend(theorem(&fig.curves.over_sram, inputs.sram, &|sram| 1.0 / sram, &valid));
    if inputs.typed {
        // The curves are for the paper's tiles, and so are the dots on them.
        let here = fig.curves.over_sram.iter().find(|sample| sample.at == inputs.sram);
        plot.marks = here.map_or(Vec::new(), |here| dots(here.at, here.count.totals(), |_| None));
    }
    if asking {
        plot.series.iter_mut().for_each(|series| series.points.retain(|point| point.x <= inputs.sram as f64));
    }
    plot
}

/// The three curves through samples, and the present setting as a rule with three dots.
fn plot(fig: &Traffic, samples: &[Sample], at: usize, lang: Lang) -> Plot {
    let series = |idx: usize| Series {
        label: names(lang)[idx].into(),
        class: LINES[idx].1,
        stroke: LINES[idx].2,
        join: Join::Straight,
        dots: false,
        points: samples.iter().map(|sample| Point::new(sample.at as f64, sample.count.totals()[idx] as f64)).collect(),
    };
    let now = fig.now.totals();
    let cell = |idx: usize| Some((LINES[idx].0.to_string(), [names(lang)[idx], ": ", &number::whole(now[idx])].concat()));
    let all = || samples.iter().flat_map(|sample| sample.count.totals()).chain(now);
    let (low, high) = (all().min().unwrap_or(1) as f64, all().max().unwrap_or(1) as f64);
    let (first, last) = (samples.first().map_or(at, |sample| sample.at.min(at)), samples.last().map_or(at, |sample| sample.at.max(at)));
    let range = (first as f64, if first == last { 2.0 * last as f64 } else { last as f64 });
    Plot {
        title: String::new(),
        x: Axis { label: String::new(), scale: Scale::Log2, range, print: |x| number::whole(x.round() as u64) },
        y: Axis { label: lang.pick("elements", "元素").into(), scale: Scale::Log10, range: (low * 0.8, high * 1.25), print: power },
        series: (0..3).map(series).collect(),
        rules: vec![Rule { x: at as f64, class: "pl-now", label: String::new() }],
        marks: dots(at, now, cell),
    }
}

/// One dot for each algorithm.
fn dots(at: usize, totals: [u64; 3], cell: impl Fn(usize) -> Option<(String, String)>) -> Vec<Mark> {
    let dot = |idx: usize| Mark {
        at: (at as f64, totals[idx] as f64),
        shape: Shape::Dot,
        class: LINES[idx].1,
        label: String::new(),
        cell: cell(idx),
    };
    (0..3).map(dot).collect()
}

/// The theorem's curve where it holds, moved to touch FA-1 at the present setting; none where it does not hold there.
fn theorem(samples: &[Sample], at: usize, bound: &dyn Fn(f64) -> f64, valid: &dyn Fn(f64) -> bool) -> Option<Series> {
    let here = samples.iter().find(|sample| sample.at == at)?;
    let scale = here.count.fa1.total() as f64 / bound(at as f64);
    let points: Vec<Point> =
        samples.iter().map(|sample| sample.at as f64).filter(|x| valid(*x)).map(|x| Point::new(x, scale * bound(x))).collect();
    (valid(at as f64) && points.len() > 1).then(|| Series {
        label: "∝ N²d²/M".into(),
        class: "pl-limit",
        stroke: Stroke::Solid,
        join: Join::Straight,
        dots: false,
        points,
    })
}

/// A power of ten, or 2 or 5 times one.
fn power(x: f64) -> String {
    let text = number::scientific(x).replace(".0×", "×");
    text.strip_prefix("1×").map_or(text.clone(), str::to_string)
}
