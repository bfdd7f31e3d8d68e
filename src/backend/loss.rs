//! Whether the device is gone, why, and whom to tell.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by the device's callbacks and its owner. Invariant: once lost, lost for good.
#[derive(Clone, Default)]
pub(super) struct Loss(Arc<Mutex<State>>);

type Callback = Box<dyn Fn(&str) + Send>;

#[derive(Default)]
struct State {
    reason: Option<String>,
    callbacks: Vec<Callback>,
}

impl Loss {
    /// Records the loss and tells everyone who waits, once.
    pub fn happen(&self, reason: &str) {
        let callbacks = {
            let mut state = self.lock();
            if state.reason.is_some() {
                return;
            }
            state.reason = Some(reason.to_string());
            std::mem::take(&mut state.callbacks)
        };
        for callback in callbacks {
            callback(reason);
        }
    }

    /// Calls back once the device is lost; at once if it is.
    pub fn on(&self, callback: impl Fn(&str) + Send + 'static) {
        let reason = {
            let mut state = self.lock();
            match &state.reason {
                Some(reason) => reason.clone(),
                None => {
                    state.callbacks.push(Box::new(callback));
                    return;
                }
            }
        };
        callback(&reason);
    }

    /// Why it is lost, if it is.
    pub fn reason(&self) -> Option<String> {
        self.lock().reason.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Loss").field(&self.reason()).finish()
    }
}
