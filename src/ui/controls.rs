//! Inputs and the break-it lever, drawn from their declaration; every change goes through `FigureState::set_field`.

use leptos::prelude::*;
use web_sys::{Element, Event};

use super::bind::Bound;
use super::dom;
use super::state::FigureState;
use super::words;
use crate::figure::svg::escape;
use crate::figure::{Choice, Control, Group};

/// Binds all controls of a figure.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    // Controls are drawn again only when their declaration changes, so that a dragged slider keeps the pointer.
    let groups = Memo::new(move |_| state.with(|figure| figure.controls(lang)));
    let markup = move || groups.with(|groups| groups.iter().map(|group| group_markup(&state, group)).collect());
    bound.part(
        "controls",
        Box::new(markup),
        Box::new(move |bound| {
            groups
                .with_untracked(|groups| groups.iter().flat_map(|group| &group.controls).for_each(|control| follow(bound, state, control)))
        }),
    );
    let conventions = move || {
        let notes = state.with(|figure| figure.conventions(lang));
        if notes.is_empty() {
            return String::new();
        }
        let mut out = ["<details class=\"conventions\"><summary>", words::conventions(lang), "</summary><ul>"].concat();
        notes.iter().for_each(|note| out += &["<li>", &escape(note), "</li>"].concat());
        out + "</ul></details>"
    };
    bound.part("conventions", Box::new(conventions), Box::new(|_| {}));
    let changed = move |_: &Event, el: &Element| {
        let (field, text) = (dom::above(el, "data-field").unwrap_or_default(), dom::value(el));
        if field == "preset" {
            groups.with_untracked(|groups| choose(&state, groups, &text));
        } else {
            state.set_field(&field, &text);
        }
    };
    bound.on("change", ".inputs :is(select, .field)", Box::new(changed));
    bound.on("input", ".inputs [type=range]", Box::new(changed));
    let pressed = move |_: &Event, el: &Element| {
        let field = dom::above(el, "data-field").unwrap_or_default();
        let text = groups.with_untracked(|groups| next(&state, groups, &field, el.get_attribute("data-value")));
        if let Some(text) = text {
            state.set_field(&field, &text);
        }
    };
    bound.on("click", ".inputs button", Box::new(pressed));
}

fn id_of(control: &Control) -> &'static str {
    match control {
        Control::Segmented { field, .. }
        | Control::Select { field, .. }
        | Control::Slider { field, .. }
        | Control::Range { field, .. }
        | Control::Text { field, .. }
        | Control::Area { field, .. }
        | Control::Again { field, .. }
        | Control::Break { field, .. } => field,
        Control::Preset { .. } => "preset",
    }
}

/// Choosing a preset sets its fields and all others to their defaults.
fn choose(state: &FigureState, groups: &[Group], chosen: &str) {
    for control in groups.iter().flat_map(|group| &group.controls) {
        if let Control::Preset { id, set, .. } = control
            && *id == chosen
        {
            state.preset(set);
        }
    }
}

/// What a pressed button of a field sets it to.
fn next(state: &FigureState, groups: &[Group], name: &str, value: Option<String>) -> Option<String> {
    let control = groups.iter().flat_map(|group| &group.controls).find(|control| id_of(control) == name)?;
    state.values.with_untracked(|values| match control {
        Control::Break { on, off, .. } => Some(if values.is(name, off) { *on } else { *off }.to_string()),
        Control::Again { .. } => Some((values.int(name).unwrap_or(0).rem_euclid(9999) + 1).to_string()),
        _ => value,
    })
}

fn group_markup(state: &FigureState, group: &Group) -> String {
    let mut out = String::new();
    if !group.title.is_empty() {
        out += &["<p class=\"sub\">", &escape(&group.title), "</p>"].concat();
    }
    out += &presets(state, group);
    let is_lever = |control: &&Control| matches!(control, Control::Break { .. });
    let (levers, others): (Vec<&Control>, Vec<&Control>) =
        group.controls.iter().filter(|control| !matches!(control, Control::Preset { .. })).partition(is_lever);
    if !others.is_empty() {
        out += "<div class=\"param\">";
        others.iter().for_each(|control| out += &one(state, control));
        out += "</div>";
    }
    levers.iter().for_each(|control| out += &one(state, control));
    out
}

/// Whether the address keeps a control, and ` disabled` where it freezes it.
fn kept(state: &FigureState, id: &str) -> Option<&'static str> {
    let shown = state.place.show.with(|show| show.as_ref().is_none_or(|show| show.iter().any(|kept| kept == id)));
    let locked = state.place.lock.with(|lock| lock.iter().any(|locked| locked == id));
    shown.then_some(if locked { " disabled" } else { "" })
}

