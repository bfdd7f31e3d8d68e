//! The stage: banks of slow memory, the gate, and the tile pair's rows through all acts in fast memory.

use std::fmt::Write as _;
use std::ops::Range;

use ndarray::{ArrayView2, s};

use super::cells;
use super::figure::Backward;
use super::places::Places;
use super::run::{Act, Step};
use crate::content::{Lang, say};
use crate::figure::around::{self, Head};
use crate::figure::marks;
use crate::figure::odometer::rolling;
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::{Drawing, View};

/// Draws a step.
pub fn draw(fig: &Backward, step: usize, focus: usize, at: &Places, view: &View) -> Drawing {
    let now = fig.run.trace.at(step);
    let mut layers: [Svg; 4] = Default::default();
    let [slow, fast, left, right] = &mut layers;
    slow_memory(slow, fig, step, at, view);
    gate(slow, fig, step, at, view.lang);
    heads(slow, fig, now.act, at);
    cells::keys(fast, fig, now.act, at);
    cells::feet(fast, fig, now.act, at);
    for (idx, row) in fig.run.chosen.rows.clone().enumerate() {
        cells::row(left, right, fig, now.act, (idx, row, row == focus), at, view);
    }
    skipped(right, fig, now.act, at, view.lang);
    crossing(right, fig, now.act, at);
    let mut all = vec![gradients(fig, now, at)];
    all.extend(layers.map(|layer| layer.0));
    Drawing { width: view.width, height: at.height, layers: all, changes: changes(now.act) }
}

/// The cells that an act changes.
fn changes(act: Act) -> &'static str {
    match act {
        Act::Delta => "[data-cell^='D:']",
        Act::Scores => "[data-cell^='S:']",
        Act::Probs => "[data-cell^='P:']",
        Act::GrowV => "[data-cell^='dV:']",
        Act::ProbsGrad => "[data-cell^='dP:']",
        Act::ScoresGrad => "[data-cell^='dS:']",
        Act::GrowQ => "[data-cell^='dQ:']",
        Act::GrowK => "[data-cell^='dK:']",
        _ => "",
    }
}

/// The frames of the tiles that an act carries through the gate, each straight down or up.
fn crossing(svg: &mut Svg, fig: &Backward, act: Act, at: &Places) {
    let (chosen, x) = (&fig.run.chosen, fig.x());
    let (banks, range, n): (&[usize], _, _) = match act {
        Act::LoadKv => (&[3, 6], &chosen.cols, x.n_keys()),
        Act::LoadRows => (&[0, 1, 2], &chosen.rows, x.n_queries()),
        Act::GrowQ => (&[8], &chosen.rows, x.n_queries()),
        Act::Store => (&[4, 7], &chosen.cols, x.n_keys()),
        _ => return,
    };
    let rows_h = at.row_h * chosen.rows.len() as f64;
    for bank in banks.iter().copied().filter(|bank| at.banks[*bank].1 > 0.0) {
        let slow = at.share(bank, range, n);
        let (y, h) = match act {
            _ if !at.wide => (at.sram.0 + 12.0, slow.3),
            Act::LoadKv => (at.bands[0] - 1.0 - marks::keys_h(at.u), marks::keys_h(at.u)),
            Act::Store => (at.bands[0] + rows_h + 6.0, at.foot_h),
            _ => (at.bands[0], rows_h),
        };
        // Keys and values open out over the columns that use them.
        let w = if at.wide && act == Act::LoadKv { at.cell_w * chosen.cols.len() as f64 + 2.0 } else { slow.2 };
        let fast = (slow.0, y, w, h);
        let (from, to) = if matches!(act, Act::GrowQ | Act::Store) { (fast, slow) } else { (slow, fast) };
        marks::moving_frame(svg, if at.wide || to == slow { "" } else { "passing" }, from, to);
    }
}

/// D, dQ, dV and dK in slow memory.
fn gradients(fig: &Backward, now: &Step, at: &Places) -> String {
    let chosen = &fig.run.chosen;
    let n_keys = fig.x().n_keys();
    let stored = match now.act {
        Act::Delta => 0..0,
        Act::End => 0..n_keys,
        Act::Store => 0..chosen.cols.end,
        _ => 0..chosen.cols.start,
    };
    let deltas = if now.act >= Act::Delta { fig.run.out.delta.len() } else { 0 };
    let shown = (deltas, stored.len(), std::sync::Arc::as_ptr(&now.dq) as usize);
    let mut last = fig.banks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((places, drawn, text)) = &*last
        && places == at
        && *drawn == shown
    {
        return text.clone();
    }
    let mut svg = Svg::default();
    if deltas > 0 {
        bars(&mut svg, at, 0.5, fig.run.out.delta.as_slice().unwrap_or(&[]));
    }
    bank(&mut svg, at, 8, "query", now.dq.view(), fig.scales[6]);
    let share = at.bank_h / n_keys as f64;
    for (idx, role, matrix, full) in [(4, "value", &fig.run.out.dv, fig.scales[3]), (7, "key", &fig.run.out.dk, fig.scales[5])] {
        let (left, w) = at.banks[idx];
        let frame = Frame { x: left, y: at.bank_y, w, h: share * stored.len() as f64 };
        strip::draw(&mut svg, role, matrix.slice(s![stored.clone(), ..]), full, frame);
    }
    *last = Some((at.clone(), shown, svg.0.clone()));
    svg.0
}

