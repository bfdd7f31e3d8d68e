//! Parameters read from an address and written back: total, with a message for everything not understood.

use super::fields::{Field, Kind};
use crate::content::Lang;

/// What could not be read as written, in both languages, and what was done instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The parameter or control concerned.
    pub field: String,
    /// English.
    pub en: String,
    /// 简体中文.
    pub zh: String,
}

impl Problem {
    /// A problem with a field.
    pub fn new(field: impl Into<String>, en: impl Into<String>, zh: impl Into<String>) -> Problem {
        Problem { field: field.into(), en: en.into(), zh: zh.into() }
    }

    /// The message in a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.zh)
    }
}

/// The validated value of every field, in the order of its declaration.
#[derive(Clone, Debug)]
pub struct Values {
    fields: &'static [Field],
    written: Vec<String>,
}

impl PartialEq for Values {
    /// Values of the same fields that are written the same.
    fn eq(&self, other: &Values) -> bool {
        std::ptr::eq(self.fields, other.fields) && self.written == other.written
    }
}

impl Values {
    /// All defaults.
    pub fn defaults(fields: &'static [Field]) -> Values {
        Values { fields, written: fields.iter().map(|field| field.default.to_string()).collect() }
    }

    /// Reads name-value pairs. Names that are not a field are left to the caller; each bad value gives a problem and the nearest valid one.
    pub fn parse(fields: &'static [Field], pairs: &[(String, String)]) -> (Values, Vec<Problem>) {
        let mut values = Values::defaults(fields);
        let mut problems = Vec::new();
        for (name, text) in pairs {
            if let Some(idx) = fields.iter().position(|field| field.name == name) {
                let (written, problem) = read(&fields[idx], text);
                values.written[idx] = written;
                problems.extend(problem);
            }
        }
        (values, problems)
    }

    /// Name-value pairs of what differs from the defaults; `long` chooses the fields of the fragment or those of the query.
    pub fn pairs(&self, long: bool) -> Vec<(&'static str, &str)> {
        self.fields
            .iter()
            .zip(&self.written)
            .filter(|(field, written)| *written != field.default && matches!(field.kind, Kind::Long(..)) == long)
            .map(|(field, written)| (field.name, written.as_str()))
            .collect()
    }

    /// The fields.
    pub fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// Whether every field has its default.
    pub fn is_default(&self) -> bool {
        self.fields.iter().zip(&self.written).all(|(field, written)| written == field.default)
    }

    /// The written value of a field; empty if there is no such field.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().position(|field| field.name == name).map_or("", |idx| &self.written[idx])
    }

    /// A whole number, or `None` if the field is absent or optional and empty.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// A size: a whole number that is never negative.
    pub fn size(&self, name: &str) -> usize {
        self.int(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// A real number.
    pub fn real(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap_or(0.0)
    }

    /// Whether a choice is set to `word`.
    pub fn is(&self, name: &str, word: &str) -> bool {
        self.text(name) == word
    }

    /// The values after a field was set from text, with a problem if it was not valid.
    pub fn set(&self, name: &str, text: &str) -> (Values, Option<Problem>) {
        let mut next = self.clone();
        let Some(idx) = self.fields.iter().position(|field| field.name == name) else { return (next, None) };
        let (written, problem) = read(&self.fields[idx], text);
        next.written[idx] = written;
        (next, problem)
    }
}

/// At most so many characters of a reader's text appear in a message.
fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

fn read(field: &Field, text: &str) -> (String, Option<Problem>) {
    let problem = |en: String, zh: String| Some(Problem::new(field.name, en, zh));
    let shown = format!("`{}={}`", field.name, quote(text));
    match field.kind {
        Kind::Choice(words) => match words.iter().find(|word| **word == text) {
            Some(word) => (word.to_string(), None),
            None => (
                field.default.to_string(),
                problem(
                    format!("{shown}: the choices are {}. Using {}.", words.join(", "), field.default),
                    format!("{shown}：可选的是 {}。现用 {}。", words.join("、"), field.default),
                ),
            ),
        },
        Kind::OptInt(..) if text.is_empty() => (String::new(), None),
        Kind::Int(low, high) | Kind::OptInt(low, high) => match text.trim().parse::<f64>() {
            Ok(n) if n.is_finite() && n.fract() == 0.0 && (low as f64..=high as f64).contains(&n) => (format!("{}", n as i64), None),
            Ok(n) if !n.is_nan() => {
                let near = n.round().clamp(low as f64, high as f64) as i64;
                let written = near.to_string();
                let messages = problem(
                    format!("{shown}: this takes a whole number from {low} to {high}. Using {near}."),
                    format!("{shown}：这里要 {low} 到 {high} 之间的整数。现用 {near}。"),
                );
                (written, messages)
            }
            _ => (
                field.default.to_string(),
                problem(
                    format!("{shown}: not a number. Using {}.", or_none(field.default).0),
                    format!("{shown}：不是数。现用 {}。", or_none(field.default).1),
                ),
            ),
        },
        Kind::Real(low, high) => match text.trim().parse::<f64>() {
            Ok(x) if (low..=high).contains(&x) => (text.trim().to_string(), None),
            Ok(x) if !x.is_nan() => {
                let near = x.clamp(low, high);
                (
                    near.to_string(),
                    problem(
                        format!("{shown}: this takes a number from {low} to {high}. Using {near}."),
                        format!("{shown}：这里要 {low} 到 {high} 之间的数。现用 {near}。"),
                    ),
                )
            }
            _ => (
                field.default.to_string(),
                problem(format!("{shown}: not a number. Using {}.", field.default), format!("{shown}：不是数。现用 {}。", field.default)),
            ),
        },
        Kind::Text(most, _) | Kind::Long(most, _) if text.len() > most => (
            field.default.to_string(),
            problem(
                format!("`{}`: {} bytes are too many here, the limit is {most}. The figure keeps its last valid input.", field.name, text.len()),
                format!("`{}`：{} 字节太长，上限是 {most}。图仍用上一次有效的输入。", field.name, text.len()),
            ),
        ),
        Kind::Text(_, check) | Kind::Long(_, check) => match check(text) {
            Ok(()) => (text.to_string(), None),
            Err((en, zh)) => (field.default.to_string(), problem(en, zh)),
        },
    }
}

fn or_none(default: &str) -> (&str, &str) {
    if default.is_empty() { ("none", "无") } else { (default, default) }
}
