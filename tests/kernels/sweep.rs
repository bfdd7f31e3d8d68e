//! Every small shape of attention under every mask: what is off by one somewhere is off here.

use unrolled::kernels::Case;
use unrolled::kernels::flash_attention::{Mask, uniform};

/// nq and nk from 1 to 10, all masks, widths that go round 1 to 9.
pub fn small_shapes() -> impl Iterator<Item = Case> {
    let sizes = (1..=10_u32).flat_map(|nq| (1..=10_u32).map(move |nk| (nq, nk)));
    sizes.flat_map(|(nq, nk)| {
        [Mask::None, Mask::BottomRight, Mask::TopLeft].into_iter().map(move |mask| {
            let (d, dv) = (1 + (nq + 2 * nk) % 9, 1 + (2 * nq + nk) % 9);
            let wave = |len: u32, step: f32| (0..len).map(|i| (1.0 + i as f32 * step).sin()).collect::<Vec<f32>>();
            Case {
                name: "small_shape",
                uniform: uniform(nq, nk, d, dv, mask, 1.5),
                inputs: vec![wave(nq * d, 2.3), wave(nk * d, 1.7), wave(nk * dv, 0.9)],
            }
        })
    })
}
