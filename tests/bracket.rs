//! The bracket that moves: what each order costs by the figure's own run, what a softmax forbids, and what a reader is told.
//!
//! Run with `cargo nextest run --no-default-features --test bracket`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use unrolled::chapters::linear_attention::bracket::{self, Act, Bracket, Grain, Order};
use unrolled::content::Lang;
use unrolled::figure::{Figure, Metrics, Mode, Problem, Values, View};
use unrolled::trace::Lane;

fn built(query: &str) -> (Bracket, Vec<Problem>) {
    let pairs: Vec<(String, String)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (a.into(), b.into())).collect();
    let (values, mut problems) = Values::parse(bracket::FIELDS, &pairs);
    let data = (bracket::SPEC.data)(&values).map(|path| heads::file(&path));
    let Ok((figure, more)) = bracket::figure(&values, data.as_deref()) else { panic!("{query} builds") };
    problems.extend(more);
    (figure, problems)
}

fn figure(query: &str) -> Bracket {
    let (figure, problems) = built(query);
    assert!(problems.is_empty(), "{query}: {problems:?}");
    figure
}

/// Multiply-adds and entries between: of the run, then of the other order.
fn costs(query: &str) -> [u64; 4] {
    let figure = figure(query);
    let last = figure.at(figure.last_step());
    let (run, rival) = (&figure.run.product, figure.run.rival);
    assert_eq!(last.multiply_adds, run.cost.multiply_adds, "{query}: the last step has made them all");
    assert_eq!(run.inner.len() as u64, run.cost.intermediate, "{query}");
    [last.multiply_adds, rival.multiply_adds, run.cost.intermediate, rival.intermediate]
}

fn stage(figure: &Bracket, step: usize, asking: bool) -> String {
    let view = View { width: 830.0, mode: Mode::Wide, metrics: Metrics::from_tokens(|_| None), lang: Lang::En, cell: None, asking };
    figure.stage(step, 0, &view).body()
}

#[test]
fn what_each_order_costs() {
    let cases = [
        ("", [216, 108, 36, 9]),
        ("order=right", [108, 216, 9, 36]),
        ("n=3&d=6&dv=6", [108, 216, 9, 36]),
        ("n=4&d=4&dv=4", [128, 128, 16, 16]),
        ("source=head&n=16&d=32&dv=32", [16_384, 32_768, 256, 1024]),
        ("source=long&n=256&d=32&dv=32", [4_194_304, 524_288, 65_536, 1024]),
        ("source=long&n=256&d=32&dv=32&order=right", [524_288, 4_194_304, 1024, 65_536]),
        ("n=1", [6, 18, 1, 9]),
        ("n=4&d=2&dv=8", [160, 128, 16, 16]),
    ];
    for (query, want) in cases {
        assert_eq!(costs(query), want, "{query}");
    }
}

/// A step is a multiply-add as long as there are at most 1,000, then an entry, then a row.
#[test]
fn steps_grow_with_the_run() {
    let cases = [
        ("", Grain::Each, 216),
        ("n=7&d=7&dv=7", Grain::Each, 686),
        ("n=8&d=8&dv=8", Grain::Entry, 128),
        ("source=head&n=16", Grain::Entry, 768),
        ("source=head&n=16&order=right", Grain::Row, 48),
        ("n=256&d=256&dv=1", Grain::Row, 512),
        ("softmax=on", Grain::Each, 216 + 6),
    ];
    for (query, grain, n_steps) in cases {
        let figure = figure(query);
        assert_eq!((figure.run.grain, figure.last_step() + 1), (grain, n_steps), "{query}");
    }
}

/// Each step carries on from the sum before it, and the finished sums are the matrices.
#[test]
fn sums_are_told_as_they_grow() {
    for query in ["", "order=right", "softmax=on", "n=4&d=2&dv=8&order=right"] {
        let figure = figure(query);
        let mut made = 0;
        for step in figure.run.trace.iter().filter(|step| step.act != Act::Softmax) {
            made += 1;
            assert_eq!(step.multiply_adds, made, "{query}");
            assert_eq!(step.sum[1], step.sum[0] + step.factors[0] * step.factors[1], "{query}: {step:?}");
            assert_eq!(step.inner == 0, step.sum[0] == 0.0, "{query}: {step:?}");
            if figure.run.complete(step) {
                let matrix = if step.act == Act::Inner { &figure.run.scores } else { &figure.run.product.out };
                assert_eq!(step.sum[1], matrix[[step.row, step.col]], "{query}: {step:?}");
            }
        }
    }
}

