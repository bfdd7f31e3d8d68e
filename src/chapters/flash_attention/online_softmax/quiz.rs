//! Predict questions; what is right is read off the run, never written down.

use super::figure::OnlineSoftmax;
use super::inputs::{Format, Inputs};
use super::numbers::{bracketed, factor, logit, ordinal, sum};
use super::run::{Act, Run};
use crate::algorithms::online_softmax::Safety;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, say};
use crate::figure::{Answer, Question, ask};

/// The questions that make sense for the present run.
pub fn questions(fig: &OnlineSoftmax, lang: Lang) -> Vec<Question> {
    if fig.broken() {
        return Vec::new();
    }
    [half(fig, lang), shrink(fig, lang), order(fig, lang)].into_iter().flatten().collect()
}

/// Can d get smaller? Asked before it does.
fn shrink(fig: &OnlineSoftmax, lang: Lang) -> Option<Question> {
    let elements = &fig.run.elements;
    // Where the past all but vanishes, "yes" and "it restarts" would both be right.
    let pos = elements.iter().position(|element| element.rescales && element.d < element.d_old && element.d > 1.01)?;
    let element = &elements[pos];
    let step = fig.run.find(Act::Max, pos)?.checked_sub(1)?;
    let (ask, answers) = ask!(lang; x = Number(element.x, logit), old = Number(element.d_old, sum), new = Number(element.d, sum),
        kept = Number(element.d_old * element.factor, sum), a = Number(element.factor, factor),
        m_old = Number(element.m_old, logit), m = Number(element.m, bracketed);
        "Next comes {k|x}; d stands at {old}. d is a sum of positive numbers. Can it get <now|smaller>?",
        "接下来是 {k|x}；d 现在是 {old}。d 是一堆正数的和，它会<now|变小>吗？";
        false =>
            "no: a sum of positive numbers only grows",
            "不会：正数的和只会变大",
            "They do grow, in one unit. {x} changed the unit: the old {old} now counts {kept}.",
            "单位不变时确实如此。{x} 换了单位：旧的 {old} 现在只算 {kept}。";
        element.d < element.d_old =>
            "yes, to {new}",
            "会，变成 {new}",
            "Yes: {old} × e^({m_old} − {m}) + 1 = {new}. The past did not vanish, its unit changed.",
            "对：{old} × e^({m_old} − {m}) + 1 = {new}。过去没有消失，只是换了单位。";
        false =>
            "only if the new logit is negative",
            "只有新来的数是负的才会",
            "The sign of x does not matter: e^(x − m) is always positive. What shrinks d is the factor {a}.",
            "x 的正负没有关系：e^(x − m) 总是正的。让 d 变小的是因子 {a}。";
        false =>
            "it starts again at 1",
            "从 1 重新开始",
            "The newcomer does add 1, but the past still counts {kept}: {old} × e^({m_old} − {m}) + 1 = {new}.",
            "新来的确实加 1，但过去仍算 {kept}：{old} × e^({m_old} − {m}) + 1 = {new}。");
    Some(Question { id: "shrink", step, row: None, ask, answers })
}

/// At which logit does the plain sum break in half precision? Asked at the start.
fn half(fig: &OnlineSoftmax, lang: Lang) -> Option<Question> {
    // With blocks there are several sums, and no one place where "the sum" breaks.
    if fig.inputs.cut() {
        return None;
    }
    let inputs = Inputs { format: Format::F16, ..fig.inputs.clone() };
    let run = Run::new(&inputs, Safety::Off);
    let elements = &run.elements;
    let n = elements.len();
    let truth = run.breaks_at().filter(|pos| !elements[..=*pos].iter().any(|element| element.x.is_infinite() && element.x > 0.0));
    let last = n.checked_sub(1).filter(|last| *last > 0)?;
    let largest = (0..n).max_by(|a, b| elements[*a].x.total_cmp(&elements[*b].x).then(b.cmp(a)))?;
    let mut options: Vec<Option<usize>> = vec![truth, Some(largest), Some(last), None];
    options.sort_unstable_by_key(|option| option.unwrap_or(usize::MAX));
    options.dedup();
    let fact = fact(&run, truth, lang).text();
    let answers = options.iter().map(|option| {
        let pos = option.unwrap_or(0);
        let text = say!(lang; nth = &ordinal(pos + 1), place = pos + 1, x = Number(elements[pos].x, logit);
            if option.is_none() => "never", "不会出事";
            else => "at the {nth}, {x}", "第 {place} 个数，{x}");
        let feedback = say!(lang; fact = &fact;
            if *option == truth => "The run agrees. {fact}", "运行的结果正是如此。{fact}";
            if option.is_some() && truth.is_none() =>
                "What must fit is the sum of all e^x so far, and here it does. {fact}",
                "要装得下的是到此为止 e^x 的和，而这里装得下。{fact}";
            if option.is_none() =>
                "Every single logit here may look harmless; it is e^x that must fit. {fact}",
                "每个数看着都不大；要装得下的是 e^x。{fact}";
            if *option == Some(largest) =>
                "The largest adds most, but what must fit is the sum. {fact}",
                "最大的数加得最多，但要装得下的是和。{fact}";
            else =>
                "The sum only grows, so it breaks as soon as it passes the limit. {fact}",
                "和只会变大，一过上限就出事。{fact}");
        Answer { text: text.text(), right: *option == truth, feedback }
    });
    let answers = answers.collect();
    let ask = say!(lang; ;
        "Suppose the maximum is not subtracted, in f16. At which logit does the sum become ∞?",
        "假如用 f16，又不减最大值，和会在第几个数上变成 ∞？");
    Some(Question { id: "half", step: 0, row: None, ask, answers })
}

