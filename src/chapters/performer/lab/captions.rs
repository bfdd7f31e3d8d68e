//! How far the Performer is from softmax attention with how many features, and what each takes; and why.

use super::inputs::{FEATURES, Inputs};
use super::plan::{DRAWS, FIRST, FLASH, PERFORMER};
use crate::content::rich::Value;
use crate::content::{Lang, Rich, number, say};
use crate::figure::lab::{Crossing, Device, Measured, words};

/// Mean, least and greatest relative distance over the draws measured so far with `m` features, and how many they are.
pub fn errors(run: &Measured, m: usize) -> Option<(f64, f64, f64, usize)> {
    let draws = DRAWS.filter(|series| *series != FIRST[1]);
    let all: Vec<f64> = draws.filter_map(|series| run.at(series, m)?.strays).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let fold = |by: fn(f64, f64) -> f64| all.iter().copied().reduce(by);
    Some((mean, fold(f64::min)?, fold(f64::max)?, all.len()))
}

/// From where on the Performer is faster than FlashAttention on a device.
pub fn crossing(run: &Measured, device: usize) -> Option<Crossing> {
    run.crossing(PERFORMER[device], &[FLASH[device]])
}

/// An output that is further off than this is one that more features have not rescued.
const LOST: f64 = 0.75;

/// What the draws so far say; and once lengths are measured, what that costs.
pub fn caption(inputs: &Inputs, run: &Measured, lang: Lang) -> Rich {
    let measured: Vec<(usize, f64, usize)> =
        FEATURES.iter().filter_map(|m| errors(run, *m).map(|(mean, _, _, draws)| (*m, mean, draws))).collect();
    let (least, first, _) = measured.first().copied().unwrap_or((0, f64::NAN, 0));
    let (most, last, draws) = measured.last().copied().unwrap_or((0, f64::NAN, 0));
    let timed = [1, 0].into_iter().find_map(|device| Some((device, run.both(PERFORMER[device], FLASH[device])?)));
    let (device, (n, ours, flash)) = timed.unwrap_or((0, (0, f64::NAN, f64::NAN)));
    let on = run.device_name([Device::Cpu, Device::Gpu][device], lang);
    let lost = last > LOST;
    let [first, last] = [first, last].map(|error| Value::Number(error, |x| number::fixed(x, 2)));
    let [ours, flash] = [ours, flash].map(|ms| Value::Number(ms, number::duration));
    let (head, end) = (&inputs.head, inputs.lengths.last().copied().unwrap_or(0));
    let [from, to] = [FEATURES[0], FEATURES[FEATURES.len() - 1]];
    let square = Value::Number(inputs.square, words::times);
    say!(lang; head, from, to, end, least, first, most, last, draws, n, ours, flash, on, square;
        if !run.started() =>
            "Nothing is measured yet. <now|Run> estimates softmax attention of head {head} with {from} to {to} random features, five draws each, then times n up to {end}.",
            "还没有测量。按<now|开始测量>，就用 {from} 到 {to} 个随机特征估计头 {head} 的 Softmax 注意力，各抽五次，再测到 n = {end} 的时间。";
        if measured.is_empty() =>
            "Measuring, the fewest features first: there is no estimate to compare yet.",
            "正在测量，从最少的特征开始：还没有可比的估计。";
        if timed.is_none() && measured.len() == 1 =>
            "Another function: with m = {most} features the output is off by <now|{last}> of its length, in {draws} of five draws so far.",
            "另一个函数：m = {most} 个特征时，输出偏离真值长度的 <now|{last}> 倍（五次抽取里的 {draws} 次）。";
        if timed.is_none() =>
            "Another function: with m = {most} features the output is off by <now|{last}> of its length, on average over {draws} draws; with m = {least}, by {first}.",
            "另一个函数：m = {most} 个特征时，输出平均偏离真值长度的 <now|{last}> 倍（{draws} 次抽取）；m = {least} 时是 {first}。";
        if lost =>
            "Another function that <now|stays off by {last}>, even at m = {most}: mean |q|²/√d is {square}. On {on}, n = {n}: {ours}, FlashAttention {flash}.",
            "另一个函数，到 m = {most} <now|仍偏离 {last}>，因为 |q|²/√d 平均有 {square}。在 {on} 上，n = {n}：{ours}，FlashAttention {flash}。";
        else =>
            "Another function: off by {first} with m = {least}, by <now|{last}> with m = {most}. On {on}, n = {n}: {ours}, FlashAttention {flash}.",
            "另一个函数：m = {least} 时偏离 {first}，m = {most} 时偏离 <now|{last}>。在 {on} 上，n = {n}：{ours}，FlashAttention {flash}。")
}

/// Cells that are not a series: `err` an error at a number of features, `cross` a crossing.
pub fn why(inputs: &Inputs, run: &Measured, cell: &str, lang: Lang) -> Option<Rich> {
    let (kind, x) = cell.split_once(':')?;
    let x = x.parse::<usize>().ok()?;
    let printed = |error: f64| Value::Number(error, |x| number::fixed(x, 3));
    match kind {
        "err" => {
            let (mean, low, high, draws) = errors(run, x)?;
            let [mean, low, high] = [mean, low, high].map(printed);
            Some(say!(lang; x, draws, mean, low, high;
                "m = {x}: |output − softmax| / |softmax|, the mean over 256 rows and {draws} draws, is {mean}; single draws from {low} to {high}.",
                "m = {x}：|输出 − Softmax| / |Softmax| 对 256 行、{draws} 次抽取取平均是 {mean}；单次从 {low} 到 {high}。"))
        }
        "cross" => {
            let Crossing::At(at) = crossing(run, x.min(1))? else { return None };
            let on = run.device_name([Device::Cpu, Device::Gpu][x.min(1)], lang);
            let (at, m, counted) = (at.round() as usize, inputs.m, 2 * inputs.m);
            Some(say!(lang; at, on, m, counted;
                "On {on} the Performer with m = {m} passes under FlashAttention at n ≈ {at}, straight between two lengths; 4 n m d multiply-adds meet 2 n² d at n = 2 m = {counted}.",
                "在 {on} 上，m = {m} 的 Performer 约在 n ≈ {at} 处快过 FlashAttention（两个长度之间连直线）；4 n m d 次乘加与 2 n² d 在 n = 2 m = {counted} 相等。"))
        }
        _ => None,
    }
}

/// Under the plots: why this head is as kind as it is, then clocks and ends.
pub fn notes(inputs: &Inputs, run: &Measured, lang: Lang) -> Vec<String> {
    let wanted = Value::Number(inputs.sum_square.exp(), features);
    let (square, sum) = (Value::Number(inputs.square, words::times), Value::Number(inputs.sum_square, words::times));
    let reason = say!(lang; square, sum, wanted, head = &inputs.head;
        "Why: from m independent directions a weight e^(x·y) comes with relative variance (e^(|x+y|²) − 1)/m. On head {head} mean |q|²/√d is {square} and the median |x+y|² {sum}: the typical error of such a weight stays above the weight itself until m ≈ {wanted}.",
        "原因：用 m 个独立方向估计权重 e^(x·y)，相对方差是 (e^(|x+y|²) − 1)/m。头 {head} 的 |q|²/√d 平均 {square}，|x+y|² 的中位数 {sum}：这样一个权重，直到 m ≈ {wanted}，误差都与它本身一样大。");
    let mut notes = vec![reason.text()];
    notes.extend(words::notes(run, lang));
    notes
}

/// So many features: with separators, or as a power.
pub fn features(x: f64) -> String {
    if x < 1e6 { number::whole(x.round() as u64) } else { number::scientific(x) }
}
