//! Predict questions; what is right is read off the run, never written down.

use super::figure::Backward;
use super::run::Act;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, number};
use crate::figure::{Figure, Question, ask};

/// The questions that make sense for the present run.
pub fn questions(fig: &Backward, lang: Lang) -> Vec<Question> {
    [memory(fig, lang), without_delta(fig, lang), complete(fig, lang)].into_iter().flatten().collect()
}

/// What must the forward run have kept, so that P can be rebuilt?
fn memory(fig: &Backward, lang: Lang) -> Option<Question> {
    let step = fig.run.find(Act::LoadRows)?;
    let (n, bc) = (fig.x().n_keys(), fig.run.chosen.cols.len());
    if fig.inputs.broken.lse || n < 3 {
        return None;
    }
    // L, counted where the run reads it.
    let kept = fig.run.lse.len() / fig.x().n_queries();
    let row = fig.focus(step, None);
    let [m, l] = [0, 1].map(|idx| Number(f64::from(fig.state[idx][row]), number::cell));
    let lse = Number(f64::from(fig.run.lse[row]), number::cell);
    let (ask, answers) = ask!(lang; it = Token(&fig.inputs.given.query_names[row]), n, bc, m, l, lse;
        "Q and K are at hand again. How many more numbers per row must the forward pass have kept to rebuild P?",
        "Q 和 K 手头又有了。要重建 P，前向还得给每一行留下几个数？";
        kept == n =>
            "{n}: the whole row of P",
            "{n} 个：P 的整行",
            "That is the table we refused to write. The row of {it} is fixed by its scores and by what they are divided by: L = {lse}.",
            "那正是我们不肯写的表。{it} 这一行由它的分数和除数定下来：L = {lse}。";
        kept == 2 =>
            "two: m and ℓ",
            "两个：m 和 ℓ",
            "Two would do, but they only occur together: e^(S − m)/ℓ = e^(S − L), with L = m + log ℓ = {m} + log {l} = {lse}.",
            "两个当然够，但它们总是一起出现：e^(S − m)/ℓ = e^(S − L)，L = m + log ℓ = {m} + log {l} = {lse}。";
        kept == 1 =>
            "one",
            "一个",
            "Yes: L = m + log ℓ. For {it}, {m} + log {l} = {lse}, ruler and divisor in one.",
            "对：L = m + log ℓ。{it} 的是 {m} + log {l} = {lse}，尺子和除数合在一个数里。";
        false =>
            "one per key of the tile: {bc} here",
            "块里每个 key 一个：这里 {bc} 个",
            "A weight is one row's score over one row's sum: it needs the row's total, not the tile's. For {it} that is L = {lse}.",
            "权重是这一行的分数除以这一行的和：要的是整行的总和，与块无关。{it} 的就是 L = {lse}。");
    Some(Question { id: "memory", step: step.saturating_sub(1), row: Some(row), ask, answers })
}

