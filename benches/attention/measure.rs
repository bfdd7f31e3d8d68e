//! What the benchmark of attention measures, and the table it makes of it.

use std::fmt::Write;
use std::time::Instant;

use pollster::block_on;
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;
use unrolled::backend::{Clock, Gpu, GpuError, Session, agreement, probe};
use unrolled::kernels::flash_attention::{self, Mask, uniform};
use unrolled::kernels::{Case, Kernel, Variant, plain_attention};

#[path = "../../tests/kernels/exact.rs"]
mod exact;
#[path = "../../tests/kernels/exact_linear.rs"]
#[allow(dead_code, reason = "features are not measured")]
mod exact_linear;
#[path = "linear.rs"]
mod linear;

/// How much to measure.
pub struct Settings {
    /// Rows of Q, K and V.
    pub lengths: &'static [u32],
    /// Head sizes.
    pub widths: &'static [u32],
    /// Interleaved rounds; a figure is the median over them.
    pub rounds: usize,
    /// How long one measurement should take at least, ms.
    pub least_ms: f64,
    /// Rows of Q, K and V for the first result from cold.
    pub cold_length: u32,
    /// Linear attention against softmax attention.
    pub linear: linear::Settings,
}

/// The figures of the page.
#[allow(dead_code, reason = "the test uses only the quick one")]
pub const FULL: Settings = Settings {
    lengths: &[256, 512, 1024, 2048],
    widths: &[64, 32],
    rounds: 7,
    least_ms: 20.0,
    cold_length: 512,
    linear: linear::Settings { lengths: &[1024, 4096, 16384], width: 64, rounds: 5, least_ms: 20.0 },
};

/// The least that goes through everything.
pub const QUICK: Settings = Settings {
    lengths: &[64],
    widths: &[32],
    rounds: 1,
    least_ms: 0.0,
    cold_length: 64,
    linear: linear::Settings { lengths: &[128], width: 32, rounds: 1, least_ms: 0.0 },
};

/// A kernel in one of its forms.
#[derive(Clone, Copy)]
struct Contender {
    kernel: &'static Kernel,
    variant: &'static Variant,
}

/// The first is what the others are compared with.
fn contenders() -> Vec<Contender> {
    [&plain_attention::KERNEL, &flash_attention::KERNEL]
        .into_iter()
        .flat_map(|kernel| kernel.variants.iter().map(move |variant| Contender { kernel, variant }))
        .collect()
}

/// A time and how it is made: milliseconds of the clock, and of processor where the adapter is software.
#[derive(Clone, Copy)]
struct Sample {
    ms: f64,
    cpu_ms: f64,
}

/// Measures, and lays out.
///
/// # Errors
/// No adapter, or a run that failed.
pub fn report(settings: &Settings) -> Result<String, GpuError> {
    let gpu = block_on(probe())?;
    let info = gpu.info();
    let mut out = format!("{} ({}), {}\n", info.name, info.backend, if info.is_software { "software" } else { "hardware" });
    out.push_str("not causal, one head, f32; median of interleaved rounds; x: speed against the first, by processor time on software\n");
    for &d in settings.widths {
        compile_times(&mut out, &gpu, d)?;
        for &n in settings.lengths {
            compare(&mut out, &gpu, settings, n, d)?;
        }
    }
    linear::report(&mut out, &gpu, &settings.linear)?;
    cold_starts(&mut out, settings)?;
    Ok(out)
}

/// Standard normal inputs, scale 1/sqrt(d).
fn case(n: u32, d: u32) -> Case {
    let mut rng = Pcg32::seed_from_u64(u64::from(n) << 8 | u64::from(d));
    let mut input = || (0..n * d).map(|_| StandardNormal.sample(&mut rng)).collect::<Vec<f32>>();
    Case { name: "normal", uniform: uniform(n, n, d, d, Mask::None, 1.0 / (d as f32).sqrt()), inputs: vec![input(), input(), input()] }
}

fn prepare(gpu: &Gpu, contender: Contender, case: &Case) -> Result<Session, GpuError> {
    block_on(gpu.prepare_variant(contender.kernel, contender.variant, &case.uniform, &case.slices()))
}

