//! The directions w that random features look along: independent, or orthogonal in blocks.

use ndarray::{Array2, ArrayViewMut1};
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

/// How directions are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directions {
    /// Each on its own.
    Independent,
    /// Orthogonal to each other within every block of d; blocks are independent of each other.
    Orthogonal,
}

/// How long they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lengths {
    /// As a vector of d normal numbers is: chi(d). The estimator is then without bias.
    Chi,
    /// sqrt(d), all of them.
    SqrtD,
}

/// `m` directions `[m, d]` from a seed.
pub fn draw(m: usize, d: usize, kind: Directions, lengths: Lengths, seed: u64) -> Array2<f64> {
    let mut rng = Pcg64::seed_from_u64(seed);
    match kind {
        Directions::Independent => {
            let mut w = normal(m, d, &mut rng);
            if lengths == Lengths::SqrtD {
                w.rows_mut().into_iter().for_each(|row| resize(row, (d as f64).sqrt()));
            }
            w
        }
        Directions::Orthogonal => orthogonal(m, d, lengths, &mut rng),
    }
}

/// The rotated axes `[d, d]`: one block of directions of length 1, with no chance left in their lengths.
pub fn orthonormal(d: usize, seed: u64) -> Array2<f64> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut block = normal(d, d, &mut rng);
    if let Some(block) = block.as_slice_mut() {
        orthonormalise(block, d);
    }
    block
}

fn orthogonal(m: usize, d: usize, lengths: Lengths, rng: &mut Pcg64) -> Array2<f64> {
    let mut w = Array2::zeros((m, d));
    // Blocks are drawn by the thousand where estimates are repeated: their room is made once.
    let mut block = vec![0.0; d * d];
    for start in (0..m).step_by(d.max(1)) {
        // A whole block is drawn even where only some of its rows are wanted: every row is then uniform on the sphere.
        block.fill_with(|| rng.sample(StandardNormal));
        orthonormalise(&mut block, d);
        for (row, direction) in block.chunks_exact(d.max(1)).enumerate().take(d.min(m - start)) {
            let length = match lengths {
                Lengths::Chi => (0..d).map(|_| rng.sample::<f64, _>(StandardNormal).powi(2)).sum::<f64>().sqrt(),
                Lengths::SqrtD => (d as f64).sqrt(),
            };
            w.row_mut(start + row).iter_mut().zip(direction).for_each(|(w, unit)| *w = length * unit);
        }
    }
    w
}

/// Gram-Schmidt on the rows of length d, each purged twice, so that rounding leaves nothing of the earlier ones.
fn orthonormalise(block: &mut [f64], d: usize) {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    for start in (0..block.len()).step_by(d.max(1)) {
        let (earlier, rest) = block.split_at_mut(start);
        let own = &mut rest[..d];
        for _ in 0..2 {
            for other in earlier.chunks_exact(d.max(1)) {
                let along = dot(own, other);
                own.iter_mut().zip(other).for_each(|(own, other)| *own -= along * other);
            }
        }
        let length = dot(own, own).sqrt();
        own.iter_mut().for_each(|own| *own /= length);
    }
}

fn normal(n_rows: usize, n_cols: usize, rng: &mut Pcg64) -> Array2<f64> {
    Array2::from_shape_simple_fn((n_rows, n_cols), || rng.sample(StandardNormal))
}

fn norm(row: ndarray::ArrayView1<'_, f64>) -> f64 {
    row.dot(&row).sqrt()
}

fn resize(mut row: ArrayViewMut1<'_, f64>, length: f64) {
    let factor = length / norm(row.view());
    row *= factor;
}

/// The largest |cosine| between two directions of one block of d; 0 if they are orthogonal.
pub fn largest_cosine_in_blocks(w: &Array2<f64>) -> f64 {
    let (m, d) = w.dim();
    let mut largest: f64 = 0.0;
    for a in 0..m {
        for b in a + 1..m.min((a / d + 1) * d) {
            let cosine = w.row(a).dot(&w.row(b)) / (norm(w.row(a)) * norm(w.row(b)));
            largest = largest.max(cosine.abs());
        }
    }
    largest
}
