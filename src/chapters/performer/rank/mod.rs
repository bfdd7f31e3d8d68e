//! What a feature map cannot do: the spectra and the row entropies of softmax attention and of linear attention.

mod captions;
mod controls;
mod figure;
mod inputs;
mod panels;
mod quiz;
mod run;
mod stage;
mod why;

pub use figure::Rank;
pub use inputs::{FIELDS, Inputs};
pub use run::{ABSOLUTE, Look, Run, threshold};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `rank`.
pub const SPEC: Spec = Spec { id: "rank", fields: FIELDS, player: false, data: |_| None, code: CODE };

figure_code!(performer_measured, rank, build);

/// Builds the figure itself, for those who want its numbers.
pub fn figure(values: &Values) -> Rank {
    Rank::new(inputs::read(values))
}

fn build(values: &Values, _data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    Ok((Arc::new(figure(values)), Vec::new()))
}
