//! Every kernel of the table on the GPU (natively: Vulkan, for instance lavapipe) against its CPU twin,
//! and everything that can go wrong on the way.
//!
//! Run with `cargo nextest run --no-default-features --features gpu --test kernels_gpu`.
//! A machine without an adapter fails, unless `SKIP_GPU=1` says aloud that it may.
#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "kernels/head.rs"]
mod head;
#[path = "kernels/sweep.rs"]
mod sweep;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pollster::block_on;
use unrolled::backend::{Backend, Gpu, GpuError, agreement, probe};
use unrolled::kernels::{Binding, BindingKind, Case, KERNELS, Kernel, KernelError, flash_attention};

const ATTENTION: &Kernel = &flash_attention::KERNEL;

/// Runs `test` on a device that lives no longer than it: lavapipe may crash when a process ends with one.
fn with_gpu(test: impl FnOnce(&Gpu)) {
    match block_on(probe()) {
        Ok(gpu) => test(&gpu),
        Err(error) if std::env::var("SKIP_GPU").is_ok_and(|value| value == "1") => {
            eprintln!("SKIPPED, NOTHING WAS TESTED: SKIP_GPU=1 and {error}");
        }
        Err(error) => panic!("no GPU to test on ({error}); SKIP_GPU=1 skips these tests"),
    }
}

fn case(name: &str) -> Case {
    (ATTENTION.cases)().into_iter().find(|case| case.name == name).unwrap()
}

fn run(gpu: &Gpu, kernel: &Kernel, case: &Case) -> Result<Vec<Vec<f32>>, GpuError> {
    block_on(gpu.run(kernel, &case.uniform, &case.slices()))
}

#[test]
fn every_kernel_agrees_with_its_twin() {
    with_gpu(|gpu| {
        println!("{:?}", gpu.info());
        for kernel in KERNELS {
            let mut cases = (kernel.cases)();
            if kernel.name == ATTENTION.name {
                cases.push(head::sharpest());
            }
            for case in cases {
                let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
                let on_gpu = run(gpu, kernel, &case).unwrap_or_else(|error| panic!("{}: {error}", case.name));
                kernel.tolerance.check(&on_gpu, &twin).unwrap_or_else(|mismatch| panic!("{} {}: {mismatch}", kernel.name, case.name));
                let worst = agreement(&on_gpu, &twin).unwrap();
                println!("{} {}: GPU within {worst:.1e} of its twin", kernel.name, case.name);
            }
        }
    });
}

#[test]
fn attention_agrees_on_every_small_shape() {
    with_gpu(|gpu| {
        for case in sweep::small_shapes() {
            let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
            let checked = ATTENTION.tolerance.check(&run(gpu, ATTENTION, &case).unwrap(), &twin);
            checked.unwrap_or_else(|mismatch| panic!("{:?}: {mismatch}", case.uniform));
        }
    });
}

#[test]
fn sizes_of_the_lab_run_and_agree() {
    with_gpu(|gpu| {
        let (n, d) = (4097_u32, 8_u32);
        let wave = |len: u32, step: f32| (0..len).map(|i| (i as f32 * step).sin()).collect::<Vec<f32>>();
        let case = Case {
            name: "long",
            uniform: flash_attention::uniform(n, n, d, d, flash_attention::Mask::BottomRight, 0.5),
            inputs: vec![wave(n * d, 0.37), wave(n * d, 0.73), wave(n * d, 0.11)],
        };
        let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
        ATTENTION.tolerance.check(&run(gpu, ATTENTION, &case).unwrap(), &twin).unwrap();
    });
}

#[test]
fn a_wrong_kernel_is_told_from_its_twin() {
    with_gpu(|gpu| {
        let case = case("square_causal");
        let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
        // Narrow arrays, because lavapipe compiles the wide ones for seconds.
        let narrow = ATTENTION.wgsl.replace("MAX_D = 128u", "MAX_D = 16u");
        let forgets_to_rescale = narrow.replace("acc[c] * alpha", "acc[c]");
        assert!(narrow != ATTENTION.wgsl && forgets_to_rescale != narrow);
        let right = Kernel { name: "narrow", wgsl: narrow.leak(), ..*ATTENTION };
        ATTENTION.tolerance.check(&run(gpu, &right, &case).unwrap(), &twin).unwrap();
        let wrong = Kernel { name: "forgets_to_rescale", wgsl: forgets_to_rescale.leak(), ..*ATTENTION };
        let mismatch = ATTENTION.tolerance.check(&run(gpu, &wrong, &case).unwrap(), &twin).unwrap_err();
        println!("told: {mismatch}");
    });
}

#[test]
fn an_unwritten_output_is_noticed() {
    with_gpu(|gpu| {
        let too_small = Kernel { name: "too_small", dispatch: |_| [1, 1, 1], ..*ATTENTION };
        let error = run(gpu, &too_small, &case("more_than_one_workgroup")).unwrap_err();
        // One workgroup writes 32 x 4 rows of width 32.
        let first = 32 * 4 * 32;
        assert_eq!(error, GpuError::Unwritten { kernel: "too_small".to_string(), output: "o", index: first });

        let nothing = Kernel { name: "nothing", dispatch: |_| [0, 1, 1], ..*ATTENTION };
        let error = run(gpu, &nothing, &case("square")).unwrap_err();
        assert!(matches!(error, GpuError::Unwritten { output: "o", index: 0, .. }), "{error}");
    });
}