fn bank(svg: &mut Svg, at: &Places, idx: usize, role: &str, matrix: ArrayView2<'_, f32>, full: f32) {
    let (x, w) = at.banks[idx];
    strip::draw(svg, role, matrix, full, Frame { x, y: at.bank_y, w, h: at.bank_h });
}

/// What does not change with the step: what the forward run left and what it began with.
pub fn backdrop(fig: &Backward, at: &Places, view: &View) -> String {
    let mut svg = Svg::default();
    svg.rect("f-hbm", 0.0, 0.0, view.width, at.hbm_h);
    svg.rect("f-hbm-edge", 0.0, 0.0, 4.0 * at.u, at.hbm_h);
    let x = fig.x();
    for (idx, (left, w)) in at.banks.iter().enumerate().filter(|(idx, _)| *idx != 5) {
        svg.rect(if matches!(idx, 2 | 4 | 7 | 8) { "f-paper half" } else { "f-paper" }, *left, at.bank_y, *w, at.bank_h);
    }
    for (idx, role, matrix, scale) in [(0, "query", &x.q, 0), (1, "output", &fig.d_out, 1), (3, "key", &x.k, 2), (6, "value", &x.v, 4)] {
        bank(&mut svg, at, idx, role, matrix.view(), fig.scales[scale]);
    }
    bars(&mut svg, at, 0.0, fig.run.lse.as_slice().unwrap_or(&[]));
    svg.rect("f-sram", 1.0, at.sram.0 + 1.0, view.width - 2.0, at.sram.1 - 2.0);
    if at.wide {
        svg.text("t2 b", Anchor::Start, 12.0, at.sram.0 + 24.0 * at.u, view.lang.pick("SRAM", "片上 SRAM"));
    }
    svg.rect("sram-edge", at.u, at.sram.0 + at.u, view.width - 2.0 * at.u, at.sram.1 - 2.0 * at.u);
    svg.0
}

/// One number per row as bars, in the left or (`half` 0.5) right half of their bank.
fn bars(svg: &mut Svg, at: &Places, half: f64, values: &[f32]) {
    let (x, w) = at.banks[2];
    let most = values.iter().filter(|x| x.is_finite()).fold(1e-9_f32, |most, x| most.max(x.abs()));
    let unit = at.bank_h / values.len() as f64;
    for (row, value) in values.iter().enumerate().filter(|(_, value)| w > 0.0 && value.is_finite()) {
        svg.rect("f-l", x + w * half, at.bank_y + unit * (row as f64 + 0.1), w * 0.45 * f64::from(value.abs() / most), unit * 0.8);
    }
}

fn slow_memory(svg: &mut Svg, fig: &Backward, step: usize, at: &Places, view: &View) {
    let now = fig.run.trace.at(step);
    let (lang, u, x) = (view.lang, at.u, fig.x());
    counters(svg, fig, step, at, view);
    let head = at.bank_y - 5.0 * u;
    let names = ["Q", "dO", if fig.inputs.broken.lse { "m  D" } else { "L  D" }, "K", "dV", lang.pick("pairs", "各对块"), "V", "dK", "dQ"];
    for (idx, (name, class)) in names.iter().zip(["q", "o", "l", "k", "v", "m", "v", "k", "q"]).enumerate() {
        if at.banks[idx].1 > 0.0 {
            svg.text_of([if at.wide { "t2 b c-" } else { "t0 b c-" }, class], Anchor::Start, at.banks[idx].0, head, name);
        }
    }
    pairs(svg, fig, now.act, at);
    let chosen = &fig.run.chosen;
    let (nq, nk) = (x.n_queries(), x.n_keys());
    let mut frame = |idx: usize, range: &Range<usize>, n: usize| {
        if at.banks[idx].1 > 0.0 && !range.is_empty() {
            marks::now_frame(svg, at.share(idx, range, n));
        }
    };
    if now.act == Act::Delta {
        [(1, nq), (2, nq)].into_iter().for_each(|(idx, n)| frame(idx, &(0..n), n));
    }
    if (Act::LoadKv..Act::Store).contains(&now.act) {
        [3, 6].into_iter().for_each(|idx| frame(idx, &chosen.cols, nk));
    }
    if (Act::LoadRows..Act::Store).contains(&now.act) {
        [0, 1, 2].into_iter().for_each(|idx| frame(idx, &chosen.rows, nq));
    }
}

