//! What the figure runs on: seeded numbers, or a head of the encoder on the sentence or on the long text.

use crate::algorithms::linear_attention::bracket::Factors;
use crate::data::{self, head};
use crate::figure::{Field, Kind, Problem, Values};
use ndarray::{Array2, s};

/// The largest n, d and dv.
pub const MOST: usize = 256;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "source", kind: Kind::Choice(&["random", "head", "long"]), default: "random" },
    Field { name: "layer", kind: Kind::Int(0, 5), default: "3" },
    Field { name: "head", kind: Kind::Int(0, 11), default: "1" },
    Field { name: "n", kind: Kind::Int(1, MOST as i64), default: "6" },
    Field { name: "d", kind: Kind::Int(1, MOST as i64), default: "3" },
    Field { name: "dv", kind: Kind::Int(1, MOST as i64), default: "3" },
    Field { name: "order", kind: Kind::Choice(&["left", "right"]), default: "left" },
    Field { name: "softmax", kind: Kind::Choice(&["on", "off"]), default: "off" },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "1" },
];

/// Which product comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// (Q K^T) V.
    Left,
    /// Q (K^T V).
    Right,
}

/// Where the numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// N(0, 1).
    Random {
        /// Of the generator.
        seed: u64,
    },
    /// A head on the sentence.
    Head {
        /// From 0.
        layer: usize,
        /// From 0.
        head: usize,
    },
    /// A head on the long text.
    Long {
        /// From 0.
        layer: usize,
        /// From 0.
        head: usize,
    },
}

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Where the numbers come from.
    pub source: Source,
    /// Q `[n, d]`, K `[n, d]`, V `[n, dv]`.
    pub x: Factors<f32>,
    /// Which product comes first.
    pub order: Order,
    /// Whether a softmax stands between the products; the order is then [`Order::Left`].
    pub softmax: bool,
}

impl Inputs {
    /// n, d and dv.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.x.q.nrows(), self.x.q.ncols(), self.x.v.ncols())
    }

    /// How a query or key is called: by its token, or by its letter and number.
    pub fn name(&self, letter: char, idx: usize) -> String {
        match self.source {
            Source::Head { .. } => head::TOKENS[idx.min(head::TOKENS.len() - 1)].to_string(),
            _ => letter.to_string() + &idx.to_string(),
        }
    }
}

/// The head of the long text that is nearest to the one asked for.
fn long(values: &Values) -> (usize, usize) {
    let (layer, head) = (values.size("layer"), values.size("head"));
    head::LONG.into_iter().min_by_key(|(l, h)| (l.abs_diff(layer), h.abs_diff(head))).unwrap_or(head::LONG[0])
}

/// The file that these values need.
pub fn data(values: &Values) -> Option<String> {
    match values.text("source") {
        "head" => Some(head::file(values.size("layer"), values.size("head"))),
        "long" => {
            let (layer, head) = long(values);
            Some(head::long_file(layer, head))
        }
        _ => None,
    }
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<(Inputs, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let (source, x) = match values.text("source") {
        "random" => random(values),
        _ => trained(values, data, &mut problems)?,
    };
    let softmax = values.is("softmax", "on");
    let asked = if values.is("order", "right") { Order::Right } else { Order::Left };
    if softmax && asked == Order::Right {
        problems.push(Problem::new(
            "order",
            "`order=right`: the bracket cannot pass the softmax. It needs every finished q·k, so QKᵀ comes first. Shown as `order=left`.",
            "`order=right`：括号过不了 Softmax。它要用到每一个算完的 q·k，所以必须先算 QKᵀ。现按 `order=left` 显示。",
        ));
    }
    let order = if softmax { Order::Left } else { asked };
    Ok((Inputs { source, x, order, softmax }, problems))
}

fn random(values: &Values) -> (Source, Factors<f32>) {
    let (n, d, dv, seed) = (values.size("n"), values.size("d"), values.size("dv"), values.size("seed") as u64);
    let [q, k, v] = data::normal(seed, [(n, d), (n, d), (n, dv)]);
    (Source::Random { seed }, Factors { q, k, v })
}

fn trained(values: &Values, data: Option<&[u8]>, problems: &mut Vec<Problem>) -> Result<(Source, Factors<f32>), Vec<Problem>> {
    let is_long = values.is("source", "long");
    let most = if is_long { head::N_LONG } else { head::TOKENS.len() };
    let Some(given) = data.and_then(|bytes| head::read(bytes, most)) else {
        return Err(vec![Problem::new("data", "The file of this head is damaged.", "这个头的数据文件损坏了。")]);
    };
    let (layer, head) = (values.size("layer"), values.size("head"));
    let source = if is_long {
        let (near_layer, near_head) = long(values);
        if (near_layer, near_head) != (layer, head) {
            problems.push(Problem::new(
                "head",
                format!("Layer {layer}, head {head} is not shipped for the long text (0/2, 1/8, 3/1 and 5/6 are). Using {near_layer}/{near_head}."),
                format!("长文本没有附第 {layer} 层第 {head} 头（只有 0/2、1/8、3/1、5/6）。现用 {near_layer}/{near_head}。"),
            ));
        }
        Source::Long { layer: near_layer, head: near_head }
    } else {
        Source::Head { layer, head }
    };
    let n = values.size("n");
    if n > most {
        problems.push(Problem::new(
            "n",
            format!("`n={n}`: this text has {most} tokens. Using {most}."),
            format!("`n={n}`：这段文字只有 {most} 个 token。现用 {most}。"),
        ));
    }
    for (field, default) in [("d", "3"), ("dv", "3")] {
        let size = values.size(field);
        // The default stands for what the source has.
        if size != head::D && values.text(field) != default {
            problems.push(Problem::new(
                field,
                format!("`{field}={size}`: a row of this model has 32 numbers. Using 32; {field} is free for random numbers."),
                format!("`{field}={size}`：这个模型一行有 32 个数。现用 32；随机数时 {field} 可以自选。"),
            ));
        }
    }
    let cut = |matrix: Array2<f32>| matrix.slice(s![..n.min(most), ..]).to_owned();
    Ok((source, Factors { q: cut(given.q), k: cut(given.k), v: cut(given.v) }))
}
