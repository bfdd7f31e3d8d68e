//! The figure `variance`: the storyboard's numbers against its run, what its levers break, and who is right in its questions.
//!
//! Run with `cargo nextest run --no-default-features --test variance`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

use unrolled::chapters::performer::variance::{self, METHODS, Variance};
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Problem, Values, View};
use unrolled::trace::Lane;

fn built(pairs: &[(&str, &str)]) -> (Variance, Vec<Problem>) {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, mut problems) = Values::parse(variance::FIELDS, &pairs);
    let (figure, more) = variance::figure(&values).map_err(|problems| format!("{problems:?}")).unwrap();
    problems.extend(more);
    (figure, problems)
}

fn figure(pairs: &[(&str, &str)]) -> Variance {
    let (figure, problems) = built(pairs);
    assert!(problems.is_empty(), "{problems:?}");
    figure
}

fn stage(figure: &Variance, step: usize, asking: bool) -> String {
    let view = View { width: 830.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking };
    figure.stage(step, 0, &view).body()
}

/// Lemma 2 at the storyboard's places, as the strips show it: positive, then trigonometric.
#[test]
fn the_lemma_at_the_places_of_the_story() {
    let lemmas = |x, y| {
        let figure = figure(&[("x", x), ("y", y)]);
        (figure.run.exact, figure.redraws[0].lemma, figure.redraws[2].lemma)
    };
    let (exact, positive, trig) = lemmas("1,0", "0,1");
    assert_eq!(format!("{exact} {positive:.3} {trig:.3}"), "1 0.399 0.173");
    let (exact, positive, trig) = lemmas("2,0", "-2,0.5");
    assert_eq!(format!("{exact:.4} {positive:.0e} {trig:.1}"), "0.0183 6e-6 119.6");
    let (exact, positive, trig) = lemmas("1,0.5", "1,0.5");
    assert_eq!(format!("{exact:.2} {positive:.0} {trig}"), "3.49 112 0");
    let (_, positive, trig) = lemmas("1,0.5", "-1,-0.5");
    assert_eq!(format!("{positive} {trig:.3}"), "0 0.376");
    let (exact, positive, _) = lemmas("1.5,0", "1.5,0");
    assert_eq!(format!("{exact:.2} {positive:.1e}"), "9.49 4.6e4");
}

/// Measured over the redraws, both errors agree with the lemma within four of their own standard errors.
#[test]
fn redraws_agree_with_the_lemma() {
    for (x, y) in [("2,0", "-2,0.5"), ("0.5,0", "0,0.5"), ("1,0.5", "-1,0.25")] {
        let figure = figure(&[("x", x), ("y", y)]);
        for redraws in figure.redraws.iter().filter(|redraws| redraws.in_lemma()) {
            let (off, bound) = ((redraws.squared - redraws.lemma).abs(), 4.0 * redraws.squared_error);
            assert!(off < bound && bound < redraws.lemma, "{x} {y} {:?}: {} measured, {}", redraws.method, redraws.squared, redraws.lemma);
            assert!((redraws.mean - figure.run.exact).abs() < 4.0 * redraws.mean_error, "{x} {y}: no bias");
        }
    }
}

/// Of nearly opposite vectors half the trigonometric estimates are negative, and the strips cross them out.
#[test]
fn negative_estimates_are_crossed_out() {
    let figure = figure(&[("x", "2,0"), ("y", "-2,0.5"), ("features", "trig")]);
    let n = figure.redraws[2].estimates.len();
    assert!((n * 2 / 5..n * 3 / 5).contains(&figure.redraws[2].n_negative), "{} of {n}", figure.redraws[2].n_negative);
    assert_eq!((figure.redraws[0].n_negative, figure.redraws[1].n_negative), (0, 0));
    let body = stage(&figure, figure.last_step(), false);
    let crosses = |body: &str| {
        body.split("vr-crosses\" d=\"").skip(1).map(|part| part.split('"').next().unwrap().matches('M').count()).sum::<usize>()
    };
    assert!(crosses(&body) > 50 && body.contains("vr-hatch"));
    assert_eq!(crosses(&stage(&figure, figure.last_step(), true)), 0, "the answer is not shown while it is asked for");
}

