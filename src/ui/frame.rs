//! The figure frame: head, caption, stage, timeline, player, bench and data, around any `Figure`.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::bind::{Bound, rich};
use super::predict::{self, ask_next};
use super::state::{Fetch, FigureState};
use super::{controls, data_table, dom, lab_bar, listing, player_bar, stage, timeline_view, toolbar, words};
use crate::content::Lang;
use crate::figure::svg::escape;
use crate::trace::Command;

/// Mounts a figure in its placeholder; it leaves when the present owner is cleaned up. `listings` holds the build-time HTML by name.
pub fn mount(place: &Element, state: FigureState, listings: Vec<(String, String)>) {
    let lang = state.place.lang.get_untracked();
    let help = RwSignal::new(false);
    let Some(bound) = Bound::append(place, &markup(&state)) else { return };
    let title = move || escape(&state.with(|figure| figure.title(lang)));
    let number = lang.pick(format!("Fig. {}", state.number), format!("图 {}", state.number));
    bound.html(".fig-body > h1", Box::new(title));
    bound.html(".fig-head .name", Box::new(move || ["<b>", &number, "</b>", &title()].concat()));
    bound.class(".fig-body", "broken", Box::new(move || is_broken(&state)));
    let on_key = move |event: &web_sys::Event, _: &Element| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            keys(&state, help, event);
        }
    };
    bound.on("keydown", ".fig-body", Box::new(on_key));
    toolbar::bind(&bound, state);
    messages(&bound, state);
    let built = move || if state.figure.with(Option::is_some) { run_markup(&state) } else { String::new() };
    bound.part("run", Box::new(built), Box::new(move |bound| bind_run(bound, state, help)));
    listing::bind(&bound, state, listings);
    controls::bind(&bound, state);
    data_table::bind(&bound, state);
}

