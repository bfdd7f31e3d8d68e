//! The reference vectors: every case of every file whose chapter exists, in f64 and in f32.
//!
//! Reads `tests/vectors/`, or the folder named by `UNROLLED_VECTORS`, which may hold a subset.
//! Run with `cargo nextest run --no-default-features --test vectors --no-capture`.

#![allow(clippy::unwrap_used, reason = "a test stops where its data cannot be read")]

mod vectors_support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use vectors_support::check::{Case, Check, Tolerances};
use vectors_support::{ch01, ch02, ch06, ch07, ch11, ch12};

/// How a case of one kind of file is run: finds what is wrong and says so to the check.
type Runner = fn(&Case, &mut Check);

/// One line per kind of file, by the name inside it; a longer name that begins with one of these is of that kind.
const RUNNERS: &[(&str, Runner)] = &[
    ("ch01_softmax_attention", ch01::softmax_attention),
    ("ch01_online_softmax_trace", ch01::online_softmax_trace),
    ("ch01_flash_tile_trace", ch01::flash_tile_trace),
    ("ch01_flash_backward", ch01::flash_backward),
    ("ch01_io_model", ch01::io_model),
    ("ch02_linear_attention", ch02::linear_attention),
    ("ch02_chunkwise_causal", ch02::chunkwise_causal),
    ("ch02_similarity_zoo", ch02::similarity_zoo),
    ("ch02_flop_model", ch02::flop_model),
    ("ch06_performer_favor", ch06::performer_favor),
    ("ch07_exp_feature_and_rank", ch07::exp_feature_and_rank),
    ("ch11_min_window", ch11::min_window),
    ("ch12_longest_consecutive", ch12::longest_consecutive),
];

#[derive(Debug, Default)]
struct Tally {
    files: usize,
    passed: usize,
    waiting: Vec<String>,
    failures: Vec<String>,
}

fn folder() -> PathBuf {
    std::env::var_os("UNROLLED_VECTORS").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"), PathBuf::from)
}

fn runner_of(name: &str) -> Option<Runner> {
    let fits = RUNNERS.iter().filter(|(kind, _)| name.starts_with(kind));
    fits.max_by_key(|(kind, _)| kind.len()).map(|(_, runner)| *runner)
}

/// Whether a chapter has any runner, by the `chNN` that its files' names begin with.
fn chapter_exists(name: &str) -> bool {
    RUNNERS.iter().any(|(kind, _)| chapter(kind) == chapter(name))
}

/// The `chNN` of a file's name. Section 6 is told in several chapters: there the method belongs to it.
fn chapter(name: &str) -> &str {
    let n_words = if name.starts_with("ch06_") { 2 } else { 1 };
    name.match_indices('_').nth(n_words - 1).map_or(name, |(end, _)| &name[..end])
}

fn run_file(file: &str, text: &str, tally: &mut Tally) {
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return tally.failures.push(format!("{file}: not JSON: {error}")),
    };
    let name = document["name"].as_str().unwrap_or(file.trim_end_matches(".json"));
    let Some(run) = runner_of(name) else {
        if chapter_exists(name) {
            tally.failures.push(format!("{file}: no runner for `{name}` of a chapter that exists"));
        } else {
            tally.waiting.push(file.to_string());
        }
        return;
    };
    let Some(cases) = document["cases"].as_array().filter(|cases| !cases.is_empty()) else {
        return tally.failures.push(format!("{file}: no cases"));
    };
    if document["n_cases"].as_u64().is_some_and(|n| n != cases.len() as u64) {
        tally.failures.push(format!("{file}: n_cases is {}, but there are {}", document["n_cases"], cases.len()));
    }
    tally.files += 1;
    let tolerances = Tolerances::read(&document["tolerance"]);
    for case in cases {
        let case_name = case["name"].as_str().unwrap_or("unnamed");
        let mut check = Check::new(format!("{file}: {case_name}"), tolerances);
        run(&Case::new(case), &mut check);
        if check.n_compared == 0 {
            check.fail("nothing was compared");
        }
        tally.passed += usize::from(check.failures.is_empty());
        tally.failures.extend(check.failures);
    }
}

