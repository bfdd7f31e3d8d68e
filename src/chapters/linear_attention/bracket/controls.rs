//! The inputs of the figure, its ready-made settings, the softmax as a lever, and its conventions.

use super::figure::Bracket;
use super::inputs::Source;
use super::run::Grain;
use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// The most a slider offers; an address may ask for more.
const MOST: usize = 64;

/// All controls for the present source.
pub fn groups(fig: &Bracket, lang: Lang) -> Vec<Group> {
    let orders = [("left", "(QKᵀ)V", "(QKᵀ)V"), ("right", "Q(KᵀV)", "Q(KᵀV)")];
    let sources = [("random", "random", "随机"), ("head", "real", "真实头"), ("long", "long text", "长文本")];
    let mut inputs = vec![
        Control::segmented(lang, "order", ("Bracket", "括号"), &orders),
        Control::select(lang, "source", ("Source", "数据"), &sources),
    ];
    let n = |most| Control::slider(lang, "n", ("tokens n", "token 数 n"), most);
    match fig.inputs.source {
        Source::Random { .. } => {
            inputs.push(n(MOST));
            inputs.push(Control::slider(lang, "d", ("d", "d"), MOST));
            inputs.push(Control::slider(lang, "dv", ("dv", "dv"), MOST));
            inputs.push(Control::Again { field: "seed", label: lang.pick("new numbers", "换一组数").into() });
        }
        Source::Head { .. } => {
            inputs.extend(Control::layer_and_head(lang));
            inputs.push(n(16));
        }
        Source::Long { .. } => {
            inputs.extend(Control::layer_and_head(lang));
            inputs.push(n(256));
        }
    }
    let label = lang.pick("put the softmax back between QKᵀ and V", "把 Softmax 放回 QKᵀ 与 V 之间");
    let label_off = lang.pick("the bracket is locked. Take the softmax out", "括号锁住了。去掉 Softmax");
    let lever = Control::Break { field: "softmax", on: "off", off: "on", label: label.into(), label_off: label_off.into() };
    Group::all(lang, inputs, PRESETS, lever)
}

const PRESETS: &[Preset] = &[
    ("default", "n 6, d 3: linear wins", "n 6，d 3：线性赢", &[]),
    ("mirror", "n 3, d 6: linear loses", "n 3，d 6：线性输", &[("n", "3"), ("d", "6"), ("dv", "6")]),
    ("tie", "n = d = 4: a tie", "n = d = 4：打平", &[("n", "4"), ("d", "4"), ("dv", "4")]),
    ("real", "real head, 16 tokens", "真实头，16 个 token", &[("source", "head"), ("n", "16"), ("d", "32"), ("dv", "32")]),
    ("long", "long text, 256 tokens", "长文本，256 个 token", &[("source", "long"), ("n", "256"), ("d", "32"), ("dv", "32")]),
    ("one", "one token", "一个 token", &[("n", "1")]),
    ("uneven", "d 2, dv 8", "d 2，dv 8", &[("n", "4"), ("d", "2"), ("dv", "8")]),
];

/// What is computed and counted, and in what steps.
pub fn conventions(fig: &Bracket, lang: Lang) -> Vec<String> {
    let grain = match fig.run.grain {
        Grain::Each => ("A step is one multiply-add, as long as there are at most 1,000.", "一步是一次乘加（总数不超过 1,000 时）。"),
        Grain::Entry => (
            "A step is one entry: there are more than 1,000 multiply-adds, but at most 1,000 entries.",
            "一步是一个元素：乘加超过 1,000 次，元素不超过 1,000 个。",
        ),
        Grain::Row => ("A step is one row: there are more than 1,000 entries.", "一步是一行：元素超过 1,000 个。"),
    };
    let model = if fig.inputs.softmax {
        (
            "Another function: softmax attention, softmax(QKᵀ/√d)V. Exponentials, sums and divisions are not counted.",
            "另一个函数：Softmax 注意力 softmax(QKᵀ/√d)V。指数、求和与除法不计入。",
        )
    } else {
        (
            "Same answer in both orders, equal to rounding. Plain product: no 1/√d, no feature map, no denominator.",
            "两种次序答案相同，只差舍入。纯矩阵乘积：没有 1/√d、特征映射和分母。",
        )
    };
    let mut list = vec![model, COUNT, grain, SCALE];
    list.extend((fig.kernel_factor() < 1.0).then_some(KERNEL));
    figure::sentences(lang, &list)
}

const COUNT: (&str, &str) = (
    "Counted by the run. A multiply-add is one multiplication with the addition after it. Bytes: each product reads both factors once and writes its result once, f32, no cache.",
    "都是运行时数出来的。一次乘加是一次乘法和随后的一次加法。字节：每个乘积把两个因子各读一遍、结果写一遍，f32，不算缓存。",
);

const KERNEL: (&str, &str) = (
    "The kernel gets V times a power of two, which is exact, so that its outputs, and their distance from the reference, are of order 1.",
    "kernel 拿到的 V 乘了一个 2 的幂（没有舍入），使输出及其与参照的差都是 1 的量级。",
);

const SCALE: (&str, &str) =
    ("All matrices are drawn at the same size per entry. Channels count from 0.", "所有矩阵按同一比例画：每个元素一样大。通道从 0 数起。");
