//! One sentence per step: what happens, then why, with the run's own numbers.

use super::cells::largest;
use super::figure::Recurrent;
use super::run::{Act, Step, divides};
use crate::algorithms::linear_attention::Future;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, Value, number, say};

/// What a caption may speak of.
struct Facts<'a> {
    fig: &'a Recurrent,
    now: &'a Step,
    step: usize,
    /// The token in focus, from 0, and its place in the chunk.
    row: usize,
    at: usize,
    lang: Lang,
}

/// The caption of a step for the token in focus.
pub fn caption(fig: &Recurrent, step: usize, row: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    let row = if now.rows.contains(&row) { row } else { now.rows.start };
    let facts = Facts { fig, now, step, row, at: row - now.rows.start, lang };
    match (now.act, fig.recurrence()) {
        (Act::Load, true) => facts.arrives(),
        (Act::Load, false) => facts.chunk_arrives(),
        (Act::State, true) => facts.added(),
        (Act::State, false) => facts.chunk_added(),
        (Act::Sum, _) => facts.summed(),
        (Act::Table, _) => facts.table(),
        (Act::Intra, _) => facts.intra(),
        (Act::Inter, _) => facts.inter(),
        (Act::Denominator, _) => facts.denominator(),
        (Act::Output, _) if step == fig.run.last() => facts.end(),
        (Act::Output, _) => facts.output(),
    }
}

/// A denominator that holds little more than what guards it.
const NO_WEIGHT: f64 = 2e-6;

