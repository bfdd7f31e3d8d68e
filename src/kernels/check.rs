//! What a kernel demands of its inputs before it runs anywhere.

use super::{BindingKind, Kernel, Word};

/// Inputs that a kernel cannot take.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KernelError {
    /// The uniform has the wrong number of words.
    #[error("{kernel}: {found} uniform words where {expected} are expected")]
    UniformLength {
        /// The kernel.
        kernel: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// A size or option is out of its range.
    #[error("{kernel}: {word} = {value} is not between {min} and {max}")]
    Range {
        /// The kernel.
        kernel: &'static str,
        /// The word of the uniform.
        word: &'static str,
        /// What it was.
        value: u32,
        /// The least allowed.
        min: u32,
        /// The largest allowed.
        max: u32,
    },
    /// There are too few or too many inputs.
    #[error("{kernel}: {found} inputs where {expected} are expected")]
    InputCount {
        /// The kernel.
        kernel: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// An input's length does not follow from the sizes.
    #[error("{kernel}: {binding} has {found} values where the sizes ask for {expected}")]
    InputLength {
        /// The kernel.
        kernel: &'static str,
        /// The input.
        binding: &'static str,
        /// The length that the sizes ask for.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// A float of the uniform or of an input is NaN or infinite.
    #[error("{kernel}: {name}[{index}] is not finite")]
    NotFinite {
        /// The kernel.
        kernel: &'static str,
        /// The word or the input.
        name: &'static str,
        /// Which value of it.
        index: usize,
    },
}

impl Kernel {
    /// Whether the kernel can take these sizes and inputs.
    ///
    /// # Errors
    /// The first thing that is wrong: counts and ranges of the uniform, then lengths and values of the inputs.
    pub fn check(&self, uniform: &[u32], inputs: &[&[f32]]) -> Result<(), KernelError> {
        self.check_given(uniform, &inputs.iter().copied().map(Some).collect::<Vec<_>>())
    }

    /// As [`Kernel::check`], where some inputs are not there to be looked at: another kernel writes them.
    ///
    /// # Errors
    /// As [`Kernel::check`].
    pub fn check_given(&self, uniform: &[u32], inputs: &[Option<&[f32]>]) -> Result<(), KernelError> {
        let kernel = self.name;
        self.check_uniform(uniform)?;
        let bindings: Vec<_> = self.bindings_of(BindingKind::Input).collect();
        if inputs.len() != bindings.len() {
            return Err(KernelError::InputCount { kernel, expected: bindings.len(), found: inputs.len() });
        }
        for (binding, input) in bindings.iter().zip(inputs) {
            let Some(input) = input else { continue };
            let (expected, found) = ((binding.len)(uniform), input.len());
            if expected != found {
                return Err(KernelError::InputLength { kernel, binding: binding.name, expected, found });
            }
            if let Some(index) = input.iter().position(|value| !value.is_finite()) {
                return Err(KernelError::NotFinite { kernel, name: binding.name, index });
            }
        }
        Ok(())
    }

    fn check_uniform(&self, uniform: &[u32]) -> Result<(), KernelError> {
        let kernel = self.name;
        if uniform.len() != self.words.len() {
            let (expected, found) = (self.words.len(), uniform.len());
            return Err(KernelError::UniformLength { kernel, expected, found });
        }
        for (word, &value) in self.words.iter().zip(uniform) {
            match *word {
                Word::Size { name, min, max } if !(min..=max).contains(&value) => {
                    return Err(KernelError::Range { kernel, word: name, value, min, max });
                }
                Word::Float { name } if !f32::from_bits(value).is_finite() => {
                    return Err(KernelError::NotFinite { kernel, name, index: 0 });
                }
                Word::Size { .. } | Word::Float { .. } => {}
            }
        }
        Ok(())
    }
}
