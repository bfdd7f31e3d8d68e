//! The caption: what is left of FAVOR+ without chance, and what the activation adds to that.

use super::figure::Morph;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, number, say};

/// What is seen, in one sentence or two.
pub fn caption(fig: &Morph, lang: Lang) -> Rich {
    let (run, t) = (&fig.run, fig.inputs.t);
    let (at, exp) = (&run.at, run.path.first().map_or(0.0, |at| at.gap));
    let far = |x: f64| Number(x, number::residual);
    say!(lang; phi = &fig.phi(), bad = at.n_bad, negative = run.n_negative, all = run.n_features(), gap = far(at.gap), moved = far(at.moved), same = far(run.same),
        exp = far(exp), least = Number(at.least, number::cell);
        if at.n_bad > 0 =>
            "{phi} makes <now|{bad} denominators> 0 or negative: an output divided by them is no weighted mean any more.",
            "{phi} 使 <now|{bad} 个分母>等于 0 或为负：除以它们，输出就不再是加权平均了。";
        if fig.inputs.equal && t == 0.0 =>
            "Keys of one length carry one weight, and it cancels in every row: FAVOR+ and plain exp now differ by <now|{gap}>.",
            "所有 key 一样长，权重也就相同，在每一行里约掉：FAVOR+ 与单纯的 exp 只差 <now|{gap}>。";
        if fig.inputs.equal =>
            "Keys have one length, so only the activation is left between FAVOR+ and {phi}: outputs differ by <now|{gap}>.",
            "key 一样长，FAVOR+ 与 {phi} 之间只剩激活函数的差别：输出相差 <now|{gap}>。";
        if t == 0.0 =>
            "Along fixed axes FAVOR+ is <k|exp with a weight on every key>, to {same}. Leave the weights out: outputs differ by <now|{gap}>.",
            "轴一固定，FAVOR+ 就是 <k|每个 key 带一个权重的 exp>，只差 {same}。去掉权重，输出相差 <now|{gap}>。";
        if run.n_negative > 0 =>
            "{negative} of {all} features are below 0 now, but no denominator: the least is <now|{least}>. From exp to {phi}, outputs moved by {moved}.",
            "{all} 个特征中有 {negative} 个小于 0，分母却没有：最小的是 <now|{least}>。从 exp 到 {phi}，输出变了 {moved}。";
        else =>
            "From exp to {phi}, outputs move by <now|{moved}>. Leaving out the key weights had moved them by {exp}.",
            "从 exp 到 {phi}，输出变了 <now|{moved}>；去掉 key 的权重，变的是 {exp}。")
}
