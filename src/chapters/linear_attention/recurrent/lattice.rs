//! The attention picture: what is computed inside chunks as cells on the diagonal, what is read through the state as one dashed lattice.

use super::arrange::Places;
use super::figure::Recurrent;
use super::run::{Act, Step};
use crate::algorithms::linear_attention::{Future, chunkwise};
use crate::content::{Lang, number};
use crate::figure::marks::{self, diverging, sequential};
use crate::figure::svg::{Anchor, Svg, path, px, segments};

/// Draws the picture at a step.
pub fn draw(svg: &mut Svg, fig: &Recurrent, now: &Step, focus: usize, at: &Places, lang: Lang) {
    let (x, y, side) = at.lattice;
    let n = fig.inputs.n();
    let each = side / n as f64;
    let size = [n.to_string(), "×".into(), n.to_string()].concat();
    svg.text("t1 b", Anchor::Start, x, at.side_head, &size);
    let note = x + 9.0 * at.sizes.1 / 12.0 * size.chars().count() as f64 + 4.0 * at.u;
    svg.text("t0 ink2", Anchor::Start, note, at.side_head, lang.pick("never stored", "从不存下"));
    svg.rect("row-now", x - 4.0, y + each * now.rows.start as f64, side + 8.0, each * now.rows.len() as f64);
    let (mut read, mut waits) = (Steps::default(), Steps::default());
    for (_, rows) in chunkwise::chunks(n, fig.inputs.chunk) {
        let done = rows.end <= now.written || (now.rows == rows && now.inter.is_some());
        let steps = if done { &mut read } else { &mut waits };
        let frame = (x, y + each * rows.start as f64, each * through(fig, &rows) as f64, each * rows.len() as f64);
        steps.add(frame);
        if !fig.recurrence() {
            block(svg, fig, now, &rows, at);
        }
    }
    svg.path("lat-todo", &waits.finish(x));
    svg.path("rc-read", &read.finish(x));
    let reads = if fig.recurrence() { matches!(now.act, Act::Denominator | Act::Output) } else { now.act == Act::Inter };
    if reads {
        let row = if fig.recurrence() { now.rows.clone() } else { focus..focus + 1 };
        let w = each * through(fig, &now.rows) as f64;
        marks::now_frame(svg, (x, y + each * row.start as f64, w, each * row.len() as f64));
    }
    if fig.inputs.future == Future::Seen {
        leak(svg, (x, y, side), n);
    }
    legend(svg, fig, at, lang);
    if n > 1 && fig.inputs.future == Future::Hidden {
        handle(svg, fig, at, lang);
    }
}

/// The right edge of the first chunk, to be dragged: the dial from a recurrent network to one table.
fn handle(svg: &mut Svg, fig: &Recurrent, at: &Places, lang: Lang) {
    let (x, y, side) = at.lattice;
    let (n, chunk) = (fig.inputs.n(), fig.inputs.chunk.to_string());
    let place = |chunk: usize| x + side * chunk as f64 / n as f64;
    let (at_x, r) = (place(fig.inputs.chunk.get()), 4.0 * at.u);
    let mut attributes =
        ["class=\"handle\" tabindex=\"0\" role=\"slider\" aria-label=\"", lang.pick("chunk size C", "每段大小 C")].concat();
    for part in
        ["\" aria-valuemin=\"1\" aria-valuemax=\"", &n.to_string(), "\" aria-valuenow=\"", &chunk, "\" aria-valuetext=\"C = ", &chunk]
    {
        attributes += part;
    }
    attributes += "\" data-drag=\"chunk\" data-stops=\"";
    for chunk in 1..=n {
        let gap = if chunk == 1 { "" } else { " " };
        attributes += &[gap, &chunk.to_string(), ":", &px(place(chunk))].concat();
    }
    svg.group(&(attributes + "\""));
    svg.rect("hit", at_x - 22.0, y - 30.0, 44.0, 44.0);
    svg.line("rc-dial", at_x, y - 2.0 * r, at_x, y + side * fig.inputs.chunk.get() as f64 / n as f64);
    for sign in [-1.0, 1.0] {
        let tip = at_x + sign * 2.5 * r;
        let list = [("M", tip), (" ", y - r), ("L", tip - sign * 1.7 * r), (" ", y - 2.2 * r), ("V", y + 0.2 * r)];
        svg.path("f-m", &path(&list, "z"));
    }
    svg.end();
}

/// Bars under one another: drawn one by one, or where they are thin as one staircase.
#[derive(Default)]
struct Steps(String, bool);

