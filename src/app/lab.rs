//! Runs the trials of a lab one after another: work on the CPU in slices, work on the GPU in samples, and the page alive between.

use std::sync::Arc;

use leptos::prelude::*;

use super::backend_provider;
use crate::backend::{Clock as GpuClock, Gpu, GpuError, Session};
use crate::figure::Figure;
use crate::figure::lab::{Clock, Lab, Outcome, Refusal, Start, Timed, Trial, Work};
use crate::kernels::sliced::Sliced;
use crate::ui::{Agreement, FigureState, Progress, clock};

/// Work on the CPU goes on for so many milliseconds before the page gets its turn.
const SLICE_MS: f64 = 8.0;

/// A sample on the CPU takes at least so many milliseconds: clocks tell tenths of one.
const LEAST_MS: f64 = 5.0;

/// A sample on the GPU is repeated until it takes at least so many milliseconds: clocks are coarse.
const SAMPLE_MS: f64 = 10.0;

/// Most runs in one submission: a device that does not answer for long is reset.
const MOST_REPEATS: f64 = 64.0;

/// Samples of a trial: most, and the milliseconds after which no further one is begun.
const SAMPLES: usize = 7;
const ENOUGH_MS: f64 = 700.0;

/// Starts the measurements of a figure from the first trial, unless they are under way.
pub fn start(state: FigureState) {
    if state.progress.get_untracked() != Progress::Idle || state.figure.with_untracked(Option::is_none) {
        return;
    }
    // Another run begins with nothing: the same values again build the figure anew.
    if state.figure.with_untracked(|figure| figure.as_ref().and_then(|figure| figure.lab()).is_some_and(|lab| !lab.outcomes().is_empty())) {
        state.values.update(|_| {});
    }
    state.agreement.set(None);
    state.progress.set(Progress::Running(0));
    leptos::task::spawn_local(async move {
        // The effects of the new values first.
        clock::pause().await;
        run(state).await;
        if state.progress.try_get_untracked().is_some() {
            state.progress.set(Progress::Idle);
        }
    });
}

/// Whether to go on: the figure is still there, is still `shown`, and nobody has said stop.
fn wanted(state: FigureState, shown: &Arc<dyn Figure>) -> bool {
    let same = state.figure.try_get_untracked().flatten().is_some_and(|now| Arc::ptr_eq(&now, shown));
    same && matches!(state.progress.try_get_untracked(), Some(Progress::Running(_)))
}

async fn run(state: FigureState) {
    let Some(mut shown) = state.figure.try_get_untracked().flatten() else { return };
    // The first output of the present group, with which the others are compared.
    let mut first: Option<(usize, Vec<f32>)> = None;
    let n_trials = shown.lab().map_or(0, Lab::n_trials);
    for idx in 0..n_trials {
        if !wanted(state, &shown) {
            return;
        }
        state.progress.set(Progress::Running(idx));
        clock::pause().await;
        let Some(lab) = shown.lab() else { return };
        let outcome = match lab.trial(idx) {
            Err(refusal) => Outcome::Refused(refusal),
            Ok(trial) => match measure(state, &shown, &trial).await {
                Err(Stop::Unwanted) => return,
                Err(Stop::Refused(refusal)) => Outcome::Refused(refusal),
                Ok((mut timed, output)) => {
                    timed.error = lab.error(idx, &output);
                    timed.strays = lab.strays(idx, &output);
                    match &first {
                        Some((group, output_of_first)) if *group == trial.group => timed.apart = Some(apart(output_of_first, &output)),
                        _ => first = Some((trial.group, output)),
                    }
                    tell_agreement(state, &trial.work, &timed);
                    Outcome::Timed(timed)
                }
            },
        };
        if !wanted(state, &shown) {
            return;
        }
        shown = lab.with(outcome);
        state.figure.set(Some(shown.clone()));
    }
}

/// Why a trial has no numbers.
enum Stop {
    Unwanted,
    Refused(Refusal),
}

async fn measure(state: FigureState, shown: &Arc<dyn Figure>, trial: &Trial) -> Result<(Timed, Vec<f32>), Stop> {
    match trial.work {
        Work::Cpu(start) => on_cpu(state, shown, trial, start).await,
        Work::Gpu(kernel) => {
            let gpu = gpu()?;
            let session = gpu.prepare(kernel, &trial.uniform, &slices(trial)).await.map_err(refused)?;
            on_gpu(state, shown, &gpu, session).await
        }
        Work::Chain(links) => {
            let gpu = gpu()?;
            let session = gpu.prepare_chain(links, &trial.uniform, &slices(trial)).await.map_err(refused)?;
            on_gpu(state, shown, &gpu, session).await
        }
    }
}

