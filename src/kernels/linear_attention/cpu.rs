//! Linear attention over all keys on the CPU at full speed: the state by tiles of keys, then eight queries per vector.
//!
//! Not the kernel's twin (that is `twin.rs`): another program for the same sums.

use std::sync::Arc;

use super::super::KernelError;
use super::super::lanes::F8;
use super::super::panel::{KEYS, ROWS, Sizes, weigh};
use super::super::sliced::{SLICE, Sliced};
use super::KERNEL;
use super::state::{State, features};

/// phi(Q) (phi(K)^T V) on the inputs of the kernel `linear_attention`: the same uniform words, inputs and output.
///
/// # Errors
/// As [`super::super::Kernel::check`].
pub fn start(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, KernelError> {
    let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    KERNEL.check(uniform, &slices)?;
    begin(uniform, inputs)
}

/// The same on inputs that have been checked, or that were computed here.
///
/// # Errors
/// A uniform of another length.
pub(in crate::kernels) fn begin(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, KernelError> {
    let wrong = || KernelError::UniformLength { kernel: KERNEL.name, expected: KERNEL.words.len(), found: uniform.len() };
    let &[nq, nk, d, dv, map, normalise, eps] = uniform else { return Err(wrong()) };
    let sizes = Sizes::new(&[nq, nk, d, dv, 0, 1.0_f32.to_bits()]).ok_or_else(wrong)?;
    let run = Linear {
        sizes,
        map,
        eps: (normalise == 1).then(|| f32::from_bits(eps)),
        inputs,
        state: State::new(sizes.d, sizes.dv, map),
        q: vec![F8::ZERO; sizes.d],
        sum: vec![F8::ZERO; sizes.dv],
        keys: 0,
        panel: 0,
        o: vec![f32::NAN; sizes.nq * sizes.dv],
    };
    Ok(Box::new(run))
}

struct Linear {
    sizes: Sizes,
    map: u32,
    /// None: nothing is divided.
    eps: Option<f32>,
    inputs: Arc<Vec<Vec<f32>>>,
    state: State,
    /// A panel's features by columns `[d]`.
    q: Vec<F8>,
    /// Its output by columns `[dv]`.
    sum: Vec<F8>,
    /// How many keys are in the state.
    keys: usize,
    /// The next panel of queries.
    panel: usize,
    o: Vec<f32>,
}

impl Sliced for Linear {
    fn step(&mut self) -> bool {
        let rows = SLICE / (2 * self.sizes.d * self.sizes.dv) as u64;
        let until = self.rows_done() + rows;
        loop {
            if self.panel == self.sizes.n_panels() {
                return false;
            }
            if self.keys < self.sizes.nk {
                self.take_keys();
            } else {
                self.give_queries();
            }
            if self.rows_done() >= until {
                return self.panel < self.sizes.n_panels();
            }
        }
    }

    fn progress(&self) -> f32 {
        self.rows_done() as f32 / (self.sizes.nk + self.sizes.n_panels() * ROWS) as f32
    }

    fn finish(mut self: Box<Self>) -> Vec<Vec<f32>> {
        while self.step() {}
        vec![self.o]
    }

    fn extra_bytes(&self) -> u64 {
        self.state.bytes() + ((self.q.len() + self.sum.len()) * size_of::<F8>()) as u64
    }
}

impl Linear {
    /// Keys taken and queries answered: each costs d dv multiply-adds.
    fn rows_done(&self) -> u64 {
        (self.keys + self.panel * ROWS) as u64
    }

    /// The next tile of keys into the state.
    fn take_keys(&mut self) {
        let [_, k, v] = &self.inputs[..] else { return };
        let n_keys = KEYS.min(self.sizes.nk - self.keys);
        self.state.load(&k[self.keys * self.sizes.d..], n_keys);
        self.state.add(&v[self.keys * self.sizes.dv..], n_keys);
        self.keys += n_keys;
        if self.keys == self.sizes.nk {
            self.state.write_rows();
        }
    }

    /// The next eight queries.
    fn give_queries(&mut self) {
        let [q, ..] = &self.inputs[..] else { return };
        self.sizes.load(q, self.panel, &mut self.q);
        features(&mut self.q, self.map);
        self.sum.fill(F8::ZERO);
        weigh(&self.q, &self.state.rows, F8::splat(1.0), &mut self.sum);
        let l = self.eps.map_or(F8::splat(1.0), |eps| self.state.denominators(&self.q) + F8::splat(eps));
        self.sizes.store(self.panel, &self.sum, l, &mut self.o);
        self.panel += 1;
    }
}
