//! Every figure of every chapter, every step of its default and of every preset: located in `tests/chapters.rs`,
//! run with `cargo nextest run --no-default-features --test chapters`, for what the page would otherwise show first to a reader.
//! A new chapter is covered without an edit.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;
#[path = "chapters/svg.rs"]
mod svg;

use std::sync::Arc;

use proptest::prelude::*;
use svg::balanced;
use unrolled::chapters::{CHAPTERS, Chapter, Slot};
use unrolled::content::Lang;
use unrolled::figure::timeline::Axis;
use unrolled::figure::{Control, Figure, Kind, Metrics, Mode, Values, View};
use unrolled::kernels;
use unrolled::trace::Lane;

type Pairs = Vec<(String, String)>;

fn build(slot: &Slot, pairs: &[(String, String)]) -> Option<Arc<dyn Figure>> {
    let (values, _) = Values::parse(slot.spec.fields, pairs);
    let data = (slot.spec.data)(&values).map(|path| heads::file(&path));
    (slot.spec.code)()(&values, data.as_deref()).ok().map(|built| built.0)
}

fn presets(figure: &dyn Figure) -> Vec<Pairs> {
    let controls = figure.controls(Lang::En).into_iter().flat_map(|group| group.controls);
    let set = |set: Vec<(&'static str, String)>| set.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    controls
        .filter_map(|control| match control {
            Control::Preset { set: fields, .. } => Some(set(fields)),
            _ => None,
        })
        .collect()
}

/// Calls `check` with every figure, built from its default, each preset and each preset broken.
fn every(mut check: impl FnMut(&Chapter, &Slot, &dyn Figure, &str)) {
    for chapter in CHAPTERS {
        for slot in chapter.figures {
            let default = build(slot, &[]).expect("the default builds");
            let levers: Pairs = default
                .controls(Lang::En)
                .iter()
                .flat_map(|group| &group.controls)
                .filter_map(|control| match control {
                    Control::Break { field, off, .. } => Some((field.to_string(), off.to_string())),
                    _ => None,
                })
                .collect();
            let mut inputs = vec![vec![]];
            inputs.extend(presets(default.as_ref()));
            for mut pairs in inputs {
                for broken in [false, true] {
                    if broken {
                        pairs.extend(levers.clone());
                    }
                    let figure = build(slot, &pairs).unwrap_or_else(|| panic!("{}: {pairs:?} does not build", slot.spec.id));
                    check(chapter, slot, figure.as_ref(), &format!("{} {pairs:?}", slot.spec.id));
                }
            }
        }
    }
}

fn view(width: f64, mode: Mode, lang: Lang) -> View {
    let css = include_str!("../static/tokens.css");
    let block = match mode {
        Mode::Present => css.split("[data-present] {").last().unwrap(),
        _ => css,
    };
    let px = |name: &str| {
        let text = block.split(&format!("{name}: ")).nth(1)?.split([';', '}']).next()?;
        text.strip_suffix("rem")
            .map_or_else(|| text.trim_end_matches("px").parse().ok(), |rem| rem.parse::<f64>().ok().map(|rem| rem * 16.0))
    };
    View { width, mode, metrics: Metrics::from_tokens(px), lang, cell: None, asking: false }
}

#[test]
fn the_registry_is_sound() {
    for chapter in CHAPTERS {
        assert_eq!(chapter.figures.iter().filter(|slot| slot.main).count(), 1, "{}: one main figure", chapter.slug);
        for (idx, slot) in chapter.figures.iter().enumerate() {
            assert_eq!(slot.number, idx + 1, "{}: figures count in the order of the text", slot.spec.id);
            assert!(
                slot.spec
                    .fields
                    .iter()
                    .all(|field| !["fig", "step", "row", "backend", "theme", "present", "embed", "show", "lock"].contains(&field.name))
            );
        }
    }
}

#[test]
fn every_step_says_one_short_sentence_in_both_languages() {
    every(|_, _, figure, name| {
        for step in 0..=figure.last_step() {
            let row = figure.focus(step, None);
            let en = figure.caption(step, row, Lang::En).text();
            let zh = figure.caption(step, row, Lang::Zh).text();
            assert!(en.split_whitespace().count() <= 30, "{name} step {step}: {en}");
            assert!(!en.is_empty() && !zh.is_empty() && en != zh, "{name} step {step}: {en} | {zh}");
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name} step {step}: {zh}");
            assert!(!en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name} step {step}: {en}");
        }
    });
}

