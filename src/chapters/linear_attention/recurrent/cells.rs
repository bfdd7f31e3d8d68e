//! The marks of fast memory: phi(q), phi(k) and v around the state, and the sums under it.

use ndarray::{ArrayView1, Axis};

use super::arrange::Places;
use super::figure::Recurrent;
use super::run::{Act, Step, divides};
use crate::content::{Lang, number};
use crate::figure::around::{self, Head, When};
use crate::figure::marks::{self, diverging};
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg, segments};

/// A box: left, top, width, height.
type Place = (f64, f64, f64, f64);

/// A number in its cell; `class` colours both.
fn cell(svg: &mut Svg, at: &Places, id: &str, name: &str, (x, y, w, h): Place, class: &str, text: &str) {
    svg.cell(id, &[name, " = ", text].concat());
    svg.rect(&["cell ", class].concat(), x + 0.5, y + 1.0, w - 1.0, h - 2.0);
    let (large, small) = at.sizes;
    let fits = text.chars().count() <= 5 && w >= 43.0 * at.u;
    let (size, px) = if fits { ("t2 ", large) } else { ("t0 ", small) };
    svg.text(&[size, class, "-t through"].concat(), Anchor::Middle, x + w / 2.0, y + h / 2.0 + px * 0.36, text);
    svg.end();
}

fn index(kind: &str, idx: usize) -> String {
    [kind, ":", &idx.to_string()].concat()
}

fn name(kind: &str, idx: usize) -> String {
    [kind, "[", &(idx + 1).to_string(), "]"].concat()
}

fn number_of(x: f32) -> String {
    number::cell(f64::from(x))
}

/// A list of numbers, downwards or to the right, as cells or, where there is no room, as a strip under one name.
struct List<'a> {
    /// The start of its ids.
    kind: String,
    name: &'a str,
    class: &'a str,
    role: &'a str,
    full: f32,
    down: bool,
}

fn list(svg: &mut Svg, at: &Places, it: &List<'_>, values: ArrayView1<'_, f32>, (x, y, w, h): Place) {
    let n = values.len();
    if at.numbers {
        let (dx, dy) = if it.down { (0.0, h / n as f64) } else { (w / n as f64, 0.0) };
        let (w, h) = if it.down { (w, dy) } else { (dx, h) };
        for (idx, value) in values.iter().enumerate() {
            let place = (x + dx * idx as f64, y + dy * idx as f64, w, h);
            cell(svg, at, &index(&it.kind, idx), &name(it.name, idx), place, it.class, &number_of(*value));
        }
        return;
    }
    let largest = largest(values);
    svg.cell(&index(&it.kind, largest), &[&name(it.name, largest), " = ", &number_of(values[largest])].concat());
    svg.rect(&["cell ", it.class].concat(), x, y + 1.0, w, h - 2.0);
    let matrix = if it.down { values.insert_axis(Axis(1)) } else { values.insert_axis(Axis(0)) };
    let frame = Frame { x: x + 1.0, y: y + 2.0, w: w - 2.0, h: h - 4.0 };
    match it.role {
        // The denominator's colour has no tints: lengths.
        "" if it.down => bars(svg, values, it.full, frame),
        "" => strip::signed(svg, matrix, values[largest].abs(), frame),
        role => strip::draw(svg, role, matrix, it.full, frame),
    }
    svg.end();
}

/// One bar a value, to the right.
fn bars(svg: &mut Svg, values: ArrayView1<'_, f32>, full: f32, frame: Frame) {
    let each = frame.h / values.len() as f64;
    let mut d = String::new();
    for (idx, value) in values.iter().enumerate() {
        let share = f64::from((value.abs() / full).min(1.0));
        segments(&mut d, &[("M", frame.x), (" ", frame.y + each * idx as f64), ("h", frame.w * share), ("v", each), ("H", frame.x)]);
        d.push('z');
    }
    svg.path("crisp f-l", &d);
}

