//! The inputs of the figure, its presets, its two break-it levers and its conventions.

use super::super::controls as shared;
use super::figure::Backward;
use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls.
pub fn groups(fig: &Backward, lang: Lang) -> Vec<Group> {
    let (rows, cols) = fig.n_tiles();
    let mut inputs = vec![
        Control::slider(lang, "i", ("Q tile i", "第 i 块 query"), rows),
        Control::slider(lang, "j", ("K tile j", "第 j 块 key"), cols),
    ];
    inputs.extend(shared::controls(fig.inputs.given.source, fig.x(), lang));
    inputs.push(Control::select(lang, "loss", ("dO", "dO"), LOSSES));
    let pull = ("use m in the place of L", "用 m 代替 L");
    let back = ("m stands in the place of L. Put L back", "现在用的是 m。换回 L");
    let mut groups = Group::all(lang, inputs, PRESETS, Control::lever(lang, "lse", pull, back));
    let pull = ("leave out D (dS = P∘dP)", "不减 D（dS = P∘dP）");
    let back = ("D is held at 0. Put D back", "D 固定为 0。恢复 D");
    if let Some(levers) = groups.last_mut() {
        levers.controls.push(Control::lever(lang, "delta", pull, back));
    }
    groups
}

const LOSSES: &[(&str, &str, &str)] = &[("random", "N(0, 1)", "N(0, 1)"), ("sum", "1", "1"), ("squares", "O", "O")];

const PRESETS: &[Preset] = &[
    ("default", "the pair 3, 4", "第 3、4 块", &[]),
    ("diagonal", "causal, on the diagonal", "因果掩码，对角线上", &[("mask", "causal"), ("i", "3"), ("j", "3")]),
    ("skipped", "causal, a skipped pair", "因果掩码，跳过的一对", &[("mask", "causal"), ("i", "2"), ("j", "4")]),
    ("ragged", "ragged tiles", "不满的块", &[("br", "6"), ("bc", "5"), ("i", "3"), ("j", "4")]),
    ("squares", "loss ½ΣO²", "损失 ½ΣO²", &[("loss", "squares")]),
    ("small", "by hand", "可以手算", &[("source", "typed"), ("br", "2"), ("bc", "2"), ("i", "1"), ("j", "2"), ("loss", "sum")]),
];

/// What references disagree on, and what this figure does.
pub fn conventions(fig: &Backward, lang: Lang) -> Vec<String> {
    let mut list = CONVENTIONS.to_vec();
    list.extend(shared::mask_convention(fig.x().mask.kind));
    figure::sentences(lang, &list)
}

const CONVENTIONS: &[(&str, &str)] = &[
    shared::PRECISION,
    (
        "FlashAttention-2, Algorithm 2: keys and values outside, queries inside; dQ travels, dK and dV stay. The paper loads O_i in the loop too; D makes it needless.",
        "FlashAttention-2 算法 2：外层是 key 和 value，内层是 query；dQ 来回搬，dK、dV 留在片上。论文在循环里还载入 O_i；有了 D 就不必。",
    ),
    (
        "dO is what later layers would send back. There are none here: N(0, 1) with the seed, 1 (loss ΣO) or O (loss ½ΣO²).",
        "dO 本该由后面的层传回来。这里没有后面的层：用种子生成的 N(0, 1)，或 1（损失 ΣO），或 O（损失 ½ΣO²）。",
    ),
    (
        "The residual is the largest distance from f64 so far, over D, P, dP, dS and all gradients; a caption speaks of one of them.",
        "残差是到这一步为止与 f64 的最大距离，D、P、dP、dS 和各个梯度都算在内；说明文字里的只是其中一个。",
    ),
    shared::DEAD,
    (
        "Traffic counts elements, without caches, and the pairs before this one too; with P stored: our count of Algorithm 3 of the first FlashAttention paper, which reads P twice, writes dP and reads it, writes dS and reads it twice: seven trips of a table.",
        "访存量按元素个数计，不算缓存，前面各对块也计入；“存下 P”是我们照 FlashAttention 第一篇论文的算法 3 数的：P 读两趟，dP 写一趟、读一趟，dS 写一趟、读两趟，共七趟。",
    ),
];
