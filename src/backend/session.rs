//! A kernel prepared once on a device: dispatched, timed and read back as often as one likes.

use std::cell::Cell;

use wgpu::BufferUsages;

use super::error::GpuError;
use super::gpu::Gpu;
use super::oneshot::{Receiver, channel};
use super::pipeline::Compiled;
use crate::kernels::{Binding, BindingKind, Kernel, Variant};

/// The NaN that outputs hold before a dispatch. Its payload is one that no arithmetic produces, so that
/// a value still equal to it, bit for bit, was never written.
const POISON: u32 = 0x7fc0_b10c;

/// The two ends of a compute pass, 8 bytes each.
const TIMESTAMP_BYTES: u64 = 16;

/// What a duration is measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The device's own, read at both ends of the dispatches. Chrome rounds it to 100 microseconds.
    Timestamps,
    /// The caller's, from the submission until the queue is empty: includes what it takes to ask and to answer.
    Wall,
}

/// A kernel with its inputs on the device. Dropping it frees its buffers.
#[derive(Debug)]
pub struct Session {
    gpu: Gpu,
    kernel: &'static str,
    compiled: Compiled,
    /// What is dispatched before this kernel: those that write its inputs.
    before: Vec<Session>,
    /// Workgroups of each pass.
    dispatches: Vec<[u32; 3]>,
    group: wgpu::BindGroup,
    buffers: Buffers,
    outputs: Vec<Output>,
    extra_bytes: u64,
    clock: Cell<Clock>,
}

/// Buffers that are freed when dropped: the garbage collector of a browser would take its time.
#[derive(Debug)]
struct Buffers(Vec<wgpu::Buffer>);

#[derive(Debug)]
struct Output {
    name: &'static str,
    /// Which buffer.
    index: usize,
    words: usize,
}

/// Bytes on their way to the CPU.
struct Readback {
    staging: Buffers,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
}

impl Drop for Buffers {
    fn drop(&mut self) {
        self.0.iter().for_each(wgpu::Buffer::destroy);
    }
}

impl Gpu {
    /// Compiles the kernel's variant for this adapter unless it is in the cache, and uploads the inputs.
    ///
    /// # Errors
    /// As [`Gpu::run`], but for what only a dispatch can meet.
    pub async fn prepare(&self, kernel: &Kernel, uniform: &[u32], inputs: &[&[f32]]) -> Result<Session, GpuError> {
        self.prepare_variant(kernel, self.variant(kernel), uniform, inputs).await
    }

    /// As [`Gpu::prepare`], but a variant of the caller's choice.
    ///
    /// # Errors
    /// As [`Gpu::prepare`].
    pub async fn prepare_variant(
        &self,
        kernel: &Kernel,
        variant: &Variant,
        uniform: &[u32],
        inputs: &[&[f32]],
    ) -> Result<Session, GpuError> {
        kernel.check(uniform, inputs)?;
        self.alive()?;
        self.fits(kernel, variant, uniform)?;
        let compiled = self.compile(kernel, variant, uniform).await?;
        let sources: Vec<Source<'_>> = inputs.iter().copied().map(Source::Given).collect();
        self.scoped(kernel.name, || Session::new(self, kernel, variant, compiled, uniform, &sources)).await
    }
}

/// Where an input is.
pub(super) enum Source<'a> {
    /// With the caller: it is uploaded.
    Given(&'a [f32]),
    /// On the device already.
    Made(wgpu::Buffer),
}

impl<'a> Source<'a> {
    /// The input, if it is with the caller.
    pub(super) fn given(&self) -> Option<&'a [f32]> {
        if let Source::Given(input) = self { Some(input) } else { None }
    }
}

