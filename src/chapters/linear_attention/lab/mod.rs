//! Softmax attention and linear attention, measured on the reader's own machine: where one curve passes under the other.

mod captions;
mod controls;
mod count;
mod inputs;
mod plan;
mod quiz;
mod stage;

pub use count::{crossover, linear, softmax};
pub use inputs::{FIELDS, SHORTEST, linear_row};
pub use plan::{Against, SERIES};

use std::sync::Arc;

use crate::figure::lab::{Measured, head};
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `lab`.
pub const SPEC: Spec = Spec { id: "lab", fields: FIELDS, player: false, data: head::data, code: CODE };

figure_code!(linear_attention_measured, linear_lab, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    head::read(values, data, inputs::SHORTEST).map(|inputs| (Arc::new(Measured::new(Arc::new(Against::new(inputs)))) as _, Vec::new()))
}
