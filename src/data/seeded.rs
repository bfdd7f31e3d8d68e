//! Numbers that a seed decides: the same on every machine.

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

/// Matrices of independent N(0, 1) entries, one after another from one generator, each of shape `(rows, columns)`.
pub fn normal<const N: usize>(seed: u64, shapes: [(usize, usize); N]) -> [Array2<f32>; N] {
    let mut rng = Pcg64::seed_from_u64(seed);
    shapes.map(|shape| Array2::from_shape_simple_fn(shape, || rng.sample::<f32, _>(StandardNormal)))
}
