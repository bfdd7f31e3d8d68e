//! Both ways to compute attention, measured on the reader's own machine at one length after another.

mod captions;
mod controls;
mod inputs;
mod plan;
mod stage;

pub use inputs::{FIELDS, SHORTEST, exact_row};
pub use plan::{Both, FLASH_GPU, SERIES, lse_bytes, table_bytes};

use std::sync::Arc;

use crate::figure::lab::{Measured, head};
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `lab`.
pub const SPEC: Spec = Spec { id: "lab", fields: FIELDS, player: false, data: head::data, code: CODE };

figure_code!(flash_attention_measured, lab, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    head::read(values, data, inputs::SHORTEST).map(|inputs| (Arc::new(Measured::new(Arc::new(Both::new(inputs)))) as _, Vec::new()))
}
