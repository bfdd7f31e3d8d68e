//! Inputs and the break-it lever, drawn from their declaration; every change goes through `FigureState::set_field`.

use leptos::prelude::*;

use super::state::FigureState;
use super::words;
use crate::figure::{Choice, Control, Group};

/// All controls of a figure.
#[component]
pub fn Controls(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    // Controls are drawn again only when their declaration changes, so that a dragged slider keeps the pointer.
    let groups = Memo::new(move |_| state.with(|figure| figure.controls(lang.get())));
    let conventions = Memo::new(move |_| state.with(|figure| figure.conventions(lang.get())));
    let notes = move || {
        let notes = conventions.get();
        (!notes.is_empty()).then(|| {
            view! { <details class="conventions"><summary>{words::conventions(lang.get())}</summary><ul>{notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ul></details> }
        })
    };
    view! {
        <div class="inputs">
            {move || groups.get().into_iter().map(|group| view! { <ControlGroup state group/> }).collect_view()}
            {notes}
        </div>
    }
}

#[component]
fn ControlGroup(state: FigureState, group: Group) -> impl IntoView {
    let presets: Vec<Control> = group.controls.iter().filter(|control| matches!(control, Control::Preset { .. })).cloned().collect();
    let levers: Vec<Control> = group.controls.iter().filter(|control| matches!(control, Control::Break { .. })).cloned().collect();
    let others: Vec<Control> =
        group.controls.into_iter().filter(|control| !matches!(control, Control::Preset { .. } | Control::Break { .. })).collect();
    let title = (!group.title.is_empty()).then(|| view! { <p class="sub">{group.title}</p> });
    view! {
        {title}
        {(!presets.is_empty()).then(|| view! { <div class="presets" role="group" aria-label=state.place.lang.get_untracked().pick("presets", "预设")>{presets.into_iter().map(|control| one(state, control)).collect_view()}</div> })}
        {(!others.is_empty()).then(|| view! { <div class="param">{others.into_iter().map(|control| one(state, control)).collect_view()}</div> })}
        {levers.into_iter().map(|control| one(state, control)).collect_view()}
    }
}

fn id_of(control: &Control) -> &'static str {
    match control {
        Control::Segmented { field, .. }
        | Control::Select { field, .. }
        | Control::Slider { field, .. }
        | Control::Text { field, .. }
        | Control::Area { field, .. }
        | Control::Again { field, .. }
        | Control::Break { field, .. } => field,
        Control::Preset { id, .. } => id,
    }
}

fn one(state: FigureState, control: Control) -> AnyView {
    let id = id_of(&control);
    let shown = state.place.show.with(|show| show.as_ref().is_none_or(|show| show.iter().any(|kept| kept == id)));
    if !shown {
        return ().into_any();
    }
    let locked = state.place.lock.with(|lock| lock.iter().any(|locked| locked == id));
    match control {
        Control::Segmented { field, label, options } => segmented(state, field, label, options, locked),
        Control::Select { field, label, options } => select(state, field, label, options, locked),
        Control::Slider { field, label, low, high } => slider(state, field, label, low, high, locked),
        Control::Text { field, label, hint } => text(state, field, label, hint, locked),
        Control::Area { field, label, hint } => area(state, field, label, hint, locked),
        Control::Again { field, label } => again(state, field, label, locked),
        Control::Preset { id, label, set } => preset(state, id, label, set, locked),
        Control::Break { field, on, off, label, label_off } => lever(state, field, on, off, label, label_off, locked),
    }
}

fn dom_id(state: &FigureState, field: &str) -> String {
    format!("{}-{field}", state.spec.id)
}

fn segmented(state: FigureState, field: &'static str, label: String, options: Vec<Choice>, locked: bool) -> AnyView {
    let buttons = options
        .into_iter()
        .map(|option| {
            let word = StoredValue::new(option.word);
            let pressed = move || state.values.with(|values| word.with_value(|word| values.is(field, word)));
            view! {
                <button type="button" data-value=word.get_value() aria-pressed=move || pressed().to_string() disabled=locked
                    on:click=move |_| word.with_value(|word| state.set_field(field, word))>{option.label}</button>
            }
        })
        .collect_view();
    let id = dom_id(&state, field);
    view! {
        <span class="label" id=id.clone()>{label}</span>
        <div class="seg" role="group" aria-labelledby=id data-field=field>{buttons}</div>
    }
    .into_any()
}

