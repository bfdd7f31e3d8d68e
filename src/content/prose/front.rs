//! Front matter: the five facts about a chapter that its page shows outside the prose.

use super::{Fault, Source};

/// The front matter of a prose file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// The page's title; `|` marks where it may break.
    pub title: String,
    /// Its name in the ruler.
    pub short: String,
    /// The first paragraph, set larger.
    pub lead: String,
    /// The description for search engines and link previews.
    pub description: String,
    /// Reading time in minutes.
    pub minutes: String,
}

/// Reads the front matter; returns it with the index of the first line after it.
pub(super) fn parse(source: &Source, faults: &mut Vec<Fault>) -> (Front, usize) {
    let mut front = Front::default();
    let mut lines = source.text.lines().enumerate();
    if lines.next().map(|(_, line)| line.trim_end()) != Some("---") {
        faults.push(source.fault(1, "the file must begin with front matter between lines of ---"));
        return (front, 0);
    }
    for (idx, line) in lines {
        if line.trim_end() == "---" {
            require_all(source, &front, faults);
            return (front, idx + 1);
        }
        let Some((key, value)) = line.split_once(':') else {
            faults.push(source.fault(idx + 1, format!("front matter wants `key: value`, found `{line}`")));
            continue;
        };
        let slot = match key.trim() {
            "title" => &mut front.title,
            "short" => &mut front.short,
            "lead" => &mut front.lead,
            "description" => &mut front.description,
            "minutes" => &mut front.minutes,
            other => {
                faults.push(source.fault(idx + 1, format!("unknown front matter key `{other}`")));
                continue;
            }
        };
        *slot = value.trim().to_owned();
        if key.trim() == "minutes" && value.trim().parse::<u32>().is_err() {
            faults.push(source.fault(idx + 1, format!("minutes must be a whole number, found `{}`", value.trim())));
        }
    }
    faults.push(source.fault(1, "the front matter is not closed by a line of ---"));
    (front, source.text.lines().count())
}

fn require_all(source: &Source, front: &Front, faults: &mut Vec<Fault>) {
    let wanted = [
        ("title", &front.title),
        ("short", &front.short),
        ("lead", &front.lead),
        ("description", &front.description),
        ("minutes", &front.minutes),
    ];
    for (key, _) in wanted.iter().filter(|(_, value)| value.is_empty()) {
        faults.push(source.fault(1, format!("the front matter lacks `{key}`")));
    }
}
