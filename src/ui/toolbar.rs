//! The six tools of every figure: Data, Copy link, PNG, SVG, CSV, Embed.

use leptos::prelude::*;

use super::bind::Bound;
use super::dom;
use super::export;
use super::state::FigureState;
use super::words;
use crate::figure::Problem;
use crate::figure::svg::escape;

/// The markup of the tools.
pub fn markup(state: &FigureState) -> String {
    let lang = state.place.lang.get_untracked();
    let tools = [
        ("data", words::data(lang)),
        ("link", words::link(lang)),
        ("png", "PNG"),
        ("svg", "SVG"),
        ("csv", "CSV"),
        ("embed", words::embed(lang)),
    ];
    let mut out = format!(
        r#"<div class="fig-tools" role="group" aria-label="{} {}"><span class="said" role="status"></span>"#,
        words::tools(lang),
        state.number
    );
    for (action, label) in tools {
        out += &format!(r#"<button type="button" class="tool" data-action="{action}">{}</button>"#, escape(label));
    }
    out + r#"</div><template data-part="by-hand"></template>"#
}

/// Binds them.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let said = RwSignal::new(String::new());
    let by_hand = RwSignal::new(None::<String>);
    bound.text(".said", Box::new(move || said.get()));
    bound.attr("[data-action=data]", "aria-expanded", Box::new(move || state.table.get().to_string()));
    let panel = move || {
        by_hand.get().map_or_else(String::new, |text| {
            format!(
                r#"<div class="by-hand"><label>{}<textarea readonly rows="3" data-copy>{}</textarea></label><button type="button" class="tool" data-action="close-copy">{}</button></div>"#,
                words::copy_by_hand(lang),
                escape(&text),
                words::close(lang)
            )
        })
    };
    bound.part("by-hand", Box::new(panel), Box::new(|_| {}));
    let copy = move |text: String, keep_open: bool| {
        leptos::task::spawn_local(async move {
            let copied = dom::copy(&text).await;
            said.set(if copied { words::copied(lang).to_string() } else { String::new() });
            by_hand.set((keep_open || !copied).then_some(text));
        });
    };
    let file = move |made: Result<(), String>| {
        if let Err(why) = made {
            state.report(vec![Problem::new("export", format!("The file could not be made ({why})."), format!("文件没有生成（{why}）。"))]);
        }
    };
    bound.on(
        "click",
        ".fig-head [data-action]",
        Box::new(move |_, el| match el.get_attribute("data-action").unwrap_or_default().as_str() {
            "data" => state.table.update(|open| *open = !*open),
            "link" => copy(state.place.address.run((state, false)), false),
            "png" => file(export::png(&state)),
            "svg" => file(export::svg(&state)),
            "csv" => file(export::csv(&state)),
            "embed" => copy(export::iframe(&state, &state.place.address.run((state, true))), true),
            _ => by_hand.set(None),
        }),
    );
}
