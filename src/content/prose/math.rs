//! LaTeX to MathML, with role colours as classes and no style attributes.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use std::collections::BTreeSet;

/// Roles in formulas, each with a colour that math-core carries through and that becomes a class.
const ROLES: [(&str, &str); 7] =
    [("q", "010001"), ("k", "010002"), ("v", "010003"), ("o", "010004"), ("l", "010005"), ("m", "010006"), ("w", "010007")];

/// Style declarations that math-core writes, and the class that stands for each (`page.css` has the rules).
const STYLES: [(&str, &str); 29] = [
    ("text-align:left", "ml"),
    ("justify-items:start", "ml"),
    ("text-align:right", "mr"),
    ("justify-items:end", "mr"),
    ("padding-left:0", "mpl0"),
    ("padding-right:0", "mpr0"),
    ("padding-left:1em", "mpl1"),
    ("padding-left:0.1em", "mpl01"),
    ("padding-right:0.1em", "mpr01"),
    ("padding-left:0.1667em", "mpl3"),
    ("padding-right:0.1667em", "mpr3"),
    ("padding-left:0.2222em", "mpl4"),
    ("padding-right:0.2222em", "mpr4"),
    ("padding-left:0.2778em", "mpl5"),
    ("padding-right:0.2778em", "mpr5"),
    ("padding-top:0", "mpt0"),
    ("padding-bottom:0", "mpb0"),
    ("padding-top:0.1667em", "mpt3"),
    ("margin-left:-0.1667em", "mneg3"),
    ("margin-left:-0.2222em", "mneg4"),
    ("margin-left:-0.2778em", "mneg5"),
    ("border-left:0.05emsolidcurrentcolor", "mbl"),
    ("border-right:0.05emsolidcurrentcolor", "mbr"),
    ("border-top:0.05emsolidcurrentcolor", "mbt"),
    ("border-left:0.05emdashedcurrentcolor", "mdl"),
    ("border-right:0.05emdashedcurrentcolor", "mdr"),
    ("border-top:0.05emdashedcurrentcolor", "mdt"),
    ("math-shift:compact", "mcompact"),
    ("width:100%", "mw100"),
];

/// How math-core begins a style attribute.
const ATTRIBUTE: &str = concat!(" style", "=\"");

/// How a formula is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// In a line of text.
    Inline,
    /// On its own.
    Block,
}

/// Converts a formula; the error says what is wrong with it, in words.
pub fn to_mathml(tex: &str, display: Display) -> Result<String, String> {
    let prepared = colour_roles(tex)?;
    let converter = LatexToMathML::new(MathCoreConfig::default()).map_err(|(error, ..)| error.to_string())?;
    let display = match display {
        Display::Inline => MathDisplay::Inline,
        Display::Block => MathDisplay::Block,
    };
    let result = converter.convert_with_local_state(&prepared, display).map_err(|error| format!("bad formula `{tex}`: {error}"))?;
    classes_for_styles(&result.mathml).map_err(|style| format!("formula `{tex}` needs the style `{style}`, for which there is no class"))
}

/// `\q{Q}` to a group with the role's colour.
fn colour_roles(tex: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = tex;
    while let Some(at) = rest.find('\\') {
        let (before, command) = rest.split_at(at);
        out.push_str(before);
        let name: String = command[1..].chars().take_while(char::is_ascii_alphabetic).collect();
        let after = &command[1 + name.len()..];
        if let Some((_, colour)) = ROLES.iter().find(|(role, _)| *role == name) {
            let body = braced(after).ok_or_else(|| format!("bad formula `{tex}`: `\\{name}` wants braces"))?;
            out.push_str(&format!("{{\\color[HTML]{{{colour}}}{}}}", colour_roles(body)?));
            rest = &after[body.len() + 2..];
        } else {
            // A command of one non-letter, such as `\,` or `\\`, is copied with its character.
            let skip = if name.is_empty() { command[1..].chars().next().map_or(0, char::len_utf8) } else { name.len() };
            out.push_str(&command[..1 + skip]);
            rest = &command[1 + skip..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// The inside of the braces with which `text` begins.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0;
    if !text.starts_with('{') {
        return None;
    }
    for (idx, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[1..idx]);
        }
    }
    None
}

/// Replaces each style attribute by a class, or names the declaration for which there is none.
fn classes_for_styles(mathml: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = mathml;
    while let Some(at) = rest.find(ATTRIBUTE) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + ATTRIBUTE.len()..];
        let end = tail.find('"').unwrap_or(tail.len());
        let mut names: Vec<&str> = Vec::new();
        for declaration in tail[..end].split(';').map(str::trim).filter(|d| !d.is_empty()) {
            let name = class_of(declaration).ok_or_else(|| declaration.to_owned())?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        out.push_str(&format!(" class=\"{}\"", names.join(" ")));
        rest = tail.get(end + 1..).unwrap_or("");
    }
    out.push_str(rest);
    Ok(out)
}

