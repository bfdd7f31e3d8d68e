//! The numbers of the step as a real table, equal to the CSV.

use leptos::prelude::*;

use super::state::FigureState;
use crate::figure::svg::escape;
use crate::figure::Table;

/// The data table; always in the page, shown on request.
#[component]
pub fn DataTable(state: FigureState) -> impl IntoView {
    let lang = state.place.lang;
    let table = move || {
        let (step, lang) = (state.step(), lang.get());
        // While playing unseen, the table rests.
        if !state.table.get() && state.player.with(|player| player.playing) {
            return None;
        }
        state.figure.with(|figure| figure.as_ref().map(|figure| html(&figure.table(step, lang))))
    };
    view! {
        <div class="datatable" hidden=move || !state.table.get()>
            <div class="scroll" tabindex="0" role="region" aria-label=move || super::words::data(lang.get())>
                <table data-figure-data inner_html=move || table().unwrap_or_default()></table>
            </div>
        </div>
    }
}

fn html(table: &Table) -> String {
    let mut out = format!("<caption>{}</caption><thead><tr>", escape(&table.caption));
    for head in &table.head {
        out += &format!("<th scope=\"col\">{}</th>", escape(head));
    }
    out += "</tr></thead><tbody>";
    for row in &table.rows {
        out += "<tr>";
        for (idx, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            out += &if idx == 0 { format!("<th scope=\"row\">{cell}</th>") } else { format!("<td>{cell}</td>") };
        }
        out += "</tr>";
    }
    out + "</tbody>"
}

