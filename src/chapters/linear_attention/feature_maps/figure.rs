//! The figure over its runs.

use super::inputs::{IT, Inputs};
use super::run::{Mapping, Run, eps};
use super::{captions, controls, quiz, stage, table, why};
use crate::algorithms::feature_map::FeatureMap;
use crate::content::{Lang, Rich, say};
use crate::data::head::TOKENS;
use crate::figure::{Drawing, Figure, Group, KernelJob, Question, Table, View};
use crate::kernels::linear_attention as kernel;

/// `feature-maps`, built.
pub struct FeatureMaps {
    /// Its inputs.
    pub inputs: Inputs,
    /// All maps on them.
    pub run: Run,
}

impl FeatureMaps {
    /// Runs everything.
    pub fn new(inputs: Inputs) -> FeatureMaps {
        FeatureMaps { run: Run::new(&inputs), inputs }
    }

    /// The map in focus.
    pub fn now(&self) -> &Mapping {
        self.run.of(self.inputs.map)
    }

    /// The least entry of the queries and keys.
    pub fn least_entry(&self) -> f64 {
        self.inputs.q.iter().chain(&self.inputs.k).fold(f64::INFINITY, |least, x| least.min(f64::from(*x)))
    }
}

/// A row that exists.
pub fn row_of(row: usize) -> usize {
    row.min(TOKENS.len() - 1)
}

impl Figure for FeatureMaps {
    fn title(&self, lang: Lang) -> String {
        say!(lang; layer = self.inputs.layer, head = self.inputs.head;
            "Another function: feature maps for softmax, layer {layer}, head {head} of MiniLM-L6",
            "另一个函数：用特征映射代替 Softmax，MiniLM-L6 第 {layer} 层第 {head} 头")
        .text()
    }

    fn caption(&self, _step: usize, row: usize, lang: Lang) -> Rich {
        captions::caption(self, row_of(row), lang)
    }

    fn rows(&self) -> usize {
        TOKENS.len()
    }

    fn focus(&self, _step: usize, row: Option<usize>) -> usize {
        row_of(row.unwrap_or(IT))
    }

    fn stage(&self, _step: usize, row: usize, view: &View) -> Drawing {
        stage::draw(self, row_of(row), view)
    }

    fn table(&self, _step: usize, lang: Lang) -> Table {
        table::table(self, lang)
    }

    fn residual(&self, _step: usize) -> Option<f64> {
        Some(self.now().residual)
    }

    fn why(&self, _step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, cell, lang)
    }

    fn default_cell(&self, _step: usize, row: usize) -> Option<String> {
        let row = row_of(row);
        Some(["W:", &row.to_string(), ":", &self.run.strongest(row).to_string()].concat())
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

    fn kernel(&self) -> Option<KernelJob> {
        let now = self.now();
        // A weight far beyond 1 is a denominator near 0: there each device has a rounding of its own.
        let tame = now.weights.iter().all(|weight| weight.abs() <= 2.0);
        // The kernel maps entries; what needs a whole row or column is mapped here.
        let (map, q, k) = match now.map {
            FeatureMap::Identity => (kernel::FeatureMap::Identity, &self.inputs.q, &self.inputs.k),
            FeatureMap::Relu => (kernel::FeatureMap::Relu, &self.inputs.q, &self.inputs.k),
            FeatureMap::Elu1 => (kernel::FeatureMap::Elu1, &self.inputs.q, &self.inputs.k),
            FeatureMap::Exp => (kernel::FeatureMap::Exp, &self.inputs.q, &self.inputs.k),
            FeatureMap::Taylor1 => (kernel::FeatureMap::Taylor1, &self.inputs.q, &self.inputs.k),
            FeatureMap::Square => (kernel::FeatureMap::Square, &self.inputs.q, &self.inputs.k),
            FeatureMap::Double | FeatureMap::Cosine => (kernel::FeatureMap::Identity, &now.q, &now.k),
        };
        let sizes = [q.nrows(), k.nrows(), q.ncols(), self.inputs.v.ncols()].map(|size| size as u32);
        let normaliser = kernel::Normaliser::Eps(eps(now.map) as f32);
        let flat = |matrix: &ndarray::Array2<f32>| matrix.iter().copied().collect();
        tame.then(|| KernelJob {
            kernel: &kernel::KERNEL,
            uniform: kernel::uniform(sizes[0], sizes[1], sizes[2], sizes[3], map, normaliser),
            inputs: vec![flat(q), flat(k), flat(&self.inputs.v)],
            reference: vec![now.exact.out.iter().copied().collect()],
        })
    }
}
