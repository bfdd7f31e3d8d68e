//! The timeline: the whole run as lanes over one step axis, and one cursor through all of them.

use super::svg::{Anchor, Svg, path, px, segments};
use super::view::{Drawing, Metrics, Mode};
use crate::content::Role;
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape};

/// Where the lanes of a timeline lie, for one width and arrangement.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// x of step 0.
    pub x0: f64,
    /// Width of the plot.
    pub plot: f64,
    /// Number of steps.
    pub n_steps: usize,
    /// Total height.
    pub height: f64,
    mode: Mode,
    tops: Vec<f64>,
}

const HEAD: f64 = 20.0;

impl Axis {
    /// Lays out lanes.
    pub fn new(lanes: &Lanes, n_steps: usize, width: f64, mode: Mode, metrics: &Metrics) -> Axis {
        let x0 = match mode {
            Mode::Wide => 160.0,
            Mode::Phone => 0.0,
            Mode::Present => 288.0,
        };
        let unit = if mode == Mode::Present { metrics.t00 / 13.0 } else { metrics.lane_h / 34.0 };
        let head = if mode == Mode::Present { 36.0 } else { HEAD };
        let mut tops = vec![head];
        let mut y = head;
        for lane in lanes.lanes.iter().take(shown_lanes(mode)) {
            y += match (lane, mode) {
                (Lane::Structure { .. }, Mode::Phone) => 34.0,
                (Lane::Structure { .. }, _) => 28.0 * unit,
                (Lane::Events { .. }, _) => 20.0 * unit.max(1.0),
                (Lane::State { .. }, Mode::Phone) => 50.0,
                (Lane::State { .. }, _) => 31.0 * unit,
                (Lane::Cost { .. } | Lane::Residual { .. }, Mode::Phone) => 46.0,
                (Lane::Cost { .. } | Lane::Residual { .. }, _) => 31.0 * unit,
            };
            tops.push(y);
        }
        Axis { x0, plot: (width - x0).max(1.0), n_steps: n_steps.max(1), height: y + 2.0, mode, tops }
    }

    /// Left edge of a step's column.
    pub fn x(&self, step: usize) -> f64 {
        self.x0 + self.plot * step as f64 / self.n_steps as f64
    }

    /// Width of a step's column.
    pub fn step_w(&self) -> f64 {
        self.plot / self.n_steps as f64
    }

    /// The step at a position; clamped, so that it is total.
    pub fn step_at(&self, x: f64) -> usize {
        let at = ((x - self.x0) / self.plot * self.n_steps as f64).floor();
        if at.is_nan() { 0 } else { (at.max(0.0) as usize).min(self.n_steps - 1) }
    }
}

/// The part that does not depend on the cursor.
pub fn draw(lanes: &Lanes, axis: &Axis, focus: usize, hide_from: Option<usize>) -> String {
    let mut svg = Svg::default();
    scale(&mut svg, axis);
    for (idx, lane) in lanes.lanes.iter().take(shown_lanes(axis.mode)).enumerate() {
        let (top, bottom) = (axis.tops[idx], axis.tops[idx + 1]);
        svg.line("tl-rule", 0.0, bottom, axis.x0 + axis.plot, bottom);
        let shown = Band { top, bottom, until: hide_from.unwrap_or(axis.n_steps).min(axis.n_steps) };
        match lane {
            Lane::Structure { label, bars, ticks } => {
                lane_label(&mut svg, axis, top, bottom, label);
                for bar in bars {
                    bar_rect(&mut svg, axis, &shown, bar.start, bar.end);
                }
                let every = (1.4 / axis.step_w()).ceil().max(1.0) as usize;
                for tick in ticks.iter().filter(|tick| tick.step < shown.until && (tick.tall || tick.step % every == 0)) {
                    let height = if tick.tall { 9.0 } else { 4.0 };
                    let x = axis.x(tick.step) + axis.step_w() / 2.0;
                    let role = if tick.role == Role::Plain { "p" } else { tick.role.class() };
                    svg.line(&format!("tl-tick s-{role}"), x, bottom - 1.0, x, bottom - 1.0 - height);
                }
                for bar in bars {
                    let room = axis.x(bar.end) - axis.x(bar.start) - 8.0;
                    svg.text(
                        "t00 tl-dim",
                        Anchor::Start,
                        axis.x(bar.start) + 5.0,
                        top + text_h(axis) + 2.0,
                        &fit(&bar.text, room, text_h(axis)),
                    );
                }
            }
            Lane::Events { label, marks } => {
                lane_label(&mut svg, axis, top, bottom, label);
                events(&mut svg, axis, &shown, marks, focus);
            }
            Lane::State { label, role, lines } => {
                state(&mut svg, axis, &shown, *role, lines, focus);
                lane_label(&mut svg, axis, top, bottom, label);
            }
            Lane::Cost { label, live, rivals } => {
                cost(&mut svg, axis, &shown, live, rivals);
                lane_label(&mut svg, axis, top, bottom, label);
            }
            Lane::Residual { label, live, ghost, broken } => {
                residual(&mut svg, axis, &shown, live, ghost.as_ref(), *broken);
                lane_label(&mut svg, axis, top, bottom, label);
            }
        }
    }
    svg.0
}

