//! The layer rule, read from the table of ARCHITECTURE.md, so that document and rule cannot drift apart.

use crate::source::{close, code, is_word, line_of, word, words};
use std::collections::BTreeMap;

/// What each layer may use: `None` stands for everything.
pub type Layers = BTreeMap<String, Option<Vec<String>>>;

/// Reads the rows of the code map: folder, meaning, what it may use.
pub fn table(architecture: &str) -> Layers {
    let mut layers = Layers::new();
    for line in architecture.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [folder, _, may_use] = cells[..] else { continue };
        let Some(name) = folder.strip_prefix("`src/") else { continue };
        let uses = match without_parentheses(may_use).trim() {
            "everything" => None,
            "nothing" => Some(Vec::new()),
            list => Some(list.split(',').map(|layer| layer.trim().to_string()).collect()),
        };
        layers.insert(word(name).to_string(), uses);
    }
    layers
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|c| {
            depth += i32::from(*c == '(');
            let keep = depth == 0;
            depth -= i32::from(*c == ')');
            keep
        })
        .collect()
}

/// What is wrong with the paths of one file of `src/`, given as its path below `src/`.
pub fn check(layers: &Layers, chapters: &[String], path: &str, source: &str) -> Vec<String> {
    let module = module_path(path);
    let code = code(source);
    let Some(layer) = module.first() else { return Vec::new() };
    let Some(may_use) = layers.get(layer) else {
        return vec![format!("src/{path}: layer `{layer}` is not in the code map of ARCHITECTURE.md")];
    };
    let mut problems = Vec::new();
    for (line, target) in references(&code, &module) {
        let Some(used) = target.first().filter(|used| layers.contains_key(*used)) else { continue };
        let allowed = used == layer || may_use.as_ref().is_none_or(|uses| uses.contains(used));
        if !allowed {
            problems.push(format!("src/{path}:{line}: `{layer}` must not use `{used}` (ARCHITECTURE.md, code map)"));
        }
        let chapter = |path: &[String]| path.get(1).filter(|name| path[0] == "chapters" && chapters.contains(name)).cloned();
        if let (Some(own), Some(other)) = (chapter(&module), chapter(&target))
            && own != other
        {
            problems.push(format!("src/{path}:{line}: chapter `{own}` must not import chapter `{other}`"));
        }
    }
    problems.dedup();
    problems
}

/// `figure/mod.rs` is `[figure]`, `figure/table.rs` is `[figure, table]`; the crate's root and the page's `main` belong to no layer.
fn module_path(path: &str) -> Vec<String> {
    if path == "lib.rs" || path == "main.rs" {
        return Vec::new();
    }
    let stem = path.trim_end_matches(".rs");
    stem.trim_end_matches("/mod").split('/').map(str::to_string).collect()
}

/// Line and absolute path (its first two names) of everything reached through `crate::`, `unrolled::` or `super::`.
fn references(code: &str, module: &[String]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for root in ["crate", "unrolled"] {
        for at in words(code, root) {
            if let Some(rest) = code[at + root.len()..].strip_prefix("::") {
                found.extend(targets(rest, &[]).into_iter().map(|target| (line_of(code, at), target)));
            }
        }
    }
    for at in words(code, "super").filter(|at| !code[..*at].ends_with("super::")) {
        let n_up = code[at..].split("::").take_while(|name| *name == "super").count();
        let rest = &code[at..][n_up * "super::".len()..];
        let here: Vec<String> = module.iter().cloned().chain(inline_modules(code, at)).collect();
        let base = &here[..here.len().saturating_sub(n_up)];
        found.extend(targets(rest, base).into_iter().map(|target| (line_of(code, at), target)));
    }
    found
}

/// The paths that begin with `rest`, below `base`: one, or one for each member of a `{…}` group.
fn targets(rest: &str, base: &[String]) -> Vec<Vec<String>> {
    if base.len() >= 2 {
        return vec![base.to_vec()];
    }
    let Some(group) = rest.strip_prefix('{') else {
        let name = word(rest);
        let below: Vec<String> = base.iter().cloned().chain((!name.is_empty()).then(|| name.to_string())).collect();
        let next = rest[name.len()..].strip_prefix("::");
        return match next {
            Some(next) if !name.is_empty() && below.len() < 2 => targets(next, &below),
            _ => vec![below],
        };
    };
    let inside = &group[..close(rest, 0).saturating_sub(2).min(group.len())];
    members(inside).into_iter().flat_map(|member| targets(member.trim_start(), base)).collect()
}

/// Splits a group at the commas that stand in no inner group.
fn members(inside: &str) -> Vec<&str> {
    let mut depth = 0;
    inside
        .split(move |c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        })
        .filter(|member| member.contains(is_word))
        .collect()
}

/// Names of the inline modules (`mod tests { … }`) around an offset.
fn inline_modules(code: &str, offset: usize) -> Vec<String> {
    words(code, "mod")
        .filter_map(|at| {
            let rest = code[at + 3..].trim_start();
            let name = word(rest);
            let open = code.len() - rest.len() + name.len();
            let open = open + code[open..].len() - code[open..].trim_start().len();
            (code[open..].starts_with('{') && (open..close(code, open)).contains(&offset)).then(|| name.to_string())
        })
        .collect()
}
