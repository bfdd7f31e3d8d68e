//! A WebGPU device that runs kernels: probe, limits, caught errors.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use wgpu::ErrorFilter;

use super::error::GpuError;
use super::loss::Loss;
use super::pipeline::Compiled;
use crate::kernels::{Adapter, BindingKind, Kernel, Variant};

/// A device and its compiled kernels. Clones share both.
#[derive(Clone, Debug)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    info: Info,
    loss: Loss,
    /// The last error that no scope caught.
    stray: Arc<Mutex<Option<String>>>,
    pub(super) pipelines: Rc<RefCell<Vec<Compiled>>>,
}

/// What a reader may want to know about the adapter.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// As the driver or the browser names it; many browsers name nothing.
    pub name: String,
    /// The interface below, e.g. `webgpu` or `vulkan`.
    pub backend: String,
    /// Whether it is a CPU in disguise (SwiftShader, llvmpipe, a fallback adapter).
    pub is_software: bool,
}

/// Asks for an adapter and a device with WebGPU's default limits (less where the adapter has less) and
/// no optional feature but timestamps, where the adapter offers them.
///
/// # Errors
/// [`GpuError::NoAdapter`] or [`GpuError::Device`].
pub async fn probe() -> Result<Gpu, GpuError> {
    #[cfg(target_arch = "wasm32")]
    let backends = wgpu::Backends::BROWSER_WEBGPU;
    #[cfg(not(target_arch = "wasm32"))]
    let backends = wgpu::Backends::VULKAN;
    probe_on(backends).await
}

async fn probe_on(backends: wgpu::Backends) -> Result<Gpu, GpuError> {
    let mut description = wgpu::InstanceDescriptor::new_without_display_handle();
    description.backends = backends;
    let instance = wgpu::Instance::new(description);
    let adapter =
        instance.request_adapter(&wgpu::RequestAdapterOptions::default()).await.map_err(|error| GpuError::NoAdapter(error.to_string()))?;
    let info = Info::of(&adapter.get_info());
    let (device, queue) = adapter
        .request_device(&wgpu::DeviceDescriptor {
            required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
            required_limits: wgpu::Limits::default().or_worse_values_from(&adapter.limits()),
            ..Default::default()
        })
        .await
        .map_err(|error| GpuError::Device(error.to_string()))?;

    let loss = Loss::default();
    let on_lost = loss.clone();
    device.set_device_lost_callback(move |reason, message| on_lost.happen(&format!("{reason:?}: {message}")));
    let stray = Arc::new(Mutex::new(None));
    let on_stray = stray.clone();
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        *on_stray.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }));
    Ok(Gpu { device, queue, info, loss, stray, pipelines: Rc::default() })
}

impl Info {
    fn of(info: &wgpu::AdapterInfo) -> Info {
        let name = info.name.to_lowercase();
        let software = ["swiftshader", "llvmpipe", "basic render"].iter().any(|known| name.contains(known));
        Info {
            name: info.name.clone(),
            backend: info.backend.to_str().to_string(),
            is_software: software || info.device_type == wgpu::DeviceType::Cpu,
        }
    }
}

impl Gpu {
    /// What the adapter says about itself.
    pub fn info(&self) -> Info {
        self.info.clone()
    }

    /// Whether the device is gone. It does not come back: probe again for another one.
    pub fn is_lost(&self) -> bool {
        self.loss.reason().is_some()
    }

    /// Calls back with the reason when the device is lost; at once if it already is.
    pub fn on_lost(&self, callback: impl Fn(&str) + Send + 'static) {
        self.loss.on(callback);
    }

    /// Gives the device up: every later run, and one under way, ends in [`GpuError::Lost`].
    pub fn destroy(&self) {
        self.loss.happen("destroyed");
        self.device.destroy();
    }

    /// Runs a kernel and reads its outputs back, one vector per output binding.
    ///
    /// # Errors
    /// Any [`GpuError`] but `NoAdapter`. Outputs are poisoned before the dispatch: what it did not write
    /// is [`GpuError::Unwritten`], never a number.
    pub async fn run(&self, kernel: &Kernel, uniform: &[u32], inputs: &[&[f32]]) -> Result<Vec<Vec<f32>>, GpuError> {
        self.prepare(kernel, uniform, inputs).await?.run().await
    }

    /// The variant of the kernel that this adapter runs.
    pub fn variant(&self, kernel: &Kernel) -> &'static Variant {
        kernel.variant(if self.info.is_software { Adapter::Software } else { Adapter::Hardware })
    }

    /// Whether the device's own clock can be read.
    pub(super) fn has_timestamps(&self) -> bool {
        self.device.features().contains(wgpu::Features::TIMESTAMP_QUERY)
    }

    /// An error if the device is lost or has reported a stray error since the last look.
    pub(super) fn alive(&self) -> Result<(), GpuError> {
        if let Some(reason) = self.loss.reason() {
            return Err(GpuError::Lost(reason));
        }
        let stray = self.stray.lock().unwrap_or_else(PoisonError::into_inner).take();
        stray.map_or(Ok(()), |message| Err(GpuError::Device(message)))
    }

    /// Holds sizes against the device's limits before anything is allocated.
    pub(super) fn fits(&self, kernel: &Kernel, variant: &Variant, uniform: &[u32]) -> Result<(), GpuError> {
        let limits = self.device.limits();
        let check = |what, needed: u64, limit: u64| {
            if needed <= limit {
                return Ok(());
            }
            Err(GpuError::TooLarge { kernel: kernel.name.to_string(), what, needed, limit })
        };
        let mut staged = 0;
        for binding in kernel.bindings {
            let bytes = 4 * binding.device_len(uniform) as u64;
            let limit = match binding.kind {
                BindingKind::Uniform => limits.max_uniform_buffer_binding_size,
                _ => limits.max_storage_buffer_binding_size,
            };
            check(binding.name, bytes, limit.min(limits.max_buffer_size))?;
            if binding.kind == BindingKind::Output {
                staged += bytes;
            }
        }
        check("readback", staged, limits.max_buffer_size)?;
        let most = limits.max_compute_workgroups_per_dimension;
        for workgroups in variant.passes.iter().flat_map(|pass| (pass.dispatch)(uniform)) {
            check("workgroups", workgroups.into(), most.into())?;
        }
        Ok(())
    }

    /// Does `work` with every error it causes caught. The scopes are closed before the first await, so
    /// that runs that overlap do not catch each other's errors.
    pub(super) async fn scoped<T>(&self, kernel: &str, work: impl FnOnce() -> T) -> Result<T, GpuError> {
        let memory = self.device.push_error_scope(ErrorFilter::OutOfMemory);
        let internal = self.device.push_error_scope(ErrorFilter::Internal);
        let validation = self.device.push_error_scope(ErrorFilter::Validation);
        let value = work();
        let (validation, internal, memory) = (validation.pop(), internal.pop(), memory.pop());
        let errors = [validation.await, internal.await, memory.await];
        // A lost device answers with all sorts of errors, or with none.
        self.alive()?;
        match errors.into_iter().flatten().next() {
            None => Ok(value),
            Some(wgpu::Error::OutOfMemory { .. }) => Err(GpuError::OutOfMemory),
            Some(error) => Err(GpuError::Validation { kernel: kernel.to_string(), message: error.to_string() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_adapter_is_an_error_and_not_a_panic() {
        let probed = pollster::block_on(probe_on(wgpu::Backends::empty()));
        assert!(matches!(probed, Err(GpuError::NoAdapter(_))), "{probed:?}");
    }
}
