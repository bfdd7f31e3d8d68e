//! Everything that can go wrong between a kernel and its outputs.

use crate::kernels::KernelError;

/// Why a kernel did not run on the GPU. The page says it in the reader's language by variant; the
/// texts carried here are the driver's or the browser's own and stay as they are.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    /// There is no WebGPU, or no adapter behind it.
    #[error("no WebGPU adapter: {0}")]
    NoAdapter(String),
    /// The adapter gave no device, or the device reported an error that belongs to no run.
    #[error("WebGPU device: {0}")]
    Device(String),
    /// The device is gone: driver reset, tab in the background for long, or destroyed on purpose.
    #[error("WebGPU device lost: {0}")]
    Lost(String),
    /// The kernel or its bindings were refused.
    #[error("{kernel} was refused: {message}")]
    Validation {
        /// The kernel.
        kernel: String,
        /// What the implementation says.
        message: String,
    },
    /// The device has no room for the buffers.
    #[error("out of GPU memory")]
    OutOfMemory,
    /// A buffer or the dispatch exceeds a limit of this device.
    #[error("{kernel}: {what} needs {needed}, this device allows {limit}")]
    TooLarge {
        /// The kernel.
        kernel: String,
        /// The binding, or what else is too large.
        what: &'static str,
        /// How much it needs, in bytes for buffers.
        needed: u64,
        /// The most this device allows.
        limit: u64,
    },
    /// The outputs could not be read back.
    #[error("readback: {0}")]
    Readback(String),
    /// The run ended and left a value unwritten.
    #[error("{kernel} left {output}[{index}] unwritten")]
    Unwritten {
        /// The kernel.
        kernel: String,
        /// The output binding.
        output: &'static str,
        /// The first such value.
        index: usize,
    },
    /// The inputs are not what the kernel takes; the CPU would refuse them too.
    #[error(transparent)]
    Input(#[from] KernelError),
}