/// The cursor, the veil over the future and the values under the cursor.
pub fn overlay(axis: &Axis, step: usize, readouts: &[String], bar: Option<&Bar>, hide: bool) -> String {
    let mut svg = Svg::default();
    let top = axis.tops[0];
    let (x, w) = (axis.x(step), axis.step_w());
    let (veil, right) = (x + w, axis.x0 + axis.plot);
    svg.rect(if hide { "tl-cover" } else { "tl-veil" }, veil, top + 1.0, right - veil, axis.height - top - 3.0);
    if let (Some(bar), Some(bottom)) = (bar, axis.tops.get(1)) {
        let (x, w) = (axis.x(bar.start), axis.x(bar.end) - axis.x(bar.start));
        svg.rect("tl-bar-now", x + 0.5, top + 1.0, w - 1.0, bottom - top - 2.0);
        svg.text("t00 tl-strong-text", Anchor::Start, x + 5.0, top + text_h(axis) + 2.0, &fit(&bar.text, w - 8.0, text_h(axis)));
    }
    let thick = w.max(3.0);
    svg.rect("tl-now", x + w / 2.0 - thick / 2.0, top, thick, axis.height - top - 1.0);
    svg.line("tl-cursor", x + w / 2.0, top, x + w / 2.0, axis.height - 1.0);
    for (idx, readout) in readouts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let Some(bottom) = axis.tops.get(idx + 1) else { break };
        let y = if axis.mode == Mode::Phone { axis.tops[idx] + 11.0 } else { (axis.tops[idx] + bottom) / 2.0 + text_h(axis) * 0.36 };
        let x = if axis.mode == Mode::Phone { right } else { axis.x0 - 14.0 };
        svg.text("t1 tl-read", Anchor::End, x, y, readout);
    }
    handle(&mut svg, axis, step, x + w / 2.0);
    svg.0
}

/// Both parts as one drawing, for export.
pub fn whole(lanes: &Lanes, axis: &Axis, step: usize, focus: usize, readouts: &[String], bar: Option<&Bar>) -> Drawing {
    let layers = vec![draw(lanes, axis, focus, None), overlay(axis, step, readouts, bar, false)];
    Drawing { width: axis.x0 + axis.plot, height: axis.height, layers, changes: "" }
}

/// The bar of the structure lane that holds a step.
pub fn bar_at(lanes: &Lanes, step: usize) -> Option<&Bar> {
    lanes.lanes.iter().find_map(|lane| match lane {
        Lane::Structure { bars, .. } => bars.iter().find(|bar| (bar.start..bar.end).contains(&step)),
        _ => None,
    })
}

/// The presenter keeps three lanes: structure, events and the first state variable.
fn shown_lanes(mode: Mode) -> usize {
    if mode == Mode::Present { 3 } else { usize::MAX }
}

struct Band {
    top: f64,
    bottom: f64,
    until: usize,
}

impl Band {
    fn y(&self, share: f64) -> f64 {
        let pad = 4.0;
        self.bottom - pad - (self.bottom - self.top - 2.0 * pad) * share
    }
}

fn text_h(axis: &Axis) -> f64 {
    if axis.mode == Mode::Present { 24.0 } else { 11.0 }
}

fn lane_label(svg: &mut Svg, axis: &Axis, top: f64, bottom: f64, label: &str) {
    if axis.mode == Mode::Phone {
        if bottom - top > 40.0 {
            // In the lane itself, over its lines.
            svg.text("t00 tl-dim pl-halo", Anchor::Start, 0.0, top + 11.0, label);
        }
    } else {
        svg.text("t00 tl-label", Anchor::Start, 0.0, (top + bottom) / 2.0 + text_h(axis) * 0.36, label);
    }
}

