//! Every kernel of the table on the GPU (natively: Vulkan, for instance lavapipe) against its CPU twin,
//! and everything that can go wrong on the way.
//!
//! Run with `cargo nextest run --no-default-features --features gpu --test kernels_gpu`.
//! A machine without an adapter fails, unless `SKIP_GPU=1` says aloud that it may.
#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "kernels/exact.rs"]
mod exact;
#[path = "kernels/head.rs"]
mod head;
#[path = "kernels/linear.rs"]
mod linear;
#[path = "kernels/sweep.rs"]
mod sweep;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use pollster::block_on;
use unrolled::backend::{Backend, Clock, Gpu, GpuError, agreement, probe};
use unrolled::kernels::{
    Binding, BindingKind, Case, KERNELS, Kernel, KernelError, Pass, Variant, flash_attention, linear_attention, linear_attention_causal,
    performer_features, plain_attention,
};

const ATTENTION: &Kernel = &flash_attention::KERNEL;
const PLAIN: &Kernel = &plain_attention::KERNEL;

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

fn run_variant(gpu: &Gpu, kernel: &Kernel, variant: &Variant, case: &Case) -> Result<Vec<Vec<f32>>, GpuError> {
    block_on(async { gpu.prepare_variant(kernel, variant, &case.uniform, &case.slices()).await?.run().await })
}

/// The kernel with one variant for all adapters, the rolled one, whose only pass is changed.
fn changed(name: &'static str, change: impl FnOnce(&mut Pass)) -> Kernel {
    changed_variant("rolled", name, change)
}

fn changed_variant(variant: &str, name: &'static str, change: impl FnOnce(&mut Pass)) -> Kernel {
    let variant = ATTENTION.variants.iter().find(|other| other.name == variant).unwrap();
    let mut pass = variant.passes[0];
    change(&mut pass);
    let variant = Variant { adapter: None, passes: Box::leak(Box::new([pass])), ..*variant };
    Kernel { name, variants: Box::leak(Box::new([variant])), ..*ATTENTION }
}

#[test]
fn every_kernel_agrees_with_its_twin() {
    with_gpu(|gpu| {
        println!("{:?}", gpu.info());
        for kernel in KERNELS {
            for case in (kernel.cases)().into_iter().chain(linear::heads(kernel, head::heads())) {
                let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
                for variant in kernel.variants {
                    let name = format!("{} {} {}", kernel.name, variant.name, case.name);
                    let on_gpu = run_variant(gpu, kernel, variant, &case).unwrap_or_else(|error| panic!("{name}: {error}"));
                    kernel.tolerance.check(&on_gpu, &twin).unwrap_or_else(|mismatch| panic!("{name}: {mismatch}"));
                    println!("{name}: GPU within {:.1e} of its twin", agreement(&on_gpu, &twin).unwrap());
                }
            }
        }
    });
}

#[test]
fn attention_agrees_on_every_small_shape() {
    with_gpu(|gpu| {
        for (kernel, case) in sweep::small_shapes().flat_map(|case| [(ATTENTION, case.clone()), (PLAIN, case)]) {
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            for variant in kernel.variants {
                let checked = kernel.tolerance.check(&run_variant(gpu, kernel, variant, &case).unwrap(), &twin);
                checked.unwrap_or_else(|mismatch| panic!("{} {:?}: {mismatch}", variant.name, case.uniform));
            }
        }
    });
}

