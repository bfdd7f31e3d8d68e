//! One snippet per rule that breaks it and must be reported, and a few that only look as if they did.

use crate::layers::{self, table};
use crate::rules::{check, check_manifest};

const MAP: &str = "\
| folder | what it is | may use |
| `src/algorithms` | mathematics | nothing |
| `src/kernels` | kernels | algorithms (the reference, in cases) |
| `src/trace` | steps | content (text, only) |
| `src/content` | words | nothing |
| `src/chapters` | chapters | algorithms, trace, kernels |
| `src/ui` [app] | widgets | trace |
| `src/app` [app] | page | everything |";

#[track_caller]
fn reported(path: &str, text: &str, expect: &str) {
    let problems = check(path, text);
    assert!(problems.iter().any(|problem| problem.contains(expect)), "{path}: nothing like `{expect}` in {problems:?}");
}

#[track_caller]
fn accepted(path: &str, text: &str) {
    assert_eq!(check(path, text), Vec::<String>::new());
}

#[track_caller]
fn layer(path: &str, source: &str, expect: &[&str]) {
    let chapters = ["one", "two"].map(str::to_string);
    let problems = layers::check(&table(MAP), &chapters, path, source);
    assert_eq!(problems.len(), expect.len(), "{problems:?}");
    for (problem, expect) in problems.iter().zip(expect) {
        assert!(problem.contains(expect), "`{expect}` is not in `{problem}`");
    }
}

#[test]
fn layers_are_reported() {
    layer("algorithms/softmax.rs", "use crate::trace::Step;", &[":1: `algorithms` must not use `trace`"]);
    layer("trace/mod.rs", "\nuse crate::{content::Lang, algorithms::{a, b}, ui::x};", &[":2: `trace` must not use `algorithms`", "`ui`"]);
    layer("trace/player.rs", "fn f() { let x = crate::ui::bar(); }", &["`ui`"]);
    layer("chapters/one/mod.rs", "use super::super::ui::Bar;", &["`ui`"]);
    layer("chapters/one/tiles.rs", "use crate::chapters::two::Step;", &["chapter `one` must not import chapter `two`"]);
    layer("chapters/one/tiles.rs", "use crate::chapters::{Chapter, two::Step};", &["chapter `two`"]);
    layer("chapters/one/tiles.rs", "use super::super::two::Step;", &["chapter `two`"]);
    layer("elsewhere/mod.rs", "", &["`elsewhere` is not in the code map"]);
}

#[test]
fn layers_are_not_seen_where_none_is_crossed() {
    layer("app/mod.rs", "use crate::ui::Bar;", &[]);
    layer("kernels/mod.rs", "// crate::ui\nuse crate::algorithms::softmax; const S: &str = \"crate::ui\";", &[]);
    layer(
        "chapters/one/mod.rs",
        "use crate::chapters::Chapter; use super::Entry; mod tests { use super::super::trace::Step; use super::*; }",
        &[],
    );
    layer("chapters/mod.rs", "pub mod one; use one::CHAPTER; use crate::chapters::two::CHAPTER;", &[]);
    layer("lib.rs", "pub use crate::app::App;", &[]);
}

#[test]
fn size_and_opening_are_reported() {
    reported("src/a.rs", "use x;\n", "opens with one `//!`");
    reported("src/a.rs", &format!("//! A.\n{}", "\n".repeat(400)), "401 lines, more than 400");
    reported("src/k/k.wgsl", &"\n".repeat(151), "more than 150");
    reported("static/a.css", &"\n".repeat(701), "more than 700");
    let body = "    x();\n".repeat(60);
    reported("src/a.rs", &format!("//! A.\nfn long(x: [f32; 2]) {{\n{body}}}\n"), "`long` has 62 lines");
    accepted(
        "src/a.rs",
        &format!("//! A.\ntrait T {{ fn short(&self, x: [f32; 2]); }}\nfn braces() {{\n    let s = \"{{\"; let c = '{{';\n}}\n{body}"),
    );
}