fn scale(svg: &mut Svg, axis: &Axis) {
    let spacing = if axis.mode == Mode::Present { 150.0 } else { 54.0 };
    let raw = axis.n_steps as f64 * spacing / axis.plot;
    let power = 10f64.powf(raw.max(1.0).log10().floor());
    let every = [1.0, 2.0, 5.0, 10.0].iter().map(|k| k * power).find(|k| *k >= raw).unwrap_or(10.0 * power).max(1.0) as usize;
    let top = axis.tops[0];
    for step in (0..axis.n_steps).step_by(every) {
        let x = axis.x(step) + axis.step_w() / 2.0;
        let (anchor, at) = if x - axis.x0 < 6.0 && axis.mode == Mode::Phone { (Anchor::Start, axis.x0) } else { (Anchor::Middle, x) };
        svg.text("t00 tl-dim", anchor, at, top - 6.0, &step.to_string());
        svg.line("tl-strong", x, top - 4.0, x, top);
    }
}

fn bar_rect(svg: &mut Svg, axis: &Axis, band: &Band, start: usize, end: usize) {
    let (from, to) = (axis.x(start) + 0.5, axis.x(end) - 0.5);
    svg.rect("tl-bar", from, band.top + 1.0, to - from, band.bottom - band.top - 2.0);
}

fn events(svg: &mut Svg, axis: &Axis, band: &Band, marks: &[Mark], focus: usize) {
    let y = (band.top + band.bottom) / 2.0;
    let r = if axis.mode == Mode::Present { 9.0 } else { 5.0 };
    // Labels keep clear of the marks of earlier steps; several rows may have one at the same step.
    let (mut free, mut last) = (axis.x0, axis.x0);
    let mut at_step = usize::MAX;
    for mark in marks.iter().filter(|mark| mark.step < band.until) {
        let x = axis.x(mark.step) + axis.step_w() / 2.0;
        if mark.step != at_step {
            (free, at_step) = (last, mark.step);
        }
        let focused = mark.row.is_none_or(|row| row == focus);
        let d = match mark.shape {
            Shape::Diamond => path(&[("M", x), (" ", y - r), ("l", r), (" ", r), ("l-", r), (" ", r), ("l-", r), (" -", r)], "z"),
            Shape::Down => path(&[("M", x), (" ", y + r * 0.8), ("l", r * 0.9), (" -", r * 1.6), ("h-", r * 1.8)], "z"),
            Shape::Up => path(&[("M", x), (" ", y - r * 0.8), ("l", r * 0.9), (" ", r * 1.6), ("h-", r * 1.8)], "z"),
            Shape::Skip => path(&[("M", x - r / 2.0), (" ", y - r / 2.0), ("l", r), (" ", r), ("m-", r), (" 0l", r), (" -", r)], ""),
        };
        let role = if mark.role == Role::Plain { "p" } else { mark.role.class() };
        let paint = if mark.shape == Shape::Skip { "tl-skip s-" } else { "f-" };
        svg.path(&[paint, role, if focused { "" } else { " tl-other" }].concat(), &d);
        let width = mark.text.chars().count() as f64 * text_h(axis) * 0.6 + r + 6.0;
        if mark.row == Some(focus) && !mark.text.is_empty() && x - width > free {
            svg.text("t00 tl-strong-text", Anchor::End, x - r - 3.0, y + text_h(axis) * 0.36, &mark.text);
        }
        last = last.max(x + r);
    }
}

fn state(svg: &mut Svg, axis: &Axis, band: &Band, role: Role, lines: &[Line], focus: usize) {
    let known = || lines.iter().flat_map(|line| line.values.iter().flatten().copied().filter(|x| x.is_finite()));
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let span = if high > low { high - low } else { 1.0 };
    let mut ordered: Vec<&Line> = lines.iter().filter(|line| line.row != focus).collect();
    ordered.extend(lines.iter().filter(|line| line.row == focus));
    for line in ordered {
        let mut points = line.values.iter().map(|value| value.filter(|x| x.is_finite()).map(|x| (x - low) / span));
        let d = staircase(axis, band, line.start, &mut points);
        let focused = if line.row == focus { " tl-focus" } else { "" };
        svg.path(&["tl-line tl-", role.class(), focused].concat(), &d);
    }
}

