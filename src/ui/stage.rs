//! The stage: the figure's SVG at the measured width, its cells pointed at, focused and asked why.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, KeyboardEvent};

use super::bind::{Bound, follow, rich, watch};
use super::drag::{self, focus};
use super::state::FigureState;
use super::words;
use super::{dom, motion};
use crate::figure::{Drawing, View};

/// The markup of the stage and of the working line under it.
pub fn markup() -> String {
    let layers = "<g></g>".repeat(1 + Drawing::LAYERS);
    format!(r#"<div class="stage"><svg class="stage-svg" role="group">{layers}</svg></div><p class="working"></p>"#)
}

/// Binds both.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let (Some(here), Some(stage), Some(svg)) = (bound.within(".stage"), bound.one(".stage"), bound.one(".stage-svg")) else { return };
    measure(state, &stage);
    let held = Rc::new(RefCell::new(Held::default()));
    drag::bind(&here, state, &stage, &svg);
    draw(state, &svg, held.clone());
    let label = move || {
        let (step, row) = (state.step(), state.focus());
        state.with(|figure| [figure.title(lang), figure.caption(step, row, lang).text()].join(": "))
    };
    bound.attr(".stage-svg", "aria-label", Box::new(label));
    here.on("pointerover", ".stage", Box::new(move |event, _| point(&state, event)));
    here.on("pointerleave", ".stage", Box::new(move |_, _| state.cell.set(None)));
    let remember = move |event: &Event, _: &Element| {
        let on = |name| event.target().and_then(|target| dom::above(target.dyn_ref::<Element>()?, name));
        held.replace(Held { cell: on("data-cell"), handle: on(drag::HANDLE) });
        point(&state, event);
    };
    here.on("focusin", ".stage", Box::new(remember));
    let tap = move |_: &Event, el: &Element| {
        if let Some(row) = el.get_attribute("data-row").and_then(|row| row.parse().ok()) {
            state.focus_row(row);
        }
    };
    here.on("click", "[data-row]", Box::new(tap));
    // A mark that stands for inputs, as `name=value` joined by `&`.
    let choose = move |_: &Event, el: &Element| {
        for pair in el.get_attribute("data-set").unwrap_or_default().split('&') {
            if let Some((name, value)) = pair.split_once('=').filter(|pair| !state.is_frozen(pair.0)) {
                state.set_field(name, value);
            }
        }
    };
    here.on("click", "[data-set]", Box::new(choose));
    here.on("keydown", "[data-cell]", Box::new(move |event, cell| roam(&stage, cell, event)));
    working_line(bound, state);
}

fn point(state: &FigureState, event: &Event) {
    let cell = event.target().and_then(|target| cell_of(&target));
    if cell != state.cell.get_untracked() {
        state.cell.set(cell);
    }
}

/// Draws the step. A layer that a step leaves as it was is not touched in the page.
fn draw(state: FigureState, svg: &Element, held: Rc<RefCell<Held>>) {
    let lang = state.place.lang.get_untracked();
    let view =
        move |asking| View { width: state.width.get(), mode: state.mode(), metrics: state.place.metrics.get(), lang, cell: None, asking };
    let mut layers = dom::all(svg, "g").into_iter();
    if let Some(back) = layers.next() {
        let backdrop = move || if state.width.get() > 0.0 { state.with(|figure| figure.backdrop(&view(false))) } else { String::new() };
        follow(Box::new(backdrop), Box::new(move |text| back.set_inner_html(text)));
    }
    let layers: Vec<Element> = layers.collect();
    let shown = RefCell::new((Drawing::default(), None));
    let svg = svg.clone();
    watch(Box::new(move || {
        let view = view(state.asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.chosen.is_none())));
        if view.width <= 0.0 {
            return;
        }
        let (step, row) = (state.step(), state.focus());
        let next = state.with(|figure| figure.stage(step, row, &view));
        let (last, before) = shown.replace((next.clone(), Some(step)));
        let class = motion::class(state.motion.get_untracked(), state.player.with_untracked(|player| player.speed), before, step);
        for (name, old, new) in [("width", last.width, next.width), ("height", last.height, next.height)] {
            if old != new {
                let _ = svg.set_attribute(name, &new.to_string());
            }
        }
        for (idx, layer) in layers.iter().enumerate() {
            if last.layer(idx) != next.layer(idx) {
                layer.set_inner_html(next.layer(idx));
                motion::start(layer, class, next.changes);
            } else {
                motion::settle(layer);
            }
        }
        // Focusing tells `held` again: it must not be borrowed then.
        let had = held.borrow().clone();
        keep_focus(&svg, &had);
        if !state.drawn.get_untracked() {
            state.drawn.set(true);
        }
    }));
}

