//! Predict: what more features buy, where the counts meet, and what a typical pair of this head asks for.

use super::captions::features;
use super::inputs::Inputs;
use super::plan::{estimate_count, softmax_count};
use crate::algorithms::performer::Features;
use crate::algorithms::performer::estimator::mean_squared_error;
use crate::content::Lang;
use crate::content::rich::Value;
use crate::figure::{Question, ask};

/// The questions for the present setting; their answers are counted or follow from the head.
pub fn questions(inputs: &Inputs, lang: Lang) -> Vec<Question> {
    [Some(more(lang)), Some(meet(inputs, lang)), typical(inputs, lang)].into_iter().flatten().collect()
}

fn more(lang: Lang) -> Question {
    let error = |m: usize| mean_squared_error(&[1.0, 0.0], &[0.0, 1.0], m, Features::Positive).sqrt();
    let factor = error(16) / error(1024);
    let square = factor * factor;
    let is = |x: f64| (factor - x).abs() < 1e-9;
    let (ask, answers) = ask!(lang; factor = Value::Number(factor, features), square = Value::Number(square, features);
        "One weight is estimated from 16 independent directions, then from 1,024. Its typical error becomes …",
        "一个权重先用 16 个独立方向估计，再用 1,024 个。它的典型误差变为……";
        is(64.0) => "1/64", "1/64",
            "The mean squared error does fall {square}-fold; the error is its square root: {factor}-fold.",
            "均方误差确实降到 1/{square}；误差是它的平方根：1/{factor}。";
        is(8.0) => "1/8", "1/8",
            "64 times the samples, so the mean squared error falls {square}-fold and the error {factor}-fold. A ratio of such sums, as in attention, falls more slowly.",
            "样本数是 64 倍，均方误差降到 1/{square}，误差降到 1/{factor}。注意力里是这样两个和的比，降得更慢。";
        is(1.0) => "unchanged", "不变",
            "Without bias it is from the start; what shrinks is the scatter, {factor}-fold.",
            "无偏是一开始就有的；缩小的是离散程度，到 1/{factor}。");
    Question { id: "more", step: 0, row: None, ask, answers }
}

fn meet(inputs: &Inputs, lang: Lang) -> Question {
    let (m, d) = (inputs.m, inputs.d());
    let at = (1..=8 * m).find(|n| estimate_count(*n, m, d) <= softmax_count(*n, d)).unwrap_or(0);
    let (twice, four) = (2 * m, 4 * m);
    let (ask, answers) = ask!(lang; m, at, twice, four;
        "Counted in multiply-adds, with m = {m}: from which length on is the Performer no dearer than softmax attention?",
        "按乘加次数算，m = {m}：从多长起，Performer 不比 Softmax 注意力贵？";
        at == m => "n = {m}", "n = {m}",
            "That counts linear attention on m features; but the features themselves cost as much again: n = {at}.",
            "这只算了 m 个特征上的线性注意力；特征本身还要同样多：n = {at}。";
        at == twice => "n = {twice}", "n = {twice}",
            "2 n m d for the features, 2 n m d to use them, against 2 n² d: n = 2 m = {at}.",
            "算特征 2 n m d，用特征 2 n m d，对面是 2 n² d：n = 2 m = {at}。";
        at == four => "n = {four}", "n = {four}",
            "4 n m d on one side, that is right; but softmax attention has two products as well, 2 n² d: n = {at}.",
            "一边确实是 4 n m d；可 Softmax 注意力也有两个乘积，2 n² d：n = {at}。");
    Question { id: "meet", step: 0, row: None, ask, answers }
}

fn typical(inputs: &Inputs, lang: Lang) -> Option<Question> {
    let wanted = inputs.sum_square.exp();
    let d = inputs.d();
    if wanted < 2048.0 {
        return None;
    }
    let (ask, answers) = ask!(lang; d, wanted = Value::Number(wanted, features), sum = Value::Number(inputs.sum_square, crate::figure::lab::words::times);
        "Half of this head’s pairs have |x+y|² above {sum}. How many independent features until such a weight’s typical error is below the weight?",
        "这个头有一半的 query–key 对，|x+y|² 超过 {sum}。要多少个独立特征，这样一个权重的典型误差才小于它自己？";
        wanted <= 64.0 => "about {d}", "约 {d} 个",
            "d directions span the space, but the error is a matter of e^(|x+y|²): more than {wanted}.",
            "d 个方向足以张成空间，但误差取决于 e^(|x+y|²)：要 {wanted} 个以上。";
        wanted > 64.0 && wanted <= 2048.0 => "about 1,000", "约 1,000 个",
            "That is the right end of the plot, and the error there is still large: more than {wanted}.",
            "那是图的右端，那里的误差还很大：要 {wanted} 个以上。";
        wanted > 2048.0 => "more than {wanted}", "{wanted} 个以上",
            "Relative variance (e^(|x+y|²) − 1)/m falls below 1 only there. Rows average many such weights, so outputs are better than this, not good.",
            "相对方差 (e^(|x+y|²) − 1)/m 到那里才小于 1。一行里许多权重互相平均，所以输出比这好些，但算不上好。");
    Some(Question { id: "typical", step: 0, row: None, ask, answers })
}
