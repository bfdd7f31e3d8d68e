//! The Performer's forward pass on real heads: how far it is from softmax attention, and what it takes, on the reader's own machine.

mod captions;
mod controls;
mod inputs;
mod plan;
mod quiz;
mod stage;

pub use inputs::{FEATURES, FIELDS, Inputs, read};
pub use plan::{DRAWS, Estimate, SERIES};

use std::sync::Arc;

use crate::figure::lab::Measured;
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `lab`.
pub const SPEC: Spec = Spec { id: "lab", fields: FIELDS, player: false, data: inputs::data, code: CODE };

figure_code!(performer_measured, performer_lab, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    inputs::read(values, data).map(|inputs| (Arc::new(Measured::new(Arc::new(Estimate::new(inputs)))) as _, Vec::new()))
}
