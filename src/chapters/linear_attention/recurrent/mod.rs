//! A stream of tokens through a state of fixed size: from a recurrent network to the whole table by the size of a chunk.

mod arrange;
mod captions;
mod cells;
mod controls;
mod figure;
mod inputs;
mod lanes;
mod lattice;
mod quiz;
mod run;
mod stage;
mod table;
mod why;

pub use figure::Recurrent;
pub use inputs::{FIELDS, Inputs};
pub use run::{Act, Run, Step};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `recurrent`.
pub const SPEC: Spec = Spec { id: "recurrent", fields: FIELDS, player: true, data: |_| None, code: CODE };

figure_code!(linear_attention, recurrent, build);

fn build(values: &Values, _data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    let (figure, problems) = figure(values);
    Ok((Arc::new(figure), problems))
}

/// Builds the figure itself, for those who want its run.
pub fn figure(values: &Values) -> (Recurrent, Vec<Problem>) {
    let (inputs, problems) = inputs::read(values);
    (Recurrent::new(inputs), problems)
}
