//! The comparison of a chapter's two languages.

use super::Outline;

/// What differs between two outlines, in words; empty when they agree.
///
/// Compared are section ids, displayed formulas, embeds and seeks in their order, and inline formulas,
/// links and cited sources as sets: a sentence may name a symbol twice in one language and once in the other.
pub fn parity(a: &Outline, b: &Outline) -> Vec<String> {
    let mut out = Vec::new();
    for (what, left, right) in [
        ("section", &a.sections, &b.sections),
        ("displayed formula", &a.equations, &b.equations),
        ("embed", &a.embeds, &b.embeds),
        ("seek", &a.seeks, &b.seeks),
    ] {
        out.extend(first_difference(what, a, left, b, right));
    }
    for (what, left, right) in
        [("inline formula", &a.formulas, &b.formulas), ("link", &a.links, &b.links), ("source", &a.citations, &b.citations)]
    {
        for (from, has, to, lacks) in [(a, left, b, right), (b, right, a, left)] {
            for (value, line) in has.iter().filter(|(value, _)| !lacks.contains_key(*value)) {
                out.push(format!("{}:{line}: {what} `{value}` is not in {}", from.file, to.file));
            }
        }
    }
    out
}

fn first_difference(what: &str, a: &Outline, left: &[(String, usize)], b: &Outline, right: &[(String, usize)]) -> Option<String> {
    for idx in 0..left.len().max(right.len()) {
        match (left.get(idx), right.get(idx)) {
            (Some((x, _)), Some((y, _))) if x == y => {}
            (Some((x, line_x)), Some((y, line_y))) => {
                return Some(format!("{}:{line_x} and {}:{line_y}: {what} {} is `{x}` here and `{y}` there", a.file, b.file, idx + 1));
            }
            (Some((x, line)), None) => return Some(format!("{}:{line}: {what} `{x}` is not in {}", a.file, b.file)),
            (None, Some((y, line))) => return Some(format!("{}:{line}: {what} `{y}` is not in {}", b.file, a.file)),
            (None, None) => {}
        }
    }
    None
}
