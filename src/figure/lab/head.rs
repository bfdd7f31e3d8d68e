//! The inputs of a lab on one head: how long, how wide, which mask; a real head tiled up, or seeded numbers.

use super::doubling;
use crate::content::Lang;
use crate::data::head;
use crate::data::tiled::Tiled;
use crate::figure::{Choice, Control, Field, Kind, Problem, Values};
use crate::kernels::flash_attention::{self, Mask};

/// The longest sequence.
const LONGEST: i64 = 16_384;

/// The URL parameters of such a lab; `n` is the longest length by default.
pub const fn fields(n: &'static str) -> [Field; 3] {
    [
        Field { name: "n", kind: Kind::Int(128, LONGEST), default: n },
        Field { name: "d", kind: Kind::Choice(&["32", "64"]), default: "64" },
        Field { name: "mask", kind: Kind::Choice(&["none", "causal"]), default: "none" },
    ]
}

/// Validated inputs.
#[derive(Clone, Debug)]
pub struct HeadInputs {
    /// The lengths, ascending: powers of two, and the one asked for.
    pub lengths: Vec<usize>,
    /// Size of a query, key and value.
    pub d: usize,
    /// Whether a query sees only the keys up to its own.
    pub causal: bool,
    /// Q, K and V.
    pub tiled: Tiled,
}

/// The real head that is tiled up: layer 5, head 6 on the long text.
pub fn data(values: &Values) -> Option<String> {
    values.is("d", "32").then(|| head::long_file(5, 6))
}

/// Reads values; lengths begin at `shortest`.
pub fn read(values: &Values, data: Option<&[u8]>, shortest: usize) -> Result<HeadInputs, Vec<Problem>> {
    let (n, d) = (values.size("n"), values.size("d"));
    let tiled = match data {
        Some(bytes) => Tiled::head(bytes).filter(|tiled| tiled.d == d),
        None => Some(Tiled::seeded(d, 1)),
    };
    let Some(tiled) = tiled else {
        return Err(vec![Problem::new("d", "The file of the head is not as long as it should be.", "头的数据文件长度不对。")]);
    };
    Ok(HeadInputs { lengths: doubling(shortest, n), d, causal: values.is("mask", "causal"), tiled })
}

impl HeadInputs {
    /// The words of the uniform of softmax attention for `n` tokens.
    pub fn softmax_uniform(&self, n: usize) -> Vec<u32> {
        let mask = if self.causal { Mask::BottomRight } else { Mask::None };
        flash_attention::uniform(n as u32, n as u32, self.d as u32, self.d as u32, mask, self.scale() as f32)
    }

    /// 1/sqrt(d), as the kernels have it.
    pub fn scale(&self) -> f64 {
        f64::from((1.0 / (self.d as f64).sqrt()) as f32)
    }

    /// How many of the first keys a row of `n` sees.
    pub fn seen(&self, row: usize, n: usize) -> usize {
        if self.causal { row + 1 } else { n }
    }
}

/// Length, width and mask; lengths from `shortest` on.
pub fn controls(lang: Lang, shortest: usize) -> Vec<Control> {
    let data = [("64", "64, seeded", "64，随机数"), ("32", "32, real head", "32，真实的头")];
    let mask = [("none", "none", "无"), ("causal", "causal", "因果")];
    vec![
        lengths(lang, shortest),
        Control::segmented(lang, "d", ("head size d", "头维度 d"), &data),
        Control::segmented(lang, "mask", ("mask", "掩码"), &mask),
    ]
}

/// A list of the longest lengths to measure, doubling from `shortest`.
pub fn lengths(lang: Lang, shortest: usize) -> Control {
    let length = |n: usize| Choice { word: n.to_string(), label: crate::content::number::whole(n as u64) };
    let options = doubling(shortest, LONGEST as usize).into_iter().map(length).collect();
    Control::Select { field: "n", label: lang.pick("up to n =", "最长 n =").into(), options }
}
