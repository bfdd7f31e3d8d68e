//! Linear attention against softmax attention by its definition, against flash attention and against the CPU path, in turns.

use std::fmt::Write;
use std::sync::Arc;

use pollster::block_on;
use unrolled::backend::{Gpu, GpuError, Session};
use unrolled::kernels::linear_attention::{self, FeatureMap, Normaliser};
use unrolled::kernels::performer_features::Stabiliser;
use unrolled::kernels::sliced::Sliced;
use unrolled::kernels::{
    Case, Kernel, Tolerance, flash_attention, linear_attention_causal, performer, performer_features, plain_attention,
};

use super::exact_linear::linear_attention_f64;
use super::{Sample, case, first_less_second, now, processor_ms, sample, spread};

/// How much to measure.
pub struct Settings {
    /// Rows of Q, K and V.
    pub lengths: &'static [u32],
    /// Head size.
    pub width: u32,
    /// Interleaved rounds; a figure is the median over them.
    pub rounds: usize,
    /// How long one measurement should take at least, ms.
    pub least_ms: f64,
}

/// Beyond it, attention by its definition is left out: its matrix outgrows a binding.
const MAX_DENSE: u32 = 5792;
/// Rows that are held against f64.
const CHECKED: usize = 16;

type Start = fn(&Case) -> Option<Box<dyn Sliced>>;

enum Work {
    Gpu(Box<Session>),
    Cpu(Case, Start),
}

struct Contender {
    name: &'static str,
    work: Work,
    repeats: u32,
    samples: Vec<Sample>,
    error: Option<f64>,
}

/// Lengths one after the other.
///
/// # Errors
/// A run that failed.
pub fn report(out: &mut String, gpu: &Gpu, settings: &Settings) -> Result<(), GpuError> {
    let _ = writeln!(
        out,
        "\nlinear attention, elu + 1, d = {}; x flash: speed against flash attention on the same device, x CPU: of the GPU against the CPU path of the same",
        settings.width
    );
    settings.lengths.iter().try_for_each(|&n| compare(out, gpu, settings, n))
}

/// Milliseconds that compiling each kernel takes at this head size.
///
/// # Errors
/// A run that failed.
pub fn compile_times(gpu: &Gpu, d: u32) -> Result<Vec<(&'static str, f64)>, GpuError> {
    let softmax = case(32, d);
    let eps = Normaliser::Eps(1e-6);
    let [q, k, _] = [0, 1, 2].map(|input| softmax.inputs[input].as_slice());
    let kernels = [
        (&linear_attention::KERNEL, linear_attention::uniform(32, 32, d, d, FeatureMap::Elu1, eps), softmax.slices()),
        (&linear_attention_causal::KERNEL, linear_attention_causal::uniform(32, d, d, FeatureMap::Elu1, eps), softmax.slices()),
        (&performer_features::KERNEL, performer_features::uniform(32, d, 32, Stabiliser::All, 0.5, 1e-4), vec![q, k]),
    ];
    let took = kernels.into_iter().map(|(kernel, uniform, inputs): (&Kernel, _, _)| {
        Ok((kernel.name, first_less_second(|| block_on(async { gpu.prepare(kernel, &uniform, &inputs).await?.run().await }))?))
    });
    took.collect()
}

fn compare(out: &mut String, gpu: &Gpu, settings: &Settings, n: u32) -> Result<(), GpuError> {
    let mut contenders = contenders(gpu, n, settings.width)?;
    for contender in &mut contenders {
        let once = contender.sample()?.ms.max(0.01);
        // The time of a thread is told once in a tick of its scheduler, some milliseconds.
        let least_ms = if matches!(contender.work, Work::Cpu(..)) { settings.least_ms.max(30.0) } else { settings.least_ms };
        contender.repeats = (least_ms / once).ceil().clamp(1.0, 1000.0) as u32;
    }
    for _ in 0..settings.rounds {
        for contender in &mut contenders {
            let sample = contender.sample()?;
            contender.samples.push(sample);
        }
    }
    let software = gpu.info().is_software;
    for contender in &contenders {
        let on_gpu = matches!(contender.work, Work::Gpu(_));
        let cost = |sample: &Sample| if software || !on_gpu { sample.cpu_ms } else { sample.ms };
        let ratio = |base: &str| {
            let base = contenders.iter().find(|other| other.name == base)?;
            let pairs = base.samples.iter().zip(&contender.samples);
            Some(spread(pairs.map(|(base, sample)| cost(base) / cost(sample)))[1])
        };
        let told = |ratio: Option<f64>| ratio.map_or("-".to_string(), |ratio| format!("{ratio:.2}"));
        let [low, ms, high] = spread(contender.samples.iter().map(cost));
        let _ = writeln!(
            out,
            "n = {n:5}  {:<20} {ms:9.2} ms ({low:.2} to {high:.2})  x dense {:>7}  x flash {:>7}  x CPU {:>7}  error {}",
            contender.name,
            told(if on_gpu { ratio("dense") } else { None }),
            told(ratio(if on_gpu { "flash" } else { "flash, CPU" })),
            told(if on_gpu { ratio(&format!("{}, CPU", contender.name)) } else { None }),
            contender.error.map_or("-".to_string(), |error| format!("{error:.1e}")),
        );
    }
    Ok(())
}

