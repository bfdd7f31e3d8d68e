//! FlashAttention-2 forward on the CPU at full speed: tiles that stay in the cache, eight query rows per vector.
//!
//! Not the kernel's twin (that is `twin.rs`, line by line): another program for the same sums.

use std::sync::Arc;

use super::super::lanes::F8;
use super::super::panel::{KEYS, NOTHING, ROWS, Sizes, maximum, weigh, weights};
use super::super::sliced::{SLICE, Sliced};
use super::super::KernelError;
use super::KERNEL;

/// Panels that share a tile of keys while it lies in the cache.
const PANELS: usize = 8;

/// FlashAttention-2 (arXiv:2307.08691), Algorithm 1, on the inputs of the kernel `flash_attention`: the same
/// uniform words, inputs and outputs.
///
/// # Errors
/// As [`super::super::Kernel::check`].
pub fn start(uniform: &[u32], inputs: Arc<Vec<Vec<f32>>>) -> Result<Box<dyn Sliced>, KernelError> {
    let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    KERNEL.check(uniform, &slices)?;
    let Some(sizes) = Sizes::new(uniform) else {
        return Err(KernelError::UniformLength { kernel: KERNEL.name, expected: KERNEL.words.len(), found: uniform.len() });
    };
    let panel = Panel { m: F8::ZERO, l: F8::ZERO, q: vec![F8::ZERO; sizes.d], o: vec![F8::ZERO; sizes.dv] };
    let panels = vec![panel; PANELS.min(sizes.n_panels())];
    let total = (0..sizes.n_panels()).map(|panel| cost(sizes.visible_of(panel))).sum();
    let (o, lse) = (vec![f32::NAN; sizes.nq * sizes.dv], vec![f32::NAN; sizes.nq]);
    Ok(Box::new(Flash { sizes, inputs, panels, first: 0, j0: 0, done: 0, total, o, lse }))
}

/// Eight query rows and what has been made of them so far.
#[derive(Clone)]
struct Panel {
    /// Running maximum.
    m: F8,
    /// Running denominator.
    l: F8,
    /// Queries by columns `[d]`.
    q: Vec<F8>,
    /// Output by columns `[dv]`, not yet divided by l.
    o: Vec<F8>,
}

/// Scores that a panel makes in its visible tiles, hidden ones included, and one for each row of the output.
fn cost(n_visible: usize) -> u64 {
    (ROWS * (n_visible.next_multiple_of(KEYS) + 1)) as u64
}

struct Flash {
    sizes: Sizes,
    inputs: Arc<Vec<Vec<f32>>>,
    panels: Vec<Panel>,
    /// The first panel of the block under way; the number of panels when all is done.
    first: usize,
    /// The first key of the next tile.
    j0: usize,
    /// As [`cost`] counts.
    done: u64,
    total: u64,
    o: Vec<f32>,
    lse: Vec<f32>,
}

impl Sliced for Flash {
    fn step(&mut self) -> bool {
        let until = self.done + SLICE / (2 * (self.sizes.d + self.sizes.dv) as u64);
        while self.first < self.sizes.n_panels() && self.done < until {
            self.tile();
        }
        self.first < self.sizes.n_panels()
    }

    fn progress(&self) -> f32 {
        self.done as f32 / self.total as f32
    }

    fn finish(mut self: Box<Self>) -> Vec<Vec<f32>> {
        while self.step() {}
        vec![self.o, self.lse]
    }

    fn extra_bytes(&self) -> u64 {
        let panel = size_of::<Panel>() + (self.sizes.d + self.sizes.dv) * size_of::<F8>();
        (self.panels.len() * panel + KEYS * size_of::<F8>()) as u64
    }
}

impl Flash {
    /// The block's panels against one tile of keys, and the next block after the last tile.
    fn tile(&mut self) {
        let sizes = self.sizes;
        let [q, k, v] = &self.inputs[..] else { return };
        let range = self.first..(self.first + self.panels.len()).min(sizes.n_panels());
        for (index, panel) in range.clone().zip(&mut self.panels) {
            if self.j0 == 0 {
                sizes.load(q, index, &mut panel.q);
                panel.o.fill(F8::ZERO);
                panel.m = F8::splat(NOTHING);
                panel.l = F8::ZERO;
            }
            if self.j0 < sizes.visible_of(index) {
                panel.take(&sizes, index, k, v, self.j0);
                self.done += (ROWS * KEYS) as u64;
            }
        }
        self.j0 += KEYS;
        if self.j0 < sizes.visible_of(range.end - 1) {
            return;
        }
        for (index, panel) in range.clone().zip(&self.panels) {
            panel.give(&sizes, index, &mut self.o, &mut self.lse);
        }
        self.done += (ROWS * range.len()) as u64;
        self.first = range.end;
        self.j0 = 0;
    }
}

impl Panel {
    /// One tile of keys: scores, maximum, weights, sums.
    fn take(&mut self, sizes: &Sizes, index: usize, k: &[f32], v: &[f32], j0: usize) {
        let mut s = [F8::ZERO; KEYS];
        let n_keys = sizes.scores(index, &self.q, k, j0, &mut s);
        let s = &mut s[..n_keys];
        let m = maximum(s, self.m);
        let mut alpha = [self.m];
        weights(&mut alpha, m);
        let [alpha] = alpha;
        let sum = weights(s, m);
        self.m = m;
        self.l = self.l * alpha + sum;
        weigh(s, &v[j0 * sizes.dv..], alpha, &mut self.o);
    }

    /// The finished rows. A dead row is 0, its lse -inf.
    fn give(&self, sizes: &Sizes, index: usize, o: &mut [f32], lse: &mut [f32]) {
        let (m, l) = (self.m.to_array(), self.l.to_array());
        let denominators = self.l.where_less(F8::ZERO, self.l, F8::splat(1.0));
        sizes.store(index, &self.o, denominators, o);
        for (lane, lse) in lse.iter_mut().skip(index * ROWS).take(ROWS).enumerate() {
            *lse = if l[lane] > 0.0 { m[lane] + l[lane].ln() } else { f32::NEG_INFINITY };
        }
    }
}
