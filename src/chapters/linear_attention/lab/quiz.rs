//! Predict: where the counts meet, what twice the length costs, and how long the table lasts.

use super::captions::whole;
use super::count;
use crate::content::Lang;
use crate::figure::lab::head::HeadInputs;
use crate::figure::{Question, ask};
use crate::kernels::plain_attention;

/// The questions for the present setting; their answers are counted, so that they can be asked before anything is measured.
pub fn questions(inputs: &HeadInputs, lang: Lang) -> Vec<Question> {
    let mut questions = vec![doubled(inputs, lang), fits(lang)];
    if !inputs.causal {
        questions.insert(0, meet(inputs, lang));
    }
    questions
}

fn meet(inputs: &HeadInputs, lang: Lang) -> Question {
    let (d, at) = (inputs.d, count::crossover(inputs.d, false));
    let (twice, square) = (2 * d, d * d);
    let cheaper = count::linear(at / 2, d, false) / count::softmax(at / 2, d, false).max(1);
    let (ask, answers) = ask!(lang; d, at, twice, square, cheaper = whole(cheaper);
        "Counted in multiply-adds, with d = {d}: from which length on is linear attention no dearer?",
        "按乘加次数算，d = {d}：从多长起，线性注意力不再更贵？";
        at == d => "n = {d}", "n = {d}",
            "2 n d² against 2 n² d: divide by 2 n d, and d stands against n. They meet at {at}.",
            "2 n d² 对 2 n² d：约去 2 n d，剩下 d 对 n。在 {at} 相等。";
        at == twice => "n = {twice}", "n = {twice}",
            "There are two products, but there are two on the other side as well: the 2 cancels, and {at} is left.",
            "确实有两个乘积，可另一边也有两个：2 约掉了，剩下 {at}。";
        at == square => "n = {square}", "n = {square}",
            "The summary has d² entries, that is right; but each key is added to it once, and each query reads it once. Counted: {at}.",
            "摘要确实有 d² 个数；但每个 key 只加一次，每个 query 只读一次。数出来是 {at}。";
        at == 1 => "always", "总是",
            "It grows more slowly, but it starts higher: at half of {at} it takes {cheaper} times as many.",
            "它涨得慢，可起点高：在 {at} 的一半处，它要 {cheaper} 倍的乘加。");
    Question { id: "meet", step: 0, row: None, ask, answers }
}

fn doubled(inputs: &HeadInputs, lang: Lang) -> Question {
    let n = inputs.lengths.last().copied().unwrap_or(0) / 2;
    let [before, after] = [n, 2 * n].map(|n| count::linear(n, inputs.d, inputs.causal));
    let [soft, soft_after] = [n, 2 * n].map(|n| count::softmax(n, inputs.d, inputs.causal));
    let ratio = (after as f64 / before as f64).round() as usize;
    let soft = (soft_after as f64 / soft as f64).round() as usize;
    let (ask, answers) = ask!(lang; n, twice = 2 * n, ratio, soft, before = whole(before), after = whole(after);
        "Linear attention takes {before} multiply-adds at n = {n}. And at n = {twice}?",
        "线性注意力在 n = {n} 时要 {before} 次乘加。n = {twice} 时呢？";
        ratio == 1 => "as many", "一样多",
            "The state keeps its size, yes; but every further token is added to it and reads it: {after}.",
            "状态的大小不变，这没错；但每多一个 token 都要加进去、读一遍：{after}。";
        ratio == 2 => "about twice as many", "约 2 倍",
            "Each token costs the same, whatever came before it: {after}.",
            "每个 token 的开销都一样，与前面有多少无关：{after}。";
        ratio == 4 => "about four times as many", "约 4 倍",
            "That is softmax attention, which grows {soft}-fold: every pair is visited. Here it is {ratio}-fold: {after}.",
            "那是 Softmax 注意力，每一对都要算，涨到 {soft} 倍。这里是 {ratio} 倍：{after}。");
    Question { id: "doubled", step: 0, row: None, ask, answers }
}

/// What a binding holds in WebGPU unless more is asked for, in bytes.
const BINDING: u64 = 128 << 20;

fn fits(lang: Lang) -> Question {
    let table = |n: u32| plain_attention::KERNEL.extra_bytes(&[n, n, 1, 1, 0, 0]);
    let most = (1..=16_384).rev().find(|n| table(*n) <= BINDING).unwrap_or(0) as usize;
    let (ask, answers) = ask!(lang; most;
        "Unless asked for more, WebGPU lets a kernel use 128 MiB of a buffer. Up to about which n does the f32 table of one head fit?",
        "一个绑定最多 128 MiB。一个头的 f32 表大约到多大的 n 还放得下？";
        (1000..2000).contains(&most) => "1,400", "1,400",
            "Each number would have to take far more bytes for so early an end: 4 n² reaches 128 MiB at n = {most}.",
            "要在那么短就放不下，每个数得占更多字节：4 n² 到 n = {most} 才是 128 MiB。";
        (5000..7000).contains(&most) => "5,800", "5,800",
            "4 n² bytes: the square root of 2²⁵ is {most}, and beyond it FlashAttention stands in.",
            "4 n² 字节：2²⁵ 的平方根是 {most}，再长就由 FlashAttention 代表。";
        most > 30_000_000 => "33 million", "33,000,000",
            "So many f32 numbers fit, but the table has n² of them: n = {most}.",
            "放得下这么多个 f32，可表里有 n² 个：n = {most}。");
    Question { id: "fits", step: 0, row: None, ask, answers }
}
