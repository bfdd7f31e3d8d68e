//! The twelve chapters and how they follow from each other, in both languages, whether they exist yet or not.

use super::Lang;

/// A chapter on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idea {
    /// Its number.
    pub number: usize,
    /// Path segment of its pages.
    pub slug: &'static str,
    /// Name, as in the ruler.
    pub name: (&'static str, &'static str),
    /// What it is about, in a line.
    pub line: (&'static str, &'static str),
    /// The step of thought that leads to it; empty for the exercises.
    pub via: (&'static str, &'static str),
    /// Where it stands on the wide map: column and row, from 1.
    pub place: (usize, usize),
    /// The number of the chapter that it follows from; 0 for plain attention.
    pub parent: usize,
    /// Its picture, an inline SVG coloured by class.
    pub thumb: &'static str,
}

impl Idea {
    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.name.0, self.name.1)
    }
}

macro_rules! idea {
    ($number:literal $slug:literal at $col:literal $row:literal from $parent:literal, $name:expr, $line:expr, $via:expr) => {
        Idea {
            number: $number,
            slug: $slug,
            name: $name,
            line: $line,
            via: $via,
            place: ($col, $row),
            parent: $parent,
            thumb: include_str!(concat!("thumbs/", $slug, ".svg")),
        }
    };
}

/// The chapters, by number.
#[rustfmt::skip]
pub static MAP: [Idea; 12] = [
    idea!(1 "flash-attention" at 3 1 from 0, ("FlashAttention", "FlashAttention"), ("The matrix that is never written", "那个从不写下的矩阵"), ("online softmax, in tiles", "在线 Softmax，分块来算")),
    idea!(2 "linear-attention" at 2 3 from 0, ("Linear attention", "线性注意力"), ("Move one pair of brackets", "只挪一对括号"), ("drop the softmax", "去掉 Softmax")),
    idea!(3 "gated-attention-unit" at 5 3 from 2, ("Gated attention unit", "门控注意力单元"), ("One head, one gate, in chunks", "一个头，一道门，逐段计算"), ("gate and chunk", "加门，再分段")),
    idea!(4 "state-space-models" at 3 4 from 2, ("State-space models", "状态空间模型"), ("A memory made of polynomials", "用多项式做成的记忆"), ("read it as a recurrence", "当作递推来读")),
    idea!(5 "mixed-precision" at 3 2 from 1, ("Mixed precision", "混合精度"), ("Where 16 bits are not enough", "16 位在哪里不够用"), ("how few bits?", "最少要几位？")),
    idea!(6 "efficient-transformers" at 2 2 from 0, ("Efficient transformers", "高效 Transformer"), ("Sparse, low rank, hashed", "稀疏、低秩、哈希"), ("look at fewer keys", "少看几个 key")),
    idea!(7 "performer" at 3 3 from 2, ("Performer", "Performer"), ("Random features, exact on average", "随机特征，平均下来不差"), ("estimate the kernel", "估计核函数")),
    idea!(8 "transnormer" at 4 3 from 2, ("TransNormer", "TransNormer"), ("Bounded gradients, sharp focus", "梯度有界，焦点集中"), ("mend the gradients", "修好梯度")),
    idea!(9 "medusa" at 4 1 from 1, ("Medusa", "Medusa"), ("Guess a tree, verify in one pass", "猜一棵树，一遍验完"), ("decoding waits for memory too", "解码也在等内存")),
    idea!(10 "multi-token-prediction" at 5 1 from 9, ("Multi-token prediction", "多 token 预测"), ("Train the guesser too", "让会猜的也受训练"), ("train the drafter", "训练打草稿的")),
    idea!(11 "minimum-window-substring" at 4 4 from 11, ("Minimum window", "最小覆盖子串"), ("LeetCode 76, watched and judged", "LeetCode 76，看完自己写"), ("", "")),
    idea!(12 "longest-consecutive-sequence" at 5 4 from 12, ("Longest run", "最长连续序列"), ("LeetCode 128, watched and judged", "LeetCode 128，看完自己写"), ("", "")),
];

/// The chapters that follow directly from chapter `number`, in the order in which they are told.
pub fn children(number: usize) -> impl Iterator<Item = &'static Idea> {
    const ORDER: [usize; 12] = [1, 9, 10, 5, 6, 2, 7, 8, 3, 4, 11, 12];
    ORDER.iter().map(|n| &MAP[n - 1]).filter(move |idea| idea.parent == number)
}