/// Which gradient is complete after this pair?
fn complete(fig: &Backward, lang: Lang) -> Option<Question> {
    let step = fig.run.find(Act::GrowK)?;
    let ((rows, cols), chosen) = (fig.n_tiles(), &fig.run.chosen);
    if rows < 2 || cols < 2 {
        return None;
    }
    // Compared with what the whole run leaves; a later pair may still be skipped, or add exactly nothing.
    let finished = |idx: usize, part: &std::ops::Range<usize>| {
        let whole = if idx == 1 { &fig.run.out.dq } else { &fig.run.out.dk };
        chosen.after.get(idx).is_some_and(|sum| sum == whole.slice(ndarray::s![part.clone(), ..]))
    };
    let (dq, dk) = (finished(1, &chosen.rows), finished(2, &chosen.cols));
    let (ask, answers) = ask!(lang; i = chosen.i + 1, j = chosen.j + 1, rows, cols;
        "After this pair, query tile {i} with key tile {j}: which of its gradients is complete?",
        "算完第 {i} 块 query 和第 {j} 块 key 这一对，哪个梯度就算完了？";
        dq && !dk =>
            "dQ of the query tile",
            "这块 query 的 dQ",
            "dQ collects over key tiles, of which this is number {j} of {cols}; dK and dV collect over query tiles, and this is {i} of {rows}.",
            "dQ 要收齐各块 key，这是 {cols} 块里的第 {j} 块；dK、dV 要收齐各块 query，这是 {rows} 块里的第 {i} 块。";
        dk && !dq =>
            "dK and dV of the key tile",
            "这块 key 的 dK 和 dV",
            "Keys stay and queries pass, so dK and dV end with query tile {rows}; this is {i}. dQ ends with key tile {cols}; this is {j}.",
            "key 留着、query 经过，dK、dV 到第 {rows} 块 query 才完，这是第 {i} 块；dQ 到第 {cols} 块 key 才完，这是第 {j} 块。";
        dq && dk =>
            "all three",
            "三个都完了",
            "Each wants its whole loop: dQ all {cols} key tiles (this is {j}), dK and dV all {rows} query tiles (this is {i}).",
            "各要走完自己那一圈：dQ 要 {cols} 块 key（这是第 {j} 块），dK、dV 要 {rows} 块 query（这是第 {i} 块）。";
        !dq && !dk =>
            "none of them",
            "一个也没有",
            "That depends on the place in the loops: this is key tile {j} of {cols} for dQ, and query tile {i} of {rows} for dK and dV.",
            "要看走到哪了：对 dQ，这是 {cols} 块 key 里的第 {j} 块；对 dK、dV，这是 {rows} 块 query 里的第 {i} 块。");
    Some(Question { id: "complete", step: step - 2, row: None, ask, answers })
}

/// What comes out wrong if D is left out?
fn without_delta(fig: &Backward, lang: Lang) -> Option<Question> {
    let step = fig.run.find(Act::ScoresGrad)?;
    if fig.inputs.broken.any() {
        return None;
    }
    let [dv, dq, dk] = [0, 1, 2].map(|idx| Backward::spoilt(&fig.without_delta, idx));
    if dq != dk || (dv && !dq) {
        return None;
    }
    let [off_v, off_q, off_k] = fig.without_delta.map(|error| Number(error, number::residual));
    let (ask, answers) = ask!(lang; off_v, off_q, off_k;
        "Suppose D is forgotten: dS = P∘dP. Which gradients come out wrong?",
        "假如忘了减 D，dS = P∘dP，哪些梯度会算错？";
        !dq =>
            "none: D is one number per row, a shift",
            "都不错：D 每行一个数，只是平移",
            "A shift of S would be harmless, a shift of dP is not: P∘D goes into dS. Run without it, dQ is off by {off_q}, dK by {off_k}.",
            "平移 S 没关系，平移 dP 可不行：P∘D 会进 dS。不减它跑一遍，dQ 差 {off_q}，dK 差 {off_k}。";
        dq && !dv =>
            "dQ and dK",
            "dQ 和 dK",
            "Yes: both are made of dS, off by {off_q} and {off_k}. dV is PᵀdO and never meets dS; it is off by {off_v}.",
            "对：它们都由 dS 得来，分别差 {off_q} 和 {off_k}。dV 是 PᵀdO，碰不到 dS，只差 {off_v}。";
        dq && dv =>
            "all three",
            "三个都错",
            "dV is PᵀdO and never meets dS: it is off by {off_v}. dQ is off by {off_q}, dK by {off_k}.",
            "dV 是 PᵀdO，碰不到 dS，只差 {off_v}。dQ 差 {off_q}，dK 差 {off_k}。";
        false =>
            "only dQ: D belongs to a query",
            "只有 dQ：D 是 query 的",
            "D is one number per query, but through dS it reaches every key: dQ is off by {off_q}, dK by {off_k}.",
            "D 是每个 query 一个数，可它经过 dS 传到每个 key：dQ 差 {off_q}，dK 差 {off_k}。");
    Some(Question { id: "without-delta", step: step - 1, row: None, ask, answers })
}
