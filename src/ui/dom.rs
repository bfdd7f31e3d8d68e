//! The few browser calls that several widgets need; all total.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, Window};

use crate::content::number;

/// The window. A page always has one.
#[expect(clippy::expect_used, reason = "this code only runs in a page")]
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// The document. A window always has one.
#[expect(clippy::expect_used, reason = "this code only runs in a page")]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// `<html>`.
#[expect(clippy::expect_used, reason = "an HTML document always has a root")]
pub fn root() -> HtmlElement {
    document().document_element().and_then(|el| el.dyn_into().ok()).expect("an HTML document has a root")
}

/// All elements that match, in document order; none if the selector is bad.
pub fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = within.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|idx| list.get(idx)?.dyn_into().ok()).collect()
}

/// A text that follows signals. Every one has this one type, because each type of closure in a view costs a kilobyte of wasm.
pub type Live = Box<dyn Fn() -> String>;

/// A condition that follows signals; one type, as [`Live`].
pub type When = Box<dyn Fn() -> bool>;

/// What an input, a text area or a list holds.
pub fn value(el: &Element) -> String {
    js_sys::Reflect::get(el, &"value".into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

/// The attribute of the nearest element at or above `el` that has it.
pub fn above(el: &Element, name: &str) -> Option<String> {
    el.closest(&format!("[{name}]")).ok().flatten()?.get_attribute(name)
}

/// The direction of an arrow key pressed alone or with Shift, to the right and downwards.
pub fn arrow(event: &KeyboardEvent) -> Option<(f64, f64)> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "ArrowRight" => Some((1.0, 0.0)),
        "ArrowLeft" => Some((-1.0, 0.0)),
        "ArrowDown" => Some((0.0, 1.0)),
        "ArrowUp" => Some((0.0, -1.0)),
        _ => None,
    }
}

/// Whether an event comes from a place where letters are typed.
pub fn typing(target: Option<web_sys::EventTarget>) -> bool {
    let Some(el) = target.and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let tag = el.tag_name().to_ascii_lowercase();
    let kind = el.get_attribute("type").unwrap_or_default();
    tag == "textarea" || tag == "select" || (tag == "input" && kind != "range" && kind != "checkbox") || el.has_attribute("contenteditable")
}

/// A custom property of the root in px.
pub fn token_px(name: &str) -> Option<f64> {
    let style = window().get_computed_style(&root()).ok()??;
    let text = style.get_property_value(name).ok()?;
    let text = text.trim();
    match text.strip_suffix("rem") {
        Some(rem) => Some(number::parse(rem)? * 16.0),
        None => number::parse(text.strip_suffix("px").unwrap_or(text)),
    }
}

/// Whether the reader asked for less motion.
pub fn reduced_motion() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}

/// Copies text; `false` where the browser forbids it.
pub async fn copy(text: &str) -> bool {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok();
    if clipboard.is_none_or(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// Measures of the page as it is styled now.
pub fn metrics() -> crate::figure::Metrics {
    crate::figure::Metrics::from_tokens(token_px)
}