fn gpu() -> Result<Gpu, Stop> {
    backend_provider::gpu().ok_or(Stop::Refused(Refusal::NoGpu))
}

fn slices(trial: &Trial) -> Vec<&[f32]> {
    trial.inputs.iter().map(Vec::as_slice).collect()
}

fn refused(error: GpuError) -> Stop {
    Stop::Refused(refusal(error))
}

async fn on_cpu(state: FigureState, shown: &Arc<dyn Figure>, trial: &Trial, start: Start) -> Result<(Timed, Vec<f32>), Stop> {
    let (mut samples, mut spent) = (Vec::new(), 0.0);
    loop {
        // What is over sooner than a clock can tell is done again, and the time shared out.
        let (mut taken, mut runs, mut work) = (0.0, 0.0, None);
        let done = loop {
            let begun = clock::now();
            let mut done = None;
            while done.is_none() && clock::now() - begun < SLICE_MS {
                let mut now: Box<dyn Sliced> = match work.take() {
                    Some(work) => work,
                    None => start(&trial.uniform, trial.inputs.clone()).map_err(Stop::Refused)?,
                };
                if now.step() {
                    work = Some(now);
                } else {
                    runs += 1.0;
                    if taken + clock::now() - begun >= LEAST_MS {
                        done = Some(now);
                    }
                }
            }
            taken += clock::now() - begun;
            clock::pause().await;
            if !wanted(state, shown) {
                return Err(Stop::Unwanted);
            }
            if let Some(done) = done {
                break done;
            }
        };
        samples.push(taken / runs);
        spent += taken;
        if samples.len() == SAMPLES || spent > ENOUGH_MS {
            let extra_bytes = done.extra_bytes();
            let output = done.finish().into_iter().next().unwrap_or_default();
            return Ok((timed(samples, Clock::Slices, extra_bytes), output));
        }
    }
}

async fn on_gpu(state: FigureState, shown: &Arc<dyn Figure>, gpu: &Gpu, session: Session) -> Result<(Timed, Vec<f32>), Stop> {
    // The first run also pays for memory that is touched for the first time.
    let output = session.run().await.map_err(refused)?.into_iter().next().unwrap_or_default();
    let (mut samples, mut spent, mut repeats) = (Vec::new(), 0.0, 1.0);
    while samples.is_empty() || samples.len() < SAMPLES && spent < ENOUGH_MS {
        let begun = clock::now();
        let millis = session.time(repeats as u32, &clock::now).await.map_err(refused)?;
        let took = clock::now() - begun;
        if !wanted(state, shown) {
            return Err(Stop::Unwanted);
        }
        if millis * repeats < SAMPLE_MS && repeats < MOST_REPEATS && took < ENOUGH_MS {
            repeats = (SAMPLE_MS / millis.max(1e-3)).ceil().max(2.0 * repeats).min(MOST_REPEATS);
            continue;
        }
        samples.push(millis);
        spent += took;
    }
    let clock = if session.clock() == GpuClock::Timestamps { Clock::Timestamps } else { Clock::Fenced };
    let timed = timed(samples, clock, session.extra_bytes());
    Ok((Timed { imitated: gpu.info().is_software, ..timed }, output))
}

fn timed(mut samples: Vec<f64>, clock: Clock, extra_bytes: u64) -> Timed {
    samples.sort_by(f64::total_cmp);
    Timed { samples, clock, imitated: false, extra_bytes, error: f64::NAN, strays: None, apart: None }
}

fn refusal(error: GpuError) -> Refusal {
    match error {
        GpuError::TooLarge { needed, limit, .. } => Refusal::TooLarge { needed, limit },
        GpuError::Lost(_) => Refusal::NoGpu,
        other => Refusal::Failed(other.to_string()),
    }
}

fn apart(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::NAN;
    }
    let most = |most: f64, (a, b): (&f32, &f32)| {
        let apart = f64::from((a - b).abs());
        if apart.is_nan() || most.is_nan() { f64::NAN } else { most.max(apart) }
    };
    a.iter().zip(b).fold(0.0, most)
}

/// The figure's agreement is the largest of its trials on the GPU.
fn tell_agreement(state: FigureState, work: &Work, timed: &Timed) {
    if let (Work::Gpu(_) | Work::Chain(_), Some(apart)) = (work, timed.apart) {
        let before = state.agreement.get_untracked();
        let larger = |old: f64, new: f64| if old.is_nan() || old > new { old } else { new };
        let gpu = before.as_ref().and_then(|before| before.gpu).map_or(apart, |old| larger(old, apart));
        let reference = before.map_or(timed.error, |before| larger(before.reference, timed.error));
        let adapter = backend_provider::gpu().map(|gpu| gpu.info().name).unwrap_or_default();
        state.agreement.set(Some(Agreement { gpu: Some(gpu), reference, adapter }));
    }
}
