//! The code that runs, highlighted at build time; the executing line is lit.

use leptos::prelude::*;

use super::bind::{Bound, follow};
use super::dom;
use super::state::FigureState;
use super::words;
use crate::figure::svg::escape;

/// The markup of a listing.
pub fn markup(state: &FigureState) -> String {
    let code = words::code(state.place.lang.get_untracked());
    format!(r#"<div class="listing"><p class="sub"></p><pre class="code" tabindex="0" aria-label="{}"></pre></div>"#, escape(code))
}

/// Binds it. `listings` holds the build-time HTML by name.
pub fn bind(bound: &Bound, state: FigureState, listings: Vec<(String, String)>) {
    let lang = state.place.lang.get_untracked();
    let code = words::code(lang);
    let name = move || state.with(|figure| figure.listing());
    bound.flag(".listing", "hidden", Box::new(move || name().is_none()));
    // A figure that is stepped through shows the Rust that runs; one that measures, the kernel.
    let of = if state.spec.player { [".rs, ", code] } else { [".wgsl, ", words::kernel_code(lang)] };
    bound.text(".listing .sub", Box::new(move || [name().unwrap_or_default(), of[0], of[1]].concat()));
    let Some(pre) = bound.one(".listing pre") else { return };
    let shown = std::cell::Cell::new(None);
    let read = move || {
        let step = state.step();
        // The name is told as well, so that the first line of another listing is lit.
        [name().unwrap_or_default(), "\n", state.with(|figure| figure.line(step)).unwrap_or_default()].concat()
    };
    let put = move |text: &str| {
        let tag = text.split_once('\n').map_or("", |pair| pair.1);
        let name = name();
        if shown.replace(name) != name {
            let html = listings.iter().find(|listing| Some(listing.0.as_str()) == name).map_or("", |listing| &listing.1);
            pre.set_inner_html(html);
        }
        for row in dom::all(&pre, ".ln") {
            let lit = !tag.is_empty() && row.get_attribute("data-tag").as_deref() == Some(tag);
            let _ = row.class_list().toggle_with_force("lit", lit);
        }
    };
    follow(Box::new(read), Box::new(put));
}
