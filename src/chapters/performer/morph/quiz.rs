//! Predict: what cancels, what equal lengths do, and what becomes of denominators when features are negative.

use super::figure::Morph;
use super::run::{distance, without_weights};
use crate::algorithms::linear_attention::parallel;
use crate::algorithms::performer::Weight;
use crate::algorithms::performer::features::{self, Rules};
use crate::algorithms::{Mask, MaskKind};
use crate::content::Value::Number;
use crate::content::{Lang, number};
use crate::figure::{Question, ask};

/// The questions for the present setting.
pub fn questions(fig: &Morph, lang: Lang) -> Vec<Question> {
    [query_factor(fig, lang), equal_lengths(fig, lang), denominators(fig, lang)].into_iter().flatten().collect()
}

/// Below this two outputs agree to rounding; they are of the order of 1.
const ROUNDING: f64 = 1e-12;

fn query_factor(fig: &Morph, lang: Lang) -> Option<Question> {
    let inputs = &fig.inputs;
    let (n, d) = inputs.q.dim();
    let rules = Rules { query_weight: Weight::Off, ..Rules::TEXTBOOK };
    let without = features::map(&inputs.q, &inputs.k, &inputs.v, &ndarray::Array2::eye(d), rules);
    let moved = distance(&parallel::table(&without, &Mask::new(MaskKind::None, n, n)).out, &fig.run.favor.out);
    let keys = fig.run.path.first()?.gap;
    let (nothing, like_keys) = (moved < ROUNDING, moved > 0.5 * keys && moved >= ROUNDING);
    if keys < ROUNDING {
        return None;
    }
    let far = |x: f64| Number(x, number::residual);
    let (ask, answers) = ask!(lang; moved = far(moved), keys = far(keys);
        "FAVOR+ multiplies queries by e^(−|q|²/2), too. Without the keys’ factor outputs move by {keys}. Without the queries’?",
        "FAVOR+ 也给 query 乘 e^(−|q|²/2)。去掉 key 的因子，输出变了 {keys}；去掉 query 的呢？";
        like_keys => "about as much", "差不多一样多",
            "The factors look alike. But a query has its row to itself, and divides by its own sum: moved by {moved}.",
            "两个因子长得一样。可 query 独占一行，还要除以自己那一行的和：变了 {moved}。";
        !nothing && !like_keys => "a little", "一点点",
            "A small effect would be a safe guess. But what multiplies a whole row cancels against its denominator: {moved}.",
            "猜一点点似乎最稳妥。但乘在整行上的因子会和分母约掉：{moved}。";
        nothing => "not at all", "完全不动",
            "It stands above and below in every quotient of its row: {moved}, which is rounding. Each key has its own factor, so that one stays.",
            "它在这一行的每个商里上下都有：{moved}，只是舍入。而每个 key 的因子各不相同，约不掉。");
    Some(Question { id: "query-factor", step: 0, row: None, ask, answers })
}

fn equal_lengths(fig: &Morph, lang: Lang) -> Option<Question> {
    if fig.inputs.equal || fig.inputs.t != 0.0 {
        return None;
    }
    let (gap, then) = (fig.run.at.gap, without_weights(&fig.inputs.equalised()));
    let (snaps, nearer) = (then < ROUNDING, then < gap);
    let far = |x: f64| Number(x, number::residual);
    let (ask, answers) = ask!(lang; gap = far(gap), then = far(then);
        "FAVOR+ and exp without key weights differ by {gap}. All keys are now brought to one length. The difference becomes…",
        "FAVOR+ 与不带 key 权重的 exp 相差 {gap}。现在把所有 key 缩放到同一长度，差会变成……";
        snaps => "rounding", "舍入误差",
            "One length, one weight e^(−|k|²/2): a common factor, and it cancels as that of a query does. {then} is left.",
            "同一长度，同一个权重 e^(−|k|²/2)：成了公因子，像 query 的那样约掉。只剩 {then}。";
        !snaps && nearer => "smaller, but not 0", "变小，但不是 0",
            "Keys still point in different directions, but only their lengths enter the weight: {then} is left.",
            "key 的方向仍然各不相同，但权重里只有长度：只剩 {then}。";
        !snaps && !nearer => "about the same", "差不多不变",
            "Softmax does change with the keys, and so do both of these; but the weight between them becomes one factor: {then}.",
            "key 变了，Softmax 会变，这两者也都变；但隔在它们之间的权重成了同一个因子：{then}。");
    Some(Question { id: "equal-lengths", step: 0, row: None, ask, answers })
}

fn denominators(fig: &Morph, lang: Lang) -> Option<Question> {
    let middle = fig.run.path.iter().find(|at| at.t == 0.5)?;
    let n = fig.inputs.q.nrows();
    let negative = fig.run.scaled.iter().flat_map(|x| x.iter()).filter(|x| **x < -1.0).count();
    if negative == 0 || fig.inputs.t == 0.5 {
        return None;
    }
    let bad = middle.n_bad;
    let (ask, answers) = ask!(lang; n, negative, bad, least = Number(middle.least, number::cell), d = fig.inputs.q.ncols();
        "1 + x is below 0 where x is below −1: that makes {negative} features negative. And how many of {n} denominators?",
        "x 小于 −1 时 1 + x 小于 0：{negative} 个特征会变负。{n} 个分母中有几个？";
        bad == 0 => "none", "一个也没有",
            "A denominator adds {d} channels of every key, and the negative ones are outweighed. The least is {least}.",
            "一个分母要加上每个 key 的 {d} 个通道，负的压不过其余的。最小的是 {least}。";
        bad > 0 && bad < n => "some", "有几个",
            "They can be: where features have both signs, sums have both signs. Here {bad} are; the least is {least}.",
            "是有可能：特征有正有负，和也就可正可负。这里有 {bad} 个；最小的是 {least}。";
        bad == n => "all of them", "全部",
            "Negative features do enter the sums. But a sum counts, not its terms: {bad} denominators, the least {least}.",
            "负的特征确实会进到和里。可要看的是和，不是项：{bad} 个分母，最小的是 {least}。");
    Some(Question { id: "denominators", step: 0, row: None, ask, answers })
}
