//! The fast CPU methods: against the f64 reference at every awkward size, cut anywhere, and honest about memory.
//!
//! Run with `cargo nextest run --no-default-features --test cpu_path`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "kernels/exact_linear.rs"]
#[allow(dead_code, reason = "features have no fast path")]
mod exact_linear;
#[path = "kernels/head.rs"]
mod head;
#[path = "kernels/linear.rs"]
mod linear;
#[path = "kernels/sweep.rs"]
mod sweep;

use ndarray::Array2;
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;
use std::sync::Arc;
use unrolled::algorithms::{Attention, Mask as Rule, MaskKind, reference};
use unrolled::kernels::flash_attention::{self, Mask, uniform};
use unrolled::kernels::linear_attention::{FeatureMap, Normaliser};
use unrolled::kernels::plain_cpu::{self, MAX_TABLE_BYTES, PlainError};
use unrolled::kernels::sliced::Sliced;
use unrolled::kernels::{Case, Kernel, KernelError, Mismatch, Tolerance, linear_attention, linear_attention_causal};

const MASKS: [Mask; 3] = [Mask::None, Mask::BottomRight, Mask::TopLeft];

/// N(0, 1) inputs, scale 1/sqrt(d). `[nq, nk, d, dv]`.
fn normal([nq, nk, d, dv]: [u32; 4], mask: Mask, seed: u64) -> Case {
    let mut rng = Pcg32::seed_from_u64(seed);
    let mut draw = |len: u32| (0..len).map(|_| StandardNormal.sample(&mut rng)).collect::<Vec<f32>>();
    let inputs = vec![draw(nq * d), draw(nk * d), draw(nk * dv)];
    Case { name: "normal", uniform: uniform(nq, nk, d, dv, mask, 1.0 / (d as f32).sqrt()), inputs }
}

fn flash(case: &Case) -> Box<dyn Sliced> {
    flash_attention::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).unwrap()
}

fn plain(case: &Case) -> Box<dyn Sliced> {
    plain_cpu::start(&case.uniform, Arc::new(case.inputs.clone())).unwrap()
}

fn linear_over_all(case: &Case) -> Box<dyn Sliced> {
    linear_attention::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).unwrap()
}

fn linear_causal(case: &Case) -> Box<dyn Sliced> {
    linear_attention_causal::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).unwrap()
}

const EPS: Normaliser = Normaliser::Eps(1e-6);

/// N(0, 1) inputs of linear attention over all keys, elu + 1. `[nq, nk, d, dv]`.
fn over_all([nq, nk, d, dv]: [u32; 4], seed: u64) -> Case {
    Case { uniform: linear_attention::uniform(nq, nk, d, dv, FeatureMap::Elu1, EPS), ..normal([nq, nk, d, dv], Mask::None, seed) }
}

/// N(0, 1) inputs of causal linear attention, elu + 1. `[n, d, dv]`.
fn causal([n, d, dv]: [u32; 3], seed: u64) -> Case {
    Case { uniform: linear_attention_causal::uniform(n, d, dv, FeatureMap::Elu1, EPS), ..normal([n, n, d, dv], Mask::None, seed) }
}

type Start = fn(&Case) -> Box<dyn Sliced>;

const LINEAR: [(&Kernel, Start); 2] = [(&linear_attention::KERNEL, linear_over_all), (&linear_attention_causal::KERNEL, linear_causal)];

/// o and lse in f64, the lse of a dead row -inf.
fn expected(case: &Case) -> Vec<Vec<f64>> {
    let &[nq, nk, d, dv, mask, scale] = case.uniform.as_slice() else { panic!("{:?}", case.uniform) };
    let [nq, nk, d, dv] = [nq, nk, d, dv].map(|size| size as usize);
    let kind = [MaskKind::None, MaskKind::CausalBottomRight, MaskKind::CausalTopLeft][mask as usize];
    let matrix = |input: usize, rows, columns| {
        Array2::from_shape_vec((rows, columns), case.inputs[input].iter().map(|&x| f64::from(x)).collect()).unwrap()
    };
    let (q, k, v) = (matrix(0, nq, d), matrix(1, nk, d), matrix(2, nk, dv));
    let exact = reference::attention(&Attention { q, k, v, scale: f64::from(f32::from_bits(scale)), mask: Rule::new(kind, nq, nk) });
    vec![exact.out.into_iter().collect(), exact.lse.iter().map(|lse| lse.unwrap_or(f64::NEG_INFINITY)).collect()]
}

