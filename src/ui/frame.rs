//! The figure frame: head, caption, stage, timeline, player, bench and data, around any `Figure`.


use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::controls::Controls;
use super::data_table::DataTable;
use super::dom::{self, live, when};
use super::listing::Listing;
use super::player_bar::PlayerBar;
use super::predict::{Answers, QuestionHead, QuestionHeadProps, ask_next};
use super::stage::{Stage, WorkingLine};
use super::state::{Fetch, FigureState};
use super::timeline_view::Timeline;
use super::toolbar::Toolbar;
use super::words;
use crate::content::{Lang, Rich, Role};
use crate::trace::Command;

/// Rich text as elements.
pub fn rich(text: &Rich) -> impl IntoView + use<> {
    text.0
        .iter()
        .map(|span| match span.role {
            Role::Plain => span.text.clone().into_any(),
            Role::Now => view! { <em>{span.text.clone()}</em> }.into_any(),
            role => view! { <b class=role.class()>{span.text.clone()}</b> }.into_any(),
        })
        .collect_view()
}

/// A figure in its placeholder.
#[component]
pub fn FigureFrame(state: FigureState, listings: Vec<(String, String)>) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let help = RwSignal::new(false);
    // Without the prose around it, the figure brings the page's heading.
    let alone = dom::root().has_attribute("data-embed") || dom::root().has_attribute("data-present");
    let title = live(move || state.with(|figure| figure.title(lang)));
    let number = lang.pick(format!("Fig. {}", state.number), format!("图 {}", state.number));
    let asking = Memo::new(move |_| state.asked.with(Option::is_some));
    let built = Memo::new(move |_| state.figure.with(Option::is_some));
    view! {
        <div class="fig-body" tabindex="-1" class:broken=when(move || is_broken(&state)) on:keydown=move |event| keys(&state, help, &event)>
            {alone.then(|| view! { <h1 class="vh">{state.with(|figure| figure.title(lang))}</h1> })}
            <div class="fig-head">
                <span class="name"><b>{number}</b>{title}</span>
                <Toolbar state/>
            </div>
            <Problems state/>
            <FetchNote state/>
            {move || built.get().then(|| view! {
                {move || if asking.get() { QuestionHead(QuestionHeadProps { state }).into_any() } else { Caption(CaptionProps { state }).into_any() }}
                <Stage state/>
                <WorkingLine state/>
                <div class="over-future">
                    <Timeline state/>
                    <Answers state/>
                </div>
                <PlayerBar state help/>
                <Help show=help lang/>
            }.into_any())}
            <div class="bench">
                <Listing state listings=listings.clone()/>
                <Controls state/>
            </div>
            <DataTable state/>
        </div>
    }
}

fn is_broken(state: &FigureState) -> bool {
    let lang = state.place.lang.get_untracked();
    let values = state.values.get();
    state.with(|figure| figure.controls(lang)).iter().flat_map(|group| &group.controls).any(
        |control| matches!(control, crate::figure::Control::Break { field, off, .. } if values.is(field, off)),
    )
}

#[component]
fn Caption(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let politeness = live(move || if state.player.with(|player| player.playing) { "off" } else { "polite" });
    let text = move || {
        let (step, row) = (state.step(), state.focus());
        state.with(|figure| figure.caption(step, row, lang))
    };
    view! {
        <div class="caption">
            <span class="at">
                <span>{lang.pick("step", "第")}</span>
                <b>{live(move || state.step().to_string())}</b>
                <span>{live(move || lang.pick(format!("of {}", state.last_step()), format!("步，末步 {}", state.last_step())))}</span>
            </span>
            <p aria-live=politeness aria-atomic="true">{move || rich(&text())}</p>
        </div>
    }
}

#[component]
fn Problems(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let each = move || {
        state.problems.get().into_iter().enumerate().map(move |(idx, problem)| {
            let text = problem.text(lang).to_string();
            view! {
                <div class="problem" data-problem=problem.field.clone() role="alert">
                    <p>{text}</p>
                    <button type="button" class="tool" data-action="dismiss"
                        on:click=move |_| state.problems.update(|shown| { if idx < shown.len() { shown.remove(idx); } })>
                        {words::dismiss(lang)}
                    </button>
                </div>
            }
        }).collect_view()
    };
    view! { <div class="problems">{each}</div> }
}

#[component]
fn FetchNote(state: FigureState) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    move || match state.fetch.get() {
        Fetch::Idle => None,
        Fetch::Loading => state.figure.with(Option::is_none).then(|| view! { <p class="fig-note" role="status">{words::loading(lang)}</p> }.into_any()),
        Fetch::Failed(why) => Some(
            view! {
                <div class="problem" data-problem="data" role="alert">
                    <p>{lang.pick(format!("The data of this figure did not arrive ({why})."), format!("这幅图的数据没有取到（{why}）。"))}</p>
                    <button type="button" class="tool" data-action="retry" on:click=move |_| state.fetch.set(Fetch::Idle)>{words::retry(lang)}</button>
                </div>
            }
            .into_any(),
        ),
    }
}

#[component]
fn Help(show: RwSignal<bool>, lang: Lang) -> impl IntoView {
    move || {
        show.get().then(|| {
            let rows = words::key_help(lang).map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view();
            view! {
                <div class="keys-help" role="region" aria-label=words::keys(lang)>
                    <dl>{rows}</dl>
                    <button type="button" class="tool" data-action="close-help" on:click=move |_| show.set(false)>{words::close(lang)}</button>
                </div>
            }
        })
    }
}

/// Single keys, only while focus is in the figure and nothing is being typed.
fn keys(state: &FigureState, help: RwSignal<bool>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return;
    }
    let key = event.key();
    if dom::typing(event.target()) && key != "Escape" {
        return;
    }
    if act(state, help, &key, event) {
        event.prevent_default();
    }
}

fn act(state: &FigureState, help: RwSignal<bool>, key: &str, event: &KeyboardEvent) -> bool {
    let on = |selector: &str| {
        use wasm_bindgen::JsCast;
        event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|el| el.closest(selector).ok().flatten().is_some())
    };
    let arrows_taken = on("input[type=range]") || on("[data-cell]");
    let stride = if event.shift_key() { 10 } else { 1 };
    let playing = state.player.with_untracked(|player| player.playing);
    let presenting = state.place.present.get_untracked();
    match key {
        " " if !on("button, summary, a, input") => state.command(if playing { Command::Pause } else { Command::Play }),
        "ArrowRight" if !arrows_taken => state.command(Command::StepBy(stride)),
        "ArrowLeft" if !arrows_taken => state.command(Command::StepBy(-stride)),
        "ArrowUp" if !arrows_taken => state.move_focus(-1),
        "ArrowDown" if !arrows_taken => state.move_focus(1),
        "PageDown" if presenting => state.command(Command::StepBy(1)),
        "PageUp" if presenting => state.command(Command::StepBy(-1)),
        "Home" if !arrows_taken => state.command(Command::Seek(0)),
        "End" if !arrows_taken => state.command(Command::Seek(usize::MAX)),
        "e" | "E" => state.next_event(),
        "p" | "P" => ask_next(state),
        "d" | "D" => state.table.update(|open| *open = !*open),
        "?" => help.update(|open| *open = !*open),
        "Escape" if help.get_untracked() => help.set(false),
        "Escape" if state.asked.with_untracked(Option::is_some) => state.asked.set(None),
        _ => return false,
    }
    true
}
