//! The inputs of the figure and its conventions.

use crate::content::Lang;
use crate::figure::{self, Control, Group};

/// All controls.
pub fn groups(lang: Lang) -> Vec<Group> {
    let lengths = [
        ("512", "512", "512"),
        ("1024", "1,024", "1,024"),
        ("2048", "2,048", "2,048"),
        ("4096", "4,096", "4,096"),
        ("8192", "8,192", "8,192"),
        ("16384", "16,384", "16,384"),
    ];
    let data = [("64", "64, seeded", "64，随机数"), ("32", "32, real head", "32，真实的头")];
    let mask = [("none", "none", "无"), ("causal", "causal", "因果")];
    let inputs = vec![
        Control::select(lang, "n", ("up to n =", "最长 n ="), &lengths),
        Control::segmented(lang, "d", ("head size d", "头维度 d"), &data),
        Control::segmented(lang, "mask", ("mask", "掩码"), &mask),
    ];
    Group::without_lever(lang, inputs, &[])
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
    (
        "d = 64: seeded normal numbers. d = 32: layer 5, head 6 of all-MiniLM-L6-v2 on 256 tokens. Longer sequences repeat the 256 rows.",
        "d = 64：由种子生成的正态随机数。d = 32：all-MiniLM-L6-v2 第 5 层第 6 头在 256 个 token 上的数据。更长的序列重复这 256 行。",
    ),
    (
        "A point is the median of up to seven samples, its bar the fastest and the slowest; a sample on the GPU repeats the run until 10 ms have passed and divides. Uploading, compiling and reading back are not in it.",
        "每个点是最多七个样本的中位数，竖线从最快到最慢；GPU 的一个样本把运行重复到 10 ms 以上再平均。上传、编译和读回都不算在内。",
    ),
    (
        "On the CPU the work runs on this page’s only thread, in slices of 8 ms with pauses that are not counted.",
        "CPU 上的计算就在本页唯一的线程里进行，每 8 ms 一段，停顿不计时。",
    ),
    (
        "Memory beyond inputs and output: what the method allocates while it runs. The error is the largest distance to an f64 reference on 32 rows spread from the first to the last.",
        "额外内存：除输入和输出外，运行中另外分配的。误差是从首行到末行均匀取 32 行，与 f64 参考值的最大距离。",
    ),
    (
        "WebGPU lets one binding hold 128 MiB unless more is asked for: the f32 table of one head fits up to n = 5,792.",
        "WebGPU 默认一个绑定最多 128 MiB：一个头的 f32 表最多到 n = 5,792。",
    ),
];
