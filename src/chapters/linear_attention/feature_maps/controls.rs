//! The inputs of the figure, its ready-made settings, its lever and its conventions.

use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls. They never change.
pub fn groups(lang: Lang) -> Vec<Group> {
    let maps = [
        ("identity", "x, identity", "x，恒等"),
        ("relu", "max(x, 0), ReLU", "max(x, 0)，ReLU"),
        ("elu1", "elu(x) + 1", "elu(x) + 1"),
        ("exp", "eˣ", "eˣ"),
        ("taylor1", "1 + x", "1 + x"),
        ("square", "x²", "x²"),
        ("double", "two softmaxes", "两个 Softmax"),
        ("cosine", "1 + cos(q, k)", "1 + cos(q, k)"),
    ];
    let mut inputs = Control::layer_and_head(lang).to_vec();
    inputs.push(Control::select(lang, "map", ("φ", "φ"), &maps));
    let lever = Control::Break {
        field: "map",
        on: "elu1",
        off: "identity",
        label: lang.pick("drop the requirement sim ≥ 0: φ = x", "不再要求 sim ≥ 0：φ = x").into(),
        label_off: lang.pick("denominators cross 0; back to elu(x) + 1", "分母过零了；换回 elu(x) + 1").into(),
    };
    Group::all(lang, inputs, PRESETS, lever)
}

const PRESETS: &[Preset] = &[
    ("it", "“it” points to “animal”", "“it”指向“animal”", &[]),
    ("last", "again in layer 5", "第 5 层也是", &[("layer", "5"), ("head", "11")]),
    ("local", "a head that copies a neighbour", "只看邻居的头", &[("layer", "0"), ("head", "2")]),
    ("kind", "where eˣ does well", "eˣ 表现不错的头", &[("layer", "1"), ("head", "8"), ("map", "exp")]),
    ("worst", "identity at its worst", "恒等映射最糟的时候", &[("layer", "3"), ("head", "5"), ("map", "identity")]),
    ("lucky", "identity in luck", "恒等映射碰上好运", &[("layer", "5"), ("head", "4"), ("map", "identity")]),
    ("taylor", "1 + x crosses 0 once", "1 + x 过零一次", &[("layer", "2"), ("head", "11"), ("map", "taylor1")]),
];

/// What is compared, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Another function, not an approximation: the head was trained with softmax, and gets these weights without training. A model trained with its map would have other queries and keys.",
        "这是另一个函数，不是近似：这个头是用 Softmax 训练的，换上这些权重后没有再训练。若带着某个映射训练，query 和 key 也会不同。",
    ),
    (
        "Softmax takes q·k/√d; the maps take q and k as they are, without 1/√d, and 10⁻⁶ is added to each denominator (Katharopoulos et al. 2020, arXiv:2006.16236, and their fast-transformers). No mask.",
        "Softmax 用 q·k/√d；各映射直接用 q 和 k，不除 √d，分母加 10⁻⁶（Katharopoulos 等 2020，arXiv:2006.16236，及其 fast-transformers）。无掩码。",
    ),
    (
        "Two softmaxes: over the features of each query, and over the positions of the keys (Shen et al. 2018, arXiv:1812.01243). Rows sum to 1, so nothing is divided or added. Each key has then seen all positions: under a causal mask this leaks the future.",
        "两个 Softmax：query 沿特征做，key 沿位置做（Shen 等 2018，arXiv:1812.01243）。每行自己加到 1，不必再除，也不加东西。但每个 key 已经看过所有位置：加上因果掩码就会泄漏未来。",
    ),
    (
        "1 + cos is 1 + q·k with q and k of length 1, the first two terms of its exponential; 1 + x takes two terms entry by entry, which is something else.",
        "1 + cos 是 q、k 化为单位长度后的 1 + q·k，即指数的前两项；1 + x 则是逐个元素取两项，是另一回事。",
    ),
    (
        "elu(x) + 1 runs as x + 1 above 0 and eˣ below: nothing is subtracted that has to be added again. Written (eˣ − 1) + 1, an f32 first loses digits, then everything.",
        "elu(x) + 1 的算法是：大于 0 时取 x + 1，否则直接取 eˣ，不先减再加。写成 (eˣ − 1) + 1，f32 会先丢位数，再丢光。",
    ),
    (
        "Error of a row: |o − o of softmax| / |o of softmax|. Entropy in nats. Both tables use one ramp from 0 to 1.",
        "一行的误差：|o − Softmax 的 o| / |Softmax 的 o|。熵以 nat 计。两张表用同一条 0 到 1 的色阶。",
    ),
];
