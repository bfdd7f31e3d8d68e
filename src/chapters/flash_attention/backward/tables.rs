//! The numbers of a step as a table: what fast memory holds of each row, then of each key.

use super::figure::Backward;
use super::run::Act;
use crate::content::{Lang, number, say};
use crate::figure::Table;

/// Columns of a row: L, D, then S, P, the reference's P, dP and dS per key; then dQ. Rows of keys: dV and dK.
pub fn table(fig: &Backward, step: usize, lang: Lang) -> Table {
    let (act, chosen, given) = (fig.act(step), &fig.run.chosen, &fig.inputs.given);
    let (d, dv) = (fig.x().d(), fig.x().dv());
    let mut head = vec![lang.pick("row", "行").to_string(), "L".into(), "D".into()];
    for name in ["S", "P", "softmax P", "dP", "dS"] {
        head.extend(chosen.cols.clone().map(|key| [name, " ", &given.key_names[key]].concat()));
    }
    head.extend((0..d.max(dv)).map(|channel| ["c", &channel.to_string()].concat()));
    let caption = say!(lang; step = &step.to_string(), moved = fig.run.trace.at(step).moved as usize;
        "Step {step}: the tile pair in fast memory; dQ per query, dV and dK per key, channels c. {moved} elements moved.",
        "第 {step} 步：片上的这对块；每个 query 的 dQ，每个 key 的 dV、dK，按通道 c 列出。已搬运 {moved} 个元素。");
    let n = head.len();
    let mut table = Table::new(caption.text(), head);
    let text = |x: f32| number::table(f64::from(x));
    let sums = |idx: usize, at: usize| -> Vec<String> {
        let (before, after) = fig.sum(act, idx);
        after.unwrap_or(before).row(at).iter().map(|x| text(*x)).collect()
    };
    for (at, row) in chosen.rows.clone().enumerate() {
        let here = |x: f32| if act >= Act::LoadRows || act == Act::Delta { text(x) } else { String::new() };
        let lse = if act == Act::Delta { String::new() } else { here(fig.run.lse[row]) };
        let mut cells = vec![["dQ ", &given.query_names[row]].concat(), lse, here(fig.run.out.delta[row])];
        for (idx, reference) in [(0, false), (1, false), (1, true), (2, false), (3, false)] {
            let table = fig.entries(act, idx);
            cells.extend(chosen.cols.clone().enumerate().map(|(col, key)| match table {
                Some(_) if reference => number::table(fig.run.exact.probs[[row, key]]),
                Some(table) => text(table[[at, col]]),
                None => String::new(),
            }));
        }
        cells.extend(sums(1, at));
        table.push(cells);
    }
    for (idx, name) in [(0, "dV "), (2, "dK ")] {
        for (at, key) in chosen.cols.clone().enumerate() {
            let mut cells = vec![[name, &given.key_names[key]].concat()];
            cells.resize(n - d.max(dv), String::new());
            cells.extend(sums(idx, at));
            table.push(cells);
        }
    }
    table
}
