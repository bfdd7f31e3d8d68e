//! The labs of linear attention and of the Performer: their plans are run to the end on the CPU, and judged by f64.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use std::num::NonZeroUsize;
use std::sync::Arc;

use ndarray::Array2;
use unrolled::algorithms::feature_map::FeatureMap;
use unrolled::algorithms::linear_attention::reference::linear_attention;
use unrolled::algorithms::linear_attention::{Denominator, Mapped, bracket, chunkwise};
use unrolled::algorithms::performer::{features, reference};
use unrolled::algorithms::{Mask, MaskKind};
use unrolled::chapters::{linear_attention::lab as linear, performer::lab as performer};
use unrolled::content::Lang;
use unrolled::figure::lab::head;
use unrolled::figure::lab::{Clock, Crossing, Device, Lab, Measured, Outcome, Refusal, Timed, Work};
use unrolled::figure::{Figure, Spec, Values};

fn values(spec: &Spec, pairs: &[(&str, &str)]) -> (Values, Option<Vec<u8>>) {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (values, problems) = Values::parse(spec.fields, &pairs);
    assert_eq!(problems, []);
    let data = (spec.data)(&values).map(|path| heads::file(&path));
    (values, data)
}

fn against(pairs: &[(&str, &str)]) -> Measured {
    let (values, data) = values(&linear::SPEC, pairs);
    Measured::new(Arc::new(linear::Against::new(head::read(&values, data.as_deref(), linear::SHORTEST).unwrap())))
}

fn estimate(pairs: &[(&str, &str)]) -> Measured {
    let (values, data) = values(&performer::SPEC, pairs);
    Measured::new(Arc::new(performer::Estimate::new(performer::read(&values, data.as_deref()).unwrap())))
}

/// An output of the CPU for a trial and the memory it took; no test reads a clock.
fn on_cpu(lab: &dyn Lab, idx: usize) -> Option<(Vec<f32>, u64)> {
    let trial = lab.trial(idx).unwrap();
    let Work::Cpu(start) = trial.work else { return None };
    let mut work = start(&trial.uniform, trial.inputs.clone()).unwrap();
    while work.step() {}
    let extra_bytes = work.extra_bytes();
    Some((work.finish().swap_remove(0), extra_bytes))
}

fn timed(ms: f64) -> Timed {
    Timed { samples: vec![ms], clock: Clock::Slices, imitated: false, extra_bytes: 64, error: 1e-7, strays: Some(0.5), apart: None }
}

/// The figure after trials up to `end`, where a trial has no GPU or what `time` says it took.
fn told(figure: Measured, end: usize, time: &dyn Fn(usize, &str, Device) -> Option<Outcome>) -> Arc<dyn Figure> {
    let (places, series) = (figure.plan.places().to_vec(), figure.plan.series());
    let mut shown: Arc<dyn Figure> = Arc::new(figure);
    for place in places.into_iter().take(end) {
        let of = &series[place.series];
        let outcome = time(place.x, of.name(Lang::En), of.device).unwrap_or(Outcome::Refused(Refusal::NoGpu));
        shown = shown.lab().unwrap().with(outcome);
    }
    shown
}

fn said(figure: &Arc<dyn Figure>) -> String {
    let [en, zh] = [Lang::En, Lang::Zh].map(|lang| figure.caption(0, 0, lang).text());
    assert!(en.split_whitespace().count() <= 30 && !zh.is_empty() && !en.contains("NaN") && !zh.contains("NaN"), "{en} {zh}");
    en.replace('\u{a0}', " ")
}

