//! Predict: the future is covered, and the answers stand on it.

use leptos::prelude::*;

use super::bind::{Bound, rich};
use super::state::{Asked, FigureState};
use super::words;
use crate::figure::svg::escape;
use crate::trace::Command;

fn key(state: &FigureState, id: &str) -> String {
    format!("{}/{id}", state.spec.id)
}

/// Asks the first question not yet answered, or the one after the last asked.
pub fn ask_next(state: &FigureState) {
    let lang = state.place.lang.get_untracked();
    let questions = state.figure.with_untracked(|figure| figure.as_ref().map_or_else(Vec::new, |figure| figure.questions(lang)));
    if questions.is_empty() {
        return;
    }
    let current = state.asked.with_untracked(|asked| asked.as_ref().map(|asked| asked.question.id));
    let after = current.and_then(|id| questions.iter().position(|question| question.id == id)).map_or(0, |idx| idx + 1);
    let order = (0..questions.len()).map(|offset| &questions[(after + offset) % questions.len()]);
    let open = |id: &str| state.place.score.with_untracked(|score| !score.iter().any(|entry| entry.0 == key(state, id)));
    let question = order.clone().find(|question| open(question.id)).or(order.clone().next()).cloned();
    if let Some(question) = question {
        state.command(Command::Pause);
        state.command(Command::Seek(question.step));
        if let Some(row) = question.row {
            state.focus_row(row);
        }
        state.asked.set(Some(Asked { question, chosen: None }));
    }
}

fn choose(state: &FigureState, idx: usize) {
    let mut right = None;
    state.asked.update(|asked| {
        if let Some(asked) = asked.as_mut().filter(|asked| asked.chosen.is_none()) {
            asked.chosen = Some(idx);
            right = asked.question.answers.get(idx).map(|answer| (asked.question.id, answer.right));
        }
    });
    if let Some((id, right)) = right {
        let key = key(state, id);
        state.place.score.update(|score| {
            score.retain(|entry| entry.0 != key);
            score.push((key, right));
        });
    }
}

/// The markup of the question in the place of the caption, with the score.
pub fn head(state: &FigureState) -> String {
    let title = words::predict(state.place.lang.get_untracked());
    format!(
        r#"<div class="predict" role="group" aria-label="{title}"><span class="at"><b>{title}</b><span class="count"></span><span class="score" aria-hidden="true"></span></span><p aria-live="polite"></p></div>"#
    )
}

/// Binds it.
pub fn bind_head(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    let prefix = format!("{}/", state.spec.id);
    let score = move || {
        state
            .place
            .score
            .with(|score| score.iter().filter(|entry| entry.0.starts_with(&prefix)).map(|entry| entry.1).collect::<Vec<bool>>())
    };
    let marks = {
        let score = score.clone();
        move || score().into_iter().map(|right| if right { r#"<i class="ok"></i>"# } else { r#"<i class="no"></i>"# }).collect()
    };
    let count = move || {
        let score = score();
        let right = score.iter().filter(|right| **right).count();
        let (total, said) = (score.len(), words::right_so_far(lang));
        lang.pick(format!("{right} of {total} {said}"), format!("{total} 题，{right} {said}"))
    };
    bound.text(".predict .count", Box::new(count));
    bound.html(".predict .score", Box::new(marks));
    bound.html(
        ".predict p",
        Box::new(move || state.asked.with(|asked| asked.as_ref().map_or_else(String::new, |asked| rich(&asked.question.ask)))),
    );
}

/// Binds the answers, over the part of the run that has not happened yet, or under the timeline where that is too narrow.
pub fn bind_answers(bound: &Bound, state: FigureState) {
    let markup = move || {
        state.asked.with(|asked| {
            asked.as_ref().map_or_else(String::new, |asked| {
                let body = asked.chosen.map_or_else(|| options(asked), |chosen| verdict(&state, asked, chosen));
                ["<div class=\"opts\">", &body, "</div>"].concat()
            })
        })
    };
    let share = move || state.step() as f64 / state.last_step().max(1) as f64;
    let place = move |bound: &Bound| {
        bound.class(
            ".opts",
            "over",
            Box::new(move || state.spec.player && state.width.get() >= 640.0 && !state.place.present.get() && share() < 0.62),
        );
        bound.style(".opts", "left", Box::new(move || format!("{}px", 160.0 + (state.width.get() - 160.0) * share() + 24.0)));
    };
    bound.part("answers", Box::new(markup), Box::new(place));
    bound.on(
        "click",
        "[data-answer]",
        Box::new(move |_, el| {
            if let Some(idx) = el.get_attribute("data-answer").and_then(|idx| idx.parse().ok()) {
                choose(&state, idx);
            }
        }),
    );
    bound.on(
        "click",
        ".verdict [data-action]",
        Box::new(move |_, el| {
            if el.get_attribute("data-action").as_deref() == Some("predict-next") {
                ask_next(&state);
            } else {
                state.asked.set(None);
                state.command(Command::StepBy(1));
            }
        }),
    );
}

fn options(asked: &Asked) -> String {
    let mut out = String::new();
    for (idx, answer) in asked.question.answers.iter().enumerate() {
        out += &format!(
            r#"<button type="button" data-answer="{idx}"><kbd aria-hidden="true">{}</kbd>{}</button>"#,
            idx + 1,
            escape(&answer.text)
        );
    }
    out
}

fn verdict(state: &FigureState, asked: &Asked, chosen: usize) -> String {
    let lang = state.place.lang.get_untracked();
    let Some(answer) = asked.question.answers.get(chosen) else { return String::new() };
    let (class, sign) = if answer.right { ("ok", "✓") } else { ("no", "✗") };
    let mut out = format!(
        r#"<div class="verdict {class}" role="status"><p><span class="sign" aria-hidden="true">{sign}</span><b>{}</b></p><p>{}</p>"#,
        escape(&answer.text),
        rich(&answer.feedback)
    );
    if let Some(right) = asked.question.answers.iter().find(|right| right.right && !answer.right) {
        out += &format!(r#"<p class="truth">{}<b>{}</b></p>"#, lang.pick("The run says: ", "运行的结果是："), escape(&right.text));
    }
    out += r#"<div class="verdict-keys">"#;
    for (action, label) in [
        ("predict-continue", if state.spec.player { words::show_me(lang) } else { words::close(lang) }),
        ("predict-next", words::another(lang)),
    ] {
        out += &format!(r#"<button type="button" class="small" data-action="{action}">{label}</button>"#);
    }
    out + "</div></div>"
}
