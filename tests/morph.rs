//! A random method with the randomness removed: the figure `morph` of `performer`, on real heads.
//!
//! Run with `cargo nextest run --no-default-features --test morph`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use ndarray::Array2;
use unrolled::algorithms::linear_attention::{Mapped, parallel};
use unrolled::algorithms::performer::features::{self, Rules};
use unrolled::algorithms::performer::{Scale, Weight, directions, fixed};
use unrolled::algorithms::{Mask, MaskKind, spectrum};
use unrolled::chapters::performer::morph::{self, Morph};
use unrolled::content::Lang;
use unrolled::data::head;
use unrolled::figure::{Figure, Metrics, Mode, Question, Values, View};

fn parse(set: &[(&str, &str)]) -> (Values, usize) {
    let pairs: Vec<(String, String)> = set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(morph::FIELDS, &pairs);
    assert!(problems.iter().all(|problem| !problem.en.is_empty() && !problem.zh.is_empty()));
    (values, problems.len())
}

fn figure(set: &[(&str, &str)]) -> Morph {
    let (values, n_problems) = parse(set);
    assert_eq!(n_problems, 0, "{set:?}");
    let bytes = heads::file(&head::file(values.size("layer"), values.size("head")));
    morph::figure(&values, Some(&bytes)).unwrap_or_else(|_| panic!("{set:?} does not build"))
}

fn stage(figure: &Morph) -> String {
    let view = View { width: 830.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
    figure.stage(0, 10, &view).body()
}

#[test]
fn without_chance_favor_is_exp_with_key_weights() {
    let run = figure(&[]).run;
    assert!(run.same < 1e-14, "{:e}", run.same);
    assert_eq!(format!("{:.2}", run.at.gap), "0.77");
    assert_eq!(format!("{:.0}", run.spread()), "362");
    // FAVOR+ looks where keys are short, softmax from "it" to "animal".
    assert_eq!(format!("{:.2} {:.2}", run.softmax.probs[[10, 2]], run.favor.weights[[10, 2]]), "0.68 0.10");
    assert!(run.favor.weights[[10, 15]] > 0.3);
    let tables = [&run.softmax.probs, &run.favor.weights, &run.now.weights];
    assert_eq!(tables.map(|weights| format!("{:.2}", spectrum::concentration(weights).entropy)), ["1.31", "2.10", "2.77"]);
}

#[test]
fn keys_of_one_length_make_the_outputs_snap_together() {
    let run = figure(&[("equalnorms", "on")]).run;
    assert!(run.at.gap < 1e-14 && run.same < 1e-14, "{:e}", run.at.gap);
    assert!((run.spread() - 1.0).abs() < 1e-12);
    // One step of the slider later only rounding is over.
    assert!(figure(&[("equalnorms", "on"), ("t", "0.01")]).run.at.gap > 1e-5);
}

/// On every shipped head; and there 1 + x has features below 0, but no denominator.
#[test]
fn all_heads_say_the_same() {
    let mut n_negative = 0;
    for (layer, head) in (0..72).map(|idx| (idx / 12, idx % 12)) {
        let (l, h) = (layer.to_string(), head.to_string());
        let at = |equal: &'static str| figure(&[("layer", &l), ("head", &h), ("t", "0.5"), ("equalnorms", equal)]).run;
        let run = at("off");
        let weights = run.path[0].gap;
        assert!(run.same < 1e-13 && weights > 0.05 && run.residual < 1e-12, "{l}/{h}: {:e} {weights}", run.same);
        assert!(run.path.iter().all(|at| at.n_bad == 0 && at.least > 0.0), "{l}/{h}");
        // The activation moves outputs less than the key weights do.
        assert!(run.path.iter().all(|at| at.moved < weights), "{l}/{h}");
        n_negative += run.n_negative;
        if head == layer {
            let equal = at("on").path;
            assert!(equal[0].gap < 1e-13, "{l}/{h}: {:e}", equal[0].gap);
            assert!(equal.iter().all(|at| at.n_bad == 0), "{l}/{h}");
        }
    }
    assert!(n_negative > 0);
    assert_eq!(figure(&[("t", "0.5")]).run.n_negative, 38);
}

/// Other orthonormal directions than the axes: the weights stay what they are.
#[test]
fn any_orthonormal_directions_leave_the_key_weights() {
    let inputs = figure(&[]).inputs;
    let none = Mask::new(MaskKind::None, 16, 16);
    let out = |x: &Mapped<f64>| parallel::table(x, &none).out;
    for seed in 0..5 {
        let w = directions::orthonormal(32, seed);
        let [q, k] = [&inputs.q, &inputs.k].map(|x| x * Scale::Quarter.factor(32));
        let favor = out(&features::map(&inputs.q, &inputs.k, &inputs.v, &w, Rules::TEXTBOOK));
        let gap = |weight| {
            let other: Array2<f64> = out(&fixed::map(&q, &k, &inputs.v, &w, 0.0, weight));
            (&other - &favor).iter().fold(0.0f64, |most, x| most.max(x.abs()))
        };
        assert!(gap(Weight::On) < 1e-13 && gap(Weight::Off) > 0.1);
    }
}

#[test]
fn the_path_goes_through_the_present_place() {
    for t in ["0", "0.13", "0.5", "0.777", "1"] {
        let run = figure(&[("t", t)]).run;
        let places: Vec<f64> = run.path.iter().map(|at| at.t).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]) && (places[0], places[places.len() - 1]) == (0.0, 1.0), "{places:?}");
        assert!(run.path.contains(&run.at) && run.at.t == t.parse::<f64>().unwrap());
        assert_eq!(run.path[0].moved, 0.0);
    }
}

