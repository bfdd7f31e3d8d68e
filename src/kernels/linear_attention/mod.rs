//! Linear attention over all keys: the WGSL kernel, its f32 CPU twin, its fast CPU path and its cases.
//!
//! Uniform: `[nq, nk, d, dv, map, normalise, eps as f32 bits]`. Inputs: q `[nq, d]`, k `[nk, d]`, v `[nk, dv]`,
//! row-major, to which the feature map is applied here; there is no scale. Output: o `[nq, dv]`,
//! phi(q) S / (phi(q) z + eps) with S = phi(K)^T V and z the sum of phi(k) (arXiv:2006.16236, equations 5 and 6),
//! or phi(q) S alone. Scratch: the states of the chunks, at most 64 of them, whatever nk.

#[cfg(not(target_arch = "wasm32"))]
mod cases;
pub mod cpu;
pub(super) mod state;
pub(super) mod twin;

use super::flash_attention::MAX_N;
use super::{Adapter, Binding, BindingKind, Constant, Kernel, Pass, Tolerance, Variant, Word};

/// The cases' inputs, which the causal kernel shares.
#[cfg(not(target_arch = "wasm32"))]
pub(super) use cases::inputs as case_inputs;

/// Most features of a query and columns of a value; random features want more than a head has.
pub const MAX_WIDTH: u32 = 1024;

/// What is made of every entry of a query and of a key; the value of the uniform's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum FeatureMap {
    /// x: for features that were made elsewhere.
    Identity = 0,
    /// max(x, 0).
    Relu = 1,
    /// elu(x) + 1: 1 + x above 0, e^x below (arXiv:2006.16236, equation 7).
    Elu1 = 2,
    /// e^x.
    Exp = 3,
    /// 1 + x.
    Taylor1 = 4,
    /// x^2.
    Square = 5,
}

/// What the weighted sum of values is divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Normaliser {
    /// Nothing.
    Absent,
    /// The sum of the weights, and this number added to it.
    Eps(f32),
}

impl Normaliser {
    /// Its two words of the uniform.
    pub fn words(self) -> [u32; 2] {
        match self {
            Normaliser::Absent => [0, 0],
            Normaliser::Eps(eps) => [1, eps.to_bits()],
        }
    }
}

/// The uniform words of a run: q is `[nq, d]`, k is `[nk, d]`, v is `[nk, dv]`.
pub fn uniform(nq: u32, nk: u32, d: u32, dv: u32, map: FeatureMap, normaliser: Normaliser) -> Vec<u32> {
    let [normalise, eps] = normaliser.words();
    vec![nq, nk, d, dv, map as u32, normalise, eps]
}

const TILED: &str = concat!(
    include_str!("head.wgsl"),
    include_str!("common.wgsl"),
    include_str!("tiled.wgsl"),
    include_str!("reduce.wgsl"),
    include_str!("apply_tiled.wgsl"),
);

const ROLLED: &str = concat!(
    include_str!("head.wgsl"),
    include_str!("common.wgsl"),
    include_str!("rolled.wgsl"),
    include_str!("reduce.wgsl"),
    include_str!("apply_rolled.wgsl"),
);

