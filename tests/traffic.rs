//! What travels: the counts of `traffic` come from runs of the listings, and these equal the formulas, the vectors and the paper's sizes.
//!
//! Run with `cargo nextest run --no-default-features --test traffic`.

#![allow(clippy::unwrap_used, reason = "a test stops where its figure cannot be built")]

use ndarray::Array2;
use proptest::prelude::*;
use unrolled::algorithms::flash_attention::io_model::{self, Sizes};
use unrolled::algorithms::flash_attention::{Rescale, Tiling, Traffic, fa1, fa2, standard};
use unrolled::algorithms::{Attention, Mask, MaskKind, reference};
use unrolled::chapters::flash_attention::traffic;
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Values, View};

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

fn figure(set: &[(&str, &str)]) -> traffic::Traffic {
    let pairs: Vec<(String, String)> = set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(traffic::FIELDS, &pairs);
    assert!(problems.is_empty(), "{problems:?}");
    traffic::figure(&values).unwrap()
}

/// By the learner's own slider: the parameter `br` of the address.
#[test]
fn the_crossing_lies_between_113_and_114() {
    let totals = |br: &str| figure(&[("br", br)]).now.totals();
    assert_eq!(totals(""), [4_456_448, 1_402_880, 2_229_248]);
    let ([_, one, before], [_, same, after]) = (totals("113"), totals("114"));
    assert_eq!((before, after, one, same), (1_442_816, 1_311_744, 1_402_880, 1_402_880));
    assert!(after < one && one < before);
    for (br, shown) in [("", false), ("112", false), ("113", true), ("114", true), ("115", false), ("256", false)] {
        let figure = figure(&[("br", br)]);
        assert_eq!(figure.curves.crossing, Some(114), "Br = {br}");
        assert_eq!(figure.found(), shown, "Br = {br}: marked only from beside it");
        assert_eq!(stage(&figure, Mode::Wide).contains("pl-ring"), shown, "Br = {br}");
    }
}

#[test]
fn doubling_the_sram_by_the_slider() {
    let fa1 = ["25600", "51200", "102400", "204800"].map(|sram| figure(&[("sram", sram)]).now.fa1.total());
    assert_eq!(fa1, [2_406_400, 1_402_880, 800_768, 600_064]);
    let [standard, one, _] = figure(&[("n", "512"), ("sram", "10240")]).now.totals();
    assert_eq!((standard, one), (1_179_648, 1_403_904));
    let short = figure(&[("n", "16"), ("d", "32"), ("br", "4"), ("bc", "4")]).now.totals();
    assert_eq!(short, [3_072, 7_968, 5_136]);
}

#[test]
fn what_does_not_fit_the_sram_is_said() {
    let tight = figure(&[("br", "256"), ("bc", "400")]);
    assert!(tight.inputs.overflows() && stage(&tight, Mode::Phone).contains("these tiles need 83,968 elements, M is 51,200"));
    let roomy = figure(&[("br", "113")]);
    assert!(!roomy.inputs.overflows() && !stage(&roomy, Mode::Phone).contains("need"));
}

/// Each point of each curve is what a run gives there, and the formulas agree; both are read from the table, as the CSV.
#[test]
fn every_count_of_the_table_is_that_of_a_run() {
    let figure = figure(&[("n", "300"), ("d", "32"), ("sram", "5000")]);
    assert_eq!(figure.residual(0), Some(0.0));
    let table = figure.table(0, Lang::En);
    let counted = table.rows.iter().filter(|row| !row[3].is_empty());
    let mut kinds = [0; 4];
    for row in counted {
        let number = |idx: usize| row[idx].parse::<usize>().unwrap();
        let (sizes, tiles) = (Sizes::square(number(1), number(2)), Tiling::new(number(4), number(5)).unwrap());
        assert_eq!([6, 7, 8].map(|idx| number(idx) as u64), by_formula(sizes, tiles).map(Traffic::total), "{row:?}");
        kinds[["now", "Br", "N", "M"].iter().position(|kind| row[0] == *kind).unwrap()] += 1;
    }
    for curve in [&figure.curves.over_br, &figure.curves.over_n, &figure.curves.over_sram] {
        assert!(curve.windows(2).all(|pair| pair[0].at < pair[1].at), "from left to right, each place once");
    }
    assert!(kinds[0] == 1 && kinds[1..].iter().all(|n| *n > 5), "{kinds:?}");
}

/// Our forward pass of the paper's 1,024 heads in fp16, beside its figure.
#[test]
fn the_papers_accounting() {
    let figure = figure(&[("n", "200")]);
    let body = stage(&figure, Mode::Wide);
    for number in ["40.3", "4.4", "66.6", "75.2", "41.7", "7.3", ">9.1<", ">2.9<", "2205.14135v2"] {
        assert!(body.contains(number), "{number}");
    }
}

fn stage(figure: &traffic::Traffic, mode: Mode) -> String {
    let width = if mode == Mode::Phone { 328.0 } else { 952.0 };
    let view = View { width, mode, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
    figure.stage(0, 0, &view).body()
}

#[test]
fn the_answers_of_the_questions_are_counted() {
    let right = |set: &[(&str, &str)]| -> Vec<String> {
        let questions = figure(set).questions(Lang::En);
        questions.iter().map(|question| question.answers.iter().find(|answer| answer.right).unwrap().text.clone()).collect()
    };
    assert_eq!(right(&[]), ["Br, the height of a query tile", "800,768"]);
    assert_eq!(right(&[("br", "1024")]), ["neither, the order decides"]);
}
