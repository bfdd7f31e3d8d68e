//! The inputs of the figure, its presets, its break-it lever and its conventions.

use super::figure::OnlineSoftmax;
use super::inputs::Format;
use crate::content::Lang;
use crate::figure::{self, Choice, Control, Group, Preset};

/// All controls.
pub fn groups(fig: &OnlineSoftmax, lang: Lang) -> Vec<Group> {
    let hint = lang.pick("numbers or -inf between commas, at most 64", "数或 -inf，用逗号隔开，最多 64 个");
    let mut inputs = vec![
        Control::Text { field: "x", label: "x".into(), hint: hint.into() },
        Control::segmented(lang, "format", ("Format", "格式"), &[("f32", "f32", "f32"), ("f16", "f16", "f16")]),
        Control::Select { field: "block", label: lang.pick("Blocks", "分块").into(), options: sizes(fig.inputs.n(), lang) },
        Control::segmented(lang, "order", ("Order", "次序"), &[("given", "given", "原序"), ("shuffled", "shuffled", "打乱")]),
    ];
    if fig.inputs.shuffled {
        inputs.push(Control::Again { field: "seed", label: lang.pick("shuffle again", "再打乱一次").into() });
    }
    let pull = ("do not subtract the maximum", "不减最大值");
    let back = ("m is held at 0. Subtract the maximum again", "m 固定为 0。恢复减去最大值");
    Group::all(lang, inputs, PRESETS, Control::lever(lang, "safe", pull, back))
}

/// Every size up to all logits in one block; what the address holds is always among them.
fn sizes(n: usize, lang: Lang) -> Vec<Choice> {
    let (before, after) = lang.pick(("of ", " logits"), ("每块 ", " 个"));
    let mut choices = Choice::list(lang, &[("", "none", "不分块"), ("1", "of 1 logit", "每块 1 个")]);
    choices.extend((2..=n).map(|size| Choice { word: size.to_string(), label: format!("{before}{size}{after}") }));
    choices
}

const PRESETS: &[Preset] = &[
    ("default", "8, 10, 9, 11, …", "8、10、9、11……", &[]),
    ("ties", "ties", "有并列", &[("x", "5,7,7,5,7,5,7,5")]),
    ("descending", "descending: m never moves", "递减：m 从不动", &[("x", "12,11,11,10,10,9,8,7")]),
    ("huge", "±10,000", "±10,000", &[("x", "-10000,0,10000,9999,-10000,10000,9998,0")]),
    ("masked", "one −∞", "一个 −∞", &[("x", "-inf,10,9,11,10,12,7,11")]),
    ("equal", "all equal", "全相等", &[("x", "5,5,5,5,5,5,5,5")]),
    ("ten", "ten times larger", "放大十倍", &[("x", "80,100,90,110,100,120,70,110")]),
    ("halves", "two blocks, swapped", "两块对调", &[("block", "4"), ("order", "shuffled")]),
];

/// What references disagree on, and what this figure does.
pub fn conventions(fig: &OnlineSoftmax, lang: Lang) -> Vec<String> {
    let n = CONVENTIONS.len() - usize::from(fig.inputs.format != Format::F16);
    figure::sentences(lang, &CONVENTIONS[..n])
}

/// The last one is about f16.
const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Milakov & Gimelshein, Algorithm 3: d ← d·e^(m − m′) + e^(x − m′); blocks are merged as in their Eq. 3.",
        "Milakov 与 Gimelshein 的算法 3：d ← d·e^(m − m′) + e^(x − m′)；各块按其式 3 合并。",
    ),
    (
        "−∞ is a masked place. While only −∞ has come, m is −∞ and d is 0, never NaN; if all are −∞, every weight is 0.",
        "−∞ 是被掩码盖住的位置。只来过 −∞ 时，m 是 −∞，d 是 0，不会出现 NaN；若全是 −∞，权重都是 0。",
    ),
    (
        "A memory access is one number read or written: 3 reads and a write per logit for three walks, 2 and a write for two. Both sides go at the same pace.",
        "读或写一个数算一次访存：走三遍，每个 logit 读 3 次写 1 次；走两遍，读 2 次写 1 次。两边按同样的访存速度前进。",
    ),
    (
        "Residual: relative error of the sum so far (of m and d together), and |p − p′| once weights are written, against f64 on the numbers as typed.",
        "残差：写权重之前，是当前的和（m 与 d 合起来看）的相对误差；之后是 |p − p′|。都与原样输入的 f64 结果相比。",
    ),
    (
        "f16 rounds after every operation: each x, each exponential, each product and each sum (GPUs usually keep the sum in f32).",
        "f16：每一步运算后都舍入一次，包括每个 x、每个指数、每次乘法和每次加法（GPU 上的和通常用 f32 存）。",
    ),
];
