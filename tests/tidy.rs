//! The house rules that a machine can check; each rule is itself checked on a snippet that breaks it.

#![allow(clippy::unwrap_used, reason = "a helper of tests panics as its tests do")]

#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/snippets.rs"]
mod snippets;
#[path = "tidy/source.rs"]
mod source;

use std::fs;
use std::path::Path;

/// Folders that hold what was made, not what was written.
const NOT_OURS: [&str; 6] = ["target", "dist", "node_modules", "screenshots", ".git", "vectors"];

/// Every text file of the checkout, as path below the root and contents, in a fixed order.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file()
                && let Ok(text) = fs::read_to_string(entry.path())
            {
                found.push((entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn chapters(files: &[(String, String)]) -> Vec<String> {
    let names = files.iter().filter_map(|(path, _)| path.strip_prefix("src/chapters/")?.split_once('/').map(|(name, _)| name.to_string()));
    let mut names: Vec<String> = names.collect();
    names.dedup();
    names
}

#[track_caller]
fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_file_keeps_the_house_rules() {
    let files = files();
    assert!(files.iter().any(|(path, _)| path == "src/lib.rs"), "the walk found nothing");
    assert_none(
        files.iter().filter(|(path, _)| path != "tests/tidy/snippets.rs").flat_map(|(path, text)| rules::check(path, text)).collect(),
    );
}

#[test]
fn every_module_keeps_to_its_layer() {
    let files = files();
    let architecture = &files.iter().find(|(path, _)| path == "ARCHITECTURE.md").unwrap().1;
    let layers = layers::table(architecture);
    assert!(layers.len() >= 10 && layers["algorithms"] == Some(vec![]), "the code map of ARCHITECTURE.md was not understood: {layers:?}");
    let chapters = chapters(&files);
    let sources = files.iter().filter_map(|(path, text)| Some((path.strip_prefix("src/").filter(|path| path.ends_with(".rs"))?, text)));
    assert_none(sources.flat_map(|(path, text)| layers::check(&layers, &chapters, path, text)).collect());
}

#[test]
fn every_chapter_speaks_both_languages() {
    let files = files();
    let wanted = chapters(&files)
        .into_iter()
        .flat_map(|name| ["mod.rs", "prose.en.md", "prose.zh.md"].map(|file| format!("src/chapters/{name}/{file}")));
    assert_none(wanted.filter(|path| !files.iter().any(|(file, _)| file == path)).map(|path| format!("{path} is missing")).collect());
}

#[test]
fn the_core_depends_on_nothing_of_the_web() {
    assert_none(rules::check_manifest(include_str!("../Cargo.toml")));
}
