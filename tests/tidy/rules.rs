//! Rules on the text of one file: `(path, text)` in, what is wrong with it out.

use crate::source::{code, functions, line_of, uncommented, words};

/// Everything that is wrong with one file.
pub fn check(path: &str, text: &str) -> Vec<String> {
    let rules = [opening, length, long_functions, banned, determinism, styles, colours, hosts, kernels, lock_file];
    rules.iter().flat_map(|rule| rule(path, text)).collect()
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

fn report(path: &str, text: &str, offsets: impl IntoIterator<Item = usize>, message: &str) -> Vec<String> {
    offsets.into_iter().map(|at| format!("{path}:{}: {message}", line_of(text, at))).collect()
}

/// The file without its comments, in the languages that have them.
fn without_comments(path: &str, text: &str) -> String {
    if has_extension(path, &["rs", "wgsl"]) {
        return uncommented(text);
    }
    text.lines()
        .map(|line| {
            let bare = line.trim_start();
            let is_comment = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
                "css" => bare.starts_with("/*") && bare.ends_with("*/"),
                "js" | "mjs" => ["//", "/*", "* "].iter().any(|open| bare.starts_with(open)),
                "html" => bare.starts_with("<!--") && bare.ends_with("-->"),
                _ => bare.starts_with('#'),
            };
            if is_comment { "" } else { line }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn opening(path: &str, text: &str) -> Vec<String> {
    let missing = has_extension(path, &["rs"]) && !text.starts_with("//! ");
    missing.then(|| format!("{path}:1: a module opens with one `//!` sentence: what it is for")).into_iter().collect()
}

fn length(path: &str, text: &str) -> Vec<String> {
    let most = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "rs" | "mjs" | "js" | "html" => 400,
        "css" => 700,
        "wgsl" => 150,
        "" if path.starts_with("scripts/") => 400,
        _ => return Vec::new(),
    };
    let lines = text.lines().count();
    (lines > most).then(|| format!("{path}: {lines} lines, more than {most}: usually two ideas in one room")).into_iter().collect()
}

fn long_functions(path: &str, text: &str) -> Vec<String> {
    if !has_extension(path, &["rs"]) {
        return Vec::new();
    }
    let long = functions(&code(text)).into_iter().filter(|(_, _, lines)| *lines > 60);
    long.map(|(name, first, lines)| format!("{path}:{first}: `{name}` has {lines} lines, more than 60")).collect()
}

fn banned(path: &str, text: &str) -> Vec<String> {
    const RUST: [&str; 6] = ["todo!", "unimplemented!", "dbg!", "#[ignore", "should_panic", "thread::sleep"];
    const SCRIPT: [&str; 6] = ["waitForTimeout", "test.skip", "test.only", "test.todo", "skip:", "only:"];
    const SHELL: [&str; 1] = ["sleep "];
    let (text, words): (String, &[&str]) = match path {
        _ if has_extension(path, &["rs"]) => (code(text), &RUST),
        _ if has_extension(path, &["mjs", "js"]) => (without_comments(path, text), &SCRIPT),
        _ if path.starts_with("scripts/") || path.starts_with(".ci/") => (without_comments(path, text), &SHELL),
        _ => return Vec::new(),
    };
    words
        .iter()
        .flat_map(|word| report(path, &text, text.match_indices(word).map(|(at, _)| at), &format!("`{word}` is not done here")))
        .collect()
}

/// Below `ui` the same inputs give the same frame, bit for bit.
fn determinism(path: &str, text: &str) -> Vec<String> {
    const OUTSIDE: [&str; 5] = ["src/ui/", "src/app/", "src/backend/", "src/bin/", "src/main.rs"];
    const CHANCE: [&str; 6] = ["HashMap", "HashSet", "Instant", "SystemTime", "thread_rng", "OsRng"];
    if !path.starts_with("src/") || !has_extension(path, &["rs"]) || OUTSIDE.iter().any(|outside| path.starts_with(outside)) {
        return Vec::new();
    }
    let code = code(text);
    CHANCE
        .iter()
        .flat_map(|word| report(path, &code, words(&code, word), &format!("`{word}`: no clock and no chance below `ui`")))
        .collect()
}

/// Files whose text can reach the page.
fn is_page(path: &str) -> bool {
    let in_place = path.starts_with("src/") || path.starts_with("static/") || path == "index.html";
    in_place && has_extension(path, &["rs", "html", "css", "js", "mjs", "md"])
}

fn styles(path: &str, text: &str) -> Vec<String> {
    if !is_page(path) {
        return Vec::new();
    }
    let text = without_comments(path, text);
    let attribute = |at: &usize| text[..*at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '"' || c == '\'');
    let found = text.match_indices("style=").map(|(at, _)| at).filter(attribute);
    report(path, &text, found, "the page's policy forbids `style=`: use a class, an SVG attribute or the CSSOM")
}

fn colours(path: &str, text: &str) -> Vec<String> {
    if !is_page(path) || path == "static/tokens.css" || has_extension(path, &["md"]) {
        return Vec::new();
    }
    let text = without_comments(path, text);
    let hex = text.match_indices('#').map(|(at, _)| at).filter(|at| is_hex_colour(&text[at + 1..]));
    let called = ["rgb", "rgba", "hsl", "hsla", "oklch", "oklab"]
        .iter()
        .flat_map(|name| words(&text, name).map(|at| (at, at + name.len())).filter(|(_, end)| text[*end..].starts_with('(')))
        .map(|(at, _)| at);
    report(path, &text, hex.chain(called), "a colour outside tokens.css")
}

fn is_hex_colour(rest: &str) -> bool {
    let n_digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let next = rest[n_digits..].chars().next().unwrap_or(' ');
    matches!(n_digits, 3 | 4 | 6 | 8) && !(next.is_alphanumeric() || next == '-' || next == '_')
}

fn hosts(path: &str, text: &str) -> Vec<String> {
    /// The page and its tests talk to nobody else; the first is a namespace, the others this machine and names that resolve nowhere.
    const IN_CODE: [&str; 5] = ["www.w3.org", "127.0.0.1", "localhost", "example.org", "example.com"];
    /// Links for readers.
    const IN_PROSE: [&str; 10] = [
        "arxiv.org",
        "doi.org",
        "github.com",
        "openreview.net",
        "aclanthology.org",
        "kexue.fm",
        "rustup.rs",
        "www.apache.org",
        "www.gust.org.pl",
        "www.w3.org",
    ];
    if path.contains("LICENSE") {
        return Vec::new();
    }
    let is_prose =
        !has_extension(path, &["rs", "mjs", "js", "css", "html", "wgsl", "toml", "yml", "json"]) || path.ends_with("citations.rs");
    let code = if is_prose { String::new() } else { without_comments(path, text) };
    let mut problems = Vec::new();
    for at in ["http://", "https://"].iter().flat_map(|scheme| text.match_indices(scheme).map(|(at, scheme)| at + scheme.len())) {
        let host = text[at..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).next().unwrap_or("");
        let in_code = !is_prose && code.lines().nth(line_of(text, at) - 1).is_some_and(|line| line.contains(&format!("//{host}")));
        let allowed = host.is_empty() || IN_CODE.contains(&host) || (!in_code && IN_PROSE.contains(&host));
        if !allowed {
            problems.push(format!("{path}:{}: names the host {host}", line_of(text, at)));
        }
    }
    problems
}

fn kernels(path: &str, text: &str) -> Vec<String> {
    if !has_extension(path, &["wgsl"]) {
        return Vec::new();
    }
    let code = uncommented(text);
    let found = ["f16", "subgroup"].iter().flat_map(|word| code.match_indices(word).map(|(at, _)| at));
    report(path, &code, found, "the baseline path uses neither f16 nor subgroups")
}

fn lock_file(path: &str, text: &str) -> Vec<String> {
    if path != "package-lock.json" {
        return Vec::new();
    }
    report(path, text, words(text, "resolved"), "a lock file names no registry: npm --omit-lockfile-registry-resolved")
}

/// What is wrong with `Cargo.toml`: the core's dependencies name nothing of the web or the GPU, and that of a feature is optional.
pub fn check_manifest(manifest: &str) -> Vec<String> {
    const OUTSIDE: [&str; 6] = ["leptos", "wgpu", "web-sys", "js-sys", "wasm-bindgen", "console_error_panic_hook"];
    let mut problems = Vec::new();
    for (header, body) in sections(manifest) {
        let (_, table) = header.rsplit_once("dependencies").map_or(("", None), |(before, after)| (before, Some(after)));
        let Some(table) = table.filter(|_| !header.contains("dev-dependencies")) else { continue };
        let entries: Vec<(&str, String)> = match table.strip_prefix('.') {
            Some(name) => vec![(name, body.join("\n"))],
            None => body.iter().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.trim(), value.to_string())).collect(),
        };
        for (name, value) in entries {
            let outside = OUTSIDE
                .iter()
                .any(|crate_name| name == *crate_name || name.starts_with(&format!("{crate_name}-")) || name.starts_with("leptos"));
            if outside && !value.contains("optional = true") {
                problems.push(format!("Cargo.toml: `{name}` in [{header}] is in the core's tree: make it optional"));
            }
        }
    }
    problems
}

fn sections(manifest: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections = vec![("", Vec::new())];
    for line in manifest.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(header) => sections.push((header, Vec::new())),
            None => sections.last_mut().into_iter().for_each(|(_, body)| body.push(line)),
        }
    }
    sections
}
