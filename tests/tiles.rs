//! The marks of `tiles` that say what is broken: drawn in the stage, and only while the rescaling is off.
//!
//! Run with `cargo nextest run --no-default-features --test tiles`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use unrolled::chapters::flash_attention::tiles;
use unrolled::content::Lang;
use unrolled::figure::{Metrics, Mode, Values, View};

/// The stage at the first rescale of a typed run, whose second key beats the first.
fn stage(rescale: &str, width: f64) -> String {
    let pairs = [("source", "typed"), ("q", "1"), ("k", "1;3"), ("v", "1;2"), ("br", "1"), ("bc", "1"), ("rescale", rescale)];
    let pairs = pairs.map(|(name, value)| (name.to_string(), value.to_string()));
    let (values, problems) = Values::parse(tiles::FIELDS, &pairs);
    assert!(problems.is_empty(), "{problems:?}");
    let Ok((figure, _)) = (tiles::SPEC.code)()(&values, None) else { panic!("the typed run builds") };
    let step = figure.lanes(Lang::En).stops()[0];
    assert_eq!(figure.line(step), Some("factor"));
    let view = View { width, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
    figure.stage(step, 0, &view).body()
}

#[test]
fn a_rescale_is_the_strongest_mark_and_a_missing_one_is_struck() {
    for width in [700.0, 800.0, 952.0] {
        let (right, broken) = (stage("on", width), stage("off", width));
        assert!(right.contains("chip-hit") && !right.contains("chip-broken") && right.contains("×0.135"), "{width}");
        assert!(broken.contains("chip-broken") && !broken.contains("chip-hit") && broken.contains("×1"), "{width}");
    }
}

/// Layer 5, head 9 without rescaling: the last step says how many rows that spoils, and by how much the row in focus.
#[test]
fn the_last_step_says_what_a_missing_rescale_has_spoilt() {
    let said = |rescale: &str, lang: Lang| {
        let (values, _) = Values::parse(tiles::FIELDS, &[("rescale".to_string(), rescale.to_string())]);
        let data = (tiles::SPEC.data)(&values).map(|path| heads::file(&path));
        let Ok((figure, _)) = (tiles::SPEC.code)()(&values, data.as_deref()) else { panic!("the default head builds") };
        // Row 10 is “it”.
        figure.caption(figure.last_step(), 10, lang).text()
    };
    let broken = said("off", Lang::En);
    assert!(broken.contains("15 of 16 rows") && broken.contains("“it” is off by 37."), "{broken}");
    let broken = said("off", Lang::Zh);
    assert!(broken.contains("16 行里有 15 行") && broken.contains("37."), "{broken}");
    assert!(!said("on", Lang::En).contains("wrong"));
}
