//! The inputs of the figure and its conventions.

use crate::content::Lang;
use crate::figure::lab::{head, words};
use crate::figure::{self, Group, Preset};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    Group::without_lever(lang, head::controls(lang, 1024), PRESETS)
}

const PRESETS: &[Preset] = &[
    ("longest", "the table no longer fits", "表放不下了", &[("n", "16384")]),
    ("causal-head", "a real head, causal", "真实的头，因果", &[("n", "4096"), ("d", "32"), ("mask", "causal")]),
];

/// What is measured, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Another function: linear attention with φ = elu + 1, no 1/√d, and 1e−6 added to the denominator, against softmax attention on the same Q, K and V, one head, f32. Each output is compared with an f64 reference of its own function.",
        "另一个函数：线性注意力取 φ = elu + 1，不除以 √d，分母加 1e−6；Softmax 注意力用同样的 Q、K、V，一个头，f32。每个输出都与同一函数的 f64 参考值比较。",
    ),
    (
        "Softmax attention runs in two ways: standard, with the n × n table in memory, as long as the table fits what a kernel may use of one buffer (128 MiB, n = 5,792, unless more is granted), and FlashAttention, which stands in for it beyond. The crossing is with the faster of the two at each length.",
        "Softmax 注意力有两种算法：标准的把 n × n 的表放在内存里，直到设备的绑定上限（默认 128 MiB，即 n = 5,792）；再长就由 FlashAttention 代表它。交点是与每个长度上较快的那一种比。",
    ),
    (
        "Causal linear attention is chunkwise, in chunks of 64 tokens. Its multiply-adds are counted as such: the triangle inside each chunk, and d² per token to read and to write the states between them. Denominators are not counted.",
        "因果线性注意力逐段计算，每段 64 个 token。乘加次数也照此来数：每段之内的三角形，再加上段与段之间每个 token 读写状态的 d²。分母不计。",
    ),
    words::DATA,
    words::SAMPLES,
    words::THREAD,
];