fn one(state: &FigureState, control: &Control) -> String {
    let field = id_of(control);
    let Some(locked) = kept(state, field) else { return String::new() };
    let id = format!("{}-{field}", state.spec.id);
    let named = |label: &str| format!(r#"<label for="{id}">{}</label>"#, escape(label));
    let same = format!(r#"data-field="{field}"{locked}"#);
    let typed = |hint: &str| format!(r#"id="{id}" {same} placeholder="{}" autocomplete="off" spellcheck="false""#, escape(hint));
    match control {
        Control::Segmented { label, options, .. } => {
            let mut out = format!(
                r#"<span class="label" id="{id}">{}</span><div class="seg" role="group" aria-labelledby="{id}" data-field="{field}">"#,
                escape(label)
            );
            for option in options {
                out +=
                    &format!(r#"<button type="button" data-value="{}"{locked}>{}</button>"#, escape(&option.word), escape(&option.label));
            }
            out + "</div>"
        }
        Control::Select { label, options, .. } => {
            let list = options.iter().map(|option| choice(&option.word, &option.label)).collect::<String>();
            named(label) + &format!(r#"<select id="{id}" {same}>{list}</select>"#)
        }
        Control::Slider { label, low, high, empty, .. } => {
            let button = empty.as_ref().map_or(String::new(), |empty| {
                format!(r#"<button type="button" class="small" {same} data-value="">{}</button>"#, escape(empty))
            });
            named(label) + &slider(&id, &same, [&low.to_string(), &high.to_string(), "1"], &button)
        }
        Control::Range { label, low, high, step, .. } => {
            named(label) + &slider(&id, &same, [&low.to_string(), &high.to_string(), &step.to_string()], "")
        }
        Control::Text { label, hint, .. } => named(label) + &format!(r#"<input class="field" type="text" {}>"#, typed(hint)),
        Control::Area { label, hint, .. } => {
            named(label) + &format!(r#"<textarea class="field area" rows="3" {}></textarea>"#, typed(hint))
        }
        Control::Again { label, .. } => {
            format!(r#"<span class="label"></span><button type="button" class="small" {same}>{}</button>"#, escape(label))
        }
        Control::Break { .. } => {
            format!(
                r#"<button type="button" class="break" {same}><span class="lever" aria-hidden="true"></span><span class="txt"></span></button>"#
            )
        }
        // Drawn together, as one list.
        Control::Preset { .. } => String::new(),
    }
}

/// A slider, its value, and what stands behind it.
fn slider(id: &str, same: &str, [low, high, step]: [&str; 3], behind: &str) -> String {
    [
        "<div class=\"range\"><input type=\"range\" id=\"",
        id,
        "\" ",
        same,
        " min=\"",
        low,
        "\" max=\"",
        high,
        "\" step=\"",
        step,
        "\"><output></output>",
        behind,
        "</div>",
    ]
    .concat()
}

fn choice(word: &str, label: &str) -> String {
    ["<option value=\"", &escape(word), "\">", &escape(label), "</option>"].concat()
}

/// Presets as one list.
fn presets(state: &FigureState, group: &Group) -> String {
    let lang = state.place.lang.get_untracked();
    let mut list = String::new();
    for control in &group.controls {
        if let Control::Preset { id, label, .. } = control {
            list += &choice(id, label);
        }
    }
    match kept(state, "preset") {
        Some(locked) if !list.is_empty() => format!(
            r#"<div class="param try"><label for="{id}">{}</label><select id="{id}" data-field="preset"{locked}><option value="">{}</option>{list}</select></div>"#,
            words::try_this(lang),
            words::choose(lang),
            id = format_args!("{}-preset", state.spec.id),
        ),
        _ => String::new(),
    }
}

/// Text being edited: the draft that could not be used, else the value.
fn draft(state: FigureState, field: &'static str) -> String {
    let kept = state.drafts.with(|drafts| drafts.iter().find(|draft| draft.0 == field).map(|draft| draft.1.clone()));
    kept.unwrap_or_else(|| state.values.with(|values| values.text(field).to_string()))
}

/// What a control shows follows the parameters.
fn follow(bound: &Bound, state: FigureState, control: &Control) {
    let field = id_of(control);
    let at = format!(r#".inputs [data-field="{field}"]"#);
    match control {
        Control::Segmented { options, .. } => {
            for Choice { word, .. } in options {
                let button = format!(r#"{at} [data-value="{word}"]"#);
                let word = word.clone();
                bound.attr(&button, "aria-pressed", Box::new(move || state.values.with(|values| values.is(field, &word)).to_string()));
            }
        }
        Control::Select { .. } => bound.choice(&at, Box::new(move || state.values.with(|values| values.text(field).to_string()))),
        Control::Slider { low, empty, .. } => {
            let low = *low;
            let stands_for = move || state.with(|figure| figure.stands_for(field)).unwrap_or(low);
            let value = move || state.values.with(|values| values.int(field)).unwrap_or_else(stands_for).to_string();
            bound.value(&at, Box::new(value));
            bound.text(&format!("{at} + output"), Box::new(value));
            if empty.is_some() {
                let emptied = move || state.values.with(|values| values.text(field).is_empty()).to_string();
                bound.attr(&format!("{at} ~ button"), "aria-pressed", Box::new(emptied));
            }
        }
        Control::Range { .. } => {
            let value = move || state.values.with(|values| values.text(field).to_string());
            bound.value(&at, Box::new(value));
            bound.text(&format!("{at} + output"), Box::new(move || value().replace('-', "−")));
        }
        Control::Text { .. } | Control::Area { .. } => {
            let bad = move || state.problems.with(|shown| shown.iter().any(|problem| problem.field == field));
            bound.attr(&at, "aria-invalid", Box::new(move || bad().to_string()));
            bound.value(&at, Box::new(move || draft(state, field)));
        }
        Control::Break { off, label, label_off, .. } => lever(bound, state, &at, field, off, [label.clone(), label_off.clone()]),
        Control::Again { .. } | Control::Preset { .. } => {}
    }
}

fn lever(bound: &Bound, state: FigureState, at: &str, field: &'static str, off: &'static str, labels: [String; 2]) {
    let lang = state.place.lang.get_untracked();
    let broken = move || state.values.with(|values| values.is(field, off));
    bound.attr(at, "aria-pressed", Box::new(move || broken().to_string()));
    let text = move || {
        let (head, label) = if broken() { (words::broken(lang), &labels[1]) } else { (words::break_it(lang), &labels[0]) };
        ["<b>", head, "</b> ", &escape(label)].concat()
    };
    bound.html(&format!("{at} .txt"), Box::new(text));
}
