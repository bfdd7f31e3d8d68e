//! Client-side navigation: the next page's prerendered prose replaces this one's; where that fails, the link is an ordinary page load.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, HtmlAnchorElement, MouseEvent, SupportedType, Url};

use super::{Page, address_bar, data, shell};
use crate::figure::Values;
use crate::trace::Command;
use crate::ui::dom;

/// Listens for links and for back and forward; `adopt` brings the new page to life.
pub fn listen(page: Page, adopt: impl Fn() + Clone + 'static) {
    let again = adopt.clone();
    let on_click = Closure::<dyn FnMut(MouseEvent)>::new(move |event: MouseEvent| follow_link(page, &event, again.clone()));
    // Without these listeners every link is an ordinary page load.
    let _ = dom::document().add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    on_click.forget();
    let shown = std::cell::RefCell::new(path_now());
    let on_pop = Closure::<dyn FnMut()>::new(move || {
        let path = path_now();
        if path == *shown.borrow() && path == shell::path_shown() {
            apply(page);
        } else {
            let href = dom::window().location().href().unwrap_or_default();
            go(href, adopt.clone());
        }
        shown.replace(path);
    });
    let _ = dom::window().add_event_listener_with_callback("popstate", on_pop.as_ref().unchecked_ref());
    on_pop.forget();
}

fn path_now() -> String {
    dom::window().location().pathname().unwrap_or_default()
}

fn follow_link(page: Page, event: &MouseEvent, adopt: impl Fn() + 'static) {
    if event.default_prevented() || event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return;
    }
    let anchor = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|el| el.closest("a[href]").ok().flatten())
        .and_then(|el| el.dyn_into::<HtmlAnchorElement>().ok());
    let Some(anchor) = anchor.filter(|anchor| anchor.target().is_empty() && !anchor.has_attribute("download")) else { return };
    if anchor.get_attribute("data-action").as_deref() == Some("lang") {
        if let Some(figure) = page.active.get_untracked().filter(|figure| figure.moved.get_untracked() || figure.taken.get_untracked()) {
            address_bar::flush(&figure, page.address);
        }
        shell::carry_query(&anchor);
    }
    let Ok(url) = Url::new(&anchor.href()) else { return };
    let here = dom::window().location();
    let same_page = url.pathname() == path_now();
    if !url.href().starts_with(&data::root()) || (same_page && url.search().is_empty()) {
        return;
    }
    event.prevent_default();
    if same_page {
        if push(&url.href()) {
            apply(page);
        }
    } else if Some(url.href()) != here.href().ok() {
        let href = url.href();
        go_after_push(href, adopt);
    }
}

fn push(href: &str) -> bool {
    dom::window().history().is_ok_and(|history| history.push_state_with_url(&JsValue::NULL, "", Some(href)).is_ok())
}

/// Puts the frame of the present address on the figures that are already here.
fn apply(page: Page) {
    let (address, problems) = address_bar::read();
    shell::apply(page, &address);
    let target = page.figures.with_untracked(|figures| {
        let named = address.fig.as_deref();
        figures.iter().find(|figure| named.map_or(figure.main, |fig| fig == figure.spec.id)).copied()
    });
    let Some(figure) = target else { return };
    let (values, more) = Values::parse(figure.spec.fields, &address.rest);
    figure.problems.set(Vec::new());
    figure.drafts.set(Vec::new());
    figure.asked.set(None);
    figure.report(problems.into_iter().chain(more).collect());
    figure.row.set(address.row);
    figure.taken.set(true);
    figure.moved.set(true);
    if figure.values.get_untracked() != values {
        figure.opening.set(address.step);
        figure.values.set(values);
    } else if let Some(step) = address.step {
        figure.go(Command::Seek(step));
    }
    page.active.set(Some(figure));
    shell::single_figure(page, Some(figure.spec.id));
    shell::bring_into_view(Some(figure.spec.id));
}

fn go_after_push(href: String, adopt: impl Fn() + 'static) {
    leptos::task::spawn_local(async move {
        match fetch_page(&href).await {
            Some(next) if push(&href) => show(&next, &adopt),
            _ => leave(&href),
        }
    });
}

fn go(href: String, adopt: impl Fn() + 'static) {
    leptos::task::spawn_local(async move {
        match fetch_page(&href).await {
            Some(next) => show(&next, &adopt),
            None => leave(&href),
        }
    });
}

fn leave(href: &str) {
    // The browser reports its own failure to load a page.
    let _ = dom::window().location().set_href(href);
}

async fn fetch_page(href: &str) -> Option<Document> {
    let response: web_sys::Response = JsFuture::from(dom::window().fetch_with_str(href)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let next = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    next.get_element_by_id("page").is_some().then_some(next)
}

/// Swaps what belongs to the page: title, language, header and prose.
fn show(next: &Document, adopt: &impl Fn()) {
    let here = dom::document();
    here.set_title(&next.title());
    if let Some(root) = next.document_element() {
        for name in ["lang", "data-slug", "data-root"] {
            if let Some(value) = root.get_attribute(name) {
                let _ = dom::root().set_attribute(name, &value);
            }
        }
    }
    for selector in ["header.bar", "#page", "a.skip", "footer"] {
        let (old, new) = (here.query_selector(selector).ok().flatten(), next.query_selector(selector).ok().flatten());
        if let (Some(old), Some(new)) = (old, new) {
            // An element that cannot be replaced keeps its old text; the rest of the page is right.
            let _ = here.adopt_node(&new);
            let _ = old.replace_with_with_node_1(&new);
        }
    }
    dom::window().scroll_to_with_x_and_y(0.0, 0.0);
    shell::page_shown();
    adopt();
    if let Some(heading) = here.query_selector("h1").ok().flatten().and_then(|el| el.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = heading.set_attribute("tabindex", "-1");
        let _ = heading.focus();
    }
}
