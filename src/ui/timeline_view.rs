//! The timeline as a slider: drag, tap, keys; the drawing itself is `figure::timeline`.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::dom::live;
use super::state::FigureState;
use super::words;
use crate::figure::timeline::{self, Axis};
use crate::trace::Command;

/// The timeline of a figure.
#[component]
pub fn Timeline(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let node: NodeRef<Div> = NodeRef::new();
    let dragging = RwSignal::new(false);
    let lanes = Memo::new(move |_| state.lanes());
    let axis = Memo::new(move |_| {
        let n_steps = state.last_step() + 1;
        state.place.metrics.with(|metrics| lanes.with(|lanes| Axis::new(lanes, n_steps, state.width.get(), state.mode(), metrics)))
    });
    let covered = Memo::new(move |_| state.asked.with(|asked| asked.as_ref().filter(|asked| asked.chosen.is_none()).map(|_| state.step() + 1)));
    let focus = Memo::new(move |_| state.focus());
    let back = move || axis.with(|axis| lanes.with(|lanes| timeline::draw(lanes, axis, focus.get(), covered.get())));
    let front = move || {
        let (step, row) = (state.step(), focus.get());
        let readouts = state.with(|figure| figure.readouts(step, row, lang));
        axis.with(|axis| lanes.with(|lanes| timeline::overlay(axis, step, &readouts, timeline::bar_at(lanes, step), covered.get().is_some())))
    };
    let seek = move |event: &PointerEvent| {
        if let Some(el) = node.get_untracked() {
            let x = f64::from(event.client_x()) - el.get_bounding_client_rect().left();
            let step = axis.with_untracked(|axis| axis.step_at(x));
            state.command(Command::Pause);
            state.command(Command::Seek(step));
        }
    };
    let down = move |event: PointerEvent| {
        if let Some(el) = node.get_untracked() {
            // Without capture the drag ends at the edge; it still works.
            let _ = el.set_pointer_capture(event.pointer_id());
            let _ = el.focus();
        }
        dragging.set(true);
        seek(&event);
    };
    let moved = move |event: PointerEvent| {
        if dragging.get_untracked() {
            seek(&event);
        }
    };
    let said = move || {
        let (step, row) = (state.step(), state.focus());
        format!("{}: {}", words::step_of(lang, step, state.last_step()), state.with(|figure| figure.caption(step, row, lang)).text())
    };
    view! {
        <div class="timeline" node_ref=node role="slider" tabindex="0" data-action="seek"
            aria-label=words::step(lang) aria-valuemin="0"
            aria-valuemax=live(move || state.last_step().to_string()) aria-valuenow=live(move || state.step().to_string()) aria-valuetext=live(said)
            on:pointerdown=down on:pointermove=moved
            on:pointerup=move |_| dragging.set(false) on:pointercancel=move |_| dragging.set(false)>
            <svg class="tl" width=live(move || state.width.get().to_string()) height=live(move || axis.with(|axis| axis.height.to_string())) aria-hidden="true">
                <g class="tl-back" inner_html=live(back)></g>
                <g class="tl-front" inner_html=live(front)></g>
            </svg>
        </div>
    }
}
