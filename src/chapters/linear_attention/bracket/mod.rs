//! The main figure: three matrices, a bracket that moves, and what each order costs.

mod arrange;
mod captions;
mod controls;
mod figure;
mod handle;
mod inputs;
mod lanes;
mod matrices;
mod quiz;
mod run;
mod stage;
mod table;
mod why;

pub use figure::Bracket;
pub use inputs::{FIELDS, Inputs, Order, Source};
pub use run::{Act, Grain, Run, Step};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `bracket`.
pub const SPEC: Spec = Spec { id: "bracket", fields: FIELDS, player: true, data: inputs::data, code: CODE };

figure_code!(linear_attention, bracket, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    let (inputs, problems) = inputs::read(values, data)?;
    Ok((Arc::new(Bracket::new(inputs)), problems))
}

/// Builds the figure itself, for tests of what it computes.
///
/// # Errors
/// As [`Spec::code`].
pub fn figure(values: &Values, data: Option<&[u8]>) -> Result<(Bracket, Vec<Problem>), Vec<Problem>> {
    let (inputs, problems) = inputs::read(values, data)?;
    Ok((Bracket::new(inputs), problems))
}
