//! Both ways to compute attention, measured on the reader's own machine at one length after another.

mod captions;
mod controls;
mod inputs;
mod plan;
mod stage;

pub use inputs::{FIELDS, Inputs, read};
pub use plan::{Both, FLASH_GPU, SERIES, lse_bytes, table_bytes};

use std::sync::Arc;

use crate::figure::lab::Measured;
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `lab`.
pub const SPEC: Spec = Spec { id: "lab", fields: FIELDS, player: false, data: inputs::data, code: CODE };

figure_code!(flash_attention_measured, lab, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    inputs::read(values, data).map(|inputs| (Arc::new(Measured::new(Arc::new(Both::new(inputs)))) as _, Vec::new()))
}
