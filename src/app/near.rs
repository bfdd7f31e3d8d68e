//! A figure without a player waits until it is near or touched: its code and data are not part of a first visit.

use std::cell::RefCell;

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use crate::ui::FigureState;

/// How far below and above the window counts as near.
const NEAR: &str = "60% 0px 60% 0px";

/// Builds the figure once it is near, or at the first act in its place.
pub fn follow(state: FigureState, place: &Element) {
    if state.near.get_untracked() {
        return;
    }
    let come = move || {
        if state.near.try_get_untracked() == Some(false) {
            state.near.set(true);
        }
    };
    let on_act = Closure::<dyn FnMut()>::new(come);
    for event in ["pointerdown", "focusin", "click"] {
        // Without listeners it still comes with the scrolling.
        let _ = place.add_event_listener_with_callback(event, on_act.as_ref().unchecked_ref());
    }
    let seen = RefCell::new(None::<IntersectionObserver>);
    let on_cross = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        if entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()).any(|entry| entry.is_intersecting()) {
            come();
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(NEAR);
    match IntersectionObserver::new_with_options(on_cross.as_ref().unchecked_ref(), &options) {
        Ok(observer) => {
            observer.observe(place);
            seen.replace(Some(observer));
        }
        // A browser that cannot tell what is near gets everything.
        Err(_) => come(),
    }
    let held = SendWrapper::new((place.clone(), on_act, on_cross, seen));
    on_cleanup(move || {
        let (place, on_act, _, seen) = held.take();
        for event in ["pointerdown", "focusin", "click"] {
            let _ = place.remove_event_listener_with_callback(event, on_act.as_ref().unchecked_ref());
        }
        if let Some(observer) = seen.take() {
            observer.disconnect();
        }
    });
}