fn select(state: FigureState, field: &'static str, label: String, options: Vec<Choice>, locked: bool) -> AnyView {
    let id = dom_id(&state, field);
    let options = options
        .into_iter()
        .map(|option| {
            let word = StoredValue::new(option.word);
            let chosen = move || state.values.with(|values| word.with_value(|word| values.is(field, word)));
            view! { <option value=word.get_value() selected=chosen prop:selected=chosen>{option.label}</option> }
        })
        .collect_view();
    view! {
        <label for=id.clone()>{label}</label>
        <select id=id data-field=field disabled=locked on:change=move |event| state.set_field(field, &event_target_value(&event))>{options}</select>
    }
    .into_any()
}

fn slider(state: FigureState, field: &'static str, label: String, low: i64, high: i64, locked: bool) -> AnyView {
    let id = dom_id(&state, field);
    let value = move || state.values.with(|values| values.int(field).unwrap_or(low));
    view! {
        <label for=id.clone()>{label}</label>
        <div class="range">
            <input type="range" id=id data-field=field min=low max=high disabled=locked prop:value=move || value().to_string()
                on:input=move |event| state.set_field(field, &event_target_value(&event))/>
            <output>{value}</output>
        </div>
    }
    .into_any()
}

/// Text being edited: the draft that could not be used, else the value.
fn draft(state: FigureState, field: &'static str) -> String {
    let kept = state.drafts.with(|drafts| drafts.iter().find(|draft| draft.0 == field).map(|draft| draft.1.clone()));
    kept.unwrap_or_else(|| state.values.with(|values| values.text(field).to_string()))
}

fn text(state: FigureState, field: &'static str, label: String, hint: String, locked: bool) -> AnyView {
    let id = dom_id(&state, field);
    let bad = move || state.problems.with(|shown| shown.iter().any(|problem| problem.field == field));
    view! {
        <label for=id.clone()>{label}</label>
        <input class="field" type="text" id=id data-field=field placeholder=hint autocomplete="off" spellcheck="false" disabled=locked
            aria-invalid=move || bad().to_string() prop:value=move || draft(state, field)
            on:change=move |event| state.set_field(field, &event_target_value(&event))/>
    }
    .into_any()
}

fn area(state: FigureState, field: &'static str, label: String, hint: String, locked: bool) -> AnyView {
    let id = dom_id(&state, field);
    let bad = move || state.problems.with(|shown| shown.iter().any(|problem| problem.field == field));
    view! {
        <label for=id.clone()>{label}</label>
        <textarea class="field area" rows="3" id=id data-field=field placeholder=hint autocomplete="off" spellcheck="false" disabled=locked
            aria-invalid=move || bad().to_string() prop:value=move || draft(state, field)
            on:change=move |event| state.set_field(field, &event_target_value(&event))></textarea>
    }
    .into_any()
}

fn again(state: FigureState, field: &'static str, label: String, locked: bool) -> AnyView {
    let next = move |_| {
        let value = state.values.with_untracked(|values| values.int(field).unwrap_or(0));
        state.set_field(field, &(value.rem_euclid(9999) + 1).to_string());
    };
    view! { <span class="label"></span><button type="button" class="small" data-field=field disabled=locked on:click=next>{label}</button> }.into_any()
}

fn preset(state: FigureState, id: &'static str, label: String, set: Vec<(&'static str, String)>, locked: bool) -> AnyView {
    view! { <button type="button" class="small" data-preset=id disabled=locked on:click=move |_| state.preset(&set)>{label}</button> }.into_any()
}

fn lever(state: FigureState, field: &'static str, on: &'static str, off: &'static str, label: String, label_off: String, locked: bool) -> AnyView {
    let lang = state.place.lang;
    let broken = Memo::new(move |_| state.values.with(|values| values.is(field, off)));
    let flip = move |_| state.set_field(field, if broken.get_untracked() { on } else { off });
    let labels = StoredValue::new((label, label_off));
    view! {
        <button type="button" class="break" data-field=field aria-pressed=move || broken.get().to_string() disabled=locked on:click=flip>
            <span class="lever" aria-hidden="true"></span>
            <span class="txt">
                <b>{move || if broken.get() { words::broken(lang.get()) } else { words::break_it(lang.get()) }}</b>" "
                {move || labels.with_value(|labels| if broken.get() { labels.1.clone() } else { labels.0.clone() })}
            </span>
        </button>
    }
    .into_any()
}