/// The index of the entry of largest magnitude.
pub fn largest(values: ArrayView1<'_, f32>) -> usize {
    let mut best = 0;
    for (idx, value) in values.iter().enumerate() {
        if value.abs() > values[best].abs() {
            best = idx;
        }
    }
    best
}

/// The names of the acts; yellow the one that runs.
pub fn heads(svg: &mut Svg, fig: &Recurrent, now: &Step, at: &Places, lang: Lang) {
    let base = at.v.0 - 14.0 * at.uy;
    let when = |act: Act| fig.order(act).cmp(&fig.order(now.act));
    svg.text("t1 b", Anchor::Start, at.columns[0].0, base, lang.pick("State", "状态"));
    if !at.narrow {
        let note = lang.pick("fixed size", "大小固定");
        svg.text("t0 dim", Anchor::Start, at.columns[0].0 + lang.pick(42.0, 34.0) * at.u, base, note);
    }
    let (added, summed) = if fig.recurrence() { ("+= φ(k)vᵀ", "+= φ(k)") } else { ("+= φ(K)ᵀV", "+= Σφ(k)") };
    let head = |class, name, formula| Head { class, name, formula, up: "" };
    around::act_head(svg, (at.s.0, base), at.u, when(Act::State), &head("m", "S", added));
    let sum = if fig.recurrence() { Act::Sum } else { Act::State };
    let formula = if at.narrow { "" } else { summed };
    around::act_head(svg, (at.z.0, base), at.u, when(sum), &head("l", "z", formula));
    let arrives = when(Act::Load);
    for (column, class, name) in [(0, "q", "φ(q)"), (1, "k", "φ(k)")] {
        let (x, y) = (at.columns[column].0, at.s.1 - 8.0 * at.uy);
        if arrives.is_eq() {
            svg.rect("f-now", x - 3.0 * at.u, y - 14.0 * at.u, if at.narrow { 35.0 } else { 40.0 * at.u }, 19.0 * at.u);
        }
        svg.text_of(if arrives.is_eq() { ["t1 b on-now", ""] } else { ["t1 b c-", class] }, Anchor::Start, x, y, name);
    }
    svg.text("t1 b c-v", Anchor::End, at.s.0 - if at.narrow { 2.0 } else { 5.0 * at.u }, at.v.0 + at.v.1 / 2.0 + 4.5 * at.u, "v");
}

/// phi(q) of the row in focus, and phi(k) and v of what is in hand: one token, or a chunk as strips.
pub fn inputs(svg: &mut Svg, fig: &Recurrent, now: &Step, focus: usize, at: &Places) {
    let x = &fig.run.x;
    let (s, hand) = (at.s, now.hand.clone());
    let column = |idx: usize| (at.columns[idx].0, s.1, at.columns[idx].1, s.3);
    let q = List { kind: index("q", focus), name: "φ(q)", class: "rc-q", role: "query", full: fig.scales[3], down: true };
    if now.rows.contains(&focus) {
        list(svg, at, &q, x.q.row(focus), column(0));
    }
    let (k, v) = (column(1), (s.0, at.v.0, s.2, at.v.1));
    if hand.len() == 1 {
        let keys = List { kind: "k".into(), name: "φ(k)", class: "rc-k", role: "key", full: fig.scales[4], down: true };
        let values = List { kind: "v".into(), name: "v", class: "rc-v", role: "value", full: fig.scales[1], down: false };
        list(svg, at, &keys, x.k.row(hand.start), k);
        list(svg, at, &values, x.v.row(hand.start), v);
    } else {
        let rows = ndarray::s![hand, ..];
        for (role, class, matrix, full, (x, y, w, h)) in
            [("key", "rc-k", x.k.slice(rows).reversed_axes(), fig.scales[4], k), ("value", "rc-v", x.v.slice(rows), fig.scales[1], v)]
        {
            svg.rect(&["cell ", class].concat(), x, y + 1.0, w, h - 2.0);
            strip::draw(svg, role, matrix, full, Frame { x: x + 1.0, y: y + 2.0, w: w - 2.0, h: h - 4.0 });
        }
    }
    if !now.added && now.act != Act::State {
        // Not in the state yet: the sum is inclusive only once this token has been added.
        for (x, y, w, h) in [k, v] {
            svg.rect("rc-new", x - 1.5, y - 0.5, w + 3.0, h + 1.0);
        }
    }
}

