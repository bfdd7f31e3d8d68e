//! The plane: x and y, the directions as ticks, and the present one with the two projections.

use super::arrange::Arrange;
use super::inputs::REACH;
use super::numbers::{along, pair};
use super::stage::Ink;
use crate::algorithms::performer::directions::Directions;
use crate::content::number;
use crate::figure::svg::{Anchor, Svg, path, px, segments};
use crate::figure::width;

/// How far the drawing reaches from its centre: a little further than a vector may.
const EDGE: f64 = REACH + 0.22;

/// Centre and px per unit.
fn scale(at: &Arrange) -> (f64, f64, f64) {
    let plane = at.plane;
    (plane.x + plane.w / 2.0, plane.y + plane.h / 2.0, plane.w / 2.0 / EDGE)
}

/// Where a point lies.
fn place(at: &Arrange, [a, b]: [f64; 2]) -> (f64, f64) {
    let (cx, cy, unit) = scale(at);
    (cx + unit * a, cy - unit * b)
}

/// Where the present direction ends, or leaves the plane.
pub fn tip(ink: &Ink<'_>) -> (f64, f64) {
    place(ink.at, ink.now.w.map(|entry| entry.clamp(-EDGE, EDGE)))
}

/// Grid, axes and all directions.
pub fn still(svg: &mut Svg, ink: &Ink<'_>) {
    let at = ink.at;
    let plane = at.plane;
    svg.rect("f-sram", plane.x, plane.y, plane.w, plane.h);
    for k in -2..=2 {
        let (x, y) = place(at, [f64::from(k), f64::from(k)]);
        let class = if k == 0 { "pl-axis" } else { "pl-grid" };
        svg.line(class, x, plane.y, x, plane.y + plane.h);
        svg.line(class, plane.x, y, plane.x + plane.w, y);
    }
    let (x, y) = place(at, [1.0, 0.0]);
    svg.text("t00 dim", Anchor::Middle, x, y + 1.1 * at.size, "1");
    svg.rect("os-edge", plane.x, plane.y, plane.w, plane.h);
    let mut ticks = String::new();
    let (cx, cy, unit) = scale(at);
    for w in ink.fig.run.w.rows() {
        let [a, b] = [f64::from(w[0]), f64::from(w[1])];
        // A direction that ends outside is marked where it leaves.
        let length = a.hypot(b).max(1e-9);
        let shown = length.min(0.97 * EDGE / (a.abs().max(b.abs()) / length));
        let inner = (shown - 0.28).max(0.0);
        let end = |along: f64| (cx + unit * a / length * along, cy - unit * b / length * along);
        let (from, to) = (end(inner), end(shown));
        segments(&mut ticks, &[("M", from.0), (" ", from.1), ("L", to.0), (" ", to.1)]);
    }
    svg.path("vr-ticks", &ticks);
}

/// The present direction and the projections on it.
pub fn present(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, now) = (ink.at, ink.at.u, ink.now);
    heads(svg, ink);
    svg.window(at.plane.x, at.plane.y, at.plane.w, at.plane.h);
    // Inside the window its corner is the origin.
    let inside = Arrange { plane: crate::figure::plot::Frame { x: 0.0, y: 0.0, ..at.plane }, ..at.clone() };
    let tip = place(&inside, now.w);
    let (cx, cy, unit) = scale(&inside);
    let length = now.w[0].hypot(now.w[1]).max(1e-9);
    let along = [now.w[0] / length, now.w[1] / length];
    let far = 2.0 * at.plane.w;
    svg.line("vr-line", cx - far * along[0], cy + far * along[1], cx + far * along[0], cy - far * along[1]);
    if let Some(partner) = partner(ink) {
        let end = place(&inside, partner);
        svg.line("vr-partner", cx, cy, end.0, end.1);
        right_angle(svg, (cx, cy), now.w, partner, 9.0 * u);
    }
    svg.line("vr-now", cx, cy, tip.0, tip.1);
    svg.line("vr-w", cx, cy, tip.0, tip.1);
    head(svg, "f-m", tip, [along[0], -along[1]], 8.0 * u);
    let used = ink.fig.inputs.used();
    for (vector, [class, line], side) in [(&used[0], ["s-q", "vr-drop s-q"], 1.0), (&used[1], ["s-k", "vr-drop s-k"], -1.0)] {
        let end = place(&inside, [vector[0], vector[1]]);
        let foot = vector[0] * along[0] + vector[1] * along[1];
        let to = (cx + unit * foot * along[0], cy - unit * foot * along[1]);
        svg.line(line, end.0, end.1, to.0, to.1);
        // The two shadows lie beside the line, one on either side.
        let (dx, dy) = (side * 3.0 * u * along[1], side * 3.0 * u * along[0]);
        svg.line(&["vr-shadow ", class].concat(), cx + dx, cy + dy, to.0 + dx, to.1 + dy);
    }
    let name = ["w", &number::subscript(ink.step + 1)].concat();
    let beyond = 11.0 * u;
    let (x, y) = (tip.0 + beyond * along[0], tip.1 - beyond * along[1] + 4.0 * u);
    let (x, y) = (x.clamp(14.0 * u, at.plane.w - 14.0 * u), y.clamp(14.0 * u, at.plane.h - 6.0 * u));
    svg.text("t1 b halo", Anchor::Middle, x, y, &name);
    svg.raw("</svg>");
}

