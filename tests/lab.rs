//! The lab measures real runs: its plan is run here to the end on the CPU, and judged by the f64 reference.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use std::sync::Arc;

use ndarray::Array2;
use unrolled::algorithms::{Attention, Mask, MaskKind, reference};
use unrolled::chapters::flash_attention::lab::{Both, FLASH_GPU, SERIES, SHORTEST, SPEC, exact_row, table_bytes};
use unrolled::content::Lang;
use unrolled::figure::lab::head::{self, HeadInputs};
use unrolled::figure::lab::{Clock, Device, Lab, Measured, Outcome, Refusal, Timed, Work};
use unrolled::figure::{Figure, Values};
use unrolled::kernels::{BindingKind, plain_attention};

fn inputs(pairs: &[(&str, &str)]) -> HeadInputs {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(SPEC.fields, &pairs);
    assert_eq!(problems, []);
    let data = (SPEC.data)(&values).map(|path| heads::file(&path));
    head::read(&values, data.as_deref(), SHORTEST).unwrap()
}

fn flash(inputs: HeadInputs) -> Measured {
    Measured::new(Arc::new(Both::new(inputs)))
}

/// The whole of a figure's plan, as the page runs it where there is no GPU.
fn run(figure: Measured) -> Arc<dyn Figure> {
    let n_trials = figure.n_trials();
    let mut shown: Arc<dyn Figure> = Arc::new(figure);
    for idx in 0..n_trials {
        let lab = shown.lab().unwrap();
        let outcome = match lab.trial(idx) {
            Err(refusal) => Outcome::Refused(refusal),
            Ok(trial) => match trial.work {
                Work::Gpu(_) | Work::Chain(_) => Outcome::Refused(Refusal::NoGpu),
                Work::Cpu(start) => {
                    let mut work = start(&trial.uniform, trial.inputs.clone()).unwrap();
                    while work.step() {}
                    let extra_bytes = work.extra_bytes();
                    let output = work.finish().swap_remove(0);
                    // No test reads a clock.
                    let samples = vec![1.0];
                    Outcome::Timed(Timed {
                        samples,
                        clock: Clock::Slices,
                        imitated: false,
                        extra_bytes,
                        error: lab.error(idx, &output),
                        strays: lab.strays(idx, &output),
                        apart: None,
                    })
                }
            },
        };
        shown = lab.with(outcome);
    }
    shown
}

#[test]
fn both_methods_give_what_the_reference_gives() {
    for pairs in [&[("n", "200")][..], &[("n", "256"), ("d", "32")], &[("n", "300"), ("mask", "causal")]] {
        let shown = run(flash(inputs(pairs)));
        let lab = shown.lab().unwrap();
        let errors: Vec<f64> = lab
            .outcomes()
            .iter()
            .filter_map(|outcome| if let Outcome::Timed(timed) = outcome { Some(timed.error) } else { None })
            .collect();
        assert_eq!(errors.len(), lab.n_trials() / 2, "{pairs:?}: both methods ran on the CPU at every length");
        assert!(errors.iter().all(|error| *error < 5e-6), "{pairs:?}: {errors:?}");
        assert_eq!(shown.residual(0), errors.iter().copied().reduce(f64::max));
    }
}

#[test]
fn a_wrong_output_and_a_missing_one_are_seen() {
    let figure = flash(inputs(&[("n", "128")]));
    let trial = figure.trial(0).unwrap();
    let Work::Cpu(start) = trial.work else { panic!("the first trial is on the CPU") };
    let mut output = start(&trial.uniform, trial.inputs.clone()).unwrap().finish().swap_remove(0);
    assert!(figure.error(0, &output) < 1e-6);
    output[127 * 64 + 5] += 0.01;
    assert!((figure.error(0, &output) - 0.01).abs() < 1e-5);
    assert!(figure.error(0, &output[..100]).is_nan());
}