fn contenders(gpu: &Gpu, n: u32, d: u32) -> Result<Vec<Contender>, GpuError> {
    let softmax = case(n, d);
    let eps = Normaliser::Eps(1e-6);
    let all = Case { uniform: linear_attention::uniform(n, n, d, d, FeatureMap::Elu1, eps), ..softmax.clone() };
    let causal = Case { uniform: linear_attention_causal::uniform(n, d, d, FeatureMap::Elu1, eps), ..softmax.clone() };
    let on_gpu: [(&str, &Kernel, &Case); 4] = [
        ("dense", &plain_attention::KERNEL, &softmax),
        ("flash", &flash_attention::KERNEL, &softmax),
        ("linear", &linear_attention::KERNEL, &all),
        ("linear causal", &linear_attention_causal::KERNEL, &causal),
    ];
    let estimate = performer_case(&softmax, n, d);
    let on_cpu: [(&str, Start, &Case); 4] = [
        ("Performer, CPU", |case| performer::start(&case.uniform, Arc::new(case.inputs.clone())).ok(), &estimate),
        ("flash, CPU", |case| flash_attention::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).ok(), &softmax),
        ("linear, CPU", |case| linear_attention::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).ok(), &all),
        ("linear causal, CPU", |case| linear_attention_causal::cpu::start(&case.uniform, Arc::new(case.inputs.clone())).ok(), &causal),
    ];
    let mut contenders = Vec::new();
    for (name, kernel, case) in on_gpu.into_iter().filter(|(name, ..)| *name != "dense" || n <= MAX_DENSE) {
        let session = block_on(gpu.prepare(kernel, &case.uniform, &case.slices()))?;
        let o = block_on(session.run())?.swap_remove(0);
        contenders.push(Contender {
            name,
            work: Work::Gpu(Box::new(session)),
            repeats: 1,
            samples: Vec::new(),
            error: error(name, case, &o)?,
        });
    }
    let session = block_on(gpu.prepare_chain(performer::CHAIN, &estimate.uniform, &estimate.slices()))?;
    block_on(session.run())?;
    let work = Work::Gpu(Box::new(session));
    contenders.push(Contender { name: "Performer", work, repeats: 1, samples: Vec::new(), error: None });
    for (name, start, case) in on_cpu {
        let o = start(case).map(|run| run.finish().swap_remove(0)).unwrap_or_default();
        let work = Work::Cpu(case.clone(), start);
        contenders.push(Contender { name, work, repeats: 1, samples: Vec::new(), error: error(name, case, &o)? });
    }
    Ok(contenders)
}

/// Random features of the Performer.
const FEATURES: u32 = 128;

/// The inputs of softmax attention, and directions for the Performer.
fn performer_case(softmax: &Case, n: u32, d: u32) -> Case {
    let mut inputs = softmax.inputs.clone();
    inputs.push(case(FEATURES, d).inputs.swap_remove(0));
    Case { name: "performer", uniform: performer::uniform(n, d, FEATURES, d), inputs }
}

/// Of linear attention, over some rows, each as a case of its own.
fn error(name: &str, case: &Case, o: &[f32]) -> Result<Option<f64>, GpuError> {
    if !name.starts_with("linear") {
        return Ok(None);
    }
    let [nk, d, dv, map, _, eps] = *case.uniform.last_chunk::<6>().unwrap_or(&[0; 6]);
    let (n, width) = (nk as usize, d as usize);
    let mut worst = 0.0_f64;
    for i in (0..n).step_by((n / CHECKED).max(1)) {
        let seen = if case.uniform.len() == 6 { i + 1 } else { n };
        let uniform = vec![1, seen as u32, d, dv, map, 1, eps];
        let [q, k, v] = [&case.inputs[0][i * width..][..width], &case.inputs[1][..seen * width], &case.inputs[2][..seen * width]];
        let row = Case { name: "row", uniform, inputs: [q, k, v].map(<[f32]>::to_vec).to_vec() };
        let exact = Tolerance { atol: f64::MAX, rtol: 0.0, reason: "the error is what is wanted" };
        let found = exact.check(&[o[i * width..][..width].to_vec()], &linear_attention_f64(&row));
        worst = worst.max(found.map_err(|mismatch| GpuError::Readback(mismatch.to_string()))?);
    }
    Ok(Some(worst))
}

impl Contender {
    fn sample(&self) -> Result<Sample, GpuError> {
        match &self.work {
            Work::Gpu(session) => sample(session, self.repeats),
            Work::Cpu(case, start) => {
                let (before, cpu_before) = (now(), processor_ms());
                for _ in 0..self.repeats {
                    std::hint::black_box(start(case).map(Sliced::finish));
                }
                let runs = f64::from(self.repeats);
                Ok(Sample { ms: (now() - before) / runs, cpu_ms: (processor_ms() - cpu_before) / runs })
            }
        }
    }
}
