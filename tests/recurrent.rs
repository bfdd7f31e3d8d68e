//! The figure `recurrent`: the storyboard's counts against its own run, what its levers break, its questions and bad inputs.
//!
//! Run with `cargo nextest run --no-default-features --test recurrent`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

use unrolled::chapters::linear_attention::recurrent::{self, Act, Recurrent};
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Values, View};

fn read(pairs: &[(&str, &str)]) -> (Recurrent, Vec<String>) {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, mut problems) = Values::parse(recurrent::FIELDS, &pairs);
    let (figure, more) = recurrent::figure(&values);
    problems.extend(more);
    (figure, problems.iter().map(|problem| problem.text(Lang::En).to_string()).collect())
}

fn figure(pairs: &[(&str, &str)]) -> Recurrent {
    let (figure, problems) = read(pairs);
    assert!(problems.is_empty(), "{problems:?}");
    figure
}

fn work(pairs: &[(&str, &str)]) -> u64 {
    let figure = figure(pairs);
    let last = figure.run.trace.at(figure.run.last());
    assert_eq!(last.work, figure.run.out.numerator, "the steps count all that the run counts");
    last.work
}

/// Chunks of 1 in the chunkwise form take 448, the recurrence itself 384; with d = 64 the table takes less than the recurrence.
#[test]
fn multiply_adds_of_the_dial() {
    assert_eq!(["1", "4", "12"].map(|chunk| work(&[("chunk", chunk)])), [384, 496, 624]);
    let default = figure(&[]);
    assert_eq!((default.rivals, default.chunks_of_one), ((384, 624), 448));
    assert_eq!(work(&[("n", "64"), ("chunk", "64")]), 16_640);
    assert_eq!((work(&[("n", "64")]), figure(&[("n", "64")]).chunks_of_one), (2048, 2528));
    let (recurrence, table) = figure(&[("n", "64"), ("d", "64")]).rivals;
    assert!(table < recurrence, "a table of {table} against a recurrence of {recurrence}");
}

/// What a cache would hold against the state, and the poster where it overtakes.
#[test]
fn the_cache_overtakes_the_state() {
    for (n, d, state, token) in [("12", "4", 20, 3), ("64", "64", 4160, 33)] {
        let figure = figure(&[("n", n), ("d", d)]);
        assert_eq!((figure.state(), figure.crossing), (state, Some(token)));
        let step = figure.anchor("crossing").unwrap();
        assert_eq!(figure.poster(), step);
        assert!(figure.cache(step) > state && figure.cache(step - 1) <= state);
        assert_eq!(figure.run.trace.at(step).arrived, token);
        let caption = figure.caption(step, 0, Lang::En).text();
        assert!(caption.contains("overtake") && caption.contains(&format!("{}", figure.crossing.unwrap())), "{caption}");
        // A state of sums never changes its size.
        assert!(figure.run.trace.iter().all(|step| (step.s.len() + step.z.len()) as u64 == state));
    }
    assert_eq!(figure(&[("n", "2")]).crossing, None);
}

#[test]
fn any_chunk_gives_the_same_answer() {
    for map in ["relu", "elu1", "exp", "square", "cosine"] {
        for chunk in 1..=12 {
            let figure = figure(&[("map", map), ("chunk", &chunk.to_string())]);
            let far = figure.apart.unwrap();
            let size = figure.run.out.o.iter().fold(1.0_f32, |most, x| most.max(x.abs()));
            assert!(far <= 4e-6 * f64::from(size), "{map}, chunks of {chunk}: {far:e}");
            assert!(figure.residual(figure.run.last()).unwrap() <= 4e-6 * f64::from(size), "{map}, chunks of {chunk}");
        }
    }
    // Other chunks do round in another way, so that the comparison compares something.
    assert!(figure(&[("chunk", "4")]).apart.unwrap() > 0.0);
}

/// With the future seen, another last token moves the first output; without, only the last one.
#[test]
fn a_sum_over_the_future_leaks() {
    let outputs = |pairs: &[(&str, &str)]| figure(pairs).run.out.o;
    let moved = |pairs: &[(&str, &str)]| {
        let other = [pairs, &[("last", "other")]].concat();
        let far = &outputs(pairs) - &outputs(&other);
        far.rows().into_iter().map(|row| row.iter().any(|x| *x != 0.0)).collect::<Vec<_>>()
    };
    assert_eq!(moved(&[]), [vec![false; 11], vec![true]].concat());
    assert_eq!(moved(&[("future", "on")]), vec![true; 12]);
    assert_eq!((figure(&[]).leak, figure(&[("n", "1")]).leak), (Some((1, 0.0)), None));
    // Keys that are shares of all positions have seen the last; the first output is its own value, whatever its only weight.
    let (token, far) = figure(&[("map", "double")]).leak.unwrap();
    assert!(moved(&[("map", "double")])[token - 1] && (2..12).contains(&token) && far > 1e-2, "output {token} moves by {far}");
    let broken = figure(&[("future", "on")]);
    let ((token, leak), step) = (broken.leak.unwrap(), broken.anchor("output").unwrap());
    let first = &outputs(&[("future", "on")]) - &outputs(&[("future", "on"), ("last", "other")]);
    assert_eq!(token, 1);
    assert_eq!(leak, first.row(0).iter().fold(0.0, |most, x| f64::from(x.abs()).max(most)));
    let caption = broken.caption(step, 0, Lang::En).text();
    assert!(caption.contains("token 12") && caption.contains(&unrolled::content::number::residual(leak)), "{caption}");
    // Every token is in before the first is answered.
    assert_eq!(broken.run.trace.at(step - 1).arrived, 12);
    assert!(broken.residual(broken.run.last()).unwrap() > 0.1 && broken.ghost.last().unwrap().unwrap() < 1e-5);
}

