//! The CPU paths, as labs start them.

use std::sync::Arc;

use super::Refusal;
use crate::kernels::plain_cpu::{self, PlainError};
use crate::kernels::sliced::Sliced;
use crate::kernels::{KernelError, flash_attention, linear_attention, linear_attention_causal, performer};

type Inputs = Arc<Vec<Vec<f32>>>;
type Started = Result<Box<dyn Sliced>, Refusal>;

fn refused(error: KernelError) -> Refusal {
    Refusal::Failed(error.to_string())
}

/// Softmax attention with the n x n table in memory, on the uniform of the kernel `plain_attention`.
pub fn plain(uniform: &[u32], inputs: Inputs) -> Started {
    plain_cpu::start(uniform, inputs).map_err(|error| match error {
        PlainError::Table { needed, limit } => Refusal::TooLarge { needed, limit },
        PlainError::Input(error) => refused(error),
    })
}

/// FlashAttention, on the uniform of its kernel.
pub fn flash(uniform: &[u32], inputs: Inputs) -> Started {
    flash_attention::cpu::start(uniform, inputs).map_err(refused)
}

/// Linear attention over all keys, on the uniform of its kernel.
pub fn linear(uniform: &[u32], inputs: Inputs) -> Started {
    linear_attention::cpu::start(uniform, inputs).map_err(refused)
}

/// Causal linear attention, on the uniform of its kernel.
pub fn linear_causal(uniform: &[u32], inputs: Inputs) -> Started {
    linear_attention_causal::cpu::start(uniform, inputs).map_err(refused)
}

/// The Performer's forward pass, on the uniform of [`performer`].
pub fn performer(uniform: &[u32], inputs: Inputs) -> Started {
    performer::start(uniform, inputs).map_err(refused)
}