/// S and z.
pub fn state(svg: &mut Svg, fig: &Recurrent, now: &Step, at: &Places) {
    let (x, y, w, h) = at.s;
    let (m, dv) = now.s.dim();
    if at.numbers {
        let (cell_w, cell_h) = (w / dv as f64, h / m as f64);
        for ((row, col), value) in now.s.indexed_iter() {
            let place = (x + cell_w * col as f64, y + cell_h * row as f64, cell_w, cell_h);
            let class = ["div-", &diverging(*value, fig.state_scale).to_string()].concat();
            let name = ["S[", &(row + 1).to_string(), ", ", &(col + 1).to_string(), "]"].concat();
            cell(svg, at, &["S:", &row.to_string(), ":", &col.to_string()].concat(), &name, place, &class, &number_of(*value));
        }
    } else {
        let (row, col) = fig.largest_of_state(now);
        let name = ["S[", &(row + 1).to_string(), ", ", &(col + 1).to_string(), "] = ", &number_of(now.s[[row, col]])].concat();
        svg.cell(&["S:", &row.to_string(), ":", &col.to_string()].concat(), &name);
        svg.rect("cell div-4", x, y, w, h);
        strip::signed(svg, now.s.view(), fig.state_scale, Frame { x, y, w, h });
        svg.end();
    }
    svg.rect("sram-edge", x - 1.0, y - 1.0, w + 2.0, h + 2.0);
    let z = List { kind: "z".into(), name: "z", class: "rc-l", role: "", full: fig.z_scale, down: true };
    list(svg, at, &z, now.z.view(), (at.z.0, y, at.z.1, h));
    svg.rect("rc-edge-l", at.z.0 - 1.0, y - 1.0, at.z.1 + 2.0, h + 2.0);
    if matches!(now.act, Act::State | Act::Sum) {
        let (x, w) = if now.act == Act::Sum { at.z } else { (x, w) };
        marks::now_frame(svg, (x - 1.0, y - 1.0, w + 2.0, h + 2.0));
    }
}

/// A row of sums under the state: what it is, when it comes, the sums and the denominator beside them.
struct Row<'a> {
    kind: &'a str,
    head: (&'a str, &'a str),
    class: &'a str,
    values: Option<ArrayView1<'a, f32>>,
    /// Name of the cell, and the number.
    total: Option<(&'a str, f32)>,
    when: When,
}

