//! What the figure runs on, and how it is cut.

use super::super::inputs::{Given, SHARED, Source, tiling, with_own};
use crate::algorithms::Attention;
use crate::algorithms::flash_attention::{Rescale, Tiling};
use crate::figure::{Field, Kind, Problem, Values};
use crate::trace::MAX_STEPS;

/// URL parameters.
pub const FIELDS: &[Field] = &with_own::<2, { SHARED.len() + 2 }>([
    Field { name: "order", kind: Kind::Choice(&["fa1", "fa2"]), default: "fa2" },
    Field { name: "rescale", kind: Kind::Choice(&["on", "off"]), default: "on" },
]);

/// Which loop is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Keys and values outside.
    Fa1,
    /// Queries outside.
    Fa2,
}

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Where the numbers come from.
    pub source: Source,
    /// The numbers.
    pub x: Attention<f32>,
    /// A name per query.
    pub query_names: Vec<String>,
    /// A name per key, in the order in which they are read.
    pub key_names: Vec<String>,
    /// How they are cut.
    pub tiling: Tiling,
    /// Loop order.
    pub order: Order,
    /// The break-it switch.
    pub rescale: Rescale,
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<(Inputs, Vec<Problem>), Vec<Problem>> {
    let (given, mut problems) = super::super::inputs::read(values, data)?;
    let order = if values.is("order", "fa1") { Order::Fa1 } else { Order::Fa2 };
    let (n_queries, n_keys) = (given.x.n_queries(), given.x.n_keys());
    let n_steps = |br: usize, bc: usize| n_steps(n_queries, n_keys, br, bc, order);
    let tiling = tiling(values, &n_steps, (MAX_STEPS, "steps", "步"), &mut problems);
    let rescale = if values.is("rescale", "off") { Rescale::Off } else { Rescale::On };
    let Given { source, x, query_names, key_names } = given;
    Ok((Inputs { source, x, query_names, key_names, tiling, order, rescale }, problems))
}

/// How many steps a run takes at most.
fn n_steps(n_queries: usize, n_keys: usize, br: usize, bc: usize, order: Order) -> usize {
    let (rows, cols) = (n_queries.div_ceil(br), n_keys.div_ceil(bc));
    match order {
        Order::Fa2 => rows * (2 + 7 * cols),
        Order::Fa1 => cols * (1 + 8 * rows),
    }
}