#[test]
fn a_repeated_key_counts_as_often_as_it_occurs() {
    for causal in ["none", "causal"] {
        let inputs = inputs(&[("n", "300"), ("mask", causal)]);
        let parts = inputs.tiled.tokens(300);
        let wide = |part: &Vec<f32>| Array2::from_shape_fn((300, 64), |(row, c)| f64::from(part[row * 64 + c]));
        let kind = if causal == "none" { MaskKind::None } else { MaskKind::CausalBottomRight };
        let x = Attention {
            q: wide(&parts[0]),
            k: wide(&parts[1]),
            v: wide(&parts[2]),
            scale: f64::from(0.125f32),
            mask: Mask::new(kind, 300, 300),
        };
        let exact = reference::attention(&x).out;
        for row in [0, 1, 255, 256, 257, 299] {
            let short = exact_row(&inputs, row, 300);
            let apart = exact.row(row).iter().zip(&short).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-12, "{causal}, row {row}: {apart}");
        }
    }
}

#[test]
fn the_table_fits_a_binding_up_to_5792_tokens() {
    let scratch = plain_attention::KERNEL.bindings_of(BindingKind::Scratch).next().expect("the table");
    let bytes = |n: usize| 4 * (scratch.len)(&inputs(&[("n", &n.to_string())]).softmax_uniform(n)) as u64;
    let binding = 128 << 20;
    assert!(bytes(5792) <= binding && binding < bytes(5793));
    assert_eq!(bytes(5792), table_bytes(5792));
}

#[test]
fn a_series_that_is_too_slow_or_has_no_device_is_not_tried_again() {
    let mut shown: Arc<dyn Figure> = Arc::new(flash(inputs(&[("n", "256")])));
    let timed =
        Timed { samples: vec![9000.0], clock: Clock::Slices, imitated: false, extra_bytes: 0, error: 1e-7, strays: None, apart: None };
    for outcome in [Outcome::Timed(timed), Outcome::Refused(Refusal::NoGpu)] {
        shown = shown.lab().unwrap().with(outcome);
    }
    for _ in 0..2 {
        shown = shown.lab().unwrap().with(Outcome::Refused(Refusal::TooLarge { needed: 2, limit: 1 }));
    }
    let again = |idx| shown.lab().unwrap().trial(idx).err();
    assert_eq!(again(4), Some(Refusal::Slow(9000.0)));
    assert_eq!(again(5), Some(Refusal::NoGpu));
    assert_eq!(again(6), None, "what did not fit is asked again: the device says its own limit");
}

#[test]
fn what_is_measured_is_what_is_said() {
    let mut shown: Arc<dyn Figure> = Arc::new(flash(inputs(&[("n", "128")])));
    assert!(shown.caption(0, 0, Lang::En).text().starts_with("Nothing is measured yet"));
    let timed = |ms: f64| Timed {
        samples: vec![ms / 2.0, ms, 3.0 * ms],
        clock: Clock::Fenced,
        imitated: false,
        extra_bytes: 512,
        error: 1e-7,
        strays: None,
        apart: Some(2e-7),
    };
    // In the order of SERIES: flash on CPU and GPU, then plain on CPU and GPU.
    for ms in [4.0, 2.0, 6.0, 14.0] {
        shown = shown.lab().unwrap().with(Outcome::Timed(timed(ms)));
    }
    let said = shown.caption(0, 0, Lang::En).text();
    assert!(said.contains("standard attention 14.0 ms") && said.contains("FlashAttention 2.00 ms") && said.contains("7.0 times"), "{said}");
    let table = shown.table(0, Lang::En);
    assert_eq!(table.rows[1][..6], ["FlashAttention, GPU", "128", "2.0000", "1.0000", "6.0000", "3"]);
    let why = shown.why(0, "1:128", Lang::Zh).unwrap().text();
    assert!(why.contains("2.00 ms") && why.contains("2.1 GFLOP/s"), "{why}");
    assert_eq!((SERIES[FLASH_GPU].name(Lang::En), SERIES[1].device), ("FlashAttention, GPU", Device::Gpu));
}
