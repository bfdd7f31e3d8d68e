//! The only clock: animation frames while something plays, and one-shot timers.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::dom::window;

type Frame = Closure<dyn FnMut(f64)>;

/// Calls `tick(seconds since the last frame)` on every frame until it returns `false`.
pub fn every_frame(mut tick: impl FnMut(f32) -> bool + 'static) {
    let slot: Rc<RefCell<Option<Frame>>> = Rc::new(RefCell::new(None));
    let again = slot.clone();
    let mut last: Option<f64> = None;
    *slot.borrow_mut() = Some(Closure::new(move |now: f64| {
        let secs = last.map_or(0.0, |last| ((now - last) / 1000.0).clamp(0.0, 1.0)) as f32;
        last = Some(now);
        if tick(secs) {
            request(&again);
        } else {
            again.borrow_mut().take();
        }
    }));
    request(&slot);
}

fn request(slot: &Rc<RefCell<Option<Frame>>>) {
    if let Some(frame) = slot.borrow().as_ref() {
        // A page without animation frames does not play; every other control still works.
        let _ = window().request_animation_frame(frame.as_ref().unchecked_ref());
    }
}

/// Calls `then` once after so many milliseconds.
pub fn after(millis: i32, then: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(then);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(call.unchecked_ref(), millis);
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Lets everything else that waits for this thread go first.
pub async fn pause() {
    let turn = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 0);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(turn).await;
}
