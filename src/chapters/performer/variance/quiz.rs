//! Predict questions; what is right is computed with the run's own directions.

use ndarray::Array1;

use super::figure::Variance;
use super::numbers::value;
use crate::algorithms::performer::estimator::{self, mean_squared_error};
use crate::algorithms::performer::{Features, Weight};
use crate::content::Lang;
use crate::content::Value::Number;
use crate::figure::{Question, ask};

/// The questions that make sense for the present run.
pub fn questions(fig: &Variance, lang: Lang) -> Vec<Question> {
    if fig.inputs.broken() {
        return Vec::new();
    }
    [negative(fig, lang), twins(fig, lang), weight(fig, lang), fourfold(fig, lang)].into_iter().flatten().collect()
}

/// An estimate along the directions of the run.
fn estimate(fig: &Variance, x: [f64; 2], y: [f64; 2], features: Features, weight: Weight) -> f64 {
    let w = fig.run.w.mapv(f64::from);
    let [x, y] = [x, y].map(|vector| Array1::from(vector.to_vec()));
    estimator::estimate(&x, &y, &w, features, weight, &mut |_| {})
}

/// Which features are exact for twins?
fn twins(fig: &Variance, lang: Lang) -> Option<Question> {
    let (x, y) = (fig.inputs.x, fig.inputs.y);
    if x == [0.0; 2] || x == y {
        return None;
    }
    let truth = (x[0] * x[0] + x[1] * x[1]).exp();
    let [positive, trig] = [Features::Positive, Features::Trigonometric].map(|features| estimate(fig, x, x, features, Weight::On));
    let [p, t] = [positive, trig].map(|estimate| (estimate / truth - 1.0).abs() < 1e-9);
    // Where the vector is so short that both are exact, there is nothing to tell apart.
    if p == t {
        return None;
    }
    let (ask, answers) = ask!(lang; truth = Number(truth, value), positive = Number(positive, value), trig = Number(trig, value);
        "Drag <k|y> onto <q|x>. Which estimate is then exact, whatever the directions?",
        "把 <k|y> 拖到 <q|x> 上。哪一种估计会变得精确，不管方向怎么抽？";
        p && !t => "the positive one", "正特征",
            "It never goes below zero, but here it still depends on w: these directions give {positive} for {truth}. cos(w·(x − y)) = cos 0 does not.",
            "它从不小于零，可这里仍随 w 变：这些方向给出 {positive}，真值 {truth}。cos(w·(x − y)) = cos 0 却不变。";
        t && !p => "the trigonometric one", "三角特征",
            "Yes: cos(w·(x − y)) = cos 0 = 1 for every w, so it says {trig}, exactly. The positive one says {positive}.",
            "对：每个 w 都有 cos(w·(x − y)) = cos 0 = 1，所以正好是 {trig}。正特征给出 {positive}。";
        p && t => "both", "两种都是",
            "Equal vectors look like the easy case, and one method agrees: trigonometric {trig}. The positive one gives {positive} for {truth}.",
            "两个向量相等，看似最容易，三角特征确实给出 {trig}。正特征却给出 {positive}，真值 {truth}。";
        !p && !t => "neither", "都不是",
            "Chance usually leaves something, but cos(w·(x − y)) = cos 0 has none: {trig}. The positive one gives {positive}.",
            "随机通常会留下误差，可 cos(w·(x − y)) = cos 0 里没有随机：{trig}。正特征给出 {positive}。");
    Some(Question { id: "twins", step: 0, row: None, ask, answers })
}

/// Does the key's weight cancel in a row as the query's does?
fn weight(fig: &Variance, lang: Lang) -> Option<Question> {
    let (x, y) = (fig.inputs.x, fig.inputs.y);
    let step = Some(fig.run.last() / 2).filter(|step| *step > 0)?;
    if y == [0.0; 2] {
        return None;
    }
    // The share of y in a row of two keys, the other of them half as long or just as long.
    let share = |other: [f64; 2], weight: Weight| {
        let [a, b] = [y, other].map(|key| estimate(fig, x, key, Features::Positive, weight));
        a / (a + b)
    };
    let (shorter, turned) = ([y[0] / 2.0, y[1] / 2.0], [-y[1], y[0]]);
    let same = |other: [f64; 2]| (share(other, Weight::On) - share(other, Weight::Off)).abs() < 1e-9;
    let (cancels, equal_norms) = (same(shorter), same(turned));
    let (with, without) = (share(shorter, Weight::On), share(shorter, Weight::Off));
    // What reads the same explains nothing.
    if value(with) == value(without) {
        return None;
    }
    let (ask, answers) = ask!(lang; with = Number(with, value), without = Number(without, value);
        "In a row of attention <q|x>’s factor e^(−|x|²/2) cancels. Does <k|y>’s cancel too, if we leave it out of all keys?",
        "在注意力的一行里，<q|x> 的因子 e^(−|x|²/2) 会约掉。<k|y> 的呢？所有 key 都不带这个因子，结果还一样吗？";
        cancels => "yes, the same factor above and below", "一样，分子分母是同一个因子",
            "For the query that is so; but the denominator sums over keys. In a row of y and a key half as long, y gets {with}, and {without} without the factors.",
            "query 是这样；可分母是对各个 key 求和。y 和一个短一半的 key 放在一行，y 占 {with}，去掉因子成了 {without}。";
        !cancels && equal_norms => "no, each key has its own factor", "不一样，每个 key 的因子不同",
            "Yes: beside a key half as long, y’s share is {with}, and {without} without the factors. Keys of equal length would not notice.",
            "对：和一个短一半的 key 放在一行，y 占 {with}，去掉因子成了 {without}。只有长度全相等才看不出来。";
        !cancels && !equal_norms => "only if all keys are equal", "所有 key 都相等才一样",
            "Half right: equal lengths are enough. Beside a key half as long y’s share is {with}, and {without} without the factors.",
            "对了一半：长度相等就够了。和一个短一半的 key 放在一行，y 占 {with}，去掉因子成了 {without}。");
    Some(Question { id: "weight", step, row: None, ask, answers })
}