#[test]
fn every_step_lights_exactly_one_line_of_its_listing() {
    let sources: String = source_files().concat();
    every(|_, slot, figure, name| {
        let Some(listing) = figure.listing() else { return };
        assert!(slot.listings.contains(&listing), "{name}: {listing} is not among the figure's listings");
        if !slot.spec.player {
            assert_eq!(figure.line(0), None, "{name}: no line runs");
            return;
        }
        let text =
            sources.split(&format!("// listing: {listing}\n")).nth(1).expect("the listing exists").split("// end listing").next().unwrap();
        for step in 0..=figure.last_step() {
            let tag = figure.line(step).unwrap_or_else(|| panic!("{name} step {step}: no line"));
            assert_eq!(
                text.lines().filter(|line| line.ends_with(&format!("// @{tag}"))).count(),
                1,
                "{name} step {step}: @{tag} in {listing}"
            );
        }
    });
}

fn source_files() -> Vec<String> {
    let mut out = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/algorithms"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { out.push(std::fs::read_to_string(path).unwrap()) }
        }
    }
    out
}

#[test]
fn lanes_cover_the_run_and_have_a_readout_each() {
    every(|_, _, figure, name| {
        let (n, lanes) = (figure.last_step() + 1, figure.lanes(Lang::En));
        for step in [0, figure.poster(), n - 1] {
            assert_eq!(figure.readouts(step, figure.focus(step, None), Lang::En).len(), lanes.lanes.len(), "{name}");
        }
        for lane in &lanes.lanes {
            match lane {
                Lane::Structure { bars, ticks, .. } => {
                    assert_eq!((bars[0].start, bars.last().unwrap().end), (0, n), "{name}");
                    assert!(bars.windows(2).all(|pair| pair[0].end == pair[1].start) && ticks.iter().all(|tick| tick.step < n), "{name}");
                }
                Lane::Events { marks, .. } => {
                    assert!(marks.windows(2).all(|pair| pair[0].step <= pair[1].step) && marks.iter().all(|mark| mark.step < n), "{name}")
                }
                Lane::State { lines, .. } => assert!(lines.iter().all(|line| line.start + line.values.len() <= n), "{name}"),
                Lane::Cost { live, .. } => {
                    assert!(live.len() == n && live.windows(2).all(|pair| pair[0] <= pair[1]), "{name}: cost never falls")
                }
                Lane::Residual { live, ghost, .. } => {
                    assert!(live.len() == n && ghost.iter().all(|ghost| ghost.0.len() == n), "{name}");
                    assert!((0..n).all(|step| live[step] == figure.residual(step)), "{name}: the lane is the residual");
                }
            }
        }
        assert!(lanes.stops().iter().all(|stop| *stop < n), "{name}");
        let axis = Axis::new(&lanes, n, 960.0, Mode::Wide, &view(960.0, Mode::Wide, Lang::En).metrics);
        assert!((0..n).all(|step| axis.step_at(axis.x(step) + axis.step_w() / 2.0) == step), "{name}: a tap on a column is its step");
        assert_eq!((axis.step_at(-1e9), axis.step_at(1e9), axis.step_at(f64::NAN)), (0, n - 1, 0));
    });
}

#[test]
fn tables_are_rectangular_and_survive_csv() {
    every(|_, _, figure, name| {
        for step in (0..=figure.last_step()).step_by(7).chain([figure.last_step()]) {
            let table = figure.table(step, Lang::En);
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{name} step {step}");
            assert_eq!(table.csv().lines().count(), table.rows.len() + 1, "{name} step {step}");
        }
    });
}