#[test]
fn linear_attention_agrees_on_every_small_shape() {
    with_gpu(|gpu| {
        for (all, causal) in linear::small_shapes() {
            for (kernel, case) in [(&linear_attention::KERNEL, all), (&linear_attention_causal::KERNEL, causal)] {
                let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
                for variant in kernel.variants {
                    let checked = kernel.tolerance.check(&run_variant(gpu, kernel, variant, &case).unwrap(), &twin);
                    checked.unwrap_or_else(|mismatch| panic!("{} {} {:?}: {mismatch}", kernel.name, variant.name, case.uniform));
                }
            }
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
        // More than one tile of keys for either variant.
        let case = case("more_than_one_workgroup");
        let twin = ATTENTION.run_cpu(&case.uniform, &case.slices()).unwrap();
        let right = changed("right", |_| {});
        ATTENTION.tolerance.check(&run(gpu, &right, &case).unwrap(), &twin).unwrap();
        for (variant, rescaled) in [("rolled", "old[0] * alpha.x"), ("tiled", "acc[0] * alpha.x")] {
            let wrong = changed_variant(variant, "forgets_to_rescale", |pass| {
                let forgetful = pass.wgsl.replace(rescaled, rescaled.split_once(' ').unwrap().0);
                assert!(forgetful != pass.wgsl);
                pass.wgsl = forgetful.leak();
            });
            let mismatch = ATTENTION.tolerance.check(&run(gpu, &wrong, &case).unwrap(), &twin).unwrap_err();
            println!("{variant} told: {mismatch}");
        }
    });
}

#[test]
fn a_wrong_kernel_of_linear_attention_is_told_from_its_twin() {
    let wrongs: [(&Kernel, usize, &str, &str, &str); 7] = [
        (&linear_attention::KERNEL, 0, "ragged", "4u * c + vec4u(0u, 1u, 2u, 3u) < vec4u(sizes.d)", "x == x"),
        (&linear_attention::KERNEL, 1, "two_chunks", "chunk < chunks", "chunk < 1u"),
        (&linear_attention::KERNEL, 1, "ragged", "4u && j + r < end", "4u"),
        (&linear_attention_causal::KERNEL, 0, "many_chunks", "= before;", "= before + own;"),
        (&linear_attention_causal::KERNEL, 0, "one_tile", "j <= vec4u", "j < vec4u"),
        (&linear_attention_causal::KERNEL, 1, "one_tile", "vec4f(1.0, 1.0, 0.0, 0.0)", "vec4f(1.0, 0.0, 0.0, 0.0)"),
        (&performer_features::KERNEL, 1, "keys", "phi[i * sizes.m + a] - rows[i]", "phi[i * sizes.m + a]"),
    ];
    with_gpu(|gpu| {
        for (kernel, variant, name, right, wrong) in wrongs {
            let case = (kernel.cases)().into_iter().find(|case| case.name == name).unwrap();
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            let changed = kernel.variants[variant].passes.iter().map(|pass| {
                assert_eq!(pass.wgsl.matches(right).count(), 1, "{right}");
                Pass { wgsl: pass.wgsl.replace(right, wrong).leak(), ..*pass }
            });
            let variant = Variant { passes: changed.collect::<Vec<_>>().leak(), ..kernel.variants[variant] };
            let told = kernel.tolerance.check(&run_variant(gpu, kernel, &variant, &case).unwrap(), &twin);
            println!("{wrong} told: {}", told.unwrap_err());
        }
    });
}

#[test]
fn an_unwritten_output_is_noticed() {
    with_gpu(|gpu| {
        let too_small = changed("too_small", |pass| pass.dispatch = |_| [1, 1, 1]);
        let error = run(gpu, &too_small, &case("more_than_one_workgroup")).unwrap_err();
        // One workgroup writes 16 x 4 rows of width 32.
        let first = 16 * 4 * 32;
        assert_eq!(error, GpuError::Unwritten { kernel: "too_small".to_string(), output: "o", index: first });

        let nothing = changed("nothing", |pass| pass.dispatch = |_| [0, 1, 1]);
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
        refused(changed("no_wgsl", |pass| pass.wgsl = "this is no WGSL"));
        refused(changed("no_entry", |pass| pass.entry = "nowhere"));
        refused(Kernel { name: "too_few_bindings", bindings: &ATTENTION.bindings[..5], ..*ATTENTION });
        // The device is none the worse for it, and what failed is not in the cache.
        run(gpu, ATTENTION, &case).unwrap();
        refused(changed("no_wgsl", |pass| pass.wgsl = "this is no WGSL"));
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
            bindings[4] = Binding { name: "o", kind: BindingKind::Output, len: |_| 1 << 30, row: None };
            bindings
        };
        let case = case("square");
        let error = run(gpu, &Kernel { name: "huge", bindings: BINDINGS, ..*ATTENTION }, &case).unwrap_err();
        assert!(matches!(error, GpuError::TooLarge { what: "o", needed: 0x1_0000_0000, .. }), "{error}");
        let wide = changed("wide", |pass| pass.dispatch = |_| [1, 65536, 1]);
        let error = run(gpu, &wide, &case).unwrap_err();
        assert!(matches!(error, GpuError::TooLarge { what: "workgroups", needed: 65536, .. }), "{error}");
    });
}

