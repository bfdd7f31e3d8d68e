//! Kernels that run one after another, each on what those before it wrote: as data, with their CPU twins.

use super::{Kernel, KernelError};

/// One kernel of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Its uniform words, from those of the whole.
    pub uniform: fn(&[u32]) -> Vec<u32>,
    /// Where each of its inputs comes from, in the order of its bindings.
    pub feeds: &'static [Feed],
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// An input of the whole, by its number.
    Given(usize),
    /// The first output of an earlier link, by its number.
    Made(usize),
}

/// The last link's outputs, by the CPU twins.
///
/// # Errors
/// As [`Kernel::check`], for the first link that is given what it cannot take; what is missing counts as empty.
pub fn run_cpu(links: &[Link], uniform: &[u32], inputs: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, KernelError> {
    let mut made: Vec<Vec<Vec<f32>>> = Vec::new();
    for link in links {
        let of = |feed: &Feed| match *feed {
            Feed::Given(idx) => inputs.get(idx),
            Feed::Made(idx) => made.get(idx).and_then(|outputs| outputs.first()),
        };
        let slices: Vec<&[f32]> = link.feeds.iter().map(|feed| of(feed).map_or(&[][..], Vec::as_slice)).collect();
        made.push(link.kernel.run_cpu(&(link.uniform)(uniform), &slices)?);
    }
    Ok(made.pop().unwrap_or_default())
}
