//! FlashAttention-2 forward: the WGSL kernel in two variants, the f32 CPU twin of one of them and the cases both are run on.
//!
//! Uniform: `[nq, nk, d, dv, mask, scale as f32 bits]`. Inputs: q `[nq, d]`, k `[nk, d]`, v `[nk, dv]`,
//! row-major. Outputs: o `[nq, dv]` and the log-sum-exp of the masked scaled logits, natural log, `[nq]`.
//! A row that sees no key is dead: o = 0 and lse = -inf, which the kernel stores as bits.

#[cfg(not(target_arch = "wasm32"))]
mod cases;
pub mod cpu;
mod twin;

use super::{Adapter, Binding, BindingKind, Constant, Kernel, Pass, Tolerance, Variant, Word};

/// The cases, which every kernel of attention shares.
#[cfg(not(target_arch = "wasm32"))]
pub(super) use cases::all as cases;

/// Largest query and value width: every sum of a row is kept in registers or private memory.
pub const MAX_D: u32 = 128;

/// Most rows on either side, so that every index fits u32.
pub const MAX_N: u32 = 1 << 20;

/// Which keys a query row may see; the value of the uniform's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Mask {
    /// All of them.
    None = 0,
    /// Key j at most i + nk - nq: the last query sees the last key.
    BottomRight = 1,
    /// Key j at most i: the first query sees the first key.
    TopLeft = 2,
}

/// The uniform words of a run: q is `[nq, d]`, k is `[nk, d]`, v is `[nk, dv]`.
pub fn uniform(nq: u32, nk: u32, d: u32, dv: u32, mask: Mask, scale: f32) -> Vec<u32> {
    vec![nq, nk, d, dv, mask as u32, scale.to_bits()]
}

/// What the words of the uniform are; those of attention by its definition too.
pub(super) const WORDS: &[Word] = &[
    Word::Size { name: "nq", min: 1, max: MAX_N },
    Word::Size { name: "nk", min: 1, max: MAX_N },
    Word::Size { name: "d", min: 1, max: MAX_D },
    Word::Size { name: "dv", min: 1, max: MAX_D },
    Word::Size { name: "mask", min: 0, max: 2 },
    Word::Float { name: "scale" },
];

/// The table's entry.
pub const KERNEL: Kernel = Kernel {
    name: "flash_attention",
    words: WORDS,
    bindings: &[
        Binding { name: "sizes", kind: BindingKind::Uniform, len: |_| 6, row: None },
        Binding { name: "q", kind: BindingKind::Input, len: |u| area(u[0], u[2]), row: Some(|u| u[2] as usize) },
        Binding { name: "k", kind: BindingKind::Input, len: |u| area(u[1], u[2]), row: Some(|u| u[2] as usize) },
        Binding { name: "v", kind: BindingKind::Input, len: |u| area(u[1], u[3]), row: Some(|u| u[3] as usize) },
        Binding { name: "o", kind: BindingKind::Output, len: |u| area(u[0], u[3]), row: None },
        Binding { name: "lse", kind: BindingKind::Output, len: |u| area(u[0], 1), row: None },
    ],
    variants: &[
        Variant {
            name: "tiled",
            adapter: Some(Adapter::Hardware),
            constants: &[Constant { name: "SLICES", value: |u| u[3].div_ceil(32) }],
            passes: &[Pass {
                wgsl: concat!(include_str!("../shared/attention.wgsl"), include_str!("common.wgsl"), include_str!("tiled.wgsl")),
                entry: "flash_attention",
                workgroup_size: [8, 8, 1],
                dispatch: |u| [u[0].div_ceil(32), 1, 1],
            }],
        },
        Variant {
            name: "rolled",
            adapter: Some(Adapter::Software),
            constants: &[Constant { name: "QUADS", value: |u| quads(u[2].max(u[3])) }],
            passes: &[Pass {
                wgsl: concat!(include_str!("../shared/attention.wgsl"), include_str!("common.wgsl"), include_str!("rolled.wgsl")),
                entry: "flash_attention",
                workgroup_size: [16, 1, 1],
                dispatch: |u| [u[0].div_ceil(16 * 4), 1, 1],
            }],
        },
    ],
    cpu: twin::run,
    tolerance: Tolerance {
        atol: 5e-6,
        rtol: 2e-6,
        reason: "WGSL allows exp an error of 3 + 2|x| units in the last place and fused multiply-adds, \
                 and a logit of size s carries an error near s times 6e-8 into every weight",
    },
    #[cfg(not(target_arch = "wasm32"))]
    cases,
};

/// The quads of a private array that holds a row of `d` values: 8, 16 or 32.
fn quads(d: u32) -> u32 {
    d.next_power_of_two().clamp(32, MAX_D) / 4
}

fn area(rows: u32, columns: u32) -> usize {
    rows as usize * columns as usize
}
