//! What travels: the counts of `traffic` come from runs of the listings, and these equal the formulas, the vectors and the paper's sizes.
//!
//! Run with `cargo nextest run --no-default-features --test traffic`.

#![allow(clippy::unwrap_used, reason = "a test stops where its figure cannot be built")]

use ndarray::Array2;
use proptest::prelude::*;
use unrolled::algorithms::flash_attention::io_model::{self, Sizes};
use unrolled::algorithms::flash_attention::{Rescale, Tiling, Traffic, fa1, fa2, standard};
use unrolled::algorithms::{Attention, Mask, MaskKind, reference};

/// Standard, FA-1, FA-2, counted by running each on a head.
fn counted<F: unrolled::algorithms::flash_attention::Entry>(x: &Attention<F>, tiles: Tiling) -> [Traffic; 3] {
    let one = fa1::forward(x, tiles, Rescale::On, &mut ()).traffic;
    [standard::forward(x).traffic, one, fa2::forward(x, tiles, Rescale::On, &mut ()).traffic]
}

fn by_formula(sizes: Sizes, tiles: Tiling) -> [Traffic; 3] {
    [io_model::standard_traffic(sizes), io_model::fa1_traffic(sizes, tiles), io_model::fa2_traffic(sizes, tiles)]
}

fn full(sizes: Sizes, kind: MaskKind) -> Attention<f32> {
    let entry = |salt: usize| move |(row, channel): (usize, usize)| ((row * 7 + channel * 3 + salt) % 11) as f32 / 4.0 - 1.0;
    Attention {
        q: Array2::from_shape_fn((sizes.n_queries, sizes.d), entry(1)),
        k: Array2::from_shape_fn((sizes.n_keys, sizes.d), entry(5)),
        v: Array2::from_shape_fn((sizes.n_keys, sizes.dv), entry(8)),
        scale: 0.5,
        mask: Mask::new(kind, sizes.n_queries, sizes.n_keys),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A run over nothing moves what a run over numbers moves, and both move what the formulas say; ragged tiles and tiles
    /// longer than the sequence included.
    #[test]
    fn a_run_over_shapes_counts_what_a_run_over_numbers_counts(
        n_queries in 1usize..40, n_keys in 1usize..40, d in 1usize..12, dv in 1usize..12, br in 1usize..48, bc in 1usize..48,
    ) {
        let sizes = Sizes { n_queries, n_keys, d, dv };
        let tiles = Tiling::new(br, bc).unwrap();
        let shapes = counted(&sizes.head(), tiles);
        prop_assert_eq!(shapes, counted(&full(sizes, MaskKind::None), tiles));
        prop_assert_eq!(shapes, by_formula(sizes, tiles));
    }

    /// Where tiles are skipped, both kinds of run skip the same ones.
    #[test]
    fn masks_skip_the_same_tiles_over_shapes(n_queries in 1usize..20, n_keys in 1usize..20, br in 2usize..12, bc in 2usize..12) {
        let sizes = Sizes { n_queries, n_keys, d: 4, dv: 3 };
        let tiles = Tiling::new(br, bc).unwrap();
        for kind in [MaskKind::CausalBottomRight, MaskKind::CausalTopLeft] {
            let shapes = Attention::of_shape(4, 3, Mask::new(kind, n_queries, n_keys));
            prop_assert_eq!(counted(&shapes, tiles), counted(&full(sizes, kind), tiles));
        }
    }
}

/// Algorithm 0 is counted by a run of it, so it must compute attention.
#[test]
fn standard_attention_is_attention() {
    for kind in [MaskKind::None, MaskKind::CausalBottomRight, MaskKind::CausalTopLeft] {
        let x = full(Sizes { n_queries: 13, n_keys: 9, d: 6, dv: 5 }, kind);
        let (run, exact) = (standard::forward(&x), reference::attention(&x.cast()));
        assert!(run.o.iter().zip(&exact.out).all(|(got, want)| (f64::from(*got) - want).abs() < 2e-6), "{kind:?}");
    }
}

/// The sizes of the FlashAttention paper, at full length.
#[test]
fn the_papers_sizes() {
    let sizes = Sizes::square(1024, 64);
    let totals = |tiles: Tiling| counted(&sizes.head(), tiles).map(Traffic::total);
    let tiles = io_model::paper_tiles(51_200, 64, 1024).unwrap();
    assert_eq!((tiles.br.get(), tiles.bc.get()), (64, 200));
    assert_eq!(totals(tiles), [4_456_448, 1_402_880, 2_229_248]);
    let doubled = [25_600, 51_200, 102_400, 204_800].map(|sram| totals(io_model::paper_tiles(sram, 64, 1024).unwrap())[1]);
    assert_eq!(doubled, [2_406_400, 1_402_880, 800_768, 600_064]);
}
