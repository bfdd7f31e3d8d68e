//! Brings each figure the data file that its parameters need, and builds it when that has come.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::figure::Values;
use crate::ui::bind::watch;
use crate::ui::{Fetch, FigureState, dom};

thread_local! {
    static FILES: RefCell<Vec<(String, Rc<Vec<u8>>)>> = const { RefCell::new(Vec::new()) };
    static ROOT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Remembers where the site's files lie; called once, before any navigation.
pub fn remember_root() {
    let relative = dom::root().get_attribute("data-root").unwrap_or_else(|| "./".into());
    let base = dom::window().location().href().unwrap_or_default();
    if let Ok(url) = web_sys::Url::new_with_base(&relative, &base) {
        url.set_search("");
        url.set_hash("");
        ROOT.set(url.href());
    }
}

/// The address of the site's root, with a slash at its end.
pub fn root() -> String {
    ROOT.with_borrow(Clone::clone)
}

/// Builds the figure now and whenever its parameters change.
pub fn follow(state: FigureState) {
    watch(Box::new(move || {
        let values = state.values.get();
        let failed = state.fetch.with(|fetch| matches!(fetch, Fetch::Failed(_)));
        match (state.spec.data)(&values) {
            None => build(&state, &values, None),
            Some(path) => match FILES.with_borrow(|files| files.iter().find(|file| file.0 == path).map(|file| file.1.clone())) {
                Some(bytes) => build(&state, &values, Some(&bytes)),
                None if failed => {}
                None => load(state, path),
            },
        }
    }));
}

fn build(state: &FigureState, values: &Values, bytes: Option<&[u8]>) {
    if state.fetch.with_untracked(|fetch| *fetch != Fetch::Idle) {
        state.fetch.set(Fetch::Idle);
    }
    match (state.spec.build)(values, bytes) {
        Ok((figure, problems)) => state.install(figure, problems),
        Err(problems) => {
            let nothing_shown = state.figure.with_untracked(Option::is_none);
            state.report(problems);
            if nothing_shown {
                // What was typed stays in the controls as drafts; the figure shows its examples in their place.
                let mut next = values.clone();
                for (name, text) in values.pairs(true) {
                    state.keep_draft(name, text);
                    let example = state.spec.fields.iter().find(|field| field.name == name).map_or("", |field| field.default);
                    next = next.set(name, example).0;
                }
                state.values.set(if next == *values { Values::defaults(state.spec.fields) } else { next });
            }
        }
    }
}

fn load(state: FigureState, path: String) {
    if state.fetch.with_untracked(|fetch| *fetch == Fetch::Loading) {
        return;
    }
    state.fetch.set(Fetch::Loading);
    leptos::task::spawn_local(async move {
        let result = fetch(&path).await;
        // The figure may have left the page meanwhile.
        if state.fetch.try_get_untracked().is_none() {
            return;
        }
        match result {
            Ok(bytes) => {
                FILES.with_borrow_mut(|files| files.push((path, Rc::new(bytes))));
                state.fetch.set(Fetch::Idle);
                // The effect above does not see the cache; the same values again wake it.
                state.values.update(|_| {});
            }
            Err(why) => state.fetch.set(Fetch::Failed(why)),
        }
    });
}

async fn fetch(path: &str) -> Result<Vec<u8>, String> {
    let url = format!("{}data/{path}", root());
    let response: web_sys::Response =
        JsFuture::from(dom::window().fetch_with_str(&url)).await.map_err(|_| "no connection")?.unchecked_into();
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(|_| "unreadable")?).await.map_err(|_| "broken off")?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
