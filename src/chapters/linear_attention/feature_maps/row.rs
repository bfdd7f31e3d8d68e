//! The row in focus: key by key the weight softmax gives and the weight the map gives, and what no attention at all would give.

use super::figure::FeatureMaps;
use super::stage::{At, cover};
use super::tables::head_h;
use super::words::{formula, weight};
use crate::content::{Lang, say};
use crate::data::head::TOKENS;
use crate::figure::marks::Frame;
use crate::figure::svg::{Anchor, Svg, path};

/// Where the bars are.
struct Bars {
    left: f64,
    w: f64,
    low: f64,
    high: f64,
}

impl Bars {
    fn x(&self, value: f64) -> f64 {
        self.left + self.w * (value - self.low) / (self.high - self.low)
    }

    /// From 0 to a value: left and width.
    fn span(&self, value: f64) -> (f64, f64) {
        let (zero, end) = (self.x(0.0), self.x(value));
        (zero.min(end), (end - zero).abs())
    }
}

/// Draws the bars into a box.
pub fn draw(svg: &mut Svg, fig: &FeatureMaps, at: &At<'_>, (x, y, w, h): Frame) {
    let (now, size, u) = (fig.now(), at.size, at.u);
    let soft = fig.run.softmax.probs.row(at.row);
    let mapped = now.weights.row(at.row).mapv(f64::from);
    let seen = || soft.iter().chain(mapped.iter().filter(|_| !at.asking));
    let most = seen().fold(0.1_f64, |most, x| most.max(*x)) * 1.02;
    let least = seen().fold(0.0_f64, |least, x| least.min(*x)) * 1.02;
    let names = 4.9 * size;
    let room = if least < -9.0 || most > 9.0 {
        4.0
    } else if least < 0.0 {
        3.2
    } else {
        2.5
    } * size;
    let numbers = room + 4.2 * size;
    let bars = Bars { left: x + names, w: w - names - numbers, low: least, high: most };
    title(svg, at, (x, y), fig);
    legend(svg, at, (x, y + 1.9 * size), &["φ = ", formula(now.map, at.lang)].concat());
    let (top, line) = (y + head_h(at), (h - head_h(at)) / 16.0);
    let strongest = fig.run.strongest(at.row);
    for (key, name) in TOKENS.iter().enumerate() {
        let (y, bold) = (top + line * key as f64, key == strongest);
        let base = y + line / 2.0 + 0.36 * size;
        svg.text(if bold { "t00 b" } else { "t00 ink2" }, Anchor::End, bars.left - 0.5 * size, base, name);
        let after = if at.asking { String::new() } else { [" → ", &weight(mapped[key])].concat() };
        let spoken = [name, ": ", &weight(soft[key]), &after].concat();
        svg.cell(&["W:", &at.row.to_string(), ":", &key.to_string()].concat(), &spoken);
        svg.rect("hit", bars.left, y, w - names, line);
        let (left, wide) = bars.span(soft[key]);
        svg.rect("fm-soft", left, y + 0.14 * line, wide, 0.32 * line);
        if !at.asking {
            one(svg, bars.span(mapped[key]), (y + 0.52 * line, 0.36 * line), mapped[key] < 0.0, u);
        }
        let right = x + w;
        let class = if bold { "t00 b" } else { "t00 dim" };
        svg.text(class, Anchor::End, right - room - 1.3 * size, base, &weight(soft[key]));
        svg.text("t00 dim", Anchor::Middle, right - room - 0.65 * size, base, "→");
        let text = if at.asking { "?".into() } else { weight(mapped[key]) };
        svg.text(class, Anchor::End, right, base, &text);
        svg.end();
    }
    let zero = bars.x(0.0);
    svg.line("pl-axis", zero, top, zero, top + 16.0 * line);
    let even = bars.x(1.0 / TOKENS.len() as f64);
    svg.line("fm-even", even, top - 0.3 * size, even, top + 16.0 * line);
    if at.asking {
        cover(svg, (x + w - 3.0 * size, top, 3.0 * size, 16.0 * line));
    }
}

/// The map's bar; hatched where the weight is negative.
fn one(svg: &mut Svg, (x, w): (f64, f64), (y, h): (f64, f64), negative: bool, u: f64) {
    svg.rect(if negative { "os-bad" } else { "fm-map" }, x, y, w, h);
    if negative {
        svg.hatch("os-hatch", (x, y, w, h), 4.0 * u);
    }
}

fn title(svg: &mut Svg, at: &At<'_>, (x, y): (f64, f64), fig: &FeatureMaps) {
    let (query, key) = (TOKENS[at.row], TOKENS[fig.run.strongest(at.row)]);
    let text = say!(at.lang; query, key;
        "row “{query}”: its weight on each key, most on “{key}”",
        "{query} 这一行：给每个 key 的权重，{key} 最多");
    let w = at.width - x;
    svg.wrapped("t00 b", (x, y + at.size, w), &text.text(), at.size);
}

/// What the two bars and the line are.
fn legend(svg: &mut Svg, at: &At<'_>, (x, y): (f64, f64), map: &str) {
    let (size, lang) = (at.size, at.lang);
    let uniform = match lang {
        Lang::En => "equal weights, 1/16",
        Lang::Zh => "均分，1/16",
    };
    let second = x + 4.9 * size;
    svg.rect("fm-soft", second, y + 0.95 * size, 1.5 * size, 0.45 * size);
    svg.text("t00 ink2", Anchor::Start, second + 2.0 * size, y + 1.5 * size, lang.pick("softmax", "Softmax"));
    let third = second + 7.6 * size;
    svg.rect("fm-map", third, y + 0.95 * size, 1.5 * size, 0.5 * size);
    svg.text("t00 ink2", Anchor::Start, third + 2.0 * size, y + 1.5 * size, map);
    let line = [("M", second), (" ", y + 2.6 * size), ("h", 1.5 * size)];
    svg.path("fm-even", &path(&line, ""));
    svg.text("t00 ink2", Anchor::Start, second + 2.0 * size, y + 2.95 * size, uniform);
}
