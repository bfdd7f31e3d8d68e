//! The stage side by side: slow memory above, fast memory below, the acts from left to right.

use std::ops::Range;

use super::arrange::{Arrange, Col, wide};
use super::cells::{self, Ink, Row};
use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::say;
use crate::figure::around::{self, Gate, Head};
use crate::figure::marks;
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::{Drawing, View};

/// Draws a step.
pub fn draw(fig: &Tiles, step: usize, focus: usize, view: &View) -> Drawing {
    let tiling = fig.inputs.tiling;
    let (br, bc) = (tiling.br.get().min(fig.inputs.x.n_queries()), tiling.bc.get().min(fig.inputs.x.n_keys()));
    let at = wide(view, br, bc);
    let now = fig.run.trace.at(step);
    let (mut slow, mut between, mut fast) = (Svg::default(), Svg::default(), Svg::default());
    slow_memory(&mut slow, fig, now, step, &at, view);
    gate(&mut between, fig, now, step, &at, view);
    fast_memory(&mut fast, fig, now, focus, &at, view);
    Drawing { width: view.width, height: at.height, layers: vec![slow.0, between.0, fast.0], changes: changes(now.act) }
}

/// What does not change with the step: the banks' contents.
pub fn backdrop(fig: &Tiles, view: &View) -> String {
    let tiling = fig.inputs.tiling;
    let x = &fig.inputs.x;
    let at = wide(view, tiling.br.get().min(x.n_queries()), tiling.bc.get().min(x.n_keys()));
    let mut svg = Svg::default();
    svg.rect("f-hbm", 0.0, at.hbm.0, view.width, at.hbm.1);
    svg.rect("f-hbm-edge", 0.0, at.hbm.0, 4.0 * at.u, at.hbm.1);
    let frame = |col: Col| Frame { x: col.x, y: at.bank_y, w: col.w, h: at.bank_h };
    for (col, role, matrix) in [(bank_q(&at), "query", &x.q), (at.s, "key", &x.k), (at.p, "value", &x.v)] {
        svg.rect("f-paper", col.x, at.bank_y, col.w, at.bank_h);
        strip::draw(&mut svg, role, matrix.view(), strip::full_scale(matrix.view()), frame(col));
    }
    svg.rect("f-paper half", at.l.x, at.bank_y, at.l.w, at.bank_h);
    svg.rect("f-paper half", at.o.x, at.bank_y, at.o.w, at.bank_h);
    svg.0
}

fn bank_q(at: &Arrange) -> Col {
    let w = 60.0 * at.u;
    Col { x: at.s.x - 12.0 - w, w }
}

fn slow_memory(svg: &mut Svg, fig: &Tiles, now: &Step, step: usize, at: &Arrange, view: &View) {
    let (lang, x) = (view.lang, &fig.inputs.x);
    let base = at.hbm.0 + 22.0 * at.u;
    svg.text("t1 b", Anchor::Start, 16.0, base, lang.pick("HBM", "显存 HBM"));
    svg.text("t0 dim", Anchor::Start, 16.0 + lang.pick(40.0, 74.0) * at.u, base, lang.pick("large, slow", "容量大，速度慢"));
    let head = at.bank_y - 5.0 * at.u;
    let size = |rows: usize, cols: usize| format!("{rows}×{cols}");
    let heads = [
        (bank_q(at), "q", "Q", size(x.n_queries(), x.d())),
        (at.s, "k", "K", size(x.n_keys(), x.d())),
        (at.m, "m", lang.pick("S, P", "S、P"), lang.pick("never stored", "从不写回").to_string()),
        (at.p, "v", "V", size(x.n_keys(), x.dv())),
        (at.l, "l", if fig.inputs.order == Order::Fa2 { "L" } else { "ℓ, m" }, x.n_queries().to_string()),
        (at.o, "o", "O", size(x.n_queries(), x.dv())),
    ];
    for (col, class, name, note) in heads {
        svg.text_of(["t2 b c-", class], Anchor::Start, col.x, head, name);
        let color = if class == "m" { "ink2" } else { class };
        if col.w > 56.0 * at.u {
            svg.text_of(["t0 c-", color], Anchor::End, col.x + col.w, head, &note);
        }
    }
    names_beside(svg, fig, now, at);
    lattice(svg, fig, step, at.m, at.bank_y, at.bank_h);
    stored(svg, fig, now, at);
    if now.i.is_some() && !now.rows.is_empty() {
        marks::now_frame(svg, share(at, bank_q(at), &now.rows, x.n_queries()));
    }
    if !now.cols.is_empty() {
        marks::now_frame(svg, share(at, at.s, &now.cols, x.n_keys()));
        marks::now_frame(svg, share(at, at.p, &now.cols, x.n_keys()));
    }
}

