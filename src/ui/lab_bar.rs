//! Run and Stop of a lab, with what is being measured now.

use leptos::prelude::*;

use super::bind::Bound;
use super::state::{FigureState, Progress};
use super::words;
use crate::figure::svg::escape;

/// Binds the part `lab` of the bar: nothing for a figure that does not measure.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let measures = Memo::new(move |_| state.with(|figure| figure.lab().is_some()));
    let running = Memo::new(move |_| state.progress.get() != Progress::Idle);
    let markup = move || {
        let (action, label, key) = match (measures.get(), running.get()) {
            (false, _) => return String::new(),
            (true, false) => ("run", words::measure(lang), "R"),
            (true, true) => ("stop", words::stop(lang), "R"),
        };
        format!(
            r#"<button type="button" class="ev" data-action="{action}"><span>{label}</span><kbd aria-hidden="true">{key}</kbd></button><progress aria-label="{}"></progress><span class="doing" role="status"></span>"#,
            words::measured(lang)
        )
    };
    let parts = move |bound: &Bound| {
        let total = move || state.with(|figure| figure.lab().map_or(0, |lab| lab.n_trials()));
        let done = move || state.with(|figure| figure.lab().map_or(0, |lab| lab.outcomes().len()));
        bound.attr("progress", "max", Box::new(move || total().max(1).to_string()));
        bound.attr("progress", "value", Box::new(move || done().to_string()));
        bound.flag("progress", "hidden", Box::new(move || !running.get()));
        let doing = move || match state.progress.get() {
            Progress::Idle => String::new(),
            Progress::Stopping => escape(words::stopping(lang)),
            Progress::Running(trial) => {
                state.with(|figure| figure.lab().map_or_else(String::new, |lab| escape(&lab.trial_name(trial, lang))))
            }
        };
        bound.html(".doing", Box::new(doing));
    };
    bound.part("lab", Box::new(markup), Box::new(parts));
}

/// Starts the measurements, or stops those under way.
pub fn toggle(state: &FigureState) {
    if state.progress.get_untracked() == Progress::Idle {
        if state.figure.with_untracked(|figure| figure.as_ref().is_some_and(|figure| figure.lab().is_some())) {
            state.taken.set(true);
            state.place.measure.run(*state);
        }
    } else {
        state.progress.set(Progress::Stopping);
    }
}
