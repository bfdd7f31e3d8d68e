//! The numbers of the step as a real table, equal to the CSV.

use leptos::prelude::*;

use super::bind::Bound;
use super::state::FigureState;
use crate::figure::Table;
use crate::figure::svg::escape;

/// The markup of the place of the data table; the table is in the page as soon as there are numbers, and shown on request.
pub fn markup(state: &FigureState) -> String {
    let label = super::words::data(state.place.lang.get_untracked());
    format!(r#"<div class="datatable" hidden><div class="scroll" tabindex="0" role="region" aria-label="{}"></div></div>"#, escape(label))
}

/// Binds it.
pub fn bind(bound: &Bound, state: FigureState) {
    let lang = state.place.lang.get_untracked();
    bound.flag(".datatable", "hidden", Box::new(move || !state.table.get()));
    bound.html(
        ".datatable .scroll",
        Box::new(move || {
            // While playing unseen, the table rests.
            if state.figure.with(Option::is_none) || !state.table.get() && state.playing.get() {
                return String::new();
            }
            let step = state.step();
            state.with(|figure| html(&figure.table(step, lang)))
        }),
    );
}

fn html(table: &Table) -> String {
    let mut out = ["<table data-figure-data><caption>", &escape(&table.caption), "</caption><thead><tr>"].concat();
    for head in &table.head {
        out += &["<th scope=\"col\">", &escape(head), "</th>"].concat();
    }
    out += "</tr></thead><tbody>";
    for row in &table.rows {
        out += "<tr>";
        for (idx, cell) in row.iter().enumerate() {
            let (open, close) = if idx == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            out += &[open, &escape(cell), close].concat();
        }
        out += "</tr>";
    }
    out + "</tbody></table>"
}
