//! Where kernels run: on the reader's GPU through WebGPU (Vulkan in native tests), or as their CPU twins.
//!
//! A GPU failure is a typed [`GpuError`], for the page to show, and the CPU path; it is never zeros and
//! never a panic. Nothing here blocks in the browser: every wait is a future.
//! Deliberately absent: optional features other than timestamps, limits above WebGPU's defaults, and a
//! clock: who wants to time a [`Session`] brings one.

mod chain;
mod error;
mod gpu;
mod pipeline;
mod session;
mod loss;
mod oneshot;

pub use crate::kernels::{Mismatch, agreement};
pub use error::GpuError;
pub use gpu::{Gpu, Info, probe};
pub use session::{Clock, Session};

use crate::kernels::{Kernel, KernelError};

/// What runs a kernel. Clones share one device.
#[derive(Clone, Debug)]
pub enum Backend {
    /// The kernel's CPU twin.
    Cpu,
    /// A WebGPU device.
    Gpu(Gpu),
}

impl Backend {
    /// The GPU if there is a usable one, else the CPU and the reason for it.
    pub async fn open() -> (Backend, Option<GpuError>) {
        match probe().await {
            Ok(gpu) => (Backend::Gpu(gpu), None),
            Err(error) => (Backend::Cpu, Some(error)),
        }
    }

    /// `cpu` or `webgpu`, as in the page's `data-backend`.
    pub fn name(&self) -> &'static str {
        match self {
            Backend::Cpu => "cpu",
            Backend::Gpu(_) => "webgpu",
        }
    }

    /// The kernel's outputs, one vector per output binding.
    ///
    /// # Errors
    /// [`GpuError::Input`] on either side, everything else on the GPU only.
    pub async fn run(&self, kernel: &Kernel, uniform: &[u32], inputs: &[&[f32]]) -> Result<Vec<Vec<f32>>, GpuError> {
        match self {
            Backend::Cpu => Ok(kernel.run_cpu(uniform, inputs)?),
            Backend::Gpu(gpu) => gpu.run(kernel, uniform, inputs).await,
        }
    }

    /// As [`Backend::run`], but a failing GPU gives the twin's outputs and the reason, which must be shown.
    ///
    /// # Errors
    /// Inputs that the kernel cannot take at all.
    pub async fn run_or_twin(
        &self,
        kernel: &Kernel,
        uniform: &[u32],
        inputs: &[&[f32]],
    ) -> Result<(Vec<Vec<f32>>, Option<GpuError>), KernelError> {
        match self.run(kernel, uniform, inputs).await {
            Ok(outputs) => Ok((outputs, None)),
            Err(GpuError::Input(error)) => Err(error),
            Err(error) => Ok((kernel.run_cpu(uniform, inputs)?, Some(error))),
        }
    }
}
