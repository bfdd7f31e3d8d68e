//! The block level of a prose file: what Markdown does not have is taken out line by line.

use super::{Fault, Source};

/// A block, with the line of the file at which it begins (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub line: usize,
    pub kind: Kind,
}

/// The kinds of block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `## Heading {#id}` (level 2) or `### Heading` (level 3).
    Heading { level: usize, id: Option<String>, text: String },
    /// Plain Markdown. `cont`: it goes on after a formula, within the same paragraph.
    Markdown { text: String, cont: bool },
    /// A paragraph that takes a figure to one of its anchors.
    Seek { figure: String, anchor: String, text: String },
    /// `$$ … $$ {#eq:name}`.
    Equation { tex: String, name: Option<String> },
    /// `::figure id`.
    Figure(String),
    /// `::listing name`.
    Listing(String),
    /// `::note` and its paragraph.
    Note(String),
    /// `:::spread`.
    Open,
    /// `:::`.
    Close,
}

/// Splits the lines from index `from` on.
pub(super) fn split(source: &Source, from: usize, faults: &mut Vec<Fault>) -> Vec<Block> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut blocks = Vec::new();
    let mut at = from;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let (kind, next) = one(source, &lines, at, &blocks, faults);
        if let Some(kind) = kind {
            blocks.push(Block { line: at + 1, kind });
        }
        at = next;
    }
    check_spreads(source, &blocks, faults);
    blocks
}

fn one(source: &Source, lines: &[&str], at: usize, before: &[Block], faults: &mut Vec<Fault>) -> (Option<Kind>, usize) {
    let line = lines[at].trim_end();
    if let Some(rest) = line.strip_prefix("{seek ") {
        return seek(source, lines, at, rest, faults);
    }
    if line.starts_with("$$") {
        return equation(source, lines, at, faults);
    }
    if line.starts_with('#') {
        return (heading(source, at, line, faults), at + 1);
    }
    if let Some(rest) = line.strip_prefix(":::") {
        let kind = match rest.trim() {
            "spread" => Some(Kind::Open),
            "" => Some(Kind::Close),
            other => {
                faults.push(source.fault(at + 1, format!("unknown block `:::{other}`")));
                None
            }
        };
        return (kind, at + 1);
    }
    if let Some(rest) = line.strip_prefix("::") {
        let (word, value) = rest.split_once(' ').unwrap_or((rest, ""));
        return match word {
            "figure" => (Some(Kind::Figure(value.trim().to_owned())), at + 1),
            "listing" => (Some(Kind::Listing(value.trim().to_owned())), at + 1),
            "note" => {
                let (text, next) = paragraph(lines, at, value);
                (Some(Kind::Note(text)), next)
            }
            other => {
                faults.push(source.fault(at + 1, format!("unknown embed `::{other}`")));
                (None, at + 1)
            }
        };
    }
    let follows = at > 0 && !lines[at - 1].trim().is_empty();
    let cont = follows && matches!(before.last(), Some(Block { kind: Kind::Equation { .. }, .. }));
    let next = markdown_end(lines, at);
    (Some(Kind::Markdown { text: lines[at..next].join("\n"), cont }), next)
}

fn is_special(line: &str) -> bool {
    line.starts_with("::") || line.starts_with("$$") || line.starts_with('#') || line.starts_with("{seek ")
}

/// The end of a run of plain Markdown; inside a code fence nothing is special.
fn markdown_end(lines: &[&str], from: usize) -> usize {
    let mut fenced = false;
    for (idx, line) in lines.iter().enumerate().skip(from) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && is_special(line) {
            return idx;
        }
    }
    lines.len()
}

/// `first` and the lines after `at` up to a blank or a special line.
fn paragraph(lines: &[&str], at: usize, first: &str) -> (String, usize) {
    let mut text = first.to_owned();
    let mut next = at + 1;
    while next < lines.len() && !lines[next].trim().is_empty() && !is_special(lines[next]) {
        text.push('\n');
        text.push_str(lines[next]);
        next += 1;
    }
    (text, next)
}

fn seek(source: &Source, lines: &[&str], at: usize, rest: &str, faults: &mut Vec<Fault>) -> (Option<Kind>, usize) {
    let Some((target, first)) = rest.split_once('}') else {
        faults.push(source.fault(at + 1, "`{seek …` is not closed by `}`"));
        return (None, at + 1);
    };
    let words: Vec<&str> = target.split_whitespace().collect();
    let (text, next) = paragraph(lines, at, first.trim_start());
    let [figure, anchor] = words[..] else {
        faults.push(source.fault(at + 1, format!("`{{seek {target}}}` wants a figure and an anchor")));
        return (None, next);
    };
    (Some(Kind::Seek { figure: figure.to_owned(), anchor: anchor.to_owned(), text }), next)
}

fn heading(source: &Source, at: usize, line: &str, faults: &mut Vec<Fault>) -> Option<Kind> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let text = line[level..].trim();
    if !(2..=3).contains(&level) {
        faults.push(source.fault(at + 1, "headings are `##` or `###`; the title is in the front matter"));
        return None;
    }
    let (text, id) = match text.rsplit_once("{#") {
        Some((text, id)) if id.ends_with('}') => (text.trim(), Some(id[..id.len() - 1].to_owned())),
        _ => (text, None),
    };
    if level == 2 && id.is_none() {
        faults.push(source.fault(at + 1, "a section wants an id: `## Heading {#id}`"));
    }
    Some(Kind::Heading { level, id, text: text.to_owned() })
}

fn equation(source: &Source, lines: &[&str], at: usize, faults: &mut Vec<Fault>) -> (Option<Kind>, usize) {
    let mut tex = String::new();
    for (idx, line) in lines.iter().enumerate().skip(at) {
        let part = if idx == at { &line[2..] } else { line };
        let Some(close) = part.find("$$") else {
            if line.trim().is_empty() {
                break;
            }
            tex.push_str(part);
            tex.push('\n');
            continue;
        };
        tex.push_str(&part[..close]);
        let label = part[close + 2..].trim();
        let name = label.strip_prefix("{#eq:").and_then(|name| name.strip_suffix('}'));
        if !label.is_empty() && name.is_none() {
            faults.push(source.fault(idx + 1, format!("after a displayed formula only `{{#eq:name}}` may stand, found `{label}`")));
        }
        return (Some(Kind::Equation { tex: tex.trim().to_owned(), name: name.map(str::to_owned) }), idx + 1);
    }
    faults.push(source.fault(at + 1, "`$$` is not closed before the paragraph ends"));
    (None, at + 1)
}

fn check_spreads(source: &Source, blocks: &[Block], faults: &mut Vec<Fault>) {
    let mut open: Option<(usize, usize)> = None;
    for block in blocks {
        match (&block.kind, &mut open) {
            (Kind::Open, None) => open = Some((block.line, 0)),
            (Kind::Open, Some((line, _))) => faults.push(source.fault(block.line, format!("a spread inside the spread of line {line}"))),
            (Kind::Close, None) => faults.push(source.fault(block.line, "`:::` closes nothing")),
            (Kind::Close, Some((line, figures))) => {
                if *figures != 1 {
                    faults.push(source.fault(*line, format!("a spread has exactly one `::figure`, this has {figures}")));
                }
                open = None;
            }
            (Kind::Figure(_), Some((_, figures))) => *figures += 1,
            _ => {}
        }
    }
    if let Some((line, _)) = open {
        faults.push(source.fault(line, "the spread is not closed by `:::`"));
    }
}
