//! Kernels one after another on the device, each on what those before it wrote, without a detour through the page.

use super::error::GpuError;
use super::gpu::Gpu;
use super::session::{Session, Source};
use crate::kernels::chain::{Feed, Link};
use crate::kernels::{BindingKind, Kernel};

impl Gpu {
    /// A session that runs all links in order and has the outputs of the last one.
    ///
    /// # Errors
    /// As [`Gpu::prepare`]; also if a link names what is not there, or an output is not laid out as the input that it feeds.
    pub async fn prepare_chain(&self, links: &[Link], uniform: &[u32], inputs: &[&[f32]]) -> Result<Session, GpuError> {
        let mut made: Vec<(Session, usize)> = Vec::new();
        for link in links {
            let (kernel, words) = (link.kernel, (link.uniform)(uniform));
            let mut sources = Vec::new();
            for (idx, feed) in link.feeds.iter().enumerate() {
                sources.push(match *feed {
                    Feed::Given(of) => inputs.get(of).map(|input| Source::Given(input)),
                    Feed::Made(of) => made.get(of).and_then(|(session, len)| {
                        (*len == device_len(kernel, BindingKind::Input, idx, &words)).then(|| session.output())?.map(Source::Made)
                    }),
                });
            }
            let sources: Option<Vec<Source<'_>>> = sources.into_iter().collect();
            let sources = sources.ok_or_else(|| misfit(kernel))?;
            self.alive()?;
            let variant = self.variant(kernel);
            self.fits(kernel, variant, &words)?;
            kernel.check_given(&words, &sources.iter().map(Source::given).collect::<Vec<_>>())?;
            let compiled = self.compile(kernel, variant, &words).await?;
            let session = self.scoped(kernel.name, || Session::new(self, kernel, variant, compiled, &words, &sources)).await?;
            made.push((session, device_len(kernel, BindingKind::Output, 0, &words)));
        }
        let mut sessions: Vec<Session> = made.into_iter().map(|(session, _)| session).collect();
        let last = sessions.pop().ok_or_else(|| GpuError::Readback("a chain without kernels".to_string()))?;
        Ok(last.after(sessions))
    }
}

/// The length on the device of a binding of a kind, in words.
fn device_len(kernel: &Kernel, kind: BindingKind, idx: usize, uniform: &[u32]) -> usize {
    kernel.bindings_of(kind).nth(idx).map_or(0, |binding| binding.device_len(uniform))
}

fn misfit(kernel: &Kernel) -> GpuError {
    GpuError::Validation {
        kernel: kernel.name.to_string(),
        message: "an input is missing, or an output does not fit the input that it feeds".to_string(),
    }
}
