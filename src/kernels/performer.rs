//! The Performer's forward pass: features of queries and of keys, then linear attention on them; as a chain of kernels on
//! the GPU, and on the CPU at full speed.
//!
//! Uniform: `[n, d, m, dv]`. Inputs: q `[n, d]`, k `[n, d]`, v `[n, dv]`, directions w `[m, d]`, row-major. Output: o `[n, dv]`.
//! The textbook form (FAVOR+, arXiv:2009.14794, Lemma 1): queries and keys scaled by d^(-1/4), no stabiliser, no eps.

use std::sync::Arc;

use super::KernelError;
use super::chain::{Feed, Link};
use super::lanes::F8;
use super::linear_attention::{self, FeatureMap, Normaliser};
use super::performer_features::cpu::{Features, turned, turned_bytes};
use super::performer_features::{self, Stabiliser};
use super::sliced::Sliced;

/// The uniform words of a run.
pub fn uniform(n: u32, d: u32, m: u32, dv: u32) -> Vec<u32> {
    vec![n, d, m, dv]
}

/// Features of the queries, features of the keys, linear attention.
pub const CHAIN: &[Link] = &[
    Link { kernel: &performer_features::KERNEL, uniform: of_features, feeds: &[Feed::Given(0), Feed::Given(3)] },
    Link { kernel: &performer_features::KERNEL, uniform: of_features, feeds: &[Feed::Given(1), Feed::Given(3)] },
    Link { kernel: &linear_attention::KERNEL, uniform: of_attention, feeds: &[Feed::Made(0), Feed::Made(1), Feed::Given(2)] },
];

/// d^(-1/4).
fn scale(d: u32) -> f32 {
    f64::from(d).powf(-0.25) as f32
}

fn of_features(words: &[u32]) -> Vec<u32> {
    let &[n, d, m, _] = words else { return Vec::new() };
    performer_features::uniform(n, d, m, Stabiliser::Absent, scale(d), 0.0)
}

fn of_attention(words: &[u32]) -> Vec<u32> {
    let &[n, _, m, dv] = words else { return Vec::new() };
    linear_attention::uniform(n, n, m, dv, FeatureMap::Identity, Normaliser::Eps(0.0))
}

/// The same on the CPU.
///
/// # Errors
/// As [`super::Kernel::check`] of the kernels.
pub fn start(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, KernelError> {
    let features = of_features(uniform);
    let (Some(&[n, d, m, _]), [q, k, v, w]) = (uniform.first_chunk::<4>(), &inputs[..]) else {
        let kernel = performer_features::KERNEL.name;
        return Err(KernelError::InputCount { kernel, expected: 4, found: inputs.len() });
    };
    for x in [q, k] {
        performer_features::KERNEL.check(&features, &[x, w])?;
    }
    linear_attention::KERNEL.check_given(&of_attention(uniform), &[None, None, Some(v)])?;
    let directions = Arc::new(turned(w, d as usize));
    let shape = (n as usize, d as usize, m as usize);
    let of = || Features::new(shape, scale(d), directions.clone());
    let run = Performer { words: uniform.to_vec(), n: shape.0, q: of(), k: of(), directions: directions.clone(), rest: None, inputs };
    Ok(Box::new(run))
}

struct Performer {
    words: Vec<u32>,
    n: usize,
    inputs: Arc<Vec<Vec<f32>>>,
    directions: Arc<Vec<F8>>,
    q: Features,
    k: Features,
    /// Linear attention, once it has its features; with the bytes of these.
    rest: Option<(Box<dyn Sliced>, u64)>,
}

impl Sliced for Performer {
    fn step(&mut self) -> bool {
        if let Some((rest, _)) = &mut self.rest {
            return rest.step();
        }
        let [q, k, v, _] = &self.inputs[..] else { return false };
        if self.k.step(k) || self.q.step(q) {
            return true;
        }
        let (q, k) = (std::mem::take(&mut self.q.phi), std::mem::take(&mut self.k.phi));
        let bytes = 4 * (q.len() + k.len()) as u64;
        // The sizes have been checked at the start; features are not looked through once more.
        let rest = linear_attention::cpu::begin(&of_attention(&self.words), Arc::new(vec![q, k, v.clone()]));
        self.rest = rest.ok().map(|rest| (rest, bytes));
        self.rest.is_some()
    }

    fn progress(&self) -> f32 {
        match &self.rest {
            Some((rest, _)) => 0.5 + 0.5 * rest.progress(),
            None => 0.25 * (self.q.phi.len() + self.k.phi.len()) as f32 / (self.n * self.words[2] as usize).max(1) as f32,
        }
    }

    fn finish(mut self: Box<Self>) -> Vec<Vec<f32>> {
        while self.step() {}
        self.rest.map_or_else(Vec::new, |(rest, _)| rest.finish())
    }

    fn extra_bytes(&self) -> u64 {
        let rest = self.rest.as_ref().map_or(0, |(rest, bytes)| rest.extra_bytes() + bytes);
        rest + turned_bytes(&self.directions)
    }
}
