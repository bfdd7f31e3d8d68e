//! The timeline as a slider: drag, tap, keys; the drawing itself is `figure::timeline`.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::state::FigureState;
use super::words;
use crate::figure::timeline::{self, Axis};
use crate::trace::Command;

/// The timeline of a figure.
#[component]
pub fn Timeline(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
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
        let (step, row, lang) = (state.step(), focus.get(), lang.get());
        let readouts = state.with(|figure| figure.readouts(step, row, lang));
        let bar = lanes.with(|lanes| timeline::bar_at(lanes, step));
        axis.with(|axis| timeline::overlay(axis, step, &readouts, bar, covered.get().is_some()))
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
        let (step, row, lang) = (state.step(), state.focus(), lang.get());
        format!("{}: {}", words::step_of(lang, step, state.last_step()), state.with(|figure| figure.caption(step, row, lang)).text())
    };
    view! {
        <div class="timeline" node_ref=node role="slider" tabindex="0" data-action="seek"
            aria-label=move || words::step(lang.get()) aria-valuemin="0"
            aria-valuemax=move || state.last_step() aria-valuenow=move || state.step() aria-valuetext=said
            on:pointerdown=down on:pointermove=moved
            on:pointerup=move |_| dragging.set(false) on:pointercancel=move |_| dragging.set(false)>
            <svg class="tl" width=move || state.width.get() height=move || axis.with(|axis| axis.height) aria-hidden="true">
                <g class="tl-back" inner_html=back></g>
                <g class="tl-front" inner_html=front></g>
            </svg>
        </div>
    }
}