/// The other direction of the block, where directions are orthogonal.
fn partner(ink: &Ink<'_>) -> Option<[f64; 2]> {
    let other = ink.step ^ 1;
    (ink.fig.inputs.kind == Directions::Orthogonal && other <= ink.fig.run.last()).then(|| ink.fig.run.trace.at(other).w)
}

/// The mark of a right angle between two directions.
fn right_angle(svg: &mut Svg, (cx, cy): (f64, f64), a: [f64; 2], b: [f64; 2], side: f64) {
    let unit = |w: [f64; 2]| {
        let length = w[0].hypot(w[1]).max(1e-9) / side;
        (w[0] / length, -w[1] / length)
    };
    let (a, b) = (unit(a), unit(b));
    let corner = [("M", cx + a.0), (" ", cy + a.1), ("l", b.0), (" ", b.1), ("l", -a.0), (" ", -a.1)];
    svg.path("vr-corner", &path(&corner, ""));
}

/// The two projections in numbers, over the plane.
fn heads(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u) = (ink.at, ink.at.u);
    let w = ["w", &number::subscript(ink.step + 1)].concat();
    let half = at.plane.w / 2.0;
    for (k, (id, name, class)) in [("wx", "·x = ", "t1 b c-q"), ("wy", "·y = ", "t1 b c-k")].into_iter().enumerate() {
        let text = [&w, name, &along(ink.now.along[k])].concat();
        let x = at.plane.x + half * k as f64;
        svg.cell(id, &text);
        svg.rect("hit", x, at.heads.0 - 13.0 * u, half - 4.0 * u, 18.0 * u);
        svg.text(class, Anchor::Start, x + 2.0 * u, at.heads.0, &text);
        svg.end();
    }
}

/// The head of an arrow that points along `(dx, dy)`, a unit vector of the screen.
fn head(svg: &mut Svg, class: &str, (x, y): (f64, f64), [dx, dy]: [f64; 2], size: f64) {
    let back = (x - size * dx, y - size * dy);
    let half = 0.45 * size;
    let corners =
        [("M", x), (" ", y), ("L", back.0 - half * dy), (" ", back.1 + half * dx), ("L", back.0 + half * dy), (" ", back.1 - half * dx)];
    svg.path(class, &path(&corners, "z"));
}

