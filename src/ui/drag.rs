//! Handles of a stage that the reader drags, or moves with the arrow keys, to set a parameter.
//!
//! A handle is an element with `data-drag="FIELD"` and either `data-plane="x0 y0 ux uy low high step"` — the origin in px
//! of the stage, px per unit to the right and upwards, bounds and rounding of both coordinates; the field then holds `X,Y` —
//! and `data-at="X Y"`, where it stands, from which arrow keys go on, however the reader wrote the field;
//! or `data-stops="WORD:PX WORD:PX"`, the places along the stage at which the field holds each word.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::bind::Bound;
use super::dom;
use super::state::FigureState;
use crate::content::number;

/// The attribute of a handle.
pub const HANDLE: &str = "data-drag";

/// The attribute of a handle that moves both ways.
const PLANE: &str = "data-plane";

/// Binds the handles of a stage, whichever are drawn at the time.
pub fn bind(here: &Bound, state: FigureState, stage: &Element, svg: &Element) {
    // The field that a pointer holds, and which pointer. The handle is drawn again while it moves, so the stage keeps the pointer.
    let held = Rc::new(RefCell::new(None::<(String, i32)>));
    let (grip, holder) = (held.clone(), stage.clone());
    let down = move |event: &Event, el: &Element| {
        let (Some(event), Some(field)) = (event.dyn_ref::<PointerEvent>(), el.get_attribute(HANDLE)) else { return };
        if event.button() == 0 && !state.is_frozen(&field) {
            // A pointer that cannot be kept still drags as long as it stays over the stage.
            let _ = holder.set_pointer_capture(event.pointer_id());
            event.prevent_default();
            focus(el);
            grip.replace(Some((field, event.pointer_id())));
        }
    };
    here.on("pointerdown", "[data-drag]", Box::new(down));
    // `touch-action` does not hold inside an SVG: without this the page scrolls, and takes the pointer away.
    let touched = move |event: &Event, el: &Element| {
        if el.get_attribute(HANDLE).is_some_and(|field| !state.is_frozen(&field)) {
            event.prevent_default();
        }
    };
    here.on("touchstart", "[data-drag]", Box::new(touched));
    let (grip, drawing) = (held.clone(), svg.clone());
    let moved = move |event: &Event, _: &Element| {
        let (Some(event), Some((field, pointer))) = (event.dyn_ref::<PointerEvent>(), grip.borrow().clone()) else { return };
        if event.pointer_id() != pointer {
            return;
        }
        // Let go of where nobody told: outside the stage, by a pointer that could not be kept.
        if event.buttons() == 0 {
            grip.take();
            return;
        }
        let rect = drawing.get_bounding_client_rect();
        let at = (f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top());
        if let Some(text) = handle(&drawing, &field).and_then(|handle| place(&handle, at)) {
            set(&state, &field, &text);
        }
    };
    here.on("pointermove", ".stage", Box::new(moved));
    for end in ["pointerup", "pointercancel"] {
        let grip = held.clone();
        here.on(end, ".stage", Box::new(move |_, _| drop(grip.take())));
    }
    let key = move |event: &Event, el: &Element| {
        let (Some(event), Some(field)) = (event.dyn_ref::<KeyboardEvent>(), el.get_attribute(HANDLE)) else { return };
        let Some((dx, dy)) = dom::arrow(event) else { return };
        event.prevent_default();
        let stride = if event.shift_key() { 10.0 } else { 1.0 };
        let next = state.values.with_untracked(|values| nudge(el, values.text(&field), (dx * stride, -dy * stride)));
        if let (Some(text), false) = (next, state.is_frozen(&field)) {
            set(&state, &field, &text);
        }
    };
    here.on("keydown", "[data-drag]", Box::new(key));
}

/// The handle of a field as it is drawn now.
pub fn handle(svg: &Element, field: &str) -> Option<Element> {
    dom::all(svg, "[data-drag]").into_iter().find(|el| el.get_attribute(HANDLE).as_deref() == Some(field))
}

/// Gives a handle the focus.
pub fn focus(el: &Element) {
    if let Some(el) = el.dyn_ref::<web_sys::SvgElement>() {
        let _ = el.focus();
    }
}

fn set(state: &FigureState, field: &str, text: &str) {
    if !state.values.with_untracked(|values| values.is(field, text)) {
        state.set_field(field, text);
    }
}

/// What the field holds with the handle at `(x, y)` px of the stage.
fn place(handle: &Element, (x, y): (f64, f64)) -> Option<String> {
    if let Some(stops) = stops(handle) {
        let apart = |stop: &&(String, f64)| (stop.1 - x).abs();
        return stops.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).map(|stop| stop.0.clone());
    }
    let [x0, y0, ux, uy, low, high, step] = numbers(handle, PLANE)?;
    Some(pair([(x - x0) / ux, (y0 - y) / uy], low, high, step))
}

/// What the field holds after so many steps to the right and upwards.
fn nudge(handle: &Element, text: &str, (right, up): (f64, f64)) -> Option<String> {
    if let Some(stops) = stops(handle) {
        let by = if right == 0.0 { up } else { right };
        let now = stops.iter().position(|stop| stop.0 == text)?;
        let next = now.saturating_add_signed(by.signum() as isize).min(stops.len() - 1);
        return stops.get(next).map(|stop| stop.0.clone());
    }
    let [.., low, high, step] = numbers::<7>(handle, PLANE)?;
    let [x, y] = numbers(handle, "data-at")?;
    Some(pair([x + right * step, y + up * step], low, high, step))
}

/// Two coordinates within bounds and on the grid, as the field writes them.
fn pair(at: [f64; 2], low: f64, high: f64, step: f64) -> String {
    at.map(|x| number::plain((x.clamp(low, high) / step).round() * step)).join(",")
}

/// The numbers of an attribute, of which there are N.
fn numbers<const N: usize>(handle: &Element, attribute: &str) -> Option<[f64; N]> {
    let text = handle.get_attribute(attribute)?;
    let numbers: Vec<f64> = text.split(' ').filter_map(number::parse).collect();
    numbers.try_into().ok()
}

fn stops(handle: &Element) -> Option<Vec<(String, f64)>> {
    let text = handle.get_attribute("data-stops")?;
    text.split(' ').map(|stop| stop.split_once(':').and_then(|(word, px)| Some((word.to_string(), number::parse(px)?)))).collect()
}
