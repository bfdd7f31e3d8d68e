//! The inputs of the lab, and what is exact for them.

use crate::algorithms::repeated;
use crate::data::tiled::PERIOD;
use crate::figure::Field;
use crate::figure::lab::head::{self, HeadInputs};

/// The shortest sequence.
pub const SHORTEST: usize = 128;

/// URL parameters.
pub const FIELDS: &[Field] = &head::fields("2048");

/// A row of attention over `n` tokens in f64.
pub fn exact_row(inputs: &HeadInputs, row: usize, n: usize) -> Vec<f64> {
    let tiled = &inputs.tiled;
    repeated::softmax_row(tiled.query(row), tiled.keys(), tiled.values(), PERIOD, inputs.seen(row, n), inputs.scale())
}