#[test]
fn both_orders_agree_to_rounding_and_it_is_said() {
    for query in ["", "order=right", "n=3&d=6&dv=6", "source=head&n=16", "source=long&n=256", "source=long&n=256&order=right"] {
        let figure = figure(query);
        let apart = figure.run.apart.expect("without a softmax");
        assert!((0.0..2e-6).contains(&apart), "{query}: {apart}");
        let last = figure.last_step();
        let most = figure.run.exact.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        assert!(figure.residual(last).is_some_and(|off| off < 4e-6 * most.max(1.0)), "{query}: {:?}", figure.residual(last));
        let said = figure.caption(last, 0, Lang::En).text();
        assert!(said.contains("The same answer") && !said.contains("another function"), "{said}");
        assert!(stage(&figure, last, false).contains("both orders equal to"), "{query}");
        assert!(!stage(&figure, last - 1, false).contains("both orders equal to"), "{query}: not before it is finished");
    }
    let tie = figure("n=4&d=4&dv=4");
    assert!(tie.caption(tie.last_step(), 0, Lang::En).text().contains("exactly as many"));
}

/// With a softmax between the products the bracket cannot move: asked to, the figure says why and stays.
#[test]
fn a_softmax_locks_the_bracket() {
    let (locked, problems) = built("order=right&softmax=on");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].field, "order");
    assert!(problems[0].en.contains("cannot pass the softmax") && problems[0].en.contains("`order=left`"), "{problems:?}");
    assert_eq!(locked.inputs.order, Order::Left);
    assert_eq!(locked.run.apart, None, "there is no other order to compare with");
    let weights = &locked.run.product.inner;
    assert!(weights.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    let free = figure("");
    assert!(free.run.product.out.iter().zip(&locked.run.product.out).any(|(a, b)| (a - b).abs() > 0.5), "it is another function");
    let (wall, open) = (stage(&locked, 0, false), stage(&free, 0, false));
    assert!(wall.contains("bk-wall") && wall.contains("hatch") && wall.contains("locked: ") && !wall.contains("data-set"));
    assert!(!open.contains("bk-wall") && open.contains("drag: ") && open.contains("data-set=\"order=right\""));
    let end = locked.run.end(Act::Inner).unwrap();
    assert!(locked.caption(end, 0, Lang::En).text().contains("locked around QKᵀ"));
    assert!(locked.caption(locked.last_step(), 0, Lang::En).text().contains("another function"));
    let Some(Lane::Cost { rivals, .. }) = locked.lanes(Lang::En).lanes.into_iter().nth(2) else { panic!("a lane of costs") };
    assert!(rivals.is_empty(), "another function is no rival");
}

/// The handle says where the bracket may rest, and stands where it does.
#[test]
fn the_handle_knows_both_places() {
    let places = |query: &str| {
        let body = stage(&figure(query), 0, false);
        let handle = body.split("class=\"handle\"").nth(1).expect("a handle").to_string();
        assert!(handle.contains("data-drag=\"order\"") && handle.contains("role=\"slider\"") && handle.contains("tabindex=\"0\""));
        let stops = handle.split("data-stops=\"left:").nth(1).unwrap().split('"').next().unwrap();
        let (left, right) = stops.split_once(" right:").unwrap();
        let knob = handle.split("bk-knob\" x=\"").nth(1).unwrap().split('"').next().unwrap().parse::<f64>().unwrap() + 24.0;
        (left.parse::<f64>().unwrap(), right.parse::<f64>().unwrap(), knob)
    };
    let ((left, right, at_left), (_, _, at_right)) = (places(""), places("order=right"));
    assert!(left < right && (at_left - left).abs() < 0.01 && (at_right - right).abs() < 0.01);
}

