//! The inputs of the figure, its presets, its break-it lever and its conventions.

use super::figure::Tiles;
use super::inputs::{MAX_N, Source};
use crate::algorithms::MaskKind;
use crate::content::Lang;
use crate::figure::{Choice, Control, Group};

/// All controls for the present source.
pub fn groups(fig: &Tiles, lang: Lang) -> Vec<Group> {
    let mut main = vec![Control::Segmented {
        field: "source",
        label: lang.pick("Source", "数据").into(),
        options: vec![
            Choice::new("head", lang.pick("real", "真实头")),
            Choice::new("random", lang.pick("random", "随机")),
            Choice::new("typed", lang.pick("typed", "自填")),
        ],
    }];
    main.extend(source(fig, lang));
    let typed = fig.inputs.source == Source::Typed;
    let most = if typed { 64 } else if matches!(fig.inputs.source, Source::Head { .. }) { 16 } else { 64 };
    let slider = |field, label: &str| Control::Slider { field, label: label.into(), low: 1, high: most.min(MAX_N as i64) };
    main.extend([slider("br", "Bᵣ"), slider("bc", "B꜀")]);
    main.push(Control::Segmented {
        field: "mask",
        label: lang.pick("Mask", "掩码").into(),
        options: masks(fig, lang),
    });
    main.push(Control::Segmented {
        field: "order",
        label: lang.pick("Order", "次序").into(),
        options: vec![Choice::new("fa1", "FA-1"), Choice::new("fa2", "FA-2")],
    });
    main.push(Control::Segmented {
        field: "keys",
        label: lang.pick("Keys", "key 次序").into(),
        options: vec![Choice::new("given", lang.pick("given", "原序")), Choice::new("reversed", lang.pick("reversed", "倒序"))],
    });
    vec![
        Group { title: lang.pick("Inputs", "输入").into(), controls: main },
        Group { title: String::new(), controls: presets(lang) },
        Group {
            title: String::new(),
            controls: vec![Control::Break {
                field: "rescale",
                on: "on",
                off: "off",
                label: lang.pick("skip the rescaling (α = 1)", "跳过重新缩放（α = 1）").into(),
                label_off: lang.pick("α forced to 1. Put the rescaling back", "α 被强行设为 1。恢复重新缩放").into(),
            }],
        },
    ]
}

fn masks(fig: &Tiles, lang: Lang) -> Vec<Choice> {
    let x = &fig.inputs.x;
    let mut options = vec![Choice::new("none", lang.pick("none", "无")), Choice::new("causal", lang.pick("causal", "因果"))];
    // The two alignments differ only where there are more keys than queries, or fewer.
    if x.n_queries() != x.n_keys() || x.mask.kind == MaskKind::CausalTopLeft {
        options.push(Choice::new("causal-top-left", lang.pick("causal, top left", "因果（左上对齐）")));
    }
    options
}

fn source(fig: &Tiles, lang: Lang) -> Vec<Control> {
    let select = |field, label: &str, n: usize, name: &dyn Fn(usize) -> String| Control::Select {
        field,
        label: label.into(),
        options: (0..n).map(|idx| Choice::new(idx.to_string(), name(idx))).collect(),
    };
    match fig.inputs.source {
        Source::Head { .. } => vec![
            select("layer", lang.pick("Layer", "层"), 6, &|idx| lang.pick(format!("layer {idx}"), format!("第 {idx} 层"))),
            select("head", lang.pick("Head", "头"), 12, &|idx| lang.pick(format!("head {idx}"), format!("第 {idx} 头"))),
        ],
        Source::Random { .. } => vec![
            Control::Slider { field: "n", label: lang.pick("queries", "query 数").into(), low: 1, high: 64 },
            Control::Slider { field: "m", label: lang.pick("keys", "key 数").into(), low: 1, high: 64 },
            Control::Slider { field: "d", label: "d".into(), low: 1, high: 64 },
            Control::Again { field: "seed", label: lang.pick("new numbers", "换一组数").into() },
        ],
        Source::Typed => {
            let hint = lang.pick("rows on lines, numbers between commas", "一行一条，数用逗号隔开");
            ["q", "k", "v"].map(|field| Control::Area { field, label: field.to_uppercase(), hint: hint.into() }).to_vec()
        }
    }
}