impl Facts<'_> {
    fn total(&self) -> f64 {
        self.now.totals.as_ref().map_or(f64::NAN, |totals| f64::from(totals[self.at]))
    }

    fn seen(&self) -> bool {
        self.fig.inputs.future == Future::Seen
    }

    /// How far the output moves that moves most.
    fn leak(&self) -> Value<'static> {
        Number(self.fig.leak.map_or(0.0, |leak| leak.1), number::residual)
    }

    fn who(&self) -> usize {
        self.fig.leak.map_or(1, |leak| leak.0)
    }

    fn arrives(&self) -> Rich {
        let (fig, now) = (self.fig, self.now);
        let (cache, state) = (fig.cache(self.step) as usize, fig.state() as usize);
        let (t, n) = (now.hand.end, fig.inputs.n());
        say!(self.lang; t, n, cache, state, per = fig.per_token(), leak = self.leak(), who = self.who();
            if self.seen() && now.arrived > 1 =>
                "Token {t} is taken in <w|before token 1> has been answered: the sum is about to run over the future.",
                "token 1 还没有得到回答，token {t} <w|就先加进来了>：求和要跑到未来去了。";
            if Some(t) == fig.crossing =>
                "Token {t} arrives, and a cache would overtake: it would keep <now|{cache}> numbers by now, the state still keeps {state}.",
                "token {t} 到来，缓存反超了：它要留 <now|{cache}> 个数，而状态始终只留 {state} 个。";
            if !fig.inputs.map.is_causal() && n > 1 =>
                "Key {t} was divided by a sum over all {n} positions: it has seen the future. A new last token moves output {who} by <w|{leak}>.",
                "key {t} 已除以全部 {n} 个位置的和：它看过未来。换掉末尾的 token，第 {who} 个输出会变 <w|{leak}>。";
            if t == 1 =>
                "Token 1 arrives: φ is applied to its query and <k|key>. A cache grows by {per} numbers a token, the state keeps <now|{state}>.",
                "token 1 到来：φ 作用到它的 query 和 <k|key> 上。缓存每个 token 长 {per} 个数，状态始终是 <now|{state}> 个。";
            else =>
                "Token {t} arrives, its <k|φ(k)> and <v|v> not added yet. A cache would keep {cache} numbers by now, the state keeps <now|{state}>.",
                "token {t} 到来，<k|φ(k)> 和 <v|v> 还没有加进去。缓存此时要留 {cache} 个数，状态仍是 <now|{state}> 个。")
    }

    fn chunk_arrives(&self) -> Rich {
        let (fig, now) = (self.fig, self.now);
        let (first, last) = (now.hand.start + 1, now.hand.end);
        let (cache, state, n) = (fig.cache(self.step) as usize, fig.state() as usize, fig.inputs.n());
        say!(self.lang; first, last, n, cache, state, leak = self.leak(), who = self.who(), cells = n * (n + 1) / 2;
            if now.hand.len() == n && fig.inputs.map.is_causal() =>
                "All {n} tokens arrive together: no state is needed, a table of <now|{cells} similarities> takes its place. This is the quadratic form.",
                "全部 {n} 个 token 一起到来：用不着状态，代替它的是 <now|{cells} 个相似度>的表。这就是平方复杂度的形式。";
            if fig.crossing_step() == Some(self.step) && last > first =>
                "Tokens {first} to {last} arrive together; a cache would overtake here: <now|{cache}> numbers, the state keeps {state}.",
                "token {first} 到 {last} 一起到来；缓存在这里反超：<now|{cache}> 个数，状态只留 {state} 个。";
            if !fig.inputs.map.is_causal() =>
                "These keys were divided by sums over all {n} positions: they have seen the future. A new last token moves output {who} by <w|{leak}>.",
                "这些 key 已除以全部 {n} 个位置的和：它们看过未来。换掉末尾的 token，第 {who} 个输出会变 <w|{leak}>。";
            if first == last =>
                "Token {first} arrives as a chunk of its own; a cache would keep <now|{cache}> numbers by now, the state keeps {state}.",
                "token {first} 独自成为一段；缓存此时要留 <now|{cache}> 个数，状态只留 {state} 个。";
            else =>
                "Tokens {first} to {last} arrive together, not added to the state yet; a cache would keep <now|{cache}> numbers, the state keeps {state}.",
                "token {first} 到 {last} 一起到来，还没加进状态；缓存此时要留 <now|{cache}> 个数，状态只留 {state} 个。")
    }

    /// The entry of S that this step moves most: its place from 1, before, after.
    fn moved(&self) -> (usize, usize, f64, f64) {
        let Some((before, _)) = &self.now.before else { return (1, 1, 0.0, 0.0) };
        let moved = &*self.now.s - &**before;
        let mut best = (0, 0);
        for (place, by) in moved.indexed_iter() {
            if by.abs() > moved[best].abs() {
                best = place;
            }
        }
        (best.0 + 1, best.1 + 1, f64::from(before[best]), f64::from(self.now.s[best]))
    }

    fn added(&self) -> Rich {
        let (r, c, old, new) = self.moved();
        let (t, m, dv) = (self.now.hand.end, self.now.s.nrows(), self.now.s.ncols());
        say!(self.lang; t, m, dv, r, c, old = Number(old, number::cell), new = Number(new, number::cell);
            if m * dv == 1 =>
                "The outer product <k|φ(k)><v|vᵀ> of token {t} is added: S moves from {old} to <now|{new}>.",
                "加上 token {t} 的外积 <k|φ(k)><v|vᵀ>：S 从 {old} 变到 <now|{new}>。";
            else =>
                "The outer product <k|φ(k)><v|vᵀ> of token {t} is added; row {r}, column {c} moves from {old} to <now|{new}>. Still {m}×{dv} numbers.",
                "加上 token {t} 的外积 <k|φ(k)><v|vᵀ>；第 {r} 行第 {c} 列从 {old} 变到 <now|{new}>。仍是 {m}×{dv} 个数。")
    }

    fn chunk_added(&self) -> Rich {
        let (r, c, old, new) = self.moved();
        let (first, last) = (self.now.hand.start + 1, self.now.hand.end);
        say!(self.lang; first, last, r, c, old = Number(old, number::cell), new = Number(new, number::cell);
            "Only now tokens {first} to {last} enter the state, in one product <k|φ(K)ᵀ><v|V>: row {r}, column {c} moves from {old} to <now|{new}>.",
            "token {first} 到 {last} 这时才进入状态，一次乘法 <k|φ(K)ᵀ><v|V>：第 {r} 行第 {c} 列从 {old} 变到 <now|{new}>。")
    }

    fn summed(&self) -> Rich {
        let size = |z: &ndarray::Array1<f32>| f64::from(z.sum());
        let old = self.now.before.as_ref().map_or(0.0, |before| size(&before.1));
        say!(self.lang; t = self.now.hand.end, old = Number(old, number::cell), new = Number(size(&self.now.z), number::cell);
            if old == 0.0 =>
                "<l|z> remembers what the denominator needs: it begins with the <k|φ(k)> of token {t}, whose entries sum to <now|{new}>.",
                "<l|z> 替分母记住过去：它从 token {t} 的 <k|φ(k)> 开始，各项之和是 <now|{new}>。";
            else =>
                "<k|φ(k)> of token {t} is added to <l|z>, too: its entries summed to {old}, now to <now|{new}>.",
                "token {t} 的 <k|φ(k)> 也加到 <l|z> 上：各项之和从 {old} 变到 <now|{new}>。")
    }

    fn table(&self) -> Rich {
        let rows = self.now.rows.len();
        let table = self.now.table.as_ref();
        let key = table.map_or(0, |table| largest(table.row(self.at)));
        let best = table.map_or(f64::NAN, |table| f64::from(table[[self.at, key]]));
        say!(self.lang; cells = rows * (rows + 1) / 2, t = self.row + 1, key = self.now.rows.start + key + 1, best = Number(best, number::cell);
            "Inside the chunk similarities are formed, the past only: {cells} cells. Token {t} has most with key {key}: <now|{best}>.",
            "段内算出相似度，只看过去：{cells} 格。token {t} 与 key {key} 的最大：<now|{best}>。")
    }

    fn intra(&self) -> Rich {
        let total = self.now.intra.as_ref().map_or(f64::NAN, |sums| f64::from(sums.1[self.at]));
        say!(self.lang; t = self.row + 1, n = self.at + 1, total = Number(total, number::cell);
            "The chunk's own values, weighed by its triangle: token {t} gathers {n} of them, with weights that sum to <now|{total}>.",
            "用段内的三角给段内的 value 加权：token {t} 收进 {n} 个，权重之和 <now|{total}>。")
    }

    fn inter(&self) -> Rich {
        let total = self.now.inter.as_ref().map_or(f64::NAN, |sums| f64::from(sums.1[self.at]));
        say!(self.lang; t = self.row + 1, past = self.now.rows.start, total = Number(total, number::cell);
            "The {past} tokens before come from the state: <q|φ(q)ᵀ>S, with weights that sum to <now|{total}> for token {t}, none of them formed.",
            "前面的 {past} 个 token 由状态代表：<q|φ(q)ᵀ>S；token {t} 的权重之和 <now|{total}>，却没有算过一个权重。")
    }

    fn denominator(&self) -> Rich {
        let (fig, total) = (self.fig, self.total());
        let seen = if self.seen() { fig.inputs.n() } else { self.row + 1 };
        say!(self.lang; t = self.row + 1, seen, total = Number(total, number::cell);
            if total.abs() <= NO_WEIGHT =>
                "φ(q)·z = <w|0> for token {t}: φ left it no weight at all. Only the 10⁻⁶ that is added keeps the division finite.",
                "token {t} 的 φ(q)·z = <w|0>：φ 没给它留下任何权重。全靠加上的 10⁻⁶，除法才不出事。";
            if total <= 0.0 =>
                "φ(q)·z = <w|{total}> for token {t}: weights of both signs, and their sum is not even positive. Nothing is averaged here.",
                "token {t} 的 φ(q)·z = <w|{total}>：权重有正有负，总和竟不是正数。这里谈不上平均。";
            if !divides(&fig.inputs) =>
                "φ(q)·z = <w|{total}> for token {t} is computed and then forgotten: the output will not be divided.",
                "token {t} 的 φ(q)·z = <w|{total}> 算出来却被忘掉：输出不会除以它。";
            if seen == 1 =>
                "φ(q)·z = <now|{total}>: the only weight of token {t}, that on itself.",
                "φ(q)·z = <now|{total}>：token {t} 唯一的权重，就是对自己的。";
            else =>
                "φ(q)·z = <now|{total}>: the sum of the weights of token {t} on {seen} tokens, itself among them.",
                "φ(q)·z = <now|{total}>：token {t} 对 {seen} 个 token（包括自己）的权重之和。")
    }

    /// The first entry of the output in focus.
    fn first(&self) -> f64 {
        self.now.o.as_ref().map_or(f64::NAN, |o| f64::from(o[[self.at, 0]]))
    }

    fn output(&self) -> Rich {
        let (fig, total) = (self.fig, self.total());
        let (n, state) = (fig.inputs.n(), fig.state() as usize);
        say!(self.lang; t = self.row + 1, n, state, leak = self.leak(), first = Number(self.first(), number::cell), total = Number(total, number::cell),
            apart = Number(fig.apart.unwrap_or(0.0), number::residual);
            if self.seen() && self.row == 0 =>
                "The <o|output> of token 1 contains token {n}. Replace that last token, and output 1 moves by <w|{leak}>.",
                "token 1 的<o|输出>里有 token {n}。换掉末尾的 token，第 1 个输出会变 <w|{leak}>。";
            if self.seen() =>
                "The <o|output> of token {t} is read from all {n} tokens, past and future: <w|the mask is gone>.",
                "token {t} 的<o|输出>读的是全部 {n} 个 token，过去和未来都在：<w|掩码没了>。";
            if !divides(&fig.inputs) && fig.inputs.ones =>
                "All values are 1, so a mean would give 1. Token {t} gives <w|{first}>: its denominator, growing with position.",
                "value 全是 1，平均应该得 1。token {t} 却得到 <w|{first}>：那正是它的分母，越往后越大。";
            if !divides(&fig.inputs) =>
                "Undivided, the <o|output> of token {t} is <w|{total}> times too large, and the factor grows with position.",
                "没有除，token {t} 的<o|输出>是应有的 <w|{total}> 倍，而且越往后越大。";
            if total.abs() <= NO_WEIGHT =>
                "No key counts for token {t}: its weights are all 0, and 0 divided by 10⁻⁶ leaves an <o|output> of <w|{first}>.",
                "没有一个 key 对 token {t} 有分量：权重全是 0，0 除以 10⁻⁶，<o|输出>是 <w|{first}>。";
            if total.abs() < 0.5 && !fig.inputs.map.is_positive() =>
                "Divided by <w|{total}>, the <o|output> of token {t} starts with {first}: near 0, a denominator blows up what it divides.",
                "除以 <w|{total}>，token {t} 的<o|输出>从 {first} 起：分母一近 0，被除的就炸开。";
            if fig.inputs.ones =>
                "All values are 1, and so is every mean of them: token {t} gives <now|{first}>, whatever its weights.",
                "value 全是 1，不管怎么加权，平均也是 1：token {t} 得到 <now|{first}>。";
            if !fig.inputs.map.is_causal() && self.row > 0 && self.row + 1 < n =>
                "The <o|output> of token {t}, divided by {total}, is not causal: its keys were divided by sums over all {n} positions. <w|A new last token moves it.>",
                "token {t} 的<o|输出>除以了 {total}，但并不因果：它的 key 都除过全部 {n} 个位置的和。<w|换掉末尾的 token，它就会变。>";
            if fig.recurrence() && self.row == 0 =>
                "The <o|output> of token 1 is φ(q)ᵀS divided by <now|{total}>: with nothing before it, its own <v|value>.",
                "token 1 的<o|输出>是 φ(q)ᵀS 除以 <now|{total}>：前面什么也没有，得到的就是自己的 <v|value>。";
            if fig.recurrence() && !fig.inputs.map.is_positive() =>
                "The <o|output> of token {t} is φ(q)ᵀS divided by <now|{total}>; with weights of both signs it is no average.",
                "token {t} 的<o|输出>是 φ(q)ᵀS 除以 <now|{total}>；权重有正有负，算不上平均。";
            if fig.recurrence() =>
                "The <o|output> of token {t} is φ(q)ᵀS divided by <now|{total}>: a weighted mean of {t} values, read off {state} numbers.",
                "token {t} 的<o|输出>是 φ(q)ᵀS 除以 <now|{total}>：{t} 个 value 的加权平均，只读了 {state} 个数。";
            else =>
                "Past and chunk are added, then divided by <now|{total}> for token {t}. Same answer as token by token, within {apart}.",
                "过去与段内相加，token {t} 再除以 <now|{total}>。与逐个 token 的答案相同，最多差 {apart}。")
    }

    fn end(&self) -> Rich {
        let fig = self.fig;
        let work = self.now.work as usize;
        let (recurrence, table) = (fig.rivals.0 as usize, fig.rivals.1 as usize);
        let far = self.now.residual.unwrap_or(f64::NAN);
        say!(self.lang; work, recurrence, table, n = fig.inputs.n(), far = Number(far, number::residual), apart = Number(fig.apart.unwrap_or(0.0), number::residual),
            first = Number(self.first(), number::cell);
            if !divides(&fig.inputs) && fig.inputs.ones =>
                "The last token gives <w|{first}> where every value is 1: without the denominator, the output is the denominator.",
                "value 全是 1，最后一个 token 却得到 <w|{first}>：不除以分母，得到的就是分母。";
            if fig.broken() =>
                "The run is over, and the worst <o|output> lies <w|{far}> from what causal linear attention gives.",
                "运行到底，误差最大的<o|输出>与因果线性注意力差了 <w|{far}>。";
            if fig.inputs.n() == 1 =>
                "A single token reads only itself: its <o|output> is its own <v|value>, whatever φ does.",
                "只有一个 token，只读自己：不管 φ 是什么，<o|输出>就是它自己的 <v|value>。";
            if fig.inputs.chunk.get() == fig.inputs.n() =>
                "Done in {work} multiply-adds, all of them in the table; the recurrence takes {recurrence}. Same answer, within <now|{apart}>.",
                "用 {work} 次乘加跑完，全花在这张表上；递推要 {recurrence} 次。答案相同，最多差 <now|{apart}>。";
            if fig.recurrence() =>
                "Done in {work} multiply-adds, where the table of all {n} tokens takes {table}. Same answer, within <now|{apart}>.",
                "用 {work} 次乘加跑完；{n} 个 token 的整张表要 {table} 次。答案相同，最多差 <now|{apart}>。";
            else =>
                "Done in {work} multiply-adds; the recurrence takes {recurrence}, the table {table}. Same answer as the recurrence, within <now|{apart}>.",
                "用 {work} 次乘加跑完；递推要 {recurrence} 次，整张表要 {table} 次。与递推的答案相同，最多差 <now|{apart}>。")
    }
}