/// Rows `range` of `n` in a bank.
fn share(at: &Arrange, col: Col, range: &Range<usize>, n: usize) -> marks::Frame {
    let unit = at.bank_h / n as f64;
    (col.x - 1.0, at.bank_y + unit * range.start as f64 - 1.0, col.w + 2.0, unit * range.len() as f64 + 2.0)
}

/// The cells that an act changes.
pub fn changes(act: Act) -> &'static str {
    match act {
        Act::Scores => "[data-cell^='S:']",
        Act::Max => "[data-cell^='m:']",
        Act::Factor => "[data-cell^='a:'],[data-cell^='O:']",
        Act::Probs => "[data-cell^='P:']",
        Act::Sum => "[data-cell^='l:']",
        Act::Output => "[data-cell^='O:']",
        _ => "",
    }
}

/// The frames of the tiles that this act carries through the gate.
fn crossing(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Arrange) {
    let (nq, nk) = (fig.inputs.x.n_queries(), fig.inputs.x.n_keys());
    let all = [bank_q(at), at.l, at.o, at.s, at.p];
    let (banks, range, n) = match now.act {
        Act::LoadQ => (&all[..1], &now.rows, nq),
        Act::LoadState => (&all[..3], &now.rows, nq),
        Act::LoadKv => (&all[3..], &now.cols, nk),
        Act::Store => (&all[1..3], &now.rows, nq),
        _ => return,
    };
    for col in banks {
        let slow = share(at, *col, range, n);
        let keys = marks::keys_h(at.u);
        let fast = if now.act == Act::LoadKv {
            (slow.0, at.rows_y - keys - 1.0, at.cell_w * range.len() as f64 + 2.0, keys)
        } else {
            (slow.0, at.rows_y, slow.2, at.row_h * range.len() as f64)
        };
        let (from, to) = if now.act == Act::Store { (fast, slow) } else { (slow, fast) };
        marks::moving_frame(svg, "", from, to);
    }
}

/// The first token of each query tile, beside its band of the Q bank.
fn names_beside(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Arrange) {
    let tiles: Vec<_> = fig.inputs.tiling.query_tiles(fig.inputs.x.n_queries()).collect();
    let band = at.bank_h / fig.inputs.x.n_queries() as f64;
    if tiles.len() as f64 * 11.0 * at.u > at.bank_h + 8.0 {
        return;
    }
    for (i, rows) in tiles {
        let y = at.bank_y + band * (rows.start as f64 + rows.len() as f64 / 2.0) + 4.0 * at.u;
        let class = if now.i == Some(i) { "t00 b" } else { "t00 dim" };
        let text = format!("{} …", crate::figure::timeline::fit(&fig.inputs.query_names[rows.start], 44.0 * at.u, 11.0 * at.u));
        svg.text(class, Anchor::End, bank_q(at).x - 8.0, y, &text);
    }
}

/// One cell per tile pair: what is never stored, and how far the run has come.
pub fn lattice(svg: &mut Svg, fig: &Tiles, step: usize, col: Col, y: f64, h: f64) {
    let (rows, cols) =
        (fig.inputs.x.n_queries().div_ceil(fig.inputs.tiling.br.get()), fig.inputs.x.n_keys().div_ceil(fig.inputs.tiling.bc.get()));
    let current = fig.run.pairs.iter().rev().find(|pair| pair.start <= step);
    let mut at = vec![None; rows * cols];
    for pair in &fig.run.pairs {
        at[pair.i * cols + pair.j] = Some(*pair);
    }
    marks::lattice(svg, (rows, cols), (col.x, y, col.w, h), &|i, j| match at[i * cols + j] {
        Some(pair) if pair.start > step => "lat-todo",
        Some(pair) if pair.skipped => "lat-skip",
        Some(pair) if Some(&pair) == current => "lat-now",
        Some(_) => "lat-done",
        None => "lat-todo",
    });
}

/// Results that have gone up: L as bars, O as a strip.
fn stored(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Arrange) {
    let n = fig.inputs.x.n_queries();
    let unit = at.bank_h / n as f64;
    let largest = fig.run.exact.lse.iter().flatten().fold(1e-9_f64, |most, x| most.max(x.abs()));
    for row in (0..n).filter(|row| now.stored.written[*row]) {
        let lse = f64::from(now.stored.lse[row]);
        let share = if lse.is_finite() { (lse.abs() / largest).min(1.0) } else { 0.0 };
        svg.rect("f-l", at.l.x, at.bank_y + unit * row as f64 + unit * 0.1, at.l.w * share, unit * 0.8);
    }
    let full = fig.output_scale;
    let mut start = 0;
    while start < n {
        let len = (start..n).take_while(|row| now.stored.written[*row]).count();
        if len > 0 {
            let view = now.stored.o.slice(ndarray::s![start..start + len, ..]);
            let frame = Frame { x: at.o.x, y: at.bank_y + unit * start as f64, w: at.o.w, h: unit * len as f64 };
            svg.rect("f-output-0", frame.x, frame.y, frame.w, frame.h);
            strip::draw(svg, "output", view, full, frame);
        }
        start += len.max(1);
    }
}

