//! What stands around the cells: pipes through the gate, heads of the acts, counters.

use super::arrange::Arrange;
use super::figure::Tiles;
use super::run::Act;
use crate::content::Lang;
use crate::figure::odometer::odometer;
use crate::figure::svg::{Anchor, Svg, path};

/// A pipe through the gate. `(live, moving, up)`: resident, crossing now, and its direction.
pub fn pipe(svg: &mut Svg, at: &Arrange, x: f64, class: &str, (live, moving, up): (bool, bool, bool), title: &str, note: &str) {
    let (top, bottom) = (at.gate.0, at.gate.0 + at.gate.1);
    let u = at.u;
    let (line, head) =
        if live { (["pipe s-", class].concat(), ["f-", class].concat()) } else { ("pipe-idle".to_string(), "f-rule".to_string()) };
    let x = x + 4.0 * u;
    svg.group(if !moving {
        ""
    } else if up {
        r#"class="cross up""#
    } else {
        r#"class="cross down""#
    });
    svg.line(&line, x, top, x, bottom);
    let tip = [("M", x), (" ", if up { top } else { bottom }), ("l", 5.0 * u), (if up { " " } else { " -" }, 8.0 * u), ("h-", 10.0 * u)];
    svg.path(&head, &path(&tip, "z"));
    svg.end();
    let mid = top + at.gate.1 / 2.0;
    if u > 1.5 {
        svg.text("t0 b ink2", Anchor::Start, x + 12.0 * u, mid + 4.0 * u, title);
    } else {
        svg.text("t0 b ink2", Anchor::Start, x + 9.0, mid - 3.0, title);
        svg.text(if moving { "t0 ink" } else { "t0 dim" }, Anchor::Start, x + 9.0, mid + 12.0, note);
    }
}

/// The head of an act's column: done, current or to come.
#[expect(clippy::too_many_arguments, reason = "a head is a place, a symbol and a formula")]
pub fn act_head(svg: &mut Svg, at: &Arrange, now: Act, act: Act, x: f64, class: &str, name: &str, formula: &str, up: &str) {
    let u = at.u;
    let base = at.sram.0 + 24.0 * u;
    let current = now == act;
    let chars = (formula.chars().count() + up.chars().count()) as f64;
    let width = (22.0 + chars * 6.6) * u;
    if current {
        svg.rect("f-now", x - 5.0 * u, base - 15.0 * u, width + 8.0 * u, 20.0 * u);
    }
    let tone = if current {
        "on-now"
    } else if now < act {
        "dim"
    } else {
        ""
    };
    let color = if tone.is_empty() { ["c-", class] } else { ["", ""] };
    svg.text(&["t2 b ", color[0], color[1], " ", tone].concat(), Anchor::Start, x, base, name);
    let class = if tone.is_empty() { "t0 ink2" } else { &["t0 ", tone].concat() };
    svg.text_with(class, (x + (17.0 + 2.0 * (name.chars().count() as f64 - 1.0)) * u, base), formula, "t00", -4.0 * u, up);
}

/// What has been moved and what the others move in all: name, count, and whether it is the running one.
pub fn counters(fig: &Tiles, moved: u64, lang: Lang) -> [(String, u64, bool); 3] {
    let totals = fig.run.totals;
    let (live, rival) = fig.names();
    let rival_total = if rival == "FA-1" { totals.fa1 } else { totals.fa2 };
    [
        ([live, lang.pick(" so far", " 已搬")].concat(), moved, true),
        (rival.to_string(), rival_total, false),
        (lang.pick("standard", "标准").to_string(), totals.standard, false),
    ]
}

/// The three odometers, right-aligned at `right`.
pub fn odometers(svg: &mut Svg, fig: &Tiles, moved: u64, right: f64, y: f64, u: f64, lang: Lang) {
    let digits = fig.digits();
    let mut x = right;
    for (label, value, live) in counters(fig, moved, lang).iter().rev() {
        x = odometer(svg, x, y, u, digits, label, *value, *live) - 18.0 * u;
    }
    svg.text("t0 ink2", Anchor::End, x, y + 15.0 * u, lang.pick("elements moved", "搬运的元素"));
}