fn counters(svg: &mut Svg, fig: &Backward, step: usize, at: &Places, view: &View) {
    let moved = [step.saturating_sub(1), step].map(|step| fig.run.trace.at(step).moved);
    let (lang, u, digits) = (view.lang, at.u, fig.digits());
    let counters = [
        (lang.pick("so far", "已搬").to_string(), moved, true),
        (lang.pick("with P stored", "存下 P").to_string(), [fig.standard(); 2], false),
    ];
    let base = 22.0 * u;
    svg.text("t1 b", Anchor::Start, 16.0, base, lang.pick("HBM", "显存 HBM"));
    if at.wide {
        svg.text("t0 dim", Anchor::Start, 16.0 + lang.pick(40.0, 74.0) * u, base, lang.pick("large, slow", "容量大，速度慢"));
        around::odometers(svg, &counters, digits, (view.width - 12.0, 8.0 * u), u, lang);
        return;
    }
    let note = if fig.standard_wins() { FEWER } else { ("elements moved", "搬运的元素") };
    svg.text("t0 ink2", Anchor::End, view.width - 10.0, base, lang.pick(note.0, note.1));
    for (idx, (label, value, live)) in counters.iter().enumerate() {
        let left = 10.0 + (view.width - 20.0) / 2.0 * idx as f64;
        svg.text("t00 ink2", Anchor::Start, left, 40.0, label);
        rolling(svg, left + digits as f64 * 15.0, 45.0, 1.0, digits, "", *value, *live);
    }
}

/// Said where the stored table wins.
const FEWER: (&str, &str) = ("P stored moves fewer here", "这里存下 P 搬得少");

