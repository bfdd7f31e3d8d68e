//! The timeline as a slider: drag, tap, keys; the drawing itself is `figure::timeline`.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, PointerEvent};

use super::bind::{Act, Bound};
use super::state::FigureState;
use super::words;
use crate::figure::timeline::{self, Axis};
use crate::trace::{Command, Lanes};

/// The markup of the timeline.
pub fn markup(state: &FigureState) -> String {
    let label = words::step(state.place.lang.get_untracked());
    format!(
        r#"<div class="timeline" role="slider" tabindex="0" data-action="seek" aria-label="{label}" aria-valuemin="0"><svg class="tl" aria-hidden="true"><g class="tl-back"></g><g class="tl-front"></g></svg></div>"#
    )
}

/// Binds it.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let drawn: Memo<(Lanes, Axis)> = Memo::new(move |_| {
        let lanes = state.lanes();
        let axis = state.place.metrics.with(|metrics| Axis::new(&lanes, state.last_step() + 1, state.width.get(), state.mode(), metrics));
        (lanes, axis)
    });
    let covered = move || state.asked.with(|asked| asked.as_ref().filter(|asked| asked.chosen.is_none()).map(|_| state.step() + 1));
    bound.html(".tl-back", Box::new(move || drawn.with(|(lanes, axis)| timeline::draw(lanes, axis, state.focus(), covered()))));
    let front = move || {
        let (step, row) = (state.step(), state.focus());
        let readouts = state.with(|figure| figure.readouts(step, row, lang));
        drawn.with(|(lanes, axis)| timeline::overlay(axis, step, &readouts, timeline::bar_at(lanes, step), covered().is_some()))
    };
    bound.html(".tl-front", Box::new(front));
    bound.attr(".tl", "width", Box::new(move || state.width.get().to_string()));
    bound.attr(".tl", "height", Box::new(move || drawn.with(|drawn| drawn.1.height.to_string())));
    let said = move || {
        let (step, row) = (state.step(), state.focus());
        [words::step_of(lang, step, state.last_step()), state.with(|figure| figure.caption(step, row, lang)).text()].join(": ")
    };
    bound.attr(".timeline", "aria-valuemax", Box::new(move || state.last_step().to_string()));
    bound.attr(".timeline", "aria-valuenow", Box::new(move || state.step().to_string()));
    bound.attr(".timeline", "aria-valuetext", Box::new(said));
    drag(bound, state, drawn);
}

fn drag(bound: &Bound, state: FigureState, drawn: Memo<(Lanes, Axis)>) {
    let dragging = Rc::new(Cell::new(false));
    for name in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let dragging = dragging.clone();
        let act: Act = Box::new(move |event: &Event, el: &Element| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
            if name == "pointerdown" {
                // Without capture the drag ends at the edge; it still works.
                let _ = el.set_pointer_capture(event.pointer_id());
                let _ = el.dyn_ref::<HtmlElement>().map(HtmlElement::focus);
                dragging.set(true);
            } else if name != "pointermove" {
                dragging.set(false);
            }
            if dragging.get() {
                let x = f64::from(event.client_x()) - el.get_bounding_client_rect().left();
                let step = drawn.with_untracked(|drawn| drawn.1.step_at(x));
                state.command(Command::Pause);
                state.command(Command::Seek(step));
            }
        });
        bound.on(name, ".timeline", act);
    }
}
