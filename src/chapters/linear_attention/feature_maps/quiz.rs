//! Predict: what is left of the strongest weight, which map keeps most, how many denominators cross zero, who needs one.

use super::figure::FeatureMaps;
use super::inputs::IT;
use super::words::{formula, weight};
use crate::algorithms::feature_map::FeatureMap;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, number};
use crate::data::head::TOKENS;
use crate::figure::{Question, ask};

/// The questions for the present head and map.
pub fn questions(fig: &FeatureMaps, lang: Lang) -> Vec<Question> {
    [kept(fig, lang), most(fig, lang), crossed(fig, lang), needed(fig, lang)].into_iter().flatten().collect()
}

/// What the row "it" leaves of softmax's strongest weight.
fn kept(fig: &FeatureMaps, lang: Lang) -> Option<Question> {
    let (now, key) = (fig.now(), fig.run.strongest(IT));
    let (p, w) = (fig.run.softmax_row(IT).strongest, fig.run.map_row(now, IT).strongest);
    let middle = (p + w) / 2.0;
    let options = [p, middle, w, 0.0];
    let printed = options.map(weight);
    let differ = printed.iter().enumerate().all(|(idx, text)| !printed[..idx].contains(text));
    if !now.map.is_positive() || !differ {
        return None;
    }
    let nearest = options.iter().copied().min_by(|a, b| (a - w).abs().total_cmp(&(b - w).abs()))?;
    let (ask, answers) = ask!(lang; query = Token(TOKENS[IT]), key = Token(TOKENS[key]), map = formula(now.map, lang), p = Number(p, weight),
        middle = Number(middle, weight), w = Number(w, weight), even = Number(1.0 / TOKENS.len() as f64, number::factor);
        "Softmax lets {query} give {key} {p} of its weight. With φ = {map} in its place it becomes about:",
        "Softmax 让 {query} 把 {p} 的权重给 {key}。换成 φ = {map}，大约变成：";
        nearest == p => "{p}", "{p}",
            "{key} may still rank high, but rank is not weight: without an exponential of q·k little separates it from the rest. It gets {w}.",
            "{key} 的排名也许还在前面，但排名不等于权重：没有 q·k 的指数，它和别人拉不开距离，只得 {w}。";
        nearest == middle => "{middle}", "{middle}",
            "It does fall, and further: to {w}, where equal weights for all would be {even}.",
            "确实会降，而且降得更多：到 {w}，而人人均分就是 {even}。";
        nearest == w => "{w}", "{w}",
            "Equal weights for all would be {even}: positive features average, softmax selects.",
            "人人均分就是 {even}：正的特征在求平均，Softmax 才会挑选。";
        nearest == 0.0 => "0.00", "0.00",
            "It does lose nearly all it had over the others, but a positive similarity leaves every key something: {w}.",
            "它的优势确实几乎丢光了，但相似度为正，每个 key 都还能分到一些：{w}。");
    Some(Question { id: "kept", step: 0, row: Some(IT), ask, answers })
}

/// Which of four positive maps leaves it most.
fn most(fig: &FeatureMaps, lang: Lang) -> Option<Question> {
    let key = fig.run.strongest(IT);
    let maps = [FeatureMap::Relu, FeatureMap::Elu1, FeatureMap::Exp, FeatureMap::Square];
    let [relu, elu1, exp, square] = maps.map(|map| fig.run.map_row(fig.run.of(map), IT).strongest);
    let best = relu.max(elu1).max(exp).max(square);
    if [relu, elu1, exp, square].iter().filter(|w| **w == best).count() != 1 {
        return None;
    }
    let number = |x: f64| Number(x, number::factor);
    let (ask, answers) = ask!(lang; query = Token(TOKENS[IT]), key = Token(TOKENS[key]), relu = number(relu), elu1 = number(elu1), exp = number(exp), square = number(square);
        "Which of these φ lets {query} keep most of its weight on {key}?",
        "这几个 φ 里，哪个让 {query} 在 {key} 上留下的权重最多？";
        best == relu => "max(x, 0)", "max(x, 0)",
            "Its zeros drop out of the sums, so its rows are less even than those of elu(x) + 1. It keeps {relu}, elu(x) + 1 {elu1}.",
            "变成零的元素不进和式，所以它的行没有 elu(x) + 1 那么平。它留下 {relu}，elu(x) + 1 留下 {elu1}。";
        best == elu1 => "elu(x) + 1", "elu(x) + 1",
            "Adding 1 to every entry adds the same to every similarity, and evens the row out: {elu1}.",
            "每个元素都加 1，等于给每个相似度垫高一截，这一行就被抹平了：{elu1}。";
        best == exp => "eˣ", "eˣ",
            "It has an exponential, but of one entry at a time: a sum of e^(q + k) over the channels is not e^(q·k). It keeps {exp}.",
            "它有指数，却是逐个元素取的：各通道 e^(q + k) 之和并不是 e^(q·k)。它留下 {exp}。";
        best == square => "x²", "x²",
            "Squares do magnify what is large, but they forget the sign: channels that disagree count like those that agree. It keeps {square}.",
            "平方确实放大大的，但它忘了符号：方向相反的通道和方向一致的一样算数。它留下 {square}。");
    Some(Question { id: "most", step: 0, row: Some(IT), ask, answers })
}