#[test]
fn drawings_are_well_formed_at_every_width() {
    every(|_, _, figure, name| {
        for (width, mode) in [
            (328.0, Mode::Phone),
            (656.0, Mode::Wide),
            (790.0, Mode::Wide),
            (952.0, Mode::Wide),
            (1280.0, Mode::Wide),
            (1840.0, Mode::Present),
        ] {
            for lang in Lang::ALL {
                let view = view(width, mode, lang);
                balanced(&figure.backdrop(&view)).unwrap();
                for step in [0, 1, figure.last_step() / 3, figure.poster(), figure.last_step()] {
                    let drawing = figure.stage(step, figure.focus(step, None), &view);
                    let body = drawing.body();
                    balanced(&body).unwrap_or_else(|why| panic!("{name} step {step} at {width}: {why}"));
                    assert!(
                        drawing.height > 0.0
                            && drawing.height.is_finite()
                            && drawing.width <= width
                            && drawing.layers.len() <= unrolled::figure::Drawing::LAYERS
                    );
                    for bad in ["\"NaN\"", "\"inf\"", "style=", "=\"-inf"] {
                        assert!(!body.contains(bad), "{name} step {step} at {width}: {bad}");
                    }
                }
            }
        }
    });
}

#[test]
fn every_number_can_be_asked_why() {
    every(|_, _, figure, name| {
        for step in 0..=figure.last_step() {
            if let Some(cell) = figure.default_cell(step, figure.focus(step, None)) {
                for lang in Lang::ALL {
                    let why = figure.why(step, &cell, lang);
                    assert!(why.is_none_or(|why| !why.text().is_empty()), "{name} step {step}: {cell}");
                }
            }
        }
        for cell in ["", ":", "S", "S:99999:0", "O:-1", "m:x", "S:0:99999", "🙂:1:2"] {
            figure.why(figure.last_step(), cell, Lang::En);
        }
    });
}

#[test]
fn questions_have_exactly_one_right_answer_and_answer_every_choice() {
    let mut n_questions = 0;
    every(|_, _, figure, name| {
        for lang in Lang::ALL {
            for question in figure.questions(lang) {
                n_questions += 1;
                assert_eq!(question.answers.iter().filter(|answer| answer.right).count(), 1, "{name}: {question:?}");
                assert!((2..=4).contains(&question.answers.len()) && question.step <= figure.last_step(), "{name}: {question:?}");
                assert!(question.answers.iter().all(|answer| !answer.feedback.text().is_empty()), "{name}: {question:?}");
                let mut texts: Vec<&str> = question.answers.iter().map(|answer| answer.text.as_str()).collect();
                texts.sort();
                texts.dedup();
                assert_eq!(texts.len(), question.answers.len(), "{name}: two answers read the same: {question:?}");
            }
        }
    });
    assert!(n_questions > 0);
}

#[test]
fn what_the_prose_points_to_exists() {
    for chapter in CHAPTERS {
        for lang in ["en", "zh"] {
            let path = format!("{}/src/chapters/{}/prose.{lang}.md", env!("CARGO_MANIFEST_DIR"), chapter.slug.replace('-', "_"));
            for part in std::fs::read_to_string(&path).unwrap().split("{seek ").skip(1) {
                let (fig, anchor) = part.split('}').next().unwrap().split_once(' ').unwrap();
                let slot = chapter.figures.iter().find(|slot| slot.spec.id == fig).unwrap_or_else(|| panic!("{path}: no figure {fig}"));
                assert!(build(slot, &[]).unwrap().anchor(anchor).is_some(), "{path}: {fig} has no anchor {anchor}");
            }
        }
    }
}

