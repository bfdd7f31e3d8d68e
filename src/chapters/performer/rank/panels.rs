//! The two plots: singular values by index, and mean row entropy over d.

use super::figure::Rank;
use super::inputs::MAX_N;
use super::run::{ABSOLUTE, threshold};
use crate::content::{Lang, number};
use crate::figure::plot::{Axis, Join, Mark, Plot, Point, Rule, Scale, Series, Shape, Stroke};

/// Smaller singular values are not drawn.
const LEAST: f64 = 1e-18;

/// The singular values of both tables, of the second also in f32, and the threshold that counts rounding.
pub fn spectra(fig: &Rank, lang: Lang, asking: bool) -> Plot {
    let (run, n) = (&fig.run, fig.inputs.n);
    let values = |list: &[f64]| list.iter().enumerate().map(|(idx, value)| Point::new((idx + 1) as f64, *value)).collect();
    let most = [&run.softmax, &run.linear].iter().filter_map(|look| look.values.first()).fold(1.0f64, |most, x| most.max(*x));
    let mut series = vec![line("Softmax", "pl-a", Stroke::Bold, true, values(&run.softmax.values))];
    if !asking {
        let single = lang.pick("the same in f32", "同上，f32");
        let level = |value: f64| vec![Point::new(1.0, value), Point::new(n as f64, value)];
        let limit = threshold(n, f64::from(f32::EPSILON)) * run.single.first().copied().unwrap_or(0.0);
        series.push(line(single, "pl-c", Stroke::Dotted, false, values(&run.single)));
        series.push(line("n 2⁻²³ σ₁", "pl-limit", Stroke::Solid, false, level(limit)));
        series.push(line("10⁻⁹", "pl-warn", Stroke::Dashed, false, level(ABSOLUTE)));
        series.push(line(fig.name(lang), "pl-b", Stroke::Bold, true, values(&run.linear.values)));
    }
    let m = fig.inputs.n_features();
    let label = [lang.pick("features: ", "特征数："), &m.to_string()].concat();
    Plot {
        title: lang.pick("Singular values of the table of weights", "权重表的奇异值").into(),
        x: Axis {
            label: lang.pick("index, largest first", "序号，从大到小").into(),
            scale: Scale::Linear,
            range: (1.0, n as f64),
            // Of two or three there are ticks in between, which are no index.
            print: |x| if (x - x.round()).abs() < 1e-6 { number::whole(x.round() as u64) } else { String::new() },
        },
        y: Axis { label: "σ".into(), scale: Scale::Log10, range: (LEAST, 3.0 * most), print: number::power },
        series,
        rules: if m <= n { vec![Rule { x: m as f64, class: "pl-now", label }] } else { Vec::new() },
        marks: Vec::new(),
    }
}

/// Mean row entropies over d, from the same seed.
pub fn over_d(fig: &Rank, lang: Lang, asking: bool) -> Plot {
    let (inputs, uniform) = (&fig.inputs, (fig.inputs.n as f64).ln());
    let shown = || fig.run.over_d.iter().filter(|at| !asking || at.d == inputs.d);
    let softmax = shown().map(|at| Point::new(at.d as f64, at.softmax)).collect();
    let linear = shown().filter_map(|at| Some(Point::new(at.d as f64, at.linear?))).collect();
    let ends = vec![Point::new(1.0, uniform), Point::new(MAX_N as f64, uniform)];
    let mark = |y: f64, class| Mark {
        at: (inputs.d as f64, y),
        shape: Shape::Dot,
        class,
        label: String::new(),
        cell: Some((["d:", &inputs.d.to_string()].concat(), number::cell(y))),
    };
    let now = fig.run.at(inputs.d);
    let marks = [now.map(|at| mark(at.softmax, "pl-a")), now.and_then(|at| at.linear).map(|y| mark(y, "pl-b"))];
    Plot {
        title: lang.pick("More features, the same seed", "特征变多，种子不变").into(),
        x: Axis { label: "d".into(), scale: Scale::Log2, range: (1.0, MAX_N as f64), print: |x| number::whole(x.round() as u64) },
        y: Axis {
            label: lang.pick("mean entropy, nats", "平均熵，nat").into(),
            scale: Scale::Linear,
            range: (0.0, 1.08 * uniform),
            print: |x| number::fixed(x, 1),
        },
        series: vec![
            line(&["ln ", &inputs.n.to_string()].concat(), "pl-limit", Stroke::Solid, false, ends),
            line("Softmax", "pl-a", Stroke::Bold, false, softmax),
            line(fig.name(lang), "pl-b", Stroke::Bold, false, linear),
        ],
        rules: vec![Rule { x: inputs.d as f64, class: "pl-now", label: ["d = ", &inputs.d.to_string()].concat() }],
        marks: marks.into_iter().flatten().collect(),
    }
}

fn line(label: &str, class: &'static str, stroke: Stroke, dots: bool, points: Vec<Point>) -> Series {
    Series { label: label.into(), class, stroke, join: Join::Straight, dots, points }
}
