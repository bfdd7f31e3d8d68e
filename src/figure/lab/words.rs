//! What all labs say in the same words: how a number was measured, with which clock, and why one is missing.

use super::{Clock, Device, Measured, Outcome, Place, Refusal};
use crate::content::rich::Value;
use crate::content::{Lang, Rich, number, say};

/// The id of the cell of a series at a size.
pub fn cell(series: usize, x: usize) -> String {
    [series.to_string(), x.to_string()].join(":")
}

/// How a number was measured.
pub fn why(run: &Measured, cell: &str, lang: Lang) -> Option<Rich> {
    let (number, x) = cell.split_once(':')?;
    let (number, x) = (number.parse::<usize>().ok()?, x.parse().ok()?);
    let series = run.plan.series().get(number)?;
    let timed = run.at(number, x)?;
    let (low, high) = timed.spread();
    let gflops = run.plan.operations(Place { series: number, x }) / timed.median() / 1e6;
    let [median, low, high] = [timed.median(), low, high].map(|x| Value::Number(x, number::duration));
    let (rate, error) = (Value::Number(gflops, times), Value::Number(timed.error, number::residual));
    let extra = Value::Number(timed.extra_bytes as f64, number::bytes);
    let clock = clock(timed.clock, lang);
    let (name, axis, samples) = (series.name(lang), series.axis, timed.samples.len());
    Some(say!(lang; name, axis, x, median, low, high, samples, clock, rate, error, extra;
        "{name}, {axis} = {x}: median {median} of {samples} samples from {low} to {high}, by {clock}; {rate} GFLOP/s; {extra} beyond inputs and output; {error} from f64.",
        "{name}，{axis} = {x}：{samples} 个样本的中位数 {median}，从 {low} 到 {high}，用{clock}；{rate} GFLOP/s；额外内存 {extra}；与 f64 相差 {error}。"))
}

/// A ratio: one decimal below 10.
pub fn times(x: f64) -> String {
    number::fixed(x, if x < 10.0 { 1 } else { 0 })
}

/// The clock, in words.
pub fn clock(clock: Clock, lang: Lang) -> &'static str {
    match clock {
        Clock::Timestamps => lang.pick("the GPU’s timestamps", " GPU 的时间戳"),
        Clock::Fenced => lang.pick("the page’s clock until the GPU was done", "网页的时钟，到 GPU 做完为止"),
        Clock::Slices => lang.pick("the page’s clock around the slices", "网页的时钟，只计每段计算"),
    }
}

/// What came of a trial that has no numbers, in a few words.
pub fn refusal(outcome: &Outcome, lang: Lang) -> Option<String> {
    let Outcome::Refused(refusal) = outcome else { return None };
    let text = match refusal {
        Refusal::NoGpu => lang.pick("no GPU", "没有 GPU").to_string(),
        Refusal::TooLarge { needed, limit } => {
            let (needed, limit) = (number::bytes(*needed as f64), number::bytes(*limit as f64));
            lang.pick(format!("does not fit: {needed} of {limit}"), format!("放不下：{needed}，上限 {limit}"))
        }
        Refusal::Slow(ms) => {
            let ms = number::duration(*ms);
            lang.pick(format!("given up: a smaller run took {ms}"), format!("放弃：更小的一次已用了 {ms}"))
        }
        Refusal::Failed(why) => lang.pick(format!("failed: {why}"), format!("失败：{why}")),
    };
    Some(text)
}

/// The clocks used, as a note.
pub fn clocks(run: &Measured, lang: Lang) -> Option<String> {
    let of = |device| {
        let mut of_device = run.plan.series().iter().enumerate().filter(|(_, series)| series.device == device);
        of_device.find_map(|(idx, _)| run.timed(idx).last()).map(|(_, timed)| clock(timed.clock, lang))
    };
    let gpu = if run.imitated() {
        lang.pick("GPU (imitated by the CPU, so slower than it)", "GPU（由 CPU 模拟，所以比它慢）")
    } else {
        "GPU"
    };
    let said: Vec<String> = [(Device::Gpu, gpu), (Device::Cpu, "CPU")]
        .into_iter()
        .filter_map(|(device, name)| of(device).map(|clock| [name, lang.pick(": ", "："), clock.trim_start()].concat()))
        .collect();
    (!said.is_empty()).then(|| said.join(lang.pick("; ", "；")))
}

/// Under the plots: the clocks, and why each series ends.
pub fn notes(run: &Measured, lang: Lang) -> Vec<String> {
    let mut notes: Vec<String> = clocks(run, lang).into_iter().collect();
    // Without a GPU all its series end at their first place, and one of them says so for all of them.
    let mut missing = false;
    for (idx, series) in run.plan.series().iter().enumerate() {
        let Some((x, outcome)) = run.of(idx).find(|(_, outcome)| matches!(outcome, Outcome::Refused(_))) else { continue };
        let Some(why) = refusal(outcome, lang) else { continue };
        let from = [lang.pick(" from ", " 从 "), series.axis, " = ", &number::whole(x as u64), lang.pick(": ", " 起：")].concat();
        if *outcome == Outcome::Refused(Refusal::NoGpu) && run.timed(idx).next().is_none() {
            if !std::mem::replace(&mut missing, true) {
                notes.push(["GPU", lang.pick(": ", "："), &why].concat());
            }
        } else {
            notes.push([series.name(lang), &from, &why].concat());
        }
    }
    notes
}

/// What a length is made of, as a convention.
pub const DATA: (&str, &str) = (
    "d = 64: seeded normal numbers. d = 32: layer 5, head 6 of all-MiniLM-L6-v2 on 256 tokens. Longer sequences repeat the 256 rows.",
    "d = 64：由种子生成的正态随机数。d = 32：all-MiniLM-L6-v2 第 5 层第 6 头在 256 个 token 上的数据。更长的序列重复这 256 行。",
);

/// What a point is, as a convention.
pub const SAMPLES: (&str, &str) = (
    "A point is the median of up to seven samples, its bar the fastest and the slowest; a sample repeats the run until 10 ms have passed on the GPU (64 times at most), 5 ms on the CPU, and divides. Uploading, compiling and reading back are not in it.",
    "每个点是最多七个样本的中位数，竖线从最快到最慢；一个样本把运行重复到 GPU 上满 10 ms（最多 64 次）、CPU 上满 5 ms 再平均。上传、编译和读回都不算在内。",
);

/// Where CPU work runs, as a convention.
pub const THREAD: (&str, &str) = (
    "On the CPU the work runs on this page’s only thread, in slices of 8 ms with pauses that are not counted.",
    "CPU 上的计算就在本页唯一的线程里进行，每 8 ms 一段，停顿不计时。",
);