#[test]
fn unfinished_work_is_reported() {
    for word in ["todo!()", "unimplemented!()", "dbg!(x)", "#[ignore]", "#[ignore = \"slow\"]", "#[should_panic]", "std::thread::sleep(d)"]
    {
        reported("src/a.rs", &format!("//! A.\n{word};"), "is not done here");
    }
    reported("tests/e2e/a.mjs", "await page.waitForTimeout(100);", "waitForTimeout");
    reported("tests/e2e/a.mjs", "test.skip('x')", "test.skip");
    reported("scripts/x", "sleep 3", "sleep");
    accepted("src/a.rs", "//! A todo! in a comment, #[ignore]d.\nconst S: &str = r#\"todo!(\"dbg!\")\"#;\n");
}

#[test]
fn clocks_and_chance_below_ui_are_reported() {
    reported("src/chapters/one/a.rs", "//! A.\nuse std::collections::HashMap;", "no clock and no chance");
    reported("src/trace/a.rs", "//! A.\nlet now = std::time::Instant::now();", "`Instant`");
    accepted("src/ui/a.rs", "//! A.\nuse std::collections::HashMap;\n");
}

#[test]
fn what_the_policy_forbids_is_reported() {
    reported("index.html", "<p style=\"color: var(--ink)\">", "style=");
    reported("src/ui/a.rs", "//! A.\nlet s = \"<g style='fill: none'>\";", "style=");
    reported("src/ui/a.rs", "//! A.\nview! { <p style=\"x\"/> }", "style=");
    accepted("src/ui/a.rs", "//! No `style=` here.\nview! { <p class=\"a\" style:width=w/> }\nlet style = 3;\n");
}

#[test]
fn colours_are_reported() {
    for colour in ["#fff", "#faf9f6", "#faf9f6cc", "rgb(0, 0, 0)", "rgba(0, 0, 0, .5)", "hsl(1deg 2% 3%)", "oklch(1 2 3)"] {
        reported("static/figure.css", &format!("a {{ color: {colour}; }}"), "a colour outside");
        reported("src/ui/a.rs", &format!("//! A.\nlet fill = \"{colour}\";"), "a colour outside");
    }
    accepted("static/tokens.css", "a { --ink: #16191c; }");
    accepted("static/figure.css", "#tiles { color: var(--ink); }\n/* was #fff */\n@media print { a { color: currentColor; } }");
    accepted("src/ui/a.rs", "//! A.\n#[derive(Clone)]\nstruct A; // #123\nconst ID: &str = \"#figure\";\n");
}

#[test]
fn hosts_are_reported() {
    reported("src/app/a.rs", "//! A.\nlet url = \"https://cdn.example.net/x.js\";", "cdn.example.net");
    reported("src/app/a.rs", "//! A.\nlet url = \"https://github.com/x\";", "github.com");
    reported("index.html", "<script src=\"https://esm.sh/x\">", "esm.sh");
    reported("src/chapters/one/prose.en.md", "See http://blog.invalid/x.", "blog.invalid");
    reported("package-lock.json", "\"resolved\": \"x\"", "names no registry");
    accepted("src/algorithms/a.rs", "//! https://arxiv.org/abs/2205.14135\nconst NS: &str = \"http://www.w3.org/2000/svg\";\n");
    accepted("static/fonts/SOME-LICENSE.txt", "quoted as it is: https://www.example.net");
    accepted("src/content/citations.rs", "//! Sources.\nconst A: &str = \"https://arxiv.org/abs/1\";\n");
}

#[test]
fn kernel_extensions_are_reported() {
    reported("src/kernels/k/k.wgsl", "enable f16;", "neither f16 nor subgroups");
    reported("src/kernels/k/k.wgsl", "let x = subgroupAdd(1.0);", "neither f16 nor subgroups");
    accepted("src/kernels/k/k.wgsl", "// no f16, no subgroups\nlet x = 1.0;\n");
}

#[test]
fn web_dependencies_of_the_core_are_reported() {
    let manifest = |line: &str| check_manifest(&format!("[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n{line}\n"));
    assert_eq!(manifest("leptos_meta = \"0.8\"").len(), 1);
    assert_eq!(manifest("[dependencies.web-sys]\nversion = \"0.3\"").len(), 1);
    assert_eq!(manifest("[target.'cfg(unix)'.dependencies]\nwgpu = { version = \"30\" }").len(), 1);
    assert_eq!(manifest("wasm-bindgen = { version = \"0.2\", optional = true }\n[dev-dependencies]\nwgpu = \"30\"").len(), 0);
}
