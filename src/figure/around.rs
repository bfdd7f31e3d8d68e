//! What stands around the cells of a stage: pipes through the gate, heads of the acts, counters.

use super::odometer::rolling;
use super::svg::{Anchor, Svg, path};
use crate::content::Lang;

/// Where pipes cross from slow to fast memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// Top.
    pub y: f64,
    /// Height.
    pub h: f64,
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
}

/// A pipe through the gate. `(live, moving, up)`: resident, crossing now, and its direction.
pub fn pipe(svg: &mut Svg, gate: Gate, x: f64, class: &str, (live, moving, up): (bool, bool, bool), title: &str, note: &str) {
    let (top, bottom, u) = (gate.y, gate.y + gate.h, gate.u);
    let (line, head) =
        if live { (["pipe s-", class].concat(), ["f-", class].concat()) } else { ("pipe-idle".to_string(), "f-rule".to_string()) };
    let x = x + 4.0 * u;
    svg.line(&line, x, top, x, bottom);
    let tip = [("M", x), (" ", if up { top } else { bottom }), ("l", 5.0 * u), (if up { " " } else { " -" }, 8.0 * u), ("h-", 10.0 * u)];
    svg.path(&head, &path(&tip, "z"));
    let mid = top + gate.h / 2.0;
    if u > 1.5 {
        svg.text("t0 b ink2", Anchor::Start, x + 12.0 * u, mid + 4.0 * u, title);
    } else {
        svg.text("t0 b ink2", Anchor::Start, x + 9.0, mid - 3.0, title);
        svg.text(if moving { "t0 ink" } else { "t0 dim" }, Anchor::Start, x + 9.0, mid + 12.0, note);
    }
}

/// When an act runs, seen from the present step: before it, in it, or after it.
pub type When = std::cmp::Ordering;

/// The name of an act: symbol, formula, and what is raised behind it.
pub struct Head<'a> {
    /// Class of its colour.
    pub class: &'a str,
    /// The symbol.
    pub name: &'a str,
    /// Behind the symbol.
    pub formula: &'a str,
    /// An exponent.
    pub up: &'a str,
}

/// The head of an act's column at `(x, base)`: done, current or to come.
pub fn act_head(svg: &mut Svg, (x, base): (f64, f64), u: f64, when: When, head: &Head<'_>) {
    let Head { class, name, formula, up } = *head;
    let chars = (formula.chars().count() + up.chars().count()) as f64;
    let width = (14.0 + 8.0 * name.chars().count() as f64 + chars * 6.6) * u;
    let current = when.is_eq();
    if current {
        svg.rect("f-now", x - 5.0 * u, base - 15.0 * u, width + 8.0 * u, 20.0 * u);
    }
    let tone = if current {
        "on-now"
    } else if when.is_gt() {
        "dim"
    } else {
        ""
    };
    let color = if tone.is_empty() { ["c-", class] } else { ["", ""] };
    svg.text(&["t2 b ", color[0], color[1], " ", tone].concat(), Anchor::Start, x, base, name);
    let class = if tone.is_empty() { "t0 ink2" } else { &["t0 ", tone].concat() };
    svg.text_with(class, (x + (17.0 + 8.0 * (name.chars().count() as f64 - 1.0)) * u, base), formula, "t00", -4.0 * u, up);
}

/// A counter: name, count at the step before and at this one, and whether it is the running one.
pub type Counter = (String, [u64; 2], bool);

/// The odometers, right-aligned at `right`.
pub fn odometers(svg: &mut Svg, counters: &[Counter], digits: usize, (right, y): (f64, f64), u: f64, lang: Lang) {
    let mut x = right;
    for (label, value, live) in counters.iter().rev() {
        x = rolling(svg, x, y, u, digits, label, *value, *live) - 18.0 * u;
    }
    svg.text("t0 ink2", Anchor::End, x, y + 15.0 * u, lang.pick("elements moved", "搬运的元素"));
}
