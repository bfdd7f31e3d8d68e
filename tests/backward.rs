//! The figure `backward`: its gradients against the vectors through its own run, every pair of tiles, and what its levers break.
//!
//! Run with `cargo nextest run --no-default-features --test backward`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use ndarray::Array2;
use serde_json::Value;
use unrolled::algorithms::flash_attention::Tiling;
use unrolled::algorithms::{Attention, Mask, MaskKind};
use unrolled::chapters::flash_attention::backward::{self, Act, Backward, Broken, Run};
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Values, View};

fn figure(pairs: &[(&str, &str)]) -> Backward {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(backward::FIELDS, &pairs);
    assert!(problems.is_empty(), "{problems:?}");
    let data = (backward::SPEC.data)(&values).map(|path| heads::file(&path));
    let (figure, problems) = backward::figure(&values, data.as_deref()).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert!(problems.is_empty(), "{problems:?}");
    figure
}

fn matrix(value: &Value) -> Array2<f32> {
    let rows: Vec<Vec<f32>> =
        value.as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.into_iter().flatten().collect()).unwrap()
}

/// |ours - expected| <= 1e-5 + 5e-5 |expected|, the tolerance the vectors give for f32.
fn agree(name: &str, ours: &Array2<f32>, expected: &Value) {
    let expected = matrix(expected);
    assert_eq!(ours.dim(), expected.dim(), "{name}");
    for ((at, ours), expected) in ours.indexed_iter().zip(&expected) {
        assert!((ours - expected).abs() <= 1e-5 + 5e-5 * expected.abs(), "{name} {at:?}: {ours} instead of {expected}");
    }
}

/// A head of the vectors, its dO, and what is expected of it.
fn cases() -> Vec<(String, Attention<f32>, Array2<f32>, Value)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/ch01_flash_backward.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let case = |case: &Value| {
        let inputs = &case["inputs"];
        let [q, k, v, d_out] = ["q", "k", "v", "do"].map(|name| matrix(&inputs[name]));
        let kind = if inputs["mask_kind"] == "none" { MaskKind::None } else { MaskKind::CausalBottomRight };
        let mask = Mask::new(kind, q.nrows(), k.nrows());
        let x = Attention { q, k, v, scale: inputs["scale"].as_f64().unwrap() as f32, mask };
        (case["name"].as_str().unwrap().to_string(), x, d_out, case["expected"].clone())
    };
    file["cases"].as_array().unwrap().iter().map(case).collect()
}

/// Every pair of every case, in ragged tiles: the whole run's gradients, and the pair's own tables and sums.
#[test]
fn the_vectors_through_the_figures_own_run() {
    let cases = cases();
    assert_eq!(cases.len(), 3);
    for (name, x, d_out, expected) in &cases {
        for (br, bc) in [(1, 1), (2, 2), (3, 2), (8, 8)] {
            let tiling = Tiling::new(br, bc).unwrap();
            let (forward, exact) = (backward::forward(x, tiling), backward::exact(x, d_out));
            for (i, j) in (0..x.n_queries().div_ceil(br)).flat_map(|i| (0..x.n_keys().div_ceil(bc)).map(move |j| (i, j))) {
                let run = Run::new(x, forward.clone(), d_out, tiling, (i, j), Broken::default(), exact.clone());
                for (field, ours) in [("dq", &run.out.dq), ("dk", &run.out.dk), ("dv", &run.out.dv)] {
                    agree(&format!("{name} {br}x{bc} {field}"), ours, &expected[field]);
                }
                assert_eq!(
                    run.trace.at(run.last()).moved,
                    run.out.traffic.total(),
                    "{name}: the count of the steps is that of the listing"
                );
                let tables = &run.chosen.tables;
                for (idx, field) in [(1, "P"), (3, "dS")].into_iter().filter(|_| !tables.is_empty()) {
                    let all = matrix(&expected[field]);
                    let part = all.slice(ndarray::s![run.chosen.rows.clone(), run.chosen.cols.clone()]);
                    for (ours, expected) in tables[idx].iter().zip(part) {
                        assert!((ours - expected).abs() < 1e-5 + 5e-5 * expected.abs(), "{name} pair {i}, {j} {field}");
                    }
                }
            }
        }
    }
}

