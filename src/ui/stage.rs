//! The stage: the figure's SVG at the measured width, its cells pointed at, focused and asked why.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, KeyboardEvent};

use super::dom::{self, live, when};
use super::frame::rich;
use super::state::FigureState;
use super::words;
use crate::figure::{Drawing, View};

/// The figure's drawing.
#[component]
pub fn Stage(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let node: NodeRef<Div> = NodeRef::new();
    measure(state, node);
    let drawing = Memo::new(move |_| {
        let (step, row, width) = (state.step(), state.focus(), state.width.get());
        if width <= 0.0 {
            return None;
        }
        let asking = state.asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.chosen.is_none()));
        let view = View { width, mode: state.mode(), metrics: state.place.metrics.get(), lang, cell: None, asking };
        state.figure.with(|figure| figure.as_ref().map(|figure| figure.stage(step, row, &view)))
    });
    let backdrop = Memo::new(move |_| {
        let width = state.width.get();
        let view = View { width, mode: state.mode(), metrics: state.place.metrics.get(), lang, cell: None, asking: false };
        if width > 0.0 { state.with(|figure| figure.backdrop(&view)) } else { String::new() }
    });
    // A layer that a step leaves as it was is not touched in the page.
    let layers = (0..Drawing::LAYERS)
        .map(|idx| {
            let layer = Memo::new(move |_| drawing.with(|drawing| drawing.as_ref().map_or(String::new(), |drawing| drawing.layer(idx).to_string())));
            view! { <g inner_html=live(move || layer.get())></g> }
        })
        .collect_view();
    let size = move |pick: fn(&Drawing) -> f64| drawing.with(|drawing| drawing.as_ref().map_or(0.0, pick)).to_string();
    Effect::new(move |_| {
        if drawing.with(Option::is_some) {
            state.drawn.set(true);
        }
    });
    keep_cell_focus(node, drawing);
    let label = move || {
        let (step, row) = (state.step(), state.focus());
        state.with(|figure| format!("{}: {}", figure.title(lang), figure.caption(step, row, lang).text()))
    };
    let point = move |target: Option<web_sys::EventTarget>| {
        let cell = target.and_then(|target| cell_of(&target));
        if cell != state.cell.get_untracked() {
            state.cell.set(cell);
        }
    };
    let tap = move |event: web_sys::MouseEvent| {
        if let Some(row) = event.target().and_then(|target| row_of(&target)) {
            state.focus_row(row);
        }
    };
    view! {
        <div class="stage" class:still=when(move || !state.player.with(|player| player.playing)) node_ref=node
            on:pointerover=move |event| point(event.target()) on:pointerleave=move |_| state.cell.set(None)
            on:focusin=move |event| point(event.target()) on:click=tap on:keydown=move |event| roam(node, &event)>
            <svg class="stage-svg" role="group" aria-label=live(label) width=live(move || size(|d| d.width)) height=live(move || size(|d| d.height))>
                <g inner_html=live(move || backdrop.get())></g>
                {layers}
            </svg>
        </div>
    }
}

/// The focused cell's value written out with its numbers.
#[component]
pub fn WorkingLine(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let why = move || {
        let (step, row) = (state.step(), state.focus());
        let pointed = state.cell.get();
        state.with(|figure| {
            pointed
                .and_then(|cell| figure.why(step, &cell, lang))
                .or_else(|| figure.default_cell(step, row).and_then(|cell| figure.why(step, &cell, lang)))
        })
    };
    let hidden = move || state.asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.chosen.is_none()));
    move || {
        let text = if hidden() { None } else { why() };
        let empty = text.is_none();
        view! { <p class="working" class:empty=empty>
            {text.map(|text| view! { <span class="ask-why">{words::why(lang)}</span>{rich(&text)} })}
        </p> }
    }
}

