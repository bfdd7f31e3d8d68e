//! The inputs of the figure, its presets, its break-it lever and its conventions.

use super::super::controls as shared;
use super::figure::Tiles;
use super::inputs::Order;
use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls for the present source.
pub fn groups(fig: &Tiles, lang: Lang) -> Vec<Group> {
    let mut inputs = shared::controls(fig.inputs.source, &fig.inputs.x, lang);
    inputs.push(Control::segmented(lang, "order", ("Order", "次序"), &[("fa1", "FA-1", "FA-1"), ("fa2", "FA-2", "FA-2")]));
    let pull = ("skip the rescaling (α = 1)", "跳过重新缩放（α = 1）");
    let back = ("α forced to 1. Put the rescaling back", "α 被强行设为 1。恢复重新缩放");
    Group::all(lang, inputs, PRESETS, Control::lever(lang, "rescale", pull, back))
}

const PRESETS: &[Preset] = &[
    ("default", "5/9: almost every row rescales", "5/9：几乎行行都缩", &[]),
    ("quiet", "3/1: why so quiet?", "3/1：为什么没动静？", &[("layer", "3"), ("head", "1")]),
    ("reversed", "3/1 reversed", "3/1 倒序", &[("layer", "3"), ("head", "1"), ("keys", "reversed")]),
    ("none", "5/11: never", "5/11：从不缩", &[("head", "11")]),
    ("causal", "causal", "因果掩码", &[("mask", "causal")]),
    ("ragged", "ragged tiles", "不满的块", &[("br", "6"), ("bc", "5")]),
    ("dead", "rows without a key", "没有 key 的行", &[("n", "16"), ("m", "12"), ("mask", "causal")]),
];

/// What references disagree on, and what this figure does.
pub fn conventions(fig: &Tiles, lang: Lang) -> Vec<String> {
    let loop_order = match fig.inputs.order {
        Order::Fa2 => (
            "FlashAttention-2, Algorithm 1: O stays un-normalised until the last key tile; only O and L = m + log ℓ are stored.",
            "FlashAttention-2 算法 1：最后一块 key 之前 O 不除以 ℓ；只写回 O 和 L = m + log ℓ。",
        ),
        Order::Fa1 => (
            "FlashAttention, Algorithm 1: O is divided by ℓ at every step; O, ℓ and m travel. P is shown as e^(S − m′), the paper's e^(m̃ − m′)·P̃.",
            "FlashAttention 算法 1：每一步都把 O 除以 ℓ；O、ℓ、m 来回搬。这里的 P 是 e^(S − m′)，即论文的 e^(m̃ − m′)·P̃。",
        ),
    };
    let mut list = vec![shared::PRECISION, loop_order, shared::DEAD, TRAFFIC];
    list.extend(shared::mask_convention(fig.inputs.x.mask.kind));
    figure::sentences(lang, &list)
}

/// What is counted.
const TRAFFIC: (&str, &str) = (
    "Traffic counts elements, without caches: standard attention writes and reads S and P; one element is 4 bytes in f32, 2 in fp16.",
    "访存量按元素个数计，不算缓存：标准法要写、读 S 和 P；一个元素在 f32 里占 4 字节，fp16 里占 2 字节。",
);
