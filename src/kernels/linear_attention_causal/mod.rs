//! Causal linear attention, chunk by chunk: the WGSL kernel, its f32 CPU twin, its fast CPU path and its cases.
//!
//! Uniform: `[n, d, dv, map, normalise, eps as f32 bits]`, see [`super::linear_attention`]. Inputs: q `[n, d]`,
//! k `[n, d]`, v `[n, dv]`, row-major. Output: o `[n, dv]`, where row i sees the keys up to and including i
//! (arXiv:2006.16236, equations 9 to 12). Scratch: a state for each chunk of 64 keys, turned into the state before it.

#[cfg(not(target_arch = "wasm32"))]
mod cases;
pub mod cpu;
mod twin;

use super::flash_attention::MAX_N;
use super::linear_attention::{FeatureMap, MAX_WIDTH, Normaliser, TILE, TOLERANCE, area, blocks, columns, state_words};
use super::{Adapter, Binding, BindingKind, Constant, Kernel, Pass, Variant, Word};

/// Keys of a chunk.
pub const CHUNK: u32 = 64;

/// The uniform words of a run: q and k are `[n, d]`, v is `[n, dv]`.
pub fn uniform(n: u32, d: u32, dv: u32, map: FeatureMap, normaliser: Normaliser) -> Vec<u32> {
    let [normalise, eps] = normaliser.words();
    vec![n, d, dv, map as u32, normalise, eps]
}

const TILED: &str = concat!(
    include_str!("head.wgsl"),
    include_str!("../linear_attention/common.wgsl"),
    include_str!("../linear_attention/tiled.wgsl"),
    include_str!("prefix.wgsl"),
    include_str!("apply_tiled.wgsl"),
);

const ROLLED: &str = concat!(
    include_str!("head.wgsl"),
    include_str!("../linear_attention/common.wgsl"),
    include_str!("../linear_attention/rolled.wgsl"),
    include_str!("prefix.wgsl"),
    include_str!("apply_rolled.wgsl"),
);

/// The table's entry.
pub const KERNEL: Kernel = Kernel {
    name: "linear_attention_causal",
    words: &[
        Word::Size { name: "n", min: 1, max: MAX_N },
        Word::Size { name: "d", min: 1, max: MAX_WIDTH },
        Word::Size { name: "dv", min: 1, max: MAX_WIDTH },
        Word::Size { name: "map", min: 0, max: 5 },
        Word::Size { name: "normalise", min: 0, max: 1 },
        Word::Float { name: "eps" },
    ],
    bindings: &[
        Binding { name: "sizes", kind: BindingKind::Uniform, len: |_| 6, row: None },
        Binding { name: "q", kind: BindingKind::Input, len: |u| area(u[0], u[1]), row: Some(|u| u[1] as usize) },
        Binding { name: "k", kind: BindingKind::Input, len: |u| area(u[0], u[1]), row: Some(|u| u[1] as usize) },
        Binding { name: "v", kind: BindingKind::Input, len: |u| area(u[0], u[2]), row: Some(|u| u[2] as usize) },
        Binding { name: "o", kind: BindingKind::Output, len: |u| area(u[0], u[2]), row: None },
        Binding {
            name: "states",
            kind: BindingKind::Scratch,
            len: |u| area(u[0].div_ceil(CHUNK), state_words(u[1], u[2])),
            row: Some(|_| super::PAIR),
        },
    ],
    variants: &[
        Variant { name: "tiled", adapter: Some(Adapter::Hardware), constants: &[], passes: &[
            Pass { wgsl: TILED, entry: "accumulate", workgroup_size: [8, 8, 1], dispatch: |u| [u[2].div_ceil(TILE), u[1].div_ceil(TILE), u[0].div_ceil(CHUNK)] },
            Pass { wgsl: TILED, entry: "prefix", workgroup_size: [64, 1, 1], dispatch: |u| [(state_words(u[1], u[2]) / 4).div_ceil(64), 1, 1] },
            Pass { wgsl: TILED, entry: "apply", workgroup_size: [8, 8, 1], dispatch: |u| [u[0].div_ceil(TILE), u[2].div_ceil(TILE), 1] },
        ], },
        Variant {
            name: "rolled",
            adapter: Some(Adapter::Software),
            constants: &[Constant { name: "COLUMNS", value: |u| columns(u[2]) }],
            passes: &[
            Pass { wgsl: ROLLED, entry: "accumulate", workgroup_size: [16, 1, 1], dispatch: |u| [u[1].div_ceil(4).next_multiple_of(2).div_ceil(16), blocks(u[2]), u[0].div_ceil(CHUNK)] },
            Pass { wgsl: ROLLED, entry: "prefix", workgroup_size: [64, 1, 1], dispatch: |u| [(state_words(u[1], u[2]) / 4).div_ceil(64), 1, 1] },
            Pass { wgsl: ROLLED, entry: "apply", workgroup_size: [16, 1, 1], dispatch: |u| [u[0].div_ceil(4).div_ceil(16), blocks(u[2]), 1] },
        ],
        },
    ],
    cpu: twin::run,
    tolerance: TOLERANCE,
    #[cfg(not(target_arch = "wasm32"))]
    cases: cases::all,
};