#[test]
fn questions_are_answered_by_runs() {
    let right = |query: &str, id: &str| {
        let figure = figure(query);
        let question = figure.questions(Lang::En).into_iter().find(|question| question.id == id).unwrap_or_else(|| panic!("{query}: {id}"));
        question.answers.into_iter().find(|answer| answer.right).unwrap().text
    };
    assert_eq!(right("", "moved"), "108");
    assert_eq!(right("order=right", "moved"), "216");
    assert_eq!(right("n=4&d=4&dv=4", "moved"), "128");
    assert_eq!(right("source=head&n=16", "dearer"), "2× dearer");
    assert_eq!(right("source=long&n=256", "dearer"), "8× cheaper");
    assert_eq!(right("source=long&n=32", "dearer"), "equal");
    assert_eq!(right("", "balance"), "n = 4");
    assert_eq!(right("d=2&dv=8", "balance"), "n = 4", "2·2·8/10 = 3.2");
    assert_eq!(right("d=256&dv=256", "balance"), "n = 257");
    assert_eq!(right("softmax=on", "needed"), "6");
    assert_eq!(right("softmax=on&source=head&n=16", "needed"), "16");
    // The storyboard's wrong answers stand beside the right one.
    let mut offered: Vec<String> = figure("").questions(Lang::En).remove(0).answers.into_iter().map(|answer| answer.text).collect();
    offered.sort();
    assert_eq!(offered, ["108", "216", "36", "54"]);
}

/// While a question is open, the stage does not answer it.
#[test]
fn a_question_is_not_answered_by_the_stage() {
    let figure = figure("");
    assert!(stage(&figure, 0, false).contains("Q(KᵀV): 108") && stage(&figure, 0, false).contains("other order 360"));
    let asked = stage(&figure, 0, true);
    assert!(!asked.contains("Q(KᵀV): 108") && asked.contains("Q(KᵀV) ?") && asked.contains("other order ?"));
}

#[test]
fn bad_inputs_give_a_message_and_the_nearest_figure() {
    let cases = [
        ("n=0", "n", (1, 3, 3)),
        ("d=300", "d", (6, 256, 3)),
        ("source=head&n=40", "n", (16, 32, 32)),
        ("source=head&d=5", "d", (6, 32, 32)),
        ("source=long&dv=7", "dv", (6, 32, 32)),
        ("source=long&layer=4&head=1", "head", (6, 32, 32)),
        ("order=up", "order", (6, 3, 3)),
        ("softmax=maybe", "softmax", (6, 3, 3)),
    ];
    for (query, field, sizes) in cases {
        let (figure, problems) = built(query);
        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [field], "{query}");
        assert_eq!(figure.inputs.sizes(), sizes, "{query}");
        assert!(!problems[0].en.is_empty() && problems[0].en != problems[0].zh, "{query}");
    }
    let damaged = bracket::figure(&Values::parse(bracket::FIELDS, &[("source".into(), "head".into())]).0, Some(&[1, 2, 3]));
    assert!(damaged.is_err_and(|problems| problems[0].field == "data"));
}

/// Every number that is drawn says why: the inputs, the finished entries, and the sum under way; what is not computed does not.
#[test]
fn every_number_says_why() {
    for query in ["", "order=right", "softmax=on"] {
        let figure = figure(query);
        for step in [0, 5, figure.last_step() / 2, figure.last_step()] {
            let body = stage(&figure, step, false);
            for cell in body.split("data-cell=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let shown = body.split(&format!("data-cell=\"{cell}\"")).nth(1).unwrap().split("</text>").next().unwrap();
                let why = figure.why(step, cell, Lang::En);
                let here = cell == figure.current(step);
                assert_eq!(why.is_some(), here || !shown.ends_with('·'), "{query} step {step}: {cell}");
            }
            assert!(figure.why(step, &figure.current(step), Lang::Zh).is_some());
        }
    }
    let line = figure("").why(10, "S:0:3", Lang::En).unwrap().text();
    assert_eq!(line, "2.67: QKᵀ[q0, k3] = 1.4358 + (−1.77) × (−0.70) = 2.6724, product 2 of 3");
}

/// A large power of two is taken out of V for the kernel, exactly.
#[test]
fn the_kernel_gets_outputs_of_order_one() {
    assert_eq!(figure("").kernel_factor(), 1.0);
    let long = figure("source=long&n=256");
    let factor = long.kernel_factor();
    assert!(factor < 1.0 && factor.log2().fract() == 0.0);
    let job = long.kernel().unwrap();
    assert!(job.reference[0].iter().all(|x| x.abs() <= 1.0) && job.reference[0].iter().any(|x| x.abs() > 0.5));
    assert!(figure("softmax=on").kernel().is_none());
}
