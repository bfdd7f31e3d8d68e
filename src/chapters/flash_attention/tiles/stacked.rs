//! The stage one under the other, for phones and narrow windows: slow memory, fast memory, each over the full width.

use super::arrange::Col;
use super::cells::{self, Ink, Row};
use super::figure::Tiles;
use super::run::{Act, Step};
use super::stage;
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
    let (mut above, mut below) = (Svg::default(), Svg::default());
    slow(&mut above, fig, now, step, &at, view);
    let height = fast(&mut below, fig, now, focus, &at, view);
    Drawing { width: view.width, height, layers: vec![above.0, below.0] }
}

fn slow(svg: &mut Svg, fig: &Tiles, now: &Step, step: usize, at: &Places, view: &View) {
    let lang = view.lang;
    svg.text("t1 b", Anchor::Start, 10.0, HBM_TOP + 14.0, lang.pick("HBM", "显存 HBM"));
    if let Some((first, _)) = fig.standard_note(lang) {
        svg.text("t0 dim", Anchor::End, view.width - 8.0, HBM_TOP + 14.0, &first);
    }
    let totals = fig.run.totals;
    let (live, rival) = fig.names();
    let rival_total = if rival == "FA-1" { totals.fa1 } else { totals.fa2 };
    let third = (view.width - 20.0) / 3.0;
    let digits = totals.fa1.max(totals.fa2).max(totals.standard).to_string().len().max(4);
    let u = ((third - 12.0) / (digits as f64 * 15.0)).min(1.0);
    for (idx, (label, value, is_live)) in [
        (lang.pick(format!("{live} so far"), format!("{live} 已搬")), now.moved, true),
        (rival.to_string(), rival_total, false),
        (lang.pick("standard", "标准").to_string(), totals.standard, false),
    ]
    .into_iter()
    .enumerate()
    {
        let left = 10.0 + third * idx as f64;
        svg.text("t00 ink2", Anchor::Start, left, HBM_TOP + 32.0, &label);
        cells::odometer(svg, left + digits as f64 * 15.0 * u, HBM_TOP + 37.0, u, digits, "", value, is_live);
    }
    for (col, class, name) in [(0, "q", "Q"), (1, "k", "K"), (2, "m", "S, P"), (3, "v", "V"), (4, "o", "O")] {
        svg.text(&format!("t2 b c-{class}"), Anchor::Start, at.banks[col].x, BANK - 5.0, name);
    }
    stage::lattice(svg, fig, step, at.banks[2], BANK, at.bank_h);
    let x = &fig.inputs.x;
    let frame = |col: Col, range: &std::ops::Range<usize>, n: usize| {
        let unit = at.bank_h / n as f64;
        (col.x - 1.0, BANK + unit * range.start as f64 - 1.0, col.w + 2.0, unit * range.len() as f64 + 2.0)
    };
    let unit = at.bank_h / x.n_queries() as f64;
    for row in (0..x.n_queries()).filter(|row| now.stored.written[*row]) {
        let place = Frame { x: at.banks[4].x, y: BANK + unit * row as f64, w: at.banks[4].w, h: unit };
        svg.rect("f-output-0", place.x, place.y, place.w, place.h);
        strip::draw(svg, "output", now.stored.o.slice(ndarray::s![row..row + 1, ..]), fig.output_scale, place);
    }
    if !now.rows.is_empty() {
        cells::now_frame(svg, frame(at.banks[0], &now.rows, x.n_queries()));
    }
    if !now.cols.is_empty() && now.act != Act::Skip {
        cells::now_frame(svg, frame(at.banks[1], &now.cols, x.n_keys()));
        cells::now_frame(svg, frame(at.banks[3], &now.cols, x.n_keys()));
    }
}