#[test]
fn kernels_agree_with_the_reference_on_the_figures_own_inputs() {
    let mut ran = 0;
    every(|_, _, figure, name| {
        let Some(job) = figure.kernel() else { return };
        let kernel = job.kernel;
        assert!(kernels::find(kernel.name).is_some(), "{name}: a kernel of the table");
        let inputs: Vec<&[f32]> = job.inputs.iter().map(Vec::as_slice).collect();
        let twin = kernel.run_cpu(&job.uniform, &inputs).unwrap();
        kernel.tolerance.check(&twin, &job.reference).unwrap_or_else(|why| panic!("{name}: {why}"));
        let mut wrong = twin;
        wrong[0][0] += 0.5;
        assert!(kernel.tolerance.check(&wrong, &job.reference).is_err(), "the comparison can fail");
        ran += 1;
    });
    assert!(ran > 0);
}

/// The captions of the default runs, read as a story; `INSTA_UPDATE=always` accepts a change.
#[test]
fn golden_traces() {
    for chapter in CHAPTERS {
        for slot in chapter.figures {
            let figure = build(slot, &[]).unwrap();
            let line = |step: usize| {
                let row = figure.focus(step, None);
                let say = |lang| figure.caption(step, row, lang).text();
                format!("{step} {} | {} | {}\n", figure.line(step).unwrap_or("-"), say(Lang::En), say(Lang::Zh))
            };
            let story: String = (0..=figure.last_step()).map(line).collect();
            insta::assert_snapshot!(format!("{}-{}", chapter.slug, slot.spec.id), story);
        }
    }
}

fn some_pairs(slot: &'static Slot) -> impl Strategy<Value = Pairs> {
    let text = prop_oneof![
        Just("-4".to_string()),
        Just("1e39".into()),
        Just("NaN".into()),
        Just("🙂".into()),
        Just(String::new()),
        Just("1,2;3".into()),
        any::<String>()
    ];
    let value = move |kind: Kind| -> BoxedStrategy<String> {
        match kind {
            Kind::Choice(words) => prop::sample::select(words).prop_map(str::to_string).boxed(),
            Kind::Int(low, high) | Kind::OptInt(low, high) => (low..=high.min(low + 40)).prop_map(|n| n.to_string()).boxed(),
            Kind::Real(low, high) => (low..high).prop_map(|x| x.to_string()).boxed(),
            Kind::Text(..) | Kind::Long(..) => {
                prop_oneof![Just("1,2;3,4".to_string()), Just("5,5,5".into()), Just("-1;2;3".into())].boxed()
            }
        }
    };
    let pair = prop::sample::select(slot.spec.fields).prop_flat_map(move |field| {
        prop_oneof![8 => value(field.kind), 2 => text.clone()].prop_map(move |text| (field.name.to_string(), text))
    });
    prop::collection::vec(pair, 0..8)
}

/// Whatever stands in an address, there is a figure or a message, never a panic.
#[test]
fn any_address_gives_a_figure_or_a_message() {
    for slot in CHAPTERS.iter().flat_map(|chapter| chapter.figures) {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 60, ..ProptestConfig::default() });
        runner
            .run(&some_pairs(slot), |pairs| {
                let (values, _) = Values::parse(slot.spec.fields, &pairs);
                let data = (slot.spec.data)(&values).map(|path| heads::file(&path));
                match (slot.spec.code)()(&values, data.as_deref()) {
                    Ok((figure, _)) => {
                        let last = figure.last_step();
                        prop_assert!(last < unrolled::trace::MAX_STEPS);
                        for step in [0, figure.poster(), last, last + 7] {
                            let row = figure.focus(step, Some(999));
                            let view = view(952.0, Mode::Wide, Lang::En);
                            prop_assert!(balanced(&figure.stage(step, row, &view).body()).is_ok());
                            figure.caption(step, row, Lang::Zh);
                            figure.table(step, Lang::En);
                        }
                        figure.questions(Lang::En);
                    }
                    Err(problems) => prop_assert!(!problems.is_empty()),
                }
                Ok(())
            })
            .unwrap();
    }
}