/// How many denominators are not above 0 under the identity.
fn crossed(fig: &FeatureMaps, lang: Lang) -> Option<Question> {
    let (n, count) = (TOKENS.len(), fig.run.of(FeatureMap::Identity).n_crossed());
    let (half, under) = (n / 2, n / 2 - 1);
    let last = n - 1;
    let (ask, answers) = ask!(lang; n, count, half, under, last;
        "Leave q and k as they are: φ = x. How many of the {n} rows get a denominator of 0 or below?",
        "q 和 k 保持原样：φ = x。{n} 行里有几行的分母小于或等于 0？";
        count == 0 => "none", "一行也没有",
            "A denominator is q·Σk, and nothing keeps an inner product above 0. Counted here: {count}.",
            "分母是 q·Σk，没有什么能保证内积为正。这里数出来：{count} 行。";
        (1..half).contains(&count) => "1 to {under}", "1 到 {under} 行",
            "The sign of q·Σk follows from the angle between a query and the sum of all keys, and queries of one head lie close together. Counted: {count}.",
            "q·Σk 的符号取决于 query 与所有 key 之和的夹角，而同一个头的 query 往往朝着相近的方向。数出来：{count} 行。";
        (half..n).contains(&count) => "{half} to {last}", "{half} 到 {last} 行",
            "An inner product may have either sign, and queries of one head tend to share it. Counted: {count}.",
            "内积可正可负，而同一个头的 query 往往正负一致。数出来：{count} 行。";
        count == n => "all {n}", "全部 {n} 行",
            "All queries would have to point away from the sum of the keys. Counted: {count}.",
            "那得所有 query 都背向 key 之和。数出来：{count} 行。");
    Some(Question { id: "crossed", step: 0, row: None, ask, answers })
}

/// Whether the double softmax needs a denominator.
fn needed(fig: &FeatureMaps, lang: Lang) -> Option<Question> {
    let gap = fig.run.of(FeatureMap::Double).off_one();
    let (ask, answers) = ask!(lang; gap = Number(gap, number::residual), n = TOKENS.len();
        "Softmax over the features of each query, softmax over the positions of the keys. Must a row then be divided by its sum?",
        "query 沿特征做 Softmax，key 沿位置做 Softmax。每一行还要除以自己的和吗？";
        gap >= 1e-5 => "yes, as in all linear attention", "要，线性注意力都要",
            "Most maps need it. Here each feature’s shares over the positions sum to 1, and so do a query’s features: the largest |row sum − 1| is {gap}.",
            "多数映射是要的。但这里每个特征在各位置上的份额之和为 1，query 的各特征之和也为 1：|行和 − 1| 最大只有 {gap}。";
        gap < 1e-5 => "no, rows sum to 1 already", "不用，本来就加到 1",
            "A mean of means: the largest |row sum − 1| of these {n} rows is {gap}. The price: a key must see all positions first.",
            "平均的平均：这 {n} 行里 |行和 − 1| 最大是 {gap}。代价是 key 得先看完所有位置。");
    Some(Question { id: "needed", step: 0, row: None, ask, answers })
}
