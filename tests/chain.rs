//! Kernels one after another: the Performer's chain by its twins, on the CPU path, and with feature `gpu` on the GPU.
//!
//! Run with `cargo nextest run --no-default-features --features gpu --test chain`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;
use unrolled::kernels::chain::run_cpu;
use unrolled::kernels::linear_attention::{self, FeatureMap, Normaliser};
use unrolled::kernels::performer_features::{self, Stabiliser};
use unrolled::kernels::{KernelError, Tolerance, performer};

/// An output is a mean of values by weights that carry an error near 1e-6 of themselves.
const CLOSE: Tolerance = Tolerance { atol: 2e-5, rtol: 2e-5, reason: "two programs in f32, exponents of size up to 10" };

/// q, k, v and directions, N(0, 1). `[n, d, m, dv]`.
fn inputs([n, d, m, dv]: [u32; 4]) -> (Vec<u32>, Vec<Vec<f32>>) {
    let mut rng = Pcg32::seed_from_u64(u64::from(n * 7 + d * 5 + m * 3 + dv));
    let mut draw = |len: u32| (0..len).map(|_| StandardNormal.sample(&mut rng)).collect::<Vec<f32>>();
    (performer::uniform(n, d, m, dv), vec![draw(n * d), draw(n * d), draw(n * dv), draw(m * d)])
}

#[test]
fn the_cpu_path_gives_what_the_twins_give() {
    for sizes in [[1, 1, 1, 1], [5, 3, 7, 2], [70, 32, 16, 32], [130, 8, 33, 5], [64, 64, 128, 64]] {
        let (uniform, inputs) = inputs(sizes);
        let twins = run_cpu(performer::CHAIN, &uniform, &inputs).unwrap();
        let mut work = performer::start(&uniform, Arc::new(inputs)).unwrap();
        let mut before = 0.0;
        while work.step() {
            assert!((before..=1.0).contains(&work.progress()));
            before = work.progress();
        }
        assert!((0.9..=1.0).contains(&work.progress()), "{}", work.progress());
        let [n, d, m, dv] = sizes;
        let features = vec![vec![0.0; (n * m) as usize], vec![0.0; (n * m) as usize], vec![0.0; (n * dv) as usize]];
        let words = linear_attention::uniform(n, n, m, dv, FeatureMap::Identity, Normaliser::Eps(0.0));
        let state = linear_attention::cpu::start(&words, Arc::new(features)).unwrap().extra_bytes();
        let (held, made, turned) = (work.extra_bytes(), u64::from(8 * n * m), u64::from(4 * m.next_multiple_of(8) * d));
        assert_eq!(held, made + turned + state, "features of queries and keys, directions turned over, and the state");
        CLOSE.check(&work.finish(), &twins).unwrap_or_else(|why| panic!("{sizes:?}: {why}"));
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (uniform, mut inputs) = inputs([5, 3, 7, 2]);
    inputs[3].pop();
    let refused = performer::start(&uniform, Arc::new(inputs.clone())).err();
    assert!(matches!(refused, Some(KernelError::InputLength { binding: "w", expected: 21, found: 20, .. })), "{refused:?}");
    inputs.pop();
    assert!(matches!(performer::start(&uniform, Arc::new(inputs.clone())).err(), Some(KernelError::InputCount { .. })));
    assert!(run_cpu(performer::CHAIN, &uniform, &inputs).is_err());
    assert!(performer::start(&[], Arc::new(inputs)).is_err());
}

#[cfg(feature = "gpu")]
#[test]
fn the_gpu_gives_what_the_twins_give() {
    use pollster::block_on;
    use unrolled::backend::{GpuError, probe};
    let gpu = match block_on(probe()) {
        Ok(gpu) => gpu,
        Err(error) if std::env::var("SKIP_GPU").is_ok_and(|value| value == "1") => {
            return eprintln!("SKIPPED, NOTHING WAS TESTED: SKIP_GPU=1 and {error}");
        }
        Err(error) => panic!("no GPU to test on ({error}); SKIP_GPU=1 skips this test"),
    };
    let run = |uniform: &[u32], inputs: &[Vec<f32>]| {
        let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        block_on(async {
            let session = gpu.prepare_chain(performer::CHAIN, uniform, &slices).await?;
            Ok::<_, GpuError>((session.run().await?, session.run().await?, session.extra_bytes()))
        })
    };
    for sizes in [[70, 32, 16, 32], [256, 32, 128, 32], [33, 9, 1024, 5]] {
        let (uniform, inputs) = inputs(sizes);
        let twins = run_cpu(performer::CHAIN, &uniform, &inputs).unwrap();
        let (first, again, extra) = run(&uniform, &inputs).unwrap();
        CLOSE.check(&first, &twins).unwrap_or_else(|why| panic!("{sizes:?}: {why}"));
        assert_eq!(first, again, "a second run reads the same features");
        let [n, d, m, dv] = sizes;
        let features = performer_features::uniform(n, d, m, Stabiliser::Absent, 1.0, 0.0);
        let words = linear_attention::uniform(n, n, m, dv, FeatureMap::Identity, Normaliser::Eps(0.0));
        let of = performer_features::KERNEL.extra_bytes(&features) + u64::from(4 * n * m);
        assert_eq!(extra, 2 * of + linear_attention::KERNEL.extra_bytes(&words), "the features are memory");
    }
    let (uniform, given) = inputs([5, 3, 7, 2]);
    let misfit = run(&uniform, &given).err();
    assert!(
        matches!(misfit, Some(GpuError::Validation { .. })),
        "rows of 7 features are not filled up as the input wants them: {misfit:?}"
    );
}