#[test]
fn every_output_is_that_of_its_own_function() {
    for pairs in [&[("n", "300")][..], &[("n", "300"), ("mask", "causal")], &[("n", "512"), ("d", "32")]] {
        let figure = against(pairs);
        let mut groups = std::collections::BTreeMap::<usize, Vec<Vec<f32>>>::new();
        for idx in 0..figure.n_trials() {
            let Some((output, extra_bytes)) = on_cpu(&figure, idx) else { continue };
            let error = figure.error(idx, &output);
            assert!(error < 5e-6 && extra_bytes > 0, "{pairs:?} {}: {error}", figure.trial_name(idx, Lang::En));
            assert_eq!(figure.strays(idx, &output).is_some(), figure.trial_name(idx, Lang::En).starts_with("linear"));
            groups.entry(figure.trial(idx).unwrap().group).or_default().push(output);
        }
        for outputs in groups.values().filter(|outputs| outputs.len() > 1) {
            let apart = outputs[0].iter().zip(&outputs[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-5, "two methods of one function, compared with each other");
        }
        assert_eq!(groups.len(), 2 * figure.plan.places().len() / linear::SERIES.len(), "two functions at each length");
    }
}

#[test]
fn the_rows_in_f64_are_those_of_the_definition() {
    for (mask, kind) in [("none", MaskKind::None), ("causal", MaskKind::CausalBottomRight)] {
        let (values, data) = values(&linear::SPEC, &[("n", "300"), ("mask", mask)]);
        let inputs = head::read(&values, data.as_deref(), linear::SHORTEST).unwrap();
        let parts = inputs.tiled.tokens(300);
        let wide = |part: &Vec<f32>| Array2::from_shape_fn((300, 64), |(row, c)| f64::from(part[row * 64 + c]));
        let [q, k, v] = [0, 1, 2].map(|part| wide(&parts[part]));
        let exact = linear_attention(FeatureMap::Elu1, &q, &k, &v, &Mask::new(kind, 300, 300), f64::from(1e-6f32)).out;
        for row in [0, 1, 255, 256, 299] {
            let apart = exact.row(row).iter().zip(linear::linear_row(&inputs, row, 300)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-12, "{mask}, row {row}: {apart}");
        }
    }
}

#[test]
fn the_formulas_count_what_the_runs_count() {
    for n in [1, 30, 63, 64, 65, 100, 128, 129, 200] {
        let shape = bracket::Factors::shape(n, 8, 8);
        let left = bracket::left(&shape, bracket::Between::Nothing, &mut |_| {}).cost.multiply_adds;
        let right = bracket::right(&shape, &mut |_| {}).cost.multiply_adds;
        assert_eq!((linear::softmax(n, 8, false), linear::linear(n, 8, false)), (left, right), "n = {n}");
        let x = Mapped::<f64>::new(FeatureMap::Elu1, &Array2::ones((n, 8)), &Array2::ones((n, 8)), &Array2::ones((n, 8)), 1e-6);
        let run = |chunk: usize| {
            let chunk = NonZeroUsize::new(chunk).unwrap();
            let rules = chunkwise::Rules { chunk, denominator: Denominator::On, last: chunkwise::LastState::Dropped };
            chunkwise::forward(&x, rules, &mut |_| {}).numerator
        };
        assert_eq!(linear::linear(n, 8, true), run(64), "causal, n = {n}");
        assert_eq!(linear::softmax(n, 8, true), run(n), "one chunk is the quadratic form");
    }
    for d in [32, 64] {
        assert_eq!(linear::crossover(d, false), d);
        let at = linear::crossover(d, true);
        let less = |n: usize| linear::linear(n, d, true) <= linear::softmax(n, d, true);
        assert!(!less(at - 1) && (at..at + 2000).all(less), "d = {d}: {at}");
    }
}

fn flat(x: usize, name: &str, gpu: bool) -> Option<Outcome> {
    let ms = match name {
        name if name.starts_with("linear") => 0.1 * x as f64,
        name if name.starts_with("standard") => 0.002 * (x * x) as f64,
        _ => 0.001 * (x * x) as f64,
    };
    Some(Outcome::Timed(Timed { clock: if gpu { Clock::Timestamps } else { Clock::Slices }, imitated: gpu, ..timed(ms) }))
}

#[test]
fn the_crossing_is_where_the_lines_cross() {
    // 0.1 n against 0.001 n^2: equal at 100.
    let shown = told(against(&[("n", "512")]), 999, &|x, name, device| flat(x, name, device == Device::Gpu));
    let text = said(&shown);
    assert!(text.contains("a GPU that the CPU imitates") && text.contains("from n ≈ 100") && text.contains("(counted: 64)"), "{text}");
    assert!(text.contains("51.2 ms against 262 ms"), "the faster softmax attention: {text}");
    let measured = told(against(&[("n", "512")]), 999, &|x, name, _| flat(x, name, false));
    assert!(said(&measured).contains("on the GPU"));
    let why = shown.why(0, "cross:1", Lang::En).unwrap().text();
    assert!(why.contains("n ≈ 100"), "{why}");
    assert!(shown.why(0, "counted:0", Lang::En).unwrap().text().contains("524,288"), "{:?}", shown.why(0, "counted:0", Lang::En));

    let always = |faster: f64| {
        move |x: usize, name: &str, device: Device| {
            let ms = if name.starts_with("linear") { faster } else { 1.0 } * x as f64;
            (device == Device::Cpu).then(|| Outcome::Timed(timed(ms)))
        }
    };
    let text = said(&told(against(&[("n", "512")]), 999, &always(0.5)));
    assert!(text.contains("the CPU") && text.contains("already at n = 16"), "{text}");
    let text = said(&told(against(&[("n", "512")]), 999, &always(2.0)));
    assert!(text.contains("no crossing seen up to n = 512"), "{text}");
}

#[test]
fn a_crossing_is_the_last_one() {
    let wavering = |x: usize, name: &str, device: Device| {
        let behind = [16, 64, 128].contains(&x);
        let ms = if name.starts_with("linear") == behind { 2.0 } else { 1.0 };
        (device == Device::Cpu).then(|| Outcome::Timed(timed(ms)))
    };
    let figure = against(&[("n", "512")]);
    let places = figure.plan.places().to_vec();
    let mut run = figure;
    for place in places {
        let of = &run.plan.series()[place.series];
        let outcome = wavering(place.x, of.name(Lang::En), of.device).unwrap_or(Outcome::Refused(Refusal::NoGpu));
        run = run.and(outcome);
    }
    let Some(Crossing::At(x)) = run.crossing(4, &[0, 2]) else { panic!("a crossing") };
    assert!((x - 128.0 * 2f64.sqrt()).abs() < 1e-9, "halfway between 128 and 256 on a logarithmic axis: {x}");
}

#[test]
fn linear_attention_says_what_state_it_is_in() {
    let nothing: Arc<dyn Figure> = Arc::new(against(&[]));
    assert!(said(&nothing).starts_with("Nothing is measured yet. Run times softmax and linear attention"));
    let started = told(against(&[]), 2, &|x, name, device| flat(x, name, device == Device::Gpu));
    assert!(said(&started).starts_with("Measuring"));
    let refused = |x: usize, name: &str, device: Device| match (name, device) {
        ("standard, GPU", _) if x > 128 => Some(Outcome::Refused(Refusal::TooLarge { needed: 1 << 30, limit: 1 << 27 })),
        ("standard, CPU", _) if x > 64 => Some(Outcome::Refused(Refusal::Slow(3000.0))),
        ("linear, CPU", _) => Some(Outcome::Refused(Refusal::Failed("lost".into()))),
        _ => flat(x, name, device == Device::Gpu),
    };
    let shown = told(against(&[("n", "512")]), 999, &refused);
    assert!(said(&shown).contains("from n ≈ 100"), "beyond the table FlashAttention stands in: {}", said(&shown));
    let notes = text_of(&shown);
    for part in ["standard, GPU from n = 256: does not fit: 1.1 GB of 134.2 MB", "given up: a smaller run took 3.00 s", "failed: lost"] {
        assert!(notes.contains(part), "{part} in {notes}");
    }
    let without = told(against(&[("n", "512")]), 999, &|x, name, device| (device == Device::Cpu).then(|| flat(x, name, false))?);
    assert_eq!(text_of(&without).matches("no GPU").count(), 1, "said once for all series");
    let table = without.table(0, Lang::En);
    assert_eq!(table.head[..3], ["method", "n", "median ms"]);
    assert!(table.rows.iter().any(|row| row[0] == "linear, CPU" && row[1] == "512" && row[2] == "51.2000" && row[9] == "0.5000"));
    let slower = told(against(&[("n", "2048")]), 999, &|x, name, device| {
        let outcome = flat(x, name, device == Device::Gpu);
        if name == "linear, CPU" { Some(Outcome::Timed(timed(1.0))) } else { outcome }
    });
    assert!(text_of(&slower).contains("The CPU is faster here."));
}

/// The words on the stage.
fn text_of(figure: &Arc<dyn Figure>) -> String {
    use unrolled::figure::{Metrics, Mode, View};
    let metrics = Metrics::from_tokens(|_| None);
    let view = View { width: 1200.0, mode: Mode::Wide, metrics, lang: Lang::En, cell: None, asking: false };
    let body = figure.stage(0, 0, &view).body();
    let texts = body.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text.trim()));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ").replace('\u{a0}', " ")
}

