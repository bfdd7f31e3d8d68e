//! All maps at a glance: how far the output is off, what is left of the strongest weight, entropy, nearness, denominators.

use super::figure::FeatureMaps;
use super::run::{NEAR, Row};
use super::stage::{At, cover};
use super::words::{error, formula, weight};
use crate::content::number;
use crate::data::head::TOKENS;
use crate::figure::Mode;
use crate::figure::svg::{Anchor, Svg};

/// The measures in order: their cells' letter.
const MEASURES: [&str; 5] = ["E", "A", "H", "N", "C"];

/// Ends of the axis of errors.
const ERRORS: (f64, f64) = (0.01, 10_000.0);

/// Draws the comparison from `y` on; gives its lower end.
pub fn draw(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, y: f64) -> f64 {
    let (u, size) = (at.u, at.size);
    let narrow = at.view.mode == Mode::Phone || at.width < 680.0 * u;
    let names = if narrow { 7.4 * size } else { 11.0 * size };
    let columns: Vec<(f64, f64)> = (0..5).map(|idx| column(at.width, names, narrow, size, idx)).collect();
    svg.line("zero", 0.0, y, at.width, y);
    let mut y = heads(svg, fig, at, &columns, narrow, y);
    let line = match at.view.mode {
        Mode::Phone => 36.0,
        Mode::Wide => 16.0,
        Mode::Present => 13.5,
    } * u;
    let soft = fig.run.softmax_row(at.row);
    values(svg, at, "softmax", &soft, None, &columns, (y, line), narrow);
    svg.text("t00 ink2", Anchor::Start, 0.0, y + line / 2.0 + 0.36 * size, at.lang.pick("softmax", "Softmax"));
    y += line;
    let top = y;
    for mapping in &fig.run.maps {
        let (map, current) = (mapping.map, mapping.map == fig.inputs.map);
        svg.group(&["class=\"pick\" data-set=\"map=", map.name(), "\""].concat());
        if current {
            svg.rect("row-now", -2.0, y, at.width + 2.0, line);
        }
        svg.rect("hit", -2.0, y, at.width + 2.0, line);
        let class = if current { "t00 b" } else { "t00" };
        svg.text(class, Anchor::Start, 2.0, y + line / 2.0 + 0.36 * size, &short(formula(map, at.lang), narrow));
        if !at.asking {
            let row = fig.run.map_row(mapping, at.row);
            values(svg, at, map.name(), &row, Some(mapping.n_crossed()), &columns, (y, line), narrow);
        }
        svg.end();
        y += line;
    }
    if at.asking {
        cover(svg, (names, top, at.width - names, y - top));
    }
    y + 2.0 * u
}

/// Where little room is, an argument is left out.
fn short(name: &str, narrow: bool) -> String {
    if narrow { name.replace("(q, k)", "").replace("two softmaxes", "2 softmaxes") } else { name.to_string() }
}

/// Left and width of a column.
fn column(width: f64, names: f64, narrow: bool, size: f64, idx: usize) -> (f64, f64) {
    let w = (width - names) / 5.0;
    let gap = if narrow { 0.6 } else { 1.6 } * size;
    (names + w * idx as f64, w - if idx == 4 { 0.0 } else { gap })
}

/// The heads of the columns, in two lines; gives the lower end.
fn heads(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, columns: &[(f64, f64)], narrow: bool, y: f64) -> f64 {
    let (size, lang) = (at.size, at.lang);
    let (query, key) = (TOKENS[at.row], TOKENS[fig.run.strongest(at.row)]);
    let near = NEAR.to_string();
    let quoted = |name: &str| match lang {
        crate::content::Lang::En => ["“", name, "”"].concat(),
        crate::content::Lang::Zh => name.to_string(),
    };
    let heads: [[String; 2]; 5] = if narrow {
        [
            [lang.pick("output", "输出").into(), lang.pick("error", "误差").into()],
            [lang.pick("weight", "权重").into(), short_token(key)],
            [String::new(), lang.pick("entropy", "熵").into()],
            [lang.pick("within", "").into(), "±".to_string() + &near],
            [lang.pick("denom.", "分母").into(), "≤ 0".into()],
        ]
    } else {
        [
            [lang.pick("output error", "输出的误差").into(), lang.pick("log axis, tick at 1", "对数轴，刻度在 1").into()],
            [
                [lang.pick("weight on ", "权重："), &quoted(key)].concat(),
                lang.pick("softmax’s strongest key", "Softmax 最看重的 key").into(),
            ],
            [lang.pick("row entropy", "这一行的熵").into(), lang.pick("line: equal weights, ln 16", "竖线：均分，ln 16").into()],
            [
                [lang.pick("within ", ""), &near, lang.pick(" tokens", " 个 token 以内")].concat(),
                lang.pick("share of the weight", "所占的权重").into(),
            ],
            [lang.pick("denominators ≤ 0", "分母 ≤ 0").into(), lang.pick("of all 16 rows", "全部 16 行里").into()],
        ]
    };
    let (first, second) = (y + 1.3 * size, y + 2.5 * size);
    let row = [lang.pick("row ", ""), &quoted(query), lang.pick("", " 这一行")].concat();
    svg.text("t00 b", Anchor::Start, 0.0, first, &row);
    if !narrow {
        svg.text("t00 dim", Anchor::Start, 0.0, second, lang.pick("φ: click to choose", "φ：点击可选"));
    }
    for ((x, w), [name, note]) in columns.iter().zip(&heads) {
        let (anchor, x) = if narrow { (Anchor::End, x + w) } else { (Anchor::Start, *x) };
        svg.text("t00 b", anchor, x, first, name);
        if narrow || *w > 110.0 * at.u {
            svg.text(if narrow { "t00 b" } else { "t00 dim" }, anchor, x, second, note);
        }
    }
    second + 0.6 * size
}

