//! What has been measured, in a sentence.

use super::plan::{FLASH_CPU, FLASH_GPU, PLAIN_CPU, PLAIN_GPU};
use crate::content::rich::Value;
use crate::content::{Lang, Rich, number, say};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Device, Measured, words};

/// The longest length that both methods reached, and what it took them.
pub fn caption(inputs: &HeadInputs, run: &Measured, lang: Lang) -> Rich {
    let devices = [(Device::Gpu, PLAIN_GPU, FLASH_GPU), (Device::Cpu, PLAIN_CPU, FLASH_CPU)];
    let best = devices.into_iter().find_map(|(device, plain, flash)| run.both(plain, flash).map(|both| (device, both)));
    let (device, (n, plain, flash)) = best.unwrap_or((Device::Cpu, (0, f64::NAN, f64::NAN)));
    let on = run.device_name(device, lang);
    let faster = flash <= plain;
    let ratio = if plain >= flash { plain / flash } else { flash / plain };
    let (n_lengths, last) = (inputs.lengths.len(), inputs.lengths.last().copied().unwrap_or(0));
    let refused = run.too_large(PLAIN_GPU).or(run.too_large(PLAIN_CPU));
    let whose = match run.too_large(PLAIN_GPU) {
        Some(_) => lang.pick("the GPU", " GPU 的"),
        None => lang.pick("the page", "本页的"),
    };
    let (large, needed, limit) = refused.unwrap_or((0, 0, 0));
    let (plain, flash) = (Value::Number(plain, number::duration), Value::Number(flash, number::duration));
    let (needed, limit) = (Value::Number(needed as f64, number::bytes), Value::Number(limit as f64, number::bytes));
    let ratio_of = Value::Number(ratio, words::times);
    say!(lang; on, n, plain, flash, ratio_of, n_lengths, last, large, needed, limit, whose;
        if !run.started() =>
            "Nothing is measured yet. <now|Run> computes the same attention both ways on this machine, at {n_lengths} lengths up to n = {last}.",
            "还没有测量。按<now|开始测量>，这台机器就用两种方法算同一个注意力：{n_lengths} 种长度，最长 n = {last}。";
        if best.is_none() =>
            "Measuring, the shortest sequence first: before there are two numbers there is nothing to compare.",
            "正在测量，从最短的序列开始：还没有两个数，无从比较。";
        if refused.is_some() =>
            "At n = {large} the table needs <now|{needed}>, and {whose} allows {limit}: FlashAttention goes on without one. At {n}: {flash} against {plain}.",
            "n = {large} 时表要 <now|{needed}>，{whose}上限 {limit}：FlashAttention 不用表，照算下去。n = {n} 时 {flash} 对 {plain}。";
        if ratio < 1.15 =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}, <now|no real difference>: the caches probably keep the table near.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|几乎没有差别>：表多半一直待在缓存里。";
        if faster =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}, <now|{ratio_of} times as fast>, the same output up to rounding.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|速度是前者的 {ratio_of} 倍>，输出只差舍入。";
        else =>
            "n = {n}, on {on}: standard attention {plain}, FlashAttention {flash}: <now|{ratio_of} times as long>. The standard table probably still fits into a cache.",
            "n = {n}，{on}：标准注意力 {plain}，FlashAttention {flash}，<now|用时是前者的 {ratio_of} 倍>：表还小，多半待在缓存里。")
}
