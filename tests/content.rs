//! The prose pipeline: what it writes, what it refuses, and that both languages of every chapter agree.
//!
//! Located in `src/content/prose`; run with
//! `cargo nextest run --no-default-features --features prerender --test content`.
#![cfg(feature = "prerender")]

use unrolled::content::Lang;
use unrolled::content::prose::{Listings, Source, build};
use unrolled::content::site;

const LISTING: &str = include_str!("fixtures/listing.rs");
const EN: &str = include_str!("fixtures/prose.en.md");

#[test]
fn a_prose_file_becomes_a_page() {
    let listings = Listings::from_files([("fixtures/listing.rs", LISTING)]).unwrap();
    let chapter = site::chapters().remove(0);
    let source = Source { file: "prose.en.md", text: EN, lang: Lang::En, chapter: &chapter, listings: &listings };
    let page = build(&source).unwrap_or_else(|faults| panic!("{}", faults.iter().map(|f| format!("{f}\n")).collect::<String>()));
    println!("{}", page.html);
    assert!(!page.html.contains("style="));
}