fn short_token(name: &str) -> String {
    name.chars().take(7).collect()
}

/// The five values of a line.
#[expect(clippy::too_many_arguments, reason = "a line is its row of numbers and its place; a struct would only rename them")]
fn values(
    svg: &mut Svg,
    at: &At<'_>,
    name: &str,
    row: &Row,
    crossed: Option<usize>,
    columns: &[(f64, f64)],
    place: (f64, f64),
    narrow: bool,
) {
    let n = TOKENS.len() as f64;
    let softmax = crossed.is_none();
    let of = |value: Option<f64>, print: fn(f64) -> String, share: f64| value.map(|value| (print(value), share * value));
    let log = (row.error / ERRORS.0).ln() / (ERRORS.1 / ERRORS.0).ln();
    let cells: [Option<(String, f64)>; 5] = [
        if softmax { None } else { Some((error(row.error), log)) },
        of(Some(row.strongest), weight, 1.0),
        of(row.entropy, |x| number::fixed(x, 2), 1.0 / (1.15 * n.ln())),
        of(row.near, |x| number::fixed(x, 2), 1.0),
        crossed.map(|count| (count.to_string(), count as f64 / n)),
    ];
    for (idx, ((x, w), cell)) in columns.iter().zip(cells).enumerate() {
        if softmax && cell.is_none() {
            continue;
        }
        let (text, share) = cell.unwrap_or_else(|| (at.lang.pick("n/a", "无").into(), 0.0));
        svg.cell(&[MEASURES[idx], ":", name, ":", &at.row.to_string()].concat(), &[name, ": ", &text].concat());
        svg.rect("hit", *x, place.0, *w, place.1);
        one(svg, at, idx, (*x, *w), place, (&text, share), (narrow, softmax));
        svg.end();
    }
}

/// A number with its bar; an error is a dot on a logarithmic axis.
fn one(
    svg: &mut Svg,
    at: &At<'_>,
    idx: usize,
    (x, w): (f64, f64),
    (y, line): (f64, f64),
    (text, share): (&str, f64),
    (narrow, softmax): (bool, bool),
) {
    let (size, u) = (at.size, at.u);
    let bad = idx == 4 && share > 0.0 || idx == 1 && !(0.0..=1.0).contains(&share) || text == at.lang.pick("n/a", "无");
    let class = if text == at.lang.pick("n/a", "无") {
        "t00 dim"
    } else if bad {
        "t00 c-w b"
    } else {
        "t00"
    };
    if narrow {
        svg.text(class, Anchor::End, x + w, y + line / 2.0 + 0.36 * size, text);
        return;
    }
    let number = 3.3 * size;
    svg.text(class, Anchor::End, x + number, y + line / 2.0 + 0.36 * size, text);
    let (left, room) = (x + number + 0.6 * size, w - number - 0.6 * size);
    let (top, h) = (y + line / 2.0 - 3.0 * u, 6.0 * u);
    if idx == 0 {
        svg.line("zero", left, y + line / 2.0, left + room, y + line / 2.0);
        // One is as far off as the output is long.
        let one = left + room * (1.0 / ERRORS.0).ln() / (ERRORS.1 / ERRORS.0).ln();
        svg.line("zero", one, y + 2.0 * u, one, y + line - 2.0 * u);
        svg.rect("fm-map", left + room * share.clamp(0.0, 1.0) - 2.5 * u, y + line / 2.0 - 2.5 * u, 5.0 * u, 5.0 * u);
        return;
    }
    let wide = room * share.clamp(0.0, 1.0);
    svg.rect(
        if softmax {
            "fm-soft"
        } else if bad {
            "os-bad"
        } else {
            "fm-map"
        },
        left,
        top,
        wide,
        h,
    );
    if bad && wide > 0.0 {
        svg.hatch("os-hatch", (left, top, wide, h), 4.0 * u);
    }
    if idx == 2 {
        let uniform = left + room / 1.15;
        svg.line("fm-even", uniform, y + u, uniform, y + line - u);
    }
}