/// Each kind of features is exact somewhere, along every direction, and says so.
#[test]
fn twins_and_opposites_leave_no_chance() {
    for (features, y, other) in [("trig", "1,0.5", "positive"), ("positive", "-1,-0.5", "trig")] {
        let exact = figure(&[("x", "1,0.5"), ("y", y), ("features", features)]);
        assert!(exact.run.trace.iter().all(|step| (step.value / exact.run.exact - 1.0).abs() < 1e-6), "{features}");
        assert!(exact.caption(3, 0, Lang::En).text().contains("all others"), "{features}");
        let own = exact.own().unwrap();
        assert_eq!((own.squared, own.lemma), (0.0, 0.0), "{features}");
        let chance = figure(&[("x", "1,0.5"), ("y", y), ("features", other)]);
        assert!(chance.own().unwrap().squared > 0.1, "{other}");
    }
}

/// Without the key's weight the mean goes to 5.08 where 2.718 is true, and more directions only make that surer.
#[test]
fn without_the_keys_weight_no_number_of_features_helps() {
    let at = |m, lever| figure(&[("x", "1,0.5"), ("y", "0.5,1"), ("m", m), ("keyweight", lever)]);
    let broken = at("256", "off");
    assert_eq!(format!("{:.3} {:.2}", broken.run.exact, broken.run.target), "2.718 5.08");
    let own = broken.own().unwrap();
    assert!((own.mean - broken.run.target).abs() < 4.0 * own.mean_error && own.mean - broken.run.exact > 6.0 * own.mean_error, "{own:?}");
    let said = broken.caption(broken.last_step(), 0, Lang::En).text();
    assert!(said.contains("5.078") && said.contains("2.718") && said.contains("not help"), "{said}");
    assert!(stage(&broken, 255, false).contains("vr-target") && !stage(&at("256", "on"), 255, false).contains("vr-target"));
    assert!(broken.questions(Lang::En).is_empty());
}

/// Scaled once too often, the features estimate the kernel of another temperature.
#[test]
fn another_scale_is_another_temperature() {
    let broken = figure(&[("x", "1,0.5"), ("y", "0.5,1"), ("m", "256"), ("scale", "half")]);
    assert!((broken.run.target - (1.0 / 2f64.sqrt()).exp()).abs() < 1e-12);
    let own = broken.own().unwrap();
    assert!((own.mean - broken.run.target).abs() < 4.0 * own.mean_error && broken.run.exact - own.mean > 4.0 * own.mean_error, "{own:?}");
    assert!(stage(&broken, 3, false).contains("vr-broken"));
    assert!(broken.caption(broken.last_step(), 0, Lang::Zh).text().contains("温度"));
    // At right angles both kernels are 1, and the caption says that nothing is to be seen there.
    let unseen = figure(&[("scale", "half")]);
    assert!(!unseen.drifts() && unseen.caption(15, 0, Lang::En).text().contains("all the same"));
}

/// The lemma's error for long vectors lies in samples that hardly any run meets; caption and reason say so.
#[test]
fn rare_samples_are_said() {
    let figure = figure(&[("x", "1.5,0"), ("y", "1.5,0"), ("m", "256")]);
    let own = figure.own().unwrap();
    assert!(own.squared < 0.3 * own.lemma, "{} measured, {}", own.squared, own.lemma);
    assert!(figure.caption(255, 0, Lang::En).text().contains("rare samples"));
    assert!(figure.why(255, "mse:0", Lang::En).unwrap().text().contains("too rare"));
    let short = own.estimates.iter().filter(|estimate| **estimate < figure.run.exact).count();
    assert!(3 * short > 2 * own.estimates.len(), "{short} fall short");
}

/// A single rare direction among 9,600 outweighs all others, and the axis names the powers of ten on the way.
#[test]
fn one_direction_can_outweigh_all_others() {
    let long = |seed| figure(&[("x", "1.5,0"), ("y", "1.5,0"), ("seed", seed)]);
    let ratio = |figure: &Variance| figure.redraws[0].squared / figure.redraws[0].lemma;
    let (met, missed) = (long("19"), long("2"));
    assert!((55.0..65.0).contains(&ratio(&met)) && ratio(&missed) < 0.1, "{} {}", ratio(&met), ratio(&missed));
    let largest = met.redraws[0].estimates.iter().copied().fold(0.0, f64::max);
    assert_eq!(format!("{:.1}", ((16.0 * largest).ln() + 2.25) / 3.0), "5.2");
    let ticks = stage(&met, 0, false);
    assert!(ticks.contains(">+10⁴<") && !ticks.contains(">+1<"), "a tick at ten thousand says so");
}

/// What 600 redraws measure at the places that the prose speaks of.
#[test]
fn redraws_at_the_places_of_the_prose() {
    let squared = |x, y| figure(&[("x", x), ("y", y)]).redraws.iter().map(|redraws| redraws.squared).collect::<Vec<f64>>();
    let first = squared("1,0", "0,1");
    assert_eq!(format!("{:.3} {:.3}", first[0], first[1]), "0.394 0.304");
    let opposite = squared("2,0", "-2,0.5");
    assert_eq!(format!("{:.1e} {:.1}", opposite[0], opposite[2]), "5.8e-6 113.9");
}

