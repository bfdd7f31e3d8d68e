//! The figure over its run.

use super::inputs::Inputs;
use super::run::Run;
use super::{captions, controls, quiz, stage, why};
use crate::content::{Lang, Rich, number, say};
use crate::data::head::TOKENS;
use crate::figure::{Drawing, Figure, Group, Question, Table, View};

/// `morph`, built.
pub struct Morph {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its numbers.
    pub run: Run,
}

impl Morph {
    /// Computes everything.
    pub fn new(inputs: Inputs) -> Morph {
        let run = Run::new(&inputs);
        Morph { inputs, run }
    }

    /// The name of the activation.
    pub fn phi(&self) -> String {
        match self.inputs.t {
            0.0 => "exp".into(),
            0.5 => "1 + x".into(),
            1.0 => "elu + 1".into(),
            t => ["φ(t = ", &number::plain(t), ")"].concat(),
        }
    }
}

/// The query in focus unless another is chosen: "it".
const IT: usize = 10;

impl Figure for Morph {
    fn title(&self, lang: Lang) -> String {
        let (layer, head) = self.inputs.from;
        say!(lang; layer, head, phi = &self.phi();
            "FAVOR+ with fixed axes, and {phi}, on layer {layer}, head {head} of MiniLM-L6",
            "轴固定的 FAVOR+ 与 {phi}，MiniLM-L6 第 {layer} 层第 {head} 头")
        .text()
    }

    fn caption(&self, _step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, lang)
    }

    fn rows(&self) -> usize {
        TOKENS.len()
    }

    fn focus(&self, _step: usize, row: Option<usize>) -> usize {
        row.unwrap_or(IT).min(TOKENS.len() - 1)
    }

    fn stage(&self, _step: usize, row: usize, view: &View) -> Drawing {
        stage::draw(self, row, view)
    }

    fn table(&self, _step: usize, lang: Lang) -> Table {
        let phi = self.phi();
        let caption = say!(lang; phi = &phi;
            "Weights of every query on every key: softmax, FAVOR+ along the axes, {phi} without key weights; and the key’s weight e^(−|k|²/2).",
            "每个 query 给每个 key 的权重：Softmax、沿坐标轴的 FAVOR+、不带 key 权重的 {phi}；以及该 key 的权重 e^(−|k|²/2)。");
        let names = ["query > key", "Softmax", "FAVOR+", &phi, lang.pick("key weight", "key 权重")];
        let mut table = Table::new(caption.text(), names.map(str::to_string).to_vec());
        let run = &self.run;
        for ((query, key), weight) in run.softmax.probs.indexed_iter() {
            let numbers = [*weight, run.favor.weights[[query, key]], run.now.weights[[query, key]], run.key_weights[key]];
            let name = [TOKENS[query], " > ", TOKENS[key]].concat();
            table.push(std::iter::once(name).chain(numbers.map(number::table)).collect());
        }
        table
    }

    fn residual(&self, _step: usize) -> Option<f64> {
        Some(self.run.residual)
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, cell, lang)
    }

    fn default_cell(&self, _step: usize, _row: usize) -> Option<String> {
        Some("gap".into())
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