/// The vectors, with what takes hold of them.
pub fn handles(svg: &mut Svg, ink: &Ink<'_>) {
    let (at, u, inputs) = (ink.at, ink.at.u, &ink.fig.inputs);
    let (cx, cy, unit) = scale(at);
    let used = inputs.used();
    let twins = (inputs.x[0] - inputs.y[0]).hypot(inputs.x[1] - inputs.y[1]) < 0.3;
    // y below x, so that of twins x is taken first, and then y is free.
    for (field, vector, used, role) in [("y", inputs.y, &used[1], "k"), ("x", inputs.x, &used[0], "q")] {
        let (x, y) = place(at, vector);
        let length = vector[0].hypot(vector[1]);
        let tone = ["vr-vector s-", role].concat();
        if length > 0.0 {
            let dir = [vector[0] / length, -vector[1] / length];
            svg.line(&tone, cx, cy, x - 9.0 * u * dir[0], y - 9.0 * u * dir[1]);
        }
        if inputs.scaled_twice() {
            let end = place(at, [used[0], used[1]]);
            svg.line("vr-broken", cx, cy, end.0, end.1);
            svg.disc("vr-broken-end", end.0, end.1, 3.5 * u);
        }
        let text = pair(vector);
        let plane = [cx, cy, unit, unit, -REACH, REACH, 0.05].map(px).join(" ");
        svg.group(
            &[
                r#"class="handle" tabindex="0" role="slider" data-drag=""#,
                field,
                r#"" data-plane=""#,
                &plane,
                r#"" data-at=""#,
                &vector.map(number::plain).join(" "),
                r#"" aria-label=""#,
                if field == "y" { "key y" } else { "query x" },
                r#"" aria-valuemin="-2.5" aria-valuemax="2.5" aria-valuenow=""#,
                &px(vector[0]),
                r#"" aria-valuetext=""#,
                &text,
                "\"",
            ]
            .concat(),
        );
        svg.disc("hit", x, y, 22.0_f64.max(11.0 * u));
        // Of twins, y is a ring around x.
        let r = if twins && field == "y" { 13.0 } else { 8.5 };
        svg.disc(&["vr-grip f-", role].concat(), x, y, r * u);
        svg.text("t00 b vr-name through", Anchor::Middle, x, y + 0.34 * at.size, field);
        svg.end();
        let other = place(at, if field == "x" { inputs.y } else { inputs.x });
        let (anchor, label_x, base) = label(at, (vector, other), (x, y), width(&text, at.size), twins.then_some(field == "x"));
        svg.cell(field, &[field, " = ", &text].concat());
        svg.text(&["t00 b halo c-", role].concat(), anchor, label_x, base, &text);
        svg.end();
    }
}

/// Where the numbers of a vector stand: outwards of its tip if there is room, of twins the one above and the other below,
/// and clear of both tips.
fn label(at: &Arrange, (vector, other): ([f64; 2], (f64, f64)), (x, y): (f64, f64), wide: f64, twin: Option<bool>) -> (Anchor, f64, f64) {
    let (u, plane) = (at.u, at.plane);
    let (left, right) = (plane.x - 4.0 * u, plane.x + plane.w + 4.0 * u);
    let (level, beside) = (y + 0.36 * at.size, 13.0 * u);
    let middle = x.clamp(left + wide / 2.0, right - wide / 2.0);
    let [at_right, at_left] = [(Anchor::Start, x + beside, level), (Anchor::End, x - beside, level)];
    let [above, below] = [y - 16.0 * u, y + 15.0 * u + at.size].map(|base| (Anchor::Middle, middle, base));
    let sides = if vector[0] > 0.0 { [at_right, at_left] } else { [at_left, at_right] };
    let flat = vector[0].abs() > 0.9 * vector[1].abs();
    let order = match twin {
        Some(true) => [above, sides[0], sides[1], below],
        Some(false) => [below, sides[0], sides[1], above],
        None if flat => [sides[0], if vector[1] < 0.0 { below } else { above }, if vector[1] < 0.0 { above } else { below }, sides[1]],
        None if vector[1] < 0.0 => [below, sides[0], sides[1], above],
        None => [above, sides[0], sides[1], below],
    };
    let fits = |&(anchor, x, base): &(Anchor, f64, f64)| {
        let start = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - wide / 2.0,
            Anchor::End => x - wide,
        };
        let free =
            twin.is_some() || other.0 < start - 9.0 * u || other.0 > start + wide + 9.0 * u || (base - 4.0 * u - other.1).abs() > 15.0 * u;
        free && start >= left && start + wide <= right && base > plane.y + 8.0 * u && base < plane.y + plane.h
    };
    order.into_iter().find(fits).unwrap_or(order[0])
}
