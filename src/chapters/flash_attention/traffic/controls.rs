//! The inputs of the figure, its ready-made settings and its conventions.

use crate::content::Lang;
use crate::figure::{self, Control, Group, Preset};

/// All controls. They never change, so that a dragged slider keeps the pointer.
pub fn groups(lang: Lang) -> Vec<Group> {
    let sram = [
        ("10240", "10,240", "10,240"),
        ("25600", "25,600", "25,600"),
        ("51200", "51,200", "51,200"),
        ("102400", "102,400", "102,400"),
        ("204800", "204,800", "204,800"),
    ];
    let paper = ("from M", "由 M 定");
    let inputs = vec![
        Control::slider(lang, "n", ("Tokens N", "token 数 N"), 4096),
        Control::segmented(lang, "d", ("d", "d"), &[("32", "32", "32"), ("64", "64", "64"), ("128", "128", "128")]),
        Control::slider_or(lang, "br", ("Br", "Br"), 256, paper),
        Control::slider_or(lang, "bc", ("Bc", "Bc"), 1024, paper),
        Control::segmented(lang, "sram", ("SRAM M", "SRAM M"), &sram),
    ];
    Group::without_lever(lang, inputs, PRESETS)
}

const PRESETS: &[Preset] = &[
    ("paper", "the paper: N 1024, d 64, M 51,200", "论文：N 1024，d 64，M 51,200", &[]),
    ("crossing", "one row before the crossing", "离交叉差一行", &[("br", "113")]),
    ("doubled", "double the SRAM", "SRAM 翻倍", &[("sram", "102400")]),
    ("tiny", "small SRAM: FA-1 loses", "SRAM 太小：FA-1 输了", &[("n", "512"), ("sram", "10240")]),
    ("short", "16 tokens: standard wins", "16 个 token：标准法赢", &[("n", "16"), ("d", "32"), ("br", "4"), ("bc", "4")]),
    ("large", "tiles that do not fit", "放不下的块", &[("br", "256"), ("bc", "400")]),
];

/// What is counted, and how.
pub fn conventions(lang: Lang) -> Vec<String> {
    figure::sentences(lang, CONVENTIONS)
}

const CONVENTIONS: &[(&str, &str)] = &[
    (
        "Counted, not computed: the three listings run on matrices without entries, and slow memory counts what passes. One head, no mask, no cache, forward only.",
        "是数出来的，不是套公式：三份代码在没有元素的矩阵上照常运行，由慢速存储数过手的个数。一个头，无掩码，不算缓存，只有前向。",
    ),
    (
        "Standard attention is the paper’s Algorithm 0: S goes out and in, P goes out and in.",
        "标准注意力即论文的算法 0：S 写出再读回，P 写出再读回。",
    ),
    (
        "The paper’s tiles: Bc = ⌈M/4d⌉, Br = min(Bc, d). Q, K, V and O of a tile pair take 2d(Br + Bc) elements; S and P are taken to be in registers.",
        "论文的块：Bc = ⌈M/4d⌉，Br = min(Bc, d)。一对块的 Q、K、V、O 共占 2d(Br + Bc) 个元素；S 和 P 当作放在寄存器里。",
    ),
    (
        "Over N the tiles are the present ones, over M the paper’s for each M. A curve goes as far as its runs fit into a frame (12,000 tile pairs).",
        "随 N 变化时用当前的块，随 M 变化时用论文给每个 M 的块。曲线画到一帧之内跑得完为止（12,000 对块）。",
    ),
    (
        "The theorem (Dao et al. 2022, Thm. 2) gives an order of growth and no constant: N²d²/M is drawn where d ≤ M ≤ Nd, moved to touch FA-1 at the present setting. Θ(Nd + N²) needs no line of its own: standard attention moves just 4(Nd + N²).",
        "定理（Dao 等 2022，定理 2）只给增长的阶，不给常数：N²d²/M 只在 d ≤ M ≤ Nd 处画出，平移到在当前设置处与 FA-1 相接。Θ(Nd + N²) 不必另画：标准注意力搬的正好是 4(Nd + N²)。",
    ),
];
