//! What the figures on a head run on: a trained head, seeded numbers or typed matrices, and the mask over them.

use crate::algorithms::flash_attention::Tiling;
use crate::algorithms::{Attention, Mask, MaskKind};
use crate::content::number;
use crate::data::{self, head, matrix_text};
use crate::figure::{Field, Kind, Problem, Values};
use ndarray::{Array2, s};

/// The most queries or keys of a seeded run.
pub const MAX_N: usize = 256;

const LONG: usize = 10_000;

/// The URL parameters that all of these figures have.
pub const SHARED: [Field; 14] = [
    Field { name: "source", kind: Kind::Choice(&["head", "random", "typed"]), default: "head" },
    Field { name: "layer", kind: Kind::Int(0, 5), default: "5" },
    Field { name: "head", kind: Kind::Int(0, 11), default: "9" },
    Field { name: "keys", kind: Kind::Choice(&["given", "reversed"]), default: "given" },
    Field { name: "n", kind: Kind::Int(1, MAX_N as i64), default: "16" },
    Field { name: "m", kind: Kind::OptInt(1, MAX_N as i64), default: "" },
    Field { name: "d", kind: Kind::Int(1, 128), default: "32" },
    Field { name: "br", kind: Kind::Int(1, MAX_N as i64), default: "4" },
    Field { name: "bc", kind: Kind::Int(1, MAX_N as i64), default: "4" },
    Field { name: "mask", kind: Kind::Choice(&["none", "causal", "causal-top-left"]), default: "none" },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "1" },
    Field { name: "q", kind: Kind::Long(LONG, matrix_text::check), default: "2,0;0,2;1,1" },
    Field { name: "k", kind: Kind::Long(LONG, matrix_text::check), default: "1,0;0,1;2,1;0,3" },
    Field { name: "v", kind: Kind::Long(LONG, matrix_text::check), default: "1,0;0,1;1,1;0,0" },
];

/// The shared parameters followed by a figure's own.
pub const fn with_own<const N: usize, const ALL: usize>(own: [Field; N]) -> [Field; ALL] {
    let mut all = [SHARED[0]; ALL];
    let mut idx = 0;
    while idx < ALL {
        all[idx] = if idx < SHARED.len() { SHARED[idx] } else { own[idx - SHARED.len()] };
        idx += 1;
    }
    all
}

/// A head to run on.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Where the numbers come from.
    pub source: Source,
    /// The numbers.
    pub x: Attention<f32>,
    /// A name per query.
    pub query_names: Vec<String>,
    /// A name per key, in the order in which they are read.
    pub key_names: Vec<String>,
}

/// Where the numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A trained head.
    Head {
        /// From 0.
        layer: usize,
        /// From 0.
        head: usize,
    },
    /// N(0, 1).
    Random {
        /// Of the generator.
        seed: u64,
    },
    /// Typed by the reader.
    Typed,
}

