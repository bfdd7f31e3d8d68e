//! The figure `online-softmax`: its numbers, its words, its drawings, and that no text breaks it.

#![allow(clippy::unwrap_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/svg.rs"]
mod svg;

use proptest::prelude::*;
use svg::balanced;
use unrolled::chapters::flash_attention::online_softmax::{self as figure, Act, OnlineSoftmax};
use unrolled::content::Lang;
use unrolled::figure::{Control, Figure, Metrics, Mode, Values, View};

const EIGHT: &str = "8,10,9,11,10,12,7,11";

fn values(pairs: &[(&str, &str)]) -> Values {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(figure::FIELDS, &pairs);
    assert_eq!(problems, [], "{pairs:?}");
    values
}

fn built(pairs: &[(&str, &str)]) -> OnlineSoftmax {
    figure::figure(&values(pairs)).unwrap().0
}

/// Every preset, each in both formats, safe and broken, and two ways of cutting.
fn all() -> Vec<OnlineSoftmax> {
    let figure = built(&[]);
    let presets: Vec<Vec<(&str, String)>> = figure
        .controls(Lang::En)
        .into_iter()
        .flat_map(|group| group.controls)
        .filter_map(|control| if let Control::Preset { set, .. } = control { Some(set) } else { None })
        .collect();
    assert!(presets.len() >= 7);
    let mut list = Vec::new();
    for preset in presets {
        for more in [
            &[][..],
            &[("format", "f16")],
            &[("safe", "off")],
            &[("safe", "off"), ("format", "f16")],
            &[("block", "3"), ("order", "shuffled")],
            &[("order", "shuffled"), ("seed", "7")],
        ] {
            let mut pairs: Vec<(&str, &str)> = preset.iter().map(|(name, value)| (*name, value.as_str())).collect();
            pairs.extend(more);
            list.push(built(&pairs));
        }
    }
    list.push(built(&[("x", "-inf,-inf")]));
    list.push(built(&[("x", "-3.25")]));
    list.push(built(&[("x", "0.1,-0.25,70000,1e30"), ("format", "f16"), ("block", "2")]));
    list.push(built(&[("x", &(0..64).map(|at| format!("{}", (at * 37) % 23)).collect::<Vec<_>>().join(",")), ("block", "5")]));
    list
}

#[track_caller]
fn near(got: f64, stated: f64, half_unit: f64) {
    assert!((got - stated).abs() <= half_unit, "stated {stated}, got {got}");
}

#[test]
fn the_numbers_of_the_text() {
    let run = built(&[]).run;
    let moves: Vec<(f64, f64)> =
        run.elements.iter().filter(|element| element.rescales).map(|element| (element.m, element.factor)).collect();
    assert_eq!(moves.iter().map(|pair| pair.0).collect::<Vec<_>>(), [10.0, 11.0, 12.0]);
    for (got, stated) in moves.iter().zip([0.1353, 0.3679, 0.3679]) {
        near(got.1, stated, 5e-5);
    }
    near(run.elements[5].d_old, 1.9209, 5e-5);
    near(run.elements[5].d, 1.7067, 5e-5);
    for (got, stated) in run.probs.iter().zip([0.009, 0.065, 0.024, 0.177, 0.065, 0.480, 0.003, 0.177]) {
        near(*got, stated, 5e-4);
    }
    assert_eq!((run.three.total(), run.trace.at(run.last()).accesses), (32, 24));
}

#[test]
fn without_the_maximum() {
    let survives = built(&[("safe", "off")]).run;
    assert_eq!(survives.breaks_at(), None);
    near(survives.summary.d, 338_737.0, 0.5);
    let half = built(&[("safe", "off"), ("format", "f16")]).run;
    assert_eq!(half.breaks_at(), Some(3));
    assert!(half.elements[3].term < 65_504.0 && half.elements[3].term > 59_000.0);
    assert!(half.probs[5].is_nan() && half.probs[0] == 0.0, "{:?}", half.probs);
    assert_eq!(half.trace.at(half.last()).residual, Some(f64::INFINITY));
    let ten = built(&[("safe", "off"), ("x", "80,100,90,110,100,120,70,110")]).run;
    assert_eq!(ten.breaks_at(), Some(1));
}