/// The grid of tile pairs: in this figure a way to choose one.
fn pairs(svg: &mut Svg, fig: &Backward, act: Act, at: &Places) {
    let ((rows, cols), chosen, x) = (fig.n_tiles(), &fig.run.chosen, fig.x());
    let (left, w) = at.banks[5];
    let tiles = |n: usize, size: usize, idx: usize| idx * size..((idx + 1) * size).min(n);
    // The order of the run: key tiles outside, query tiles inside.
    let passed = |i: usize, j: usize| match act {
        Act::Delta => false,
        Act::LoadKv => j < chosen.j,
        Act::Store => j <= chosen.j,
        Act::End => true,
        _ => (j, i) < (chosen.j, chosen.i),
    };
    let hidden = |i: usize, j: usize| {
        x.mask.hides(&tiles(x.n_queries(), fig.inputs.tiling.br.get(), i), &tiles(x.n_keys(), fig.inputs.tiling.bc.get(), j))
    };
    let class = |i: usize, j: usize| {
        let here = (i, j) == (chosen.i, chosen.j);
        match (hidden(i, j), here) {
            (true, _) => "lat-skip",
            (false, true) => "lat-now",
            (false, false) if passed(i, j) => "lat-done",
            _ => "lat-todo",
        }
    };
    marks::lattice(svg, (rows, cols), (left, at.bank_y, w, at.bank_h), &class);
    let (cell_w, cell_h) = (w / cols as f64, at.bank_h / rows as f64);
    let place = |i: usize, j: usize| (left + cell_w * j as f64, at.bank_y + cell_h * i as f64, cell_w, cell_h);
    if hidden(chosen.i, chosen.j) {
        marks::now_frame(svg, place(chosen.i, chosen.j));
    }
    // A finer grid cannot be hit with a finger; the sliders reach every pair.
    for (i, j) in (0..rows * cols).map(|idx| (idx / cols, idx % cols)).filter(|_| cell_w.min(cell_h) > 6.0) {
        let mut set = String::new();
        let _ = write!(set, r#"class="pick" data-set="i={}&amp;j={}""#, i + 1, j + 1);
        svg.group(&set);
        let (x, y, w, h) = place(i, j);
        svg.rect("hit", x, y, w, h);
        svg.end();
    }
}

fn gate(svg: &mut Svg, fig: &Backward, step: usize, at: &Places, lang: Lang) {
    if at.gate.h == 0.0 {
        return;
    }
    let (act, chosen) = (fig.act(step), &fig.run.chosen);
    let note = |name: Act, coming: bool| {
        let when = fig.run.find(name).unwrap_or(0);
        let text = say!(lang; when = &when.to_string();
            if act == name && coming => "coming in", "正在载入";
            if act == name => "going up", "正在写回";
            if fig.run.find(name).is_none() => "", "";
            if coming && act > name => "in since step {when}", "第 {when} 步载入";
            else => "at step {when}", "第 {when} 步");
        text.text()
    };
    let title = |name: &str, tile: usize| [name, lang.pick(" tile ", " 块 "), &(tile + 1).to_string()].concat();
    let (rows, cols) = ((Act::LoadRows..Act::Store).contains(&act), (Act::LoadKv..Act::Store).contains(&act));
    let u = at.u;
    if fig.standard_wins() && u < 1.5 {
        // Two lines, in the gap of the gate under the grid.
        let (x, y) = (at.banks[5].0, at.gate.y + at.gate.h / 2.0);
        svg.text("t00 b ink2", Anchor::Start, x, y - 3.0, lang.pick("P stored", "存下 P"));
        svg.text("t00 dim", Anchor::Start, x, y + 12.0, lang.pick("moves fewer", "搬得更少"));
    }
    let mut pipe = |idx: usize, class: &str, state: (bool, bool, bool), title: &str, note: &str| {
        around::pipe(svg, at.gate, at.banks[idx].0, class, state, title, note);
    };
    let short = u > 1.5;
    let (q, k) = (note(Act::LoadRows, true), note(Act::LoadKv, true));
    pipe(0, "q", (rows, act == Act::LoadRows, false), &title(if short { "Q" } else { "Q, dO" }, chosen.i), &q);
    pipe(
        2,
        "l",
        (rows, act == Act::LoadRows, false),
        if short {
            ""
        } else if fig.inputs.broken.lse {
            "m, D"
        } else {
            "L, D"
        },
        "",
    );
    pipe(3, "k", (cols, act == Act::LoadKv, false), &title("K", chosen.j), &k);
    pipe(6, "v", (cols, act == Act::LoadKv, false), &title("V", chosen.j), &k);
    let (store, both) = (note(Act::Store, false), lang.pick("down and up", "取来又写回"));
    pipe(4, "v", (act == Act::Store, act == Act::Store, true), "dV", &store);
    pipe(7, "k", (act == Act::Store, act == Act::Store, true), "dK", &store);
    let when = note(Act::GrowQ, false);
    pipe(8, "q", (act == Act::GrowQ, act == Act::GrowQ, true), "dQ", if act == Act::GrowQ { both } else { &when });
}

/// Says over the tables of a pair that they are not made.
fn skipped(svg: &mut Svg, fig: &Backward, act: Act, at: &Places, lang: Lang) {
    for (band, col) in [(0, 1), (1, 3)].into_iter().filter(|_| act == Act::Skip) {
        let (w, h) = (at.cell_w * fig.run.chosen.cols.len() as f64, at.row_h * fig.run.chosen.rows.len() as f64);
        let (x, y) = (at.cols[col], at.bands[band]);
        svg.hatch("hatch", (x, y, w, h), 9.0 * at.u);
        svg.text("t1 b halo", Anchor::Middle, x + w / 2.0, y + h / 2.0 + 5.0 * at.u, lang.pick("skipped", "跳过"));
    }
}

/// The names of the acts; yellow the one that runs.
fn heads(svg: &mut Svg, fig: &Backward, now: Act, at: &Places) {
    let u = at.u;
    let base = |band: usize| match (at.wide, band) {
        (true, _) => at.sram.0 + if u > 1.5 { 20.0 } else { 24.0 } * u,
        (false, 2) => at.bands[band] - 10.0,
        _ => at.bands[band] - 42.0,
    };
    let half = at.cell_w * fig.run.chosen.cols.len() as f64;
    // Two names above one block: the second begins where the first surely ends.
    let second = |col: usize, least: f64| at.cols[col] + (half / 2.0).max(least * u);
    let (lse, exponent) = if fig.inputs.broken.lse { ("m", "S−m") } else { ("L", "S−L") };
    let ds = if fig.inputs.broken.delta { "= P∘dP" } else { "= P(dP−D)" };
    let list: [(Act, usize, f64, &str, &str, &str, &str); 7] = [
        (Act::LoadRows, 0, at.cols[0], "l", lse, "", ""),
        (Act::Scores, 0, at.cols[1], "k", "S", "= QKᵀ/√d", ""),
        (Act::Probs, 0, second(1, 96.0), "v", "P", "= e", exponent),
        (Act::LoadRows, 1, at.cols[2], "l", "D", "", ""),
        (Act::ProbsGrad, 1, at.cols[3], "v", "dP", "= dO·Vᵀ", ""),
        (Act::ScoresGrad, 1, second(3, 84.0), "k", "dS", ds, ""),
        (Act::GrowQ, 2, at.cols[4], "q", "dQ", "+= dS·K/√d", ""),
    ];
    for (act, band, x, class, name, formula, up) in list {
        around::act_head(svg, (x, base(band)), u, act.cmp(&now), &Head { class, name, formula, up });
    }
}
