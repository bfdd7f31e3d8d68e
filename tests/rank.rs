//! What a feature map cannot do: the figure `rank` of `performer`, its numbers read off its runs.
//!
//! Run with `cargo nextest run --no-default-features --test rank`.

#![allow(clippy::unwrap_used, reason = "a test stops where its figure cannot be built")]

use unrolled::algorithms::feature_map::FeatureMap;
use unrolled::chapters::performer::rank::{self, Rank};
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Question, Values, View};

fn parse(set: &[(&str, &str)]) -> (Values, usize) {
    let pairs: Vec<(String, String)> = set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(rank::FIELDS, &pairs);
    assert!(problems.iter().all(|problem| !problem.en.is_empty() && !problem.zh.is_empty()));
    (values, problems.len())
}

fn figure(set: &[(&str, &str)]) -> Rank {
    let (values, n_problems) = parse(set);
    assert_eq!(n_problems, 0, "{set:?}");
    rank::figure(&values)
}

fn stage(figure: &Rank, asking: bool) -> String {
    let view = View { width: 830.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking };
    figure.stage(0, 0, &view).body()
}

fn two(x: Option<f64>) -> String {
    format!("{:.2}", x.unwrap())
}

#[test]
fn the_numbers_of_the_opening() {
    let run = figure(&[]).run;
    assert_eq!((run.softmax.rank, run.linear.rank), (32, 8));
    assert_eq!((two(run.softmax.mean()), two(run.linear.mean())), ("2.18".into(), "3.39".into()));
    assert_eq!(run.single_rank, 8);
    assert_eq!(run.claimed, 29);
    // Where the spectrum is cut, thirteen powers of ten are missing.
    assert!(run.linear.values[7] > 1e-3 && run.linear.values[8] < 1e-15, "{:?}", run.linear.values);
    let other = figure(&[("n", "24"), ("d", "4"), ("seed", "1")]).run;
    assert_eq!((other.softmax.rank, other.linear.rank), (24, 4));
}

#[test]
fn as_many_rows_are_independent_as_there_are_features() {
    for map in FeatureMap::ALL {
        for (d, seed) in [("1", "1"), ("3", "2"), ("16", "3"), ("40", "4")] {
            let figure = figure(&[("map", map.name()), ("d", d), ("seed", seed), ("n", "24")]);
            let most = figure.inputs.n_features().min(24);
            assert_eq!(figure.run.linear.rank, most, "{map:?} with d = {d}");
            assert!(figure.run.gap < 1e-12, "{map:?}: singular values miss the table by {:e}", figure.run.gap);
        }
    }
}

/// A larger d lifts the rank; it does not make the rows of elu + 1 sharper, but flatter.
#[test]
fn rank_recovers_with_d_and_sharpness_does_not() {
    let full = figure(&[("d", "32")]).run;
    assert_eq!(full.linear.rank, 32);
    let means: Vec<f64> = full.over_d.iter().map(|at| at.linear.unwrap()).collect();
    assert_eq!(full.over_d.iter().map(|at| at.d).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 64]);
    assert!(means.windows(2).all(|pair| pair[1] > pair[0]), "{means:?}");
    assert!(means.iter().all(|mean| *mean < 32f64.ln()));
    // With d = 1 softmax, too, loses rank.
    let one = figure(&[("d", "1")]);
    assert!(one.run.linear.rank == 1 && one.run.softmax.rank < 32);
    assert!(one.caption(0, 0, Lang::En).text().contains(&one.run.softmax.rank.to_string()));
}

/// The curve over d and the table of the present d are of the same numbers.
#[test]
fn the_curve_meets_the_present_setting() {
    for map in ["elu1", "exp", "double", "cosine"] {
        let run = figure(&[("map", map), ("d", "11"), ("n", "20")]).run;
        let at = run.at(11).unwrap();
        assert!((at.softmax - run.softmax.mean().unwrap()).abs() < 1e-14, "{map}");
        assert!((at.linear.unwrap() - run.linear.mean().unwrap()).abs() < 1e-14, "{map}");
    }
}

#[test]
fn where_weights_are_negative_no_entropy_is_told() {
    let identity = figure(&[("map", "identity")]);
    assert!(identity.run.linear.n_negative > 0 && identity.run.linear.entropies.is_none());
    assert!(identity.run.over_d.iter().all(|at| at.linear.is_none()));
    assert!(stage(&identity, false).contains("no entropy") && !stage(&figure(&[]), false).contains("no entropy"));
    assert!(identity.caption(0, 0, Lang::En).text().contains("negative"));
    let relu = figure(&[("map", "relu"), ("n", "64"), ("d", "3"), ("seed", "1")]);
    assert_eq!((relu.run.linear.n_dead, relu.run.linear.rank), (6, 3));
    assert!(relu.caption(0, 0, Lang::En).text().contains("6 queries") && stage(&relu, false).contains("no entropy"));
}

