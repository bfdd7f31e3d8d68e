//! One sentence per step: what happens, then why, with the run's own numbers.

use super::figure::Backward;
use super::run::{Act, worst};
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::span;

/// The row in focus, the key it weighs most, and the pair's numbers there.
struct Facts<'a> {
    fig: &'a Backward,
    lang: Lang,
    /// Name of the query.
    it: &'a str,
    /// Name of the key.
    key: &'a str,
    /// Index of the query, and of both within the tile.
    row: usize,
    at: [usize; 2],
}

/// The caption of a step for the row in focus.
pub fn caption(fig: &Backward, step: usize, row: usize, lang: Lang) -> Rich {
    let (chosen, given) = (&fig.run.chosen, &fig.inputs.given);
    let row = row.clamp(chosen.rows.start, chosen.rows.end.saturating_sub(1));
    let best = fig.best(row);
    let (it, key) = (&given.query_names[row], &given.key_names[chosen.cols.start + best]);
    let facts = Facts { fig, lang, it, key, row, at: [row - chosen.rows.start, best] };
    match fig.act(step) {
        Act::Delta => facts.delta(),
        Act::LoadKv | Act::Skip | Act::LoadRows => facts.load(fig.act(step)),
        Act::Scores | Act::Probs => facts.weight(fig.act(step)),
        Act::ProbsGrad | Act::ScoresGrad => facts.slope(fig.act(step)),
        Act::GrowV | Act::GrowQ | Act::GrowK => facts.grow(fig.act(step)),
        act => facts.end(act, step),
    }
}

