//! The six tools of every figure: Data, Copy link, PNG, SVG, CSV, Embed.

use leptos::prelude::*;

use super::dom;
use super::export;
use super::state::FigureState;
use super::words;

/// The tools of a figure.
#[component]
pub fn Toolbar(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    let said = RwSignal::new(String::new());
    let by_hand = RwSignal::new(None::<String>);
    let copy = move |text: String, keep_open: bool| {
        leptos::task::spawn_local(async move {
            let copied = dom::copy(&text).await;
            said.set(if copied { words::copied(lang.get_untracked()).to_string() } else { String::new() });
            by_hand.set((keep_open || !copied).then_some(text));
        });
    };
    let link = move |_| copy(state.place.address.run((state, false)), false);
    let embed = move |_| copy(export::iframe(&state, &state.place.address.run((state, true))), true);
    let file = move |make: fn(&FigureState) -> Result<(), String>| {
        if let Err(why) = make(&state) {
            state.report(vec![crate::figure::Problem::new("export", format!("The file could not be made ({why})."), format!("文件没有生成（{why}）。"))]);
        }
    };
    view! {
        <div class="fig-tools" role="group" aria-label=move || format!("{} {}", words::tools(lang.get()), state.number)>
            <span class="said" role="status">{said}</span>
            <button type="button" class="tool" data-action="data" aria-expanded=move || state.table.get().to_string()
                on:click=move |_| state.table.update(|open| *open = !*open)>{move || words::data(lang.get())}</button>
            <button type="button" class="tool" data-action="link" on:click=link>{move || words::link(lang.get())}</button>
            <button type="button" class="tool" data-action="png" on:click=move |_| file(export::png)>"PNG"</button>
            <button type="button" class="tool" data-action="svg" on:click=move |_| file(export::svg)>"SVG"</button>
            <button type="button" class="tool" data-action="csv" on:click=move |_| file(export::csv)>"CSV"</button>
            <button type="button" class="tool" data-action="embed" on:click=embed>{move || words::embed(lang.get())}</button>
        </div>
        {move || by_hand.get().map(|text| view! {
            <div class="by-hand">
                <label>{words::copy_by_hand(lang.get())}<textarea readonly rows="3" data-copy>{text}</textarea></label>
                <button type="button" class="tool" data-action="close-copy" on:click=move |_| by_hand.set(None)>{words::close(lang.get())}</button>
            </div>
        })}
    }
}