/// A threshold that knows nothing of f32 counts its rounding; the stage strikes that number, and a question hides it.
#[test]
fn an_absolute_threshold_is_struck() {
    let figure = figure(&[]);
    assert!(stage(&figure, false).contains("chip-broken"));
    let covered = stage(&figure, true);
    assert!(!covered.contains("chip-broken") && covered.contains("rank ?") && !covered.contains("rank 8"));
    let run = &figure.run;
    assert_eq!(format!("{:.0e}", run.single[8] / run.single[0]), "2e-8", "what rounding leaves in f32");
    let full = rank::figure(&parse(&[("d", "64"), ("n", "16")]).0);
    assert_eq!((full.run.claimed, full.run.single_rank), (16, 16));
    assert!(!stage(&full, false).contains("chip-broken"), "nothing is wrong where all count");
}

fn right(questions: &[Question], id: &str) -> String {
    let question = questions.iter().find(|question| question.id == id).unwrap();
    question.answers.iter().find(|answer| answer.right).unwrap().text.clone()
}

#[test]
fn the_questions_are_answered_by_the_run() {
    let questions = figure(&[]).questions(Lang::En);
    assert_eq!(right(&questions, "values"), "8");
    assert_eq!(right(&questions, "doubled"), "not sharper");
    assert_eq!(right(&questions, "single"), "more than 8");
    let exp = figure(&[("map", "exp"), ("seed", "1")]).questions(Lang::En);
    assert_eq!(right(&exp, "doubled"), "sharper, but not like softmax");
    assert_eq!(right(&figure(&[("map", "cosine")]).questions(Lang::En), "values"), "9");
    let full = figure(&[("d", "32")]).questions(Lang::En);
    assert!(full.iter().all(|question| question.id != "values" && question.id != "doubled"), "nothing is cut, and no rank is to be had");
}

/// What a caption says of rank and of rows is so at every size, also where little or nothing is left.
#[test]
fn captions_say_what_the_tables_show() {
    let mut seen: Vec<&str> = Vec::new();
    for map in FeatureMap::ALL {
        for (n, d) in [("2", "1"), ("2", "2"), ("3", "1"), ("3", "2"), ("4", "9"), ("12", "4"), ("12", "12"), ("20", "33"), ("40", "1")] {
            for seed in ["0", "1", "2", "3", "4", "5"] {
                let figure = figure(&[("map", map.name()), ("n", n), ("d", d), ("seed", seed)]);
                let (soft, linear, n, m) = (&figure.run.softmax, &figure.run.linear, figure.inputs.n, figure.inputs.n_features());
                let said = figure.caption(0, 0, Lang::En).text();
                let mut says = |text: &'static str, so: bool| {
                    assert!(!said.contains(text) || so, "{map:?} {n} {d} {seed}: {said}");
                    if said.contains(text) {
                        seen.push(text);
                    }
                };
                says(" no flatter", linear.mean() <= soft.mean());
                says(" flatter", linear.mean() > soft.mean() || said.contains("no flatter"));
                says("Yet rows are flatter", linear.rank == n && linear.mean() > soft.mean());
                says("Rows of", linear.rank == m && m < n);
                says("full rank", linear.rank == n);
                says("could give", linear.rank < m.min(n));
                says("1 feature,", m == 1);
                says(" features", m > 1);
                says("all ", linear.n_dead == n && linear.rank == 0);
                says("1 query meets", linear.n_dead == 1);
                says("other rows", (1..n).contains(&linear.n_dead));
                says("too few for softmax", soft.rank < n);
                assert!(!said.starts_with("1 features") && !said.contains(": 1 queries"), "{said}");
                assert!(said.split_whitespace().count() <= 30, "{said}");
            }
        }
    }
    for text in
        [" no flatter", "Yet rows are flatter", "Rows of", "full rank", "1 feature,", "all ", "1 query meets", "too few for softmax"]
    {
        assert!(seen.contains(&text), "{text} is never said");
    }
}

