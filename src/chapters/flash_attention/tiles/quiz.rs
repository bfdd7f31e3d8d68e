//! Predict questions; what is right is read off the run, never written down.

use super::figure::Tiles;
use super::inputs::Order;
use super::run::Act;
use crate::algorithms::MaskKind;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, number, say};
use crate::figure::{Answer, Question, ask};

/// The questions that make sense for the present run.
pub fn questions(fig: &Tiles, lang: Lang) -> Vec<Question> {
    [factor(fig, lang), quiet(fig, lang), wrong_rows(fig, lang), dearer(fig, lang), skipped(fig, lang)].into_iter().flatten().collect()
}

/// By what factor must the old output be multiplied? Asked before the hardest rescale.
fn factor(fig: &Tiles, lang: Lang) -> Option<Question> {
    let hits = fig.rescales.iter().enumerate().flat_map(|(row, hits)| hits.iter().map(move |hit| (row, *hit)));
    let (row, (step, truth)) = hits.filter(|(_, hit)| hit.0 > 0 && (0.02..0.9).contains(&hit.1)).min_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    let now = fig.run.trace.at(step);
    let at = row - now.rows.start;
    let (old, new) = (f64::from(now.m_old[at]), f64::from(now.m_new.as_ref()?[at]));
    let (ask, answers) = ask!(lang; it = Token(&fig.inputs.query_names[row]), old = Number(old, number::cell), new = Number(new, number::cell),
        factor = Number(truth, number::factor), inverse = Number(1.0 / truth, number::cell);
        "This tile lifts the maximum of {q|it} from {old} to {new}. By what factor must its old <o|output> be multiplied?",
        "这一块把 {q|it} 的最大值从 {old} 抬到 {new}。它旧的<o|输出>要乘以多少？";
        false =>
            "×1, unchanged",
            "×1，不变",
            "The old numbers are right, in the old unit. The unit changed: e^({old} − {new}) = {factor}.",
            "旧的数没有错，只是单位是旧的。单位换了：e^({old} − {new}) = {factor}。";
        true =>
            "×{factor}",
            "×{factor}",
            "Yes: e^({old} − {new}) = {factor}. Everything it holds was measured against the old maximum.",
            "对：e^({old} − {new}) = {factor}。它手里的一切都是按旧的最大值量的。";
        false =>
            "×{inverse}",
            "×{inverse}",
            "The maximum grew, so what was measured against the smaller one counts less: e^({old} − {new}) = {factor}.",
            "最大值变大了，按小的那个量出来的东西就显得小：e^({old} − {new}) = {factor}。";
        false =>
            "×0, start again",
            "×0，从头来",
            "The past still counts, only less: e^({old} − {new}) = {factor}.",
            "过去仍然算数，只是变少了：e^({old} − {new}) = {factor}。");
    Some(Question { id: "factor", step: step - 1, row: Some(row), ask, answers })
}

/// Does the maximum move? Asked before a tile that does not move it, after one that did.
fn quiet(fig: &Tiles, lang: Lang) -> Option<Question> {
    let row = fig.inputs.query_names.iter().position(|name| name == "it").filter(|row| !fig.rescales[*row].is_empty())?;
    let first = fig.rescales[row].first()?.0;
    let step = (first + 1..=fig.run.last()).find(|idx| {
        let now = fig.run.trace.at(*idx);
        now.act == Act::Max && now.rows.contains(&row)
    })?;
    let now = fig.run.trace.at(step);
    let at = row - now.rows.start;
    let (old, new) = (now.m_old[at], now.m_new.as_ref()?[at]);
    let best = now.s.as_ref()?.row(at).fold(f32::NEG_INFINITY, |most, x| most.max(*x));
    let moves = new > old;
    let keys = fig.inputs.key_names[now.cols.clone()].join(lang.pick("”, “", "、"));
    let (ask, answers) = ask!(lang; it = Token(&fig.inputs.query_names[row]), keys = Token(&keys), old = Number(f64::from(old), number::cell),
        best = Number(f64::from(best), number::cell);
        "Next for {q|it}: {k|keys}. Its maximum stands at {old}. What will the factor be?",
        "接下来轮到 {k|keys}。{q|it} 的最大值现在是 {old}，因子会是多少？";
        moves =>
            "less than 1: every tile shrinks the past",
            "小于 1：每一块都会缩小过去",
            "Every tile computes a factor, but it is below 1 only if the maximum rises. The largest score in this tile is {best}, against a maximum of {old}.",
            "每一块都会算一个因子，但只有最大值上升时它才小于 1。这一块里最大的分数是 {best}，当前最大值是 {old}。";
        !moves =>
            "exactly 1",
            "恰好是 1",
            "A tile that raises nothing changes nothing already there. The largest score in this tile is {best}, against a maximum of {old}.",
            "没有抬高最大值的块，不会改动已有的东西。这一块里最大的分数是 {best}，当前最大值是 {old}。";
        false =>
            "more than 1: the past grows",
            "大于 1：过去会变大",
            "The maximum never falls, so the factor e^(m − m′) never exceeds 1. The largest score in this tile is {best}, against a maximum of {old}.",
            "最大值只升不降，所以 e^(m − m′) 不会超过 1。这一块里最大的分数是 {best}，当前最大值是 {old}。");
    Some(Question { id: "quiet", step: step.saturating_sub(2), row: Some(row), ask, answers })
}

