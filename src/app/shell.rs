//! What surrounds the figures: theme, language, presenter, notes, the score that survives a reload.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlAnchorElement, Storage};

use super::backend_provider::Status;
use super::{Page, data};
use crate::content::Lang;
use crate::figure::svg::escape;
use crate::figure::{Address, Theme};
use crate::ui::bind::{Bound, watch};
use crate::ui::{dom, words};

thread_local! {
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The language of the document.
pub fn lang_of_page() -> Lang {
    let lang = dom::root().get_attribute("lang").unwrap_or_default();
    if lang.starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// The path of the page whose prose is shown.
pub fn path_shown() -> String {
    SHOWN.with_borrow(Clone::clone)
}

/// Remembers that the page at the present address is the one shown.
pub fn page_shown() {
    SHOWN.set(dom::window().location().pathname().unwrap_or_default());
}

/// Takes over the prerendered header: the theme button; sizes follow the window.
pub fn adopt(page: Page) {
    data::remember_root();
    // A relative icon would be looked up again from every page that is navigated to.
    if let Some(icon) =
        dom::document().query_selector("link[rel=icon]").ok().flatten().and_then(|el| el.dyn_into::<web_sys::HtmlLinkElement>().ok())
    {
        icon.set_href(&icon.href());
    }
    page_shown();
    let on_click = Closure::<dyn FnMut(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.and_then(|el| el.closest("[data-action=theme]").ok().flatten()).is_some() {
            flip_theme(page);
        }
    });
    let _ = dom::document().add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    on_click.forget();
    let on_resize = Closure::<dyn FnMut()>::new(move || page.place.metrics.set(dom::metrics()));
    let _ = dom::window().add_event_listener_with_callback("resize", on_resize.as_ref().unchecked_ref());
    on_resize.forget();
    let on_key = Closure::<dyn FnMut(web_sys::KeyboardEvent)>::new(move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && page.place.present.get_untracked() && !event.default_prevented() {
            leave_presenter(page);
        }
    });
    let _ = dom::document().add_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
    on_key.forget();
    watch(Box::new(move || {
        // The presenter link opens the frame that is shown now.
        let address = page.address.get();
        if let (Some(link), Some(figure)) = (dom::document().query_selector("a[data-action=present]").ok().flatten(), page.active.get()) {
            let address = Address { present: true, embed: false, ..address };
            let query = figure.values.with(|values| address.query(address.fig.as_deref(), values));
            let _ = link.set_attribute("href", &query);
        }
    }));
}

/// Theme, presenter, embedding and fixed controls, as the address says.
pub fn apply(page: Page, address: &Address) {
    let root = dom::root();
    let stored = storage().and_then(|storage| storage.get_item("theme").ok().flatten());
    let theme = match address.theme {
        Some(Theme::Light) => Some("light"),
        Some(Theme::Dark) => Some("dark"),
        None => stored.as_deref().filter(|theme| matches!(*theme, "light" | "dark")),
    };
    let set = |name: &str, value: Option<&str>| {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    };
    set("data-theme", theme);
    set("data-present", address.present.then_some(""));
    set("data-embed", address.embed.then_some(""));
    page.place.present.set(address.present);
    page.place.show.set(address.show.clone());
    page.place.lock.set(address.lock.clone());
    page.place.metrics.set(dom::metrics());
    page.address.set(Address { rest: Vec::new(), step: None, row: None, ..address.clone() });
}

/// In the presenter and when embedded, one figure is all there is.
pub fn single_figure(page: Page, id: Option<&str>) {
    let alone = page.address.with_untracked(|address| address.present || address.embed);
    for figure in dom::document().get_element_by_id("page").map(|main| dom::all(&main, "figure[data-figure]")).unwrap_or_default() {
        let _ = figure.class_list().toggle_with_force("solo", alone && Some(figure.id().as_str()) == id);
    }
}

/// Scrolls so that a figure is seen.
pub fn bring_into_view(id: Option<&str>) {
    if let Some(figure) = id.and_then(|id| dom::document().get_element_by_id(id)) {
        figure.scroll_into_view();
    }
}

/// The language link keeps the figure's state.
pub fn carry_query(link: &HtmlAnchorElement) {
    let location = dom::window().location();
    link.set_search(&location.search().unwrap_or_default());
    link.set_hash(&location.hash().unwrap_or_default());
}

fn leave_presenter(page: Page) {
    let mut address = page.address.get_untracked();
    address.present = false;
    apply(page, &address);
    let id = page.active.get_untracked().map(|figure| figure.spec.id);
    single_figure(page, id);
    if let Some(figure) = page.active.get_untracked() {
        page.place.acted.run(figure);
    }
    bring_into_view(id);
}

fn flip_theme(page: Page) {
    let root = dom::root();
    let system_dark = dom::window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches());
    let dark = root.get_attribute("data-theme").map_or(system_dark, |theme| theme == "dark");
    let next = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", next);
    if let Some(storage) = storage() {
        // Where storage is full or forbidden, the theme lasts until the page is left.
        let _ = storage.set_item("theme", next);
    }
    page.address.update(|address| {
        if address.theme.is_some() {
            address.theme = Some(if dark { Theme::Light } else { Theme::Dark });
        }
    });
}

fn storage() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

/// The score of earlier visits; empty where storage is forbidden or its content is not ours.
pub fn load_score() -> Vec<(String, bool)> {
    let text = storage().and_then(|storage| storage.get_item("predict").ok().flatten());
    let entry = |line: &str| {
        let (key, right) = line.rsplit_once(' ')?;
        Some((key.to_string(), right == "right"))
    };
    text.map_or_else(Vec::new, |text| text.lines().filter_map(entry).collect())
}

/// Keeps the score.
pub fn save_score(score: &[(String, bool)]) {
    let text: String = score.iter().map(|(key, right)| format!("{key} {}\n", if *right { "right" } else { "wrong" })).collect();
    if let Some(storage) = storage().filter(|_| !score.is_empty()) {
        // Where storage is full or forbidden, the score lasts until the page is left.
        let _ = storage.set_item("predict", &text);
    }
}

/// Shows what the page has to say about the backend, until it is dismissed.
pub fn notes(page: Page, host: &Element) {
    let dismissed = RwSignal::new(false);
    let note = move || {
        let lang = page.place.lang.get();
        match page.backend.get() {
            Status::Cpu(Some(why)) if !dismissed.get() => format!(
                r#"<div class="backend-note" data-note="backend" role="status"><p>{}</p><button type="button" class="tool" data-action="dismiss">{}</button></div>"#,
                escape(&why.text(lang)),
                words::dismiss(lang)
            ),
            _ => String::new(),
        }
    };
    if let Some(bound) = Bound::append(host, r#"<div><template data-part="note"></template></div>"#) {
        bound.part("note", Box::new(note), Box::new(|_| {}));
        bound.on("click", "[data-action=dismiss]", Box::new(move |_, _| dismissed.set(true)));
    }
}