#[test]
fn bad_input_gives_the_nearest_figure_and_says_so() {
    for (set, n, d) in [
        (("n", "128"), 64, 8),
        (("n", "0"), 2, 8),
        (("d", "-4"), 32, 1),
        (("d", "1e39"), 32, 64),
        (("map", "softmax"), 32, 8),
        (("seed", "🙂"), 32, 8),
    ] {
        let (values, n_problems) = parse(&[set]);
        assert_eq!(n_problems, 1, "{set:?}");
        let figure = rank::figure(&values);
        assert_eq!((figure.inputs.n, figure.inputs.d, figure.inputs.map), (n, d, FeatureMap::Elu1), "{set:?}");
    }
}

/// Every number of a reason is the one it names.
#[test]
fn reasons_name_their_own_numbers() {
    let figure = figure(&[]);
    let (run, why) = (&figure.run, |cell: &str| figure.why(0, cell, Lang::En).unwrap().text());
    let small = unrolled::content::number::scientific;
    for (cell, look) in [("rank:softmax", &run.softmax), ("rank:linear", &run.linear)] {
        assert!(why(cell).contains(&format!(
            "σ{} = {}",
            unrolled::content::number::subscript(look.rank),
            small(look.values[look.rank - 1])
        )));
        assert!(why(cell).contains(&format!("n·2⁻⁵²·σ₁ = {}", small(32.0 * f64::EPSILON * look.values[0]))), "{}", why(cell));
    }
    assert!(why("rank:linear").ends_with(&format!("σ₉ = {} is not: rank 8", small(run.linear.values[8]))), "{}", why("rank:linear"));
    assert!(why("rank:softmax").ends_with("all 32 count"));
    for cell in ["single", "claimed"] {
        assert!(
            why(cell).contains(&format!("σ₉ = {} is rounding", small(run.single[8]))) && why(cell).contains("29 are counted"),
            "{}",
            why(cell)
        );
        assert!(why(cell).ends_with("there are 8"));
    }
    for (cell, look) in [("softmax", &run.softmax), ("linear", &run.linear)] {
        let largest = look.weights.iter().copied().fold(0.0, f64::max);
        assert!(why(&format!("most:{cell}")).contains(&format!("the largest of 1,024 weights, {largest:.3}, is")), "{cell}");
        let list = look.entropies.as_ref().unwrap();
        let [low, high] = [f64::min, f64::max].map(|pick: fn(f64, f64) -> f64| list.iter().copied().reduce(pick).unwrap());
        let said = why(&format!("entropy:{cell}"));
        assert!(said.contains(&format!("is {low:.2} to {high:.2} nats in the 32 rows, {:.2} on average", look.mean().unwrap())), "{said}");
        assert!(said.ends_with("ln 32 = 3.47"));
    }
    assert_eq!(why("d:8"), "d = 8: rows of softmax have 2.18 nats on average, those of elu + 1 3.39");
}

/// Where every query meets no key, the table is nothing, and no singular value is said to count.
#[test]
fn a_table_without_weights_has_no_rank() {
    let empty = |seed: &u64| {
        let figure = figure(&[("map", "relu"), ("n", "2"), ("d", "1"), ("seed", &seed.to_string())]);
        (figure.run.linear.n_dead == 2).then_some(figure)
    };
    let figure = (0..40).find_map(|seed| empty(&seed)).unwrap();
    assert_eq!((figure.run.linear.rank, figure.run.single_rank, figure.run.claimed), (0, 0, 0));
    for cell in ["rank:linear", "single", "claimed"] {
        for (lang, said) in [(Lang::En, "every singular value is 0"), (Lang::Zh, "全是 0")] {
            let why = figure.why(0, cell, lang).unwrap().text();
            assert!(why.contains(said) && !why.contains('₀') && !why.contains("count"), "{cell}: {why}");
        }
    }
    assert!(figure.caption(0, 0, Lang::En).text().contains("all 2 queries"));
    // Two singular values have two indices, whatever ticks lie between.
    assert_eq!(stage(&figure, false).matches(">1</text>").count(), 2, "on either axis one");
}

#[test]
fn every_number_says_why() {
    for figure in [figure(&[]), figure(&[("map", "identity")]), figure(&[("d", "1"), ("n", "2")])] {
        let d = format!("d:{}", figure.inputs.d);
        for cell in
            ["rank:softmax", "rank:linear", "single", "claimed", "entropy:softmax", "entropy:linear", "most:softmax", "most:linear", &d]
        {
            for lang in Lang::ALL {
                assert!(figure.why(0, cell, lang).is_some_and(|why| !why.text().is_empty()), "{cell}");
            }
        }
        assert!(["rank", "rank:x", "d:7", "most:", "🙂"].iter().all(|cell| figure.why(0, cell, Lang::En).is_none()));
    }
}
