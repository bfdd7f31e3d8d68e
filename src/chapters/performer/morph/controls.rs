//! The inputs of the figure, its ready-made settings and its conventions.

use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    let lengths = [("off", "as they are", "原样"), ("on", "all equal", "全部相等")];
    let mut inputs = vec![
        Control::range(lang, "t", ("exp … elu + 1", "exp … elu + 1"), (0.0, 1.0, 0.01)),
        Control::segmented(lang, "equalnorms", ("Key lengths", "key 的长度"), &lengths),
    ];
    inputs.extend(Control::layer_and_head(lang));
    Group::without_lever(lang, inputs, PRESETS)
}

const PRESETS: &[Preset] = &[
    ("favor", "exp, keys as they are", "exp，key 原样", &[]),
    ("equal", "exp, keys of one length", "exp，key 一样长", &[("equalnorms", "on")]),
    ("tangent", "1 + x: features below 0", "1 + x：特征小于 0", &[("t", "0.5")]),
    ("elu", "elu + 1", "elu + 1", &[("t", "1")]),
    ("activation", "only the activation is left", "只剩激活函数的差别", &[("t", "1"), ("equalnorms", "on")]),
    ("long", "layer 0, head 2: very long keys", "第 0 层第 2 头：key 很长", &[("layer", "0"), ("head", "2")]),
    ("kind", "layer 5, head 2: weights matter least", "第 5 层第 2 头：权重影响最小", &[("layer", "5"), ("head", "2")]),
];

/// What is computed, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Same answer: FAVOR+ along fixed axes and exp with key weights. Another function: softmax, and every activation without key weights. Nothing here was trained for it.",
        "同一个答案：轴固定的 FAVOR+ 与带 key 权重的 exp。另一个函数：Softmax，以及不带 key 权重的各种激活。这里没有为它们重新训练。",
    ),
    (
        "q and k times d^(−1/4), as in FAVOR+. Directions: the 32 coordinate axes; any other orthonormal ones only rotate q and k first. 1/√m cancels in a row.",
        "q、k 先乘 d^(−1/4)，与 FAVOR+ 相同。方向取 32 条坐标轴；换一组标准正交方向，只是先把 q、k 转一下。1/√m 在一行里约掉。",
    ),
    (
        "Between its three stops the activation is mixed in straight lines: (1−2t)·exp + 2t·(1+x), then (2−2t)·(1+x) + (2t−1)·(elu+1).",
        "三个停靠点之间按直线混合：(1−2t)·exp + 2t·(1+x)，然后 (2−2t)·(1+x) + (2t−1)·(elu+1)。",
    ),
    (
        "Equal lengths: every key is brought to the root mean square of their lengths, for softmax, too. The directions of keys stay.",
        "长度相等：每个 key 都缩放到各长度的均方根，Softmax 用的也是这些 key；方向不变。",
    ),
    (
        "All in f64; the largest |difference| over 16 × 32 outputs. Layer 3, head 1 opens, as softmax there is sharp and key weights differ by more than three hundred times.",
        "全部用 f64；差取 16 × 32 个输出中 |差| 的最大值。默认用第 3 层第 1 头：那里 Softmax 很尖，key 的权重相差三百多倍。",
    ),
];