/// What do four times the features do to the typical error?
fn fourfold(fig: &Variance, lang: Lang) -> Option<Question> {
    let inputs = &fig.inputs;
    let error = |m: usize| mean_squared_error(&inputs.x, &inputs.y, m, inputs.features).sqrt();
    let (m, more) = (inputs.m, 4 * inputs.m);
    let (before, after) = (error(m), error(more));
    let step = fig.run.last().checked_sub(1)?;
    if fig.run.certain() {
        return None;
    }
    let is = |share: f64| (after / before / share - 1.0).abs() < 1e-9;
    let (ask, answers) = ask!(lang; m, more, before = Number(before, value), after = Number(after, value);
        "At m = {m} the typical error is {before}. And at m = {more}?",
        "m = {m} 时典型误差是 {before}。换成 m = {more} 呢？";
        is(0.25) => "a quarter", "四分之一",
            "The variance falls to a quarter; the error is its root: {after}.",
            "方差确实变成四分之一；误差是它的平方根：{after}。";
        is(0.5) => "half", "一半",
            "Yes: {before}/√4 = {after}. Each halving costs four times as many features.",
            "对：{before}/√4 = {after}。误差每减一半，特征要用到四倍。";
        is(0.0625) => "a sixteenth", "十六分之一",
            "More features do help, but only by their root: from {m} to {more} the error goes from {before} to {after}.",
            "特征多了确实有用，但只按平方根：从 {m} 到 {more}，误差从 {before} 变成 {after}。";
        is(1.0) => "unchanged", "不变",
            "The mean it tends to is unchanged; the scatter around it shrinks to {after}.",
            "不变的是它趋向的均值；四周的散布缩小到 {after}。");
    Some(Question { id: "fourfold", step, row: None, ask, answers })
}

/// How many trigonometric redraws are negative?
fn negative(fig: &Variance, lang: Lang) -> Option<Question> {
    let trig = fig.redraws.get(2)?;
    let (n, k) = (trig.estimates.len(), trig.n_negative);
    // Asked where it matters, and where the answer is clear.
    if k * 10 < n {
        return None;
    }
    let share = k as f64 / n as f64;
    let (ask, answers) = ask!(lang; n, k, exact = Number(fig.run.exact, value), error = Number(trig.lemma.sqrt(), value);
        "e^(x·y) = {exact} is positive. Of {n} trigonometric estimates of it, how many come out <now|negative>?",
        "e^(x·y) = {exact} 是正的。{n} 次三角特征的估计里，有多少次是<now|负>的？";
        k == 0 => "none", "没有",
            "What they estimate is positive, but a mean of cosines need not be: {k} of {n} are negative.",
            "要估计的数是正的，可余弦的均值不一定：{n} 次里有 {k} 次为负。";
        k > 0 && share < 0.3 => "a few", "少数几次",
            "It depends on the scatter: {error} around {exact}. So {k} of {n} are negative.",
            "要看散布：{exact} 上下差 {error}。于是 {n} 次里有 {k} 次为负。";
        (0.3..0.7).contains(&share) => "about half", "大约一半",
            "The scatter of {error} buries {exact}, so the sign is nearly a coin toss: {k} of {n}.",
            "散布 {error} 把 {exact} 淹没了，正负几乎像抛硬币：{n} 次里有 {k} 次。";
        share >= 0.7 => "nearly all", "几乎全部",
            "There is no bias, so they lie on both sides of {exact}: {k} of {n} are negative.",
            "没有偏，所以它们落在 {exact} 的两边：{n} 次里有 {k} 次为负。");
    Some(Question { id: "negative", step: 0, row: None, ask, answers })
}
