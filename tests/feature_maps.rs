//! The figure of the feature maps, located in `src/chapters/linear_attention/feature_maps`: what a real head loses under
//! each map, what breaks without sim >= 0, and what is said of input that cannot be used.
//! Run with `cargo nextest run --no-default-features --test feature_maps`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use unrolled::algorithms::feature_map::{FeatureMap, elu1, elu1_cancelling};
use unrolled::chapters::linear_attention::feature_maps::{self, FIELDS, FeatureMaps, SPEC, mute_below};
use unrolled::content::Lang;
use unrolled::data::head::TOKENS;
use unrolled::figure::{Control, Figure, Metrics, Mode, Values, View};

const IT: usize = 10;
const ANIMAL: usize = 2;

fn figure(set: &[(&str, &str)]) -> FeatureMaps {
    let pairs: Vec<(String, String)> = set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(FIELDS, &pairs);
    assert!(problems.is_empty(), "{problems:?}");
    let file = heads::file(&(SPEC.data)(&values).unwrap());
    feature_maps::figure(&values, Some(&file)).unwrap()
}

fn stage(figure: &FeatureMaps, row: usize, mode: Mode, asking: bool) -> String {
    let width = if mode == Mode::Phone { 336.0 } else { 830.0 };
    let view = View { width, mode, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking };
    figure.stage(0, row, &view).body()
}

fn fixed(x: f64) -> String {
    format!("{x:.2}")
}

#[test]
fn positive_features_average_where_softmax_selects() {
    let figure = figure(&[]);
    assert_eq!(figure.focus(0, None), IT);
    assert_eq!(figure.run.strongest(IT), ANIMAL);
    assert_eq!(fixed(figure.run.softmax_row(IT).strongest), "0.68");
    let kept = |map| fixed(figure.run.map_row(figure.run.of(map), IT).strongest);
    let maps = [FeatureMap::Elu1, FeatureMap::Relu, FeatureMap::Double, FeatureMap::Cosine, FeatureMap::Taylor1];
    assert_eq!(maps.map(kept), ["0.08", "0.11", "0.09", "0.09", "0.11"]);
    let mean = |entropy: &dyn Fn(usize) -> f64| (0..16).map(entropy).sum::<f64>() / 16.0;
    let elu1 = figure.run.of(FeatureMap::Elu1);
    assert_eq!(fixed(mean(&|row| figure.run.softmax_row(row).entropy.unwrap())), "1.31");
    assert_eq!(fixed(mean(&|row| figure.run.map_row(elu1, row).entropy.unwrap())), "2.76");
    let caption = figure.caption(0, IT, Lang::En).text();
    assert!(caption.contains("“it” gives “animal” 0.08, where softmax gave 0.68") && caption.contains("1/16"), "{caption}");
    assert!(figure.caption(0, 99, Lang::En).text().contains("[SEP]"), "a row that does not exist is the last");
}

/// The row printed for a reader is the row computed: its softmax weights and its map's, key by key.
#[test]
fn what_is_drawn_is_what_was_computed() {
    for map in FeatureMap::ALL {
        let figure = figure(&[("map", map.name())]);
        for row in [0, IT, 15] {
            let weights = figure.now().weights.row(row);
            assert!((weights.sum() - 1.0).abs() < 2e-4, "{map:?}, row {row}: a mean has weights that sum to 1");
            let from_weights = weights.dot(&figure.inputs.v);
            let size = figure.now().out.row(row).iter().fold(1.0_f32, |most, x| most.max(x.abs()));
            assert!(
                (&figure.now().out.row(row) - &from_weights).iter().all(|gap| gap.abs() < 2e-4 * size),
                "{map:?}, row {row}: two brackets"
            );
            for mode in [Mode::Wide, Mode::Phone] {
                let body = stage(&figure, row, mode, false);
                assert_eq!(body.matches("class=\"frame-now\"").count(), 3, "one row of either table, one denominator");
                assert_eq!(body.matches("row-now").count(), 1, "one map");
                assert_eq!((body.matches("data-cell=\"S:").count(), body.matches("data-set=\"map=").count()), (256, 8));
                assert!(body.contains(&format!("data-set=\"map={}\"><rect class=\"row-now\"", map.name())), "{map:?}");
            }
        }
    }
}

