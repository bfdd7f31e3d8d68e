//! Prose files to HTML + MathML: parsed, checked against what exists, and told apart language by language.
//!
//! Invariant: the output has no `style=` and no script, and every fault names file and line.

mod block;
mod front;
pub mod html;
mod inline;
mod markdown;
pub mod listing;
pub mod math;
mod parity;
mod render;

pub use front::Front;
pub use listing::Listings;
pub use parity::parity;

use super::Lang;
use super::site::ChapterPage;
use std::collections::{BTreeMap, BTreeSet};

/// Something in a source file that must be mended before the site can be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct Fault {
    /// The file, as named by the caller.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// One prose file and what it may refer to.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Name of the file, for faults.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Its language.
    pub lang: Lang,
    /// The chapter that it belongs to.
    pub chapter: &'a ChapterPage,
    /// All listings of the source.
    pub listings: &'a Listings,
}

/// A built prose file.
#[derive(Clone, Debug)]
pub struct Prose {
    /// Its front matter.
    pub front: Front,
    /// What goes into `<main>`.
    pub html: String,
    /// What both languages must agree on.
    pub outline: Outline,
    /// Every character that a formula draws.
    pub math_chars: BTreeSet<char>,
}

/// What a prose file contains, with line numbers, for the comparison of languages.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The file, for differences.
    pub file: String,
    /// Section ids in order.
    pub sections: Vec<(String, usize)>,
    /// Displayed formulas in order, normalised.
    pub equations: Vec<(String, usize)>,
    /// Embedded figures and listings in order.
    pub embeds: Vec<(String, usize)>,
    /// `figure:anchor` of the paragraphs that seek, in order.
    pub seeks: Vec<(String, usize)>,
    /// Inline formulas, normalised, with the line of their first use.
    pub formulas: BTreeMap<String, usize>,
    /// Addresses of links, with the line of their first use.
    pub links: BTreeMap<String, usize>,
    /// Keys of cited sources, with the line of their first use.
    pub citations: BTreeMap<String, usize>,
}

/// Builds a prose file, or lists everything that is wrong with it.
pub fn build(source: &Source) -> Result<Prose, Vec<Fault>> {
    let mut faults = Vec::new();
    let (front, body_line) = front::parse(source, &mut faults);
    let blocks = block::split(source, body_line, &mut faults);
    let (html, outline, math_chars) = render::render(source, &front, &blocks, &mut faults);
    if faults.is_empty() {
        Ok(Prose { front, html, outline, math_chars })
    } else {
        faults.sort_by_key(|fault| fault.line);
        Err(faults)
    }
}

impl Source<'_> {
    fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault { file: self.file.to_owned(), line, what: what.into() }
    }
}
