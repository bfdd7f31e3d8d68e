//! The sizes of a head, the SRAM, and tiles that are the paper's unless typed.

use crate::algorithms::flash_attention::Tiling;
use crate::algorithms::flash_attention::io_model::{Sizes, paper_tiles};
use crate::content::number::whole;
use crate::figure::{Field, Kind, Problem, Values};

/// The longest sequence.
pub const MAX_N: usize = 16_384;

/// The most tile pairs that the present setting may have, so that it is counted within a frame.
pub const MOST_PAIRS: usize = 100_000;

/// URL parameters. Empty tiles are the paper's.
pub const FIELDS: &[Field] = &[
    Field { name: "n", kind: Kind::Int(1, MAX_N as i64), default: "1024" },
    Field { name: "d", kind: Kind::Int(1, 256), default: "64" },
    Field { name: "sram", kind: Kind::Int(64, 4_194_304), default: "51200" },
    Field { name: "br", kind: Kind::OptInt(1, MAX_N as i64), default: "" },
    Field { name: "bc", kind: Kind::OptInt(1, MAX_N as i64), default: "" },
];

/// Validated inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Tokens.
    pub n: usize,
    /// Size of a query, key and value.
    pub d: usize,
    /// Elements that the SRAM holds.
    pub sram: usize,
    /// The tiles, neither longer than the sequence.
    pub tiles: Tiling,
    /// Whether Br or Bc was typed.
    pub typed: bool,
}

impl Inputs {
    /// The head.
    pub fn sizes(&self) -> Sizes {
        Sizes::square(self.n, self.d)
    }

    /// Queries per tile.
    pub fn br(&self) -> usize {
        self.tiles.br.get()
    }

    /// Keys per tile.
    pub fn bc(&self) -> usize {
        self.tiles.bc.get()
    }

    /// Elements of the four tiles Q, K, V and O.
    pub fn needs(&self) -> usize {
        2 * self.d * (self.br() + self.bc())
    }

    /// Whether typed tiles are too large for the SRAM. (The paper rounds up, which may overshoot by less than four rows.)
    pub fn overflows(&self) -> bool {
        self.typed && self.needs() > self.sram
    }
}

/// How many tile pairs a run visits.
pub fn pairs(n: usize, tiles: Tiling) -> usize {
    n.div_ceil(tiles.br.get()).saturating_mul(n.div_ceil(tiles.bc.get()))
}

/// Reads values.
pub fn read(values: &Values) -> Result<Inputs, Vec<Problem>> {
    let (n, d, sram) = (values.size("n"), values.size("d"), values.size("sram"));
    let own = |name: &str| values.int(name).and_then(|size| usize::try_from(size).ok()).map(|size| size.min(n));
    let (br, bc) = (own("br"), own("bc"));
    let tiles = paper_tiles(sram, d, n).and_then(|paper| Tiling::new(br.unwrap_or(paper.br.get()), bc.unwrap_or(paper.bc.get())));
    let Some(tiles) = tiles else { return Err(vec![Problem::new("n", "A size is 0.", "有一个大小是 0。")]) };
    let n_pairs = pairs(n, tiles);
    if n_pairs > MOST_PAIRS {
        let field = if br.is_some() || bc.is_none() { "br" } else { "bc" };
        let [count, most, rows, cols] = [n_pairs, MOST_PAIRS, tiles.br.get(), tiles.bc.get()].map(|x| whole(x as u64));
        let en = format!(
            "{rows} × {cols} tiles cut this into {count} tile pairs; the run is made up to {most}. The figure keeps its last setting."
        );
        let zh = format!("{rows} × {cols} 的块会切出 {count} 对块；这里最多运行 {most} 对。图保持上一次的设置。");
        return Err(vec![Problem::new(field, en, zh)]);
    }
    Ok(Inputs { n, d, sram, tiles, typed: br.is_some() || bc.is_some() })
}