/// Both methods against f64: o within `o`, lse within half a unit in the last place more. The largest error of o.
#[track_caller]
fn check(case: &Case, o: f64) -> f64 {
    let what = format!("{} {:?}", case.name, &case.uniform[..5]);
    let exact = expected(case);
    let flash = flash(case).finish();
    let a = within(o).check(&flash[..1], &exact[..1]).unwrap_or_else(|error| panic!("flash {what}: {error}"));
    let lse = Tolerance { atol: o, rtol: 3e-7, reason: "a score of size s is off by near s times 6e-8, whatever is made of it" };
    lse.check(&flash[1..], &exact[1..]).unwrap_or_else(|error| panic!("flash {what}: lse: {error}"));
    let b = within(o).check(&plain(case).finish(), &exact[..1]).unwrap_or_else(|error| panic!("plain {what}: {error}"));
    a.max(b)
}

fn within(atol: f64) -> Tolerance {
    Tolerance { atol, rtol: 0.0, reason: "the bounds that every f32 path keeps: 1e-6 on N(0, 1), 5e-6 on the sharpest real head" }
}

#[test]
fn every_small_shape_under_every_mask() {
    for case in sweep::small_shapes() {
        check(&case, 1e-6);
    }
}

#[test]
fn ragged_sizes_at_every_width() {
    for (seed, d) in [1, 3, 32, 64, 80, 128].into_iter().enumerate() {
        for (nq, nk) in [(1, 1), (8, 64), (9, 65), (71, 64), (65, 200)] {
            for mask in MASKS {
                check(&normal([nq, nk, d, d], mask, seed as u64), 1e-6);
            }
        }
    }
    check(&normal([70, 90, 3, 128], Mask::BottomRight, 7), 1e-6);
    check(&normal([70, 90, 128, 5], Mask::TopLeft, 8), 1e-6);
}

#[test]
fn seeded_normal_inputs_at_size() {
    let error = check(&normal([320, 320, 64, 64], Mask::None, 11), 1e-6);
    println!("max error {error:.2e}");
}

#[test]
fn the_sharpest_real_head() {
    let error = check(&head::heads()[0], 5e-6);
    println!("max error {error:.2e}");
}

#[test]
fn the_cases_of_the_kernel() {
    for case in (flash_attention::KERNEL.cases)() {
        check(&case, 3e-6);
    }
}

#[test]
fn linear_attention_on_its_cases_on_real_heads_and_on_every_small_shape() {
    let (all, causal): (Vec<Case>, Vec<Case>) = linear::small_shapes().unzip();
    for ((kernel, start), shapes) in LINEAR.into_iter().zip([all, causal]) {
        let mut worst = 0.0_f64;
        for case in (kernel.cases)().into_iter().chain(linear::heads(kernel, head::heads())).chain(shapes) {
            let checked = kernel.tolerance.check(&start(&case).finish(), &exact_linear::linear_attention_f64(&case));
            worst = worst.max(checked.unwrap_or_else(|error| panic!("{} {}: {error}", kernel.name, case.name)));
        }
        println!("{}: max error {worst:.2e}", kernel.name);
    }
}

#[test]
fn linear_attention_far_from_zero_overflows_to_infinity_and_not_to_a_number() {
    let mut case = over_all([9, 9, 3, 3], 1);
    case.uniform = linear_attention::uniform(9, 9, 3, 3, FeatureMap::Exp, Normaliser::Absent);
    case.inputs[0].fill(1.0);
    case.inputs[1].fill(100.0);
    case.inputs[2].fill(1.0);
    assert!(linear_over_all(&case).finish()[0].iter().all(|&o| o == f32::INFINITY));
    case.inputs[1].fill(-100.0);
    assert!(linear_over_all(&case).finish()[0].iter().all(|&o| (0.0..1e-41).contains(&o)));
}

#[test]
fn linear_attention_without_the_own_key_is_told() {
    for (kernel, start) in LINEAR {
        let case = (kernel.cases)().into_iter().find(|case| case.name == "head_sized").unwrap();
        let mut wrong = case.clone();
        wrong.inputs[1].rotate_left(64);
        let verdict = kernel.tolerance.check(&start(&wrong).finish(), &exact_linear::linear_attention_f64(&case));
        assert!(matches!(verdict, Err(Mismatch::Value { .. })), "{}: {verdict:?}", kernel.name);
    }
}

