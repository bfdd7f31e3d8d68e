//! What is measured: each method on each device, at each length.

use std::sync::Arc;

use super::inputs::exact_row;
use super::{captions, controls, stage};
use crate::content::{Lang, Rich, say};
use crate::figure::lab::head::HeadInputs;
use crate::figure::lab::{Device, Measured, Place, Plan, Series, Trial, Work, apart_from, starts};
use crate::figure::plot::Stroke;
use crate::figure::{Drawing, Group, View};
use crate::kernels::{flash_attention, plain_attention};

/// FlashAttention on the CPU; what the others' outputs are compared with.
pub const FLASH_CPU: usize = 0;
/// FlashAttention on the GPU.
pub const FLASH_GPU: usize = 1;
/// Scores, softmax, output on the CPU: three steps with the n x n table between them.
pub const PLAIN_CPU: usize = 2;
/// The same on the GPU.
pub const PLAIN_GPU: usize = 3;

/// All series, in the order in which they are run at a length.
pub const SERIES: &[Series] = &[
    Series { name: ("FlashAttention, CPU", "FlashAttention, CPU"), device: Device::Cpu, axis: "n", look: ("pl-a", Stroke::Dashed) },
    Series { name: ("FlashAttention, GPU", "FlashAttention, GPU"), device: Device::Gpu, axis: "n", look: ("pl-a", Stroke::Bold) },
    Series { name: ("standard, CPU", "标准，CPU"), device: Device::Cpu, axis: "n", look: ("pl-c", Stroke::Dotted) },
    Series { name: ("standard, GPU", "标准，GPU"), device: Device::Gpu, axis: "n", look: ("pl-c", Stroke::Solid) },
];

/// Bytes that plain attention has to keep beyond inputs and output: the table.
pub fn table_bytes(n: usize) -> u64 {
    4 * n as u64 * n as u64
}

/// Bytes that FlashAttention has to keep: one number per row.
pub fn lse_bytes(n: usize) -> u64 {
    4 * n as u64
}

/// The plan of `lab`.
pub struct Both {
    /// Its inputs.
    pub inputs: HeadInputs,
    places: Vec<Place>,
}

impl Both {
    /// Every series at every length, the shortest first.
    pub fn new(inputs: HeadInputs) -> Both {
        let places = inputs.lengths.iter().flat_map(|&x| (0..SERIES.len()).map(move |series| Place { series, x })).collect();
        Both { inputs, places }
    }
}

impl Plan for Both {
    fn series(&self) -> &'static [Series] {
        SERIES
    }

    fn places(&self) -> &[Place] {
        &self.places
    }

    fn trial(&self, place: Place) -> Trial {
        let work = match place.series {
            FLASH_CPU => Work::Cpu(starts::flash),
            FLASH_GPU => Work::Gpu(&flash_attention::KERNEL),
            PLAIN_CPU => Work::Cpu(starts::plain),
            _ => Work::Gpu(&plain_attention::KERNEL),
        };
        Trial { group: place.x, work, uniform: self.inputs.softmax_uniform(place.x), inputs: Arc::new(self.inputs.tiled.tokens(place.x)) }
    }

    fn error(&self, place: Place, output: &[f32]) -> f64 {
        let n = place.x;
        apart_from(n, self.inputs.d, output, &|row| exact_row(&self.inputs, row, n))
    }

    /// What the method of the paper counts: 4 n^2 d, half of it under a causal mask.
    fn operations(&self, place: Place) -> f64 {
        let n = place.x;
        let pairs = if self.inputs.causal { n * (n + 1) / 2 } else { n * n };
        4.0 * pairs as f64 * self.inputs.d as f64
    }

    fn title(&self, lang: Lang) -> String {
        say!(lang; n = self.inputs.lengths.last().copied().unwrap_or(0), d = self.inputs.d;
            "Measured here: one head, d = {d}, up to n = {n}", "就在这台机器上测：一个头，d = {d}，最长 n = {n}")
        .text()
    }

    fn caption(&self, run: &Measured, lang: Lang) -> Rich {
        captions::caption(&self.inputs, run, lang)
    }

    fn stage(&self, run: &Measured, view: &View) -> Drawing {
        stage::draw(&self.inputs, run, view)
    }

    fn table_caption(&self, lang: Lang) -> &'static str {
        lang.pick(
            "Milliseconds per run, memory beyond inputs and output in bytes, largest distances to f64 and to the first output of that length.",
            "每次运行的毫秒数、额外内存（字节）、与 f64 的最大距离、与该长度下第一个输出的最大距离。",
        )
    }

    fn listing(&self) -> Option<&'static str> {
        Some("flash_attention_gpu")
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }
}
