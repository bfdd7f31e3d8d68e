//! What is measured: the Performer on 256 tokens with more and more features, a few draws each; then it and FlashAttention
//! on longer and longer sequences.

use std::sync::Arc;

use super::inputs::{FEATURES, Inputs, TOKENS};
use super::{captions, controls, quiz, stage};
use crate::content::{Lang, Rich, say};
use crate::figure::lab::{Device, Measured, Place, Plan, Series, Trial, Work, apart_from, mean_distance, spread_rows, starts};
use crate::figure::plot::Stroke;
use crate::figure::{Drawing, Group, Question, View};
use crate::kernels::{flash_attention, performer};

/// FlashAttention over n: CPU, GPU.
pub const FLASH: [usize; 2] = [0, 1];
/// The Performer over n: CPU, GPU.
pub const PERFORMER: [usize; 2] = [2, 3];
/// The first draw over m: CPU, GPU.
pub const FIRST: [usize; 2] = [4, 5];
/// The draws over m on the CPU.
pub const DRAWS: std::ops::RangeInclusive<usize> = 4..=9;

const fn series(name: (&'static str, &'static str), device: Device, axis: &'static str, look: (&'static str, Stroke)) -> Series {
    Series { name, device, axis, look }
}

/// All series.
pub const SERIES: &[Series] = &[
    series(("FlashAttention, CPU", "FlashAttention, CPU"), Device::Cpu, "n", ("pl-b", Stroke::Dashed)),
    series(("FlashAttention, GPU", "FlashAttention, GPU"), Device::Gpu, "n", ("pl-b", Stroke::Solid)),
    series(("Performer, CPU", "Performer, CPU"), Device::Cpu, "n", ("pl-a", Stroke::Dashed)),
    series(("Performer, GPU", "Performer, GPU"), Device::Gpu, "n", ("pl-a", Stroke::Bold)),
    series(("draw 1, CPU", "第 1 次抽取，CPU"), Device::Cpu, "m", ("pl-a", Stroke::Dashed)),
    series(("draw 1, GPU", "第 1 次抽取，GPU"), Device::Gpu, "m", ("pl-a", Stroke::Bold)),
    series(("draw 2, CPU", "第 2 次抽取，CPU"), Device::Cpu, "m", ("pl-a", Stroke::Dashed)),
    series(("draw 3, CPU", "第 3 次抽取，CPU"), Device::Cpu, "m", ("pl-a", Stroke::Dashed)),
    series(("draw 4, CPU", "第 4 次抽取，CPU"), Device::Cpu, "m", ("pl-a", Stroke::Dashed)),
    series(("draw 5, CPU", "第 5 次抽取，CPU"), Device::Cpu, "m", ("pl-a", Stroke::Dashed)),
];

/// What a trial computes.
enum What {
    Softmax,
    /// Features, and which draw of them.
    Estimate(usize, usize),
}

/// The plan of `lab`.
pub struct Estimate {
    /// Its inputs.
    pub inputs: Inputs,
    places: Vec<Place>,
}

impl Estimate {
    /// All draws for every number of features, then both methods at every length.
    pub fn new(inputs: Inputs) -> Estimate {
        let over = |series: std::ops::RangeInclusive<usize>, x: usize| series.map(move |series| Place { series, x });
        let draws = FEATURES.iter().flat_map(|m| over(DRAWS, *m));
        let lengths = inputs.lengths.iter().flat_map(|n| over(FLASH[0]..=PERFORMER[1], *n));
        let places = draws.chain(lengths).collect();
        Estimate { inputs, places }
    }

    /// Tokens of a trial, and what is computed of them.
    fn what(&self, place: Place) -> (usize, What) {
        match place.series {
            0 | 1 => (place.x, What::Softmax),
            2 | 3 => (place.x, What::Estimate(self.inputs.m, 0)),
            4 | 5 => (TOKENS, What::Estimate(place.x, 0)),
            later => (TOKENS, What::Estimate(place.x, later - 5)),
        }
    }
}

/// Multiply-adds of the Performer: 2 n m d for the features of queries and keys, 2 n m d for linear attention on them.
pub fn estimate_count(n: usize, m: usize, d: usize) -> u64 {
    4 * n as u64 * m as u64 * d as u64
}

