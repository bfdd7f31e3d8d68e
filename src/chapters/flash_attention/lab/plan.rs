//! What is measured: each method on each device, at each length.

use std::sync::Arc;

use super::inputs::Inputs;
use crate::content::Lang;
use crate::figure::lab::{Refusal, Work};
use crate::kernels::plain_cpu::{self, PlainError};
use crate::kernels::sliced::Sliced;
use crate::kernels::{flash_attention, plain_attention};

/// A way to compute attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Scores, softmax, output: three steps with the n x n table between them.
    Plain,
    /// Tile by tile.
    Flash,
}

/// Where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// This thread, in WebAssembly.
    Cpu,
    /// Through WebGPU.
    Gpu,
}

/// A method on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// How.
    pub method: Method,
    /// Where.
    pub device: Device,
}

impl Series {
    /// All of them, in the order in which they are run at a length. The first is what the others' outputs are compared with.
    pub const ALL: [Series; 4] = [
        Series { method: Method::Flash, device: Device::Cpu },
        Series { method: Method::Flash, device: Device::Gpu },
        Series { method: Method::Plain, device: Device::Cpu },
        Series { method: Method::Plain, device: Device::Gpu },
    ];

    /// Its name.
    pub fn name(self, lang: Lang) -> &'static str {
        match (self.method, self.device) {
            (Method::Plain, Device::Cpu) => lang.pick("standard, CPU", "标准，CPU"),
            (Method::Plain, Device::Gpu) => lang.pick("standard, GPU", "标准，GPU"),
            (Method::Flash, Device::Cpu) => "FlashAttention, CPU",
            (Method::Flash, Device::Gpu) => "FlashAttention, GPU",
        }
    }

    /// What runs.
    pub fn work(self) -> Work {
        match (self.method, self.device) {
            (Method::Plain, Device::Cpu) => Work::Cpu(start_plain),
            (Method::Flash, Device::Cpu) => Work::Cpu(start_flash),
            (Method::Plain, Device::Gpu) => Work::Gpu(&plain_attention::KERNEL),
            (Method::Flash, Device::Gpu) => Work::Gpu(&flash_attention::KERNEL),
        }
    }

    /// Bytes that the method has to keep beyond inputs and output at a length: the table, or one number per row.
    pub fn keeps(method: Method, n: usize) -> u64 {
        4 * n as u64 * if method == Method::Plain { n as u64 } else { 1 }
    }
}

fn start_plain(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, Refusal> {
    plain_cpu::start(uniform, inputs).map_err(|error| match error {
        PlainError::Table { needed, limit } => Refusal::TooLarge { needed, limit },
        PlainError::Input(error) => Refusal::Failed(error.to_string()),
    })
}

fn start_flash(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, Refusal> {
    flash_attention::cpu::start(uniform, inputs).map_err(|error| Refusal::Failed(error.to_string()))
}

/// The trials of a run: every series at every length, the shortest first.
pub fn trials(inputs: &Inputs) -> Vec<(usize, Series)> {
    inputs.lengths.iter().flat_map(|n| Series::ALL.map(|series| (*n, series))).collect()
}
