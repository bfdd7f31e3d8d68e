//! What the figure runs on: a seeded stream, a feature map, chunks, and what is switched off.

use std::num::NonZeroUsize;

use ndarray::{Array2, Axis};

use crate::algorithms::feature_map::FeatureMap;
use crate::algorithms::linear_attention::{Denominator, Future};
use crate::data;
use crate::figure::{Field, Kind, Problem, Values};

/// The most tokens, and the most tokens of a chunk.
pub const MAX_N: i64 = 256;

/// The most channels of a query, of a key and of a value.
pub const MAX_D: i64 = 64;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "n", kind: Kind::Int(1, MAX_N), default: "12" },
    Field { name: "d", kind: Kind::Int(1, MAX_D), default: "4" },
    Field { name: "chunk", kind: Kind::Int(1, MAX_N), default: "1" },
    Field {
        name: "map",
        kind: Kind::Choice(&["identity", "relu", "elu1", "exp", "taylor1", "square", "double", "cosine"]),
        default: "elu1",
    },
    Field { name: "values", kind: Kind::Choice(&["normal", "ones"]), default: "normal" },
    Field { name: "last", kind: Kind::Choice(&["given", "other"]), default: "given" },
    Field { name: "future", kind: Kind::Choice(&["off", "on"]), default: "off" },
    Field { name: "denominator", kind: Kind::Choice(&["on", "off"]), default: "on" },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "1" },
];

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Queries `[n, d]`.
    pub q: Array2<f32>,
    /// Keys `[n, d]`.
    pub k: Array2<f32>,
    /// Values `[n, d]`.
    pub v: Array2<f32>,
    /// What a query and a key become.
    pub map: FeatureMap,
    /// Tokens of a chunk. Invariant: no more than there are tokens; 1 where the future is seen.
    pub chunk: NonZeroUsize,
    /// Whether every value is 1.
    pub ones: bool,
    /// Whether the last token is another one than the seed gives.
    pub other_last: bool,
    /// The first break-it switch.
    pub future: Future,
    /// The second.
    pub denominator: Denominator,
    /// Of the generator.
    pub seed: u64,
}

impl Inputs {
    /// Number of tokens.
    pub fn n(&self) -> usize {
        self.k.nrows()
    }

    /// The same stream with another last token: its key and its value turned round.
    pub fn with_other_last(&self) -> Inputs {
        let mut other = self.clone();
        turn_last(&mut other.k);
        turn_last(&mut other.v);
        other
    }
}

fn turn_last(rows: &mut Array2<f32>) {
    if let Some(mut last) = rows.axis_iter_mut(Axis(0)).next_back() {
        last.mapv_inplace(|x| -x);
    }
}

/// Reads values.
pub fn read(values: &Values) -> (Inputs, Vec<Problem>) {
    let mut problems = Vec::new();
    let (n, d, seed) = (values.size("n").max(1), values.size("d").max(1), values.size("seed") as u64);
    let future = if values.is("future", "on") { Future::Seen } else { Future::Hidden };
    let asked = values.size("chunk").max(1);
    let mut chunk = asked.min(n);
    if chunk < asked {
        problems.push(Problem::new(
            "chunk",
            format!("`chunk={asked}`: there are {n} tokens. Using one chunk of all {n}."),
            format!("`chunk={asked}`：一共只有 {n} 个 token。现在全部放进一段。"),
        ));
    }
    if future == Future::Seen && chunk > 1 {
        problems.push(Problem::new(
            "chunk",
            format!("`chunk={chunk}`: with the future let in, all keys are in the state before the first output, and nothing is left to do inside a chunk. Going token by token."),
            format!("`chunk={chunk}`：放进了未来，第一个输出之前所有 key 都已加进状态，段内无事可做。现在逐个 token 运行。"),
        ));
        chunk = 1;
    }
    let [q, k, v] = data::normal(seed, [(n, d); 3]);
    let ones = values.is("values", "ones");
    let inputs = Inputs {
        q,
        k,
        v: if ones { Array2::ones((n, d)) } else { v },
        map: FeatureMap::ALL.into_iter().find(|map| values.is("map", map.name())).unwrap_or(FeatureMap::Elu1),
        chunk: NonZeroUsize::new(chunk).unwrap_or(NonZeroUsize::MIN),
        ones,
        other_last: values.is("last", "other"),
        future,
        denominator: if values.is("denominator", "off") { Denominator::Off } else { Denominator::On },
        seed,
    };
    (if inputs.other_last { inputs.with_other_last() } else { inputs }, problems)
}
