//! Markup bound to signals: a view is text written once, and each part of it that moves follows a signal.
//!
//! Every effect, listener and text here has one type, whatever it does. A view typed by its elements costs kilobytes of wasm each.

use std::cell::RefCell;

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement};

use super::dom::{self, Live, When};
use crate::content::{Rich, Role};
use crate::figure::svg::escape;

/// What is done on an event; the second is the element that the selector meant.
pub type Act = Box<dyn Fn(&Event, &Element)>;

/// Binds the markup of a part that has just been put into the page.
pub type Then = Box<dyn Fn(&Bound)>;

/// Runs now, in the next microtask, and again whenever a signal that it read has changed; until its owner is cleaned up.
pub fn watch(run: Box<dyn Fn()>) {
    Effect::new(move |_| run());
}

/// Hands each new text to `put`, and only a new one.
pub fn follow(read: Live, put: Box<dyn Fn(&str)>) {
    let last = RefCell::new(None::<String>);
    watch(Box::new(move || {
        let now = Some(read());
        if *last.borrow() != now {
            untrack(|| put(now.as_deref().unwrap_or_default()));
            last.replace(now);
        }
    }));
}

/// Rich text as markup.
pub fn rich(text: &Rich) -> String {
    let mut out = String::new();
    for span in &text.0 {
        let text = escape(&span.text);
        match span.role {
            Role::Plain => out += &text,
            Role::Now => out += &["<em>", &text, "</em>"].concat(),
            role => out += &["<b class=\"", role.class(), "\">", &text, "</b>"].concat(),
        }
    }
    out
}

/// Markup in the page, and what in it follows signals. A selector means the first element that matches; one that matches nothing binds nothing.
#[derive(Clone)]
pub struct Bound {
    root: Element,
}

impl Bound {
    /// Appends markup of one element to `place`, and takes hold of it.
    pub fn append(place: &Element, markup: &str) -> Option<Bound> {
        place.insert_adjacent_html("beforeend", markup).ok()?;
        let root = place.last_element_child()?;
        on_drop(SendWrapper::new((root.clone(), None)));
        Some(Bound { root })
    }

    /// An element of the markup.
    pub fn one(&self, selector: &str) -> Option<Element> {
        if self.root.matches(selector).unwrap_or(false) {
            Some(self.root.clone())
        } else {
            self.root.query_selector(selector).ok().flatten()
        }
    }

    /// The part of the markup under an element, for listeners of events that do not bubble.
    pub fn within(&self, selector: &str) -> Option<Bound> {
        Some(Bound { root: self.one(selector)? })
    }

    fn bind(&self, selector: &str, read: Live, put: impl FnOnce(Element) -> Box<dyn Fn(&str)>) {
        if let Some(el) = self.one(selector) {
            follow(read, put(el));
        }
    }

    /// The text of an element.
    pub fn text(&self, selector: &str, read: Live) {
        self.bind(selector, read, |el| Box::new(move |text| el.set_text_content(Some(text))));
    }

    /// The inside of an element as markup.
    pub fn html(&self, selector: &str, read: Live) {
        self.bind(selector, read, |el| {
            Box::new(move |text| {
                let held = holds_focus(&el);
                el.set_inner_html(text);
                if held {
                    focus_first(std::slice::from_ref(&el));
                }
            })
        });
    }

    /// An attribute.
    pub fn attr(&self, selector: &str, name: &'static str, read: Live) {
        self.bind(selector, read, |el| {
            // An attribute of a fixed name can always be set.
            Box::new(move |text| drop(el.set_attribute(name, text)))
        });
    }

    /// A property of the style, through CSSOM: the page's policy forbids it in markup.
    pub fn style(&self, selector: &str, name: &'static str, read: Live) {
        self.bind(selector, read, |el| {
            Box::new(move |text| {
                if let Some(el) = el.dyn_ref::<HtmlElement>() {
                    let _ = el.style().set_property(name, text);
                }
            })
        });
    }

    /// The value of an input, a text area or a list. Text being typed stays until the signal says something new.
    pub fn value(&self, selector: &str, read: Live) {
        self.bind(selector, read, |el| Box::new(move |text| drop(js_sys::Reflect::set(&el, &"value".into(), &text.into()))));
    }