/// Where the sum of a run breaks, and why there.
fn fact(run: &Run, truth: Option<usize>, lang: Lang) -> Rich {
    let pos = truth.unwrap_or(0);
    let term = run.elements[pos].term;
    say!(lang; nth = &ordinal(pos + 1), place = pos + 1, term = Number(term, sum), d = Number(run.summary.d, sum);
        if truth.is_none() =>
            "The sum ends at {d}, below 65,504.",
            "和最后是 {d}，没到 65,504。";
        if term.is_finite() =>
            "The {nth} adds {term}; that still fits below 65,504, but the sum so far does not.",
            "第 {place} 个数要加 {term}，它还在 65,504 以内，累加的和却超过了。";
        else =>
            "For the {nth}, e^x by itself is already beyond 65,504.",
            "到第 {place} 个数，单是 e^x 就超过了 65,504。")
}

/// What changes when the blocks are visited the other way round? Asked before the last merge.
fn order(fig: &OnlineSoftmax, lang: Lang) -> Option<Question> {
    let inputs = &fig.inputs;
    if !inputs.cut() {
        return None;
    }
    let reversed = Inputs { blocks: inputs.blocks.iter().rev().cloned().collect(), ..inputs.clone() };
    let other = Run::new(&reversed, Safety::On);
    let path = |run: &Run| run.merges.iter().map(|merge| (merge.after.m, merge.after.d)).collect::<Vec<_>>();
    let (here, there) = (fig.run.summary, other.summary);
    let tolerance = if inputs.format == Format::F16 { 0.02 } else { 1e-4 };
    let m_moves = here.m != there.m;
    let d_moves = (here.d - there.d).abs() > tolerance * here.d.abs();
    if path(&fig.run)[..inputs.blocks.len() - 1] == path(&other)[..inputs.blocks.len() - 1] {
        return None;
    }
    let step = fig.run.trace.iter().enumerate().filter(|(_, step)| step.act == Act::Merge).last()?.0.checked_sub(1)?;
    let fact = say!(lang; m = Number(here.m, logit), d = Number(here.d, sum);
        "Either way the pair at the end is ({m}, {d}); only the last digits, the rounding, may tell.",
        "怎么走，最后都是 ({m}, {d})；能看出差别的只有末几位的舍入。");
    let (ask, answers) = ask!(lang; fact = &fact.text();
        "Suppose the blocks are visited in the opposite order. Which changes: m, d, or the path to them?",
        "假如把各块倒过来走，m、d 和到达它们的路径，哪些会变？";
        d_moves && !m_moves =>
            "the path and d",
            "路径和 d",
            "d is re-measured along the way, but always by a factor that undoes the old ruler. {fact}",
            "d 一路上会重新量，但每次都恰好抵消旧的尺子。{fact}";
        m_moves && !d_moves =>
            "the path and m",
            "路径和 m",
            "A maximum does not ask who came first. {fact}",
            "最大值不管谁先来。{fact}";
        m_moves && d_moves =>
            "all three",
            "三样都变",
            "The pairs in between do differ. {fact}",
            "中间的那几对数确实不同。{fact}";
        !m_moves && !d_moves =>
            "only the path",
            "只有路径",
            "Yes: merging is commutative and associative. {fact}",
            "对：合并满足交换律和结合律。{fact}");
    Some(Question { id: "order", step, row: None, ask, answers })
}
