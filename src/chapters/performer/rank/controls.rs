//! The inputs of the figure, its ready-made settings and its conventions.

use super::inputs::{self, MAX_N};
use crate::algorithms::feature_map::FeatureMap;
use crate::content::Lang;
use crate::figure::{self, Choice, Control, Group, Preset};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    let maps = FeatureMap::ALL.iter().map(|map| Choice::new(map.name(), inputs::name(*map, lang))).collect();
    let inputs = vec![
        Control::slider(lang, "d", ("d", "d"), MAX_N),
        Control::Slider { field: "n", label: lang.pick("Tokens n", "token 数 n").into(), low: 2, high: MAX_N as i64, empty: None },
        Control::Select { field: "map", label: lang.pick("Feature map", "特征映射").into(), options: maps },
        Control::Again { field: "seed", label: lang.pick("new numbers", "换一组数").into() },
    ];
    Group::without_lever(lang, inputs, PRESETS)
}

const PRESETS: &[Preset] = &[
    ("reference", "n 32, d 8: rank 8 against 32", "n 32，d 8：秩 8 对 32", &[]),
    ("full", "d = n: full rank, still flat", "d = n：满秩，仍然平", &[("d", "32")]),
    ("one", "d = 1: softmax loses rank, too", "d = 1：Softmax 也掉秩", &[("d", "1")]),
    ("exp", "exp, seed 6: sharper rows", "exp，种子 6：行更尖", &[("map", "exp"), ("seed", "6")]),
    ("negative", "identity: negative weights", "恒等：权重为负", &[("map", "identity")]),
    ("dead", "relu: queries that meet no key", "relu：碰不到 key 的 query", &[("map", "relu"), ("n", "64"), ("d", "3"), ("seed", "1")]),
    ("two", "two softmaxes", "两个 Softmax", &[("map", "double")]),
    ("large", "64 tokens, d 16", "64 个 token，d 16", &[("n", "64"), ("d", "16")]),
];

/// What is counted, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Another function, not the same answer: linear attention is compared with softmax on the same queries and keys, untrained.",
        "是另一个函数，不是同一个答案：在同样的 query 和 key 上比较线性注意力与 Softmax，没有重新训练。",
    ),
    (
        "Entries of Q and K are N(0, 1.5²) from the seed: a score q·k/√d then has standard deviation 2.25 at every d. Feature maps see q and k as they are.",
        "Q、K 的元素由种子取自 N(0, 1.5²)：分数 q·k/√d 的标准差在任何 d 下都是 2.25。特征映射直接作用于 q 和 k。",
    ),
    (
        "Rank: singular values above n·ε·σ₁, which rounding does not reach; ε is 2⁻⁵² in f64, 2⁻²³ in f32. The struck number counts those of the f32 table above 10⁻⁹ itself.",
        "秩：大于 n·ε·σ₁ 的奇异值个数，舍入误差到不了那里；ε 在 f64 下是 2⁻⁵²，在 f32 下是 2⁻²³。划掉的数是 f32 的表里大于 10⁻⁹ 本身的个数。",
    ),
    (
        "Singular values by one-sided Jacobi rotations. n stops at 64: three spectra are computed at every change, and their cost grows with n³.",
        "奇异值用单边 Jacobi 旋转求得。n 到 64 为止：每次改动都要重算三个谱，代价随 n³ 增长。",
    ),
    (
        "Entropy −Σ p ln p of a row, in nats; it needs weights that are nowhere negative. A row whose denominator is 0 is taken as zeros.",
        "一行的熵 −Σ p ln p，单位 nat；权重不为负才有意义。分母为 0 的行按全零处理。",
    ),
];