#[test]
fn blocks_merge_to_the_same_pair_in_either_order() {
    for order in ["given", "shuffled"] {
        let run = built(&[("block", "4"), ("order", order)]).run;
        let mut parts: Vec<(f64, f64)> = run.merges.iter().map(|merge| (merge.part.m, merge.part.d)).collect();
        assert_eq!(parts[0].0, if order == "given" { 11.0 } else { 12.0 }, "the shuffle moves something");
        parts.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!((parts[0].0, parts[1].0, run.summary.m), (11.0, 12.0, 12.0));
        near(parts[0].1, 1.5530, 5e-5);
        near(parts[1].1, 1.5100, 5e-5);
        near(run.summary.d, 2.0813, 5e-5);
    }
}

#[test]
fn a_masked_start_is_never_nan() {
    let figure = built(&[("x", "-inf,-inf,10,9")]);
    assert!(figure.run.elements.iter().all(|element| !element.d.is_nan() && !element.factor.is_nan()));
    assert_eq!((figure.run.elements[1].m, figure.run.elements[1].d), (f64::NEG_INFINITY, 0.0));
    assert!(built(&[("x", "-inf,-inf")]).run.probs.iter().all(|p| *p == 0.0));
}

#[test]
fn every_step_says_something_short_in_both_languages() {
    for figure in all() {
        for step in 0..=figure.last_step() {
            let (en, zh) = (figure.caption(step, 0, Lang::En).text(), figure.caption(step, 0, Lang::Zh).text());
            assert!(en.split_whitespace().count() <= 30, "{en}");
            assert!(en.ends_with('.') && zh.ends_with('。'), "{en} {zh}");
            for lang in [Lang::En, Lang::Zh] {
                let cell = figure.default_cell(step, 0).unwrap();
                assert!(figure.why(step, &cell, lang).is_some(), "step {step}: no sum behind {cell}");
            }
        }
    }
}

#[test]
fn lanes_readouts_and_tables_fit() {
    for figure in all() {
        let lanes = figure.lanes(Lang::En);
        for step in 0..=figure.last_step() {
            assert_eq!(figure.readouts(step, 0, Lang::Zh).len(), lanes.lanes.len());
            let table = figure.table(step, Lang::En);
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
        }
        assert!(lanes.stops().iter().all(|step| *step <= figure.last_step()));
    }
}

#[test]
fn one_tagged_line_of_the_listing_runs_in_each_step() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/algorithms/online_softmax.rs")).unwrap();
    let listing = source.split("// listing: online_softmax").nth(1).unwrap().split("// end listing").next().unwrap();
    for act in [Act::Max, Act::Factor, Act::Sum, Act::Merge, Act::Output] {
        assert_eq!(listing.matches(&format!("// @{}\n", act.tag())).count(), 1, "{act:?}");
    }
    for figure in all() {
        assert!((0..=figure.last_step()).all(|step| figure.line(step).is_some()));
    }
}

#[test]
fn anchors_of_the_text_exist() {
    for figure in all() {
        for name in ["start", "second", "rescale-12", "end", "output", "merge"] {
            assert!(figure.anchor(name).is_some_and(|step| step <= figure.last_step()), "{name}");
        }
        assert!(figure.poster() <= figure.last_step());
        assert_eq!(figure.anchor("none"), None);
    }
    let figure = built(&[]);
    assert_eq!(figure.anchor("rescale-12"), Some(figure.poster()));
    assert!(figure.caption(figure.poster(), 0, Lang::En).text().contains("1.7067"));
}