/// Tighter than the tolerance between twins: what the chapter promises of its kernel, on f32 inputs of the
/// kind it shows.
#[test]
fn flash_attention_is_exact_to_the_promised_digits() {
    with_gpu(|gpu| {
        for (case, promised) in head::heads().into_iter().map(|case| (case, 5e-6)).chain([(case("head_sized_normal"), 1e-6)]) {
            let expected = &exact::attention_f64(&case)[..1];
            for variant in ATTENTION.variants {
                let outputs = run_variant(gpu, ATTENTION, variant, &case).unwrap();
                let worst = agreement(&outputs[..1], expected).unwrap();
                println!("{} {}: within {worst:.1e} of f64", variant.name, case.name);
                assert!(worst <= promised, "{} {}: {worst:e}", variant.name, case.name);
            }
        }
    });
}

/// The wall that FlashAttention takes down: the plain method's n x n matrix outgrows a binding.
#[test]
fn plain_attention_names_the_matrix_that_is_too_large() {
    with_gpu(|gpu| {
        let limit: u64 = 128 << 20;
        let prepare = |n: u32| {
            let (uniform, row) = (flash_attention::uniform(n, n, 1, 1, flash_attention::Mask::None, 1.0), vec![0.5; n as usize]);
            block_on(gpu.prepare(PLAIN, &uniform, &[&row, &row, &row])).map(|session| session.extra_bytes())
        };
        assert_eq!(prepare(5792).unwrap(), 4 * 5792 * 5792);
        let needed = 4 * 5793 * 5793;
        assert_eq!(prepare(5793).unwrap_err(), GpuError::TooLarge { kernel: "plain_attention".to_string(), what: "s", needed, limit });
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a clock is what this is about")]
fn a_session_runs_times_and_reads_again_and_again() {
    with_gpu(|gpu| {
        let start = Instant::now();
        let now = || start.elapsed().as_secs_f64() * 1e3;
        for (kernel, variant) in [ATTENTION, PLAIN].into_iter().flat_map(|kernel| kernel.variants.iter().map(move |form| (kernel, form))) {
            let case = case("head_sized");
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            block_on(async {
                let session = gpu.prepare_variant(kernel, variant, &case.uniform, &case.slices()).await.unwrap();
                let unwritten = session.read().await.unwrap_err();
                assert!(matches!(unwritten, GpuError::Unwritten { output: "o", index: 0, .. }), "{unwritten}");
                let begun = now();
                let each = session.time(3, &now).await.unwrap();
                assert!(each > 0.0 && 3.0 * each <= now() - begun, "{each} ms by {:?}", session.clock());
                kernel.tolerance.check(&session.read().await.unwrap(), &twin).unwrap();
                kernel.tolerance.check(&session.run().await.unwrap(), &twin).unwrap();
                println!("{} {}: {each:.2} ms by {:?}", kernel.name, variant.name, session.clock());
                assert_ne!(session.clock(), Clock::Wall, "software Vulkan has timestamps");
            });
        }
    });
}

#[test]
fn extra_memory_is_linear_for_flash_and_quadratic_for_plain() {
    with_gpu(|gpu| {
        let case = case("head_sized");
        let extra = |kernel: &Kernel| block_on(gpu.prepare(kernel, &case.uniform, &case.slices())).unwrap().extra_bytes();
        assert_eq!(extra(ATTENTION), 4 * 256, "the log-sum-exp of each row");
        assert_eq!(extra(PLAIN), 4 * 256 * 256, "the matrix");
    });
}

#[test]
fn a_session_of_a_lost_device_says_so() {
    with_gpu(|gpu| {
        let case = case("square");
        let session = block_on(gpu.prepare(PLAIN, &case.uniform, &case.slices())).unwrap();
        gpu.destroy();
        assert!(matches!(block_on(session.time(2, &|| 0.0)), Err(GpuError::Lost(_))));
        assert!(matches!(block_on(session.run()), Err(GpuError::Lost(_))));
        assert!(matches!(block_on(session.read()), Err(GpuError::Lost(_))));
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
        let broken = changed("broken", |pass| pass.wgsl = "this is no WGSL");
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
