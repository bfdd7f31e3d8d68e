//! The caption: what the present setting shows, and what to try next.

use super::figure::Traffic;
use super::inputs::MAX_N;
use crate::content::{Lang, Rich, say};

/// What is seen, in one sentence or two.
pub fn caption(fig: &Traffic, lang: Lang) -> Rich {
    let [standard, one, two] = fig.now.totals().map(|x| x as usize);
    let (n, d, sram) = (fig.inputs.n, fig.inputs.d, fig.inputs.sram);
    let (br, bc, needs) = (fig.inputs.br(), fig.inputs.bc(), fig.inputs.needs());
    let other = if fig.from_crossing() == Some(0) { br.saturating_sub(1) } else { (br + 1).min(MAX_N) };
    let beside = fig.curves.crossing.map_or(0, |_| fig.fa2_at(other) as usize);
    let small = 3 * d * d;
    say!(lang; standard, one, two, n, d, sram, br, bc, needs, other, beside, small;
        if fig.inputs.overflows() =>
            "These tiles need <w|{needs}> elements of SRAM, and M is {sram}: a machine could not run them. Counted anyway: FA‑1 {one}, FA‑2 {two}.",
            "这样的块要占 SRAM <w|{needs}> 个元素，而 M 只有 {sram}：机器上跑不了。照样数一数：FA‑1 {one}，FA‑2 {two}。";
        if fig.found() && br < other =>
            "At Br = {br} FA‑2 still moves more: {two} against FA‑1’s {one}. <now|One row taller>, and it is {beside}.",
            "Br = {br}：FA‑2 仍然搬得更多，{two} 对 FA‑1 的 {one}。<now|再高一行>，就是 {beside}。";
        if fig.found() =>
            "<now|Here it turns>: at Br = {br} FA‑2 moves {two}, less than FA‑1’s {one}. At {other} it still moved {beside}.",
            "<now|就在这里交叉>：Br = {br} 时 FA‑2 搬 {two}，少于 FA‑1 的 {one}。Br = {other} 时它还要搬 {beside}。";
        if standard <= one.min(two) && n <= d =>
            "{n} tokens, d = {d}: <now|standard attention moves least>, {standard}. There is no big table to avoid yet.",
            "{n} 个 token，d = {d}：<now|标准注意力搬得最少>，{standard}。还没有什么大表可省。";
        if one > standard && sram < small =>
            "M = {sram} is less than 3d² = {small}: FA‑1 moves {one}, <now|more> than standard attention’s {standard}. Θ hides a constant.",
            "M = {sram} 小于 3d² = {small}：FA‑1 搬 {one}，比标准注意力的 {standard} <now|还多>。Θ 藏起了常数。";
        if standard <= one.min(two) =>
            "<now|Standard attention moves least> here, {standard}: FA‑1 {one}, FA‑2 {two} with {br} × {bc} tiles.",
            "这里<now|标准注意力搬得最少>，{standard}；{br} × {bc} 的块，FA‑1 搬 {one}，FA‑2 搬 {two}。";
        if two == one =>
            "Br = {br}, Bc = {bc}: a dead heat. FA‑1 and FA‑2 both move <now|{two}>, standard attention {standard}.",
            "Br = {br}，Bc = {bc}：打平了。FA‑1 和 FA‑2 都搬 <now|{two}>，标准注意力 {standard}。";
        if two < one =>
            "Br = {br}, Bc = {bc}: FA‑2 moves <now|{two}>, less than FA‑1’s {one}. From which Br on?",
            "Br = {br}，Bc = {bc}：FA‑2 搬 <now|{two}>，比 FA‑1 的 {one} 少。从哪个 Br 开始的？";
        if fig.curves.crossing.is_none() =>
            "Br = {br}, Bc = {bc}: FA‑1 moves {one}, FA‑2 <now|{two}>. With this Bc, no Br brings FA‑2 below.",
            "Br = {br}，Bc = {bc}：FA‑1 搬 {one}，FA‑2 搬 <now|{two}>。这个 Bc 下，Br 再大也压不到 FA‑1 之下。";
        else =>
            "Br = {br}, Bc = {bc}: FA‑1 moves {one} elements, FA‑2 <now|{two}>. How tall must a query tile be for FA‑2 to move less?",
            "Br = {br}，Bc = {bc}：FA‑1 搬 {one} 个元素，FA‑2 搬 <now|{two}>。query 块要多高，FA‑2 才搬得更少？")
}
