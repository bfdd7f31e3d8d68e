//! The gradients of one pair of tiles: P rebuilt from one number per row, then dV, dQ and dK.

mod captions;
mod cells;
mod controls;
mod figure;
mod inputs;
mod lanes;
mod places;
mod quiz;
mod run;
mod stage;
mod tables;
mod why;

pub use figure::Backward;
pub use inputs::{FIELDS, Inputs, Loss};
pub use run::{Act, Broken, Chosen, Run, Step, exact, forward};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `backward`.
pub const SPEC: Spec = Spec { id: "backward", fields: FIELDS, player: true, data: super::inputs::data, code: CODE };

figure_code!(flash_attention, backward, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    let (figure, problems) = figure(values, data)?;
    Ok((Arc::new(figure), problems))
}

/// Builds the figure itself, for those who want its run.
pub fn figure(values: &Values, data: Option<&[u8]>) -> Result<(Backward, Vec<Problem>), Vec<Problem>> {
    let (inputs, problems) = inputs::read(values, data)?;
    Ok((Backward::new(inputs), problems))
}
