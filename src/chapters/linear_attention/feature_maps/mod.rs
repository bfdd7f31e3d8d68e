//! What a feature map gives up: eight of them in the place of softmax, on a trained head.

mod captions;
mod controls;
mod figure;
mod inputs;
mod quiz;
mod row;
mod run;
mod small;
mod stage;
mod strip;
mod table;
mod tables;
mod why;
mod words;

pub use figure::FeatureMaps;
pub use inputs::{FIELDS, Inputs};
pub use run::{Mapping, Row, Run, mute_below};

use std::sync::Arc;

use crate::figure::{Built, Problem, Spec, Values, figure_code};

/// The figure `feature-maps`.
pub const SPEC: Spec = Spec { id: "feature-maps", fields: FIELDS, player: false, data: inputs::data, code: CODE };

figure_code!(linear_attention_measured, feature_maps, build);

/// Builds the figure itself, for those who want its numbers.
pub fn figure(values: &Values, data: Option<&[u8]>) -> Result<FeatureMaps, Vec<Problem>> {
    inputs::read(values, data).map(FeatureMaps::new)
}

fn build(values: &Values, data: Option<&[u8]>) -> Result<Built, Vec<Problem>> {
    figure(values, data).map(|figure| (Arc::new(figure) as _, Vec::new()))
}
