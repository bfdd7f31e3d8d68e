//! The bracket that the reader moves: its two places, the handle on its rail, and the lock.

use super::arrange::Arrange;
use super::figure::Bracket;
use super::inputs::Order;
use crate::content::Lang;
use crate::figure::svg::{Anchor, Svg, path, px};

/// Both places of the bracket, the rail, and what holds it if it cannot move.
pub fn draw(svg: &mut Svg, fig: &Bracket, at: &Arrange, lang: Lang) {
    let order = fig.inputs.order;
    let idx = usize::from(order == Order::Right);
    let other = 1 - idx;
    let words = ["left", "right"];
    if fig.inputs.softmax {
        wrapper(svg, at);
        parens(svg, "bk-ghost", at, other);
        // What would have to stand inside the wall.
        let inside = (at.parens[other][0] - 8.0 * at.u, at.rail + 12.0 * at.u, 16.0 * at.u, at.span.1 - at.rail - 12.0 * at.u);
        svg.hatch("hatch", inside, 6.0 * at.u);
    } else {
        svg.group(&["class=\"pick\" data-set=\"order=", words[other], "\""].concat());
        for x in at.parens[other] {
            svg.rect("hit", x - 14.0 * at.u, at.span.0, 28.0 * at.u, at.span.1 - at.span.0);
        }
        parens(svg, "bk-ghost", at, other);
        svg.end();
    }
    let [from, to] = at.stops;
    svg.line("bk-rail", from, at.rail, to, at.rail);
    svg.rect("bk-stop", at.stops[other] - 4.0 * at.u, at.rail - 4.0 * at.u, 8.0 * at.u, 8.0 * at.u);
    parens(svg, "bk-live", at, idx);
    knob(svg, fig, at, idx, lang);
    note(svg, fig, at, lang);
}

/// What may be done with the handle, or why nothing can.
fn note(svg: &mut Svg, fig: &Bracket, at: &Arrange, lang: Lang) {
    let text = if fig.inputs.softmax {
        lang.pick("locked: e^(q·k) needs the finished q·k", "锁住了：e^(q·k) 要用算完的 q·k")
    } else {
        lang.pick("drag: which product first?", "拖动：先算哪个乘积？")
    };
    if at.small() {
        return svg.text("t00 ink2", Anchor::Start, 4.0, at.rail - 28.0, text);
    }
    svg.text("t0 ink2", Anchor::Start, at.stops[usize::from(fig.inputs.order == Order::Right)] + 32.0 * at.u, at.rail - 8.0 * at.u, text);
}

/// Both parentheses of a place, hanging from the rail.
fn parens(svg: &mut Svg, class: &str, at: &Arrange, idx: usize) {
    let [left, right] = at.parens[idx];
    let (top, bottom) = at.span;
    let bow = 7.0 * at.u;
    let h = bottom - top;
    let curve = |x: f64, sign: &'static str| {
        path(&[("M", x), (" ", top), (["q", "q-"][usize::from(sign == "-")], bow), (" ", h / 2.0), (" 0 ", h)], "")
    };
    // The curve bulges outwards.
    svg.path(class, &curve(left + bow / 2.0, "-"));
    svg.path(class, &curve(right - bow / 2.0, ""));
    let (left, right, turn) = (left + bow / 2.0, right - bow / 2.0, 9.0 * at.u);
    let up = [("M", left), (" ", top), ("V", at.rail + turn), ("q0 -", turn), (" ", turn), (" -", turn), ("H", right - turn)];
    let down = [("q", turn), (" 0 ", turn), (" ", turn), ("V", top)];
    svg.path(&[class, " bk-bar"].concat(), &path(&[&up[..], &down[..]].concat(), ""));
}

/// The softmax: a wall round Q K^T.
fn wrapper(svg: &mut Svg, at: &Arrange) {
    let (left, right) = (at.parens[0][0] - 7.0 * at.u, at.parens[0][1] + 7.0 * at.u);
    let (top, bottom) = (at.rail + 13.0 * at.u, at.span.1 + 4.0 * at.u);
    svg.rect("bk-wall", left, top, right - left, bottom - top);
    let (w, h) = if at.small() { (50.0, 15.0) } else { (60.0 * at.u, 17.0 * at.u) };
    svg.rect("chip-hit", right - w, bottom - h / 2.0, w, h);
    svg.text("t0 chip-hit-t", Anchor::Middle, right - w / 2.0, bottom + h * 0.25, "softmax");
}

/// The handle.
fn knob(svg: &mut Svg, fig: &Bracket, at: &Arrange, idx: usize, lang: Lang) {
    let (x, y, u) = (at.stops[idx], at.rail, at.u);
    let label = lang.pick("Bracket: which product comes first", "括号：先算哪个乘积");
    let stops = ["left:", &px(at.stops[0]), " right:", &px(at.stops[1])].concat();
    let (now, text) = (idx.to_string(), fig.formula(fig.inputs.order));
    let parts = [
        r#"class="handle" tabindex="0" role="slider" aria-valuemin="0" aria-valuemax="1" aria-valuenow=""#,
        &now,
        r#"" aria-label=""#,
        label,
        r#"" aria-valuetext=""#,
        text,
        r#"" data-drag="order" data-stops=""#,
        &stops,
        "\"",
    ];
    svg.group(&parts.concat());
    let reach = 23.0 * u.max(1.0);
    svg.rect("hit", x - 1.6 * reach, y - reach + u, 3.2 * reach, 2.0 * reach - 2.0 * u);
    svg.rect("bk-knob", x - 24.0 * u, y - 11.0 * u, 48.0 * u, 22.0 * u);
    if fig.inputs.softmax {
        svg.path(
            "bk-shackle",
            &path(
                &[("M", x - 4.0 * u), (" ", y), ("v-", 2.5 * u), ("a", 4.0 * u), (" ", 4.0 * u), (" 0 0 1 ", 8.0 * u), (" 0v", 2.5 * u)],
                "",
            ),
        );
        svg.rect("bk-grip", x - 6.5 * u, y - 0.5 * u, 13.0 * u, 8.0 * u);
    } else {
        for side in [-1.0, 1.0] {
            let list = [("M", x + side * 17.0 * u), (" ", y), ("L", x + side * 9.0 * u), (" ", y - 6.0 * u), ("v", 12.0 * u)];
            svg.path("bk-grip", &path(&list, "z"));
        }
        for shift in [-3.0, 0.0, 3.0] {
            svg.line("bk-shackle", x + shift * u, y - 5.0 * u, x + shift * u, y + 5.0 * u);
        }
    }
    svg.end();
}
