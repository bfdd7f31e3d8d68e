//! Predict questions; what is right is read off the run, never written down.

use super::figure::OnlineSoftmax;
use super::inputs::{Format, Inputs};
use super::numbers::{bracketed, factor, logit, ordinal, sum};
use super::run::{Act, Run};
use crate::algorithms::online_softmax::Safety;
use crate::content::{Lang, Rich, Role};
use crate::figure::{Answer, Question};

/// The questions that make sense for the present run.
pub fn questions(fig: &OnlineSoftmax, lang: Lang) -> Vec<Question> {
    if fig.broken() {
        return Vec::new();
    }
    [half(fig, lang), shrink(fig, lang), order(fig, lang)].into_iter().flatten().collect()
}

fn answer(text: impl Into<String>, right: bool, feedback: impl Into<String>) -> Answer {
    Answer { text: text.into(), right, feedback: Rich::plain(feedback) }
}

/// Can d get smaller? Asked before it does.
fn shrink(fig: &OnlineSoftmax, lang: Lang) -> Option<Question> {
    let elements = &fig.run.elements;
    // Where the past all but vanishes, "yes" and "it restarts" would both be right.
    let pos = elements.iter().position(|element| element.rescales && element.d < element.d_old && element.d > 1.01)?;
    let element = &elements[pos];
    let step = fig.run.find(Act::Max, pos)?.checked_sub(1)?;
    let (old, new, x, a) = (sum(element.d_old), sum(element.d), logit(element.x), factor(element.factor));
    let kept = sum(element.d_old * element.factor);
    let ask = match lang {
        Lang::En => Rich::plain("Next comes ").with(Role::Key, x.clone()).t(format!("; d stands at {old}. d is a sum of positive numbers. Can it get ")).with(Role::Now, "smaller").t("?"),
        Lang::Zh => Rich::plain("接下来是 ").with(Role::Key, x.clone()).t(format!("；d 现在是 {old}。d 是一堆正数的和，它会")).with(Role::Now, "变小").t("吗？"),
    };
    let whole = format!("{old} × e^({} − {}) + 1 = {new}", logit(element.m_old), bracketed(element.m));
    let answers = vec![
        answer(
            lang.pick("no: a sum of positive numbers only grows", "不会：正数的和只会变大"),
            false,
            lang.pick(format!("They do grow, in one unit. {x} changed the unit: the old {old} now counts {kept}."), format!("单位不变时确实如此。{x} 换了单位：旧的 {old} 现在只算 {kept}。")),
        ),
        answer(
            lang.pick(format!("yes, to {new}"), format!("会，变成 {new}")),
            element.d < element.d_old,
            lang.pick(format!("Yes: {whole}. The past did not vanish, its unit changed."), format!("对：{whole}。过去没有消失，只是换了单位。")),
        ),
        answer(
            lang.pick("only if the new logit is negative", "只有新来的数是负的才会"),
            false,
            lang.pick(format!("The sign of x does not matter: e^(x − m) is always positive. What shrinks d is the factor {a}."), format!("x 的正负没有关系：e^(x − m) 总是正的。让 d 变小的是因子 {a}。")),
        ),
        answer(
            lang.pick("it starts again at 1", "从 1 重新开始"),
            false,
            lang.pick(format!("The newcomer does add 1, but the past still counts {kept}: {whole}."), format!("新来的确实加 1，但过去仍算 {kept}：{whole}。")),
        ),
    ];
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
    let place = |pos: usize| (ordinal(pos + 1), pos + 1, logit(elements[pos].x));
    let fact = match truth {
        Some(pos) => {
            let (nth, number, _) = place(pos);
            let term = sum(elements[pos].term);
            if elements[pos].term.is_finite() {
                lang.pick(format!("The {nth} adds {term}; that still fits below 65,504, but the sum so far does not."), format!("第 {number} 个数要加 {term}，它还在 65,504 以内，累加的和却超过了。"))
            } else {
                lang.pick(format!("For the {nth}, e^x by itself is already beyond 65,504."), format!("到第 {number} 个数，单是 e^x 就超过了 65,504。"))
            }
        }
        None => {
            let d = sum(run.summary.d);
            lang.pick(format!("The sum ends at {d}, below 65,504."), format!("和最后是 {d}，没到 65,504。"))
        }
    };
    let answers = options.iter().map(|option| {
        let text = match option {
            Some(pos) => {
                let (nth, number, x) = place(*pos);
                lang.pick(format!("at the {nth}, {x}"), format!("第 {number} 个数，{x}"))
            }
            None => lang.pick("never".to_string(), "不会出事".into()),
        };
        let belief = match option {
            option if *option == truth => lang.pick("The run agrees.", "运行的结果正是如此。"),
            Some(_) if truth.is_none() => lang.pick("What must fit is the sum of all e^x so far, and here it does.", "要装得下的是到此为止 e^x 的和，而这里装得下。"),
            None => lang.pick("Every single logit here may look harmless; it is e^x that must fit.", "每个数看着都不大；要装得下的是 e^x。"),
            Some(pos) if *pos == largest => lang.pick("The largest adds most, but what must fit is the sum.", "最大的数加得最多，但要装得下的是和。"),
            _ => lang.pick("The sum only grows, so it breaks as soon as it passes the limit.", "和只会变大，一过上限就出事。"),
        };
        answer(text, *option == truth, format!("{belief} {fact}"))
    });
    let ask = Rich::plain(lang.pick("Suppose the maximum is not subtracted, in f16. At which logit does the sum become ∞?", "假如用 f16，又不减最大值，和会在第几个数上变成 ∞？"));
    let answers: Vec<Answer> = answers.collect();
    Some(Question { id: "half", step: 0, row: None, ask, answers })
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
    let pair = format!("({}, {})", logit(here.m), sum(here.d));
    let fact = lang.pick(format!("Either way the pair at the end is {pair}; only the last digits, the rounding, may tell."), format!("怎么走，最后都是 {pair}；能看出差别的只有末几位的舍入。"));
    let option = |en: &str, zh: &str, right: bool, belief: (&str, &str)| answer(lang.pick(en, zh), right, format!("{} {fact}", lang.pick(belief.0, belief.1)));
    let answers = vec![
        option("the path and d", "路径和 d", d_moves && !m_moves, ("d is re-measured along the way, but always by a factor that undoes the old ruler.", "d 一路上会重新量，但每次都恰好抵消旧的尺子。")),
        option("the path and m", "路径和 m", m_moves && !d_moves, ("A maximum does not ask who came first.", "最大值不管谁先来。")),
        option("all three", "三样都变", m_moves && d_moves, ("The pairs in between do differ.", "中间的那几对数确实不同。")),
        option("only the path", "只有路径", !m_moves && !d_moves, ("Yes: merging is commutative and associative.", "对：合并满足交换律和结合律。")),
    ];
    let ask = Rich::plain(lang.pick("Suppose the blocks are visited in the opposite order. Which changes: m, d, or the path to them?", "假如把各块倒过来走，m、d 和到达它们的路径，哪些会变？"));
    Some(Question { id: "order", step, row: None, ask, answers })
}