fn class_of(declaration: &str) -> Option<&'static str> {
    if let Some(colour) = declaration.strip_prefix("color:#") {
        return ROLES.iter().find(|(_, hex)| hex.eq_ignore_ascii_case(colour)).map(|(role, _)| *role);
    }
    let plain: String = declaration.chars().filter(|c| *c != ' ').collect();
    let rounded = match plain.split_once(':').and_then(|(key, value)| Some((key, value.strip_suffix("em")?.parse::<f64>().ok()?))) {
        Some((key, em)) => format!("{key}:{}em", (em * 1e4).round() / 1e4),
        None => plain,
    };
    STYLES.iter().find(|(style, _)| *style == rounded).map(|(_, class)| *class)
}

/// A formula as both languages must write it: no spaces, no words, no closing punctuation.
pub fn normalise(tex: &str) -> String {
    let mut out = String::new();
    let mut rest = tex;
    while let Some(at) = rest.find("\\text") {
        out.push_str(&rest[..at + 5]);
        let after = rest[at + 5..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
        rest = braced(after).map_or(after, |body| &after[body.len() + 2..]);
    }
    out.push_str(rest);
    out.retain(|c| !c.is_whitespace());
    out.trim_end_matches(['.', ',', ';', '。', '，', '；']).to_owned()
}

/// The characters that a piece of MathML draws.
///
/// Invisible operators draw nothing; a single letter in `<mi>` without `mathvariant="normal"` is drawn in
/// mathematical italics.
pub fn drawn_chars(mathml: &str) -> BTreeSet<char> {
    let mut chars = BTreeSet::new();
    for piece in mathml.split('<').skip(1) {
        let Some((tag, content)) = piece.split_once('>') else { continue };
        let content = super::html::text(content);
        let italic = (tag == "mi" || tag.starts_with("mi ") && !tag.contains("mathvariant")) && content.chars().count() == 1;
        chars.extend(
            content
                .chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '\u{2061}'..='\u{2064}'))
                .map(|c| if italic { math_italic(c) } else { c }),
        );
    }
    chars
}

/// The mathematical italic form of a letter (MathML Core, table of italic mappings).
fn math_italic(c: char) -> char {
    let shifted = |base: u32, first: char| char::from_u32(base + c as u32 - first as u32).unwrap_or(c);
    match c {
        'h' => 'ℎ',
        'A'..='Z' => shifted(0x1D434, 'A'),
        'a'..='z' => shifted(0x1D44E, 'a'),
        'Α'..='Ω' => shifted(0x1D6E2, 'Α'),
        'α'..='ω' => shifted(0x1D6FC, 'α'),
        'ı' => '\u{1D6A4}',
        'ȷ' => '\u{1D6A5}',
        'ϴ' => '\u{1D6F3}',
        '∇' => '\u{1D6FB}',
        '∂' => '\u{1D715}',
        'ϵ' => '\u{1D716}',
        'ϑ' => '\u{1D717}',
        'ϰ' => '\u{1D718}',
        'ϕ' => '\u{1D719}',
        'ϱ' => '\u{1D71A}',
        'ϖ' => '\u{1D71B}',
        c => c,
    }
}
