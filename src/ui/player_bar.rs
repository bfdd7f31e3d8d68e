//! The transport: five buttons, next event, predict, speed, and the residual.

use leptos::prelude::*;

use super::bind::Bound;
use super::dom;
use super::lab_bar;
use super::predict::ask_next;
use super::state::FigureState;
use super::words;
use crate::content::{Lang, number};
use crate::figure::svg::escape;
use crate::trace::{Command, SPEEDS};

const FIRST: &str = "M3 3h2v10H3zM14 3v10L6 8z";
const BACK: &str = "M12 3v10L4 8z";
const PLAY: &str = "M4 2.5v11L13.5 8z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const FORWARD: &str = "M4 3v10l8-5z";
const LAST: &str = "M11 3h2v10h-2zM2 3v10l8-5z";

/// The markup of the player; of a figure without one, what stands beside it.
pub fn markup(state: &FigureState) -> String {
    let lang = state.place.lang.get_untracked();
    let (group, keys, speed) = if state.spec.player {
        (["role=\"group\" aria-label=\"", words::player(lang), " ", &state.number.to_string(), "\""].concat(), keys(lang), speeds(lang))
    } else {
        Default::default()
    };
    let class = if state.spec.player { "player" } else { "player still" };
    format!(
        r#"<div class="{class}" {group}>{keys}<template data-part="lab"></template><template data-part="next-event"></template><template data-part="predict"></template>{speed}<button type="button" class="ev help" data-action="help" aria-label="{}">?</button><span class="grow"></span><template data-part="kernel"></template><span class="residual" data-residual>{} <b></b> <span class="hide-s"></span></span></div>"#,
        words::keys(lang),
        words::residual(lang)
    )
}

fn keys(lang: Lang) -> String {
    let mut out = r#"<div class="keys">"#.to_string();
    let keys = [
        ("first", words::first(lang), FIRST),
        ("back", words::back(lang), BACK),
        ("play", "", PLAY),
        ("forward", words::forward(lang), FORWARD),
        ("last", words::last(lang), LAST),
    ];
    for (action, label, icon) in keys {
        let more = if label.is_empty() { r#"class="play""#.to_string() } else { format!(r#"aria-label="{label}" title="{label}""#) };
        out += &format!(
            r#"<button type="button" data-action="{action}" {more}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="{icon}"/></svg></button>"#
        );
    }
    out + "</div>"
}

fn speeds(lang: Lang) -> String {
    let label = words::speed(lang);
    let mut out = format!(r#"<label class="speed"><span>{label}</span><select data-action="speed" aria-label="{label}">"#);
    for speed in SPEEDS {
        out += &format!(r#"<option value="{speed}">{speed}×</option>"#);
    }
    out + "</select></label>"
}

/// Binds it.
pub fn bind(bound: &Bound, state: FigureState, help: RwSignal<bool>) {
    let lang = state.place.lang.get_untracked();
    // aria-disabled rather than disabled, so that focus stays where it is at either end of the run.
    for key in ["[data-action=first]", "[data-action=back]"] {
        bound.attr(key, "aria-disabled", Box::new(move || (state.step() == 0).to_string()));
    }
    for key in ["[data-action=forward]", "[data-action=last]"] {
        bound.attr(key, "aria-disabled", Box::new(move || (state.step() >= state.last_step()).to_string()));
    }
    bound.attr(
        "[data-action=play]",
        "aria-label",
        Box::new(move || if state.playing.get() { words::pause(lang) } else { words::play(lang) }.into()),
    );
    bound.attr("[data-action=play] path", "d", Box::new(move || if state.playing.get() { PAUSE } else { PLAY }.into()));
    let offer = |there: bool, action: &str, icon: &str, label: &str, key: &str| {
        let html = format!(
            r#"<button type="button" class="ev" data-action="{action}">{icon}<span>{label}</span><kbd aria-hidden="true">{key}</kbd></button>"#
        );
        if there { html } else { String::new() }
    };
    let next = move || {
        let icon = r#"<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 0l6 6-6 6-6-6z"/></svg>"#;
        offer(!state.lanes().stops().is_empty(), "next-event", icon, words::next_event(lang), "E")
    };
    bound.part("next-event", Box::new(next), Box::new(|_| {}));
    let ask = move || offer(!state.with(|figure| figure.questions(lang)).is_empty(), "predict", "", words::predict(lang), "P");
    bound.part("predict", Box::new(ask), Box::new(|_| {}));
    bound.attr("[data-action=help]", "aria-expanded", Box::new(move || help.get().to_string()));
    bound.value("[data-action=speed]", Box::new(move || state.player.with(|player| player.speed.to_string())));
    bound.on(
        "change",
        "[data-action=speed]",
        Box::new(move |_, el| {
            let chosen = dom::value(el);
            if let Some(speed) = SPEEDS.iter().find(|speed| speed.to_string() == chosen) {
                state.command(Command::Speed(*speed));
            }
        }),
    );
    bound.on(
        "click",
        ".player [data-action]",
        Box::new(move |_, el| press(&state, help, &el.get_attribute("data-action").unwrap_or_default())),
    );
    lab_bar::bind(bound, state);
    residual(bound, state);
}

fn press(state: &FigureState, help: RwSignal<bool>, action: &str) {
    match action {
        "first" => state.command(Command::Seek(0)),
        "back" => state.command(Command::StepBy(-1)),
        "play" => state.command(if state.playing.get_untracked() { Command::Pause } else { Command::Play }),
        "forward" => state.command(Command::StepBy(1)),
        "last" => state.command(Command::Seek(usize::MAX)),
        "next-event" => state.next_event(),
        "predict" => ask_next(state),
        "run" | "stop" => lab_bar::toggle(state),
        "help" => help.update(|open| *open = !*open),
        _ => {}
    }
}

fn residual(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let value = move || {
        let step = state.step();
        state.with(|figure| figure.residual(step))
    };
    let kernel = move || {
        state.agreement.get().map_or_else(String::new, |agreement| {
            let name = if agreement.gpu.is_some() { "GPU" } else { "kernel" };
            let (distance, what) = match agreement.gpu {
                Some(gpu) => (gpu, lang.pick("vs CPU", "对照 CPU")),
                None => (agreement.reference, lang.pick("vs f64", "对照 f64")),
            };
            format!(
                r#"<span class="residual kernel-note" title="{}">{name} <b>{}</b> {what}</span>"#,
                escape(&agreement.adapter),
                number::residual(distance)
            )
        })
    };
    bound.part("kernel", Box::new(kernel), Box::new(|_| {}));
    bound.attr("[data-residual]", "data-residual", Box::new(move || number::ascii(value().unwrap_or(0.0))));
    let against = move || match state.with(|figure| figure.against(lang)) {
        "" => words::vs_reference(lang),
        other => other,
    };
    bound.text("[data-residual] .hide-s", Box::new(move || against().to_string()));
    bound.text("[data-residual] b", Box::new(move || value().map_or("–".to_string(), number::residual)));
}
