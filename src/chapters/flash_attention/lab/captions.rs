//! What has been measured, in a sentence; and why a number is what it is.

use super::figure::Measurements;
use super::plan::{Device, Method, Series};
use crate::content::rich::Value;
use crate::content::{Lang, Rich, number, say};
use crate::figure::lab::{Clock, Outcome, Refusal, Timed};

/// The longest length that both methods reached, and what it took them.
pub fn caption(fig: &Measurements, lang: Lang) -> Rich {
    let best = [Device::Gpu, Device::Cpu].into_iter().find_map(|device| fig.both(device).map(|both| (device, both)));
    let (device, (n, plain, flash)) = best.unwrap_or((Device::Cpu, (0, f64::NAN, f64::NAN)));
    let on = match device {
        Device::Gpu if imitated(fig) => lang.pick("a GPU that the CPU imitates", "由 CPU 模拟的 GPU"),
        Device::Gpu => lang.pick("the GPU", "GPU"),
        Device::Cpu => lang.pick("the CPU", "CPU"),
    };
    let ratio = if plain >= flash { plain / flash } else { flash / plain };
    let (n_lengths, last) = (fig.inputs.lengths.len(), fig.inputs.lengths.last().copied().unwrap_or(0));
    let refused = fig.too_large(Device::Gpu).or(fig.too_large(Device::Cpu));
    let whose = match fig.too_large(Device::Gpu) {
        Some(_) => lang.pick("the GPU", " GPU 的"),
        None => lang.pick("the page", "本页的"),
    };
    let (large, needed, limit) = refused.unwrap_or((0, 0, 0));
    let (plain, flash) = (Value::Number(plain, number::duration), Value::Number(flash, number::duration));
    let (needed, limit) = (Value::Number(needed as f64, number::bytes), Value::Number(limit as f64, number::bytes));
    let ratio_of = Value::Number(ratio, times);
    say!(lang; on, n, plain, flash, ratio_of, n_lengths, last, large, needed, limit, whose;
        if !fig.started() =>
            "Nothing is measured yet. <now|Run> computes the same attention both ways on this machine, at {n_lengths} lengths up to n = {last}.",
            "还没有测量。按<now|开始测量>，这台机器就用两种方法算同一个注意力：{n_lengths} 种长度，最长 n = {last}。";
        if best.is_none() =>
            "Measuring, the shortest sequence first: before there are two numbers there is nothing to compare.",
            "正在测量，从最短的序列开始：还没有两个数，无从比较。";
        if refused.is_some() =>
            "At n = {large} the table needs <now|{needed}>, and {whose} allows {limit}: there FlashAttention goes on alone. At {n}: {flash} against {plain}.",
            "n = {large} 时表要 <now|{needed}>，{whose}上限 {limit}：在那里只有 FlashAttention 还能算。n = {n} 时 {flash} 对 {plain}。";
        if ratio < 1.15 =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}, <now|no real difference>: the caches probably keep the table near.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|几乎没有差别>：表多半一直待在缓存里。";
        if faster(fig, device) =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}, <now|{ratio_of} times as fast>, the same output up to rounding.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|速度是前者的 {ratio_of} 倍>，输出只差舍入。";
        else =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}: <now|{ratio_of} times as long>. The standard table probably still fits into a cache.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|用时是前者的 {ratio_of} 倍>：表还小，多半待在缓存里。")
}

/// Whether the GPU is a software adapter: then it is no wonder that the CPU itself is faster.
fn imitated(fig: &Measurements) -> bool {
    fig.all_timed().any(|timed| timed.imitated)
}

fn faster(fig: &Measurements, device: Device) -> bool {
    fig.both(device).is_some_and(|(_, plain, flash)| flash <= plain)
}

fn times(x: f64) -> String {
    number::fixed(x, if x < 10.0 { 1 } else { 0 })
}

/// The id of the cell of a series at a length.
pub fn cell(series: usize, n: usize) -> String {
    format!("{series}:{n}")
}

/// How a number was measured.
pub fn why(fig: &Measurements, cell: &str, lang: Lang) -> Option<Rich> {
    let (series, n) = cell.split_once(':')?;
    let (series, n) = (*Series::ALL.get(series.parse::<usize>().ok()?)?, n.parse().ok()?);
    let timed = fig.at(series, n)?;
    let (low, high) = timed.spread();
    let gflops = operations(fig, n) / timed.median() / 1e6;
    let [median, low, high] = [timed.median(), low, high].map(|x| Value::Number(x, number::duration));
    let (rate, error) = (Value::Number(gflops, times), Value::Number(timed.error, number::residual));
    let extra = Value::Number(timed.extra_bytes as f64, number::bytes);
    let clock = clock(timed.clock, lang);
    let (name, samples) = (series.name(lang), timed.samples.len());
    Some(say!(lang; name, n, median, low, high, samples, clock, rate, error, extra;
        "{name}, n = {n}: median {median} of {samples} samples from {low} to {high}, by {clock}; {rate} GFLOP/s; {extra} beyond inputs and output; {error} from f64.",
        "{name}，n = {n}：{samples} 个样本的中位数 {median}，从 {low} 到 {high}，用{clock}；{rate} GFLOP/s；额外内存 {extra}；与 f64 相差 {error}。"))
}

/// Floating-point operations that the method of the paper counts: 4 n² d, half of it under a causal mask.
fn operations(fig: &Measurements, n: usize) -> f64 {
    let pairs = if fig.inputs.causal { (n * (n + 1) / 2) as f64 } else { (n * n) as f64 };
    4.0 * pairs * fig.inputs.d as f64
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
            lang.pick(format!("given up: the length before took {ms}"), format!("放弃：上一个长度用了 {ms}"))
        }
        Refusal::Failed(why) => lang.pick(format!("failed: {why}"), format!("失败：{why}")),
    };
    Some(text)
}

/// The clocks used, as a note.
pub fn clocks(fig: &Measurements, lang: Lang) -> Option<String> {
    let of = |device| {
        let timed: Option<&Timed> =
            [Method::Flash, Method::Plain].into_iter().find_map(|method| fig.timed(Series { method, device }).last().map(|timed| timed.1));
        timed.map(|timed| clock(timed.clock, lang))
    };
    let gpu = if imitated(fig) {
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
