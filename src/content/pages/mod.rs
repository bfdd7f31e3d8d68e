//! Whole pages around the prose: head, bar, home, 404 and the page that picks a language.

mod home;
mod other;
mod shell;

pub use home::home;
pub use other::{not_found, root};
pub use shell::chapter;

use super::site::ChapterPage;

/// What the pages need to know of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// Name of the app's script in the root of `dist`.
    pub js: String,
    /// Name of the app's wasm file in the root of `dist`.
    pub wasm: String,
    /// Address of the site without a closing slash, where it is known: for canonical links and link previews.
    pub site_url: Option<String>,
    /// The chapters that exist.
    pub chapters: Vec<ChapterPage>,
}

impl Build {
    /// The path under which the site is served, with slashes at both ends; `/` where it is not known.
    pub fn base_path(&self) -> String {
        let path = self.site_url.as_deref().and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.split_once('/'));
        match path {
            Some((_, path)) if !path.trim_matches('/').is_empty() => format!("/{}/", path.trim_matches('/')),
            _ => "/".to_owned(),
        }
    }

    /// Whether a chapter has pages.
    pub fn has(&self, slug: &str) -> bool {
        self.chapters.iter().any(|chapter| chapter.slug == slug)
    }
}

/// The app's loader, an ES module: `static/boot.js` with the names of this build.
pub fn boot_js(template: &str, build: &Build) -> String {
    template.replace("APP_JS", &build.js).replace("APP_WASM", &build.wasm)
}
