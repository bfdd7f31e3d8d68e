//! The inline marks that Markdown does not have: roles, terms, citations and equation references.
//!
//! They are taken out before Markdown is read, each leaving one private-use character behind, so that
//! Markdown cannot misread them; the renderer puts their HTML back.

use super::{Fault, Source};

/// A mark taken out of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Words coloured by role begin.
    Role(char),
    /// They end.
    EndRole,
    /// A glossary term and the text to show.
    Term { key: String, shown: Option<String> },
    /// Sources, each with the place in it.
    Cite(Vec<(String, Option<String>)>),
    /// A numbered formula.
    EqRef(String),
}

const BASE: u32 = 0xE000;

/// Text without marks, and the marks.
pub(super) struct Marked {
    pub text: String,
    pub marks: Vec<Mark>,
}

impl Marked {
    /// The mark that a character stands for.
    pub fn get(&self, c: char) -> Option<&Mark> {
        (c as u32).checked_sub(BASE).and_then(|idx| self.marks.get(idx as usize))
    }

    fn push(&mut self, mark: Mark) {
        let stand_in = char::from_u32(BASE + self.marks.len() as u32).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.text.push(stand_in);
        self.marks.push(mark);
    }
}

/// Takes the marks out of `text`, which begins at `line` of the file.
pub(super) fn take_marks(source: &Source, text: &str, line: usize, faults: &mut Vec<Fault>) -> Marked {
    let mut out = Marked { text: String::with_capacity(text.len()), marks: Vec::new() };
    scan(source, text, line, &mut out, faults);
    out
}

fn scan(source: &Source, text: &str, first_line: usize, out: &mut Marked, faults: &mut Vec<Fault>) {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let line = first_line + text[..at].matches('\n').count();
        let taken = match c {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '`' => code_len(rest),
            '$' => rest[1..].find('$').map_or(1, |len| len + 2),
            '[' => {
                if let Some(len) = bracket(source, rest, line, out, faults) {
                    at += len;
                    continue;
                }
                1
            }
            c => c.len_utf8(),
        };
        out.text.push_str(&rest[..taken]);
        at += taken;
    }
}

/// The length of the code span at the beginning of `text`.
fn code_len(text: &str) -> usize {
    let ticks = text.bytes().take_while(|b| *b == b'`').count();
    let fence = &text[..ticks];
    text[ticks..].find(fence).map_or(ticks, |len| ticks + len + ticks)
}

/// Takes out the mark that begins with the `[` of `text`; returns its length, or `None` where it is ordinary.
fn bracket(source: &Source, text: &str, line: usize, out: &mut Marked, faults: &mut Vec<Fault>) -> Option<usize> {
    if let Some(inner) = text.strip_prefix("[[") {
        let end = inner.find("]]")?;
        let (key, shown) = match inner[..end].split_once('|') {
            Some((key, shown)) => (key, Some(shown.to_owned())),
            None => (&inner[..end], None),
        };
        out.push(Mark::Term { key: key.trim().to_owned(), shown });
        return Some(end + 4);
    }
    let end = closing(text)?;
    let inner = &text[1..end];
    if inner.starts_with('@') {
        let places = inner.split(';').map(str::trim).map(|one| {
            let one = one.trim_start_matches('@');
            match one.split_once([',', '，']) {
                Some((key, place)) => (key.trim().to_owned(), Some(place.trim().to_owned())),
                None => (one.to_owned(), None),
            }
        });
        out.push(Mark::Cite(places.collect()));
        return Some(end + 1);
    }
    if let Some(name) = inner.strip_prefix("eq:") {
        out.push(Mark::EqRef(name.to_owned()));
        return Some(end + 1);
    }
    let class = text[end + 1..].strip_prefix("{.")?;
    let close = class.find('}')?;
    let mut letters = class[..close].chars();
    match (letters.next(), letters.next()) {
        (Some(role @ ('q' | 'k' | 'v' | 'o' | 'm' | 'l' | 'w')), None) => out.push(Mark::Role(role)),
        _ => {
            faults.push(source.fault(line, format!("unknown role `.{}`", &class[..close])));
            out.push(Mark::Role('m'));
        }
    }
    scan(source, inner, line, out, faults);
    out.push(Mark::EndRole);
    Some(end + 1 + 2 + close + 1)
}

/// The index of the `]` that closes the `[` at the beginning.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (idx, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(idx);
        }
    }
    None
}
