//! All counts as a table, which is also the CSV: plain digits, so that a spreadsheet reads numbers.

use super::counts::Sample;
use super::figure::Traffic;
use super::paper;
use crate::content::{Lang, say};
use crate::figure::Table;

/// The present setting, every point of the curves, and the paper.
pub fn table(fig: &Traffic, lang: Lang) -> Table {
    let caption = say!(lang; gap = fig.gap as usize;
        "Elements moved in one forward pass of one head, counted by runs over shapes. Largest difference from the formulas: {gap}.",
        "一个头前向一次搬运的元素，由只带形状的运行数出。与公式的最大差：{gap}。");
    let reads = lang.pick(
        ["standard", "FA-1", "FA-2", "FA-1 read", "FA-1 written", "FA-2 read", "FA-2 written"],
        ["标准", "FA-1", "FA-2", "FA-1 读", "FA-1 写", "FA-2 读", "FA-2 写"],
    );
    let mut head: Vec<String> = [lang.pick("counted at", "取样处"), "N", "d", "M", "Br", "Bc"].map(String::from).to_vec();
    head.extend(reads.map(String::from));
    let mut table = Table::new(caption.text(), head);
    let inputs = &fig.inputs;
    let mut push = |name: &str, n: usize, sram: usize, sample: &Sample| {
        let (tiles, count) = (sample.tiles, &sample.count);
        let sizes = [n, inputs.d, sram, tiles.br.get(), tiles.bc.get()].map(|x| x.to_string());
        let [a, b, c] = count.totals();
        let counts = [a, b, c, count.fa1.reads, count.fa1.writes, count.fa2.reads, count.fa2.writes].map(|x| x.to_string());
        table.push(std::iter::once(name.to_string()).chain(sizes).chain(counts).collect());
    };
    push(lang.pick("now", "现在"), inputs.n, inputs.sram, &Sample { at: 0, tiles: inputs.tiles, count: fig.now });
    fig.curves.over_br.iter().for_each(|sample| push("Br", inputs.n, inputs.sram, sample));
    fig.curves.over_n.iter().for_each(|sample| push("N", sample.at, inputs.sram, sample));
    fig.curves.over_sram.iter().for_each(|sample| push("M", inputs.n, sample.at, sample));
    for (name, standard, flash) in paper::rows(&fig.paper, lang) {
        let mut row = vec![name, "1024".into(), "64".into()];
        row.extend([String::new(), String::new(), String::new(), standard, flash]);
        table.push(row);
    }
    table
}