/// The lever: without sim >= 0 denominators cross zero.
#[test]
fn the_identity_crosses_zero_and_shows_it() {
    let (whole, broken) = (figure(&[]), figure(&[("map", "identity")]));
    assert_eq!((whole.now().n_crossed(), broken.now().n_crossed()), (0, 12));
    let worst = (0..16).map(|row| broken.run.map_row(broken.now(), row).error).fold(0.0, f64::max);
    assert!((2_100.0..2_170.0).contains(&worst), "{worst}");
    let caption = broken.caption(0, IT, Lang::En);
    assert!(caption.text().contains("12 of 16 denominators") && caption.text().contains("“tired” by 2,13"), "{}", caption.text());
    assert!(caption.0.iter().any(|span| span.role.class() == "w"), "red only for what is broken");
    let hatches = |figure: &FeatureMaps| stage(figure, IT, Mode::Wide, false).matches("os-hatch").count();
    // One in the plot of elu + 1, one in the line of the identity; and in its own view 12 rows, 12 denominators,
    // the output, and negative weights of the row in focus.
    let negative = broken.now().weights.row(IT).iter().filter(|weight| **weight < 0.0).count();
    assert_eq!((hatches(&whole), hatches(&broken)), (2, 2 + 12 + 12 + 1 + negative));
    assert!(broken.run.map_row(broken.now(), IT).entropy.is_none(), "no distribution, no entropy");
    let why = broken.why(0, "H:identity:10", Lang::En).unwrap().text();
    assert!(why.contains("no distribution") && why.contains('−'), "{why}");
    assert!(broken.kernel().is_none() && whole.kernel().is_some(), "at a denominator near 0 every device rounds to its own answer");
    for map in FeatureMap::ALL.into_iter().filter(|map| map.is_positive()) {
        assert_eq!(whole.run.of(map).n_crossed(), 0, "{map:?}");
    }
    assert_eq!(figure(&[("layer", "2"), ("head", "11"), ("map", "taylor1")]).now().n_crossed(), 1);
    let lucky = figure(&[("layer", "5"), ("head", "4"), ("map", "identity")]);
    assert_eq!(lucky.now().n_crossed(), 0);
    assert!(lucky.caption(0, IT, Lang::En).text().contains("negative weights"), "{}", lucky.caption(0, IT, Lang::En).text());
}

/// Shen et al.'s rows sum to 1 by themselves: here before anything is divided, in f32.
#[test]
fn rows_of_two_softmaxes_sum_to_1() {
    for (layer, head) in [("3", "1"), ("0", "2"), ("1", "8"), ("5", "11")] {
        let figure = figure(&[("layer", layer), ("head", head), ("map", "double")]);
        assert!(figure.now().off_one() < 1e-6, "{}", figure.now().off_one());
        assert!(figure.caption(0, IT, Lang::En).text().contains("by themselves"));
        assert!(stage(&figure, IT, Mode::Wide, false).contains("row sums, nothing divided: 1 to within"));
    }
    assert!(figure(&[]).now().off_one() > 100.0, "others do not");
}

#[test]
fn elu_plus_1_is_mute_where_the_figure_says() {
    let edge = mute_below();
    assert_eq!(fixed(edge), "-17.33");
    let (below, above) = (edge as f32 - 1e-4, edge as f32 + 1e-4);
    assert_eq!(elu1_cancelling(below), 0.0);
    assert!(elu1_cancelling(above) > 0.0 && elu1(below) > 0.0 && elu1(-25.0_f32) > 0.0);
    let figure = figure(&[]);
    let body = stage(&figure, IT, Mode::Wide, false);
    assert!(body.contains("0 below −17.33") && body.contains("least entry −4.8"));
    let why = figure.why(0, "mute", Lang::En).unwrap().text();
    assert!(why.contains("1.2×10⁻⁷ for 1.1×10⁻⁷"), "{why}");
}

#[test]
fn the_answers_of_the_questions_are_computed() {
    let right = |set: &[(&str, &str)]| -> Vec<(String, String)> {
        let questions = figure(set).questions(Lang::En);
        let answer = |answers: &[unrolled::figure::Answer]| answers.iter().find(|answer| answer.right).unwrap().text.clone();
        questions.iter().map(|question| (question.id.to_string(), answer(&question.answers))).collect()
    };
    let pair = |(id, text): (&str, &str)| (id.to_string(), text.to_string());
    let no = "no, rows sum to 1 already";
    assert_eq!(right(&[]), [("kept", "0.08"), ("most", "max(x, 0)"), ("crossed", "8 to 15"), ("needed", no)].map(pair));
    let set = [("layer", "1"), ("head", "8"), ("map", "exp")];
    assert_eq!(right(&set), [("kept", "0.46"), ("most", "eˣ"), ("crossed", "8 to 15"), ("needed", no)].map(pair));
    let set = [("layer", "5"), ("head", "4"), ("map", "identity")];
    assert_eq!(right(&set)[1..], [("crossed", "none"), ("needed", no)].map(pair), "identity leaves nothing to ask of its weights");
    assert_eq!(right(&[("layer", "2"), ("head", "2")])[2], pair(("crossed", "all 16")));
}

