//! Reads the address, and writes it: trailing, at most once per 300 ms, failures swallowed.

use std::cell::Cell;

use leptos::prelude::*;

use crate::figure::{Address, Problem};
use crate::ui::{FigureState, clock, dom};

/// The address in the bar, with what could not be read of it.
pub fn read() -> (Address, Vec<Problem>) {
    let location = dom::window().location();
    Address::parse(&location.search().unwrap_or_default(), &location.hash().unwrap_or_default())
}

/// Writes the address of the figure last touched, soon.
pub fn schedule(state: FigureState, address: RwSignal<Address>) {
    thread_local! {
        static PENDING: Cell<bool> = const { Cell::new(false) };
        static LATEST: Cell<Option<FigureState>> = const { Cell::new(None) };
        static LAST: Cell<f64> = const { Cell::new(f64::MIN) };
    }
    LATEST.set(Some(state));
    if PENDING.replace(true) {
        return;
    }
    // Trailing by a tenth of a second, and never two within three tenths.
    let since = dom::window().performance().map_or(f64::MAX, |clock| clock.now()) - LAST.get();
    clock::after((300.0 - since).clamp(100.0, 300.0) as i32, move || {
        PENDING.set(false);
        LAST.set(dom::window().performance().map_or(0.0, |clock| clock.now()));
        if let Some(state) = LATEST.take() {
            // A figure that has left the page has no address any more.
            if state.player.try_get_untracked().is_some() {
                write(&state, address);
            }
        }
    });
}

/// Writes the address now, as before a link that carries it along.
pub fn flush(state: &FigureState, address: RwSignal<Address>) {
    write(state, address);
}

fn write(state: &FigureState, address: RwSignal<Address>) {
    let now = described(state, &address.get_untracked());
    let (query, fragment) = texts(state, &now);
    address.set(now);
    let path = dom::window().location().pathname().unwrap_or_default();
    if let Ok(history) = dom::window().history() {
        // Some browsers refuse after too many calls; the next act tries again.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("{path}{query}{fragment}")));
    }
}

fn described(state: &FigureState, page: &Address) -> Address {
    let step = state.moved.get_untracked().then(|| state.player.with_untracked(|player| player.cursor));
    Address {
        step,
        row: state.row.get_untracked(),
        fig: (!state.main).then(|| state.spec.id.to_string()),
        rest: Vec::new(),
        ..page.clone()
    }
}

fn texts(state: &FigureState, address: &Address) -> (String, String) {
    state.values.with_untracked(|values| {
        let fragment = Address::fragment(values);
        if fragment.is_none() {
            state.report(vec![Problem::new(
                "address",
                "These inputs are too long for an address (32 kB). Use CSV to keep them as a file.",
                "这些输入太长，地址里放不下（上限 32 kB）。请用 CSV 存成文件。",
            )]);
        }
        (address.query(address.fig.as_deref(), values), fragment.unwrap_or_default())
    })
}

/// The full address of a figure's present frame: for sharing (no presenter), or for an iframe.
pub fn absolute(state: &FigureState, page: &Address, embed: bool) -> String {
    let fig = (!state.main || embed).then(|| state.spec.id.to_string());
    let address =
        Address { embed, present: false, fig, step: Some(state.player.with_untracked(|player| player.cursor)), ..described(state, page) };
    let (query, fragment) = texts(state, &address);
    let location = dom::window().location();
    format!("{}{}{query}{fragment}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default())
}
