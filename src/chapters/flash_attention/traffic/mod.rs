//! What travels at real sizes: elements moved over tile height, sequence length and SRAM, counted by running the listings on shapes.

mod captions;
mod controls;
mod counts;
mod figure;
mod inputs;
mod panels;
mod paper;
mod quiz;
mod stage;
mod table;
mod why;

pub use counts::{Count, Curves, count};
pub use figure::Traffic;
pub use inputs::{FIELDS, Inputs};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `traffic`.
pub const SPEC: Spec = Spec { id: "traffic", fields: FIELDS, player: false, data: |_| None, code: CODE };

figure_code!(flash_attention_measured, traffic, build);

/// Builds the figure itself, for those who want its counts.
pub fn figure(values: &Values) -> Result<Traffic, Vec<Problem>> {
    inputs::read(values).map(Traffic::new)
}

fn build(values: &Values, _data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    figure(values).map(|figure| (Arc::new(figure) as _, Vec::new()))
}