/// While a question is open, nothing on the stage tells of the maps.
#[test]
fn an_open_question_covers_its_answer() {
    for map in FeatureMap::ALL {
        let figure = figure(&[("map", map.name())]);
        for mode in [Mode::Wide, Mode::Phone] {
            let body = stage(&figure, IT, mode, true);
            assert_eq!(body.matches("tl-cover").count(), 4, "table, weights of the row, comparison, denominators");
            for told in [
                "data-cell=\"W:10:2\" tabindex=\"-1\" role=\"button\" aria-label=\"animal: 0.68 →",
                "data-cell=\"A:relu",
                "data-cell=\"D:",
                "times its length",
                " … ",
            ] {
                assert!(!body.contains(told), "{map:?}: {told}");
            }
        }
    }
}

/// Every cell of the stage can say why, in both languages, and every lever and map is reached by a control.
#[test]
fn every_cell_says_why() {
    for map in FeatureMap::ALL {
        let figure = figure(&[("map", map.name())]);
        let body = stage(&figure, IT, Mode::Wide, false);
        let mut n_cells = 0;
        for cell in body.split("data-cell=\"").skip(1).map(|part| part.split('"').next().unwrap()) {
            let [en, zh] = Lang::ALL.map(|lang| figure.why(0, cell, lang).unwrap_or_else(|| panic!("{cell}")).text());
            assert!(en != zh && !en.contains("NaN"), "{cell}: {en}");
            n_cells += 1;
        }
        assert!(n_cells > 500 && figure.why(0, "W:16:0", Lang::En).is_none() && figure.why(0, "E:softmax:1", Lang::En).is_none());
    }
    let controls: Vec<Control> = figure(&[]).controls(Lang::En).into_iter().flat_map(|group| group.controls).collect();
    let words = controls.iter().find_map(|control| match control {
        Control::Select { field: "map", options, .. } => Some(options.iter().map(|option| option.word.clone()).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(words.unwrap(), FeatureMap::ALL.map(|map| map.name().to_string()));
}

#[test]
fn the_table_holds_every_row_of_every_map() {
    let table = figure(&[]).table(0, Lang::En);
    assert_eq!((table.rows.len(), table.head.len()), (9 * 16, 6 + 16));
    let it = table.rows.iter().find(|row| row[0] == "elu1 10 it").unwrap();
    assert_eq!((it[3].as_str(), it[6 + ANIMAL].as_str()), ("0.0812", "0.0812"));
    assert_eq!(table.head[6 + ANIMAL], TOKENS[ANIMAL]);
}

#[test]
fn what_cannot_be_used_is_said() {
    let (values, problems) = Values::parse(FIELDS, &[("map".into(), "sigmoid".into()), ("layer".into(), "9".into())]);
    assert_eq!((values.text("map"), values.text("layer"), problems.len()), ("elu1", "5", 2));
    for lang in Lang::ALL {
        assert!(problems[0].text(lang).contains("cosine") && problems[1].text(lang).contains('5'), "{problems:?}");
    }
    for bytes in [None, Some(&[0_u8; 100][..])] {
        let problems = feature_maps::figure(&values, bytes).err().unwrap();
        assert!(problems[0].en.contains("damaged") && problems[0].zh.contains("损坏"));
    }
    // A head of zeros has denominators of 0 under several maps; eps keeps them finite, and nothing panics.
    let zeros = vec![0_u8; 4 * 3 * 16 * 32];
    for map in FeatureMap::ALL {
        let (values, _) = Values::parse(FIELDS, &[("map".into(), map.name().into())]);
        let figure = feature_maps::figure(&values, Some(&zeros)).unwrap();
        let body = stage(&figure, IT, Mode::Wide, false);
        assert!(!body.contains("\"NaN\"") && !figure.caption(0, IT, Lang::En).text().is_empty() && figure.kernel().is_some());
    }
}
