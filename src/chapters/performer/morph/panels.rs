//! The two plots: the activation between its parents, and how far outputs are from FAVOR+ and from exp along t.

use super::figure::Morph;
use crate::algorithms::performer::fixed::morph;
use crate::content::{Lang, number};
use crate::figure::plot::{Axis, Join, Mark, Plot, Point, Rule, Scale, Series, Shape, Stroke};

/// What the plot of the activation shows of its argument; a few entries of very long keys lie beyond.
const REACH: (f64, f64) = (-3.5, 2.5);

/// And of its value.
const HEIGHT: (f64, f64) = (-2.5, 5.0);

/// The activation, its two parents dashed, and below them where the entries of queries and keys lie.
pub fn activation(fig: &Morph, lang: Lang) -> Plot {
    let t = fig.inputs.t;
    let curve = |t: f64| -> Vec<Point> {
        let place = |step: usize| REACH.0 + (REACH.1 - REACH.0) * step as f64 / 60.0;
        (0..=60).map(place).map(|x| Point::new(x, morph(t, x))).collect()
    };
    let other = if t <= 0.5 { (0.0, "exp") } else { (1.0, "elu + 1") };
    let mut series = vec![entries(fig, lang)];
    let parents = [other, (0.5, "1 + x")].into_iter().filter(|(at, _)| *at != t);
    series.extend(parents.map(|(at, name)| line(name, "pl-c", Stroke::Dashed, curve(at))));
    series.push(line(&fig.phi(), "pl-a", Stroke::Bold, curve(t)));
    Plot {
        title: lang.pick("The activation φ", "激活函数 φ").into(),
        x: Axis {
            label: lang.pick("an entry of q or k, times d^(−1/4)", "q 或 k 的一个元素，乘 d^(−1/4)").into(),
            scale: Scale::Linear,
            range: REACH,
            print: whole,
        },
        y: Axis { label: "φ".into(), scale: Scale::Linear, range: HEIGHT, print: whole },
        series,
        rules: Vec::new(),
        marks: Vec::new(),
    }
}

/// How many entries lie in each quarter of a unit, as a staircase on the lower edge; the highest reaches up to -0.5.
fn entries(fig: &Morph, lang: Lang) -> Series {
    const BINS: usize = 24;
    let mut counts = [0usize; BINS];
    for x in fig.run.scaled.iter().flat_map(|x| x.iter()) {
        let bin = ((x - REACH.0) * 4.0).floor();
        if (0.0..BINS as f64).contains(&bin) {
            counts[bin as usize] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let height = |count: usize| HEIGHT.0 + 2.0 * count as f64 / most;
    let mut points = vec![Point::new(REACH.0, HEIGHT.0)];
    points.extend(counts.iter().enumerate().map(|(bin, count)| Point::new(REACH.0 + bin as f64 / 4.0, height(*count))));
    points.push(Point::new(REACH.1, HEIGHT.0));
    let label = lang.pick("entries", "元素分布").into();
    Series { label, class: "pl-b", stroke: Stroke::Solid, join: Join::Stepped, dots: false, points }
}

/// Smaller distances are not drawn: an f64 rounds to 1.1e-16.
const LEAST: f64 = 1e-17;

/// Along t: the distance of outputs from FAVOR+, and from exp without weights.
pub fn path(fig: &Morph, lang: Lang) -> Plot {
    let run = &fig.run;
    let points = |of: fn(&super::At) -> f64| run.path.iter().map(|at| Point::new(2.0 * at.t, of(at))).collect();
    let most = run.path.iter().fold(1.0f64, |most, at| most.max(at.gap).max(at.moved));
    let mark = |t: f64, y: f64, class, label: String, cell: &str| Mark {
        at: (2.0 * t, y),
        shape: Shape::Dot,
        class,
        label,
        cell: Some((cell.to_string(), number::residual(y))),
    };
    // FAVOR+ has one twin, at the left edge: exp with the weights.
    let twin = if fig.inputs.equal { "" } else { lang.pick("exp, with key weights", "exp，带 key 权重") };
    let marks = vec![
        mark(0.0, run.same, "pl-a", twin.into(), "same"),
        mark(fig.inputs.t, run.at.moved, "pl-b", String::new(), "moved"),
        mark(fig.inputs.t, run.at.gap, "pl-e", number::residual(run.at.gap), "gap"),
    ];
    Plot {
        title: lang.pick("How far outputs are, along t", "输出相差多远，沿 t 看").into(),
        x: Axis { label: "t".into(), scale: Scale::Linear, range: (0.0, 2.0), print: stop },
        y: Axis {
            label: lang.pick("largest |difference|", "最大的 |差|").into(),
            scale: Scale::Log10,
            range: (LEAST, 1e3 * most),
            print: number::power,
        },
        series: vec![
            line(lang.pick("from exp", "与 exp"), "pl-b", Stroke::Dashed, points(|at| at.moved)),
            line(lang.pick("from FAVOR+", "与 FAVOR+"), "pl-e", Stroke::Bold, points(|at| at.gap)),
        ],
        rules: vec![Rule { x: 2.0 * fig.inputs.t, class: "pl-now", label: String::new() }],
        marks,
    }
}

/// A whole number; nothing between two.
fn whole(x: f64) -> String {
    if (x - x.round()).abs() < 1e-6 { number::fixed(x, 0) } else { String::new() }
}

/// The name of a stop; the axis counts 2t, so that 1 + x always has a tick.
fn stop(twice: f64) -> String {
    match (twice * 100.0).round() as i64 {
        0 => "exp",
        100 => "1 + x",
        200 => "elu + 1",
        _ => "",
    }
    .into()
}

fn line(label: &str, class: &'static str, stroke: Stroke, points: Vec<Point>) -> Series {
    Series { label: label.into(), class, stroke, join: Join::Straight, dots: false, points }
}
