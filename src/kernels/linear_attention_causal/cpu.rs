//! Causal linear attention on the CPU at full speed, chunk by chunk: eight queries per vector against the state before
//! their chunk and the keys of it.
//!
//! Not the kernel's twin (that is `twin.rs`): another program for the same sums.

use std::sync::Arc;

use super::super::KernelError;
use super::super::flash_attention::Mask;
use super::super::lanes::F8;
use super::super::linear_attention::state::{State, features};
use super::super::panel::{KEYS, NOTHING, ROWS, Sizes, weigh};
use super::super::sliced::{SLICE, Sliced};
use super::KERNEL;

/// Chunkwise causal linear attention on the inputs of the kernel `linear_attention_causal`: the same uniform words,
/// inputs and output. A chunk is a tile of 64 keys.
///
/// # Errors
/// As [`super::super::Kernel::check`].
pub fn start(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, KernelError> {
    let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    KERNEL.check(uniform, &slices)?;
    let wrong = || KernelError::UniformLength { kernel: KERNEL.name, expected: KERNEL.words.len(), found: uniform.len() };
    let &[n, d, dv, map, normalise, eps] = uniform else { return Err(wrong()) };
    let sizes = Sizes::new(&[n, n, d, dv, Mask::TopLeft as u32, 1.0_f32.to_bits()]).ok_or_else(wrong)?;
    let run = Causal {
        sizes,
        map,
        eps: (normalise == 1).then(|| f32::from_bits(eps)),
        inputs,
        state: State::new(sizes.d, sizes.dv, map),
        k: vec![0.0; KEYS * sizes.d],
        q: vec![F8::ZERO; sizes.d],
        sum: vec![F8::ZERO; sizes.dv],
        panel: 0,
        o: vec![f32::NAN; sizes.nq * sizes.dv],
    };
    Ok(Box::new(run))
}

/// Panels of a chunk.
const PANELS: usize = KEYS / ROWS;

struct Causal {
    sizes: Sizes,
    map: u32,
    /// None: nothing is divided.
    eps: Option<f32>,
    inputs: Arc<Vec<Vec<f32>>>,
    /// Of the chunks before.
    state: State,
    /// The features of the chunk's keys, row after row.
    k: Vec<f32>,
    /// A panel's features by columns `[d]`.
    q: Vec<F8>,
    /// Its output by columns `[dv]`.
    sum: Vec<F8>,
    /// The next panel of queries.
    panel: usize,
    o: Vec<f32>,
}

impl Sliced for Causal {
    fn step(&mut self) -> bool {
        let per_row = 4 * self.sizes.d * self.sizes.dv + KEYS * (self.sizes.d + self.sizes.dv);
        let until = self.panel + (SLICE as usize / (ROWS * per_row)).max(1);
        while self.panel < self.sizes.n_panels().min(until) {
            self.rows();
        }
        self.panel < self.sizes.n_panels()
    }

    fn progress(&self) -> f32 {
        self.panel as f32 / self.sizes.n_panels() as f32
    }

    fn finish(mut self: Box<Self>) -> Vec<Vec<f32>> {
        while self.step() {}
        vec![self.o]
    }

    fn extra_bytes(&self) -> u64 {
        let vectors = self.q.len() + self.sum.len() + KEYS;
        self.state.bytes() + (vectors * size_of::<F8>() + self.k.len() * size_of::<f32>()) as u64
    }
}

impl Causal {
    /// The next eight queries; the first of a chunk loads its keys, the last adds them to the state.
    fn rows(&mut self) {
        let sizes = self.sizes;
        let [q, k, v] = &self.inputs[..] else { return };
        let place = self.panel % PANELS;
        let first = (self.panel - place) * ROWS;
        let n_keys = KEYS.min(sizes.nk - first);
        let v = &v[first * sizes.dv..];
        if place == 0 {
            self.state.load(&k[first * sizes.d..], n_keys);
            self.state.unpack(&mut self.k[..n_keys * sizes.d]);
        }
        sizes.load(q, self.panel, &mut self.q);
        features(&mut self.q, self.map);
        self.sum.fill(F8::ZERO);
        weigh(&self.q, &self.state.rows, F8::splat(1.0), &mut self.sum);
        let before = self.state.denominators(&self.q);

        // Of the chunk's keys, those up to the panel's last row.
        let mut chunk = sizes;
        (chunk.nq, chunk.nk) = (n_keys, n_keys.min((place + 1) * ROWS));
        let mut s = [F8::ZERO; KEYS];
        let seen = chunk.scores(place, &self.q, &self.k, 0, &mut s);
        let mut own = F8::ZERO;
        for s in &mut s[..seen] {
            // A hidden score is a weight of 0 here, where nothing is exponentiated.
            *s = F8::ZERO.where_less(*s, F8::splat(NOTHING / 2.0), *s);
            own = own + *s;
        }
        weigh(&s[..seen], v, F8::splat(1.0), &mut self.sum);
        let l = self.eps.map_or(F8::splat(1.0), |eps| before + own + F8::splat(eps));
        sizes.store(self.panel, &self.sum, l, &mut self.o);

        self.panel += 1;
        if place + 1 == PANELS && self.panel < sizes.n_panels() {
            self.state.add(v, n_keys);
            self.state.write_rows();
        }
    }
}
