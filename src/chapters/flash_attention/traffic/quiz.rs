//! Predict: what each slider does to FA-2, and what twice the SRAM does to FA-1.

use super::counts::count;
use super::figure::Traffic;
use crate::algorithms::flash_attention::Tiling;
use crate::algorithms::flash_attention::io_model::paper_tiles;
use crate::content::Lang;
use crate::figure::{Question, ask};

/// The questions for the present setting.
pub fn questions(fig: &Traffic, lang: Lang) -> Vec<Question> {
    [sliders(fig, lang), doubled(fig, lang)].into_iter().flatten().collect()
}

fn sliders(fig: &Traffic, lang: Lang) -> Option<Question> {
    let inputs = &fig.inputs;
    let now = fig.now.fa2.total();
    let (n, br, bc) = (inputs.n, inputs.br(), inputs.bc());
    let taller = fig.fa2_at(n);
    let wider = count(inputs.sizes(), Tiling::new(br, n)?).fa2.total();
    let (by_br, by_bc) = (taller < now, wider < now);
    let (ask, answers) = ask!(lang; n, br, bc, now = now as usize, taller = taller as usize, wider = wider as usize;
        "FA-2 moves {now} elements. Which slider can bring that down, Br or Bc?",
        "FA-2 搬了 {now} 个元素。哪个滑块能让它变少，Br 还是 Bc？";
        by_br && !by_bc => "Br, the height of a query tile", "Br，query 块的高度",
            "FA-2 reads all of K and V again for every query tile. Taller ones are fewer: at Br = {n} it moves {taller}.",
            "每一块 query 都要把 K 和 V 全部重读一遍。块越高就越少：Br = {n} 时只搬 {taller}。";
        by_bc && !by_br => "Bc, the height of a key tile", "Bc，key 块的高度",
            "Fewer key tiles, yes, but together they are always all of K and V: with Bc = {n} instead of {bc} FA-2 moves {wider}.",
            "key 块是变少了，可它们加起来总归是全部的 K 和 V：Bc 从 {bc} 换成 {n}，FA-2 搬 {wider}。";
        by_br && by_bc => "both", "两个都行",
            "Larger tiles sound like fewer loads, but each order re-reads only what its inner loop runs over: Bc = {n} leaves {wider}, Br = {n} leaves {taller}.",
            "块大了，似乎载入就少；但每种次序只重读内层循环走过的东西：Bc = {n} 还是 {wider}，Br = {n} 是 {taller}。";
        !by_br && !by_bc => "neither, the order decides", "都不行，由次序决定",
            "The order decides what is re-read, the tile how often: Br = {br} now, and at Br = {n} it is {taller}.",
            "次序决定重读什么，块决定重读几遍：现在 Br = {br}；Br = {n} 时是 {taller}。");
    Some(Question { id: "sliders", step: 0, row: None, ask, answers })
}

fn doubled(fig: &Traffic, lang: Lang) -> Option<Question> {
    let inputs = &fig.inputs;
    let at = |sram: usize| paper_tiles(sram, inputs.d, inputs.n).map(|tiles| count(inputs.sizes(), tiles).fa1.total());
    let (before, after) = (at(inputs.sram)?, at(2 * inputs.sram)?);
    let (half, quarter) = (before / 2, before / 4);
    if inputs.typed || [half, quarter, before].contains(&after) {
        return None;
    }
    let n_sram = 2 * inputs.sram;
    let (ask, answers) = ask!(lang; sram = inputs.sram, n_sram, before = before as usize, after = after as usize, half = half as usize, quarter = quarter as usize;
        "The SRAM doubles, from {sram} to {n_sram} elements. FA-1 moved {before}. And then?",
        "SRAM 翻倍，从 {sram} 到 {n_sram} 个元素。FA-1 原来搬 {before}，之后呢？";
        after == half => "{half}", "{half}",
            "The theorem’s N²d²/M would halve exactly; but Θ leaves out what does not shrink. Counted: {after}.",
            "定理里的 N²d²/M 会正好减半；但 Θ 没说那些不会缩小的部分。数出来是 {after}。";
        after != half => "{after}", "{after}",
            "Half the key tiles, so nearly half. What is read and written once does not shrink: that is why not {half}.",
            "key 块少了一半，所以差不多减半；只读写一次的那部分不会变小，所以不是 {half}。";
        after == quarter => "{quarter}", "{quarter}",
            "M stands in the bound once, not squared: Bc doubles, Br stays at d. Counted: {after}.",
            "定理里的 M 只是一次方：Bc 翻倍，Br 停在 d。数出来是 {after}。";
        after == before => "{before}", "{before}",
            "The SRAM is not moved, but its size decides Bc, and with it how often Q and O travel. Counted: {after}.",
            "SRAM 本身不搬，但它的大小决定 Bc，也就决定 Q 和 O 要走几趟。数出来是 {after}。");
    Some(Question { id: "doubled", step: 0, row: None, ask, answers })
}