/// With all values 1 a mean prints 1; without the denominator the denominator itself, growing.
#[test]
fn a_sum_without_denominator_prints_the_denominator() {
    let mean = figure(&[("values", "ones")]);
    assert!(mean.run.out.o.iter().all(|x| (x - 1.0).abs() < 1e-5));
    let bare = figure(&[("values", "ones"), ("denominator", "off")]);
    let printed: Vec<f32> = bare.run.out.o.column(0).to_vec();
    assert!(printed.iter().zip(&bare.run.totals).all(|(x, total)| (x - total).abs() < 1e-4), "{printed:?}");
    assert!(printed[0] > 1.0 && printed[11] > 5.0 * printed[0], "{printed:?}");
    let ghost = figure(&[]).ghost;
    assert!(ghost.last().unwrap().unwrap() > 1.0, "the ghost of the default is the run without denominator");
}

#[test]
fn the_identity_makes_denominators_cross_zero() {
    let figure = figure(&[("map", "identity")]);
    assert!(figure.run.totals.iter().any(|total| *total <= 0.0) && figure.run.totals.iter().any(|total| *total > 0.0));
    let negative = figure.run.find(Act::Denominator, |step| step.totals.as_ref().unwrap()[0] <= 0.0).unwrap();
    assert!(figure.lanes(Lang::En).stops().contains(&negative));
    assert!(figure.caption(negative, 0, Lang::En).text().contains("not even positive"));
}

fn right(figure: &Recurrent, id: &str) -> Option<String> {
    let question = figure.questions(Lang::En).into_iter().find(|question| question.id == id)?;
    question.answers.iter().find(|answer| answer.right).map(|answer| answer.text.clone())
}

#[test]
fn questions_are_answered_by_the_run() {
    let default = figure(&[]);
    assert_eq!(right(&default, "size").unwrap(), "20");
    assert_eq!(right(&default, "crossing").unwrap(), "3");
    assert_eq!(right(&default, "fewest").unwrap(), "C = 1, the recurrence");
    assert_eq!(right(&default, "bare"), None);
    let wide = figure(&[("n", "64"), ("d", "64")]);
    assert_eq!(right(&wide, "size").unwrap(), "4,160");
    assert_eq!(right(&wide, "crossing").unwrap(), "33");
    assert_eq!(right(&wide, "fewest").unwrap(), "C = 64, one table", "d is too large for the recurrence to be the cheapest");
    let bare = figure(&[("values", "ones"), ("denominator", "off")]);
    assert_eq!(right(&bare, "bare").unwrap(), "more than 1, and growing with position");
    // Each is asked before its answer can be seen.
    for question in default.questions(Lang::En).iter().filter(|question| question.id == "crossing") {
        assert!(default.cache(question.step) <= default.state());
    }
}

#[test]
fn bad_inputs_say_what_is_done_instead() {
    for (pairs, message, chunk, n) in [
        (vec![("chunk", "99")], "there are 12 tokens", 12, 12),
        (vec![("chunk", "4"), ("future", "on")], "Going token by token", 1, 12),
        (vec![("n", "100000")], "Using 256", 1, 256),
        (vec![("n", "0")], "Using 1", 1, 1),
        (vec![("d", "-4"), ("map", "tanh")], "Using 1", 1, 12),
        (vec![("chunk", "1.5")], "Using 2", 2, 12),
    ] {
        let (figure, problems) = read(&pairs);
        assert!(problems.iter().any(|problem| problem.contains(message)), "{pairs:?}: {problems:?}");
        assert_eq!((figure.inputs.chunk.get(), figure.inputs.n()), (chunk, n), "{pairs:?}");
        assert!(figure.last_step() <= 10_000);
    }
}

/// The largest runs keep their drawings small, and every cell that is drawn can be asked why.
#[test]
fn every_number_drawn_has_a_reason() {
    let view = View { width: 830.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking: false };
    for pairs in [
        vec![],
        vec![("chunk", "5")],
        vec![("chunk", "12")],
        vec![("n", "1")],
        vec![("d", "1"), ("map", "cosine")],
        vec![("n", "256"), ("d", "64"), ("chunk", "32")],
        vec![("future", "on"), ("denominator", "off")],
        vec![("map", "double"), ("chunk", "3")],
    ] {
        let figure = figure(&pairs);
        let last = figure.run.last();
        for step in (0..=last).step_by((last / 40).max(1)) {
            let drawing = figure.stage(step, figure.focus(step, None), &view);
            let body = drawing.body();
            assert!(body.len() < 200_000 && drawing.height <= 430.0, "{pairs:?} step {step}: {} bytes, {} px", body.len(), drawing.height);
            let cells = body.split("data-cell=\"").skip(1).map(|part| part.split('"').next().unwrap());
            for cell in cells {
                let why = figure.why(step, cell, Lang::En).unwrap_or_else(|| panic!("{pairs:?} step {step}: no reason for {cell}"));
                assert!(!why.text().contains("NaN"), "{pairs:?} step {step} {cell}: {}", why.text());
            }
            let named = figure.default_cell(step, figure.focus(step, None)).unwrap();
            assert!(figure.why(step, &named, Lang::En).is_some(), "{pairs:?} step {step}: {named}");
        }
    }
}
