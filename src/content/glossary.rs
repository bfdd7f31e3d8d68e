//! The glossary: one line per term in both languages, read from `glossary.md`.

use super::Lang;

/// The table, as kept in the source.
pub const TEXT: &str = include_str!("glossary.md");

/// A term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its names in English; the first is the one shown in its note.
    pub en: &'static str,
    /// Its name in Chinese, with the English where Chinese writers keep it.
    pub zh: &'static str,
    /// Its explanation in English.
    pub note_en: &'static str,
    /// Its explanation in Chinese.
    pub note_zh: &'static str,
}

impl Term {
    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.zh)
    }

    /// Its explanation in a language.
    pub fn note(&self, lang: Lang) -> &'static str {
        lang.pick(self.note_en, self.note_zh)
    }
}

/// All terms, in the order of the file. Rows are `| English | 中文 | note | 说明 |`.
pub fn terms() -> Vec<Term> {
    TEXT.lines().filter_map(row).filter(|term| term.en != "English" && !term.en.starts_with("---")).collect()
}

fn row(line: &'static str) -> Option<Term> {
    let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split(" | ").map(str::trim);
    Some(Term { en: cells.next()?, zh: cells.next()?, note_en: cells.next()?, note_zh: cells.next()? })
}

/// The term that a key names: its whole English or Chinese name or any of the names separated by commas
/// or brackets, whatever its capitals.
pub fn find(key: &str) -> Option<Term> {
    let wanted = key.to_lowercase();
    let all = terms();
    let whole = |term: &&Term| term.en.to_lowercase() == wanted || term.zh.to_lowercase() == wanted;
    let part = |term: &&Term| {
        [term.en, term.zh]
            .iter()
            .any(|names| names.split([',', '(', ')', '、', '（', '）', '/']).any(|name| name.trim().to_lowercase() == wanted))
    };
    all.iter().find(whole).or_else(|| all.iter().find(part)).cloned()
}
