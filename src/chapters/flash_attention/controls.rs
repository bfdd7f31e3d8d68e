//! The controls and conventions that the figures on a head share.

use super::inputs::Source;
use crate::algorithms::{Attention, MaskKind};
use crate::content::Lang;
use crate::figure::Control;

/// Source, mask, what the source needs, tile sizes, and the order of the keys.
pub fn controls(from: Source, x: &Attention<f32>, lang: Lang) -> Vec<Control> {
    let sources = [("head", "real", "真实头"), ("random", "random", "随机"), ("typed", "typed", "自填")];
    let most = if matches!(from, Source::Head { .. }) { 16 } else { MOST };
    let mut inputs = vec![
        Control::segmented(lang, "source", ("Source", "数据"), &sources),
        Control::segmented(lang, "mask", ("Mask", "掩码"), masks(x)),
    ];
    inputs.extend(source(from, lang));
    inputs.extend([
        Control::slider(lang, "br", ("Br", "Br"), most),
        Control::slider(lang, "bc", ("Bc", "Bc"), most),
        Control::segmented(lang, "keys", ("Keys", "key 次序"), &[("given", "given", "原序"), ("reversed", "reversed", "倒序")]),
    ]);
    inputs
}

/// The most a slider offers; an address may ask for more.
const MOST: usize = 64;

const MASKS: [(&str, &str, &str); 3] = [("none", "none", "无"), ("causal", "causal", "因果"), ("causal-top-left", "top left", "左上对齐")];

fn masks(x: &Attention<f32>) -> &'static [(&'static str, &'static str, &'static str)] {
    // The two alignments differ only where there are more keys than queries, or fewer.
    let differ = x.n_queries() != x.n_keys() || x.mask.kind == MaskKind::CausalTopLeft;
    if differ { &MASKS } else { &MASKS[..2] }
}

fn source(source: Source, lang: Lang) -> Vec<Control> {
    match source {
        Source::Head { .. } => Control::layer_and_head(lang).to_vec(),
        Source::Random { .. } => vec![
            Control::slider(lang, "n", ("queries", "query 数"), MOST),
            Control::slider(lang, "m", ("keys", "key 数"), MOST),
            Control::slider(lang, "d", ("d", "d"), MOST),
            Control::Again { field: "seed", label: lang.pick("new numbers", "换一组数").into() },
        ],
        Source::Typed => {
            let hint = lang.pick("rows on lines, numbers between commas", "一行一条，数用逗号隔开");
            ["q", "k", "v"].map(|field| Control::Area { field, label: field.to_uppercase(), hint: hint.into() }).to_vec()
        }
    }
}

/// How a causal mask is aligned, if there is one.
pub fn mask_convention(kind: MaskKind) -> Option<(&'static str, &'static str)> {
    match kind {
        MaskKind::None => None,
        MaskKind::CausalBottomRight => Some((
            "Causal, bottom right: key j is seen if j ≤ i + n_k − n_q (flash-attn from 2.1 on).",
            "因果掩码，右下对齐：j ≤ i + n_k − n_q 时可见（flash-attn 2.1 起）。",
        )),
        MaskKind::CausalTopLeft => Some((
            "Causal, top left: key j is seen if j ≤ i (flash-attn 2.0, PyTorch is_causal).",
            "因果掩码，左上对齐：j ≤ i 时可见（flash-attn 2.0、PyTorch 的 is_causal）。",
        )),
    }
}

/// In what precision the figures run.
pub const PRECISION: (&str, &str) = (
    "S = QKᵀ/√d in f32; natural exponentials (the CUDA kernel works in base 2).",
    "S = QKᵀ/√d，用 f32；指数以 e 为底（CUDA kernel 用以 2 为底）。",
);

/// What a row without a key gets.
pub const DEAD: (&str, &str) = (
    "A row that may see no key has O = 0 and L = −∞ (flash-attn's README gives 0; its CUDA kernel stores L = +∞).",
    "一个 key 也不许看的行：O = 0，L = −∞（flash-attn 的 README 规定为 0；其 CUDA kernel 存的 L 是 +∞）。",
);
