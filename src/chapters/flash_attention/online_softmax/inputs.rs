//! Typed logits, the format they are computed in, and how they are cut and ordered.

use std::ops::Range;

use half::f16;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use crate::algorithms::online_softmax::{self, Safety};
use crate::content::number;
use crate::figure::{Field, Kind, Problem, Values};

/// The most logits that can be typed.
pub const MAX_N: usize = 64;

const DEFAULT: &str = "8,10,9,11,10,12,7,11";

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "x", kind: Kind::Text(2000, check), default: DEFAULT },
    Field { name: "safe", kind: Kind::Choice(&["on", "off"]), default: "on" },
    Field { name: "format", kind: Kind::Choice(&["f32", "f16"]), default: "f32" },
    Field { name: "block", kind: Kind::OptInt(1, MAX_N as i64), default: "" },
    Field { name: "order", kind: Kind::Choice(&["given", "shuffled"]), default: "given" },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "1" },
];

/// The numbers that every operation is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Single precision.
    F32,
    /// Half precision.
    F16,
}

impl Format {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Format::F32 => "f32",
            Format::F16 => "f16",
        }
    }

    /// Its largest finite number.
    pub fn max(self) -> f64 {
        match self {
            Format::F32 => f64::from(f32::MAX),
            Format::F16 => f16::MAX.to_f64(),
        }
    }
}

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// The logits in the order in which they are visited.
    pub xs: Vec<f64>,
    /// Where each of them stood in the text.
    pub origin: Vec<usize>,
    /// The blocks, as positions in the order visited; one of all where nothing is cut.
    pub blocks: Vec<Range<usize>>,
    /// Format of every operation.
    pub format: Format,
    /// The break-it switch.
    pub safety: Safety,
    /// Whether the blocks, or without blocks the logits, are visited in a shuffled order.
    pub shuffled: bool,
}

impl Inputs {
    /// How many logits.
    pub fn n(&self) -> usize {
        self.xs.len()
    }

    /// Whether there is more than one block.
    pub fn cut(&self) -> bool {
        self.blocks.len() > 1
    }

    /// The block that holds a position.
    pub fn block_of(&self, pos: usize) -> usize {
        self.blocks.iter().position(|block| block.contains(&pos)).unwrap_or(0)
    }
}

/// Reads values.
pub fn read(values: &Values) -> Result<(Inputs, Vec<Problem>), Vec<Problem>> {
    let given = parse(values.text("x")).map_err(|(en, zh)| vec![Problem::new("x", en, zh)])?;
    let n = given.len();
    let mut problems = Vec::new();
    let mut size = values.size("block");
    if size > n {
        problems.push(Problem::new(
            "block",
            format!("`block={size}`: there are only {n} logits. Using one block of all {n}."),
            format!("`block={size}`：一共只有 {n} 个 logit。现在全部放进一块。"),
        ));
        size = n;
    }
    let format = if values.is("format", "f16") { Format::F16 } else { Format::F32 };
    if let Some(x) = given.iter().find(|x| x.is_finite() && f16::from_f64(**x).is_infinite()).filter(|_| format == Format::F16) {
        let shown = crate::content::number::table(*x);
        let becomes = if *x > 0.0 { "∞" } else { "−∞" };
        problems.push(Problem::new(
            "x",
            format!("{shown} is beyond f16 (largest 65,504), so it becomes {becomes}. The run below goes on with that."),
            format!("{shown} 超出 f16 的范围（最大 65,504），会变成 {becomes}。下面就照这样运行。"),
        ));
    }
    let mut parts = online_softmax::blocks(n, size);
    let shuffled = values.is("order", "shuffled");
    if shuffled && parts.len() == 1 {
        parts = online_softmax::blocks(n, 1);
    }
    if shuffled {
        shuffle(&mut parts, values.size("seed") as u64);
    }
    let origin: Vec<usize> = parts.iter().cloned().flatten().collect();
    let blocks = if size == 0 || size >= n { online_softmax::blocks(n, 0) } else { laid_out(&parts) };
    let safety = if values.is("safe", "off") { Safety::Off } else { Safety::On };
    let xs = origin.iter().map(|at| given[*at]).collect();
    Ok((Inputs { xs, origin, blocks, format, safety, shuffled }, problems))
}

/// A shuffle that moves something: the order given would be no shuffle.
fn shuffle(parts: &mut [Range<usize>], seed: u64) {
    parts.shuffle(&mut Pcg64::seed_from_u64(seed));
    if parts.is_sorted_by_key(|part| part.start) && parts.len() > 1 {
        parts.rotate_left(1);
    }
}

/// The places of parts of these lengths, one after the other.
fn laid_out(parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut start = 0;
    parts
        .iter()
        .map(|part| {
            let from = start;
            start += part.len();
            from..start
        })
        .collect()
}

type Wrong = (String, String);

const KEPT: (&str, &str) = ("Kept your text; the figure still shows the last valid logits.", "你的文字还在；图仍显示上一次有效的输入。");

fn wrong(en: impl Into<String>, zh: impl Into<String>) -> Wrong {
    (format!("{} {}", en.into(), KEPT.0), format!("{}{}", zh.into(), KEPT.1))
}

/// Reads logits: numbers or `-inf` between commas, spaces or line ends. Total over any text.
pub fn parse(text: &str) -> Result<Vec<f64>, Wrong> {
    let items: Vec<&str> =
        text.split([',', ';', '\t', '\n', '\r', ' ', '，', '、', '；']).map(str::trim).filter(|item| !item.is_empty()).collect();
    if items.is_empty() {
        return Err(wrong("Nothing here to read yet: type numbers between commas.", "这里还没有可读的数：请输入用逗号隔开的数。"));
    }
    if items.len() > MAX_N {
        let n = items.len();
        return Err(wrong(
            format!("{n} logits are too many to draw; the limit is {MAX_N}."),
            format!("{n} 个 logit 太多，画不下；上限是 {MAX_N}。"),
        ));
    }
    items.into_iter().map(parse_one).collect()
}

/// One logit, with true minus signs accepted.
fn parse_one(item: &str) -> Result<f64, Wrong> {
    let mut shown: String = item.chars().take(24).collect();
    if shown.len() < item.len() {
        shown.push('…');
    }
    let plain = item.replace('−', "-").replace('∞', "inf");
    match number::parse(&plain) {
        Some(x) if x.is_nan() => Err(wrong(
            format!("“{shown}” is not a number to begin with; NaN should come out of the run, not go in."),
            format!("“{shown}”一开始就不是数；NaN 应由运行产生，而不是输入。"),
        )),
        Some(x) if x == f64::NEG_INFINITY && plain.to_ascii_lowercase().contains("inf") => Ok(x),
        Some(x) if x == f64::INFINITY && plain.to_ascii_lowercase().contains("inf") => Err(wrong(
            format!("“{shown}”: a logit may be −∞ (masked), but not +∞."),
            format!("“{shown}”：logit 可以是 −∞（被掩码盖住），但不能是 +∞。"),
        )),
        Some(x) if x.abs() > f64::from(f32::MAX) => Err(wrong(
            format!("{shown} is beyond f32 (largest 3.40e38). Type a smaller number."),
            format!("{shown} 超出 f32 的范围（最大 3.40e38）。请换一个小一点的数。"),
        )),
        Some(x) => Ok(x),
        None => Err(wrong(format!("“{shown}” is not a number."), format!("“{shown}”不是数。"))),
    }
}

/// A check for the field.
fn check(text: &str) -> Result<(), Wrong> {
    parse(text).map(|_| ())
}
