//! The numbers of a step: every direction so far, then the four methods.

use super::figure::Variance;
use super::numbers::value;
use super::strips;
use crate::content::number::table as print;
use crate::content::{Lang, say};
use crate::figure::Table;

/// The table.
pub fn table(fig: &Variance, step: usize, lang: Lang) -> Table {
    let run = &fig.run;
    let caption = say!(lang; k = step.min(run.last()) + 1, exact = &print(run.exact), n = fig.redraws.first().map_or(0, |method| method.estimates.len());
        "k = {k}; exact kernel {exact}. Below: {n} redraws of each method.",
        "k = {k}；精确值 {exact}。下面是每种方法重抽 {n} 次。");
    let head = lang.pick(
        ["direction", "w₁", "w₂", "w·x", "w·y", "sample", "mean", "|error|", "lemma"],
        ["方向", "w₁", "w₂", "w·x", "w·y", "样本", "均值", "|误差|", "引理"],
    );
    let mut table = Table::new(caption.text(), head.map(String::from).to_vec());
    for (idx, now) in run.trace.iter().take(step + 1).enumerate() {
        let error = (now.mean - run.exact).abs();
        let numbers = [now.w[0], now.w[1], now.along[0], now.along[1], now.value, now.mean, error, run.standard_error(idx + 1)];
        table.push(std::iter::once((idx + 1).to_string()).chain(numbers.map(print)).collect());
    }
    let head = lang.pick(
        ["method", "mean", "± s.e.", "MSE", "± s.e.", "lemma", "below 0"],
        ["方法", "均值", "± 标准误", "MSE", "± 标准误", "引理", "小于 0"],
    );
    table.push(head.map(String::from).to_vec());
    for redraws in &fig.redraws {
        let lemma = if redraws.in_lemma() { value(redraws.lemma) } else { "–".into() };
        let numbers = [redraws.mean, redraws.mean_error, redraws.squared, redraws.squared_error].map(value);
        let name = strips::name(redraws.method, false, lang).to_string();
        table.push(std::iter::once(name).chain(numbers).chain([lemma, redraws.n_negative.to_string()]).collect());
    }
    table
}
