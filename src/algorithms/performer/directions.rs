//! The directions w that random features look along: independent, or orthogonal in blocks.

use ndarray::{Array2, ArrayViewMut1, s};
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
    orthonormalise(&mut block);
    block
}

fn orthogonal(m: usize, d: usize, lengths: Lengths, rng: &mut Pcg64) -> Array2<f64> {
    let mut w = Array2::zeros((m, d));
    for start in (0..m).step_by(d.max(1)) {
        let n_rows = d.min(m - start);
        // A whole block is drawn even where only some of its rows are wanted: every row is then uniform on the sphere.
        let mut block = normal(d, d, rng);
        orthonormalise(&mut block);
        for (row, mut direction) in block.rows_mut().into_iter().take(n_rows).enumerate() {
            let length = match lengths {
                Lengths::Chi => norm(normal(1, d, rng).row(0)),
                Lengths::SqrtD => (d as f64).sqrt(),
            };
            direction *= length;
            w.row_mut(start + row).assign(&direction);
        }
    }
    w
}

/// Gram-Schmidt on the rows, each purged twice, so that rounding leaves nothing of the earlier ones.
fn orthonormalise(block: &mut Array2<f64>) {
    for row in 0..block.nrows() {
        let (earlier, mut rest) = block.multi_slice_mut((s![..row, ..], s![row.., ..]));
        let mut own = rest.row_mut(0);
        for _ in 0..2 {
            for other in earlier.rows() {
                let along = own.dot(&other);
                own.scaled_add(-along, &other);
            }
        }
        resize(own, 1.0);
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
