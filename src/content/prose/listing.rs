//! Code listings: cut out of the tested source, tagged by line, highlighted with four classes.

use super::Fault;
use super::html::escape;
use std::collections::BTreeMap;

/// A line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its code, without tag and common indent.
    pub code: String,
    /// The tag by which a step lights it.
    pub tag: Option<String>,
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file it comes from.
    pub file: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// All listings of the source, by name.
#[derive(Clone, Debug, Default)]
pub struct Listings(BTreeMap<String, Listing>);

impl Listings {
    /// Cuts the listings out of source files, given as path and text.
    ///
    /// # Errors
    /// A listing that is not closed, a name used twice, a tag used twice in a listing.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Listings, Vec<Fault>> {
        let mut all = Listings::default();
        let mut faults = Vec::new();
        for (file, text) in files {
            all.add(file, text, &mut faults);
        }
        if faults.is_empty() { Ok(all) } else { Err(faults) }
    }

    /// The listing of that name.
    pub fn get(&self, name: &str) -> Option<&Listing> {
        self.0.get(name)
    }

    fn add(&mut self, file: &str, text: &str, faults: &mut Vec<Fault>) {
        let fault = |line: usize, what: String| Fault { file: file.to_owned(), line, what };
        let mut open: Option<(String, usize, Vec<Line>)> = None;
        for (idx, raw) in text.lines().enumerate() {
            let line = raw.trim();
            if let Some(name) = line.strip_prefix("// listing: ") {
                if let Some((other, ..)) = &open {
                    faults.push(fault(idx + 1, format!("listing `{name}` begins inside listing `{other}`")));
                }
                open = Some((name.trim().to_owned(), idx + 1, Vec::new()));
            } else if line == "// end listing" {
                let Some((name, at, lines)) = open.take() else {
                    faults.push(fault(idx + 1, "`// end listing` closes nothing".into()));
                    continue;
                };
                let listing = Listing { file: file.to_owned(), lines: without_common_indent(lines) };
                if self.0.insert(name.clone(), listing).is_some() {
                    faults.push(fault(at, format!("listing `{name}` exists twice")));
                }
            } else if let Some((_, _, lines)) = &mut open
                && !line.ends_with("// @hide")
            {
                let parsed = parse_line(raw);
                if let Some(tag) = &parsed.tag
                    && lines.iter().any(|other| other.tag.as_ref() == Some(tag))
                {
                    faults.push(fault(idx + 1, format!("tag `@{tag}` is used twice in a listing")));
                }
                lines.push(parsed);
            }
        }
        if let Some((name, at, _)) = open {
            faults.push(fault(at, format!("listing `{name}` is not closed by `// end listing`")));
        }
    }
}

fn parse_line(raw: &str) -> Line {
    match raw.rsplit_once("// @") {
        Some((code, tag)) if tag.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') => {
            Line { code: code.trim_end().to_owned(), tag: Some(tag.trim().to_owned()) }
        }
        _ => Line { code: raw.trim_end().to_owned(), tag: None },
    }
}

fn without_common_indent(mut lines: Vec<Line>) -> Vec<Line> {
    let indent = |code: &str| code.len() - code.trim_start().len();
    let common = lines.iter().filter(|line| !line.code.is_empty()).map(|line| indent(&line.code)).min().unwrap_or(0);
    for line in &mut lines {
        line.code = line.code.get(common..).unwrap_or("").to_owned();
    }
    lines
}

impl Listing {
    /// The listing as `<pre class="code">`; `label` names the scrollable region.
    pub fn html(&self, name: &str, label: &str) -> String {
        let mut out = format!(
            "<pre class=\"code\" data-listing=\"{}\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><code>",
            escape(name),
            escape(label)
        );
        for line in &self.lines {
            let tag = line.tag.as_ref().map(|tag| format!(" data-tag=\"{tag}\"")).unwrap_or_default();
            out.push_str(&format!("<span class=\"ln\"{tag}>{}\n</span>", highlight(&line.code)));
        }
        out.push_str("</code></pre>");
        out
    }

    /// The file's own name, shown above the listing.
    pub fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }
}

/// Keywords of Rust and WGSL.
const KEYWORDS: [&str; 38] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "enum",
    "false",
    "fn",
    "for",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "mut",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "true",
    "type",
    "use",
    "var",
    "where",
    "while",
    "workgroup",
    "storage",
    "uniform",
    "switch",
    "case",
    "default",
    "discard",
    "override",
];

/// One line of Rust or WGSL with the classes `kw`, `c` (comment), `s` (string), `n` (number).
pub fn highlight(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let (len, class) = token(rest, c);
        let (word, tail) = rest.split_at(len);
        if class.is_empty() {
            out.push_str(&escape(word));
        } else {
            out.push_str(&format!("<span class=\"{class}\">{}</span>", escape(word)));
        }
        rest = tail;
    }
    out
}

/// Length and class of the token that `rest`, beginning with `c`, begins with.
fn token(rest: &str, c: char) -> (usize, &'static str) {
    let run = |pred: fn(char) -> bool| rest.find(|c| !pred(c)).unwrap_or(rest.len());
    if rest.starts_with("//") {
        return (rest.len(), "c");
    }
    match c {
        '"' => (string_len(rest), "s"),
        '\'' => match char_len(rest) {
            Some(len) => (len, "s"),
            None => (1, ""),
        },
        '0'..='9' => {
            let len = run(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            // A range such as `0..n` is not part of the number.
            let len = rest[..len].find("..").unwrap_or(len);
            (rest[..len].trim_end_matches('.').len().max(1), "n")
        }
        c if c.is_alphabetic() || c == '_' => {
            let len = run(|c| c.is_alphanumeric() || c == '_');
            (len, if KEYWORDS.contains(&&rest[..len]) { "kw" } else { "" })
        }
        c => (c.len_utf8(), ""),
    }
}

fn string_len(rest: &str) -> usize {
    let mut escaped = false;
    for (idx, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return idx + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character literal, or `None` for a lifetime.
fn char_len(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?;
    }
    chars.next().filter(|(_, c)| *c == '\'').map(|(idx, _)| idx + 1)
}