fn run_folder(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
    paths.sort();
    assert!(!paths.is_empty(), "no vectors in {}", folder.display());
    for path in paths {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        run_file(&file, &text, &mut tally);
    }
    tally
}

#[test]
fn every_case_of_every_existing_chapter_agrees() {
    let tally = run_folder(&folder());
    if !tally.waiting.is_empty() {
        println!("chapter not written yet: {}", tally.waiting.join(", "));
    }
    for failure in &tally.failures {
        println!("{failure}");
    }
    assert!(tally.failures.is_empty(), "{} failures, {} cases passed", tally.failures.len(), tally.passed);
    println!("vectors: {} files, {} cases passed", tally.files, tally.passed);
}

/// Adds a thousandth to the first number found in a value; `true` once done.
fn perturb(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if number.is_f64() => {
            *value = Value::from(number.as_f64().unwrap_or(0.0) * 1.001 + 1e-3);
            true
        }
        Value::Number(number) => {
            *value = Value::from(number.as_u64().unwrap_or(0) + 1);
            true
        }
        Value::Bool(bit) => {
            *value = Value::Bool(!*bit);
            true
        }
        Value::Array(items) => items.iter_mut().any(perturb),
        Value::Object(fields) => fields.iter_mut().any(|(_, field)| perturb(field)),
        Value::Null | Value::String(_) => false,
    }
}

/// Every expected field, changed in one element of the last case that has it, must be noticed.
#[test]
fn one_wrong_element_in_any_field_fails() {
    for (kind, run) in RUNNERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{kind}.json"));
        let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let tolerances = Tolerances::read(&document["tolerance"]);
        let mut fields = std::collections::BTreeSet::new();
        for case in document["cases"].as_array().unwrap().iter().rev() {
            for field in case["expected"].as_object().unwrap().keys() {
                let mut wrong = case.clone();
                if !fields.contains(field) && perturb(&mut wrong["expected"][field]) {
                    fields.insert(field.clone());
                    let mut check = Check::new(format!("{kind}: {field}"), tolerances);
                    run(&Case::new(&wrong), &mut check);
                    assert!(!check.failures.is_empty(), "{kind}: a wrong `{field}` passed");
                }
            }
        }
        assert!(fields.len() >= 3, "{kind}: only {} fields could be changed", fields.len());
    }
}

/// A field that is shorter than the result is an error, not a shorter comparison.
#[test]
fn a_missing_row_fails() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/ch01_softmax_attention.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for field in ["out", "lse", "probs", "row_live"] {
        let mut short = document["cases"][0].clone();
        short["expected"][field].as_array_mut().unwrap().pop();
        let mut check = Check::new(field.to_string(), Tolerances::read(&document["tolerance"]));
        ch01::softmax_attention(&Case::new(&short), &mut check);
        assert!(!check.failures.is_empty(), "a shortened `{field}` passed");
    }
}

/// What others may hand us: subsets, fields that do not apply, chapters to come, longer names.
#[test]
fn a_foreign_folder_is_understood() {
    let case = serde_json::json!({
        "name": "one by one",
        "expected": {"probs": null, "lse": [0.0], "out": [[2.5]]},
        "inputs": {"scale": null, "v": [[2.5]], "k": [[0.0]], "q": [[3.0]], "mask_kind": "none", "key_keep": [1]},
    });
    let text = serde_json::json!({"cases": [case], "name": "ch01_softmax_attention_extra"}).to_string();
    let mut tally = Tally::default();
    run_file("a.json", &text, &mut tally);
    run_file("ch99_later.json", r#"{"name": "ch99_later", "cases": []}"#, &mut tally);
    assert_eq!((tally.files, tally.passed), (1, 1), "{tally:?}");
    assert_eq!(tally.waiting, ["ch99_later.json"]);
    run_file("ch01_unheard.json", r#"{"cases": []}"#, &mut tally);
    run_file("broken.json", "{", &mut tally);
    assert_eq!(tally.failures.len(), 2, "{tally:?}");
}