fn gate(svg: &mut Svg, fig: &Tiles, now: &Step, step: usize, at: &Arrange, view: &View) {
    let (lang, gate) = (view.lang, Gate { y: at.gate.0, h: at.gate.1, u: at.u });
    around::odometers(svg, &fig.counters(step, lang), fig.digits(), (view.width - 12.0, at.hbm.0 + 8.0 * at.u), at.u, lang);
    let title =
        |name: &str, n: Option<usize>| n.map_or(String::new(), |n| [name, lang.pick(" tile ", " 块 "), &(n + 1).to_string()].concat());
    let since = |from: usize| {
        let text = say!(lang; from = &from.to_string();
            if from == step => "coming in", "正在载入";
            else => "in since step {from}", "第 {from} 步载入");
        text.text()
    };
    let q_note = match (now.act, fig.inputs.order) {
        (Act::LoadQ | Act::LoadState, _) => lang.pick("coming in".to_string(), "正在载入".into()),
        (_, Order::Fa2) => lang.pick("stays".into(), "常驻".into()),
        (_, Order::Fa1) => since(now.q_since),
    };
    let in_q = now.i.is_some() && !now.rows.is_empty();
    let in_kv = !now.cols.is_empty() && now.act != Act::Skip;
    let mut pipe = |x: f64, class: &str, live: bool, moving: bool, title: String, note: String| {
        around::pipe(svg, gate, x, class, (live, moving, false), &title, &note);
    };
    pipe(at.q.x, "q", in_q, matches!(now.act, Act::LoadQ | Act::LoadState), title("Q", now.i), q_note);
    let kv_note = if now.act == Act::Skip { lang.pick("never loaded".to_string(), "根本不载入".into()) } else { since(now.kv_since) };
    pipe(at.s.x, "k", in_kv, now.act == Act::LoadKv, title("K", now.j), kv_note.clone());
    pipe(at.p.x, "v", in_kv, now.act == Act::LoadKv, title("V", now.j), kv_note);
    let storing = now.act == Act::Store;
    let back = fig.inputs.order == Order::Fa1 && now.act == Act::LoadState;
    let when = fig.next_store(step);
    let note = say!(lang; when = &when.unwrap_or(0).to_string();
        if storing => "going up", "正在写回";
        if back => "coming back in", "重新载入";
        if when.is_none() => "", "";
        else => "at step {when}", "第 {when} 步写回");
    around::pipe(svg, gate, at.l.x, "l", (storing || back, storing || back, !back), "", "");
    let title = if fig.inputs.order == Order::Fa2 { "L, O" } else { "ℓ, m, O" };
    around::pipe(svg, gate, at.o.x, "o", (storing || back, storing || back, !back), title, &note.text());
    if let Some((first, second)) = fig.standard_note(lang) {
        let y = at.gate.0 + at.gate.1 / 2.0;
        if at.u > 1.5 {
            svg.text("t00 ink2", Anchor::Start, at.m.x, y + 8.0, &first);
        } else {
            svg.text("t0 b ink2", Anchor::Start, at.m.x, y - 3.0, &first);
            svg.text("t0 dim", Anchor::Start, at.m.x, y + 12.0, &second);
        }
    }
}