/// The rows under the state: through the state, in the chunk, and the output, of the row in focus.
pub fn sums(svg: &mut Svg, fig: &Recurrent, now: &Step, focus: usize, at: &Places, lang: Lang) {
    let idx = focus.checked_sub(now.rows.start).filter(|idx| *idx < now.rows.len());
    let when = |act: Act| fig.order(act).cmp(&fig.order(now.act));
    let row = |sums: Option<&'_ super::run::Sums>| sums.cloned().zip(idx);
    let (inter, intra) = (row(now.inter.as_ref()), row(now.intra.as_ref()));
    let divisor = now.totals.as_ref().zip(idx).map(|(totals, idx)| ("t2", totals[idx]));
    let past = inter.as_ref().filter(|_| !fig.recurrence() || now.act == Act::Output);
    let mut rows = Vec::new();
    if !fig.recurrence() {
        rows.push(Row {
            kind: "w",
            head: ("Σ A v", lang.pick("chunk", "段内")),
            class: "rc-p",
            values: intra.as_ref().map(|(sums, idx)| sums.0.row(*idx)),
            total: intra.as_ref().map(|(sums, idx)| ("t1", sums.1[*idx])),
            when: when(Act::Intra),
        });
    }
    rows.push(Row {
        kind: "p",
        head: ("φ(q)ᵀS", if fig.recurrence() { lang.pick("sum", "和") } else { lang.pick("past", "过去") }),
        class: "rc-p",
        values: past.map(|(sums, idx)| sums.0.row(*idx)),
        total: if fig.recurrence() { divisor } else { inter.as_ref().map(|(sums, idx)| ("t0", sums.1[*idx])) },
        when: if fig.recurrence() { when(Act::Output) } else { when(Act::Inter) },
    });
    let o = now.o.as_ref().zip(idx);
    rows.push(Row {
        kind: "o",
        head: ("o", if divides(&fig.inputs) { lang.pick("= sum ÷", "= 和 ÷") } else { lang.pick("= sum", "= 和") }),
        class: if fig.broken() { "rc-bad" } else { "rc-o" },
        values: o.map(|(o, idx)| o.row(idx)),
        total: divisor.filter(|_| !fig.recurrence()),
        when: when(Act::Output),
    });
    let last = rows.len() - 1;
    let divides_by = if fig.recurrence() { 0 } else { last };
    for (idx, row) in rows.iter().enumerate() {
        sum_row(svg, fig, at, row, (at.rows[idx], focus), (idx == last, idx == divides_by));
    }
    let (x, y) = (at.z.0 + at.z.1 / 2.0, at.rows[1] + at.row_h / 2.0 + at.sizes.1 * 0.38);
    if fig.recurrence() {
        let current = now.act == Act::Denominator;
        if current {
            svg.rect("f-now", at.z.0 - 2.0, at.rows[1] + 2.0, at.z.1 + 4.0, at.row_h - 4.0);
        }
        svg.text(if current { "t0 b on-now" } else { "t0 c-l" }, Anchor::Middle, x, y, "φ(q)·z");
    }
    if now.act == Act::Denominator {
        marks::now_frame(svg, (at.z.0, at.rows[divides_by], at.z.1, at.row_h));
    }
}

fn sum_row(svg: &mut Svg, fig: &Recurrent, at: &Places, row: &Row<'_>, (y, focus): (f64, usize), (is_output, divisor): (bool, bool)) {
    let base = y + at.row_h / 2.0 + at.sizes.1 * 0.38;
    let current = row.when.is_eq();
    let left = at.columns[0].0;
    if current {
        svg.rect("f-now", left - 3.0 * at.u, y + 2.0, at.s.0 - left - 2.0 * at.u, at.row_h - 4.0);
    }
    let color = if current {
        "t1 b on-now"
    } else if is_output {
        "t1 b c-o"
    } else {
        "t1 b"
    };
    svg.text(color, Anchor::Start, left, base, row.head.0);
    svg.text(if current { "t0 on-now" } else { "t0 ink2" }, Anchor::End, at.s.0 - 8.0 * at.u, base, row.head.1);
    let place = (at.s.0, y, at.s.2, at.row_h);
    match row.values {
        Some(values) => {
            let it = List {
                kind: index(row.kind, focus),
                name: row.head.0,
                class: row.class,
                role: if row.kind == "o" { "output" } else { "" },
                full: fig.scales[2],
                down: false,
            };
            list(svg, at, &it, values, place);
        }
        None => svg.rect("rc-wait", place.0 + 1.0, place.1 + 2.0, place.2 - 2.0, place.3 - 4.0),
    }
    if is_output && !divisor {
        return;
    }
    let (place, undivided) = ((at.z.0, y, at.z.1, at.row_h), divisor && !divides(&fig.inputs));
    match row.total {
        Some((id, total)) => cell(svg, at, &index(id, focus), "φ(q)·z", place, "rc-l", &number_of(total)),
        None => svg.rect("rc-wait", place.0 + 1.0, place.1 + 2.0, place.2 - 2.0, place.3 - 4.0),
    }
    if undivided {
        svg.hatch("rc-leak", (place.0 + 1.0, place.1 + 2.0, place.2 - 2.0, place.3 - 4.0), 6.0);
    } else if divisor && !at.narrow {
        svg.text("t1 b", Anchor::Middle, (at.s.0 + at.s.2 + at.z.0) / 2.0, base, "÷");
    }
}
