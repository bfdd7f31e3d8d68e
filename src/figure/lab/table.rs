//! All measurements as a table, which is also the CSV: plain digits, so that a spreadsheet reads numbers.

use super::{Lab, Measured, Outcome, words};
use crate::content::{Lang, number};
use crate::figure::Table;

/// One row per trial; those that have not run have none of the measured numbers.
pub fn table(run: &Measured, lang: Lang) -> Table {
    let strays = run.plan.strays_head(lang);
    let mut head = vec![lang.pick("method", "方法").to_string()];
    head.extend(run.plan.columns().iter().map(|column| column.to_string()));
    let measured = lang.pick(
        ["median ms", "fastest", "slowest", "samples", "extra bytes", "vs f64", "vs first"],
        ["中位数 ms", "最快", "最慢", "样本数", "额外字节", "对照 f64", "对照首个"],
    );
    head.extend(measured.into_iter().chain(strays).chain([lang.pick("note", "备注")]).map(String::from));
    let mut table = Table::new(run.plan.table_caption(lang), head);
    for (idx, place) in run.plan.places().iter().enumerate() {
        let mut row = vec![run.plan.series()[place.series].name(lang).to_string()];
        row.extend(run.plan.coordinates(*place));
        let note = match run.outcomes().get(idx) {
            Some(Outcome::Timed(timed)) => {
                let (low, high) = timed.spread();
                row.extend([timed.median(), low, high].map(|ms| number::fixed(ms, 4)));
                row.extend([timed.samples.len().to_string(), timed.extra_bytes.to_string(), number::ascii(timed.error)]);
                row.push(timed.apart.map_or_else(String::new, number::ascii));
                if strays.is_some() {
                    row.push(timed.strays.map_or_else(String::new, number::table));
                }
                words::clock(timed.clock, lang).trim_start().to_string()
            }
            Some(outcome) => words::refusal(outcome, lang).unwrap_or_default(),
            None => lang.pick("not measured yet", "还没有测量").into(),
        };
        row.resize(table.head.len() - 1, String::new());
        row.push(note);
        table.push(row);
    }
    table
}
