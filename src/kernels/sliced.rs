//! Long work on the CPU in slices of less than a millisecond, so that whoever runs it stays responsive.

/// Work that is done a slice at a time. Where it is cut changes no number.
pub trait Sliced {
    /// Does the next slice; whether there is more to do. A further call after the last is harmless.
    fn step(&mut self) -> bool;

    /// How much is done, from 0 to 1; it never falls.
    fn progress(&self) -> f32;

    /// The outputs, in the order of the kernel's bindings. What is left to do is done first, at one go.
    fn finish(self: Box<Self>) -> Vec<Vec<f32>>;

    /// The most memory the method holds beyond inputs and outputs, in bytes.
    fn extra_bytes(&self) -> u64;
}

/// Floating-point operations of a slice: under half a millisecond of a laptop in WebAssembly, a few of an old phone.
pub(super) const SLICE: u64 = 1 << 23;
