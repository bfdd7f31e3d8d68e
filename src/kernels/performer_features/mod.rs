//! Positive random features of the exponential kernel: the WGSL kernel, its f32 CPU twin and its cases.
//!
//! Uniform: `[n, d, m, stabiliser, scale as f32 bits, eps as f32 bits]`. Inputs: x `[n, d]`, which is multiplied by
//! `scale` (d^(-1/4) for attention whose logits are scaled by d^(-1/2)), and the directions w `[m, d]`, row-major.
//! Output: phi `[n, m]` = (exp(W x - |x|^2 / 2 - max) + eps) / sqrt(m) (FAVOR+, arXiv:2009.14794, Lemma 1).
//! With them the kernel `linear_attention` under the identity map is the Performer.

#[cfg(not(target_arch = "wasm32"))]
mod cases;
pub(super) mod cpu;
mod twin;

use super::linear_attention::{MAX_WIDTH, area};
use super::{Adapter, Binding, BindingKind, Kernel, Pass, Tolerance, Variant, Word};

/// Most rows: a workgroup is 8 rows high where the features are made, and there are at most 65535 of them.
pub const MAX_ROWS: u32 = 1 << 18;

/// What is subtracted from every exponent; the value of the uniform's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stabiliser {
    /// Nothing: the form of the paper's lemma.
    Absent = 0,
    /// The largest W x of the row: for queries, where it cancels in the row's ratio.
    Row = 1,
    /// The largest W x of all rows: for keys, whose weights in a row must keep their proportion.
    All = 2,
}

/// The uniform words of a run: x is `[n, d]`, w is `[m, d]`.
pub fn uniform(n: u32, d: u32, m: u32, stabiliser: Stabiliser, scale: f32, eps: f32) -> Vec<u32> {
    vec![n, d, m, stabiliser as u32, scale.to_bits(), eps.to_bits()]
}

const TILED: &str = concat!(include_str!("common.wgsl"), include_str!("tiled.wgsl"));

const ROLLED: &str = concat!(include_str!("common.wgsl"), include_str!("rolled.wgsl"));

/// The table's entry.
pub const KERNEL: Kernel = Kernel {
    name: "performer_features",
    words: &[
        Word::Size { name: "n", min: 1, max: MAX_ROWS },
        Word::Size { name: "d", min: 1, max: MAX_WIDTH },
        Word::Size { name: "m", min: 1, max: MAX_WIDTH },
        Word::Size { name: "stabiliser", min: 0, max: 2 },
        Word::Float { name: "scale" },
        Word::Float { name: "eps" },
    ],
    bindings: &[
        Binding { name: "sizes", kind: BindingKind::Uniform, len: |_| 6, row: None },
        Binding { name: "x", kind: BindingKind::Input, len: |u| area(u[0], u[1]), row: Some(|u| u[1] as usize) },
        Binding { name: "w", kind: BindingKind::Input, len: |u| area(u[2], u[1]), row: Some(|u| u[1] as usize) },
        Binding { name: "phi", kind: BindingKind::Output, len: |u| area(u[0], u[2]), row: None },
        Binding { name: "rows", kind: BindingKind::Scratch, len: |u| area(u[0], 2) + 1, row: None },
    ],
    variants: &[
        Variant { name: "tiled", adapter: Some(Adapter::Hardware), constants: &[], passes: &[
            Pass { wgsl: TILED, entry: "project", workgroup_size: [8, 8, 1], dispatch: |u| [u[0].div_ceil(32), u[2].div_ceil(32), 1] },
            Pass { wgsl: TILED, entry: "summarise", workgroup_size: [64, 1, 1], dispatch: |u| [u[0].div_ceil(64), 1, 1] },
            Pass { wgsl: TILED, entry: "largest", workgroup_size: [256, 1, 1], dispatch: |_| [1, 1, 1] },
            Pass { wgsl: TILED, entry: "exponentiate", workgroup_size: [8, 8, 1], dispatch: |u| [u[2].div_ceil(8), u[0].div_ceil(8), 1] },
        ], },
        Variant { name: "rolled", adapter: Some(Adapter::Software), constants: &[], passes: &[
            Pass { wgsl: ROLLED, entry: "project", workgroup_size: [8, 8, 1], dispatch: |u| [u[0].div_ceil(32), u[2].div_ceil(32), 1] },
            Pass { wgsl: ROLLED, entry: "summarise", workgroup_size: [64, 1, 1], dispatch: |u| [u[0].div_ceil(64), 1, 1] },
            Pass { wgsl: ROLLED, entry: "largest", workgroup_size: [256, 1, 1], dispatch: |_| [1, 1, 1] },
            Pass { wgsl: ROLLED, entry: "exponentiate", workgroup_size: [8, 8, 1], dispatch: |u| [u[2].div_ceil(8), u[0].div_ceil(8), 1] },
        ], },
    ],
    cpu: twin::run,
    tolerance: Tolerance {
        atol: 1e-12,
        rtol: 2e-5,
        reason: "an exponent of size s carries an error near s times 1e-7, and a feature that error relative to itself; \
                 WGSL allows exp an error of 3 + 2|x| units in the last place",
    },
    #[cfg(not(target_arch = "wasm32"))]
    cases: cases::all,
};