/// Directions of a block meet at right angles, and the timeline shows the blocks.
#[test]
fn blocks_are_at_right_angles() {
    let figure = figure(&[("directions", "orthogonal"), ("m", "7")]);
    for pair in (0..6).step_by(2) {
        let [a, b] = [pair, pair + 1].map(|step| figure.run.trace.at(step).w);
        let cosine = (a[0] * b[0] + a[1] * b[1]) / (a[0].hypot(a[1]) * b[0].hypot(b[1]));
        assert!(cosine.abs() < 1e-6, "{cosine}");
    }
    let lanes = figure.lanes(Lang::En).lanes;
    assert!(matches!(&lanes[0], Lane::Structure { bars, .. } if bars.len() == 4));
    assert!(stage(&figure, 2, false).contains("vr-corner") && !stage(&figure, 6, false).contains("vr-corner"));
}

/// More features continue the same run, and the run is the first of the redraws.
#[test]
fn more_features_only_add_to_the_run() {
    for directions in ["iid", "orthogonal"] {
        let [few, many] = ["16", "64"].map(|m| figure(&[("m", m), ("directions", directions)]));
        assert!((0..16).all(|step| few.run.trace.at(step).value == many.run.trace.at(step).value), "{directions}");
        let own = few.own().unwrap();
        assert!((own.estimates[0] - few.run.trace.at(15).mean).abs() < 1e-5, "{directions}");
        assert_eq!(own.method, METHODS[usize::from(directions == "orthogonal")]);
    }
}

#[test]
fn right_answers_are_computed() {
    let right = |pairs: &[(&str, &str)], id: &str| {
        let question = figure(pairs).questions(Lang::En).into_iter().find(|question| question.id == id)?;
        Some(question.answers.into_iter().find(|answer| answer.right).unwrap().text)
    };
    assert_eq!(right(&[], "twins").unwrap(), "the trigonometric one");
    assert_eq!(right(&[], "weight").unwrap(), "no, each key has its own factor");
    assert_eq!(right(&[], "fourfold").unwrap(), "half");
    let opposites = [("x", "2,0"), ("y", "-2,0.5")];
    assert_eq!(right(&opposites, "negative").unwrap(), "about half");
    assert_eq!(right(&[], "negative"), None, "not asked where hardly any is");
    assert_eq!(right(&[("x", "1,0.5"), ("y", "1,0.5")], "twins"), None, "not asked where it is seen");
}

/// What cannot be read is said, and the nearest valid state is shown.
#[test]
fn bad_vectors_are_said_and_survived() {
    for text in ["abc", "1", "1,2,3", "NaN,0", "inf,0", "", "🙂,1"] {
        let (figure, problems) = built(&[("x", text)]);
        assert_eq!((problems.len(), figure.inputs.x), (1, [1.0, 0.0]), "{text}: {problems:?}");
        assert!(problems[0].en.contains("last valid") && problems[0].zh.contains("上一次有效"), "{text}");
    }
    let (figure, problems) = built(&[("y", "1e9,-1e300"), ("x", "-2.5,2.5"), ("features", "trig")]);
    assert_eq!((problems.len(), figure.inputs.y), (1, [2.5, -2.5]));
    assert!(problems[0].en.contains("Using 2.5,-2.5") && problems[0].zh.contains("现用 2.5,-2.5"), "{problems:?}");
    assert!(figure.run.trace.iter().all(|step| step.mean.is_finite()) && figure.redraws.iter().all(|redraws| redraws.squared.is_finite()));
    assert_eq!(built(&[("m", "1000000")]).0.inputs.m, variance::MOST);
    // The corner where everything is largest.
    let (figure, problems) = built(&[("x", "2.5 2.5"), ("y", "2.5；−2.5")]);
    assert!(problems.is_empty() && figure.run.exact == 1.0 && figure.redraws.iter().all(|redraws| redraws.lemma.is_finite()));
}

/// Both vectors can be taken hold of, and a row of the strips chooses its method.
#[test]
fn vectors_are_handles_and_rows_are_choices() {
    let body = stage(&figure(&[]), 0, false);
    for field in ["x", "y"] {
        assert!(body.contains(&format!("data-drag=\"{field}\" data-plane=\"")), "{field}");
    }
    assert!(body.contains(" -2.5 2.5 0.05\"") && body.contains("data-set=\"features=trig&amp;directions=orthogonal\""));
}
