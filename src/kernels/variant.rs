//! The forms a kernel takes: sources, entry points and dispatches, and which adapters each is for.

use std::borrow::Cow;

/// What kind of processor is behind an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// A GPU: many threads, fast memory within a workgroup, loads that hide behind arithmetic.
    Hardware,
    /// A CPU in disguise: few threads, dear barriers, every load paid for.
    Software,
}

/// One form of a kernel. All forms of a kernel have the same bindings and results.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name within the kernel.
    pub name: &'static str,
    /// The adapters it is made for; none: all.
    pub adapter: Option<Adapter>,
    /// Constants of its sources that follow from the sizes.
    pub constants: &'static [Constant],
    /// What is dispatched, in order; each pass sees all that the ones before it wrote.
    pub passes: &'static [Pass],
}

/// One dispatch.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// The WGSL source, valid as it stands.
    pub wgsl: &'static str,
    /// The entry point.
    pub entry: &'static str,
    /// Invocations per workgroup, as in the WGSL.
    pub workgroup_size: [u32; 3],
    /// Workgroups for these uniform words.
    pub dispatch: fn(&[u32]) -> [u32; 3],
}

/// A `const NAME = 128u;` of the source whose value is exchanged before it is compiled: the length of an
/// array that WGSL does not let a pipeline override.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its name in the source.
    pub name: &'static str,
    /// Its value for these uniform words. Few values: each is a pipeline of its own.
    pub value: fn(&[u32]) -> u32,
}

impl Variant {
    /// The source of a pass of this variant, its constants set for these uniform words.
    pub fn source(&self, pass: &Pass, uniform: &[u32]) -> Cow<'static, str> {
        let mut source = Cow::Borrowed(pass.wgsl);
        for constant in self.constants {
            let head = ["const ", constant.name, " = "].concat();
            let Some((before, rest)) = source.split_once(&head) else { continue };
            let Some((_, after)) = rest.split_once(';') else { continue };
            let value = (constant.value)(uniform).to_string();
            source = Cow::Owned([before, &head, &value, "u;", after].concat());
        }
        source
    }
}
