//! Kernels compiled for a device, and the cache of them.

use std::borrow::Cow;

use super::error::GpuError;
use super::gpu::Gpu;
use crate::kernels::{BindingKind, Kernel, Variant};

/// A variant of a kernel compiled for the device.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    name: &'static str,
    /// Source and entry point of each pass: what tells one from another in the cache.
    sources: Vec<(Cow<'static, str>, &'static str)>,
    pub layout: wgpu::BindGroupLayout,
    /// One per pass.
    pub pipelines: Vec<wgpu::ComputePipeline>,
}

impl Gpu {
    /// The compiled variant, from the cache if it has been here before.
    pub(super) async fn compile(&self, kernel: &Kernel, variant: &Variant, uniform: &[u32]) -> Result<Compiled, GpuError> {
        let sources: Vec<_> = variant.passes.iter().map(|pass| (variant.source(pass, uniform), pass.entry)).collect();
        let cached = |compiled: &&Compiled| compiled.name == kernel.name && compiled.sources == sources;
        if let Some(compiled) = self.pipelines.borrow().iter().find(cached) {
            return Ok(compiled.clone());
        }
        let compiled = self.scoped(kernel.name, || self.build(kernel, sources)).await?;
        self.pipelines.borrow_mut().push(compiled.clone());
        Ok(compiled)
    }

    fn build(&self, kernel: &Kernel, sources: Vec<(Cow<'static, str>, &'static str)>) -> Compiled {
        let label = Some(kernel.name);
        let entries: Vec<_> = (0..).zip(kernel.bindings).map(|(index, binding)| layout_entry(index, binding.kind)).collect();
        let layout = self.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
        let pipeline_layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label,
            bind_group_layouts: &[Some(&layout)],
            ..Default::default()
        });
        let mut module: Option<(&str, wgpu::ShaderModule)> = None;
        let mut pipelines = Vec::with_capacity(sources.len());
        for (source, entry) in &sources {
            let shared = module.take().filter(|(of, _)| of == source);
            let (_, module) = module.insert(shared.unwrap_or_else(|| {
                let source_of = wgpu::ShaderSource::Wgsl(source.as_ref().into());
                (source, self.device.create_shader_module(wgpu::ShaderModuleDescriptor { label, source: source_of }))
            }));
            pipelines.push(self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label,
                layout: Some(&pipeline_layout),
                module,
                entry_point: Some(entry),
                compilation_options: Default::default(),
                cache: None,
            }));
        }
        Compiled { name: kernel.name, sources, layout, pipelines }
    }
}

fn layout_entry(binding: u32, kind: BindingKind) -> wgpu::BindGroupLayoutEntry {
    let ty = match kind {
        BindingKind::Uniform => wgpu::BufferBindingType::Uniform,
        BindingKind::Input => wgpu::BufferBindingType::Storage { read_only: true },
        BindingKind::Output | BindingKind::Scratch => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}
