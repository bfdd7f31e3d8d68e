//! GPU kernels as data: each with its WGSL variants, its bindings, its CPU twin, its tolerance and its cases.
//!
//! Adding one touches its folder and one line of [`kernels!`]; `tests/kernels.rs` and
//! `tests/kernels_gpu.rs` then cover it. Baseline contract: workgroup memory at most 16 KiB, at most
//! 256 invocations, no f16 and no subgroups, sizes in the uniform.
//! Architecture invariant: nothing here knows wgpu; the backend runs what this describes.

mod agreement;
pub mod chain;
mod check;
mod lanes;
mod panel;
pub mod performer;
pub mod plain_cpu;
pub mod sliced;
mod variant;

pub use agreement::{Mismatch, Tolerance, agreement};
pub use check::KernelError;
pub use variant::{Adapter, Constant, Pass, Variant};

/// Declares the modules and the table, one line per kernel.
macro_rules! kernels {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $($(#[$doc])* pub mod $name;)*

        /// Every kernel there is.
        #[cfg(not(target_arch = "wasm32"))]
        pub static KERNELS: &[Kernel] = &[$($name::KERNEL),*];
    };
}

kernels! {
    flash_attention,
    plain_attention,
    linear_attention,
    linear_attention_causal,
    performer_features,
}

/// The kernel of that name. The page has no table: there a kernel travels with the figure that runs it.
#[cfg(not(target_arch = "wasm32"))]
pub fn find(name: &str) -> Option<&'static Kernel> {
    KERNELS.iter().find(|kernel| kernel.name == name)
}

/// A CPU twin: uniform words and inputs to outputs, one vector per output binding.
pub type Twin = fn(&[u32], &[&[f32]]) -> Vec<Vec<f32>>;

/// A compute kernel and everything needed to run and to judge it.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Its name in the table, and its folder.
    pub name: &'static str,
    /// What the words of the uniform mean and may be.
    pub words: &'static [Word],
    /// The bindings of group 0, in order: the uniform, the inputs, the outputs, the scratch memory.
    pub bindings: &'static [Binding],
    /// Its forms, the one for real GPUs first. Invariant: each kind of adapter has one.
    pub variants: &'static [Variant],
    /// The CPU twin. Call it through [`Kernel::run_cpu`], which checks.
    pub cpu: Twin,
    /// How far two runs on the same inputs may lie apart.
    pub tolerance: Tolerance,
    /// Inputs on which all its forms are compared; no reader downloads them.
    #[cfg(not(target_arch = "wasm32"))]
    pub cases: fn() -> Vec<Case>,
}

/// One word of a uniform.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// An integer between `min` and `max`, both included.
    Size {
        /// Its name in the WGSL.
        name: &'static str,
        /// The least allowed.
        min: u32,
        /// The largest allowed.
        max: u32,
    },
    /// The bits of a finite f32.
    Float {
        /// Its name in the WGSL.
        name: &'static str,
    },
}

/// One binding of group 0.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Its variable's name in the WGSL.
    pub name: &'static str,
    /// What it holds.
    pub kind: BindingKind,
    /// Its length in 4-byte words, for these uniform words.
    pub len: fn(&[u32]) -> usize,
    /// Row length of an input that the WGSL reads as vec4s: on the device every row is filled up with
    /// zeros to whole pairs of vec4s. None: the device has it as it is.
    pub row: Option<fn(&[u32]) -> usize>,
}

/// What a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// Sizes and options.
    Uniform,
    /// f32 values, read only.
    Input,
    /// f32 values, written.
    Output,
    /// Memory that only the device sees, passed on from one pass to the next.
    Scratch,
}

/// Values in a pair of vec4s.
const PAIR: usize = 8;

impl Binding {
    /// Its length on the device in 4-byte words: [`Binding::len`], rows filled up.
    pub fn device_len(&self, uniform: &[u32]) -> usize {
        let len = (self.len)(uniform);
        self.row.map_or(len, |row| len / row(uniform) * row(uniform).next_multiple_of(PAIR))
    }
}

/// Inputs for a kernel.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is special about it.
    pub name: &'static str,
    /// The uniform's words.
    pub uniform: Vec<u32>,
    /// One buffer per input binding.
    pub inputs: Vec<Vec<f32>>,
}

impl Case {
    /// The inputs as slices, as a kernel takes them.
    pub fn slices(&self) -> Vec<&[f32]> {
        self.inputs.iter().map(Vec::as_slice).collect()
    }
}

impl Kernel {
    /// The bindings of one kind, in order.
    pub fn bindings_of(&self, kind: BindingKind) -> impl Iterator<Item = &'static Binding> {
        self.bindings.iter().filter(move |binding| binding.kind == kind)
    }

    /// The variant for this kind of adapter.
    pub fn variant(&self, adapter: Adapter) -> &'static Variant {
        let serves = |variant: &&Variant| variant.adapter.is_none_or(|made_for| made_for == adapter);
        self.variants.iter().find(serves).unwrap_or(&self.variants[0])
    }

    /// Memory on the device beyond the inputs and the first output, in bytes: further outputs, scratch memory, and rows
    /// that are filled up.
    pub fn extra_bytes(&self, uniform: &[u32]) -> u64 {
        let device = self.bindings.iter().filter(|binding| binding.kind != BindingKind::Uniform).map(|binding| binding.device_len(uniform));
        let inputs = self.bindings_of(BindingKind::Input).map(|binding| (binding.len)(uniform));
        let result = self.bindings_of(BindingKind::Output).take(1).map(|binding| (binding.len)(uniform));
        4 * (device.sum::<usize>() - inputs.chain(result).sum::<usize>()) as u64
    }

    /// The CPU twin on checked inputs.
    ///
    /// # Errors
    /// As [`Kernel::check`].
    pub fn run_cpu(&self, uniform: &[u32], inputs: &[&[f32]]) -> Result<Vec<Vec<f32>>, KernelError> {
        self.check(uniform, inputs)?;
        Ok((self.cpu)(uniform, inputs))
    }
}