/// The comparison above can fail: without D, the same run gives other gradients.
#[test]
fn the_comparison_sees_a_missing_delta() {
    let (_, x, d_out, expected) = cases().swap_remove(1);
    let tiling = Tiling::new(2, 2).unwrap();
    let run = Run::new(
        &x,
        backward::forward(&x, tiling),
        &d_out,
        tiling,
        (0, 0),
        Broken { delta: true, lse: false },
        backward::exact(&x, &d_out),
    );
    agree("dv", &run.out.dv, &expected["dv"]);
    let wrong = matrix(&expected["dq"]);
    let most = run.out.dq.iter().zip(&wrong).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(most > 0.01, "dQ without D is off by {most} only");
}

/// Without D, dV stays right and dQ and dK do not; with m for L, nothing is right. In the marks, too.
#[test]
fn what_the_levers_break() {
    for loss in ["random", "sum", "squares"] {
        let right = figure(&[("loss", loss)]);
        assert!(right.run.errors.iter().all(|error| *error < 1e-5), "{loss}: {:?}", right.run.errors);
        let without = figure(&[("loss", loss), ("delta", "off")]).run.errors;
        assert!(without[0] < 1e-5 && without[1] > 0.01 && without[2] > 0.01, "{loss} without D: {without:?}");
        let shifted = figure(&[("loss", loss), ("lse", "off")]).run.errors;
        assert!(shifted.iter().all(|error| *error > 0.01), "{loss} with m: {shifted:?}");
    }
}

fn stage(figure: &Backward, act: Act, width: f64) -> String {
    let step = figure.run.find(act).unwrap();
    let view = View { width, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
    figure.stage(step, figure.focus(step, None), &view).body()
}

#[test]
fn what_is_broken_is_struck_and_hatched() {
    for width in [340.0, 800.0, 952.0] {
        let (right, delta) = (figure(&[]), figure(&[("delta", "off")]));
        let shown = stage(&right, Act::ScoresGrad, width);
        assert!(!shown.contains("chip-broken") && !shown.contains("os-hatch"), "{width}");
        let shown = stage(&delta, Act::ScoresGrad, width);
        assert!(shown.contains("chip-broken") && shown.contains("os-hatch"), "{width}");
        assert!(!stage(&delta, Act::GrowV, width).contains("after bad"), "{width}: dV needs no D");
        assert!(stage(&delta, Act::GrowQ, width).contains("after bad"), "{width}");
        assert!(stage(&figure(&[("lse", "off")]), Act::GrowV, width).contains("after bad"), "{width}");
    }
}

/// Every pair of the default, causal and ragged cut: it builds, its sums end at the run's gradients, its cells can be asked why.
#[test]
fn every_pair_of_tiles() {
    for cut in [&[][..], &[("mask", "causal")], &[("br", "6"), ("bc", "5")], &[("mask", "causal"), ("m", "12")]] {
        let (rows, cols) = figure(cut).n_tiles();
        for (i, j) in (1..=rows).flat_map(|i| (1..=cols).map(move |j| (i.to_string(), j.to_string()))) {
            let pairs: Vec<_> = cut.iter().copied().chain([("i", i.as_str()), ("j", j.as_str())]).collect();
            let figure = figure(&pairs);
            assert!(figure.run.trace.at(figure.run.last()).residual < 1e-5, "{pairs:?}");
            let chosen = &figure.run.chosen;
            assert_eq!(chosen.tables.is_empty(), figure.run.find(Act::Skip).is_some(), "{pairs:?}");
            if j == cols.to_string() && !chosen.after.is_empty() {
                assert_eq!(chosen.after[1], figure.run.out.dq.slice(ndarray::s![chosen.rows.clone(), ..]), "{pairs:?}: dQ is complete");
            }
            for step in 0..=figure.run.last() {
                let cell = figure.default_cell(step, figure.focus(step, None));
                assert!(cell.is_none_or(|cell| figure.why(step, &cell, Lang::Zh).is_some()), "{pairs:?} step {step}");
            }
        }
    }
}

/// The grid names each pair by the values of its parameters.
#[test]
fn the_grid_sets_the_parameters() {
    let shown = stage(&figure(&[("br", "8")]), Act::Probs, 952.0);
    assert_eq!(shown.matches("data-set=").count(), 8);
    assert!(shown.contains(r#"data-set="i=2&amp;j=4""#));
}

/// The prose gives the elements moved with the table stored and without, at two sizes.
#[test]
fn the_prose_counts_as_the_run_does() {
    let counts = |figure: Backward| (figure.run.trace.at(figure.run.last()).moved, figure.standard());
    assert_eq!(counts(figure(&[])), (11_920, 5_888));
    let long = [("source", "random"), ("n", "256"), ("br", "16"), ("bc", "32"), ("i", "3"), ("j", "4")];
    assert_eq!(counts(figure(&long)), (323_840, 524_288));
}