fn markup(state: &FigureState) -> String {
    // Without the prose around it, the figure brings the page's heading.
    let alone = dom::root().has_attribute("data-embed") || dom::root().has_attribute("data-present");
    [
        r#"<div class="fig-body" tabindex="-1">"#,
        if alone { r#"<h1 class="vh"></h1>"# } else { "" },
        r#"<div class="fig-head"><span class="name"></span>"#,
        &toolbar::markup(state),
        r#"</div><div class="problems"></div><template data-part="fetch"></template><template data-part="run"></template><div class="bench">"#,
        &listing::markup(state),
        r#"<div class="inputs"><template data-part="controls"></template><template data-part="conventions"></template></div></div>"#,
        &data_table::markup(state),
        "</div>",
    ]
    .concat()
}

/// What is there once the figure has been built.
fn run_markup(state: &FigureState) -> String {
    let timeline = if state.spec.player { timeline_view::markup(state) } else { String::new() };
    [
        r#"<template data-part="caption"></template>"#,
        &stage::markup(),
        r#"<div class="over-future">"#,
        &timeline,
        r#"<template data-part="answers"></template></div>"#,
        &player_bar::markup(state),
        r#"<template data-part="help"></template>"#,
    ]
    .concat()
}

fn bind_run(bound: &Bound, state: FigureState, help: RwSignal<bool>) {
    let lang = state.place.lang.get_untracked();
    let head = move || if state.asked.with(Option::is_some) { predict::head(&state) } else { caption(&state) };
    let bind_head = move |bound: &Bound| {
        if state.asked.with_untracked(Option::is_some) { predict::bind_head(bound, state) } else { bind_caption(bound, state) }
    };
    bound.part("caption", Box::new(head), Box::new(bind_head));
    stage::bind(bound, state);
    if state.spec.player {
        timeline_view::bind(bound, state);
    }
    predict::bind_answers(bound, state);
    player_bar::bind(bound, state, help);
    bound.part("help", Box::new(move || if help.get() { help_markup(lang) } else { String::new() }), Box::new(|_| {}));
    bound.on("click", "[data-action=close-help]", Box::new(move |_, _| help.set(false)));
}

fn is_broken(state: &FigureState) -> bool {
    let lang = state.place.lang.get_untracked();
    let values = state.values.get();
    state
        .with(|figure| figure.controls(lang))
        .iter()
        .flat_map(|group| &group.controls)
        .any(|control| matches!(control, crate::figure::Control::Break { field, off, .. } if values.is(field, off)))
}

fn caption(state: &FigureState) -> String {
    let step = state.place.lang.get_untracked().pick("step", "第");
    let at = format!(r#"<span class="at"><span>{step}</span><b></b><span></span></span>"#);
    ["<div class=\"caption\">", if state.spec.player { &at } else { "" }, "<p aria-atomic=\"true\"></p></div>"].concat()
}

fn bind_caption(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let of = move || lang.pick(format!("of {}", state.last_step()), format!("步，末步 {}", state.last_step()));
    let text = move || {
        let (step, row) = (state.step(), state.focus());
        rich(&state.with(|figure| figure.caption(step, row, lang)))
    };
    bound.text(".caption .at b", Box::new(move || state.step().to_string()));
    bound.text(".caption .at span:last-child", Box::new(of));
    bound.attr(".caption p", "aria-live", Box::new(move || if state.playing.get() { "off" } else { "polite" }.into()));
    bound.html(".caption p", Box::new(text));
}

fn message(field: &str, text: &str, action: &str, idx: usize, label: &str) -> String {
    format!(
        r#"<div class="problem" data-problem="{}" role="alert"><p>{}</p><button type="button" class="tool" data-action="{action}" value="{idx}">{label}</button></div>"#,
        escape(field),
        escape(text)
    )
}

/// What could not be read or fetched.
fn messages(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let problems = move || {
        state.problems.with(|problems| {
            problems
                .iter()
                .enumerate()
                .map(|(idx, problem)| message(&problem.field, problem.text(lang), "dismiss", idx, words::dismiss(lang)))
                .collect()
        })
    };
    bound.html(".problems", Box::new(problems));
    let dismiss = move |_: &web_sys::Event, el: &Element| {
        let idx = dom::value(el).parse::<usize>().unwrap_or_default();
        state.problems.update(|shown| {
            if idx < shown.len() {
                shown.remove(idx);
            }
        });
    };
    bound.on("click", ".problems [data-action=dismiss]", Box::new(dismiss));
    let fetch = move || match state.fetch.get() {
        Fetch::Idle => String::new(),
        Fetch::Loading if state.figure.with(Option::is_some) => String::new(),
        Fetch::Loading => [r#"<p class="fig-note" role="status">"#, words::loading(lang), "</p>"].concat(),
        Fetch::Failed(why) => {
            let text = lang.pick(format!("The data of this figure did not arrive ({why})."), format!("这幅图的数据没有取到（{why}）。"));
            message("data", &text, "retry", 0, words::retry(lang))
        }
    };
    bound.part("fetch", Box::new(fetch), Box::new(|_| {}));
    bound.on("click", "[data-action=retry]", Box::new(move |_, _| state.fetch.set(Fetch::Idle)));
}

fn help_markup(lang: Lang) -> String {
    let mut out = format!(r#"<div class="keys-help" role="region" aria-label="{}"><dl>"#, words::keys(lang));
    for (key, does) in words::key_help(lang) {
        out += &["<div><dt><kbd>", key, "</kbd></dt><dd>", does, "</dd></div>"].concat();
    }
    out += r#"</dl><button type="button" class="tool" data-action="close-help">"#;
    out + words::close(lang) + "</button></div>"
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
        event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|el| el.closest(selector).ok().flatten().is_some())
    };
    let arrows_taken = on("input[type=range]") || on("[data-cell]");
    let stride = if event.shift_key() { 10 } else { 1 };
    let playing = state.playing.get_untracked();
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
        "r" | "R" => lab_bar::toggle(state),
        "d" | "D" => state.table.update(|open| *open = !*open),
        "?" => help.update(|open| *open = !*open),
        "Escape" if help.get_untracked() => help.set(false),
        "Escape" if state.asked.with_untracked(Option::is_some) => state.asked.set(None),
        _ => return false,
    }
    true
}