#[test]
fn the_performers_rows_are_those_of_the_definition() {
    let (values, data) = values(&performer::SPEC, &[("head", "3-1")]);
    let inputs = performer::read(&values, data.as_deref()).unwrap();
    let w = inputs.draw(32, 2);
    let wide = |x: &[f32], rows: usize| Array2::from_shape_fn((rows, 32), |(row, c)| f64::from(x[row * 32 + c]));
    let [q, k, v] = [inputs.tiled.queries(), inputs.tiled.keys(), inputs.tiled.values()].map(|x| wide(x, 256));
    let kernel = reference::kernel(&q, &k, &wide(&w, 32), features::Rules::TEXTBOOK);
    let ours = inputs.performer_rows(&w, 512);
    for row in [0, 100, 255] {
        let total = kernel.row(row).sum();
        let exact = kernel.row(row).dot(&v) / total;
        let apart = exact.iter().zip(ours(row)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-10, "row {row}: {apart}");
    }
}

/// The mean error of the first draws at a number of features, as the plan's trials give it.
fn error(figure: &Measured, m: usize, n_draws: usize) -> f64 {
    let draws: Vec<f64> = (0..figure.n_trials())
        .filter(|idx| performer::DRAWS.contains(&figure.plan.places()[*idx].series) && figure.plan.places()[*idx].x == m)
        .filter_map(|idx| figure.strays(idx, &on_cpu(figure, idx)?.0))
        .take(n_draws)
        .collect();
    assert_eq!(draws.len(), n_draws);
    draws.iter().sum::<f64>() / n_draws as f64
}