impl Steps {
    fn add(&mut self, (x, y, w, h): marks::Frame) {
        if w <= 0.0 {
            return;
        }
        if h > 6.0 {
            segments(&mut self.0, &[("M", x + 1.0), (" ", y + 1.0), ("h", w - 2.0), ("v", h - 2.0), ("h-", w - 2.0)]);
            self.0.push('z');
            return;
        }
        if !self.1 {
            segments(&mut self.0, &[("M", x), (" ", y)]);
        }
        segments(&mut self.0, &[("H", x + w), ("V", y + h)]);
        self.1 = true;
    }

    /// The path; `x` is the left edge.
    fn finish(mut self, x: f64) -> String {
        if self.1 {
            segments(&mut self.0, &[("H", x)]);
            self.0.push('z');
        }
        self.0
    }
}

/// How many keys these rows read through the state.
fn through(fig: &Recurrent, rows: &std::ops::Range<usize>) -> usize {
    match (fig.inputs.future, fig.recurrence()) {
        (Future::Seen, _) => fig.inputs.n(),
        (_, true) => rows.end,
        _ => rows.start,
    }
}

/// A chunk's own triangle.
fn block(svg: &mut Svg, fig: &Recurrent, now: &Step, rows: &std::ops::Range<usize>, at: &Places) {
    let (x, y, side) = at.lattice;
    let each = side / fig.inputs.n() as f64;
    let current = now.rows == *rows;
    let table = now.table.as_ref().filter(|_| current);
    let place = |row: usize, key: usize| (x + each * key as f64, y + each * row as f64);
    if each < 9.0 {
        // A staircase under the diagonal.
        let (left, top) = place(rows.start, rows.start);
        let mut d = path(&[("M", left), (" ", top)], "");
        for _ in rows.clone() {
            segments(&mut d, &[("h", each), ("v", each)]);
        }
        segments(&mut d, &[("H", left)]);
        d.push('z');
        let class = if table.is_some() {
            "lat-now"
        } else if rows.end <= now.written {
            "lat-done"
        } else {
            "lat-todo"
        };
        return svg.path(class, &d);
    }
    for (row, key) in rows.clone().flat_map(|row| (rows.start..=row).map(move |key| (row, key))) {
        let (left, top) = place(row, key);
        let frame = (left + 1.0, top + 1.0, each - 2.0, each - 2.0);
        match table.map(|table| table[[row - rows.start, key - rows.start]]) {
            Some(a) => {
                let id = ["a:", &row.to_string(), ":", &key.to_string()].concat();
                svg.cell(&id, &["A[", &(row + 1).to_string(), ", ", &(key + 1).to_string(), "] = ", &number::cell(f64::from(a))].concat());
                let class = if fig.inputs.map.is_positive() {
                    ["seq-", &sequential(a / fig.table_scale).to_string()].concat()
                } else {
                    ["div-", &diverging(a, fig.table_scale).to_string()].concat()
                };
                svg.rect(&["cell ", &class].concat(), frame.0, frame.1, frame.2, frame.3);
                svg.end();
            }
            None => svg.rect(if rows.end <= now.written { "lat-done" } else { "lat-todo" }, frame.0, frame.1, frame.2, frame.3),
        }
    }
}

/// The future, where it is let in.
fn leak(svg: &mut Svg, (x, y, side): (f64, f64, f64), n: usize) {
    let each = side / n as f64;
    for row in 0..n {
        let left = x + each * (row + 1) as f64;
        if row + 1 < n && each > 3.0 {
            svg.hatch("rc-leak", (left, y + each * row as f64, x + side - left, each), 6.0);
        }
    }
    svg.path("rc-leak-edge", &path(&[("M", x + each), (" ", y), ("H", x + side), ("V", y + side - each)], ""));
}

fn legend(svg: &mut Svg, fig: &Recurrent, at: &Places, lang: Lang) {
    let (x, y) = (at.counters.0, at.height - 12.0 * at.uy);
    let size = at.sizes.1;
    let mut list = vec![("rc-read", lang.pick("through the state", "经由状态"))];
    if !fig.recurrence() {
        list.push(("lat-done", lang.pick("in the chunk", "段内算出")));
    }
    for (idx, (class, text)) in list.iter().rev().enumerate() {
        let base = y - 2.0 - size * 1.5 * idx as f64;
        svg.rect(class, x + 1.0, base - size * 0.85, size, size);
        svg.text("t0 ink2", Anchor::Start, x + size * 1.5, base, text);
    }
}
