//! One entry of the exponential kernel estimated direction by direction, and four ways to do so redrawn many times.

mod arrange;
mod captions;
mod controls;
mod figure;
mod inputs;
mod numbers;
mod plane;
mod quiz;
mod redraws;
mod run;
mod samples;
mod stage;
mod strips;
mod table;
mod why;

pub use figure::Variance;
pub use inputs::{FIELDS, Inputs, MOST};
pub use redraws::{METHODS, Redraws};
pub use run::{Run, Step};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `variance`.
pub const SPEC: Spec = Spec { id: "variance", fields: FIELDS, player: true, data: |_| None, code: CODE };

figure_code!(performer, variance, build);

/// Builds the figure itself, for those who want its run.
pub fn figure(values: &Values) -> Result<(Variance, Vec<Problem>), Vec<Problem>> {
    let (inputs, problems) = inputs::read(values)?;
    Ok((Variance::new(inputs), problems))
}

fn build(values: &Values, _data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    figure(values).map(|(figure, problems)| (Arc::new(figure) as _, problems))
}
