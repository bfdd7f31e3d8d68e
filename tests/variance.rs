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
    let of = |features, m, lever| figure(&[("x", "1,0.5"), ("y", "0.5,1"), ("m", m), ("features", features), ("keyweight", lever)]);
    let at = |m, lever| of("positive", m, lever);
    let broken = at("256", "off");
    assert_eq!(format!("{:.3} {:.2}", broken.run.exact, broken.run.target), "2.718 5.08");
    let own = broken.own().unwrap();
    assert!((own.mean - broken.run.target).abs() < 4.0 * own.mean_error && own.mean - broken.run.exact > 6.0 * own.mean_error, "{own:?}");
    let said = broken.caption(broken.last_step(), 0, Lang::En).text();
    assert!(said.contains("5.078") && said.contains("2.718") && said.contains("not help"), "{said}");
    assert!(stage(&broken, 255, false).contains("vr-target") && !stage(&at("256", "on"), 255, false).contains("vr-target"));
    assert!(broken.questions(Lang::En).is_empty());
    // Trigonometric features miss the same factor and go the other way.
    let trig = of("trig", "256", "off");
    let own = trig.own().unwrap();
    assert!((own.mean - trig.run.target).abs() < 4.0 * own.mean_error && trig.run.exact - own.mean > 6.0 * own.mean_error, "{own:?}");
}

/// At the end a lever that changes nothing says why, and two of them are told from one.
#[test]
fn what_the_levers_do_is_told_apart() {
    let said = |x, y, weight, scale| {
        let figure = figure(&[("x", x), ("y", y), ("keyweight", weight), ("scale", scale)]);
        figure.caption(figure.last_step(), 0, Lang::En).text()
    };
    for scale in ["quarter", "half"] {
        assert!(said("1,0", "0,0", "off", scale).contains("because it is 0:"), "{scale}");
    }
    assert!(said("1,0", "0.0006,0", "off", "quarter").contains("because it is 1.8×10⁻⁷:"));
    assert!(said("1,0", "0,1", "off", "half").starts_with("Both levers") && said("1,0", "0,1", "on", "half").contains("x·y = 0"));
    let cancels = said("1.2071067811865475,0", "1,0", "off", "half");
    assert!(cancels.contains("cancels") && !cancels.contains("instead"), "{cancels}");
}

