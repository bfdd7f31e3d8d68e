//! What each step says.

use super::figure::Variance;
use super::numbers::{along, value};
use crate::algorithms::performer::directions::Directions;
use crate::algorithms::performer::{Features, Weight};
use crate::content::Value::Number;
use crate::content::{Lang, Rich, say};

/// The title.
pub fn title(fig: &Variance, lang: Lang) -> String {
    let inputs = &fig.inputs;
    let positive = inputs.features == Features::Positive;
    let features = if positive { lang.pick("positive", "正") } else { lang.pick("trigonometric", "三角") };
    let independent = inputs.kind == Directions::Independent;
    let kind = if independent { lang.pick("independent", "独立") } else { lang.pick("orthogonal", "正交") };
    say!(lang; m = inputs.m, features, kind;
        "e^(x·y) estimated: m = {m}, {features} features, {kind} directions",
        "估计 e^(x·y)：m = {m}，{features}特征，{kind}的方向")
    .text()
}

/// The sentence of a step.
pub fn caption(fig: &Variance, step: usize, lang: Lang) -> Rich {
    if fig.inputs.broken() && step == fig.run.last() {
        return broken(fig, lang);
    }
    if fig.run.certain() && !fig.drifts() {
        return certain(fig, step, lang);
    }
    if step == fig.run.last() && step > 0 {
        return last(fig, lang);
    }
    sample(fig, step, lang)
}

/// A direction, its sample, and what that makes of the mean.
fn sample(fig: &Variance, step: usize, lang: Lang) -> Rich {
    let (run, now) = (&fig.run, fig.run.trace.at(step));
    let old = if step == 0 { 0.0 } else { run.trace.at(step - 1).mean };
    // The largest positive sample has the largest w·(x + y).
    let largest = step == run.largest && step > 0 && fig.inputs.features == Features::Positive;
    let both = now.along.iter().all(|along| *along > 0.005);
    say!(lang; k = step + 1, a = Number(now.along[0], along), b = Number(now.along[1], along), v = Number(now.value, value),
        mean = Number(now.mean, value), exact = Number(run.exact, value), old = Number(old, value);
        if step == 0 =>
            "Along the first direction <q|x> reaches {a} and <k|y> {b}. That one sample says <now|{v}>; e^(x·y) is {exact}.",
            "沿第一个方向，<q|x> 的投影是 {a}，<k|y> 的是 {b}。这一个样本说 <now|{v}>；e^(x·y) 是 {exact}。";
        if now.mean < 0.0 =>
            "Direction {k} says {v}: the mean is <w|{mean}>, a negative estimate of {exact}, which can never be negative.",
            "第 {k} 个方向说 {v}：均值成了 <w|{mean}>，拿负数去估计永远为正的 {exact}。";
        if largest && both =>
            "Direction {k} points along both: w·x = {a}, w·y = {b}. Its sample {v}, the largest, moves the mean from {old} to <now|{mean}>.",
            "第 {k} 个方向同时顺着两者：w·x = {a}，w·y = {b}。最大的样本 {v} 让均值从 {old} 变成 <now|{mean}>。";
        if largest =>
            "Direction {k} reaches furthest along x + y: w·x = {a}, w·y = {b}. Its sample {v}, the largest, moves the mean from {old} to <now|{mean}>.",
            "第 {k} 个方向沿 x + y 伸得最远：w·x = {a}，w·y = {b}。最大的样本 {v} 让均值从 {old} 变成 <now|{mean}>。";
        else =>
            "Direction {k}: <q|w·x> = {a} and <k|w·y> = {b}, so it says {v}. The mean of {k} is <now|{mean}>; exact is {exact}.",
            "第 {k} 个方向：<q|w·x> = {a}，<k|w·y> = {b}，它说 {v}。{k} 个的均值是 <now|{mean}>；精确值是 {exact}。")
}

