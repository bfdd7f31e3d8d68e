//! Brings each figure its code and the data file that its parameters need, and builds it when both have come.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::figure::{Build, Values};
use crate::ui::bind::watch;
use crate::ui::{Fetch, FigureState, dom};

thread_local! {
    static FILES: RefCell<Vec<(String, Rc<Vec<u8>>)>> = const { RefCell::new(Vec::new()) };
    // Files on their way: figures of one page often want the same one.
    static COMING: RefCell<Vec<(String, js_sys::Promise)>> = const { RefCell::new(Vec::new()) };
    static CODE: RefCell<Vec<(&'static str, Build)>> = const { RefCell::new(Vec::new()) };
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
        if !state.near.get() {
            return;
        }
        let failed = state.fetch.with(|fetch| matches!(fetch, Fetch::Failed(_)));
        let code = CODE.with_borrow(|all| all.iter().find(|code| code.0 == state.spec.id).map(|code| code.1));
        let path = (state.spec.data)(&values);
        let file =
            path.as_ref().and_then(|path| FILES.with_borrow(|files| files.iter().find(|file| file.0 == *path).map(|file| file.1.clone())));
        match code {
            Some(code) if file.is_some() == path.is_some() => build(&state, code, &values, file.as_deref().map(Vec::as_slice)),
            _ if failed => {}
            _ => load(state, code.is_none(), path.filter(|_| file.is_none())),
        }
    }));
}

fn build(state: &FigureState, code: Build, values: &Values, bytes: Option<&[u8]>) {
    if state.fetch.with_untracked(|fetch| *fetch != Fetch::Idle) {
        state.fetch.set(Fetch::Idle);
    }
    match code(values, bytes) {
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

/// Fetches what is missing, all at once.
fn load(state: FigureState, code: bool, path: Option<String>) {
    if state.fetch.with_untracked(|fetch| *fetch == Fetch::Loading) {
        return;
    }
    state.fetch.set(Fetch::Loading);
    leptos::task::spawn_local(async move {
        // The file is on its way while the code is fetched.
        let file = path.as_deref().map(request);
        let result = async {
            if code {
                // The loader has told the console more than it tells us.
                let build = (state.spec.code)().await.map_err(|_| "no connection")?;
                CODE.with_borrow_mut(|all| all.push((state.spec.id, build)));
            }
            if let (Some(path), Some(file)) = (path, file) {
                let bytes = receive(file).await;
                COMING.with_borrow_mut(|coming| coming.retain(|file| file.0 != path));
                let bytes = Rc::new(bytes?);
                FILES.with_borrow_mut(|files| files.push((path, bytes)));
            }
            Ok::<(), String>(())
        };
        let result = result.await;
        // The figure may have left the page meanwhile.
        if state.fetch.try_get_untracked().is_none() {
            return;
        }
        match result {
            Ok(()) => {
                state.fetch.set(Fetch::Idle);
                // The effect above does not see the caches; the same values again wake it.
                state.values.update(|_| {});
            }
            Err(why) => state.fetch.set(Fetch::Failed(why)),
        }
    });
}

/// The bytes of a file, asked for once.
fn request(path: &str) -> js_sys::Promise {
    if let Some(coming) = COMING.with_borrow(|coming| coming.iter().find(|file| file.0 == path).map(|file| file.1.clone())) {
        return coming;
    }
    let url = format!("{}data/{path}", root());
    let file = wasm_bindgen_futures::future_to_promise(async move {
        let response: web_sys::Response =
            JsFuture::from(dom::window().fetch_with_str(&url)).await.map_err(|_| "no connection")?.unchecked_into();
        if !response.ok() {
            return Err(format!("HTTP {}", response.status()).into());
        }
        JsFuture::from(response.array_buffer().map_err(|_| "unreadable")?).await.map_err(|_| "broken off".into())
    });
    COMING.with_borrow_mut(|coming| coming.push((path.to_string(), file.clone())));
    file
}

async fn receive(file: js_sys::Promise) -> Result<Vec<u8>, String> {
    let buffer = JsFuture::from(file).await.map_err(|why| why.as_string().unwrap_or_default())?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