/// Follows the width of the stage.
fn measure(state: FigureState, node: NodeRef<Div>) {
    Effect::new(move |_| {
        let Some(el) = node.get() else { return };
        state.width.set(f64::from(el.client_width()));
        let target: Element = el.clone().into();
        let watched = target.clone();
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            let width = f64::from(target.client_width());
            if width > 0.0 && state.width.try_get_untracked().is_some_and(|old| old != width) {
                state.width.set(width);
            }
        });
        // Without an observer the first measure stands.
        if let Ok(observer) = web_sys::ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            observer.observe(&watched);
            let observer = send_wrapper::SendWrapper::new((observer, on_resize));
            on_cleanup(move || observer.0.disconnect());
        }
    });
}

/// A new drawing replaces the old elements: gives the focus back to the cell that had it, and makes the first cell reachable.
fn keep_cell_focus(node: NodeRef<Div>, drawing: Memo<Option<Drawing>>) {
    let held = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        drawing.track();
        let Some(el) = node.get() else { return };
        let cells = dom::all(&el, "[data-cell]");
        let again = held.get_value().and_then(|id| cells.iter().find(|cell| cell.get_attribute("data-cell").as_deref() == Some(&id)).cloned());
        let reachable = again.clone().or_else(|| cells.first().cloned());
        if let Some(cell) = reachable {
            let _ = cell.set_attribute("tabindex", "0");
        }
        let lost = dom::document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        if let (Some(cell), true) = (again, lost) {
            focus(&cell);
        }
    });
    Effect::new(move |_| {
        let Some(el) = node.get() else { return };
        let remember = Closure::<dyn FnMut(web_sys::FocusEvent)>::new(move |event: web_sys::FocusEvent| {
            held.set_value(event.target().and_then(|target| cell_of(&target)));
        });
        // Failing to listen only means that the focus is not given back.
        let _ = el.add_event_listener_with_callback("focusin", remember.as_ref().unchecked_ref());
        remember.forget();
    });
}

/// Arrow keys go from cell to cell, by place.
fn roam(node: NodeRef<Div>, event: &KeyboardEvent) {
    let (dx, dy) = match event.key().as_str() {
        "ArrowRight" => (1.0, 0.0),
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowDown" => (0.0, 1.0),
        "ArrowUp" => (0.0, -1.0),
        _ => return,
    };
    let here = event.target().and_then(|target| target.dyn_into::<Element>().ok()).and_then(|el| el.closest("[data-cell]").ok().flatten());
    let (Some(stage), Some(here)) = (node.get_untracked(), here) else { return };
    let middle = |el: &Element| {
        let rect = el.get_bounding_client_rect();
        (rect.left() + rect.width() / 2.0, rect.top() + rect.height() / 2.0)
    };
    let (x, y) = middle(&here);
    let ahead = |cell: &Element| {
        let (cx, cy) = middle(cell);
        let along = (cx - x) * dx + (cy - y) * dy;
        let aside = ((cx - x) * dy).abs() + ((cy - y) * dx).abs();
        (along > 1.0).then_some(along + 3.0 * aside)
    };
    let next = dom::all(&stage, "[data-cell]").into_iter().filter_map(|cell| Some((ahead(&cell)?, cell))).min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, cell)) = next {
        let _ = here.set_attribute("tabindex", "-1");
        let _ = cell.set_attribute("tabindex", "0");
        focus(&cell);
    }
    event.prevent_default();
}

fn focus(el: &Element) {
    if let Some(el) = el.dyn_ref::<web_sys::SvgElement>() {
        let _ = el.focus();
    }
}

fn cell_of(target: &web_sys::EventTarget) -> Option<String> {
    target.dyn_ref::<Element>()?.closest("[data-cell]").ok().flatten()?.get_attribute("data-cell")
}

fn row_of(target: &web_sys::EventTarget) -> Option<usize> {
    target.dyn_ref::<Element>()?.closest("[data-row]").ok().flatten()?.get_attribute("data-row")?.parse().ok()
}
