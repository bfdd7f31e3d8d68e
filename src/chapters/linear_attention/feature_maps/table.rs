//! Every number as a table, which is also the CSV.

use super::figure::FeatureMaps;
use crate::content::{Lang, number};
use crate::data::head::TOKENS;
use crate::figure::Table;

/// A line per map and query: its denominator, what its weights are like, and the weights.
pub fn table(fig: &FeatureMaps, lang: Lang) -> Table {
    let caption = lang.pick("Weights of every row, by softmax and by each map.", "每一行的权重：Softmax 与各个映射。");
    let names: [&str; 6] = lang.pick(
        ["map and query", "denominator", "error", "weight on softmax’s strongest key", "entropy", "within 2 tokens"],
        ["映射与 query", "分母", "误差", "Softmax 最看重的 key", "熵", "2 格以内"],
    );
    let mut table = Table::new(caption, names.iter().chain(&TOKENS).map(|name| name.to_string()).collect());
    let optional = |x: Option<f64>| x.map_or(String::new(), number::table);
    for (row, query) in TOKENS.iter().enumerate() {
        let like = fig.run.softmax_row(row);
        let mut cells = vec![["softmax ", &row.to_string(), " ", query].concat(), String::new(), String::new()];
        cells.extend([number::table(like.strongest), optional(like.entropy), optional(like.near)]);
        cells.extend(fig.run.softmax.probs.row(row).iter().map(|x| number::table(*x)));
        table.push(cells);
    }
    for mapping in &fig.run.maps {
        for (row, query) in TOKENS.iter().enumerate() {
            let like = fig.run.map_row(mapping, row);
            let mut cells = vec![[mapping.map.name(), " ", &row.to_string(), " ", query].concat()];
            cells.extend([f64::from(mapping.denominators[row]), like.error, like.strongest].map(number::table));
            cells.extend([optional(like.entropy), optional(like.near)]);
            cells.extend(mapping.weights.row(row).iter().map(|x| number::table(f64::from(*x))));
            table.push(cells);
        }
    }
    table
}