/// The largest positive sample comes from the direction that reaches furthest along x + y; only some point along both.
#[test]
fn the_largest_sample_reaches_furthest() {
    let mut seen = [0; 2];
    for (x, y) in [("1,0", "0,1"), ("2,0", "-2,0.5")] {
        for seed in ["0", "1", "2", "3", "4", "19"] {
            let figure = figure(&[("x", x), ("y", y), ("seed", seed)]);
            let at = figure.anchor("largest").unwrap();
            let reach = |step: usize| figure.run.trace.at(step).along.iter().sum::<f64>();
            assert!((0..=figure.last_step()).all(|step| reach(step) <= reach(at)), "{x} {y} {seed}");
            let both = figure.run.trace.at(at).along.iter().all(|along| *along > 0.0);
            if at > 0 && at < figure.last_step() {
                let said = figure.caption(at, 0, Lang::En).text();
                assert!(said.contains(if both { "points along both" } else { "furthest along x + y" }), "{said}");
                seen[usize::from(both)] += 1;
            }
        }
    }
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

/// From where the text says that the mean settles it stays within the lemma's error; just before it did not.
#[test]
fn the_mean_settles_where_it_is_said() {
    let mut late = 0;
    for seed in ["1", "2", "3", "19"] {
        let figure = figure(&[("seed", seed), ("m", "64")]);
        let settles = figure.anchor("settles").unwrap();
        let within = |step: usize| {
            let error = (figure.redraws[0].lemma * 64.0 / (step + 1) as f64).sqrt();
            (figure.run.trace.at(step).mean - figure.run.exact).abs() <= error * (1.0 + 1e-12)
        };
        assert!((settles..=63).all(within) || settles == 63, "{seed}: {settles}");
        assert!(settles == 0 || !within(settles - 1), "{seed}: {settles}");
        late += usize::from((1..63).contains(&settles));
    }
    assert!(late > 0);
}

/// Every number of a reason is the one it names.
#[test]
fn reasons_name_their_own_numbers() {
    let built = figure(&[("x", "1,0.5"), ("y", "0.25,-0.75")]);
    let why = |step: usize, cell: &str| built.why(step, cell, Lang::En).unwrap().text();
    let step = *built.run.trace.at(3);
    let two = |x: f64| format!("{x:.2}").replace('-', "−");
    let term = |x: f64| if x < -0.005 { format!("({})", two(x)) } else { two(x) };
    for (cell, [v0, v1], at) in [("wx", [1.0, 0.5], 0), ("wy", [0.25, -0.75], 1)] {
        let product = format!("w·{} = {} × {} + {} × {}", &cell[1..], two(step.w[0]), term(v0), term(step.w[1]), term(v1));
        let said = why(3, cell);
        assert_eq!(said, format!("{}: {product}", two(step.along[at])));
    }
    let one = (built.redraws[0].lemma * 16.0).sqrt();
    let band = why(3, "band");
    assert!((0.2..9.0).contains(&one), "{one}");
    assert_eq!(
        band,
        format!("{:.3}: one sample is off by {one:.3} (root of the lemma’s mean square), the mean of 4 by 1/√4 of that", one / 2.0)
    );
    let sum: f64 = (0..4).map(|step| built.run.trace.at(step).value).sum();
    assert!(why(3, "m").starts_with(&format!("{:.3}: the sum of the samples, {sum:.3}, over 4.", sum / 4.0)), "{}", why(3, "m"));
    assert!(why(3, "s").starts_with(&format!("{:.3}:", step.value)) && why(3, "k").starts_with(&format!("{:.3}: ", built.run.exact)));
    assert!(why(3, "x").contains("length 1.12, |x|²/2 = 0.63") && why(3, "y").contains("length 0.79, |y|²/2 = 0.31"), "{}", why(3, "y"));
    let value = |x: f64| if x < 0.0995 { format!("{x:.4}") } else { format!("{x:.3}") };
    for idx in [0, 2] {
        let redraws = &built.redraws[idx];
        let said = why(3, &format!("mse:{idx}"));
        let head = format!("{} ± {}: ", value(redraws.squared), value(redraws.squared_error));
        assert!(said.starts_with(&head) && said.contains("600 redraws") && said.ends_with(&value(redraws.lemma)), "{said} / {head}");
        assert!(why(3, &format!("lemma:{idx}")).starts_with(&format!("{}: ", value(redraws.lemma))));
        let said = why(3, &format!("mean:{idx}"));
        assert!(said.starts_with(&format!("{} ± {}: ", value(redraws.mean), value(redraws.mean_error))), "{said}");
        assert!(why(3, &format!("neg:{idx}")).starts_with(&format!("{} of 600", redraws.n_negative)));
    }
    let cold = figure(&[("x", "1,0"), ("y", "-1,0"), ("scale", "half")]);
    assert_eq!(cold.why(0, "t", Lang::En).unwrap().text(), "0.493: what the mean tends to, e^(−0.71), of vectors scaled once too often");
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
    assert!(figure.is_rare(own));
}

/// Nothing is called rare where samples are bounded, where the lemma does not speak, where a lever is pulled, or where twelve
/// redraws happen to lie low.
#[test]
fn only_rare_samples_are_called_rare() {
    let long = |more: &[(&str, &str)]| figure(&[&[("x", "1.5,0"), ("y", "1.5,0"), ("m", "256")], more].concat());
    let rare = |figure: &Variance| figure.redraws.iter().map(|redraws| figure.is_rare(redraws)).collect::<Vec<bool>>();
    assert_eq!(rare(&long(&[])), [true, false, false, false]);
    for lever in [("keyweight", "off"), ("scale", "half")] {
        let figure = long(&[lever]);
        assert_eq!(rare(&figure), [false; 4], "{lever:?}");
        assert!(!figure.why(255, "mse:0", Lang::En).unwrap().text().contains("too rare"), "{lever:?}");
    }
    for (x, y) in [("1,0", "0,1"), ("1,0", "1,0"), ("2,0", "-2,0.5")] {
        for seed in 0..24 {
            let figure = figure(&[("x", x), ("y", y), ("m", "1024"), ("seed", &seed.to_string())]);
            assert_eq!(rare(&figure), [false; 4], "{x} {y} {seed}: {} of {}", figure.redraws[0].squared, figure.redraws[0].lemma);
        }
    }
    for (x, y) in [("1.5,0", "1,0"), ("2,0", "0.5,1"), ("1.5,0.5", "1,0.5"), ("2,0", "0,2")] {
        for seed in 0..40 {
            let figure = figure(&[("x", x), ("y", y), ("m", "1024"), ("seed", &seed.to_string())]);
            assert_eq!(rare(&figure)[1..], [false; 3], "{x} {y} {seed}");
        }
    }
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
    assert_eq!(right(&[("x", "1e-10,0")], "twins"), None, "not asked where both are exact");
    assert_eq!(right(&[("y", "0.01,0")], "weight"), None, "not asked where no digit moves");
    assert_eq!(right(&[("m", "1")], "weight"), None, "not asked of a run that is over at once");
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
    assert!(problems[0].en.contains("ends at ±2.5.") && !problems[0].en.contains("overflow"), "{problems:?}");
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
    // Arrow keys go on from where a handle stands, however its vector was written.
    for (text, place) in [("1,0.5", "1 0.5"), ("1 0.5", "1 0.5"), ("1;0.5", "1 0.5"), ("1，0.5", "1 0.5"), ("−1,0", "-1 0")] {
        for field in ["x", "y"] {
            let body = stage(&figure(&[(field, text)]), 0, false);
            let handle = body.split(&format!("data-drag=\"{field}\"")).nth(1).unwrap().split('>').next().unwrap();
            assert!(handle.contains(&format!(" data-at=\"{place}\"")), "{field}={text}: {handle}");
        }
    }
    let far = stage(&built(&[("x", "9,-9")]).0, 0, false);
    assert!(far.contains(" data-at=\"2.5 -2.5\""), "a vector beyond the plane goes on from its edge");
    assert!(body.contains(" -2.5 2.5 0.05\"") && body.contains("data-set=\"features=trig&amp;directions=orthogonal\""));
}