fn cost(svg: &mut Svg, axis: &Axis, band: &Band, live: &[f64], rivals: &[(String, f64)]) {
    let most = live.iter().copied().chain(rivals.iter().map(|rival| rival.1)).fold(1.0, f64::max);
    let h = text_h(axis);
    // On the phone the lane's own label stands first.
    let (start, step) = if axis.mode == Mode::Phone { (62.0, 84.0) } else { (4.0, 100.0) };
    for (_, total) in rivals {
        let y = band.y(total / most);
        svg.line("tl-rival", axis.x0, y, axis.x0 + axis.plot, y);
    }
    let d = staircase(axis, band, 0, &mut live.iter().map(|x| Some(x / most)));
    svg.path("tl-line tl-cost", &d);
    for (idx, (name, total)) in rivals.iter().enumerate().filter(|_| axis.mode != Mode::Present) {
        let y = band.y(total / most);
        let at = if y + h < band.bottom - 2.0 { y + h - 1.0 } else { y - 2.0 };
        svg.text("t00 tl-dim pl-halo", Anchor::Start, axis.x0 + start + idx as f64 * step, at, name);
    }
}

/// Floor and ceiling of the logarithmic residual axis.
const RESIDUAL: (f64, f64) = (-8.5, 0.5);

fn residual(svg: &mut Svg, axis: &Axis, band: &Band, live: &[Option<f64>], ghost: Option<&(Vec<Option<f64>>, String)>, broken: bool) {
    let share = |x: &Option<f64>| {
        x.map(|x| if x.is_finite() { ((x.max(1e-30).log10() - RESIDUAL.0) / (RESIDUAL.1 - RESIDUAL.0)).clamp(0.0, 1.0) } else { 1.0 })
    };
    if let Some((values, note)) = ghost {
        svg.path("tl-line tl-ghost", &staircase(axis, band, 0, &mut values.iter().map(share)));
        let loud = values.iter().take(band.until).position(|x| x.is_some_and(|x| x.is_nan() || x >= 1e-3));
        if let Some(step) = loud {
            let room = axis.x0 + axis.plot - axis.x(step) - 8.0;
            let width = note.chars().count() as f64 * text_h(axis) * 0.55;
            let (anchor, x) = if room > width { (Anchor::Start, axis.x(step) + 5.0) } else { (Anchor::End, axis.x(step) - 4.0) };
            svg.text("t00 tl-warn-text", anchor, x, (band.top + band.bottom) / 2.0 + text_h(axis) * 0.36, note);
        }
    }
    svg.path(if broken { "tl-line tl-broken" } else { "tl-line tl-resid" }, &staircase(axis, band, 0, &mut live.iter().map(share)));
}

/// A step line; `None` interrupts it. Equal neighbours are one segment, so that long runs stay small.
fn staircase(axis: &Axis, band: &Band, start: usize, shares: &mut dyn Iterator<Item = Option<f64>>) -> String {
    let mut d = String::new();
    let mut open: Option<String> = None;
    let mut end = start;
    for (offset, share) in shares.enumerate().take_while(|(offset, _)| start + offset < band.until) {
        let step = start + offset;
        end = step + 1;
        let y = share.map(|share| px(band.y(share)));
        if y == open {
            continue;
        }
        let x = px(axis.x(step));
        match (&open, &y) {
            (None, Some(y)) => d += &["M", &x, " ", y].concat(),
            (Some(_), Some(y)) => d += &["H", &x, "V", y].concat(),
            (Some(_), None) => d += &["H", &x].concat(),
            (None, None) => {}
        }
        open = y;
    }
    if open.is_some() {
        segments(&mut d, &[("H", axis.x(end))]);
    }
    d
}

fn handle(svg: &mut Svg, axis: &Axis, step: usize, x: f64) {
    let big = axis.mode == Mode::Present;
    let (half, h) = if big { (32.0, 28.0) } else { (16.0 + 3.0 * (step.to_string().len() as f64 - 3.0).max(0.0), 14.0) };
    let x = x.clamp(half, (axis.x0 + axis.plot - half).max(half));
    let top = axis.tops[0] - h - 4.0;
    svg.path("tl-handle", &path(&[("M", x - half), (" ", top), ("h", 2.0 * half), ("v", h), ("l-", half), (" 4l-", half)], " -4z"));
    svg.text("t0 tl-handle-text", Anchor::Middle, x, top + h * 0.82, &step.to_string());
}

/// Text cut to a width, with an ellipsis.
pub fn fit(text: &str, width: f64, size: f64) -> String {
    let advance = |c: char| if c.is_ascii() { size * 0.55 } else { size };
    let total: f64 = text.chars().map(advance).sum();
    if total <= width {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = size * 0.8;
    for c in text.chars() {
        used += advance(c);
        if used > width {
            break;
        }
        out.push(c);
    }
    if out.is_empty() { String::new() } else { out.trim_end().to_string() + "…" }
}
