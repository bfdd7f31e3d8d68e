//! The inputs of the figure and its conventions.

use crate::content::Lang;
use crate::figure::lab::{head, words};
use crate::figure::{self, Control, Group, Preset};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    let heads = [("5-6", "5/6", "5/6"), ("0-2", "0/2", "0/2"), ("3-1", "3/1", "3/1"), ("1-8", "1/8", "1/8")];
    let features = ["16", "32", "64", "128", "256", "512"].map(|m| (m, m, m));
    let features: Vec<_> = features.into_iter().chain([("1024", "1,024", "1,024")]).collect();
    let directions = [("orthogonal", "orthogonal", "正交"), ("iid", "independent", "独立")];
    let inputs = vec![
        Control::segmented(lang, "head", ("layer/head", "层/头"), &heads),
        Control::select(lang, "m", ("m, timed over n", "对 n 计时所用的 m"), &features),
        head::lengths(lang, 1024),
        Control::segmented(lang, "directions", ("directions", "方向"), &directions),
    ];
    Group::without_lever(lang, inputs, PRESETS)
}

const PRESETS: &[Preset] = &[
    ("kind", "a kind head", "容易的头", &[("head", "5-6")]),
    ("unkind", "an unkind head", "难的头", &[("head", "1-8")]),
    ("many", "many features, long", "特征多、序列长", &[("m", "1024"), ("n", "16384")]),
];

/// What is measured, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Another function: positive features e^(w·x − |x|²/2)/√m of queries and of keys, scaled by d^(−1/4) each, then linear attention on them. The textbook form in f32, without a stabiliser and without an eps: performer-pytorch’s 1e−4 would swamp the features of these heads.",
        "另一个函数：先取 query 和 key 的正特征 e^(w·x − |x|²/2)/√m，两者各乘 d^(−1/4)，再在其上做线性注意力。采用教科书形式，f32，不减最大值，也不加 eps：performer-pytorch 的 1e−4 会淹没这些头的特征。",
    ),
    (
        "Heads of all-MiniLM-L6-v2 on 256 tokens, d = 32. The error over m is the mean over all 256 rows of |output − softmax| / |softmax|, the dot its mean over five seeded draws, the bar the least and the greatest of them; the same draws for every head. An output of 0 would be off by 1.",
        "all-MiniLM-L6-v2 的头，256 个 token，d = 32。对 m 的误差是 256 行 |输出 − Softmax| / |Softmax| 的平均；点是五次抽取（种子固定）的平均，竖线是其中最小到最大；各头用同样的抽取。输出全为 0 时误差是 1。",
    ),
    (
        "Directions are orthogonal within every block of 32, their lengths drawn as those of normal vectors, blocks independent of each other; or all independent.",
        "方向每 32 个一组，组内两两正交，长度按正态向量的长度抽取，组与组独立；也可以全部独立。",
    ),
    (
        "On the GPU three kernels run one after another and are timed as one: features of the queries, features of the keys, linear attention; the features stay on the device. FlashAttention computes softmax attention itself. Longer sequences repeat the 256 rows.",
        "GPU 上依次运行三个 kernel，合起来计时：query 的特征、key 的特征、线性注意力；特征一直留在设备上。FlashAttention 算的就是 Softmax 注意力。更长的序列重复这 256 行。",
    ),
    words::SAMPLES,
    words::THREAD,
    ("Each output is compared with an f64 reference of its own function on 32 rows.", "每个输出都在 32 行上与同一函数的 f64 参考值比较。"),
];