impl Session {
    pub(super) fn new(
        gpu: &Gpu,
        kernel: &Kernel,
        variant: &Variant,
        compiled: Compiled,
        uniform: &[u32],
        inputs: &[Source<'_>],
    ) -> Session {
        let mut unused_inputs = inputs.iter();
        let buffers: Vec<wgpu::Buffer> = kernel
            .bindings
            .iter()
            .map(|binding| match binding.kind {
                BindingKind::Uniform => gpu.upload(binding.name, &uniform_bytes(uniform), BufferUsages::UNIFORM),
                BindingKind::Input => match unused_inputs.next() {
                    Some(Source::Made(buffer)) => buffer.clone(),
                    Some(Source::Given(input)) => gpu.upload(binding.name, &input_bytes(binding, uniform, input), BufferUsages::STORAGE),
                    None => gpu.upload(binding.name, &input_bytes(binding, uniform, &[]), BufferUsages::STORAGE),
                },
                BindingKind::Output => {
                    let poison = POISON.to_le_bytes().repeat(binding.device_len(uniform));
                    gpu.upload(binding.name, &poison, BufferUsages::STORAGE | BufferUsages::COPY_SRC)
                }
                BindingKind::Scratch => gpu.buffer(binding.name, 4 * binding.device_len(uniform) as u64, BufferUsages::STORAGE),
            })
            .collect();
        let entries: Vec<_> =
            (0..).zip(&buffers).map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() }).collect();
        let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &compiled.layout,
            entries: &entries,
        });
        let outputs = kernel.bindings.iter().enumerate().filter(|(_, binding)| binding.kind == BindingKind::Output);
        Session {
            gpu: gpu.clone(),
            kernel: kernel.name,
            compiled,
            before: Vec::new(),
            dispatches: variant.passes.iter().map(|pass| (pass.dispatch)(uniform)).collect(),
            group,
            buffers: Buffers(buffers),
            outputs: outputs.map(|(index, binding)| Output { name: binding.name, index, words: (binding.len)(uniform) }).collect(),
            extra_bytes: kernel.extra_bytes(uniform),
            clock: Cell::new(if gpu.has_timestamps() { Clock::Timestamps } else { Clock::Wall }),
        }
    }

    /// The same, with `before` dispatched before it on every run. Their outputs are memory beyond inputs and output.
    pub(super) fn after(mut self, before: Vec<Session>) -> Session {
        let made = |session: &Session| session.extra_bytes + session.outputs.first().map_or(0, |output| 4 * output.words as u64);
        self.extra_bytes += before.iter().map(made).sum::<u64>();
        self.before = before;
        self
    }

    /// The buffer of the first output.
    pub(super) fn output(&self) -> Option<wgpu::Buffer> {
        self.outputs.first().map(|output| self.buffers.0[output.index].clone())
    }

    /// Device memory in bytes beyond the uniform, the inputs and the first output: scratch memory, further
    /// outputs (the log-sum-exp of flash attention) and what fills input rows up to whole pairs of vec4s.
    pub fn extra_bytes(&self) -> u64 {
        self.extra_bytes
    }

    /// What [`Session::time`] measures with. Timestamps give way to the wall clock, once and for all, if
    /// the device turns out to write none.
    pub fn clock(&self) -> Clock {
        self.clock.get()
    }

    /// Dispatches once and reads the outputs back, one vector per output binding.
    ///
    /// # Errors
    /// As [`Gpu::run`].
    pub async fn run(&self) -> Result<Vec<Vec<f32>>, GpuError> {
        let readback = self.gpu.scoped(self.kernel, || self.submit_with_readback(1)).await?;
        self.outputs_of(readback).await
    }

    /// The outputs as the last dispatch left them.
    ///
    /// # Errors
    /// As [`Gpu::run`]; [`GpuError::Unwritten`] also if there was no dispatch yet.
    pub async fn read(&self) -> Result<Vec<Vec<f32>>, GpuError> {
        let readback = self.gpu.scoped(self.kernel, || self.submit_with_readback(0)).await?;
        self.outputs_of(readback).await
    }

    /// Milliseconds per run, from `repeats` runs (at least one) submitted together. `now` gives milliseconds
    /// from any origin. 0 if all of them took less than the clock can tell: repeat more.
    ///
    /// One submission must not keep the device busy for seconds: systems reset a GPU that does not answer.
    ///
    /// # Errors
    /// As [`Gpu::run`].
    pub async fn time(&self, repeats: u32, now: &dyn Fn() -> f64) -> Result<f64, GpuError> {
        let repeats = repeats.max(1);
        let runs = f64::from(repeats);
        if self.clock() == Clock::Timestamps {
            let started = now();
            let readback = self.gpu.scoped(self.kernel, || self.submit_with_timestamps(repeats)).await?;
            let ticks: Vec<u64> = self.bytes_of(readback).await?.chunks_exact(8).map(little_endian).collect();
            if let &[begin, end] = &ticks[..]
                && begin != 0
                && begin <= end
            {
                return Ok((end - begin) as f64 * f64::from(self.gpu.queue.get_timestamp_period()) / 1e6 / runs);
            }
            self.clock.set(Clock::Wall);
            return Ok((now() - started) / runs);
        }
        let started = now();
        let done = self.gpu.scoped(self.kernel, || self.submit_with_fence(repeats)).await?;
        self.gpu.work()?;
        let answered = done.await;
        self.gpu.alive()?;
        answered.ok_or_else(dropped)?;
        Ok((now() - started) / runs)
    }

    fn submit_with_fence(&self, repeats: u32) -> Receiver<()> {
        let mut encoder = self.encoder();
        self.dispatch(&mut encoder, repeats, None);
        self.gpu.queue.submit([encoder.finish()]);
        let (sender, done) = channel();
        self.gpu.queue.on_submitted_work_done(move || sender.send(()));
        done
    }

    fn submit_with_timestamps(&self, repeats: u32) -> Readback {
        let device = &self.gpu.device;
        let set = device.create_query_set(&wgpu::QuerySetDescriptor { label: Some(self.kernel), ty: wgpu::QueryType::Timestamp, count: 2 });
        let resolved = self.gpu.buffer("timestamps", TIMESTAMP_BYTES, BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC);
        let staging = self.gpu.buffer("readback", TIMESTAMP_BYTES, BufferUsages::MAP_READ);
        let mut encoder = self.encoder();
        let ends =
            wgpu::ComputePassTimestampWrites { query_set: &set, beginning_of_pass_write_index: Some(0), end_of_pass_write_index: Some(1) };
        self.dispatch(&mut encoder, repeats, Some(ends));
        encoder.resolve_query_set(&set, 0..2, &resolved, 0);
        encoder.copy_buffer_to_buffer(&resolved, 0, &staging, 0, TIMESTAMP_BYTES);
        self.gpu.queue.submit([encoder.finish()]);
        Readback::of(Buffers(vec![staging, resolved]))
    }

    fn submit_with_readback(&self, repeats: u32) -> Readback {
        let total = self.outputs.iter().map(|output| 4 * output.words as u64).sum();
        let staging = self.gpu.buffer("readback", total, BufferUsages::MAP_READ);
        let mut encoder = self.encoder();
        if repeats > 0 {
            self.dispatch(&mut encoder, repeats, None);
        }
        let mut offset = 0;
        for output in &self.outputs {
            let bytes = 4 * output.words as u64;
            encoder.copy_buffer_to_buffer(&self.buffers.0[output.index], 0, &staging, offset, bytes);
            offset += bytes;
        }
        self.gpu.queue.submit([encoder.finish()]);
        Readback::of(Buffers(vec![staging]))
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(self.kernel) })
    }

    fn dispatch(&self, encoder: &mut wgpu::CommandEncoder, repeats: u32, timestamps: Option<wgpu::ComputePassTimestampWrites<'_>>) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: Some(self.kernel), timestamp_writes: timestamps });
        for _ in 0..repeats {
            for session in self.before.iter().chain([self]) {
                pass.set_bind_group(0, &session.group, &[]);
                for (pipeline, &[x, y, z]) in session.compiled.pipelines.iter().zip(&session.dispatches) {
                    pass.set_pipeline(pipeline);
                    pass.dispatch_workgroups(x, y, z);
                }
            }
        }
    }

    async fn bytes_of(&self, readback: Readback) -> Result<Vec<u8>, GpuError> {
        self.gpu.work()?;
        let mapped = readback.mapped.await;
        self.gpu.alive()?;
        match mapped {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(GpuError::Readback(error.to_string())),
            None => return Err(dropped()),
        }
        let view = readback.staging.0[0].get_mapped_range(..).map_err(|error| GpuError::Readback(error.to_string()))?;
        Ok(view.to_vec())
    }

    /// Waits for the outputs and takes them apart.
    async fn outputs_of(&self, readback: Readback) -> Result<Vec<Vec<f32>>, GpuError> {
        let bytes = self.bytes_of(readback).await?;
        let mut words = bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let mut results = Vec::with_capacity(self.outputs.len());
        for output in &self.outputs {
            let values: Vec<u32> = words.by_ref().take(output.words).collect();
            if let Some(index) = values.iter().position(|&bits| bits == POISON) {
                return Err(GpuError::Unwritten { kernel: self.kernel.to_string(), output: output.name, index });
            }
            results.push(values.into_iter().map(f32::from_bits).collect());
        }
        Ok(results)
    }
}

