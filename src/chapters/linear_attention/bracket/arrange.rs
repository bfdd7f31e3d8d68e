//! Where everything stands: three factors in a row, and below them both matrices between and the output, all on one scale.

use super::figure::Bracket;
use crate::figure::marks::Frame;
use crate::figure::{Mode, View};

/// The places of a stage.
pub struct Arrange {
    /// Unit: 1 on a page, 2 in the presenter.
    pub u: f64,
    /// Size of an entry.
    pub cell: (f64, f64),
    /// Whether entries show their numbers.
    pub numbers: bool,
    /// Whether these may be large.
    pub big: bool,
    /// Q.
    pub q: Frame,
    /// K^T.
    pub k: Frame,
    /// V.
    pub v: Frame,
    /// Q K^T.
    pub table: Frame,
    /// K^T V.
    pub summary: Frame,
    /// The output.
    pub o: Frame,
    /// Baseline of the names of the factors.
    pub names: f64,
    /// Middle of the rail along which the bracket moves.
    pub rail: f64,
    /// Where it rests: round Q K^T, round K^T V.
    pub stops: [f64; 2],
    /// Left and right parenthesis of either place.
    pub parens: [[f64; 2]; 2],
    /// Top and bottom of the parentheses.
    pub span: (f64, f64),
    /// Baseline of the first line of the heads of the results.
    pub heads: f64,
    /// Height of a line of these heads.
    pub line: f64,
    /// Height of the stage.
    pub height: f64,
}

/// Measures that depend on the mode.
struct Room {
    u: f64,
    pad: f64,
    gap: f64,
    between: f64,
    /// The least width of a result, for its head.
    head: f64,
    /// The least width of a factor, for its name.
    name: f64,
    strip: f64,
    /// For the cells of both rows.
    height: f64,
    most: (f64, f64),
    /// The most that a cell without a number is wider than high.
    aspect: f64,
}

impl Room {
    /// What a factor takes, its name included.
    fn slot(&self, width: f64) -> f64 {
        width.max(self.name)
    }

    fn new(view: &View) -> Room {
        match view.mode {
            Mode::Present => Room {
                u: 2.0,
                pad: 72.0,
                gap: 100.0,
                between: 60.0,
                head: 330.0,
                name: 130.0,
                strip: 62.0,
                height: 380.0,
                most: (120.0, 44.0),
                aspect: 2.3,
            },
            Mode::Wide if view.width >= 620.0 => Room {
                u: 1.0,
                pad: 36.0,
                gap: 50.0,
                between: 34.0,
                head: 150.0,
                name: 62.0,
                strip: 28.0,
                height: 276.0,
                most: (56.0, 25.0),
                aspect: 2.3,
            },
            _ => Room {
                u: 1.0,
                pad: 16.0,
                gap: 32.0,
                between: 8.0,
                head: 90.0,
                name: 70.0,
                strip: 76.0,
                height: 620.0,
                most: (40.0, 30.0),
                aspect: 1.0,
            },
        }
    }
}

/// Lays out the matrices of a figure.
pub fn arrange(fig: &Bracket, view: &View) -> Arrange {
    let room = Room::new(view);
    let sizes = fig.inputs.sizes();
    let (n, d, dv) = (sizes.0 as f64, sizes.1 as f64, sizes.2 as f64);
    let tall = n.max(d);
    let (cell, numbers) = cell(fig, view, &room, (n, d, dv));
    let (w, h) = cell;
    let u = room.u;
    let rail = room.strip + 24.0 * u;
    let names = rail + 26.0 * u;
    let top = names + 9.0 * u;
    let middle = top + tall * h / 2.0;
    let at = |x: f64, rows: f64, cols: f64| (x, middle - rows * h / 2.0, cols * w, rows * h);
    let q = at(room.pad, n, d);
    let k = at(q.0 + room.slot(q.2) + room.gap, d, n);
    let v = at(k.0 + room.slot(k.2) + room.gap, n, dv);
    let (end_k, end_v) = (k.0 + room.slot(k.2), v.0 + room.slot(v.2));
    let bottom = top + tall * h;
    let line = if view.mode == Mode::Present { 30.0 } else { 15.0 };
    let heads = bottom + 22.0 * u + line;
    let below = heads + line + 8.0 * u;
    let wide = |matrix: f64| (matrix * w).max(room.head);
    let (first, second) = (room.pad.min(36.0 * u), wide(n));
    let table = (first, below, n * w, n * h);
    let summary = (first + second + room.between, below, dv * w, d * h);
    let o = (summary.0 + wide(dv) + room.between, below, dv * w, n * h);
    let (out, hug) = (room.gap * 0.26, room.gap * 0.18);
    let big = w >= needs(fig, view.metrics.t2) && h > 1.15 * view.metrics.t2;
    Arrange {
        u,
        cell,
        numbers,
        big,
        q,
        k,
        v,
        table,
        summary,
        o,
        names,
        rail,
        stops: [(q.0 + end_k) / 2.0, (k.0 + end_v) / 2.0],
        parens: [[q.0 - out, end_k + hug], [k.0 - hug, end_v + out]],
        span: (top - 4.0 * u, bottom + 4.0 * u),
        heads,
        line,
        height: below + tall * h + 6.0 * u,
    }
}

/// What the widest number takes at a size: digits, a minus sign and a point.
fn needs(fig: &Bracket, size: f64) -> f64 {
    ((fig.widest as f64 - 1.0) * 0.57 + 0.3) * size + 3.0
}

/// The largest cell with which both rows fit, and whether a number fits into it.
fn cell(fig: &Bracket, view: &View, room: &Room, (n, d, dv): (f64, f64, f64)) -> ((f64, f64), bool) {
    let fits = |w: f64| {
        let wide = |cols: f64| (cols * w).max(room.head);
        let above = 2.0 * room.pad + 2.0 * room.gap + room.slot(d * w) + room.slot(n * w) + room.slot(dv * w);
        let below = 2.0 * room.pad.min(8.0) + wide(n) + 2.0 * wide(dv) + 2.0 * room.between + room.pad.min(36.0 * room.u);
        above.max(below) <= view.width
    };
    let mut w = room.most.0;
    while !fits(w) && w > 0.02 {
        w *= 0.99;
    }
    let h = room.most.1.min(room.height / (2.0 * n.max(d)));
    let t0 = view.metrics.t0;
    let numbers = w >= needs(fig, t0) && h >= 1.3 * t0;
    if numbers { ((w, h), true) } else { ((w.min(room.aspect * h), h.min(room.aspect * w)), false) }
}

/// Rows and columns of a matrix, as a place in its frame.
pub fn part(frame: Frame, (w, h): (f64, f64), rows: std::ops::Range<usize>, cols: std::ops::Range<usize>) -> Frame {
    (frame.0 + w * cols.start as f64, frame.1 + h * rows.start as f64, w * cols.len() as f64, h * rows.len() as f64)
}

impl Arrange {
    /// Whether the stage is that of a phone.
    pub fn small(&self) -> bool {
        self.q.0 < 20.0
    }
}
