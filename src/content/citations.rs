//! Every source that the prose may cite, by key.

use super::Lang;

/// A source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Key in `[@key]`: first author and year.
    pub key: &'static str,
    /// How the text names it, without the year.
    pub short: (&'static str, &'static str),
    /// Year of the version cited; none for software, whose venue names a commit.
    pub year: Option<u16>,
    /// Authors as printed in the list.
    pub authors: &'static str,
    /// Title.
    pub title: &'static str,
    /// Where it appeared, and the version.
    pub venue: &'static str,
    /// Its address.
    pub url: &'static str,
}

impl Citation {
    /// How the text names it in a language: "Dao 2023", in one piece.
    pub fn name(&self, lang: Lang) -> String {
        let short = lang.pick(self.short.0, self.short.1);
        self.year.map_or_else(|| short.to_owned(), |year| format!("{short}\u{a0}{year}"))
    }
}

/// The source of that key.
pub fn find(key: &str) -> Option<&'static Citation> {
    CITATIONS.iter().find(|citation| citation.key == key)
}

/// All sources, by key.
pub static CITATIONS: &[Citation] = &[
    Citation {
        key: "choromanski2020",
        short: ("Choromanski et al.", "Choromanski 等"),
        year: Some(2020),
        authors: "K. Choromanski, V. Likhosherstov, D. Dohan, X. Song, A. Gane, T. Sarlos, P. Hawkins, J. Davis, A. Mohiuddin, L. Kaiser, D. Belanger, L. Colwell, A. Weller",
        title: "Rethinking Attention with Performers",
        venue: "ICLR 2021, arXiv:2009.14794",
        url: "https://arxiv.org/abs/2009.14794",
    },
    Citation {
        key: "dao2022",
        short: ("Dao et al.", "Dao 等"),
        year: Some(2022),
        authors: "T. Dao, D. Y. Fu, S. Ermon, A. Rudra, C. Ré",
        title: "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
        venue: "NeurIPS 2022, arXiv:2205.14135v2",
        url: "https://arxiv.org/abs/2205.14135v2",
    },
    Citation {
        key: "dao2023",
        short: ("Dao", "Dao"),
        year: Some(2023),
        authors: "T. Dao",
        title: "FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning",
        venue: "ICLR 2024, arXiv:2307.08691",
        url: "https://arxiv.org/abs/2307.08691",
    },
    Citation {
        key: "fasttransformers",
        short: ("fast-transformers", "fast-transformers"),
        year: None,
        authors: "A. Katharopoulos, A. Vyas",
        title: "fast-transformers, the library of the authors of linear attention",
        venue: "commit 2ad36b97",
        url: "https://github.com/idiap/fast-transformers",
    },
    Citation {
        key: "flashattn",
        short: ("flash-attn", "flash-attn"),
        year: None,
        authors: "T. Dao and contributors",
        title: "flash-attn, the reference implementation of FlashAttention",
        venue: "commit 0251105a",
        url: "https://github.com/Dao-AILab/flash-attention",
    },
    Citation {
        key: "katharopoulos2020",
        short: ("Katharopoulos et al.", "Katharopoulos 等"),
        year: Some(2020),
        authors: "A. Katharopoulos, A. Vyas, N. Pappas, F. Fleuret",
        title: "Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention",
        venue: "ICML 2020, arXiv:2006.16236",
        url: "https://arxiv.org/abs/2006.16236",
    },
    Citation {
        key: "milakov2018",
        short: ("Milakov & Gimelshein", "Milakov 与 Gimelshein"),
        year: Some(2018),
        authors: "M. Milakov, N. Gimelshein",
        title: "Online normalizer calculation for softmax",
        venue: "arXiv:1805.02867",
        url: "https://arxiv.org/abs/1805.02867",
    },
    Citation {
        key: "performerpytorch",
        short: ("performer-pytorch", "performer-pytorch"),
        year: None,
        authors: "P. Wang and contributors",
        title: "performer-pytorch, an implementation of Performer",
        venue: "commit fc8b7844",
        url: "https://github.com/lucidrains/performer-pytorch",
    },
    Citation {
        key: "rabe2021",
        short: ("Rabe & Staats", "Rabe 与 Staats"),
        year: Some(2021),
        authors: "M. N. Rabe, C. Staats",
        title: "Self-attention Does Not Need O(n²) Memory",
        venue: "arXiv:2112.05682",
        url: "https://arxiv.org/abs/2112.05682",
    },
    Citation {
        key: "reimers2019",
        short: ("Reimers & Gurevych", "Reimers 与 Gurevych"),
        year: Some(2019),
        authors: "N. Reimers, I. Gurevych",
        title: "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
        venue: "EMNLP 2019, arXiv:1908.10084",
        url: "https://arxiv.org/abs/1908.10084",
    },
    Citation {
        key: "shah2024",
        short: ("Shah et al.", "Shah 等"),
        year: Some(2024),
        authors: "J. Shah, G. Bikshandi, Y. Zhang, V. Thakkar, P. Ramani, T. Dao",
        title: "FlashAttention-3: Fast and Accurate Attention with Asynchrony and Low-precision",
        venue: "NeurIPS 2024, arXiv:2407.08608",
        url: "https://arxiv.org/abs/2407.08608",
    },
    Citation {
        key: "shen2018",
        short: ("Shen et al.", "Shen 等"),
        year: Some(2018),
        authors: "Z. Shen, M. Zhang, H. Zhao, S. Yi, H. Li",
        title: "Efficient Attention: Attention with Linear Complexities",
        venue: "WACV 2021, arXiv:1812.01243",
        url: "https://arxiv.org/abs/1812.01243",
    },
    Citation {
        key: "su7546",
        short: ("Su", "苏剑林"),
        year: Some(2020),
        authors: "苏剑林 (J. Su)",
        title: "线性Attention的探索：Attention必须有个Softmax吗？",
        venue: "Scientific Spaces, 4 July 2020",
        url: "https://kexue.fm/archives/7546",
    },
    Citation {
        key: "vaswani2017",
        short: ("Vaswani et al.", "Vaswani 等"),
        year: Some(2017),
        authors: "A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, Ł. Kaiser, I. Polosukhin",
        title: "Attention Is All You Need",
        venue: "NeurIPS 2017, arXiv:1706.03762",
        url: "https://arxiv.org/abs/1706.03762",
    },
    Citation {
        key: "wang2020",
        short: ("Wang et al.", "Wang 等"),
        year: Some(2020),
        authors: "W. Wang, F. Wei, L. Dong, H. Bao, N. Yang, M. Zhou",
        title: "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained Transformers",
        venue: "NeurIPS 2020, arXiv:2002.10957",
        url: "https://arxiv.org/abs/2002.10957",
    },
];