#[test]
fn a_kernel_that_does_not_compile_is_a_typed_error() {
    with_gpu(|gpu| {
        let case = case("square");
        let refused = |kernel: Kernel| {
            let error = run(gpu, &kernel, &case).unwrap_err();
            assert!(matches!(&error, GpuError::Validation { message, .. } if !message.is_empty()), "{error}");
        };
        refused(Kernel { name: "no_wgsl", wgsl: "this is no WGSL", ..*ATTENTION });
        refused(Kernel { name: "no_entry", entry: "nowhere", ..*ATTENTION });
        refused(Kernel { name: "too_few_bindings", bindings: &ATTENTION.bindings[..5], ..*ATTENTION });
        // The device is none the worse for it, and what failed is not in the cache.
        run(gpu, ATTENTION, &case).unwrap();
        refused(Kernel { name: "no_wgsl", wgsl: "this is no WGSL", ..*ATTENTION });
    });
}

#[test]
fn what_exceeds_the_device_is_refused_before_it_is_allocated() {
    with_gpu(|gpu| {
        const BINDINGS: &[Binding] = &{
            let mut bindings = [ATTENTION.bindings[0]; 6];
            let mut i = 0;
            while i < 6 {
                bindings[i] = ATTENTION.bindings[i];
                i += 1;
            }
            bindings[4] = Binding { name: "o", kind: BindingKind::Output, len: |_| 1 << 30 };
            bindings
        };
        let case = case("square");
        let error = run(gpu, &Kernel { name: "huge", bindings: BINDINGS, ..*ATTENTION }, &case).unwrap_err();
        assert!(matches!(error, GpuError::TooLarge { what: "o", needed: 0x1_0000_0000, .. }), "{error}");
        let wide = Kernel { name: "wide", dispatch: |_| [1, 65536, 1], ..*ATTENTION };
        let error = run(gpu, &wide, &case).unwrap_err();
        assert!(matches!(error, GpuError::TooLarge { what: "workgroups", needed: 65536, .. }), "{error}");
    });
}

#[test]
fn inputs_that_do_not_fit_are_refused_on_both_sides() {
    with_gpu(|gpu| {
        let mut case = case("square");
        case.inputs[2].pop();
        for backend in [Backend::Cpu, Backend::Gpu(gpu.clone())] {
            let error = block_on(backend.run(ATTENTION, &case.uniform, &case.slices())).unwrap_err();
            let refused = matches!(error, GpuError::Input(KernelError::InputLength { binding: "v", .. }));
            assert!(refused, "{}: {error}", backend.name());
            block_on(backend.run_or_twin(ATTENTION, &case.uniform, &case.slices())).unwrap_err();
        }
    });
}

#[test]
fn a_destroyed_device_is_lost_and_the_twin_takes_over() {
    with_gpu(|gpu| {
        let case = case("square_causal");
        let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
        let backend = Backend::Gpu(gpu.clone());
        let on_gpu = block_on(backend.run_or_twin(ATTENTION, &case.uniform, &case.slices())).unwrap();
        assert_eq!(on_gpu.1, None);

        let told = Arc::new(AtomicUsize::new(0));
        let teller = told.clone();
        gpu.on_lost(move |reason| {
            assert!(!reason.is_empty());
            teller.fetch_add(1, Ordering::Relaxed);
        });
        assert!(!gpu.is_lost());
        gpu.destroy();
        assert!(gpu.is_lost());
        assert_eq!(told.load(Ordering::Relaxed), 1, "told once");
        let late = Arc::new(Mutex::new(String::new()));
        let reason = late.clone();
        gpu.on_lost(move |why| *reason.lock().unwrap() = why.to_string());
        assert_eq!(*late.lock().unwrap(), "destroyed", "a late listener is told at once");

        assert!(matches!(run(gpu, ATTENTION, &case), Err(GpuError::Lost(_))));
        let (outputs, note) = block_on(backend.run_or_twin(ATTENTION, &case.uniform, &case.slices())).unwrap();
        assert_eq!(outputs, twin);
        assert!(matches!(note, Some(GpuError::Lost(_))), "{note:?}");
    });
}

#[test]
fn runs_that_overlap_do_not_disturb_each_other() {
    with_gpu(|gpu| {
        let (first, second) = (case("square_causal"), case("ragged_no_mask"));
        let broken = Kernel { name: "broken", wgsl: "this is no WGSL", ..*ATTENTION };
        block_on(async {
            let (a, b) = (first.slices(), second.slices());
            let mut runs = [
                Box::pin(gpu.run(ATTENTION, &first.uniform, &a)) as std::pin::Pin<Box<dyn Future<Output = _>>>,
                Box::pin(gpu.run(&broken, &first.uniform, &a)),
                Box::pin(gpu.run(ATTENTION, &second.uniform, &b)),
            ];
            let mut results = [None, None, None];
            std::future::poll_fn(|context| {
                for (run, result) in runs.iter_mut().zip(&mut results).filter(|(_, result)| result.is_none()) {
                    if let std::task::Poll::Ready(value) = run.as_mut().poll(context) {
                        *result = Some(value);
                    }
                }
                if results.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
            let [first_result, broken_result, second_result] = results.map(Option::unwrap);
            for (case, result) in [(&first, first_result), (&second, second_result)] {
                let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
                ATTENTION.tolerance.check(&result.unwrap(), &twin).unwrap();
            }
            assert!(matches!(broken_result, Err(GpuError::Validation { .. })));
        });
    });
}
