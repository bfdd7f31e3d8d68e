//! Predict: the future is covered, and the answers stand on it.

use leptos::prelude::*;

use super::frame::rich;
use super::state::{Asked, FigureState};
use super::words;
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

/// The question in the place of the caption, with the score.
#[component]
pub fn QuestionHead(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    let prefix = format!("{}/", state.spec.id);
    let score = move || {
        state.place.score.with(|score| score.iter().filter(|entry| entry.0.starts_with(&prefix)).map(|entry| entry.1).collect::<Vec<bool>>())
    };
    let marks = {
        let score = score.clone();
        move || score().into_iter().map(|right| view! { <i class=if right { "ok" } else { "no" }></i> }).collect_view()
    };
    let count = move || {
        let score = score();
        let right = score.iter().filter(|right| **right).count();
        let total = score.len();
        lang.get().pick(format!("{right} of {total} {}", words::right_so_far(lang.get())), format!("{total} 题，{right} {}", words::right_so_far(lang.get())))
    };
    let text = move || state.asked.with(|asked| asked.as_ref().map(|asked| rich(&asked.question.ask).into_any()));
    view! {
        <div class="predict" role="group" aria-label=move || words::predict(lang.get())>
            <span class="at"><b>{move || words::predict(lang.get())}</b><span class="count">{count}</span><span class="score" aria-hidden="true">{marks}</span></span>
            <p aria-live="polite">{text}</p>
        </div>
    }
}

/// The answers, over the part of the run that has not happened yet, or under the timeline where that is too narrow.
#[component]
pub fn Answers(state: FigureState) -> impl IntoView {
    let share = move || {
        let last = state.last_step().max(1);
        state.step() as f64 / last as f64
    };
    let place = move || {
        let wide = state.width.get() >= 640.0 && !state.place.present.get() && share() < 0.62;
        if wide { "opts over" } else { "opts" }
    };
    let left = move || format!("{}px", 160.0 + (state.width.get() - 160.0) * share() + 24.0);
    move || {
        state.asked.get().map(|asked| {
            let body = match asked.chosen {
                None => options(state, &asked).into_any(),
                Some(chosen) => verdict(state, &asked, chosen).into_any(),
            };
            view! { <div class=place style:left=left>{body}</div> }
        })
    }
}

fn options(state: FigureState, asked: &Asked) -> impl IntoView + use<> {
    asked
        .question
        .answers
        .iter()
        .enumerate()
        .map(|(idx, answer)| {
            view! { <button type="button" data-answer=idx on:click=move |_| choose(&state, idx)><kbd aria-hidden="true">{idx + 1}</kbd>{answer.text.clone()}</button> }
        })
        .collect_view()
}

fn verdict(state: FigureState, asked: &Asked, chosen: usize) -> impl IntoView + use<> {
    let lang = state.place.lang.get_untracked();
    let answer = asked.question.answers.get(chosen).cloned();
    let right = asked.question.answers.iter().find(|answer| answer.right).map(|answer| answer.text.clone());
    answer.map(|answer| {
        let sign = if answer.right { "✓" } else { "✗" };
        let truth = (!answer.right).then(|| right.map(|right| view! { <p class="truth">{lang.pick("The run says: ", "运行的结果是：")}<b>{right}</b></p> }));
        view! {
            <div class="verdict" class:ok=answer.right class:no=!answer.right role="status">
                <p><span class="sign" aria-hidden="true">{sign}</span><b>{answer.text.clone()}</b></p>
                <p>{rich(&answer.feedback)}</p>
                {truth}
                <div class="verdict-keys">
                    <button type="button" class="small" data-action="predict-continue" on:click=move |_| { state.asked.set(None); state.command(Command::StepBy(1)); }>{words::show_me(lang)}</button>
                    <button type="button" class="small" data-action="predict-next" on:click=move |_| ask_next(&state)>{words::another(lang)}</button>
                </div>
            </div>
        }
    })
}