#[test]
fn questions_have_exactly_one_right_answer() {
    for figure in all() {
        for question in figure.questions(Lang::En) {
            assert_eq!(question.answers.iter().filter(|answer| answer.right).count(), 1, "{question:?}");
            assert!((2..=4).contains(&question.answers.len()) && question.step <= figure.last_step());
        }
    }
    let ids = |pairs: &[(&str, &str)]| built(pairs).questions(Lang::En).iter().map(|question| question.id).collect::<Vec<_>>();
    assert_eq!(ids(&[]), ["half", "shrink"]);
    assert!(ids(&[("block", "4")]).contains(&"order"));
    let half = &built(&[]).questions(Lang::En)[0];
    assert!(half.answers.iter().any(|answer| answer.right && answer.text == "at the 4th, 11"), "{half:?}");
}

#[test]
fn drawings_are_well_formed_at_every_width() {
    assert!(balanced("<g><rect/></g>").is_ok() && balanced("<g><rect></g>").is_err());
    for figure in all() {
        for width in [300.0, 700.0, 1000.0, 1700.0] {
            for mode in [Mode::Wide, Mode::Phone, Mode::Present] {
                let metrics = Metrics::from_tokens(|name| (mode == Mode::Present && name == "--cell-w").then_some(94.0));
                let view = View { width, mode, metrics, lang: Lang::Zh, cell: None, asking: false };
                for step in [0, figure.last_step() / 2, figure.poster(), figure.last_step()] {
                    let drawing = figure.stage(step, 0, &view);
                    balanced(&drawing.body()).unwrap();
                    assert!(drawing.height.is_finite() && drawing.height > 0.0);
                    assert!(
                        !drawing.body().contains("\"NaN\"") && !drawing.body().contains("\"inf\"") && !drawing.body().contains("style=")
                    );
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let say =
        |x: &str| Values::parse(figure::FIELDS, &[("x".into(), x.into())]).1.first().map(|problem| problem.en.clone()).unwrap_or_default();
    let many = vec!["1"; 65].join(",");
    for (x, part) in [
        ("", "type numbers"),
        ("1,nan", "NaN"),
        ("1e39", "beyond f32"),
        ("1,🙂", "“🙂” is not a number"),
        ("inf", "not +∞"),
        (many.as_str(), "65 logits"),
    ] {
        assert!(say(x).contains(part), "{x}: {}", say(x));
    }
    assert_eq!(say("−inf, 2，3"), "");
    let (figure, problems) = figure::figure(&values(&[("x", "70000,1"), ("format", "f16")])).unwrap();
    assert!(problems[0].en.contains("65,504") && figure.run.elements[0].x == f64::INFINITY);
    assert_eq!(figure::figure(&values(&[("x", "1,2"), ("block", "9")])).unwrap().1.len(), 1);
}

proptest! {
    #[test]
    fn no_text_breaks_it(x in "([-−]?[0-9]{1,3}(\\.[0-9]{1,2})?|-inf|1e[0-9]{1,2}|[a-z🙂,]{0,3})(,([-]?[0-9]{1,5}|-inf|[ ;]))*", safe in "on|off", format in "f32|f16", block in "[0-9]{0,2}", order in "given|shuffled") {
        let pairs = [("x", x), ("safe", safe), ("format", format), ("block", block), ("order", order)].map(|(name, value)| (name.to_string(), value));
        let (values, _) = Values::parse(figure::FIELDS, &pairs);
        let (figure, _) = figure::figure(&values).unwrap();
        let view = View { width: 900.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
        for step in [0, figure.poster(), figure.last_step()] {
            prop_assert!(balanced(&figure.stage(step, 0, &view).body()).is_ok());
            prop_assert!(!figure.caption(step, 0, Lang::Zh).text().is_empty());
        }
        figure.questions(Lang::Zh);
        let original = built(&[("x", EIGHT)]);
        prop_assert!(original.last_step() == 31);
    }
}
