//! All measurements as a table, which is also the CSV: plain digits, so that a spreadsheet reads numbers.

use super::captions;
use super::figure::Measurements;
use crate::content::{Lang, number};
use crate::figure::Table;
use crate::figure::lab::{Lab, Outcome};

/// One row per trial; those that have not run have none of the measured numbers.
pub fn table(fig: &Measurements, lang: Lang) -> Table {
    let caption = lang.pick(
        "Milliseconds per run, memory beyond inputs and output in bytes, largest distances to f64 and to the first output of that length.",
        "每次运行的毫秒数、额外内存（字节）、与 f64 的最大距离、与该长度下第一个输出的最大距离。",
    );
    let head = lang.pick(
        ["method", "n", "median ms", "fastest", "slowest", "samples", "extra bytes", "vs f64", "vs first", "note"],
        ["方法", "n", "中位数 ms", "最快", "最慢", "样本数", "额外字节", "对照 f64", "对照首个", "备注"],
    );
    let mut table = Table::new(caption, head.map(String::from).to_vec());
    for (idx, (n, series)) in fig.trials.iter().enumerate() {
        let mut row = vec![series.name(lang).to_string(), n.to_string()];
        match fig.outcomes().get(idx) {
            Some(Outcome::Timed(timed)) => {
                let (low, high) = timed.spread();
                row.extend([timed.median(), low, high].map(|ms| number::fixed(ms, 4)));
                row.extend([timed.samples.len().to_string(), timed.extra_bytes.to_string(), number::ascii(timed.error)]);
                row.extend([
                    timed.apart.map_or_else(String::new, number::ascii),
                    captions::clock(timed.clock, lang).trim_start().to_string(),
                ]);
            }
            Some(outcome) => {
                row.resize(9, String::new());
                row.extend(captions::refusal(outcome, lang));
            }
            None => {
                row.resize(9, String::new());
                row.push(lang.pick("not measured yet", "还没有测量").into());
            }
        }
        table.push(row);
    }
    table
}
