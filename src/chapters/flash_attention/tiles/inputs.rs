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
    let tiling = tiles(values, given.x.n_queries(), given.x.n_keys(), order, &mut problems);
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

/// Block sizes; larger ones where the run would be too long to show.
fn tiles(values: &Values, n_queries: usize, n_keys: usize, order: Order, problems: &mut Vec<Problem>) -> Tiling {
    let (asked_r, asked_c) = (values.size("br").max(1), values.size("bc").max(1));
    let (mut br, mut bc) = (asked_r, asked_c);
    while n_steps(n_queries, n_keys, br, bc, order) > MAX_STEPS {
        if br <= bc { br += 1 } else { bc += 1 }
    }
    if (br, bc) != (asked_r, asked_c) {
        let steps = n_steps(n_queries, n_keys, asked_r, asked_c, order) as u64;
        let (steps, limit) = (crate::content::number::whole(steps), crate::content::number::whole(MAX_STEPS as u64));
        problems.push(Problem::new(
            "br",
            format!("This run would take {steps} steps; the limit is {limit}. Using Br = {br}, Bc = {bc}."),
            format!("这次运行要 {steps} 步，上限是 {limit}。现用 Br = {br}、Bc = {bc}。"),
        ));
    }
    tiling(br, bc)
}
