//! What the figure runs on: a head, the gradient of its output, and the pair of tiles to look at.

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

use super::super::inputs::{Given, MAX_N, SHARED, tiling, with_own};
use super::run::Broken;
use crate::algorithms::flash_attention::Tiling;
use crate::figure::{Field, Kind, Problem, Values};

/// URL parameters. `i` and `j` name the query and the key tile as the page does, from 1.
pub const FIELDS: &[Field] = &with_own::<5, { SHARED.len() + 5 }>([
    Field { name: "i", kind: Kind::Int(1, MAX_N as i64), default: "3" },
    Field { name: "j", kind: Kind::Int(1, MAX_N as i64), default: "4" },
    Field { name: "loss", kind: Kind::Choice(&["random", "sum", "squares"]), default: "random" },
    Field { name: "lse", kind: Kind::Choice(&["on", "off"]), default: "on" },
    Field { name: "delta", kind: Kind::Choice(&["on", "off"]), default: "on" },
]);

/// All pairs run, twice, though one is shown; so many, of the largest head, take a browser about a second.
const MAX_PAIRS: usize = 4096;

/// What the gradient of the output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: N(0, 1) in the place of what later layers would send back.
    Random,
    /// The sum of the output: dO = 1.
    Sum,
    /// Half the sum of squares of the output: dO = O.
    Squares,
}

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// The head.
    pub given: Given,
    /// How it is cut.
    pub tiling: Tiling,
    /// What dO is.
    pub loss: Loss,
    /// Of a random dO.
    pub seed: u64,
    /// The pair to look at: query tile and key tile, from 0.
    pub pair: (usize, usize),
    /// The break-it switches.
    pub broken: Broken,
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<(Inputs, Vec<Problem>), Vec<Problem>> {
    let (given, mut problems) = super::super::inputs::read(values, data)?;
    let (n_queries, n_keys) = (given.x.n_queries(), given.x.n_keys());
    let n_pairs = |br: usize, bc: usize| n_queries.div_ceil(br) * n_keys.div_ceil(bc);
    let tiling = tiling(values, &n_pairs, (MAX_PAIRS, "tile pairs", "对块"), &mut problems);
    let mut held = |name: &str, (en, zh): (&str, &str), most: usize| {
        let asked = values.size(name).max(1);
        // A pair that nobody asked for gives way without a word when there are fewer tiles.
        if asked > most && values.pairs(false).iter().any(|pair| pair.0 == name) {
            let en = [&format!("`{name}={asked}`: there are {most} "), en, &format!(" tiles. Using {most}.")].concat();
            let zh = [&format!("`{name}={asked}`："), zh, &format!("只有 {most} 块。现用 {most}。")].concat();
            problems.push(Problem::new(name, en, zh));
        }
        asked.min(most) - 1
    };
    let (rows, cols) = n_tiles(tiling, n_queries, n_keys);
    let pair = (held("i", ("query", "query "), rows), held("j", ("key", "key "), cols));
    let loss = match values.text("loss") {
        "sum" => Loss::Sum,
        "squares" => Loss::Squares,
        _ => Loss::Random,
    };
    let broken = Broken { lse: values.is("lse", "off"), delta: values.is("delta", "off") };
    Ok((Inputs { given, tiling, loss, seed: values.size("seed") as u64, pair, broken }, problems))
}

/// How many query tiles and key tiles there are.
pub fn n_tiles(tiling: Tiling, n_queries: usize, n_keys: usize) -> (usize, usize) {
    (n_queries.div_ceil(tiling.br.get()), n_keys.div_ceil(tiling.bc.get()))
}

/// dO `[nq, dv]`, given the output `[nq, dv]`.
pub fn d_out(loss: Loss, seed: u64, out: &Array2<f32>) -> Array2<f32> {
    match loss {
        Loss::Sum => Array2::ones(out.dim()),
        Loss::Squares => out.clone(),
        Loss::Random => {
            // A stream of its own, so that it does not repeat the numbers of a seeded Q.
            let mut rng = Pcg64::seed_from_u64(seed + (1 << 32));
            Array2::from_shape_simple_fn(out.dim(), || rng.sample::<f32, _>(StandardNormal))
        }
    }
}
