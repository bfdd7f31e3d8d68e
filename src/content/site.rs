//! What the prerenderer must know of a chapter: its slug, its number and the figures that it may embed.

/// A figure that a chapter's prose may embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureSlot {
    /// Its id in the page and in the address.
    pub id: &'static str,
    /// The number shown in "Fig. n".
    pub number: usize,
    /// Whether the query describes this figure when `fig` is absent.
    pub main: bool,
    /// The listings that it may light, by name.
    pub listings: Vec<&'static str>,
}

/// A chapter as the prerenderer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChapterPage {
    /// Path segment of its pages.
    pub slug: &'static str,
    /// Its number on the map; sections are `number.1`, `number.2` …
    pub number: usize,
    /// Its figures, in the order of their numbers.
    pub figures: Vec<FigureSlot>,
}

impl ChapterPage {
    /// The folder with its prose, relative to the package root.
    pub fn prose_dir(&self) -> String {
        format!("src/chapters/{}", self.slug.replace('-', "_"))
    }

    /// The figure of that id.
    pub fn figure(&self, id: &str) -> Option<&FigureSlot> {
        self.figures.iter().find(|slot| slot.id == id)
    }
}
