//! A random method with the randomness removed: FAVOR+ along fixed axes, and activations from exp over 1 + x to elu + 1.

mod arrange;
mod captions;
mod controls;
mod figure;
mod inputs;
mod panels;
mod quiz;
mod rows;
mod run;
mod stage;
mod why;

pub use figure::Morph;
pub use inputs::{FIELDS, Inputs};
pub use run::{At, Run};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `morph`.
pub const SPEC: Spec = Spec { id: "morph", fields: FIELDS, player: false, data: inputs::data, code: CODE };

figure_code!(performer_measured, morph, build);

/// Builds the figure itself, for those who want its numbers.
///
/// # Errors
/// If `data` is not the file of a head.
pub fn figure(values: &Values, data: Option<&[u8]>) -> Result<Morph, Vec<Problem>> {
    inputs::read(values, data).map(Morph::new)
}

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    figure(values, data).map(|figure| (Arc::new(figure) as _, Vec::new()))
}