/// A first run less a second one, ms: some drivers compile when a pipeline is made, others when it first runs.
fn first_less_second<T>(mut run: impl FnMut() -> Result<T, GpuError>) -> Result<f64, GpuError> {
    let start = now();
    run()?;
    let first = now() - start;
    run()?;
    Ok((2.0 * first - (now() - start)).max(0.0))
}

fn compile_times(out: &mut String, gpu: &Gpu, d: u32) -> Result<(), GpuError> {
    let _ = write!(out, "\nd = {d}: compiled in");
    let case = case(32, d);
    for contender in contenders() {
        let took = first_less_second(|| block_on(prepare(gpu, contender, &case)?.run()))?;
        let _ = write!(out, "  {} {took:.0} ms", contender.variant.name);
    }
    for (name, took) in linear::compile_times(gpu, d)? {
        let _ = write!(out, "  {name} {took:.0} ms");
    }
    out.push('\n');
    Ok(())
}

fn compare(out: &mut String, gpu: &Gpu, settings: &Settings, n: u32, d: u32) -> Result<(), GpuError> {
    let case = case(n, d);
    let expected = &exact::attention_f64(&case)[..1];
    let mut rows = Vec::new();
    for contender in contenders() {
        let session = prepare(gpu, contender, &case)?;
        let outputs = block_on(session.run())?;
        let error = agreement(&outputs[..1], expected).map_err(|mismatch| GpuError::Readback(mismatch.to_string()))?;
        let once = sample(&session, 1)?.ms.max(0.01);
        let repeats = (settings.least_ms / once).ceil().clamp(1.0, 200.0) as u32;
        rows.push((contender, session, error, repeats, Vec::new()));
    }
    for _ in 0..settings.rounds {
        for (_, session, _, repeats, samples) in &mut rows {
            samples.push(sample(session, *repeats)?);
        }
    }
    let software = gpu.info().is_software;
    let base: Vec<Sample> = rows[0].4.clone();
    for (contender, session, error, _, samples) in &rows {
        let [low, ms, high] = spread(samples.iter().map(|sample| sample.ms));
        let [.., cpu_ms, _] = spread(samples.iter().map(|sample| sample.cpu_ms));
        let cost = |sample: &Sample| if software { sample.cpu_ms } else { sample.ms };
        let [_, ratio, _] = spread(base.iter().zip(samples).map(|(base, sample)| cost(base) / cost(sample)));
        let gflops = 4.0 * f64::from(n) * f64::from(n) * f64::from(d) / ms / 1e6;
        let clock = match session.clock() {
            Clock::Timestamps => "timestamps",
            Clock::Wall => "wall clock",
        };
        let cpu = if software { format!("  cpu {cpu_ms:8.2} ms") } else { String::new() };
        let _ = writeln!(
            out,
            "n = {n:4}  {:<7} {ms:8.2} ms ({low:.2} to {high:.2}, {clock}){cpu}  {gflops:7.1} GFLOP/s  x {ratio:5.2}  error {error:.1e}  extra {} kB",
            contender.variant.name,
            session.extra_bytes() / 1000,
        );
    }
    Ok(())
}

/// What a reader waits for: the first outputs on a device that has compiled nothing yet.
fn cold_starts(out: &mut String, settings: &Settings) -> Result<(), GpuError> {
    let _ = write!(out, "\nfirst result from cold, n = {}, d = {}:", settings.cold_length, settings.widths[0]);
    let case = case(settings.cold_length, settings.widths[0]);
    for contender in contenders() {
        let gpu = block_on(probe())?;
        let start = now();
        block_on(prepare(&gpu, contender, &case)?.run())?;
        let _ = write!(out, "  {} {:.0} ms", contender.variant.name, now() - start);
    }
    Ok(())
}

fn sample(session: &Session, repeats: u32) -> Result<Sample, GpuError> {
    let before = processor_ms();
    let ms = block_on(session.time(repeats, &now))?;
    Ok(Sample { ms, cpu_ms: (processor_ms() - before) / f64::from(repeats) })
}

/// Least, median and largest.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    [sorted[0], sorted[sorted.len() / 2], sorted[sorted.len() - 1]]
}

/// Milliseconds of processor that the threads of this process have had; 0 where the system does not say.
fn processor_ms() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    let of_thread = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.flatten().filter_map(|thread| of_thread(thread.path())).sum::<f64>() / 1e6
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has a clock")]
fn now() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    START.with(|start| start.elapsed().as_secs_f64() * 1e3)
}