/// The head file that these values need.
pub fn data(values: &Values) -> Option<String> {
    values.is("source", "head").then(|| head::file(values.size("layer"), values.size("head")))
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<(Given, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let (source, [q, k, v], names) = match values.text("source") {
        "head" => from_head(values, data, &mut problems)?,
        "random" => from_seed(values),
        _ => from_text(values)?,
    };
    let (n_queries, n_keys, d) = (q.nrows(), k.nrows(), q.ncols());
    let kind = match values.text("mask") {
        "causal" => MaskKind::CausalBottomRight,
        "causal-top-left" => MaskKind::CausalTopLeft,
        _ => MaskKind::None,
    };
    let reversed = values.is("keys", "reversed");
    let mut key_names = names.1;
    let (mut k, mut v) = (k, v);
    if reversed {
        // A causal mask goes by position; reversing the keys under it would be another attention.
        if kind == MaskKind::None {
            k.invert_axis(ndarray::Axis(0));
            v.invert_axis(ndarray::Axis(0));
            (k, v) = (k.as_standard_layout().to_owned(), v.as_standard_layout().to_owned());
            key_names.reverse();
        } else {
            problems.push(Problem::new(
                "keys",
                "Reversed keys and a causal mask do not go together: the mask goes by position. Using the given order.",
                "倒序的 key 与因果掩码不能同时用：掩码是按位置定的。现用原来的次序。",
            ));
        }
    }
    let given = Given {
        source,
        x: Attention { q, k, v, scale: 1.0 / (d as f32).sqrt(), mask: Mask::new(kind, n_queries, n_keys) },
        query_names: names.0,
        key_names,
    };
    Ok((given, problems))
}

type Parts = (Source, [Array2<f32>; 3], (Vec<String>, Vec<String>));

fn from_head(values: &Values, data: Option<&[u8]>, problems: &mut Vec<Problem>) -> Result<Parts, Vec<Problem>> {
    let Some(head) = data.and_then(|bytes| head::read(bytes, head::TOKENS.len())) else {
        return Err(vec![Problem::new("data", "The file of this head is damaged.", "这个头的数据文件损坏了。")]);
    };
    let most = head::TOKENS.len();
    let mut held = |name: &str, wanted: usize| {
        if wanted > most {
            problems.push(Problem::new(
                name,
                format!("`{name}={wanted}`: the sentence has {most} tokens. Using {most}."),
                format!("`{name}={wanted}`：这句话只有 {most} 个 token。现用 {most}。"),
            ));
        }
        wanted.min(most)
    };
    let n_queries = held("n", values.size("n"));
    let n_keys = values.int("m").map_or(n_queries, |m| held("m", m.max(1) as usize));
    if values.size("d") != head::D {
        let d = values.size("d");
        problems.push(Problem::new(
            "d",
            format!("`d={d}`: a query of this model has 32 numbers. Using 32; d is free for random numbers."),
            format!("`d={d}`：这个模型的 query 有 32 个数。现用 32；随机数时 d 可以自选。"),
        ));
    }
    let names = |n: usize| head::TOKENS[..n].iter().map(|token| token.to_string()).collect::<Vec<_>>();
    let cut = |matrix: Array2<f32>, n: usize| matrix.slice(s![..n, ..]).to_owned();
    let source = Source::Head { layer: values.size("layer"), head: values.size("head") };
    Ok((source, [cut(head.q, n_queries), cut(head.k, n_keys), cut(head.v, n_keys)], (names(n_queries), names(n_keys))))
}

fn from_seed(values: &Values) -> Parts {
    let (n_queries, d, seed) = (values.size("n"), values.size("d"), values.size("seed") as u64);
    let n_keys = values.int("m").map_or(n_queries, |m| m.max(1) as usize);
    let matrices = data::normal(seed, [(n_queries, d), (n_keys, d), (n_keys, d)]);
    (Source::Random { seed }, matrices, (numbered("q", n_queries), numbered("k", n_keys)))
}

fn from_text(values: &Values) -> Result<Parts, Vec<Problem>> {
    let matrix = |name: &str| matrix_text::parse(values.text(name)).map_err(|(en, zh)| vec![Problem::new(name, en, zh)]);
    let (q, k, v) = (matrix("q")?, matrix("k")?, matrix("v")?);
    if q.ncols() != k.ncols() {
        let (a, b) = (q.ncols(), k.ncols());
        return Err(vec![Problem::new(
            "k",
            format!(
                "A row of Q has {a} numbers, a row of K has {b}; they are multiplied with each other, so they must agree. The figure still shows the last valid matrices."
            ),
            format!("Q 的一行有 {a} 个数，K 的一行有 {b} 个；两者要相乘，所以必须一样长。图仍显示上一次有效的矩阵。"),
        )]);
    }
    if k.nrows() != v.nrows() {
        let (a, b) = (k.nrows(), v.nrows());
        return Err(vec![Problem::new(
            "v",
            format!(
                "K has {a} rows and V has {b}; every key has one value, so they must agree. The figure still shows the last valid matrices."
            ),
            format!("K 有 {a} 行，V 有 {b} 行；每个 key 配一个 value，所以行数必须一样。图仍显示上一次有效的矩阵。"),
        )]);
    }
    let names = (numbered("q", q.nrows()), numbered("k", k.nrows()));
    Ok((Source::Typed, [q, k, v], names))
}

fn numbered(letter: &str, n: usize) -> Vec<String> {
    (0..n).map(|idx| format!("{letter}{idx}")).collect()
}

/// Block sizes; larger ones where the run would have more of something than `(limit, its name in English and Chinese)`.
pub fn tiling(
    values: &Values,
    count: &dyn Fn(usize, usize) -> usize,
    (limit, en, zh): (usize, &str, &str),
    problems: &mut Vec<Problem>,
) -> Tiling {
    let asked = (values.size("br").max(1), values.size("bc").max(1));
    let (mut br, mut bc) = asked;
    while count(br, bc) > limit {
        if br <= bc { br += 1 } else { bc += 1 }
    }
    if (br, bc) != asked {
        let (n, limit) = (number::whole(count(asked.0, asked.1) as u64), number::whole(limit as u64));
        problems.push(Problem::new(
            "br",
            format!("This run would take {n} {en}; the limit is {limit}. Using Br = {br}, Bc = {bc}."),
            format!("这次运行要 {n} {zh}，上限是 {limit}。现用 Br = {br}、Bc = {bc}。"),
        ));
    }
    // Both are at least 1.
    Tiling::new(br, bc).unwrap_or(Tiling { br: std::num::NonZeroUsize::MIN, bc: std::num::NonZeroUsize::MIN })
}