#[test]
fn the_performers_outputs_are_those_of_its_own_features() {
    let figure = estimate(&[("n", "300"), ("m", "32"), ("directions", "iid")]);
    let mut n_judged = 0;
    for idx in (0..figure.n_trials()).filter(|idx| figure.plan.places()[*idx].x <= 32 || figure.plan.places()[*idx].x == 300) {
        let Some((output, extra_bytes)) = on_cpu(&figure, idx) else { continue };
        let error = figure.error(idx, &output);
        assert!(error < 5e-5 && extra_bytes > 0, "{}: {error}", figure.trial_name(idx, Lang::En));
        assert!(figure.error(idx, &output[1..]).is_nan(), "a missing number is seen");
        n_judged += 1;
    }
    assert_eq!(n_judged, 12, "five draws at two numbers of features, and both methods at 300 tokens");
}

#[test]
fn more_features_help_the_kind_head_and_not_the_others() {
    let kind = estimate(&[]);
    for (m, draws, expected) in [(32, 5, 0.69), (128, 5, 0.57), (1024, 5, 0.46)] {
        let error = error(&kind, m, draws);
        assert!((error - expected).abs() < 0.03, "5/6, m = {m}: {error}");
    }
    for (head, low, high) in [("3-1", 0.75, 0.90), ("1-8", 0.93, 1.10)] {
        let error = error(&estimate(&[("head", head)]), 1024, 5);
        assert!((low..high).contains(&error), "{head}: {error}");
    }
}