/// Multiply-adds of softmax attention: n^2 pairs, d for the score and d for the values.
pub fn softmax_count(n: usize, d: usize) -> u64 {
    2 * n as u64 * n as u64 * d as u64
}

impl Plan for Estimate {
    fn series(&self) -> &'static [Series] {
        SERIES
    }

    fn places(&self) -> &[Place] {
        &self.places
    }

    fn trial(&self, place: Place) -> Trial {
        let (n, what) = self.what(place);
        let mut inputs = self.inputs.tiled.tokens(n);
        let cpu = SERIES[place.series].device == Device::Cpu;
        let (group, work, uniform) = match what {
            What::Softmax => {
                let work = if cpu { Work::Cpu(starts::flash) } else { Work::Gpu(&flash_attention::KERNEL) };
                (n, work, self.inputs.softmax_uniform(n))
            }
            What::Estimate(m, draw) => {
                inputs.push(self.inputs.draw(m, draw));
                let work = if cpu { Work::Cpu(starts::performer) } else { Work::Chain(performer::CHAIN) };
                (n << 16 | m << 4 | (draw + 1), work, self.inputs.performer_uniform(n, m))
            }
        };
        Trial { group, work, uniform, inputs: Arc::new(inputs) }
    }

    fn error(&self, place: Place, output: &[f32]) -> f64 {
        let (n, what) = self.what(place);
        match what {
            What::Softmax => apart_from(n, self.inputs.d(), output, &|row| self.inputs.softmax_row(row, n)),
            What::Estimate(m, draw) => apart_from(n, self.inputs.d(), output, &self.inputs.performer_rows(&self.inputs.draw(m, draw), n)),
        }
    }

    /// Of all 256 rows, or of rows spread over more of them.
    fn strays(&self, place: Place, output: &[f32]) -> Option<f64> {
        let (n, what) = self.what(place);
        let exact = |row| self.inputs.softmax_row(row, n);
        match what {
            What::Softmax => None,
            What::Estimate(..) if n == TOKENS => Some(mean_distance(&mut (0..TOKENS), self.inputs.d(), output, &exact)),
            What::Estimate(..) => Some(mean_distance(&mut spread_rows(n), self.inputs.d(), output, &exact)),
        }
    }

    /// Two for each multiply-add counted.
    fn operations(&self, place: Place) -> f64 {
        let (n, what) = self.what(place);
        let count = match what {
            What::Softmax => softmax_count(n, self.inputs.d()),
            What::Estimate(m, _) => estimate_count(n, m, self.inputs.d()),
        };
        2.0 * count as f64
    }

    fn title(&self, lang: Lang) -> String {
        let (head, n) = (&self.inputs.head, self.inputs.lengths.last().copied().unwrap_or(0));
        say!(lang; head, n;
            "Measured here: the Performer on head {head}, up to n = {n}", "就在这台机器上测：头 {head} 上的 Performer，最长 n = {n}")
        .text()
    }

    fn caption(&self, run: &Measured, lang: Lang) -> Rich {
        captions::caption(&self.inputs, run, lang)
    }

    fn stage(&self, run: &Measured, view: &View) -> Drawing {
        stage::draw(&self.inputs, run, view)
    }

    fn why(&self, run: &Measured, cell: &str, lang: Lang) -> Option<Rich> {
        captions::why(&self.inputs, run, cell, lang)
    }

    fn table_caption(&self, lang: Lang) -> &'static str {
        lang.pick(
            "Milliseconds per run, memory beyond inputs and output in bytes, largest distance to f64 of the same function and to the first output of the same features, and mean relative distance from softmax attention.",
            "每次运行的毫秒数、额外内存（字节）、与同一函数的 f64 结果及同样特征的第一个输出的最大距离，以及与 Softmax 注意力的平均相对距离。",
        )
    }

    fn columns(&self) -> &'static [&'static str] {
        &["n", "m"]
    }

    fn coordinates(&self, place: Place) -> Vec<String> {
        let (n, what) = self.what(place);
        let m = if let What::Estimate(m, _) = what { m.to_string() } else { String::new() };
        vec![n.to_string(), m]
    }

    fn strays_head(&self, lang: Lang) -> Option<&'static str> {
        Some(lang.pick("vs softmax", "对照 Softmax"))
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(&self.inputs, lang)
    }
}
