//! The three small plots: the output of the row, the denominators of all rows, and where elu + 1 falls silent in f32.

use super::figure::FeatureMaps;
use super::run::mute_below;
use super::stage::{At, cover};
use super::words::{error, weight};
use crate::algorithms::feature_map::{FeatureMap, elu1_cancelling};
use crate::content::Value::Number;
use crate::content::{number, say};
use crate::data::head::TOKENS;
use crate::figure::marks::{self, Frame, now_frame};
use crate::figure::plot::{self, Axis, Join, Plot, Point, Rule, Scale, Series, Stroke};
use crate::figure::svg::{Anchor, Svg};

/// The row's output: softmax's as a fill, the map's as a line, on one scale.
pub fn output(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y, w, h): Frame) {
    let (now, size) = (fig.now(), at.size);
    let text = say!(at.lang; query = TOKENS[at.row], e = Number(fig.run.map_row(now, at.row).error, error);
        if at.asking => "output of “{query}”", "{query} 的输出";
        else => "output of “{query}”: off by {e} of softmax’s length", "{query} 的输出：相对误差 {e}");
    svg.text("t00 b", Anchor::Start, x, y + size, &text.text());
    let note = if at.asking {
        at.lang.pick("32 channels, with softmax", "32 个通道，用 Softmax")
    } else {
        at.lang.pick("32 channels; fill: softmax, line: this φ", "32 个通道；填色：Softmax，线：这个 φ")
    };
    svg.text("t00 dim", Anchor::Start, x, y + 2.3 * size, note);
    let soft = fig.run.softmax.out.row(at.row).mapv(|x| x as f32);
    let new = (!at.asking).then(|| now.out.row(at.row));
    let frame = (x, y + 3.0 * size, w, h - 3.2 * size);
    svg.cell(&["O:", &at.row.to_string()].concat(), &text.text());
    let it = marks::Trace { old: soft.view(), new, alpha: 1.0, factored: false, role: "o" };
    marks::trace(svg, &it, frame);
    if now.denominators[at.row] <= 0.0 && !at.asking {
        svg.hatch("os-hatch", frame, 9.0 * at.u);
    }
    svg.end();
}

/// The denominators of all rows; what is not above 0 is hatched.
pub fn denominators(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y, w, h): Frame) {
    let (totals, size, u) = (&fig.now().denominators, at.size, at.u);
    let crossed = fig.now().n_crossed();
    let by_itself = fig.inputs.map == FeatureMap::Double;
    let text = say!(at.lang; crossed, n = TOKENS.len(), gap = Number(fig.now().off_one(), number::residual);
        if at.asking => "denominators φ(q)·Σφ(k)", "分母 φ(q)·Σφ(k)";
        if by_itself => "row sums, nothing divided: 1 to within {gap}", "每行之和，没有除过：与 1 相差至多 {gap}";
        if crossed == 0 => "denominators φ(q)·Σφ(k): all {n} above 0", "分母 φ(q)·Σφ(k)：{n} 个全部大于 0";
        else => "denominators φ(q)·Σφ(k): {crossed} of {n} ≤ 0", "分母 φ(q)·Σφ(k)：{n} 个里有 {crossed} 个 ≤ 0");
    svg.text(if crossed > 0 && !at.asking { "t00 b c-w" } else { "t00 b" }, Anchor::Start, x, y + size, &text.text());
    let (top, room) = (y + 3.0 * size, h - 3.2 * size);
    if at.asking {
        return cover(svg, (x, top, w, room));
    }
    let most = totals.iter().fold(0.0_f64, |most, x| most.max(f64::from(*x)));
    let least = totals.iter().fold(0.0_f64, |least, x| least.min(f64::from(*x)));
    let closest = (0..TOKENS.len()).min_by(|a, b| totals[*a].abs().total_cmp(&totals[*b].abs())).unwrap_or(0);
    let range = say!(at.lang; closest = TOKENS[closest], near = Number(f64::from(totals[closest]), weight), low = Number(f64::from(totals.fold(f32::INFINITY, |least, x| least.min(*x))), weight),
        high = Number(f64::from(totals.fold(f32::NEG_INFINITY, |most, x| most.max(*x))), weight);
        if crossed > 0 => "{low} to {high}; nearest to 0: “{closest}”, {near}", "{low} 到 {high}；离 0 最近的是 {closest}，{near}";
        else => "one bar per query, {low} to {high}", "每个 query 一根，{low} 到 {high}");
    svg.text("t00 dim", Anchor::Start, x, y + 2.3 * size, &range.text());
    let place = |value: f64| top + room * (most - value) / (most - least).max(1e-30);
    let step = w / TOKENS.len() as f64;
    for (row, total) in totals.iter().enumerate() {
        let value = f64::from(*total);
        let (end, zero, left) = (place(value), place(0.0), x + step * row as f64);
        let frame = (left + 2.0 * u, end.min(zero), step - 4.0 * u, (end - zero).abs().max(1.0));
        svg.group(&["data-row=\"", &row.to_string(), "\" class=\"row\""].concat());
        svg.cell(&["D:", &row.to_string()].concat(), &[TOKENS[row], ": ", &weight(value)].concat());
        svg.rect("hit", left, top, step, room);
        svg.rect(if value <= 0.0 { "os-bad" } else { "f-l" }, frame.0, frame.1, frame.2, frame.3);
        if value <= 0.0 {
            svg.hatch("os-hatch", frame, 4.0 * u);
        }
        svg.end();
        svg.end();
        if row == at.row {
            svg.group("class=\"through\"");
            now_frame(svg, (left + 0.5 * u, frame.1 - 1.0, step - u, frame.3 + 2.0));
            svg.end();
        }
    }
    svg.line("pl-axis", x, place(0.0), x + w, place(0.0));
}

