//! The numbers of a step as a table: what is in hand, the state, and the sums of the tokens whose turn it is.

use ndarray::ArrayView1;

use super::figure::Recurrent;
use crate::content::{Lang, number, say};
use crate::figure::Table;

/// Columns: the entries of a row, then the denominator or the entry of z that belongs to it.
pub fn table(fig: &Recurrent, step: usize, lang: Lang) -> Table {
    let (now, x) = (fig.run.trace.at(step), &fig.run.x);
    let width = x.k.ncols().max(x.v.ncols());
    let mut head = vec![lang.pick("row", "行").to_string()];
    head.extend((1..=width).map(|idx| idx.to_string()));
    head.push("z, φ(q)·z".into());
    let caption = say!(lang; step = &step.to_string(), work = now.work as usize, state = fig.state() as usize, cache = fig.cache(step) as usize;
        "Step {step}: the state and the tokens in hand. {work} multiply-adds; the state keeps {state} numbers, a cache {cache}.",
        "第 {step} 步：状态与手里的 token。乘加 {work} 次；状态留 {state} 个数，缓存要留 {cache} 个。");
    let mut table = Table::new(caption.text(), head);
    let text = |x: f32| number::table(f64::from(x));
    let mut push = |name: &str, idx: usize, values: ArrayView1<'_, f32>, last: Option<f32>| {
        let mut row = vec![[name, " ", &(idx + 1).to_string()].concat()];
        row.extend(values.iter().map(|x| text(*x)));
        row.resize(width + 1, String::new());
        row.push(last.map_or(String::new(), text));
        table.push(row);
    };
    for token in now.rows.clone() {
        push("φ(q)", token, x.q.row(token), None);
    }
    for token in now.hand.clone() {
        push("φ(k)", token, x.k.row(token), None);
        push("v", token, x.v.row(token), None);
    }
    for (idx, row) in now.s.rows().into_iter().enumerate() {
        push("S", idx, row, now.z.get(idx).copied());
    }
    for (name, sums) in [("φ(q)ᵀS", &now.inter), ("Σ A v", &now.intra)] {
        for (idx, token) in now.rows.clone().enumerate() {
            if let Some(sums) = sums {
                push(name, token, sums.0.row(idx), sums.1.get(idx).copied());
            }
        }
    }
    for (idx, token) in now.rows.clone().enumerate() {
        if let Some(o) = &now.o {
            push("o", token, o.row(idx), now.totals.as_ref().and_then(|totals| totals.get(idx).copied()));
        }
    }
    table
}