impl Readback {
    /// Asks for the first buffer.
    fn of(staging: Buffers) -> Readback {
        let (sender, mapped) = channel();
        staging.0[0].map_async(wgpu::MapMode::Read, .., move |result| sender.send(result));
        Readback { staging, mapped }
    }
}

impl Gpu {
    fn buffer(&self, label: &str, size: u64, usage: BufferUsages) -> wgpu::Buffer {
        let usage = usage | BufferUsages::COPY_DST;
        self.device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
    }

    fn upload(&self, label: &str, bytes: &[u8], usage: BufferUsages) -> wgpu::Buffer {
        let buffer = self.buffer(label, bytes.len() as u64, usage);
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// Gets submitted work done. A browser drives the device itself; natively somebody has to.
    fn work(&self) -> Result<(), GpuError> {
        #[cfg(not(target_arch = "wasm32"))]
        self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| GpuError::Readback(error.to_string()))?;
        Ok(())
    }
}

fn dropped() -> GpuError {
    GpuError::Readback("the device dropped the request".to_string())
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// The input as the device has it, its rows filled up with zeros if the binding asks for it.
fn input_bytes(binding: &Binding, uniform: &[u32], input: &[f32]) -> Vec<u8> {
    let row = binding.row.map_or(input.len(), |row| row(uniform)).max(1);
    let total = 4 * binding.device_len(uniform);
    let row_bytes = total / (input.len() / row).max(1);
    let mut bytes = Vec::with_capacity(total);
    for (idx, values) in input.chunks(row).enumerate() {
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        bytes.resize((idx + 1) * row_bytes, 0);
    }
    bytes
}

/// The words, padded to the 16 bytes that uniform buffers come in.
fn uniform_bytes(words: &[u32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes
}