/// Rows of S or P, then m, factor and l, then O; gives the height of the whole.
fn fast(svg: &mut Svg, fig: &Tiles, now: &Step, focus: usize, at: &Places, view: &View) -> f64 {
    let lang = view.lang;
    let n_rows = fig.inputs.tiling.br.get().min(fig.inputs.x.n_queries()) as f64;
    let top = at.sram;
    let cells_y = top + 62.0;
    let band_y = cells_y + n_rows * at.row_h + 34.0;
    let traces_y = band_y + n_rows * at.band_h + 34.0;
    let bottom = traces_y + n_rows * at.band_h + 8.0;
    svg.rect("f-sram", 1.0, top, view.width - 2.0, bottom - top);
    let show_scores = now.act <= Act::Factor;
    let act = |svg: &mut Svg, x: f64, y: f64, current: bool, class: &str, name: &str, note: &str| {
        if current {
            svg.rect("f-now", x - 5.0, y - 15.0, 24.0 + 7.2 * note.chars().count() as f64, 21.0);
        }
        svg.text(&format!("t2 b {}", if current { "on-now".to_string() } else { format!("c-{class}") }), Anchor::Start, x, y, name);
        svg.text(if current { "t0 on-now" } else { "t0 ink2" }, Anchor::Start, x + 16.0, y, note);
    };
    if show_scores {
        act(svg, 12.0, top + 22.0, now.act == Act::Scores, "k", "S", "= QKᵀ/√d");
    } else {
        act(svg, 12.0, top + 22.0, now.act == Act::Probs, "v", "P", lang.pick("= exp(S − m), S above", "= exp(S − m)，上方是 S"));
    }
    act(svg, at.name_w + 10.0, band_y - 10.0, now.act == Act::Max, "m", "m", lang.pick("max", "最大值"));
    let factor_x = 10.0 + at.name_w + (view.width - at.name_w - 20.0) * 0.42;
    let sum_x = 10.0 + at.name_w + (view.width - at.name_w - 20.0) * 0.68;
    act(svg, factor_x + 6.0, band_y - 10.0, now.act == Act::Factor, "m", "α", "");
    act(svg, sum_x, band_y - 10.0, now.act == Act::Sum, "l", "ℓ", "");
    act(svg, 12.0, traces_y - 10.0, now.act == Act::Output, "o", "O", "= αO + PV");
    for (idx, key) in now.cols.clone().enumerate() {
        let x = 10.0 + at.name_w + at.cell_w * idx as f64;
        if at.cell_w > 24.0 {
            svg.text("t0", Anchor::Middle, x + at.cell_w / 2.0, top + 44.0, &fit(&fig.inputs.key_names[key], at.cell_w, 12.0));
        }
        let (role, scale, matrix) = if show_scores { ("key", fig.scales.1, &fig.inputs.x.k) } else { ("value", fig.scales.2, &fig.inputs.x.v) };
        let frame = Frame { x: x + 2.0, y: top + 49.0, w: at.cell_w - 4.0, h: 7.0 };
        strip::draw(svg, role, matrix.slice(ndarray::s![key..key + 1, ..]), scale, frame);
    }
    for (idx, row) in now.rows.clone().enumerate() {
        let focused = row == focus;
        let ink = Ink { fig, now, asking: view.asking && focused, lang, u: 1.0 };
        let wash = if focused { "row-now" } else { "row-hit" };
        svg.group(&format!(r#"data-row="{row}" class="row""#));
        for (y, h) in [(cells_y, at.row_h), (band_y, at.band_h), (traces_y, at.band_h)] {
            let y = y + h * idx as f64;
            svg.rect(wash, 4.0, y, view.width - 8.0, h);
            svg.line("hair", 6.0, y, view.width - 6.0, y);
            if h > 13.0 {
                let class = if focused { "t1 b" } else { "t1" };
                svg.text(class, Anchor::End, at.name_w + 2.0, y + h / 2.0 + 4.5, &fit(&fig.inputs.query_names[row], at.name_w - 8.0, 13.0));
            }
        }
        let place = Row { row, y: cells_y + at.row_h * idx as f64, focused };
        for (column, key) in now.cols.clone().enumerate() {
            let frame = (10.0 + at.name_w + at.cell_w * column as f64, place.y, at.cell_w, at.row_h);
            if show_scores {
                cells::score(svg, &ink, &place, key, frame, at.numbers);
            } else {
                cells::weight_over_score(svg, &ink, &place, key, frame, at.numbers);
            }
        }
        let y = band_y + at.band_h * idx as f64;
        if at.band_h > 13.0 {
            cells::state_pairs(svg, &ink, row, 10.0 + at.name_w, sum_x, y, at.band_h);
            cells::factor(svg, &ink, &Row { row, y, focused }, factor_x, 60.0, y, at.band_h);
        }
        let y = traces_y + at.band_h * idx as f64;
        cells::trace(svg, &ink, &Row { row, y, focused }, (10.0 + at.name_w, y + 2.0, view.width - at.name_w - 22.0, at.band_h - 4.0));
        svg.end();
    }
    svg.rect("sram-edge", 1.0, top, view.width - 2.0, bottom - top);
    bottom + 2.0
}
