//! The figure over its two tables.

use super::inputs::{self, Inputs};
use super::run::Run;
use super::{captions, controls, quiz, stage, why};
use crate::content::{Lang, Rich, number, say};
use crate::figure::{Drawing, Figure, Group, Question, Table, View};

/// `rank`, built.
pub struct Rank {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its numbers.
    pub run: Run,
}

impl Rank {
    /// Computes everything.
    pub fn new(inputs: Inputs) -> Rank {
        Rank { inputs, run: Run::new(&inputs) }
    }

    /// The name of its map.
    pub fn name(&self, lang: Lang) -> &'static str {
        inputs::name(self.inputs.map, lang)
    }
}

impl Figure for Rank {
    fn title(&self, lang: Lang) -> String {
        say!(lang; map = self.name(lang), n = self.inputs.n, d = self.inputs.d;
            "Rank and concentration: softmax and {map}, n = {n}, d = {d}", "秩与集中性：Softmax 与 {map}，n = {n}，d = {d}")
        .text()
    }

    fn caption(&self, _step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, lang)
    }

    fn stage(&self, _step: usize, _row: usize, view: &View) -> Drawing {
        stage::draw(self, view)
    }

    fn table(&self, _step: usize, lang: Lang) -> Table {
        let map = self.name(lang);
        let caption = lang.pick(
            "Singular values of the two tables, largest first; and the entropy of each row in nats, in the order of the queries.",
            "两张表的奇异值，从大到小；以及每一行的熵（nat），按 query 的次序。",
        );
        let (entropy, value) = lang.pick((", row entropy", "σ of "), ("，行熵", "σ，"));
        let mut head = vec![lang.pick("index", "序号").to_string()];
        let names = ["Softmax", map, &[map, lang.pick(", f32", "，f32")].concat()].map(str::to_string);
        head.extend(names.iter().map(|name| [value, name].concat()));
        head.extend(names[..2].iter().map(|name| [name, entropy].concat()));
        let mut table = Table::new(caption, head);
        let entropies = [&self.run.softmax, &self.run.linear].map(|look| look.entropies.clone().unwrap_or_default());
        for idx in 0..self.inputs.n {
            let values = [&self.run.softmax.values, &self.run.linear.values, &self.run.single];
            let cells = values.into_iter().chain(&entropies).map(|list| list.get(idx).map_or(String::new(), |x| number::table(*x)));
            table.push(std::iter::once((idx + 1).to_string()).chain(cells).collect());
        }
        table
    }

    fn residual(&self, _step: usize) -> Option<f64> {
        Some(self.run.gap)
    }

    fn against(&self, lang: Lang) -> &'static str {
        lang.pick("between Σσ² and the squares of the weights", "（Σσ² 与权重平方和之差）")
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, cell, lang)
    }

    fn default_cell(&self, _step: usize, _row: usize) -> Option<String> {
        Some("rank:linear".into())
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }
}