#[test]
fn a_head_is_unkind_because_its_queries_are_long() {
    let square = |head: &str| {
        let (values, data) = values(&performer::SPEC, &[("head", head)]);
        performer::read(&values, data.as_deref()).unwrap().square
    };
    let [kind, long, longest] = ["5-6", "3-1", "1-8"].map(square);
    assert!((kind - 5.0).abs() < 0.5 && (long - 12.0).abs() < 1.0 && (longest - 23.0).abs() < 1.5, "{kind} {long} {longest}");
    let shown: Arc<dyn Figure> = Arc::new(estimate(&[("head", "1-8")]));
    assert!(text_of(&shown).contains(&format!("mean |q|²/√d is {longest:.0}")), "{}", text_of(&shown));
}

#[test]
fn the_performer_says_what_state_it_is_in() {
    let time = |stray: f64| {
        move |x: usize, name: &str, device: Device| {
            let ms = if name.starts_with("Flash") { 0.001 * (x * x) as f64 } else { 0.4 * x as f64 };
            let strays = Some(stray * 8.0 / (x as f64).sqrt().min(16.0));
            (device == Device::Cpu).then(|| Outcome::Timed(Timed { strays, ..timed(ms) }))
        }
    };
    let nothing: Arc<dyn Figure> = Arc::new(estimate(&[]));
    assert!(said(&nothing).starts_with("Nothing is measured yet. Run estimates softmax attention of head 5/6 with 16 to 1,024"));
    let first = told(estimate(&[]), 4, &time(0.4));
    assert!(
        said(&first).contains("with m = 16 features the output is off by 0.80") && said(&first).contains("in 3 of five draws so far"),
        "{}",
        said(&first)
    );
    let done = told(estimate(&[("n", "1024")]), 999, &time(0.4));
    assert!(
        said(&done).contains("off by 0.80 with m = 16, by 0.20 with m = 1,024. On the CPU, n = 1,024: 410 ms, FlashAttention 1.05 s"),
        "{}",
        said(&done)
    );
    assert!(done.why(0, "cross:0", Lang::En).unwrap().text().contains("n ≈ 400"), "0.4 n against 0.001 n²");
    assert!(done.why(0, "err:64", Lang::En).unwrap().text().contains("is 0.400; single draws from 0.400 to 0.400"));
    let lost = told(estimate(&[("n", "1024"), ("head", "1-8")]), 999, &time(2.0));
    assert!(said(&lost).contains("stays off by 1.00, even at m = 1,024: mean |q|²/√d is 23"), "{}", said(&lost));
    let gpu = told(estimate(&[]), 4, &|_, _, _| Some(Outcome::Refused(Refusal::Failed("x".into()))));
    assert!(said(&gpu).starts_with("Measuring"));
}

#[test]
fn a_file_of_another_length_is_refused_in_words() {
    let (values, _) = values(&performer::SPEC, &[]);
    for bytes in [None, Some(&[0u8; 12][..])] {
        let problems = performer::read(&values, bytes).err().unwrap();
        assert!(problems[0].text(Lang::Zh).contains("长度"));
    }
}

/// The rows on which an output is judged: all of a few, each once; of many the first, the last and some between.
#[test]
fn every_judged_row_is_judged_once() {
    for n in [1, 2, 16, 31, 32, 33, 2048] {
        let rows: Vec<usize> = unrolled::figure::lab::spread_rows(n).collect();
        assert_eq!(rows.len(), n.min(32), "{n}");
        assert_eq!((rows[0], rows[rows.len() - 1]), (0, n - 1), "{n}");
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]), "{n}: {rows:?}");
    }
}
