//! The backend of the page: probed once, told in `data-backend`, lost without losing anything.

use std::cell::RefCell;

use leptos::prelude::*;

use super::Page;
use crate::backend::{self, Backend, Gpu, GpuError, agreement};
use crate::content::Lang;
use crate::figure::{BackendChoice, KernelJob};
use crate::ui::bind::watch;
use crate::ui::{Agreement, FigureState, dom};

/// What is known of the backend.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Not yet known.
    Probing,
    /// A device, with the name of its adapter.
    Gpu(String),
    /// The CPU twin, and why, where that is worth saying.
    Cpu(Option<Reason>),
}

/// Why kernels run on the CPU.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason(Option<GpuError>);

thread_local! {
    static GPU: RefCell<Option<Gpu>> = const { RefCell::new(None) };
}

impl Reason {
    /// What we found, and what we do instead.
    pub fn text(&self, lang: Lang) -> String {
        let cpu = lang.pick("The same algorithm runs on your CPU; the numbers are the same.", "同一算法改在你的 CPU 上运行，数字不变。");
        let what = match &self.0 {
            None => lang.pick("This link asks for the CPU.".to_string(), "这个链接指定用 CPU。".to_string()),
            Some(GpuError::NoAdapter(_)) => {
                lang.pick("No WebGPU here (no adapter was offered).".into(), "这里没有 WebGPU（浏览器没有给出适配器）。".into())
            }
            Some(GpuError::Lost(_)) => lang.pick("The GPU device was lost.".into(), "GPU 设备丢失了。".into()),
            Some(GpuError::OutOfMemory) => lang.pick("The GPU has too little free memory.".into(), "GPU 的空闲显存不够。".into()),
            Some(GpuError::TooLarge { .. }) => {
                lang.pick("These inputs are too large for this GPU's limits.".into(), "这些输入超出了这块 GPU 的上限。".into())
            }
            Some(other) => lang.pick(format!("The GPU refused the kernel ({other})."), format!("GPU 没有运行这个 kernel（{other}）。")),
        };
        format!("{what} {cpu}")
    }
}

/// The device, if there is one and it is alive.
pub fn gpu() -> Option<Gpu> {
    GPU.with_borrow(Clone::clone).filter(|gpu| !gpu.is_lost())
}

/// Probes, unless the address asks for the CPU.
pub fn start(page: Page) {
    watch(Box::new(move || {
        let name = match page.backend.get() {
            Status::Probing => return,
            Status::Gpu(_) => "webgpu",
            Status::Cpu(_) => "cpu",
        };
        let _ = dom::root().set_attribute("data-backend", name);
    }));
    let (address, _) = super::address_bar::read();
    if address.backend == BackendChoice::Cpu {
        page.backend.set(Status::Cpu(None));
        return;
    }
    leptos::task::spawn_local(async move {
        match backend::probe().await {
            Ok(gpu) => {
                let name = gpu.info().name;
                gpu.on_lost(move |why| page.backend.set(Status::Cpu(Some(Reason(Some(GpuError::Lost(why.to_string())))))));
                GPU.set(Some(gpu));
                page.backend.set(Status::Gpu(name));
            }
            Err(why) => page.backend.set(Status::Cpu(Some(Reason(Some(why))))),
        }
    });
}

/// Runs the figure's kernel on its inputs, now and whenever these or the backend change.
pub fn follow(page: Page, state: FigureState) {
    watch(Box::new(move || {
        let job = state.figure.with(|figure| figure.as_ref().and_then(|figure| figure.kernel()));
        let status = page.backend.get();
        let (Some(job), false) = (job, status == Status::Probing) else {
            // What a lab has measured is its own to tell.
            let measures = state.figure.with(|figure| figure.as_ref().is_some_and(|figure| figure.lab().is_some()));
            if status != Status::Probing && !measures {
                state.agreement.set(None);
            }
            return;
        };
        let gpu = GPU.with_borrow(Clone::clone).filter(|_| matches!(status, Status::Gpu(_)));
        leptos::task::spawn_local(async move {
            let built = state.figure.try_get_untracked().flatten();
            let result = compare(&job, gpu).await;
            // Another input has come meanwhile, or the figure has left: this result is about nothing shown.
            let now = state.figure.try_get_untracked().flatten();
            let same = matches!((&built, &now), (Some(a), Some(b)) if std::sync::Arc::ptr_eq(a, b));
            match result {
                Ok(agreement) if same => state.agreement.set(Some(agreement)),
                Ok(_) => {}
                Err(error) => {
                    if same {
                        state.agreement.set(None);
                    }
                    page.backend.set(Status::Cpu(Some(Reason(Some(error)))));
                }
            }
        });
    }));
}

/// The kernel on the GPU against its twin, and either against the f64 reference.
async fn compare(job: &KernelJob, gpu: Option<Gpu>) -> Result<Agreement, GpuError> {
    let kernel = job.kernel;
    let inputs: Vec<&[f32]> = job.inputs.iter().map(Vec::as_slice).collect();
    let twin = Backend::Cpu.run(kernel, &job.uniform, &inputs).await?;
    let adapter = gpu.as_ref().map(|gpu| gpu.info().name).unwrap_or_default();
    let (outputs, distance) = match gpu {
        None => (twin, None),
        Some(gpu) => {
            let outputs = gpu.run(kernel, &job.uniform, &inputs).await?;
            let distance = agreement(&outputs, &twin).map_err(|mismatch| disagreement(kernel.name, &mismatch))?;
            (outputs, Some(distance))
        }
    };
    let reference = agreement(&outputs, &job.reference).map_err(|mismatch| disagreement(kernel.name, &mismatch))?;
    Ok(Agreement { gpu: distance, reference, adapter })
}

fn disagreement(kernel: &str, mismatch: &backend::Mismatch) -> GpuError {
    GpuError::Validation { kernel: kernel.to_string(), message: mismatch.to_string() }
}
