//! Links of the prose into figures (`?fig=…`): every one builds its figure, as asked, at a step that exists.
//!
//! Located in `src/chapters/*/prose.*.md`; run with `cargo nextest run --no-default-features --test prose_links`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use std::collections::BTreeSet;
use unrolled::chapters::{CHAPTERS, Chapter};
use unrolled::content::Lang;
use unrolled::figure::{Address, Values};

/// Links to what a figure declines, because the text is about that.
const DECLINED: [&str; 1] = ["?fig=bracket&softmax=on&order=right"];

/// What is wrong with a link of a chapter; `None` if it shows what it says.
fn fault(chapter: &Chapter, link: &str) -> Option<String> {
    let (address, mut problems) = Address::parse(link, "");
    let id = address.fig.unwrap_or_default();
    let Some(slot) = chapter.figures.iter().find(|slot| slot.spec.id == id) else {
        return Some(format!("no figure `{id}`"));
    };
    if let Some((name, _)) = address.rest.iter().find(|(name, _)| slot.spec.fields.iter().all(|field| field.name != name)) {
        return Some(format!("`{id}` has no parameter `{name}`"));
    }
    let (values, more) = Values::parse(slot.spec.fields, &address.rest);
    problems.extend(more);
    let data = (slot.spec.data)(&values).map(|path| heads::file(&path));
    let figure = match (slot.spec.code)()(&values, data.as_deref()) {
        Ok((figure, more)) => {
            problems.extend(more);
            figure
        }
        Err(more) => return Some(more.first().map_or(String::new(), |problem| problem.text(Lang::En).to_string())),
    };
    if problems.is_empty() == DECLINED.contains(&link) {
        return Some(problems.first().map_or("nothing is declined".into(), |problem| problem.text(Lang::En).to_string()));
    }
    let (step, last) = (address.step.unwrap_or(0), figure.last_step());
    let (row, n_rows) = (address.row.unwrap_or(0), figure.rows());
    let no_step = (step > last).then(|| format!("step {step}, the last is {last}"));
    no_step.or_else(|| (row > 0 && row >= n_rows).then(|| format!("row {row} of {n_rows}")))
}

#[test]
fn every_link_of_the_prose_shows_what_it_says() {
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for chapter in CHAPTERS {
        for lang in Lang::ALL {
            let file = format!("src/chapters/{}/prose.{}.md", chapter.slug.replace('-', "_"), lang.code());
            let text = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| link.starts_with('?')) {
                // Both languages have the same links.
                if seen.insert((chapter.slug, link.to_owned())) {
                    faults.extend(fault(chapter, link).map(|why| format!("{file}: {link}: {why}")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen.len() > 20, "{} links", seen.len());
}

#[test]
fn a_wrong_link_is_found() {
    let chapter = CHAPTERS.iter().find(|chapter| chapter.slug == "flash-attention").unwrap();
    for (link, why) in [
        ("?fig=tile", "no figure"),
        ("?fig=tiles&rescal=off", "no parameter"),
        ("?fig=tiles&rescale=of", "rescale"),
        ("?fig=tiles&step=99999", "step 99999, the last is"),
        ("?fig=tiles&row=16", "row 16 of 16"),
    ] {
        let found = fault(chapter, link);
        assert!(found.as_ref().is_some_and(|found| found.contains(why)), "{link}: {found:?}");
    }
}
