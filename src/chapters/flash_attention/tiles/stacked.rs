//! The stage one under the other, for phones and narrow windows: slow memory, fast memory, each over the full width.

use super::arrange::Col;
use super::cells::{self, Ink, Row};
use super::figure::Tiles;
use super::run::{Act, Step};
use super::stage;
use crate::figure::marks;
use crate::figure::odometer::rolling;
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::timeline::fit;
use crate::figure::{Drawing, View};

const HBM_TOP: f64 = 6.0;
const BANK: f64 = 92.0;

struct Places {
    name_w: f64,
    cell_w: f64,
    row_h: f64,
    band_h: f64,
    banks: [Col; 5],
    bank_h: f64,
    sram: f64,
    numbers: bool,
}

fn places(fig: &Tiles, view: &View) -> Places {
    let tiling = fig.inputs.tiling;
    let (br, bc) = (tiling.br.get().min(fig.inputs.x.n_queries()) as f64, tiling.bc.get().min(fig.inputs.x.n_keys()) as f64);
    let name_w = if view.width < 480.0 { 64.0 } else { 96.0 };
    let cell_w = ((view.width - 20.0 - name_w) / bc).min(150.0);
    let lattice = 64.0;
    let gap = 7.0;
    let each = (view.width - 20.0 - lattice - 4.0 * gap) / 4.0;
    let mut x = 10.0;
    let widths = [each, each, lattice, each, each];
    let banks = widths.map(|w| {
        let col = Col { x, w };
        x += w + gap;
        col
    });
    let squeeze = if br > 6.0 { 6.0 / br } else { 1.0 };
    let bank_h = if view.width < 480.0 { 52.0 } else { view.metrics.bank_h };
    Places {
        name_w,
        cell_w,
        row_h: (40.0 * squeeze).max(6.0),
        band_h: (32.0 * squeeze).max(6.0),
        banks,
        bank_h,
        sram: BANK + bank_h + 18.0,
        numbers: cell_w >= 34.0 && squeeze > 0.5,
    }
}

/// The banks' contents.
pub fn backdrop(fig: &Tiles, view: &View) -> String {
    let at = places(fig, view);
    let mut svg = Svg::default();
    svg.rect("f-hbm", 0.0, 0.0, view.width, BANK + at.bank_h + 8.0);
    svg.rect("f-hbm-edge", 0.0, 0.0, 4.0, BANK + at.bank_h + 8.0);
    let x = &fig.inputs.x;
    for (col, role, matrix) in [(at.banks[0], "query", &x.q), (at.banks[1], "key", &x.k), (at.banks[3], "value", &x.v)] {
        svg.rect("f-paper", col.x, BANK, col.w, at.bank_h);
        strip::draw(&mut svg, role, matrix.view(), strip::full_scale(matrix.view()), Frame { x: col.x, y: BANK, w: col.w, h: at.bank_h });
    }
    svg.rect("f-paper half", at.banks[4].x, BANK, at.banks[4].w, at.bank_h);
    svg.0
}

/// Draws a step.
pub fn draw(fig: &Tiles, step: usize, focus: usize, view: &View) -> Drawing {
    let at = places(fig, view);
    let now = fig.run.trace.at(step);
    let (mut above, mut counts, mut below) = (Svg::default(), Svg::default(), Svg::default());
    slow(&mut above, fig, now, step, &at, view);
    counters(&mut counts, fig, step, view);
    let height = fast(&mut below, fig, now, focus, &at, view);
    Drawing { width: view.width, height, layers: vec![above.0, counts.0, below.0], changes: stage::changes(now.act) }
}

fn slow(svg: &mut Svg, fig: &Tiles, now: &Step, step: usize, at: &Places, view: &View) {
    let lang = view.lang;
    svg.text("t1 b", Anchor::Start, 10.0, HBM_TOP + 14.0, lang.pick("HBM", "显存 HBM"));
    if let Some((first, _)) = fig.standard_note(lang) {
        svg.text("t0 dim", Anchor::End, view.width - 8.0, HBM_TOP + 14.0, &first);
    }
    for (col, class, name) in [(0, "q", "Q"), (1, "k", "K"), (2, "m", "S, P"), (3, "v", "V"), (4, "o", "O")] {
        svg.text_of(["t2 b c-", class], Anchor::Start, at.banks[col].x, BANK - 5.0, name);
    }
    stage::lattice(svg, fig, step, at.banks[2], BANK, at.bank_h);
    let x = &fig.inputs.x;
    let unit = at.bank_h / x.n_queries() as f64;
    for row in (0..x.n_queries()).filter(|row| now.stored.written[*row]) {
        let place = Frame { x: at.banks[4].x, y: BANK + unit * row as f64, w: at.banks[4].w, h: unit };
        svg.rect("f-output-0", place.x, place.y, place.w, place.h);
        strip::draw(svg, "output", now.stored.o.slice(ndarray::s![row..row + 1, ..]), fig.output_scale, place);
    }
    if !now.rows.is_empty() {
        marks::now_frame(svg, share(at, 0, &now.rows, x.n_queries()));
    }
    if !now.cols.is_empty() && now.act != Act::Skip {
        marks::now_frame(svg, share(at, 1, &now.cols, x.n_keys()));
        marks::now_frame(svg, share(at, 3, &now.cols, x.n_keys()));
    }
}