fn fast_memory(svg: &mut Svg, fig: &Tiles, now: &Step, focus: usize, at: &Arrange, view: &View) {
    let lang = view.lang;
    svg.rect("f-sram", 1.0, at.sram.0 + 1.0, view.width - 2.0, at.sram.1 - 2.0);
    let base = at.sram.0 + 24.0 * at.u;
    svg.text("t2 b", Anchor::Start, 12.0, base, lang.pick("SRAM", "片上 SRAM"));
    if at.u < 1.5 {
        svg.text("t0 dim", Anchor::Start, 12.0, base + 15.0, lang.pick("one tile pair", "一次只放"));
        svg.text("t0 dim", Anchor::Start, 12.0, base + 29.0, lang.pick("at a time", "一对块"));
    }
    heads(svg, fig, now, at, view);
    let rows = now.rows.clone();
    let row_of = |idx: usize, row: usize| Row { row, y: at.rows_y + at.row_h * idx as f64, focused: row == focus };
    for (idx, row) in rows.clone().enumerate() {
        let place = row_of(idx, row);
        svg.group(&format!(r#"data-row="{row}" class="row{}""#, if place.focused { " focus" } else { "" }));
        svg.line("hair", 8.0, place.y, view.width - 10.0, place.y);
        svg.rect(if place.focused { "row-now" } else { "row-hit" }, 4.0, place.y + 1.0, view.width - 8.0, at.row_h - 1.0);
        query_name(svg, fig, row, &place, at);
        let ink = Ink { fig, now, asking: view.asking && place.focused, u: at.u };
        cells::scores(svg, &ink, &place, at.s, at);
        cells::maximum(svg, &ink, &place, at.m, at);
        cells::weights(svg, &ink, &place, at.p, at);
        cells::sum(svg, &ink, &place, at.l, at);
        cells::output(svg, &ink, &place, at.o, at);
        svg.end();
    }
    if now.act == Act::Skip {
        let h = at.sram.0 + at.sram.1 - 10.0 - at.rows_y;
        for col in [at.s, at.p] {
            svg.hatch("hatch", (col.x, at.rows_y + 2.0, col.w, h), 9.0 * at.u);
            svg.text("t1 b halo", Anchor::Middle, col.x + col.w / 2.0, at.rows_y + h / 2.0 + 5.0 * at.u, lang.pick("skipped", "跳过"));
        }
    }
    crossing(svg, fig, now, at);
    svg.rect("sram-edge", 1.0 * at.u, at.sram.0 + at.u, view.width - 2.0 * at.u, at.sram.1 - 2.0 * at.u);
}

fn query_name(svg: &mut Svg, fig: &Tiles, row: usize, place: &Row, at: &Arrange) {
    let strip_w = 60.0 * at.u;
    if at.row_h >= 13.0 * at.u {
        let class = if place.focused { "t2 b" } else { "t2" };
        let name = crate::figure::timeline::fit(&fig.inputs.query_names[row], at.s.x - strip_w - 36.0, 15.0 * at.u);
        svg.text(class, Anchor::End, at.s.x - strip_w - 20.0, place.y + at.row_h / 2.0 + 5.0 * at.u, &name);
    }
    let h = (14.0 * at.u).min(at.row_h - 3.0);
    let q = &fig.inputs.x.q;
    let frame = Frame { x: at.s.x - 12.0 - strip_w, y: place.y + (at.row_h - h) / 2.0, w: strip_w, h };
    strip::draw(svg, "query", q.slice(ndarray::s![row..row + 1, ..]), fig.scales.0, frame);
}

fn heads(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Arrange, view: &View) {
    let lang = view.lang;
    let half = at.m.x + at.m.w;
    let exponent = "m−m′";
    let list: [(Act, f64, &str, &str, &str, &str); 6] = [
        (Act::Scores, at.s.x, "k", "S", "= QKᵀ/√d", ""),
        (Act::Max, at.m.x, "m", "m", lang.pick("max", "最大值"), ""),
        (Act::Factor, half - 66.0 * at.u, "m", "α", "e", exponent),
        (Act::Probs, at.p.x, "v", "P", "= e", "S−m"),
        (Act::Sum, at.l.x, "l", "ℓ", "αℓ+ΣP", ""),
        (Act::Output, at.o.x, "o", "O", if fig.inputs.order == Order::Fa2 { "= αO + PV" } else { "= (αℓO + PV)/ℓ′" }, ""),
    ];
    for (act, x, class, name, formula, up) in list {
        around::act_head(svg, (x, at.sram.0 + 24.0 * at.u), at.u, act.cmp(&now.act), &Head { class, name, formula, up });
    }
    let (y, cols) = (at.rows_y - at.u * 14.0, now.cols.clone());
    let wide_enough = at.cell_w >= 26.0 * at.u;
    for (col, role, scale, matrix) in [(at.s, "key", fig.scales.1, &fig.inputs.x.k), (at.p, "value", fig.scales.2, &fig.inputs.x.v)] {
        for (idx, key) in cols.clone().enumerate() {
            let x = col.x + at.cell_w * idx as f64;
            if wide_enough {
                let name = crate::figure::timeline::fit(&fig.inputs.key_names[key], at.cell_w + 2.0, 12.0 * at.u);
                svg.text("t0", Anchor::Middle, x + at.cell_w / 2.0, y, &name);
            }
            let frame = Frame { x: x + 2.0, y: y + 4.0 * at.u, w: at.cell_w - 4.0, h: 7.0 * at.u };
            strip::draw(svg, role, matrix.slice(ndarray::s![key..key + 1, ..]), scale, frame);
        }
    }
}