/// A head unlike the shipped ones, all of whose entries are far below -1 or above 1.
fn wild() -> Vec<u8> {
    let entry = |idx: usize| match idx / (16 * 32) {
        0 => [-9.0f32, 4.0][idx % 2],
        1 => [5.0f32, -3.0, 1.0][idx % 3],
        _ => (idx % 7) as f32 - 3.0,
    };
    (0..3 * 16 * 32).flat_map(|idx| entry(idx).to_le_bytes()).collect()
}

#[test]
fn denominators_that_are_not_above_0_are_marked() {
    let (values, _) = parse(&[("t", "0.5")]);
    let figure = morph::figure(&values, Some(&wild())).unwrap_or_else(|_| panic!("builds"));
    assert!(figure.run.at.n_bad > 0, "{:?}", figure.run.at);
    assert!(figure.caption(0, 10, Lang::En).text().contains("0 or negative"));
    let drawn = stage(&figure);
    assert_eq!(drawn.matches("os-bad through").count(), figure.run.at.n_bad, "one mark for each");
    assert!(drawn.contains("os-hatch"), "not by colour alone");
    let at = figure.run.now.denominators.iter().position(|total| *total <= 0.0).unwrap();
    assert!(figure.why(0, &format!("den:{at}"), Lang::En).unwrap().text().contains("not above 0"));
    assert!(!stage(&self::figure(&[("t", "0.5")])).contains("os-bad"));
    let (exp, _) = parse(&[]);
    let questions = morph::figure(&exp, Some(&wild())).unwrap_or_else(|_| panic!("builds")).questions(Lang::En);
    assert_ne!(right(&questions, "denominators"), "none");
}

fn right(questions: &[Question], id: &str) -> String {
    let question = questions.iter().find(|question| question.id == id).unwrap();
    question.answers.iter().find(|answer| answer.right).unwrap().text.clone()
}

#[test]
fn the_questions_are_answered_by_the_run() {
    let questions = figure(&[]).questions(Lang::En);
    assert_eq!(right(&questions, "query-factor"), "not at all");
    assert_eq!(right(&questions, "equal-lengths"), "rounding");
    assert_eq!(right(&questions, "denominators"), "none");
    let equal = figure(&[("equalnorms", "on")]).questions(Lang::En);
    assert!(equal.iter().all(|question| question.id == "denominators"), "what is known is not asked");
}

#[test]
fn bad_input_gives_the_nearest_figure_and_says_so() {
    for (set, t, from) in [
        (("t", "2"), 1.0, (3, 1)),
        (("t", "-0.5"), 0.0, (3, 1)),
        (("t", "NaN"), 0.0, (3, 1)),
        (("layer", "9"), 0.0, (5, 1)),
        (("equalnorms", "maybe"), 0.0, (3, 1)),
    ] {
        let (values, n_problems) = parse(&[set]);
        assert_eq!(n_problems, 1, "{set:?}");
        let bytes = heads::file(&head::file(values.size("layer"), values.size("head")));
        let figure = morph::figure(&values, Some(&bytes)).unwrap_or_else(|_| panic!("{set:?}"));
        assert_eq!((figure.inputs.t, figure.inputs.from, figure.inputs.equal), (t, from, false), "{set:?}");
    }
    for bytes in [None, Some(&[0u8; 12][..])] {
        let problems = morph::figure(&parse(&[]).0, bytes).err().unwrap();
        assert!(problems.len() == 1 && problems[0].en.contains("damaged"));
    }
}