fn counters(svg: &mut Svg, fig: &Tiles, step: usize, view: &View) {
    let third = (view.width - 20.0) / 3.0;
    let digits = fig.digits();
    let u = ((third - 12.0) / (digits as f64 * 15.0)).min(1.0);
    for (idx, (label, value, live)) in fig.counters(step, view.lang).iter().enumerate() {
        let left = 10.0 + third * idx as f64;
        svg.text("t00 ink2", Anchor::Start, left, HBM_TOP + 32.0, label);
        rolling(svg, left + digits as f64 * 15.0 * u, HBM_TOP + 37.0, u, digits, "", *value, *live);
    }
}

/// Rows `range` of `n` in a bank.
fn share(at: &Places, bank: usize, range: &std::ops::Range<usize>, n: usize) -> marks::Frame {
    let (unit, col) = (at.bank_h / n as f64, at.banks[bank]);
    (col.x - 1.0, BANK + unit * range.start as f64 - 1.0, col.w + 2.0, unit * range.len() as f64 + 2.0)
}

/// The frames of the tiles that this act carries into fast memory or out of it. Banks do not stand above what uses them here.
fn crossing(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Places) {
    let (nq, nk) = (fig.inputs.x.n_queries(), fig.inputs.x.n_keys());
    let (banks, range, n): (&[usize], _, _) = match now.act {
        Act::LoadQ => (&[0], &now.rows, nq),
        Act::LoadState => (&[0, 4], &now.rows, nq),
        Act::LoadKv => (&[1, 3], &now.cols, nk),
        Act::Store => (&[4], &now.rows, nq),
        _ => return,
    };
    for bank in banks {
        let slow = share(at, *bank, range, n);
        let fast = (slow.0, at.sram + 12.0, slow.2, slow.3);
        let (class, from, to) = if now.act == Act::Store { ("", fast, slow) } else { ("passing", slow, fast) };
        marks::moving_frame(svg, class, from, to);
    }
}

/// The bands of fast memory, from the top: cells, then m, factor and l, then the output.
struct Bands {
    top: f64,
    cells: f64,
    state: f64,
    traces: f64,
    bottom: f64,
    factor_x: f64,
    sum_x: f64,
}

fn bands(fig: &Tiles, at: &Places, view: &View) -> Bands {
    let n_rows = fig.inputs.tiling.br.get().min(fig.inputs.x.n_queries()) as f64;
    let top = at.sram;
    let cells = top + 62.0;
    let state = cells + n_rows * at.row_h + 34.0;
    let traces = state + n_rows * at.band_h + 34.0;
    let (left, room) = (10.0 + at.name_w, view.width - at.name_w - 20.0);
    Bands { top, cells, state, traces, bottom: traces + n_rows * at.band_h + 8.0, factor_x: left + room * 0.42, sum_x: left + room * 0.68 }
}

/// Rows of S or P, then m, factor and l, then O; gives the height of the whole.
fn fast(svg: &mut Svg, fig: &Tiles, now: &Step, focus: usize, at: &Places, view: &View) -> f64 {
    let bands = bands(fig, at, view);
    svg.rect("f-sram", 1.0, bands.top, view.width - 2.0, bands.bottom - bands.top);
    heads(svg, now, at, &bands, view);
    keys(svg, fig, now, at);
    for row in now.rows.clone() {
        one_row(svg, fig, now, at, &bands, view, Row { row, y: 0.0, focused: row == focus });
    }
    crossing(svg, fig, now, at);
    svg.rect("sram-edge", 1.0, bands.top, view.width - 2.0, bands.bottom - bands.top);
    bands.bottom + 2.0
}