/// How many rows come out wrong without rescaling?
fn wrong_rows(fig: &Tiles, lang: Lang) -> Option<Question> {
    if fig.broken() || fig.inputs.x.n_keys() <= fig.inputs.tiling.bc.get() {
        return None;
    }
    let n = fig.inputs.x.n_queries();
    let truth = fig.rescales.iter().filter(|hits| !hits.is_empty()).count();
    let tiles = fig.inputs.x.n_keys().div_ceil(fig.inputs.tiling.bc.get());
    let later = n * (tiles - 1) / tiles;
    let mut options = vec![n, truth, later, n / 2, 0];
    options.dedup();
    let mut seen = Vec::new();
    options.retain(|option| {
        !seen.contains(option) && {
            seen.push(*option);
            true
        }
    });
    options.truncate(4);
    if !options.contains(&truth) {
        options[3] = truth;
    }
    options.sort_unstable_by(|a, b| b.cmp(a));
    let feedback = |option: usize| {
        say!(lang; truth, n;
            if option == truth =>
                "The run agrees. {truth} of {n} rows meet a larger score after their first tile; only for them does the factor differ from 1.",
                "运行的结果正是如此。{n} 行里有 {truth} 行在第一块之后遇到了更大的分数；只有它们的因子不是 1。";
            if option == n =>
                "Every row takes the rescaling step, but a factor of 1 changes nothing. {truth} of {n} rows meet a larger score after their first tile.",
                "每一行都要走这一步，但因子为 1 时什么都不变。{n} 行里只有 {truth} 行在第一块之后遇到了更大的分数。";
            if option == 0 =>
                "That holds on a head whose maxima all lie in the first tile. Here {truth} of {n} rows meet a larger score later.",
                "只有每行的最大值都落在第一块时才会这样。这里 {n} 行中有 {truth} 行后来遇到了更大的分数。";
            else =>
                "What counts is not how many tiles there are but whether a later one raises the maximum. It does for {truth} of {n} rows.",
                "关键不在有几块，而在后面的块有没有抬高最大值。{n} 行里有 {truth} 行如此。")
    };
    let answers =
        options.iter().map(|option| Answer { text: option.to_string(), right: *option == truth, feedback: feedback(*option) }).collect();
    let ask = say!(lang; n;
        "Suppose the rescaling is switched off. How many of the {n} rows come out wrong?",
        "假如把重新缩放关掉，{n} 行里会有几行算错？");
    Some(Question { id: "wrong-rows", step: 0, row: None, ask, answers })
}

/// Flash moved more than standard: a bug?
fn dearer(fig: &Tiles, lang: Lang) -> Option<Question> {
    let totals = fig.run.totals;
    let (n, d, br) = (fig.inputs.x.n_queries(), fig.inputs.x.d(), fig.inputs.tiling.br.get());
    if fig.inputs.order != Order::Fa2 || totals.fa2 <= totals.standard || br >= n {
        return None;
    }
    let fact = say!(lang; n, d, br, reads = n.div_ceil(br);
        "K and V are read {reads} times, once per query tile of {br}; with d = {d} that outweighs a table of {n} queries.",
        "每块只有 {br} 个 query，所以 K 和 V 读了 {reads} 遍；d = {d} 时，这比 {n} 个 query 的那张表还重。");
    let (ask, answers) = ask!(lang; fa2 = totals.fa2 as usize, standard = totals.standard as usize, fact = &fact.text();
        "FA-2 moves {fa2} elements here, standard attention only {standard}. A bug?",
        "这里 FA-2 搬了 {fa2} 个元素，标准法只搬 {standard} 个。是程序错了吗？";
        false =>
            "Yes: flash always moves less",
            "是：flash 总是搬得更少",
            "It does on long sequences with large tiles. {fact}",
            "序列长、块又大时才是。{fact}";
        true =>
            "No: K and V are re-read too often",
            "不是：K 和 V 重读得太多",
            "Yes. {fact} A larger Br is the cure; Bc changes nothing in this order.",
            "对。{fact}把 Br 调大就好；在这种次序里 Bc 不起作用。";
        false =>
            "No: the length is no power of two",
            "不是：长度不是 2 的幂",
            "A ragged tile costs only its own rows. {fact}",
            "不满的块只多花自己那几行。{fact}";
        false =>
            "No: it would win with a causal mask",
            "不是：加上因果掩码就赢了",
            "Skipped tiles help, but the reading again remains. {fact}",
            "跳过一些块有帮助，但重读还在。{fact}");
    Some(Question { id: "dearer", step: fig.run.last().saturating_sub(1), row: None, ask, answers })
}

/// How many tiles are never loaded under a causal mask?
fn skipped(fig: &Tiles, lang: Lang) -> Option<Question> {
    let total = fig.run.pairs.len();
    let truth = fig.run.pairs.iter().filter(|pair| pair.skipped).count();
    if fig.inputs.x.mask.kind == MaskKind::None || total < 4 || truth == 0 {
        return None;
    }
    let mut options = vec![truth, total / 2, total - truth, total.saturating_sub((total as f64).sqrt() as usize)];
    options.sort_unstable();
    options.dedup();
    let feedback = say!(lang; truth, total;
        "{truth} of {total} tiles lie wholly in the future; those on the diagonal are half full and still needed.",
        "{total} 块里有 {truth} 块整个在未来；对角线上的块只有一半有用，但仍要算。");
    let answers =
        options.iter().map(|option| Answer { text: option.to_string(), right: *option == truth, feedback: feedback.clone() }).collect();
    let ask = say!(lang; total;
        "The mask hides the future. How many of the {total} tiles are never computed?",
        "掩码遮住了未来。{total} 块里有几块根本不用算？");
    Some(Question { id: "skipped", step: 0, row: None, ask, answers })
}