#[test]
fn the_state_of_linear_attention_has_one_size() {
    let bytes = |n| [linear_over_all(&over_all([n, n, 64, 64], 6)).extra_bytes(), linear_causal(&causal([n, 64, 64], 6)).extra_bytes()];
    assert_eq!(bytes(64), bytes(1024));
    assert!(bytes(64)[1] < 100 << 10, "{:?}", bytes(64));
}

#[test]
fn dead_rows_are_zero_and_their_lse_is_minus_infinity() {
    let case = normal([150, 20, 32, 32], Mask::BottomRight, 3);
    for run in [flash(&case).finish(), plain(&case).finish()] {
        assert!(run[0][..130 * 32].iter().all(|&o| o == 0.0));
        assert!(run[0][130 * 32..].iter().all(|o| o.is_finite()));
    }
    let lse = &flash(&case).finish()[1];
    assert!(lse[..130].iter().all(|&lse| lse == f32::NEG_INFINITY) && lse[130..].iter().all(|lse| lse.is_finite()));
}

#[test]
fn a_check_that_can_fail() {
    let case = normal([70, 90, 32, 32], Mask::BottomRight, 4);
    let mut wrong = case.clone();
    wrong.uniform[4] = Mask::TopLeft as u32;
    for run in [flash(&wrong).finish()[..1].to_vec(), plain(&wrong).finish()] {
        let verdict = within(1e-6).check(&run, &expected(&case)[..1]);
        assert!(matches!(verdict, Err(Mismatch::Value { .. })), "{verdict:?}");
    }
}

#[test]
fn slices_stop_anywhere_and_progress_never_falls() {
    let case = normal([200, 400, 64, 64], Mask::BottomRight, 5);
    let linear = [(linear_over_all as Start, over_all([2500, 1200, 64, 64], 5)), (linear_causal, causal([1300, 64, 64], 5))];
    for (start, case) in [(flash as Start, case.clone()), (plain, case)].into_iter().chain(linear) {
        let whole = start(&case).finish();
        let mut n_slices = 0;
        loop {
            // A run of `n_slices` slices and the rest at one go.
            let mut run = start(&case);
            let (mut more, mut before) = (true, run.progress());
            assert_eq!(before, 0.0);
            for _ in 0..n_slices {
                more = run.step();
                assert!(run.progress() > before && run.progress() <= 1.0, "{before} then {}", run.progress());
                before = run.progress();
            }
            assert_eq!(more, before < 1.0);
            assert_eq!(run.finish(), whole, "cut after {n_slices} slices");
            if !more {
                break;
            }
            n_slices += 1;
        }
        assert!(n_slices > 2, "one slice is no slice");
        let mut run = start(&case);
        while run.step() {}
        assert!(!run.step() && run.progress() == 1.0);
    }
}

#[test]
fn memory_beyond_inputs_and_output() {
    let bytes = |n| {
        let case = normal([n, n, 64, 64], Mask::None, 6);
        [flash(&case).extra_bytes(), plain(&case).extra_bytes()]
    };
    let ([flash_small, plain_small], [flash_large, plain_large]) = (bytes(256), bytes(1024));
    assert_eq!(flash_small, flash_large, "the tiles have one size");
    assert!(flash_large < 64 << 10, "{flash_large}");
    assert!(plain_small >= 4 * 256 * 256 && plain_large >= 4 * 1024 * 1024);
    assert!(plain_large < 4 * 1024 * 1024 + (8 << 10), "{plain_large}: the table and little else");
}

#[test]
fn what_cannot_run_says_so() {
    let n = 8200;
    let case = Case { name: "table", uniform: uniform(n, n, 1, 1, Mask::None, 1.0), inputs: vec![vec![0.5; n as usize]; 3] };
    let needed = 4 * u64::from(n) * u64::from(n);
    let refused = plain_cpu::start(&case.uniform, Arc::new(case.inputs.clone())).err();
    assert_eq!(refused, Some(PlainError::Table { needed, limit: MAX_TABLE_BYTES }));
    assert!(flash(&case).step());

    let mut short = normal([9, 9, 4, 4], Mask::None, 1);
    short.inputs[1].pop();
    let error = KernelError::InputLength { kernel: "flash_attention", binding: "k", expected: 36, found: 35 };
    assert_eq!(flash_attention::cpu::start(&short.uniform, Arc::new(short.inputs.clone())).err(), Some(error.clone()));
    assert_eq!(plain_cpu::start(&short.uniform, Arc::new(short.inputs)).err(), Some(PlainError::Input(error)));
}
