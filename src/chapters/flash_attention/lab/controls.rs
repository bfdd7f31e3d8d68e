//! The inputs of the figure and its conventions.

use crate::content::Lang;
use crate::figure::lab::{head, words};
use crate::figure::{self, Group};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    Group::without_lever(lang, head::controls(lang, 512), &[])
}

/// What is measured, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Both methods get the same Q, K and V, one head, f32, and give the same output. Plain attention takes three steps, S = QKᵀ/√d, softmax, P V, with the n × n table in memory between them; FlashAttention is the kernel of the listing, in the variant that suits this adapter.",
        "两种方法用同样的 Q、K、V，一个头，f32，输出相同。标准注意力分三步：S = QKᵀ/√d、Softmax、P V，中间的 n × n 表放在内存里；FlashAttention 一块一块地算，在 GPU 上按显卡种类选用合适的写法。",
    ),
    words::DATA,
    words::SAMPLES,
    words::THREAD,
    (
        "Memory beyond inputs and output: what the method allocates while it runs. The error is the largest distance to an f64 reference on 32 rows spread from the first to the last.",
        "额外内存：除输入和输出外，运行中另外分配的。误差是从首行到末行均匀取 32 行，与 f64 参考值的最大距离。",
    ),
    (
        "WebGPU lets one binding hold 128 MiB unless more is asked for: the f32 table of one head fits up to n = 5,792.",
        "WebGPU 默认一个绑定最多 128 MiB：一个头的 f32 表最多到 n = 5,792。",
    ),
];
