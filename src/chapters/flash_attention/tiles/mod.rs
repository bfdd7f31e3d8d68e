//! The main figure: Q, K and V through FlashAttention, one act at a time.

mod arrange;
mod captions;
mod cells;
mod controls;
mod figure;
mod inputs;
mod lanes;
mod quiz;
mod run;
mod stage;
mod stacked;
mod why;

pub use figure::Tiles;
pub use inputs::{FIELDS, Inputs};
pub use run::{Act, Run, Step};

use std::sync::Arc;

use crate::algorithms::flash_attention::Rescale;
use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `tiles`.
pub const SPEC: Spec = Spec { id: "tiles", fields: FIELDS, player: true, data: super::inputs::data, code: CODE };

figure_code!(flash_attention, tiles, build);

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    let (inputs, problems) = inputs::read(values, data)?;
    let run = Run::new(&inputs, inputs.rescale);
    let other = if inputs.rescale == Rescale::On { Rescale::Off } else { Rescale::On };
    let ghost = Run::new(&inputs, other);
    Ok((Arc::new(Tiles::new(inputs, run, &ghost)), problems))
}
