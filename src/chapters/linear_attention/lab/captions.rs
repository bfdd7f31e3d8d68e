//! Where linear attention passes under softmax attention, measured beside counted; and what the plots' own cells say.

use super::count;
use super::plan::{FLASH, LINEAR, PLAIN};
use crate::content::rich::Value;
use crate::content::{Lang, Rich, number, say};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Crossing, Device, Measured, Timed, words};

/// Both devices; the index is that of [`FLASH`], [`PLAIN`] and [`LINEAR`].
const DEVICES: [Device; 2] = [Device::Cpu, Device::Gpu];

/// From where on linear attention is faster than softmax attention by the faster of its two ways, on a device.
pub fn crossing(run: &Measured, device: usize) -> Option<Crossing> {
    run.crossing(LINEAR[device], &[FLASH[device], PLAIN[device]])
}

/// The longest length at which linear attention and a softmax attention were measured on a device, and both medians.
fn longest(run: &Measured, device: usize) -> Option<(usize, f64, f64)> {
    let both = [FLASH[device], PLAIN[device]].into_iter().filter_map(|softmax| run.both(LINEAR[device], softmax));
    both.reduce(|a, b| if a.0 > b.0 || a.0 == b.0 && a.2 < b.2 { a } else { b })
}

/// Where the measured curves cross and where the counts do.
pub fn caption(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Rich {
    let best = [1, 0].into_iter().find_map(|device| Some((device, longest(run, device)?, crossing(run, device)?)));
    let (device, (n, linear, softmax), crossing) = best.unwrap_or((0, (0, f64::NAN, f64::NAN), Crossing::NotSeen(0)));
    let on = run.device_name(DEVICES[device], lang);
    let counted = count::crossover(inputs.d, inputs.causal);
    let (n_lengths, last) = (inputs.lengths.len(), inputs.lengths.last().copied().unwrap_or(0));
    let [linear, softmax] = [linear, softmax].map(|ms| Value::Number(ms, number::duration));
    let place = match crossing {
        Crossing::At(x) => x.round() as usize,
        Crossing::Before(x) | Crossing::NotSeen(x) => x,
    };
    say!(lang; on, n, linear, softmax, counted, place, n_lengths, last;
        if !run.started() =>
            "Nothing is measured yet. <now|Run> times softmax and linear attention on this machine, at {n_lengths} lengths up to n = {last}: two functions, so only their cost compares.",
            "还没有测量。按<now|开始测量>，这台机器就给 Softmax 注意力和线性注意力计时：{n_lengths} 种长度，最长 n = {last}。它们是两个函数，只能比开销。";
        if best.is_none() =>
            "Measuring, the shortest sequence first: before both functions have a number there is no crossing to look for.",
            "正在测量，从最短的序列开始：两个函数都有数之前，还谈不上交点。";
        if matches!(crossing, Crossing::At(_)) =>
            "Another function, on {on}: faster than softmax attention <now|from n ≈ {place}> (counted: {counted}). At n = {n}: {linear} against {softmax}.",
            "另一个函数，在 {on} 上：<now|从 n ≈ {place} 起>比 Softmax 注意力快；按乘加次数是从 {counted} 起。n = {n} 时 {linear} 对 {softmax}。";
        if matches!(crossing, Crossing::Before(_)) =>
            "Another function, on {on}: faster than softmax attention <now|already at n = {place}> (counted: {counted}). At n = {n}: {linear} against {softmax}.",
            "另一个函数，在 {on} 上：<now|n = {place} 时就已经>比 Softmax 注意力快；按乘加次数要从 {counted} 起。n = {n} 时 {linear} 对 {softmax}。";
        else =>
            "Another function, on {on}: <now|no crossing seen> up to n = {place} (counted: {counted}). At n = {n}: {linear} against {softmax}.",
            "另一个函数，在 {on} 上：到 n = {place} <now|还没有看到交点>，虽然按乘加次数从 {counted} 起就该更快。n = {n} 时 {linear} 对 {softmax}。")
}

/// Cells that are not a series at a length: `at` the crossings, `c0` and `c1` the counts at a length.
pub fn why(inputs: &HeadInputs, run: &Measured, cell: &str, lang: Lang) -> Option<Rich> {
    let (kind, x) = cell.split_once(':')?;
    let (d, x) = (inputs.d, x.parse::<usize>().ok()?);
    match kind {
        "counted" => {
            let n = count::crossover(d, inputs.causal);
            let [softmax, linear] = counts(inputs, n);
            Some(say!(lang; n, softmax, linear;
                if inputs.causal =>
                    "Counted, causal, in chunks of 64: at n = {n} softmax attention takes {softmax} multiply-adds and linear attention {linear}, and from there on never more.",
                    "按因果、每段 64 个 token 来数：n = {n} 时 Softmax 注意力 {softmax} 次乘加，线性注意力 {linear} 次，此后线性的不会更多。";
                else =>
                    "Counted: 2 n² d = {softmax} multiply-adds for softmax attention, 2 n d² = {linear} for linear attention; equal exactly at n = d = {n}.",
                    "数出来：Softmax 注意力 2 n² d = {softmax} 次乘加，线性注意力 2 n d² = {linear} 次；恰好在 n = d = {n} 相等。"))
        }
        "softmax" | "linear" => {
            let [softmax, linear] = counts(inputs, x);
            Some(say!(lang; x, d, softmax, linear;
                "n = {x}, d = {d}: {softmax} multiply-adds for softmax attention, {linear} for linear attention.",
                "n = {x}，d = {d}：Softmax 注意力 {softmax} 次乘加，线性注意力 {linear} 次。"))
        }
        "cross" => {
            let Crossing::At(at) = crossing(run, x.min(1))? else { return None };
            let (at, on) = (at.round() as usize, run.device_name(DEVICES[x.min(1)], lang));
            Some(say!(lang; at, on;
                "On {on}, the last length at which the faster softmax attention wins and the first from which it does not: straight between them on these axes, n ≈ {at}.",
                "在 {on} 上，较快的 Softmax 注意力还占先的最后一个长度，与此后不再占先的第一个长度：在这对坐标轴上连直线，n ≈ {at}。"))
        }
        _ => None,
    }
}

/// Multiply-adds of softmax and of linear attention, printed.
fn counts(inputs: &HeadInputs, n: usize) -> [Value<'static>; 2] {
    [count::softmax, count::linear].map(|count| whole(count(n, inputs.d, inputs.causal)))
}

/// A count, printed in full.
pub fn whole(n: u64) -> Value<'static> {
    Value::Number(n as f64, |n| number::whole(n as u64))
}