/// elu + 1 as it is written and as it is meant, in f32 below 0.
pub fn cancellation(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y, w, h): Frame) {
    let mute = mute_below();
    let plot = curves(fig, at, mute);
    let frame = plot::Frame { x, y, w, h };
    let inner = plot.inner(frame, at.size);
    let (low, high) = plot.x.range;
    let edge = inner.x + inner.w * (mute - low) / (high - low);
    let zone = (inner.x, inner.y, edge - inner.x, inner.h);
    svg.cell("mute", &[at.lang.pick("exactly 0 below ", "恰好为 0，低于 "), &number::fixed(mute, 2)].concat());
    svg.rect("os-bad", zone.0, zone.1, zone.2, zone.3);
    svg.hatch("os-hatch", zone, 6.0 * at.u);
    svg.end();
    plot.draw(svg, frame, at.view);
    let text = [at.lang.pick("0 below ", "此下为 0："), &number::fixed(mute, 2)].concat();
    svg.text("t00 b c-w pl-halo", Anchor::Start, inner.x + 0.3 * at.size, inner.y + 1.2 * at.size, &text);
}

/// Samples per unit of the horizontal axis.
const PER_UNIT: usize = 8;

fn curves(fig: &FeatureMaps, at: &At<'_>, mute: f64) -> Plot {
    let least = fig.least_entry();
    let low = (mute.min(least) - 6.0).floor();
    let places = || (0..=(-low) as usize * PER_UNIT).map(|idx| low + idx as f64 / PER_UNIT as f64);
    let series = |label: &str, class, stroke, value: &dyn Fn(f64) -> f64| Series {
        label: label.into(),
        class,
        stroke,
        join: Join::Straight,
        dots: false,
        points: places().map(|x| Point::new(x, value(x))).collect(),
    };
    let written = |x: f64| f64::from(elu1_cancelling(x as f32));
    Plot {
        title: at.lang.pick("elu(x) + 1 in f32, x < 0", "f32 下的 elu(x) + 1，x < 0").into(),
        x: Axis { label: "x".into(), scale: Scale::Linear, range: (low, 0.0), print: |x| number::fixed(x, 0) },
        y: Axis { label: String::new(), scale: Scale::Log10, range: (low.exp(), 1.0), print: power },
        series: vec![
            series("(eˣ−1)+1", "pl-warn", Stroke::Solid, &written),
            series("eˣ", "pl-a", Stroke::Dashed, &|x| f64::from((x as f32).exp())),
        ],
        rules: vec![Rule {
            x: least,
            class: "pl-limit",
            label: [at.lang.pick("least entry ", "最小元素 "), &number::fixed(least, 1)].concat(),
        }],
        marks: Vec::new(),
    }
}

fn power(x: f64) -> String {
    let text = number::scientific(x).replace(".0×", "×");
    text.strip_prefix("1×").map_or(text.clone(), str::to_string)
}