/// The table's entry.
pub const KERNEL: Kernel = Kernel {
    name: "linear_attention",
    words: &[
        Word::Size { name: "nq", min: 1, max: MAX_N },
        Word::Size { name: "nk", min: 1, max: MAX_N },
        Word::Size { name: "d", min: 1, max: MAX_WIDTH },
        Word::Size { name: "dv", min: 1, max: MAX_WIDTH },
        Word::Size { name: "map", min: 0, max: 5 },
        Word::Size { name: "normalise", min: 0, max: 1 },
        Word::Float { name: "eps" },
    ],
    bindings: &[
        Binding { name: "sizes", kind: BindingKind::Uniform, len: |_| 7, row: None },
        Binding { name: "q", kind: BindingKind::Input, len: |u| area(u[0], u[2]), row: Some(|u| u[2] as usize) },
        Binding { name: "k", kind: BindingKind::Input, len: |u| area(u[1], u[2]), row: Some(|u| u[2] as usize) },
        Binding { name: "v", kind: BindingKind::Input, len: |u| area(u[1], u[3]), row: Some(|u| u[3] as usize) },
        Binding { name: "o", kind: BindingKind::Output, len: |u| area(u[0], u[3]), row: None },
        Binding {
            name: "states",
            kind: BindingKind::Scratch,
            len: |u| area(chunks(u[1]), state_words(u[2], u[3])),
            row: Some(|_| super::PAIR),
        },
    ],
    variants: &[
        Variant { name: "tiled", adapter: Some(Adapter::Hardware), constants: &[], passes: &[
            Pass { wgsl: TILED, entry: "accumulate", workgroup_size: [8, 8, 1], dispatch: |u| [u[3].div_ceil(TILE), u[2].div_ceil(TILE), chunks(u[1])] },
            Pass { wgsl: TILED, entry: "reduce", workgroup_size: [64, 1, 1], dispatch: |u| [(state_words(u[2], u[3]) / 4).div_ceil(64), 1, 1] },
            Pass { wgsl: TILED, entry: "apply", workgroup_size: [8, 8, 1], dispatch: |u| [u[0].div_ceil(TILE), u[3].div_ceil(TILE), 1] },
        ], },
        Variant {
            name: "rolled",
            adapter: Some(Adapter::Software),
            constants: &[Constant { name: "COLUMNS", value: |u| columns(u[3]) }],
            passes: &[
            Pass { wgsl: ROLLED, entry: "accumulate", workgroup_size: [16, 1, 1], dispatch: |u| [u[2].div_ceil(4).next_multiple_of(2).div_ceil(16), blocks(u[3]), chunks(u[1])] },
            Pass { wgsl: ROLLED, entry: "reduce", workgroup_size: [64, 1, 1], dispatch: |u| [(state_words(u[2], u[3]) / 4).div_ceil(64), 1, 1] },
            Pass { wgsl: ROLLED, entry: "apply", workgroup_size: [16, 1, 1], dispatch: |u| [u[0].div_ceil(4).div_ceil(16), blocks(u[3]), 1] },
        ],
        },
    ],
    cpu: twin::run,
    tolerance: TOLERANCE,
    #[cfg(not(target_arch = "wasm32"))]
    cases: cases::all,
};

/// Of both kernels.
pub(super) const TOLERANCE: Tolerance = Tolerance {
    atol: 5e-6,
    rtol: 4e-6,
    reason: "a sum of n features rounds at every step, and the order of four of them is the device's; WGSL allows \
             exp an error of 3 + 2|x| units in the last place and fused multiply-adds",
};

/// Rows and columns of a tile.
pub(super) const TILE: u32 = 32;

/// Keys of a chunk: whole tiles, so many that there are at most 64 chunks.
fn chunk_length(nk: u32) -> u32 {
    nk.div_ceil(TILE).div_ceil(64).max(2) * TILE
}

/// How many chunks there are.
fn chunks(nk: u32) -> u32 {
    nk.div_ceil(chunk_length(nk))
}

/// The quads of an invocation's private array for values of this width: 8, 16 or 32.
pub(super) fn columns(dv: u32) -> u32 {
    dv.next_power_of_two().clamp(32, 128) / 4
}

/// How many such arrays hold all columns.
pub(super) fn blocks(dv: u32) -> u32 {
    dv.div_ceil(4 * columns(dv))
}

/// Words of a state on the device: S, then z, rows filled up to whole pairs of vec4s.
pub(super) fn state_words(d: u32, dv: u32) -> u32 {
    d.next_multiple_of(8) * (dv.next_multiple_of(8) + 1)
}

/// Saturates where usize has 32 bits: a size that no device allows, told as such.
pub(super) fn area(rows: u32, columns: u32) -> usize {
    (rows as usize).saturating_mul(columns as usize)
}
