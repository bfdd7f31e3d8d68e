//! Softmax in two walks beside the usual three: a running maximum, and a sum that is re-measured whenever it moves.

mod arrange;
mod captions;
mod controls;
mod figure;
mod inputs;
mod numbers;
mod quiz;
mod run;
mod stage;
mod sums;
mod walks;
mod why;

pub use figure::OnlineSoftmax;
pub use inputs::{FIELDS, Format, Inputs};
pub use run::{Act, Element, Merge, Run, Step};

use std::sync::Arc;

use crate::algorithms::online_softmax::Safety;
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `online-softmax`.
pub const SPEC: Spec = Spec { id: "online-softmax", fields: FIELDS, player: true, data: |_| None, code: CODE };

figure_code!(flash_attention, online_softmax, build);

/// Builds the figure itself, for those who want its run.
pub fn figure(values: &Values) -> Result<(OnlineSoftmax, Vec<Problem>), Vec<Problem>> {
    let (inputs, problems) = inputs::read(values)?;
    let run = Run::new(&inputs, inputs.safety);
    let other = if inputs.safety == Safety::On { Safety::Off } else { Safety::On };
    let ghost = Run::new(&inputs, other);
    Ok((OnlineSoftmax::new(inputs, run, &ghost), problems))
}

fn build(values: &Values, _data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    figure(values).map(|(figure, problems)| (Arc::new(figure) as _, problems))
}
