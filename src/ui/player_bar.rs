//! The transport: five buttons, next event, predict, speed, and the residual.

use leptos::prelude::*;

use super::predict::ask_next;
use super::state::FigureState;
use super::words;
use crate::content::{Lang, number};
use crate::trace::{Command, SPEEDS};

const FIRST: &str = "M3 3h2v10H3zM14 3v10L6 8z";
const BACK: &str = "M12 3v10L4 8z";
const PLAY: &str = "M4 2.5v11L13.5 8z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const FORWARD: &str = "M4 3v10l8-5z";
const LAST: &str = "M11 3h2v10h-2zM2 3v10l8-5z";

#[component]
fn Key(
    state: FigureState,
    action: &'static str,
    label: fn(Lang) -> &'static str,
    icon: &'static str,
    command: Command,
    #[prop(into)] disabled: Signal<bool>,
) -> impl IntoView {
    let lang = state.place.lang;
    // aria-disabled rather than disabled, so that focus stays where it is at either end of the run.
    view! {
        <button type="button" data-action=action aria-label=move || label(lang.get()) title=move || label(lang.get())
            aria-disabled=move || disabled.get().to_string() on:click=move |_| state.command(command)>
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d=icon/></svg>
        </button>
    }
}

/// The player of a figure.
#[component]
pub fn PlayerBar(state: FigureState, help: RwSignal<bool>) -> impl IntoView {
    let lang = state.place.lang;
    let playing = Memo::new(move |_| state.player.with(|player| player.playing));
    let at_start = Memo::new(move |_| state.step() == 0);
    let at_end = Memo::new(move |_| state.step() >= state.last_step());
    let toggle = move |_| state.command(if playing.get_untracked() { Command::Pause } else { Command::Play });
    let has_events = Memo::new(move |_| !state.lanes().stops().is_empty());
    let has_questions = Memo::new(move |_| !state.with(|figure| figure.questions(lang.get())).is_empty());
    view! {
        <div class="player" role="group" aria-label=move || format!("{} {}", words::player(lang.get()), state.number)>
            <div class="keys">
                <Key state action="first" label=words::first icon=FIRST command=Command::Seek(0) disabled=at_start/>
                <Key state action="back" label=words::back icon=BACK command=Command::StepBy(-1) disabled=at_start/>
                <button type="button" class="play" data-action="play" on:click=toggle
                    aria-label=move || if playing.get() { words::pause(lang.get()) } else { words::play(lang.get()) }>
                    <svg viewBox="0 0 16 16" aria-hidden="true"><path d=move || if playing.get() { PAUSE } else { PLAY }/></svg>
                </button>
                <Key state action="forward" label=words::forward icon=FORWARD command=Command::StepBy(1) disabled=at_end/>
                <Key state action="last" label=words::last icon=LAST command=Command::Seek(usize::MAX) disabled=at_end/>
            </div>
            <Show when=move || has_events.get()>
                <button type="button" class="ev" data-action="next-event" on:click=move |_| state.next_event()>
                    <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 0l6 6-6 6-6-6z"/></svg>
                    <span>{move || words::next_event(lang.get())}</span><kbd aria-hidden="true">"E"</kbd>
                </button>
            </Show>
            <Show when=move || has_questions.get()>
                <button type="button" class="ev" data-action="predict" on:click=move |_| ask_next(&state)>
                    <span>{move || words::predict(lang.get())}</span><kbd aria-hidden="true">"P"</kbd>
                </button>
            </Show>
            <Speed state/>
            <button type="button" class="ev help" data-action="help" aria-label=move || words::keys(lang.get())
                aria-expanded=move || help.get().to_string() on:click=move |_| help.update(|open| *open = !*open)>"?"</button>
            <span class="grow"></span>
            <Residual state/>
        </div>
    }
}

#[component]
fn Speed(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    let choose = move |event: web_sys::Event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            state.command(Command::Speed(speed));
        }
    };
    let options = SPEEDS.map(|speed| {
        let text = format!("{speed}×");
        view! { <option value=speed.to_string() selected=move || state.player.with(|player| player.speed == speed)>{text}</option> }
    });
    view! {
        <label class="speed">
            <span>{move || words::speed(lang.get())}</span>
            <select data-action="speed" on:change=choose>{options.collect_view()}</select>
        </label>
    }
}

#[component]
fn Residual(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    let value = Memo::new(move |_| {
        let step = state.step();
        state.with(|figure| figure.residual(step))
    });
    let kernel = move || {
        state.agreement.get().map(|agreement| {
            let name = if agreement.gpu.is_some() { "GPU" } else { lang.get().pick("CPU kernel", "CPU kernel") };
            let (distance, what) = match agreement.gpu {
                Some(gpu) => (gpu, lang.get().pick("vs CPU twin", "对照 CPU 版")),
                None => (agreement.reference, lang.get().pick("vs f64", "对照 f64")),
            };
            view! { <span class="residual kernel-note" title=agreement.adapter.clone()>{name}" "<b>{number::residual(distance)}</b>" "{what}</span> }
        })
    };
    view! {
        {kernel}
        <span class="residual" data-residual=move || number::ascii(value.get().unwrap_or(0.0))>
            {move || words::residual(lang.get())}" "
            <b>{move || value.get().map_or("–".to_string(), number::residual)}</b>" "
            <span class="hide-s">{move || words::vs_reference(lang.get())}</span>
        </span>
    }
}
