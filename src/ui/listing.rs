//! The code that runs, highlighted at build time; the executing line is lit.


use leptos::html::Pre;
use leptos::prelude::*;

use super::dom::{self, live, when};
use super::state::FigureState;
use super::words;

/// The listing of a figure. `listings` holds the build-time HTML by name.
#[component]
pub fn Listing(state: FigureState, listings: Vec<(String, String)>) -> impl IntoView {
    let lang = state.place.lang.get_untracked();
    let node: NodeRef<Pre> = NodeRef::new();
    let name = Memo::new(move |_| state.with(|figure| figure.listing()));
    let listings = StoredValue::new(listings);
    let html = live(move || name.get().and_then(|name| listings.with_value(|listings| listings.iter().find(|listing| listing.0 == name).map(|listing| listing.1.clone()))).unwrap_or_default());
    let line = Memo::new(move |_| {
        let step = state.step();
        state.with(|figure| figure.line(step))
    });
    Effect::new(move |_| {
        let (Some(el), line) = (node.get(), line.get()) else { return };
        name.track();
        for row in dom::all(&el, ".ln") {
            let lit = line.is_some() && row.get_attribute("data-tag").as_deref() == line;
            let _ = row.class_list().toggle_with_force("lit", lit);
        }
    });
    view! {
        <div class="listing" hidden=when(move || name.get().is_none())>
            <p class="sub">{live(move || format!("{}.rs, {}", name.get().unwrap_or_default(), words::code(lang)))}</p>
            <pre class="code" node_ref=node tabindex="0" aria-label=words::code(lang) inner_html=html></pre>
        </div>
    }
}
