//! The paragraph being read, and the figure that it shows: it seeks, unless the reader has taken the controls; then it only offers.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use super::Page;
use crate::trace::Command;
use crate::ui::bind::watch;
use crate::ui::{FigureState, dom};

thread_local! {
    static OBSERVER: RefCell<Option<IntersectionObserver>> = const { RefCell::new(None) };
}

/// Gives every `[data-seek]` paragraph of the page its button and its effect.
pub fn follow(page: Page) {
    OBSERVER.with_borrow_mut(|old| {
        if let Some(old) = old.take() {
            old.disconnect();
        }
    });
    let Some(main) = dom::document().get_element_by_id("page") else { return };
    let on_cross = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        for entry in entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()) {
            read(page, &entry.target(), entry.is_intersecting());
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("-34% 0px -34% 0px");
    let observer = IntersectionObserver::new_with_options(on_cross.as_ref().unchecked_ref(), &options).ok();
    on_cross.forget();
    for paragraph in dom::all(&main, "[data-seek]") {
        if let Some((state, anchor)) = target(page, &paragraph) {
            button(state, anchor, &paragraph);
            if let Some(observer) = &observer {
                observer.observe(&paragraph);
            }
        }
    }
    OBSERVER.set(observer);
}

fn target(page: Page, paragraph: &Element) -> Option<(FigureState, String)> {
    let seek = paragraph.get_attribute("data-seek")?;
    let (fig, anchor) = seek.split_once(':')?;
    let state = page.figures.with_untracked(|figures| figures.iter().find(|figure| figure.spec.id == fig).copied())?;
    Some((state, anchor.to_string()))
}

fn step_of(state: &FigureState, anchor: &str) -> Option<usize> {
    state.figure.with(|figure| figure.as_ref().and_then(|figure| figure.anchor(anchor)))
}

fn read(page: Page, paragraph: &Element, inside: bool) {
    let _ = paragraph.class_list().toggle_with_force("reading", inside);
    let Some((state, anchor)) = target(page, paragraph).filter(|_| inside) else { return };
    if state.taken.get_untracked() || state.place.present.get_untracked() {
        return;
    }
    let default = state.values.with_untracked(crate::figure::Values::is_default);
    if let Some(step) = untrack(|| step_of(&state, &anchor)).filter(|_| default && state.player.with_untracked(|player| !player.playing)) {
        // Not the reader's act: the address keeps describing what they chose.
        let last = untrack(|| state.last_step());
        state.player.update(|player| *player = player.update(Command::Seek(step), last));
    }
}

/// The step in the margin is a button: it seeks even when the reader has the controls.
fn button(state: FigureState, anchor: String, paragraph: &Element) {
    let Ok(button) = dom::document().create_element("button") else { return };
    let _ = button.set_attribute("type", "button");
    let _ = button.set_attribute("class", "seek");
    let _ = paragraph.append_child(&button);
    let shown = (button.clone(), paragraph.clone());
    let name = anchor.clone();
    watch(Box::new(move || {
        let lang = state.place.lang.get();
        let step = step_of(&state, &name);
        let now = step.is_some_and(|step| step == state.step());
        let text = match step {
            Some(step) => {
                lang.pick(format!("step {step}"), format!("第 {step} 步")) + if now { lang.pick(", now", "，现在") } else { "" }
            }
            None => String::new(),
        };
        let (button, paragraph) = &shown;
        button.set_text_content(Some(&text));
        let _ = if step.is_none() { button.set_attribute("hidden", "") } else { button.remove_attribute("hidden") };
        let _ = paragraph.class_list().toggle_with_force("shown", now);
    }));
    let on_click = Closure::<dyn FnMut()>::new(move || {
        if let Some(step) = untrack(|| step_of(&state, &anchor)) {
            state.command(Command::Pause);
            state.command(Command::Seek(step));
        }
    });
    let _ = button.add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    on_click.forget();
}