/// Every number of a reason is the one it names.
#[test]
fn reasons_name_their_own_numbers() {
    let figure = figure(&[("t", "0.5")]);
    let (run, why) = (&figure.run, |cell: &str| figure.why(0, cell, Lang::En).unwrap().text());
    let table = |x: f64| unrolled::content::number::table(x);
    let ends = |cell: &str, text: String| assert!(why(cell).ends_with(&text), "{cell}: {} / {text}", why(cell));
    let softmax = table(run.softmax.probs[[10, 2]]);
    ends("softmax:10:2", format!(" = {softmax}"));
    let [favor, now] = [&run.favor, &run.now].map(|of| [of.similarities[[10, 2]], of.denominators[10], of.weights[[10, 2]]].map(table));
    assert!(favor.iter().chain([&softmax]).all(|number| !now.contains(number)), "{favor:?} {now:?}");
    ends(
        "favor:10:2",
        format!(
            "= {}, key weight {} included; of the sum {} of “it” that is {} for “animal”",
            favor[0],
            table(run.key_weights[2]),
            favor[1],
            favor[2]
        ),
    );
    ends("now:10:2", format!("= {}; of the sum {} of “it” that is {} for “animal”", now[0], now[1], now[2]));
    ends("kw:2", format!("= {}; FAVOR+ multiplies the features of this key by it", table(run.key_weights[2])));
    ends("den:10", format!("more = {:.2}", run.now.denominators[10]));
    ends("row:10", format!("over 32 channels = {:.2}", run.gap_of(10)));
    let same = unrolled::content::number::residual(run.same);
    assert!(run.at.gap > 0.01 && run.at.moved > 0.01 && same.contains("×10⁻"), "{:?} {same}", run.at);
    ends("gap", format!("1 + x without key weights {:.2}; FAVOR+ and exp with them {same}", run.at.gap));
    ends("same", same.clone());
    ends("moved", format!("both without key weights, {:.2}", run.at.moved));
    let weight = |pick: fn(f64, f64) -> f64| table(run.key_weights.iter().copied().reduce(pick).unwrap());
    let said = why("spread");
    assert!(
        said.contains(&format!("shortest key, weight {};", weight(f64::max))) && said.contains(&format!("longest, {}:", weight(f64::min))),
        "{said}"
    );
    assert!(said.ends_with("a factor of 362"), "{said}");
}

/// Every place between the stops has its name, and negative weights have their numbers.
#[test]
fn what_lies_between_and_below_is_written() {
    for (t, name) in [("0.001", "φ(t = 0.001)"), ("0.25", "φ(t = 0.25)"), ("0.5", "1 + x"), ("1", "elu + 1")] {
        let title = figure(&[("t", t)]).title(Lang::En);
        assert!(title.contains(name), "{title}");
    }
    assert!(figure(&[("t", "0.5")]).caption(0, 10, Lang::En).text().contains("38 of 1,024 features"));
    assert!(stage(&figure(&[("t", "0.5")])).contains("38 of 1,024 features below 0"));
    let (values, _) = parse(&[("t", "0.5")]);
    let wild = morph::figure(&values, Some(&wild())).unwrap_or_else(|_| panic!("builds"));
    let weights = wild.run.now.weights.row(10);
    let short = weights.iter().map(|weight| (100.0 * weight).round()).filter(|percent| (-99.0..0.0).contains(percent)).count();
    assert!(short > 0 && stage(&wild).matches(">−").count() >= short, "{weights}");
}

#[test]
fn every_number_says_why() {
    for set in [&[][..], &[("t", "0.5")], &[("equalnorms", "on"), ("t", "1")]] {
        let figure = figure(set);
        for cell in ["kw:0", "softmax:10:2", "favor:10:2", "now:10:2", "den:10", "row:10", "gap", "same", "moved", "spread"] {
            for lang in Lang::ALL {
                assert!(figure.why(0, cell, lang).is_some_and(|why| !why.text().is_empty()), "{cell}");
            }
        }
        assert!(["kw:16", "now:10", "now:10:99", "x", ""].iter().all(|cell| figure.why(0, cell, Lang::En).is_none()));
    }
}