/// The focused cell's value written out with its numbers.
fn working_line(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let why = move || {
        if state.asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.chosen.is_none())) {
            return String::new();
        }
        let (step, row) = (state.step(), state.focus());
        let pointed = state.cell.get();
        let text = state.with(|figure| {
            pointed
                .and_then(|cell| figure.why(step, &cell, lang))
                .or_else(|| figure.default_cell(step, row).and_then(|cell| figure.why(step, &cell, lang)))
        });
        text.map_or_else(String::new, |text| ["<span class=\"ask-why\">", words::why(lang), "</span>", &rich(&text)].concat())
    };
    if let Some(line) = bound.one(".working") {
        let put = move |html: &str| {
            line.set_inner_html(html);
            let _ = line.class_list().toggle_with_force("empty", html.is_empty());
        };
        follow(Box::new(why), Box::new(put));
    }
}

/// Follows the width of the stage.
fn measure(state: FigureState, stage: &Element) {
    state.width.set(f64::from(stage.client_width()));
    let target = stage.clone();
    let on_resize = Closure::<dyn FnMut()>::new(move || {
        let width = f64::from(target.client_width());
        if width > 0.0 && state.width.try_get_untracked().is_some_and(|old| old != width) {
            state.width.set(width);
        }
    });
    // Without an observer the first measure stands.
    if let Ok(observer) = web_sys::ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(stage);
        let observer = send_wrapper::SendWrapper::new((observer, on_resize));
        on_cleanup(move || observer.0.disconnect());
    }
}

/// What had the focus last.
#[derive(Clone, Default)]
struct Held {
    /// A cell, by its id.
    cell: Option<String>,
    /// A handle, by its field.
    handle: Option<String>,
}

/// Gives the focus back to the cell or handle that had it before its layer was drawn again, and makes one cell reachable.
fn keep_focus(svg: &Element, held: &Held) {
    let cells = dom::all(svg, "[data-cell]");
    let again = cells.iter().find(|cell| held.cell.is_some() && cell.get_attribute("data-cell") == held.cell);
    if let Some(cell) = again.or(cells.first()) {
        let _ = cell.set_attribute("tabindex", "0");
    }
    let lost = dom::document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    let handle = held.handle.as_ref().and_then(|field| drag::handle(svg, field));
    if let (Some(el), true) = (handle.as_ref().or(again), lost) {
        focus(el);
    }
}

/// Arrow keys go from cell to cell, by place.
fn roam(stage: &Element, here: &Element, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let Some((dx, dy)) = dom::arrow(event) else { return };
    let middle = |el: &Element| {
        let rect = el.get_bounding_client_rect();
        (rect.left() + rect.width() / 2.0, rect.top() + rect.height() / 2.0)
    };
    let (x, y) = middle(here);
    let ahead = |cell: &Element| {
        let (cx, cy) = middle(cell);
        let along = (cx - x) * dx + (cy - y) * dy;
        let aside = ((cx - x) * dy).abs() + ((cy - y) * dx).abs();
        (along > 1.0).then_some(along + 3.0 * aside)
    };
    let next = dom::all(stage, "[data-cell]").into_iter().filter_map(|cell| Some((ahead(&cell)?, cell))).min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, cell)) = next {
        let _ = here.set_attribute("tabindex", "-1");
        let _ = cell.set_attribute("tabindex", "0");
        focus(&cell);
    }
    event.prevent_default();
}

fn cell_of(target: &EventTarget) -> Option<String> {
    dom::above(target.dyn_ref::<Element>()?, "data-cell")
}
