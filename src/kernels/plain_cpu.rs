//! Plain attention on the CPU in its three steps, with the whole table of scores in memory: what the lab compares with.
//!
//! It is made of the same parts as the flash version and as fast as they are, so that what is left to differ
//! is the table.

use std::sync::Arc;

use super::KernelError;
use super::flash_attention::KERNEL;
use super::lanes::F8;
use super::panel::{KEYS, NOTHING, ROWS, Sizes, maximum, weigh, weights};
use super::sliced::{SLICE, Sliced};

/// The largest table, in bytes: WebAssembly has 4 GiB at best, and a phone's browser gives far less.
pub const MAX_TABLE_BYTES: u64 = 256 << 20;

/// Why the plain method cannot run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlainError {
    /// The inputs are not what the method takes.
    #[error(transparent)]
    Input(#[from] KernelError),
    /// The table of scores does not fit.
    #[error("the table of scores needs {needed} bytes, {limit} are allowed")]
    Table {
        /// Its size in bytes.
        needed: u64,
        /// The most it may have, or [`MAX_TABLE_BYTES`] where memory gave out earlier.
        limit: u64,
    },
}

/// softmax(scale Q K^T) V by its three steps, on the uniform words and inputs of `flash_attention`; the output is o alone.
///
/// # Errors
/// Inputs that do not fit together, or a table that does not fit into memory.
pub fn start(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, PlainError> {
    let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    KERNEL.check(uniform, &slices)?;
    let Some(sizes) = Sizes::new(uniform) else {
        return Err(KernelError::UniformLength { kernel: KERNEL.name, expected: KERNEL.words.len(), found: uniform.len() }.into());
    };
    let n_scores = sizes.n_panels() * sizes.nk;
    let too_large = PlainError::Table { needed: (n_scores * size_of::<F8>()) as u64, limit: MAX_TABLE_BYTES };
    let mut table = Vec::new();
    if (n_scores * size_of::<F8>()) as u64 > MAX_TABLE_BYTES || table.try_reserve_exact(n_scores).is_err() {
        return Err(too_large);
    }
    let run = Plain {
        sizes,
        inputs,
        table,
        q: vec![F8::ZERO; sizes.d],
        sum: vec![F8::ZERO; sizes.dv],
        m: F8::ZERO,
        l: F8::ZERO,
        pass: Pass::Scores,
        panel: 0,
        j0: 0,
        done: 0,
        o: vec![f32::NAN; sizes.nq * sizes.dv],
    };
    Ok(Box::new(run))
}

/// What is done to a panel's row of tiles. The first is step 1, the next three are step 2, the last is step 3.
#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Scores,
    Maximum,
    Exponentials,
    Division,
    Output,
    Over,
}

struct Plain {
    sizes: Sizes,
    inputs: Arc<Vec<Vec<f32>>>,
    /// Scores, then weights: panel after panel, in it key after key, in it row after row.
    table: Vec<F8>,
    /// The panel's queries by columns `[d]`.
    q: Vec<F8>,
    /// The panel's output by columns `[dv]`.
    sum: Vec<F8>,
    m: F8,
    l: F8,
    pass: Pass,
    panel: usize,
    j0: usize,
    /// Floating-point operations done, see [`Plain::cost`].
    done: u64,
    o: Vec<f32>,
}

impl Sliced for Plain {
    fn step(&mut self) -> bool {
        let until = self.done + SLICE;
        while self.pass != Pass::Over && self.done < until {
            self.tile();
            self.advance();
        }
        self.pass != Pass::Over
    }

    fn progress(&self) -> f32 {
        let passes = [Pass::Scores, Pass::Maximum, Pass::Exponentials, Pass::Division, Pass::Output];
        let row: u64 = passes.iter().map(|&pass| self.cost(pass)).sum();
        let tiles = (self.sizes.n_panels() * self.sizes.nk.div_ceil(KEYS)) as u64;
        self.done as f32 / (row * tiles) as f32
    }

    fn finish(mut self: Box<Self>) -> Vec<Vec<f32>> {
        while self.step() {}
        vec![self.o]
    }

    fn extra_bytes(&self) -> u64 {
        ((self.table.capacity() + KEYS + self.sizes.d + self.sizes.dv) * size_of::<F8>()) as u64
    }
}

impl Plain {
    /// Floating-point operations on a tile, about.
    fn cost(&self, pass: Pass) -> u64 {
        let per_score = match pass {
            Pass::Scores => 2 * self.sizes.d,
            Pass::Maximum | Pass::Division => 4,
            Pass::Exponentials => 28,
            Pass::Output => 2 * self.sizes.dv,
            Pass::Over => 0,
        };
        (ROWS * KEYS * per_score) as u64
    }

    /// One pass over one tile of one panel.
    fn tile(&mut self) {
        let sizes = self.sizes;
        let [q, k, v] = &self.inputs[..] else { return };
        let start = self.panel * sizes.nk + self.j0;
        let end = start + KEYS.min(sizes.nk - self.j0);
        match self.pass {
            Pass::Scores => {
                if self.j0 == 0 {
                    sizes.load(q, self.panel, &mut self.q);
                }
                let mut s = [F8::ZERO; KEYS];
                let n_keys = sizes.scores(self.panel, &self.q, k, self.j0, &mut s);
                self.table.extend_from_slice(&s[..n_keys]);
            }
            Pass::Maximum => {
                let start_value = if self.j0 == 0 { F8::splat(NOTHING) } else { self.m };
                self.m = maximum(&self.table[start..end], start_value);
            }
            Pass::Exponentials => {
                let before = if self.j0 == 0 { F8::ZERO } else { self.l };
                let sum = weights(&mut self.table[start..end], self.m);
                self.l = before + sum;
            }
            Pass::Division => {
                // A dead row's weights are 0 and stay so.
                let l = self.l.where_less(F8::ZERO, self.l, F8::splat(1.0)).to_array();
                let inverse = F8::new(l.map(f32::recip));
                for p in &mut self.table[start..end] {
                    *p = *p * inverse;
                }
            }
            Pass::Output => {
                let alpha = F8::splat(if self.j0 == 0 { 0.0 } else { 1.0 });
                weigh(&self.table[start..end], &v[self.j0 * sizes.dv..], alpha, &mut self.sum);
            }
            Pass::Over => {}
        }
    }

    /// To the next tile: step 1 for all panels, then step 2 for all, then step 3; step 2 finishes a panel's rows one pass after the other.
    fn advance(&mut self) {
        self.done += self.cost(self.pass);
        self.j0 += KEYS;
        if self.j0 < self.sizes.nk {
            return;
        }
        self.j0 = 0;
        match self.pass {
            Pass::Maximum => return self.pass = Pass::Exponentials,
            Pass::Exponentials => return self.pass = Pass::Division,
            Pass::Output => self.sizes.store(self.panel, &self.sum, F8::splat(1.0), &mut self.o),
            Pass::Scores | Pass::Division | Pass::Over => {}
        }
        self.panel += 1;
        let is_last = self.panel == self.sizes.n_panels();
        self.pass = match self.pass {
            Pass::Division if !is_last => Pass::Maximum,
            Pass::Scores if is_last => Pass::Maximum,
            Pass::Division => Pass::Output,
            Pass::Output if is_last => Pass::Over,
            pass => pass,
        };
        if is_last {
            self.panel = 0;
        }
    }
}
