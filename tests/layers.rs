//! The core, built with no feature, has nothing of the web or the GPU in its tree.

#![allow(clippy::unwrap_used, reason = "a helper of tests panics as its tests do")]

use std::process::Command;

/// Crate names in the tree of normal dependencies of this package, for extra options of `cargo tree`.
fn tree(options: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--no-default-features", "-e", "normal", "--prefix", "none"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let names: Vec<String> = text.lines().filter_map(|line| line.split(' ').next()).map(str::to_string).collect();
    assert!(names.contains(&"ndarray".to_string()), "cargo tree printed no tree: {text}");
    names
}

fn outside(names: &[String]) -> Vec<&String> {
    const OUTSIDE: [&str; 6] = ["leptos", "wgpu", "web-sys", "js-sys", "wasm-bindgen", "naga"];
    names.iter().filter(|name| OUTSIDE.iter().any(|crate_name| name.starts_with(crate_name))).collect()
}

#[test]
fn the_core_has_no_leptos_wgpu_or_web_sys() {
    assert_eq!(outside(&tree(&[])), Vec::<&String>::new());
    // On wasm32 plotters names web-sys for a canvas that we do not use; nothing else of the core does.
    assert_eq!(outside(&tree(&["--target", "wasm32-unknown-unknown", "--prune", "plotters"])), Vec::<&String>::new());
}

#[test]
fn the_check_can_fail() {
    let names = tree(&["--features", "gpu"]);
    assert!(outside(&names).contains(&&"wgpu".to_string()), "{names:?}");
}
