//! The registry: one line per chapter that exists.

pub mod flash_attention;
pub mod linear_attention;
pub mod performer;

use crate::figure::Spec;

/// A chapter that exists.
#[derive(Clone, Copy)]
pub struct Chapter {
    /// Its name in addresses; its folder is the same with underscores.
    pub slug: &'static str,
    /// Its number on the home page.
    pub number: usize,
    /// Its figures in the order of the text.
    pub figures: &'static [Slot],
}

/// A place for a figure in a chapter.
#[derive(Clone, Copy)]
pub struct Slot {
    /// The figure.
    pub spec: Spec,
    /// "Fig. n".
    pub number: usize,
    /// Whether an address that names no figure means this one. Exactly one per chapter.
    pub main: bool,
    /// Names of the listings it may show.
    pub listings: &'static [&'static str],
}

#[cfg(feature = "prerender")]
impl Chapter {
    /// The chapter as the prose pipeline knows it.
    pub fn page(&self) -> crate::content::site::ChapterPage {
        use crate::content::site::{ChapterPage, FigureSlot};
        let slot = |slot: &Slot| FigureSlot { id: slot.spec.id, number: slot.number, main: slot.main, listings: slot.listings.to_vec() };
        ChapterPage { slug: self.slug, number: self.number, figures: self.figures.iter().map(slot).collect() }
    }
}

/// All chapters that exist.
pub static CHAPTERS: &[&Chapter] = &[&flash_attention::CHAPTER, &linear_attention::CHAPTER, &performer::CHAPTER];

/// The chapter of this name, if it exists.
pub fn find(slug: &str) -> Option<&'static Chapter> {
    CHAPTERS.iter().copied().find(|chapter| chapter.slug == slug)
}