/// Under the plots: why the measured crossing is not the counted one, and which device is the faster one.
pub fn notes(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(starved(inputs, run, lang));
    let both: Vec<String> = devices(run, lang).into_iter().chain(strays(run, lang)).collect();
    notes.extend((!both.is_empty()).then(|| both.join(lang.pick(" ", ""))));
    notes.extend(words::notes(run, lang));
    notes
}

/// The rate of linear attention where the counts meet, against the best it reaches.
fn starved(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Option<String> {
    let rate = |(n, timed): (usize, &Timed)| 2.0 * count::linear(n, inputs.d, inputs.causal) as f64 / timed.median() / 1e6;
    let device = [1, 0].into_iter().find(|device| run.timed(LINEAR[*device]).count() > 1)?;
    let meet = count::crossover(inputs.d, inputs.causal).next_power_of_two();
    let here = run.timed(LINEAR[device]).find(|(n, _)| *n == meet)?;
    let best = run.timed(LINEAR[device]).max_by(|a, b| rate(*a).total_cmp(&rate(*b)))?;
    let (slow, fast) = (rate(here), rate(best));
    if fast < 1.5 * slow {
        return None;
    }
    let (on, best) = (run.device_name(DEVICES[device], lang), best.0);
    let [slow, fast] = [slow, fast].map(|rate| Value::Number(rate, words::times));
    let text = say!(lang; on, meet, best, slow, fast;
        "Near the counted crossing, at n = {meet}, linear attention does {slow} GFLOP/s on {on}; at n = {best} it does {fast}. There a run is launching and waiting more than multiplying, and the counts decide little.",
        "在数出来的交点附近，n = {meet} 时，线性注意力在 {on} 上每秒 {slow} GFLOP；n = {best} 时是 {fast}。那里的一次运行主要在启动和等待，而不是相乘，乘加次数说了不算。");
    Some(text.text())
}

/// Linear attention at 1,024 tokens, on the CPU and on the GPU.
fn devices(run: &Measured, lang: Lang) -> Option<String> {
    let (n, cpu, gpu) =
        run.timed(LINEAR[1]).filter_map(|(n, gpu)| Some((n, run.at(LINEAR[0], n)?.median(), gpu.median()))).find(|x| x.0 >= 1024)?;
    let on = run.device_name(Device::Gpu, lang);
    let faster = cpu < gpu;
    let [cpu, gpu] = [cpu, gpu].map(|ms| Value::Number(ms, number::duration));
    let text = say!(lang; n, cpu, gpu, on;
        if faster =>
            "Linear attention at n = {n}: {cpu} on the CPU, {gpu} on {on}. The CPU is faster here.",
            "线性注意力，n = {n}：CPU 上 {cpu}，{on} 上 {gpu}。这里 CPU 更快。";
        else =>
            "Linear attention at n = {n}: {cpu} on the CPU, {gpu} on {on}.",
            "线性注意力，n = {n}：CPU 上 {cpu}，{on} 上 {gpu}。");
    Some(text.text())
}

/// How far linear attention is from what it replaces.
fn strays(run: &Measured, lang: Lang) -> Option<String> {
    let (n, strays) = LINEAR.into_iter().find_map(|series| run.timed(series).last().and_then(|(n, timed)| Some((n, timed.strays?))))?;
    let text = say!(lang; n, strays = Value::Number(strays, number::factor);
        "Another function: at n = {n} its outputs differ from softmax attention’s by {strays} times the length of the latter, on average.",
        "另一个函数：n = {n} 时，它的输出与 Softmax 注意力的输出平均相差后者长度的 {strays} 倍。");
    Some(text.text())
}
