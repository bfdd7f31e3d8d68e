//! Attention by its definition in three dispatches, the n x n matrix in device memory: the WGSL kernel,
//! its f32 CPU twin and its cases.
//!
//! Uniform and inputs are those of [`super::flash_attention`]. Output: o `[nq, dv]`; a row that sees no key
//! is dead: o = 0. Scratch: s `[nq, nk]`, which is what limits n: 5792 where a binding holds 128 MiB.

mod twin;

use super::flash_attention;
use super::{Binding, BindingKind, Kernel, Pass, Tolerance, Variant};

const WGSL: &str = concat!(include_str!("../shared/attention.wgsl"), include_str!("plain_attention.wgsl"));

/// The table's entry.
pub const KERNEL: Kernel = Kernel {
    name: "plain_attention",
    words: flash_attention::WORDS,
    bindings: &[
        Binding { name: "sizes", kind: BindingKind::Uniform, len: |_| 6, row: None },
        Binding { name: "q", kind: BindingKind::Input, len: |u| area(u[0], u[2]), row: None },
        Binding { name: "k", kind: BindingKind::Input, len: |u| area(u[1], u[2]), row: None },
        Binding { name: "v", kind: BindingKind::Input, len: |u| area(u[1], u[3]), row: None },
        Binding { name: "o", kind: BindingKind::Output, len: |u| area(u[0], u[3]), row: None },
        Binding { name: "s", kind: BindingKind::Scratch, len: |u| area(u[0], u[1]), row: None },
    ],
    variants: &[Variant {
        name: "plain",
        adapter: None,
        constants: &[],
        passes: &[
            Pass {
                wgsl: WGSL,
                entry: "logits",
                workgroup_size: [8, 8, 1],
                dispatch: |u| [u[1].div_ceil(8), u[0].div_ceil(8), 1],
            },
            Pass { wgsl: WGSL, entry: "softmax", workgroup_size: [64, 1, 1], dispatch: |u| [u[0].div_ceil(64), 1, 1] },
            Pass {
                wgsl: WGSL,
                entry: "values",
                workgroup_size: [8, 8, 1],
                dispatch: |u| [u[3].div_ceil(8), u[0].div_ceil(8), 1],
            },
        ],
    }],
    cpu: twin::run,
    tolerance: Tolerance {
        atol: 1e-5,
        rtol: 2e-6,
        reason: "sums run in one chain, which rounds more than flash attention's pairs: 5.6e-6 on the sharpest \
                 real head; WGSL allows exp an error of 3 + 2|x| units in the last place and fused multiply-adds",
    },
    #[cfg(not(target_arch = "wasm32"))]
    cases: flash_attention::cases,
};

/// Saturates where usize has 32 bits: a size that no device allows, told as such.
fn area(rows: u32, columns: u32) -> usize {
    (rows as usize).saturating_mul(columns as usize)
}
