//! Parameters read from an address and written back: total, with a message for everything not understood.

use super::fields::{Field, Kind};
use crate::content::{Lang, number};

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
        number::parse(self.text(name)).unwrap_or(0.0)
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

/// The valid value nearest to a text, and what is wrong with the text, if anything is.
fn read(field: &Field, text: &str) -> (String, Option<Problem>) {
    match field.kind {
        Kind::Choice(words) if words.contains(&text) => (text.to_string(), None),
        Kind::Choice(words) => {
            let using = field.default;
            let en = format!(": the choices are {}. Using {using}.", words.join(", "));
            let zh = format!("：可选的是 {}。现用 {using}。", words.join("、"));
            (using.to_string(), refused(field, text, &en, &zh))
        }
        Kind::OptInt(..) if text.is_empty() => (String::new(), None),
        Kind::Int(low, high) | Kind::OptInt(low, high) => match number::parse(text.trim()) {
            Some(n) if n.is_nan() => not_a_number(field, text),
            Some(n) if n.fract() == 0.0 && (low as f64..=high as f64).contains(&n) => ((n as i64).to_string(), None),
            Some(n) => beyond(
                field,
                text,
                ("whole number", "整数"),
                (&low.to_string(), &high.to_string()),
                (n.round().clamp(low as f64, high as f64) as i64).to_string(),
            ),
            None => not_a_number(field, text),
        },
        Kind::Real(low, high) => match number::parse(text.trim()) {
            Some(x) if x.is_nan() => not_a_number(field, text),
            Some(x) if (low..=high).contains(&x) => (text.trim().to_string(), None),
            Some(x) => beyond(field, text, ("number", "数"), (&low.to_string(), &high.to_string()), x.clamp(low, high).to_string()),
            None => not_a_number(field, text),
        },
        Kind::Text(most, _) | Kind::Long(most, _) if text.len() > most => {
            let (name, n) = (field.name, text.len());
            let en = format!("`{name}`: {n} bytes are too many here, the limit is {most}. The figure keeps its last valid input.");
            let zh = format!("`{name}`：{n} 字节太长，上限是 {most}。图仍用上一次有效的输入。");
            (field.default.to_string(), Some(Problem::new(name, en, zh)))
        }
        Kind::Text(_, check) | Kind::Long(_, check) => match check(text) {
            Ok(()) => (text.to_string(), None),
            Err((en, zh)) => (field.default.to_string(), Some(Problem::new(field.name, en, zh))),
        },
    }
}

/// A problem that begins with what was read.
fn refused(field: &Field, text: &str, en: &str, zh: &str) -> Option<Problem> {
    let shown = format!("`{}={}`", field.name, quote(text));
    Some(Problem::new(field.name, format!("{shown}{en}"), format!("{shown}{zh}")))
}

fn beyond(field: &Field, text: &str, kind: (&str, &str), (low, high): (&str, &str), near: String) -> (String, Option<Problem>) {
    let en = format!(": this takes a {} from {low} to {high}. Using {near}.", kind.0);
    let zh = format!("：这里要 {low} 到 {high} 之间的{}。现用 {near}。", kind.1);
    let problem = refused(field, text, &en, &zh);
    (near, problem)
}

fn not_a_number(field: &Field, text: &str) -> (String, Option<Problem>) {
    let (en, zh) = or_none(field.default);
    let problem = refused(field, text, &format!(": not a number. Using {en}."), &format!("：不是数。现用 {zh}。"));
    (field.default.to_string(), problem)
}

fn or_none(default: &str) -> (&str, &str) {
    if default.is_empty() { ("none", "无") } else { (default, default) }
}