/// The names of the acts; yellow the one that runs.
fn heads(svg: &mut Svg, now: &Step, at: &Places, bands: &Bands, view: &View) {
    let lang = view.lang;
    let first = if shows_scores(now) {
        (Act::Scores, 12.0, bands.top + 22.0, "k", "S", "= QKᵀ/√d")
    } else {
        (Act::Probs, 12.0, bands.top + 22.0, "v", "P", lang.pick("= exp(S − m), S above", "= exp(S − m)，上方是 S"))
    };
    let state = bands.state - 10.0;
    let list = [
        first,
        (Act::Max, at.name_w + 10.0, state, "m", "m", lang.pick("max", "最大值")),
        (Act::Factor, bands.factor_x + 6.0, state, "m", "α", ""),
        (Act::Sum, bands.sum_x, state, "l", "ℓ", ""),
        (Act::Output, 12.0, bands.traces - 10.0, "o", "O", "= αO + PV"),
    ];
    for (act, x, y, class, name, note) in list {
        let current = now.act == act;
        if current {
            svg.rect("f-now", x - 5.0, y - 15.0, 24.0 + 7.2 * note.chars().count() as f64, 21.0);
        }
        svg.text_of(if current { ["t2 b on-now", ""] } else { ["t2 b c-", class] }, Anchor::Start, x, y, name);
        svg.text(if current { "t0 on-now" } else { "t0 ink2" }, Anchor::Start, x + 16.0, y, note);
    }
}

/// Whether the cells still show S.
fn shows_scores(now: &Step) -> bool {
    now.act <= Act::Factor
}

/// The keys of the tile, above its columns.
fn keys(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Places) {
    let top = at.sram;
    for (idx, key) in now.cols.clone().enumerate() {
        let x = 10.0 + at.name_w + at.cell_w * idx as f64;
        if at.cell_w > 24.0 {
            svg.text("t0", Anchor::Middle, x + at.cell_w / 2.0, top + 44.0, &fit(&fig.inputs.key_names[key], at.cell_w, 12.0));
        }
        let (role, scale, matrix) =
            if shows_scores(now) { ("key", fig.scales.1, &fig.inputs.x.k) } else { ("value", fig.scales.2, &fig.inputs.x.v) };
        let frame = Frame { x: x + 2.0, y: top + 49.0, w: at.cell_w - 4.0, h: 7.0 };
        strip::draw(svg, role, matrix.slice(ndarray::s![key..key + 1, ..]), scale, frame);
    }
}

/// A query in all three bands; `y` of the row is set here.
fn one_row(svg: &mut Svg, fig: &Tiles, now: &Step, at: &Places, bands: &Bands, view: &View, place: Row) {
    let Row { row, focused, .. } = place;
    let idx = (row - now.rows.start) as f64;
    let ink = Ink { fig, now, asking: view.asking && focused, u: 1.0 };
    svg.group(&format!(r#"data-row="{row}" class="row""#));
    let (cells_y, state_y, trace_y) = (bands.cells + at.row_h * idx, bands.state + at.band_h * idx, bands.traces + at.band_h * idx);
    for (y, h) in [(cells_y, at.row_h), (state_y, at.band_h), (trace_y, at.band_h)] {
        svg.rect(if focused { "row-now" } else { "row-hit" }, 4.0, y, view.width - 8.0, h);
        svg.line("hair", 6.0, y, view.width - 6.0, y);
        if h > 13.0 {
            let class = if focused { "t1 b" } else { "t1" };
            svg.text(class, Anchor::End, at.name_w + 2.0, y + h / 2.0 + 4.5, &fit(&fig.inputs.query_names[row], at.name_w - 8.0, 13.0));
        }
    }
    let place = Row { y: cells_y, ..place };
    for (column, key) in now.cols.clone().enumerate() {
        let frame = (10.0 + at.name_w + at.cell_w * column as f64, cells_y, at.cell_w, at.row_h);
        if shows_scores(now) {
            cells::score(svg, &ink, &place, key, frame, at.numbers);
        } else {
            cells::weight_over_score(svg, &ink, &place, key, frame, at.numbers);
        }
    }
    if at.band_h > 13.0 {
        cells::state_pairs(svg, &ink, row, 10.0 + at.name_w, bands.sum_x, state_y, at.band_h);
        cells::factor(svg, &ink, &Row { y: state_y, ..place }, bands.factor_x, 60.0, state_y, at.band_h);
    }
    cells::trace(
        svg,
        &ink,
        &Row { y: trace_y, ..place },
        (10.0 + at.name_w, trace_y + 2.0, view.width - at.name_w - 22.0, at.band_h - 4.0),
    );
    svg.end();
}