    /// What a list holds. A value that it does not offer, as an address may ask for, is added to it.
    pub fn choice(&self, selector: &str, read: Live) {
        self.bind(selector, read, |el| {
            Box::new(move |text| {
                let held = dom::all(&el, "option").iter().any(|option| option.get_attribute("value").as_deref() == Some(text));
                if !held {
                    let text = escape(text);
                    let _ = el.insert_adjacent_html("beforeend", &["<option value=\"", &text, "\">", &text, "</option>"].concat());
                }
                let _ = js_sys::Reflect::set(&el, &"value".into(), &text.into());
            })
        });
    }

    /// An attribute that is there or not.
    pub fn flag(&self, selector: &str, name: &'static str, read: When) {
        self.bind(selector, told(read), |el| {
            Box::new(move |text| drop(if text.is_empty() { el.remove_attribute(name) } else { el.set_attribute(name, "") }))
        });
    }

    /// A class that is there or not.
    pub fn class(&self, selector: &str, class: &'static str, read: When) {
        self.bind(selector, told(read), |el| Box::new(move |text| drop(el.class_list().toggle_with_force(class, !text.is_empty()))));
    }

    /// A part that comes and goes before `<template data-part="NAME">`. `then` binds it each time; with it go its effects and listeners.
    pub fn part(&self, name: &str, markup: Live, then: Then) {
        let Some(anchor) = self.one(&format!("template[data-part={name}]")) else { return };
        let (this, home) = (self.clone(), Owner::current().unwrap_or_default());
        let shown = RefCell::new((Vec::<Element>::new(), None::<Owner>));
        let put = move |text: &str| {
            let (old, owner) = shown.take();
            if let Some(owner) = owner {
                owner.cleanup();
            }
            let held = old.iter().any(holds_focus);
            old.iter().for_each(Element::remove);
            if text.is_empty() {
                return;
            }
            let before = anchor.previous_element_sibling();
            let _ = anchor.insert_adjacent_html("beforebegin", text);
            let mut roots = Vec::new();
            let mut at = anchor.previous_element_sibling();
            while let Some(el) = at.filter(|el| Some(el) != before.as_ref()) {
                at = el.previous_element_sibling();
                roots.push(el);
            }
            roots.reverse();
            if held {
                focus_first(&roots);
            }
            let owner = home.child();
            owner.with(|| then(&this));
            shown.replace((roots, Some(owner)));
        };
        follow(markup, Box::new(put));
    }

    /// Acts on an event of any element that matches, now or later, unless it is disabled.
    pub fn on(&self, event: &'static str, selector: &'static str, act: Act) {
        let root = self.root.clone();
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let meant = target.and_then(|el| el.closest(selector).ok().flatten());
            if let Some(el) = meant.filter(|el| root.contains(Some(el)) && !el.has_attribute("disabled")) {
                act(&event, &el);
            }
        });
        // Failing to listen leaves the rest of the figure as it is.
        let _ = self.root.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        on_drop(SendWrapper::new((self.root.clone(), Some((event, listener)))));
    }
}

type Held = (Element, Option<(&'static str, Closure<dyn FnMut(Event)>)>);

/// Takes back a listener, or an element, when the owner is cleaned up.
fn on_drop(held: SendWrapper<Held>) {
    on_cleanup(move || match held.take() {
        (el, Some((event, listener))) => drop(el.remove_event_listener_with_callback(event, listener.as_ref().unchecked_ref())),
        (el, None) => el.remove(),
    });
}

fn told(read: When) -> Live {
    Box::new(move || if read() { "true".to_string() } else { String::new() })
}

fn holds_focus(el: &Element) -> bool {
    dom::document().active_element().is_some_and(|active| el.contains(Some(&active)))
}

/// Where the focused element was replaced, the focus goes to the first button that came instead.
fn focus_first(roots: &[Element]) {
    let button =
        roots.iter().find_map(|el| if el.tag_name() == "BUTTON" { Some(el.clone()) } else { el.query_selector("button").ok().flatten() });
    if let Some(button) = button.and_then(|el| el.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