impl Facts<'_> {
    /// The focused entry of a table of the pair.
    fn entry(&self, table: usize) -> f64 {
        self.fig.run.chosen.tables.get(table).map_or(f64::NAN, |table| f64::from(table[self.at]))
    }

    fn delta(&self) -> Rich {
        let (truth, n) = (self.fig.run.grad.delta[self.row], self.fig.x().n_queries());
        say!(self.lang; it = Token(self.it), truth = Number(truth, number::cell), n;
            if self.fig.inputs.broken.delta =>
                "D is held at <w|0> for every row; for {q|it} it should be {truth}.",
                "每一行的 D 都固定成 <w|0>；{q|it} 的本该是 {truth}。";
            else =>
                "Before any tile, dO∘O is added up along each of the {n} rows: for {q|it} that is D = {now|truth}.",
                "先不分块，{n} 行各把 dO∘O 加起来：{q|it} 的 D 是 {now|truth}。")
    }

    fn load(&self, act: Act) -> Rich {
        let (chosen, given) = (&self.fig.run.chosen, &self.fig.inputs.given);
        let (rows, cols) =
            (span(&given.query_names[chosen.rows.clone()], self.lang), span(&given.key_names[chosen.cols.clone()], self.lang));
        say!(self.lang; i = chosen.i + 1, j = chosen.j + 1, rows = &rows, cols = &cols, n = self.fig.n_tiles().0;
            if act == Act::LoadKv =>
                "Keys and values of tile {j}, {k|cols}, come in and <now|stay> while {n} query tiles pass; their dK and dV begin at 0.",
                "第 {j} 块 key 和 value（{k|cols}）载入，<now|留在片上>，等 {n} 块 query 逐一经过；它们的 dK、dV 从 0 开始。";
            if act == Act::Skip =>
                "<now|Skipped>: every key of tile {j} lies in the future of every query of tile {i}, so P and dS are 0 here.",
                "<now|跳过>：第 {j} 块的每个 key 都在第 {i} 块每个 query 的未来，这里的 P 和 dS 都是 0。";
            if self.fig.inputs.broken.lse =>
                "Query tile {i}, {q|rows}, brings Q, dO and D; in the place of L comes <w|m>, the maximum of each row.",
                "第 {i} 块 query（{q|rows}）带来 Q、dO 和 D；本该是 L 的地方放着每行的<w|最大值 m>。";
            else =>
                "Query tile {i}, {q|rows}, brings Q, dO and <now|two numbers per row>: L and D. No weight was kept.",
                "第 {i} 块 query（{q|rows}）带来 Q、dO，外加<now|每行两个数>：L 和 D。权重一个也没留下。")
    }

    fn weight(&self, act: Act) -> Rich {
        let (fig, chosen) = (self.fig, &self.fig.run.chosen);
        let exact = |row: usize, key: usize| fig.run.exact.probs[[chosen.rows.start + row, chosen.cols.start + key]];
        let gap = chosen.tables.get(1).map_or(0.0, |p| worst(&mut p.indexed_iter().map(|((row, key), p)| (*p, exact(row, key)))));
        let mask = fig.x().mask.allows(self.row, chosen.cols.start + self.at[1]);
        say!(self.lang; it = Token(self.it), key = Token(self.key), s = Number(self.entry(0), number::cell), p = Number(self.entry(1), number::cell),
            truth = Number(exact(self.at[0], self.at[1]), number::cell), gap = Number(gap, number::residual);
            if !mask =>
                "{q|it} may not look at any key of this tile: its weights and all that follows from them are <now|0>.",
                "{q|it} 不许看这块里的任何 key：它的权重是 <now|0>，往后的也都是 0。";
            if act == Act::Scores =>
                "The same product as in the forward pass: {q|it} meets {k|key} with {now|s}.",
                "与前向完全相同的乘法：{q|it} 对 {k|key} 得 {now|s}。";
            if fig.inputs.broken.lse =>
                "Measured against m, {q|it} gives {k|key} {w|p}; the softmax says {truth}. Without the sum in L, nothing is divided.",
                "拿 m 来量，{q|it} 给 {k|key} 的是 {w|p}；Softmax 给的是 {truth}。L 里的和没了，谁也没除。";
            else =>
                "P is back: e to the (S − L) gives {k|key} {now|p} of {q|it}, already divided. From the softmax it differs by at most {gap}.",
                "P 回来了：e 的 (S − L) 次方，{q|it} 给 {k|key} 的是 {now|p}，已经除好。与 Softmax 至多差 {gap}。")
    }

    fn slope(&self, act: Act) -> Rich {
        let delta = f64::from(self.fig.run.out.delta[self.row]);
        say!(self.lang; it = Token(self.it), key = Token(self.key), p = Number(self.entry(1), number::cell), dp = Number(self.entry(2), number::cell),
            ds = Number(self.entry(3), number::cell), delta = Number(delta, number::cell);
            if act == Act::ProbsGrad =>
                "If {q|it} gave {k|key} more weight, the loss would change by {now|dp} per unit: dO·v, with no softmax in it yet.",
                "{q|it} 若多给 {k|key} 一份权重，损失就按每份 {now|dp} 变：这是 dO·v，还没算上 Softmax。";
            if self.fig.inputs.broken.delta =>
                "Nothing is subtracted: dS = {p} × {dp} = {w|ds}, as if the weights of {q|it} need not sum to 1.",
                "什么也没减：dS = {p} × {dp} = {w|ds}，好像 {q|it} 的权重不必合成 1 似的。";
            else =>
                "More weight for {k|key} is less for the others, so {q|it} compares with its average {delta}: {p} × ({dp} − D) = {now|ds}.",
                "多给 {k|key} 就要少给别人，所以 {q|it} 要跟自己的平均 {delta} 比：{p} × ({dp} − D) = {now|ds}。")
    }

    fn grow(&self, act: Act) -> Rich {
        let (fig, chosen) = (self.fig, &self.fig.run.chosen);
        let (rows, cols) = fig.n_tiles();
        let (part, of, all) = match act {
            Act::GrowQ => (chosen.j + 1, self.it, cols),
            _ => (chosen.i + 1, self.key, rows),
        };
        let rich = say!(self.lang; it = Token(of), query = Token(self.it), part, all, p = Number(self.entry(1), number::cell);
            if act == Act::GrowV =>
                "Down the column of {k|it}: each query adds P times its dO to that key's <v|dV>, {query} at a weight of {now|p}.",
                "沿 {k|it} 这一列看：每个 query 把 P 倍的 dO 加进它的 <v|dV>，{query} 的权重是 {now|p}。";
            if act == Act::GrowQ && part == all =>
                "Along the row, dS·K/√d goes into <q|dQ> of {q|it}. This was the last key tile, so dQ is <now|complete>.",
                "沿一行看：dS·K/√d 加进 {q|it} 的 <q|dQ>。key 块到此走完，dQ <now|算完了>。";
            if act == Act::GrowQ =>
                "Along the row, dS·K/√d goes into <q|dQ> of {q|it}: key tile <now|{part} of {all}>. It goes up and will come down again.",
                "沿一行看：dS·K/√d 加进 {q|it} 的 <q|dQ>，这是第 <now|{part} 块，共 {all} 块>。它写回去，下次还要再取。";
            else =>
                "Down the column of {k|it}: each query adds dS times its Q/√d to that key's <k|dK>; query tile <now|{part} of {all}>.",
                "沿 {k|it} 这一列看：每个 query 把 dS 倍的 Q/√d 加进它的 <k|dK>；这是第 <now|{part} 块 query，共 {all} 块>。");
        rich.warn_if(fig.inputs.broken.lse || (act != Act::GrowV && fig.inputs.broken.delta))
    }

    fn end(&self, act: Act, step: usize) -> Rich {
        let [dv, dq, dk] = self.fig.run.errors.map(|error| Number(error, number::residual));
        let (j, all) = (self.fig.run.chosen.j + 1, self.fig.n_tiles().0);
        let rich = say!(self.lang; j, all, dv, dq, dk;
            if step < self.fig.run.last() =>
                "All {all} query tiles have passed: <k|dK> and <v|dV> of key tile {j} go up, <now|once>. P is thrown away again.",
                "{all} 块 query 都经过了：第 {j} 块的 <k|dK> 和 <v|dV> 写回，<now|只这一次>。P 又扔掉了。";
            if act == Act::Store =>
                "The last <k|dK> and <v|dV> go up. Against the stored softmax, dV is off by <now|{dv}>, dQ by <now|{dq}>, dK by <now|{dk}>.",
                "最后的 <k|dK> 和 <v|dV> 写回。与存下整张 Softmax 的算法比：dV 差 <now|{dv}>，dQ 差 <now|{dq}>，dK 差 <now|{dk}>。";
            else =>
                "The other key tiles have followed. Against the stored softmax, dV is off by <now|{dv}>, dQ by <now|{dq}>, dK by <now|{dk}>.",
                "其余的 key 块也走完了。与存下整张 Softmax 的算法比：dV 差 <now|{dv}>，dQ 差 <now|{dq}>，dK 差 <now|{dk}>。");
        rich.warn_if(self.fig.inputs.broken.any())
    }
}