fn presets(lang: Lang) -> Vec<Control> {
    let preset = |id, label: &str, set: &[(&'static str, &str)]| Control::Preset {
        id,
        label: label.into(),
        set: set.iter().map(|(name, value)| (*name, value.to_string())).collect(),
    };
    vec![
        preset("default", lang.pick("5/9: almost every row rescales", "5/9：几乎行行都缩"), &[]),
        preset("quiet", lang.pick("3/1: why so quiet?", "3/1：为什么没动静？"), &[("layer", "3"), ("head", "1")]),
        preset("reversed", lang.pick("3/1 reversed", "3/1 倒序"), &[("layer", "3"), ("head", "1"), ("keys", "reversed")]),
        preset("none", lang.pick("5/11: never", "5/11：从不缩"), &[("head", "11")]),
        preset("causal", lang.pick("causal", "因果掩码"), &[("mask", "causal")]),
        preset("ragged", lang.pick("ragged tiles", "不满的块"), &[("br", "6"), ("bc", "5")]),
        preset("dead", lang.pick("rows without a key", "没有 key 的行"), &[("n", "16"), ("m", "12"), ("mask", "causal")]),
    ]
}

/// What references disagree on, and what this figure does.
pub fn conventions(fig: &Tiles, lang: Lang) -> Vec<String> {
    let mut list = vec![
        lang.pick(
            "S = QKᵀ/√d in f32; natural exponentials (the CUDA kernel works in base 2).",
            "S = QKᵀ/√d，用 f32；指数以 e 为底（CUDA kernel 用以 2 为底）。",
        ),
        match fig.inputs.order {
            super::inputs::Order::Fa2 => lang.pick(
                "FlashAttention-2, Algorithm 1: O stays un-normalised until the last key tile; only O and L = m + ln ℓ are stored.",
                "FlashAttention-2 算法 1：最后一块 key 之前 O 不除以 ℓ；只写回 O 和 L = m + ln ℓ。",
            ),
            super::inputs::Order::Fa1 => lang.pick(
                "FlashAttention, Algorithm 1: O is divided by ℓ at every step; O, ℓ and m travel. P is shown as e^(S − m′), the paper's e^(m̃ − m′)·P̃.",
                "FlashAttention 算法 1：每一步都把 O 除以 ℓ；O、ℓ、m 来回搬。这里的 P 是 e^(S − m′)，即论文的 e^(m̃ − m′)·P̃。",
            ),
        },
        lang.pick(
            "A row that may see no key has O = 0 and L = −∞ (flash-attn's README gives 0; its CUDA kernel stores L = +∞).",
            "一个 key 也不许看的行：O = 0，L = −∞（flash-attn 的 README 规定为 0；其 CUDA kernel 存的 L 是 +∞）。",
        ),
        lang.pick(
            "Traffic counts elements, without caches: standard attention writes and reads S and P; one element is 4 bytes in f32, 2 in fp16.",
            "访存量按元素个数计，不算缓存：标准法要写、读 S 和 P；一个元素在 f32 里占 4 字节，fp16 里占 2 字节。",
        ),
    ];
    match fig.inputs.x.mask.kind {
        MaskKind::None => {}
        MaskKind::CausalBottomRight => list.push(lang.pick(
            "Causal, bottom right: key j is seen if j ≤ i + n_k − n_q (flash-attn from 2.1 on).",
            "因果掩码，右下对齐：j ≤ i + n_k − n_q 时可见（flash-attn 2.1 起）。",
        )),
        MaskKind::CausalTopLeft => list.push(lang.pick(
            "Causal, top left: key j is seen if j ≤ i (flash-attn 2.0, PyTorch is_causal).",
            "因果掩码，左上对齐：j ≤ i 时可见（flash-attn 2.0、PyTorch 的 is_causal）。",
        )),
    }
    list.into_iter().map(String::from).collect()
}
