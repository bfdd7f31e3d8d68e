//! Both ways to compute attention, measured on the reader's own machine at one length after another.

mod captions;
mod controls;
mod figure;
mod inputs;
mod plan;
mod stage;
mod table;

pub use figure::Measurements;
pub use inputs::{FIELDS, Inputs, read};
pub use plan::{Device, Method, Series};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `lab`.
pub const SPEC: Spec = Spec { id: "lab", fields: FIELDS, player: false, data: inputs::data, code: CODE };

figure_code!(flash_attention_measured, lab, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    inputs::read(values, data).map(|inputs| (Arc::new(Measurements::new(inputs)) as _, Vec::new()))
}