/// How far off all of them are.
fn last(fig: &Variance, lang: Lang) -> Rich {
    let (run, now) = (&fig.run, fig.run.trace.at(fig.run.last()));
    let error = run.standard_error(fig.inputs.m);
    let independent = fig.inputs.kind == Directions::Independent;
    let off = (now.mean - run.exact).abs();
    let rare = fig.own().is_some_and(|own| fig.is_rare(own));
    say!(lang; m = fig.inputs.m, mean = Number(now.mean, value), exact = Number(run.exact, value), off = Number(off, value), error = Number(error, value);
        if now.mean < 0.0 =>
            "{m} directions give <w|{mean}> for {exact}, which is positive. The lemma’s typical error is {error}.",
            "{m} 个方向给出 <w|{mean}>，真值 {exact} 却是正的。引理说典型误差是 {error}。";
        if rare =>
            "{m} directions give <now|{mean}> for {exact}. The lemma’s typical error, {error}, comes from huge, rare samples: most runs meet none and fall short.",
            "{m} 个方向给出 <now|{mean}>，真值 {exact}。引理的典型误差 {error} 来自极少出现的巨大样本：多数时候一个也碰不上，结果偏小。";
        if independent =>
            "{m} directions give <now|{mean}> where e^(x·y) = {exact}: off by {off}. Typical, says the lemma, is {error}.",
            "{m} 个方向给出 <now|{mean}>，而 e^(x·y) = {exact}：差 {off}。引理说典型误差是 {error}。";
        else =>
            "{m} directions, orthogonal in pairs, give <now|{mean}> for {exact}: off by {off}. For independent ones the lemma says {error}.",
            "{m} 个两两正交的方向给出 <now|{mean}>，真值 {exact}：差 {off}。换成独立的方向，引理说是 {error}。")
}

/// Every direction says the same.
fn certain(fig: &Variance, step: usize, lang: Lang) -> Rich {
    let (run, now) = (&fig.run, fig.run.trace.at(step));
    let positive = fig.inputs.features == Features::Positive;
    say!(lang; k = step + 1, v = Number(now.value, value), exact = Number(run.exact, value);
        if positive =>
            "Direction {k} says <now|{v}>, and so do all others: x + y = 0, so w·x + w·y vanishes along every direction.",
            "第 {k} 个方向说 <now|{v}>，别的也都这么说：x + y = 0，沿哪个方向 w·x + w·y 都抵消。";
        else =>
            "Direction {k} says <now|{v}>, exactly {exact} like all others: x = y, so cos(w·x − w·y) = cos 0 = 1.",
            "第 {k} 个方向说 <now|{v}>，和别的一样正好是 {exact}：x = y，所以 cos(w·x − w·y) = cos 0 = 1。")
}

/// What the lever did to the mean.
fn broken(fig: &Variance, lang: Lang) -> Rich {
    let (run, now) = (&fig.run, fig.run.trace.at(fig.run.last()));
    let inputs = &fig.inputs;
    let (weightless, twice) = (inputs.key_weight == Weight::Off, inputs.scaled_twice());
    let [_, y] = inputs.used();
    say!(lang; m = inputs.m, half = Number(y.dot(&y) / 2.0, value), mean = Number(now.mean, value), exact = Number(run.exact, value), target = Number(run.target, value);
        if !fig.drifts() && weightless && (!twice || inputs.y == [0.0; 2]) =>
            "Without <k|y>’s |y|²/2 nothing changes here, because it is {half}: the mean still tends to {exact}. Drag <k|y> away from the centre.",
            "去掉 <k|y> 的 |y|²/2，这里什么也没变，因为它是 {half}：均值仍趋向 {exact}。把 <k|y> 从中心拖开看看。";
        if !fig.drifts() && weightless =>
            "Both levers pulled, and here what they change cancels: {m} directions give {mean}, on the way to {exact} all the same. Drag <k|y>.",
            "两处都弄坏了，这里却正好抵消：{m} 个方向给出 {mean}，仍会到 {exact}。拖动 <k|y> 就看出来了。";
        if !fig.drifts() =>
            "Scaled by d^(−1/2), the features estimate e^(x·y/√2). Here x·y = 0, so that is {exact} all the same: drag <k|y>.",
            "用 d^(−1/2) 缩放，估计的是 e^(x·y/√2)。这里 x·y = 0，碰巧仍是 {exact}：拖动 <k|y> 就看出来了。";
        if weightless && twice =>
            "Both levers pulled: {m} directions give {mean}, on the way to <w|{target}> instead of {exact}.",
            "两处都弄坏了：{m} 个方向给出 {mean}，最终会到 <w|{target}>，而不是 {exact}。";
        if weightless =>
            "Without <k|y>’s |y|²/2 the mean heads for <w|{target}>, not {exact}: {m} directions give {mean}, and more will not help.",
            "少了 <k|y> 的 |y|²/2，均值奔向 <w|{target}> 而不是 {exact}：{m} 个方向给出 {mean}，再多也没用。";
        else =>
            "Scaled by d^(−1/2), the features estimate e^(x·y/√2) = <w|{target}>, not {exact}: another temperature. {m} directions give {mean}.",
            "用 d^(−1/2) 缩放，估计的是 e^(x·y/√2) = <w|{target}>，不是 {exact}：换了一个温度。{m} 个方向给出 {mean}。")
}
