//! One dispatch: buffers in, poisoned outputs, commands, outputs back.

use wgpu::BufferUsages;

use super::error::GpuError;
use super::gpu::{Gpu, Pipeline};
use super::oneshot::{Receiver, channel};
use crate::kernels::{BindingKind, Kernel};

/// The NaN that outputs hold before a dispatch. Its payload is one that no arithmetic produces, so that
/// a value still equal to it, bit for bit, was never written.
const POISON: u32 = 0x7fc0_b10c;

/// A submitted dispatch whose outputs are on their way to a buffer that the CPU can map.
pub(super) struct Job {
    /// All buffers but the staging one, freed as soon as the outputs are here.
    buffers: Vec<wgpu::Buffer>,
    staging: wgpu::Buffer,
    /// Name and length in words of each output, in the order of the staging buffer.
    outputs: Vec<(&'static str, usize)>,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
}

impl Drop for Job {
    // The garbage collector of a browser would take its time.
    fn drop(&mut self) {
        self.buffers.iter().chain([&self.staging]).for_each(wgpu::Buffer::destroy);
    }
}

impl Gpu {
    /// Uploads, dispatches and asks for the outputs. The arguments have been checked.
    pub(super) fn submit(&self, kernel: &Kernel, pipeline: &Pipeline, uniform: &[u32], inputs: &[&[f32]]) -> Job {
        let mut inputs = inputs.iter();
        let buffers: Vec<wgpu::Buffer> = kernel
            .bindings
            .iter()
            .map(|binding| {
                let words = (binding.len)(uniform);
                let (bytes, usage) = match binding.kind {
                    BindingKind::Uniform => (uniform_bytes(uniform), BufferUsages::UNIFORM),
                    BindingKind::Input => {
                        let input = inputs.next().copied().unwrap_or_default();
                        (input.iter().flat_map(|value| value.to_le_bytes()).collect(), BufferUsages::STORAGE)
                    }
                    BindingKind::Output => (POISON.to_le_bytes().repeat(words), BufferUsages::STORAGE | BufferUsages::COPY_SRC),
                };
                self.upload(binding.name, &bytes, usage)
            })
            .collect();
        let outputs: Vec<_> = kernel.bindings_of(BindingKind::Output).map(|binding| (binding.name, (binding.len)(uniform))).collect();
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size: outputs.iter().map(|(_, words)| 4 * *words as u64).sum(),
            usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });

        let [x, y, z] = (kernel.dispatch)(uniform);
        let commands = self.encode(kernel, pipeline, &buffers, &staging, [x, y, z]);
        self.queue.submit([commands]);
        let (sender, mapped) = channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result));
        Job { buffers, staging, outputs, mapped }
    }

    fn upload(&self, label: &str, bytes: &[u8], usage: BufferUsages) -> wgpu::Buffer {
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes.len() as u64,
            usage: usage | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    fn encode(
        &self,
        kernel: &Kernel,
        pipeline: &Pipeline,
        buffers: &[wgpu::Buffer],
        staging: &wgpu::Buffer,
        [x, y, z]: [u32; 3],
    ) -> wgpu::CommandBuffer {
        let entries: Vec<_> =
            (0..).zip(buffers).map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() }).collect();
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &pipeline.layout,
            entries: &entries,
        });
        let description = wgpu::CommandEncoderDescriptor { label: Some(kernel.name) };
        let mut encoder = self.device.create_command_encoder(&description);
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&pipeline.pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(x, y, z);
        }
        let outputs = kernel.bindings.iter().zip(buffers).filter(|(binding, _)| binding.kind == BindingKind::Output);
        let mut offset = 0;
        for (_, buffer) in outputs {
            encoder.copy_buffer_to_buffer(buffer, 0, staging, offset, buffer.size());
            offset += buffer.size();
        }
        encoder.finish()
    }

    /// Waits for the outputs and takes them apart.
    pub(super) async fn read_back(&self, kernel: &Kernel, mut job: Job) -> Result<Vec<Vec<f32>>, GpuError> {
        // A browser drives the device itself; natively somebody has to.
        #[cfg(not(target_arch = "wasm32"))]
        self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| GpuError::Readback(error.to_string()))?;
        let mapped = (&mut job.mapped).await;
        self.alive()?;
        match mapped {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(GpuError::Readback(error.to_string())),
            None => return Err(GpuError::Readback("the device dropped the request".to_string())),
        }
        let view = job.staging.get_mapped_range(..).map_err(|error| GpuError::Readback(error.to_string()))?;
        let mut words = view.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let mut results = Vec::with_capacity(job.outputs.len());
        for &(output, len) in &job.outputs {
            let values: Vec<u32> = words.by_ref().take(len).collect();
            if let Some(index) = values.iter().position(|&bits| bits == POISON) {
                return Err(GpuError::Unwritten { kernel: kernel.name.to_string(), output, index });
            }
            results.push(values.into_iter().map(f32::from_bits).collect());
        }
        Ok(results)
    }
}

/// The words, padded to the 16 bytes that uniform buffers come in.
fn uniform_bytes(words: &[u32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes
}
