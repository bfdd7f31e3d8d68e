//! What is measured: softmax attention in two ways and linear attention, each on both devices, at each length.

use std::sync::Arc;

use super::inputs::{linear_row, linear_uniform, softmax_row};
use super::{captions, controls, count, quiz, stage};
use crate::content::{Lang, Rich, say};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Device, Measured, Place, Plan, Series, Trial, Work, apart_from, mean_distance, spread_rows, starts};
use crate::figure::plot::Stroke;
use crate::figure::{Drawing, Group, Question, View};
use crate::kernels::{Kernel, flash_attention, linear_attention, linear_attention_causal, plain_attention};

/// FlashAttention: CPU, GPU.
pub const FLASH: [usize; 2] = [0, 1];
/// Softmax attention with its table: CPU, GPU.
pub const PLAIN: [usize; 2] = [2, 3];
/// Linear attention: CPU, GPU.
pub const LINEAR: [usize; 2] = [4, 5];

/// All series, in the order in which they are run at a length. Outputs are compared with the first of their function.
pub const SERIES: &[Series] = &[
    Series { name: ("FlashAttention, CPU", "FlashAttention, CPU"), device: Device::Cpu, axis: "n", look: ("pl-b", Stroke::Dashed) },
    Series { name: ("FlashAttention, GPU", "FlashAttention, GPU"), device: Device::Gpu, axis: "n", look: ("pl-b", Stroke::Solid) },
    Series { name: ("standard, CPU", "标准，CPU"), device: Device::Cpu, axis: "n", look: ("pl-c", Stroke::Dotted) },
    Series { name: ("standard, GPU", "标准，GPU"), device: Device::Gpu, axis: "n", look: ("pl-c", Stroke::Solid) },
    Series { name: ("linear, CPU", "线性，CPU"), device: Device::Cpu, axis: "n", look: ("pl-a", Stroke::Dashed) },
    Series { name: ("linear, GPU", "线性，GPU"), device: Device::Gpu, axis: "n", look: ("pl-a", Stroke::Bold) },
];

/// The plan of `lab`.
pub struct Against {
    /// Its inputs.
    pub inputs: HeadInputs,
    places: Vec<Place>,
}

impl Against {
    /// Every series at every length, the shortest first.
    pub fn new(inputs: HeadInputs) -> Against {
        let places = inputs.lengths.iter().flat_map(|&x| (0..SERIES.len()).map(move |series| Place { series, x })).collect();
        Against { inputs, places }
    }

    /// The kernel of linear attention under this mask.
    pub fn linear_kernel(causal: bool) -> &'static Kernel {
        if causal { &linear_attention_causal::KERNEL } else { &linear_attention::KERNEL }
    }
}

fn is_linear(place: Place) -> bool {
    LINEAR.contains(&place.series)
}

impl Plan for Against {
    fn series(&self) -> &'static [Series] {
        SERIES
    }

    fn places(&self) -> &[Place] {
        &self.places
    }

    fn trial(&self, place: Place) -> Trial {
        let (n, causal) = (place.x, self.inputs.causal);
        let work = match place.series {
            0 => Work::Cpu(starts::flash),
            1 => Work::Gpu(&flash_attention::KERNEL),
            2 => Work::Cpu(starts::plain),
            3 => Work::Gpu(&plain_attention::KERNEL),
            4 => Work::Cpu(if causal { starts::linear_causal } else { starts::linear }),
            _ => Work::Gpu(Against::linear_kernel(causal)),
        };
        let (group, uniform) = match is_linear(place) {
            false => (2 * n, self.inputs.softmax_uniform(n)),
            true => (2 * n + 1, linear_uniform(&self.inputs, n)),
        };
        Trial { group, work, uniform, inputs: Arc::new(self.inputs.tiled.tokens(n)) }
    }

    fn error(&self, place: Place, output: &[f32]) -> f64 {
        let n = place.x;
        let exact = |row| if is_linear(place) { linear_row(&self.inputs, row, n) } else { softmax_row(&self.inputs, row, n) };
        apart_from(n, self.inputs.d, output, &exact)
    }

    fn strays(&self, place: Place, output: &[f32]) -> Option<f64> {
        let n = place.x;
        is_linear(place).then(|| mean_distance(&mut spread_rows(n), self.inputs.d, output, &|row| softmax_row(&self.inputs, row, n)))
    }

    /// Two for each multiply-add counted.
    fn operations(&self, place: Place) -> f64 {
        let count = if is_linear(place) { count::linear } else { count::softmax };
        2.0 * count(place.x, self.inputs.d, self.inputs.causal) as f64
    }

    fn title(&self, lang: Lang) -> String {
        let (n, d) = (self.inputs.lengths.last().copied().unwrap_or(0), self.inputs.d);
        say!(lang; n, d;
            if self.inputs.causal =>
                "Measured here: softmax against linear attention, causal, d = {d}, up to n = {n}",
                "就在这台机器上测：Softmax 与线性注意力，因果，d = {d}，最长 n = {n}";
            else =>
                "Measured here: softmax against linear attention, d = {d}, up to n = {n}",
                "就在这台机器上测：Softmax 与线性注意力，d = {d}，最长 n = {n}")
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
            "Milliseconds per run, memory beyond inputs and output in bytes, largest distance to f64 of the same function and to its first output of that length, and mean relative distance from softmax attention.",
            "每次运行的毫秒数、额外内存（字节）、与同一函数的 f64 结果及该长度下它的第一个输出的最大距离，以及与 Softmax 注意力的平均相对距离。",
        )
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
