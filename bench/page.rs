//! The functions that `ours.mjs` imports.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Float32Array, Promise};
use ndarray::Array2;
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg32;
use std::arch::wasm32 as simd;
use unrolled::algorithms::{Attention, Mask as Rule, MaskKind, reference};
use unrolled::backend::{Gpu, Session, probe};
use unrolled::kernels::flash_attention::{self, Mask, uniform};
use unrolled::kernels::linear_attention::{self, FeatureMap, Normaliser};
use unrolled::kernels::sliced::Sliced;
use unrolled::kernels::{Case, linear_attention_causal, plain_attention, plain_cpu};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[path = "../tests/kernels/exact_linear.rs"]
#[allow(dead_code, reason = "features are not measured")]
mod exact_linear;

thread_local! {
    static GPU: OnceCell<Gpu> = const { OnceCell::new() };
}

fn told(error: impl std::fmt::Display) -> JsValue {
    JsError::new(&error.to_string()).into()
}

/// Seeded N(0, 1) numbers: q, k and v `[n, d]`, one after the other.
#[wasm_bindgen]
pub fn inputs(n: u32, d: u32, seed: u32) -> Vec<f32> {
    let mut rng = Pcg32::seed_from_u64(seed.into());
    (0..3 * n * d).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// Attention in f64 of some query rows `[rows, d]` against all keys `[n, d]`: o `[rows, d]`.
#[wasm_bindgen]
pub fn exact(q: &[f32], k: &[f32], v: &[f32], d: usize) -> Result<Vec<f64>, JsValue> {
    let matrix = |x: &[f32]| Array2::from_shape_vec((x.len() / d, d), x.iter().map(|&x| f64::from(x)).collect()).map_err(told);
    let (q, k, v) = (matrix(q)?, matrix(k)?, matrix(v)?);
    // As every contender has it: rounded to f32 once.
    let scale = f64::from(1.0 / (d as f32).sqrt());
    let mask = Rule::new(MaskKind::None, q.nrows(), k.nrows());
    Ok(reference::attention(&Attention { q, k, v, scale, mask }).out.into_iter().collect())
}

/// Linear attention in f64, elu + 1 and eps 1e-6, of the query rows `[rows, d]` that stand at `places`: o `[rows, d]`.
/// Causal: each sees the keys up to its place.
#[wasm_bindgen]
pub fn exact_linear(q: &[f32], places: &[u32], k: &[f32], v: &[f32], d: usize, causal: bool) -> Vec<f64> {
    let row = |(q, &place): (&[f32], &u32)| {
        let seen = if causal { place as usize + 1 } else { k.len() / d };
        let (k, v) = (k[..seen * d].to_vec(), v[..seen * d].to_vec());
        let uniform = linear_attention::uniform(1, seen as u32, d as u32, d as u32, FeatureMap::Elu1, EPS);
        exact_linear::linear_attention_f64(&Case { name: "row", uniform, inputs: vec![q.to_vec(), k, v] }).swap_remove(0)
    };
    q.chunks_exact(d).zip(places).flat_map(row).collect()
}

const EPS: Normaliser = Normaliser::Eps(1e-6);

/// 14 independent chains of f32x4 multiply-adds, held in registers: as many floating-point operations as
/// WebAssembly SIMD gives on this machine. 112 of them per turn. The constants come from outside, or the
/// optimiser would write them out at every use.
#[wasm_bindgen]
pub fn multiply_adds(turns: u32, by: f32, plus: f32) -> f32 {
    macro_rules! chains {
        ($($x:ident)*) => {{
            let (by, plus) = (simd::f32x4_splat(by), simd::f32x4_splat(plus));
            $(let mut $x = simd::f32x4_splat(f32::from(stringify!($x).as_bytes()[0]));)*
            for _ in 0..turns {
                $($x = simd::f32x4_add(simd::f32x4_mul($x, by), plus);)*
            }
            let mut sum = plus;
            $(sum = simd::f32x4_add(sum, $x);)*
            simd::f32x4_extract_lane::<0>(sum)
        }};
    }
    chains!(a b c d e f g h i j k l m n)
}

/// The uniform words of that kernel.
fn sizes(kernel: &str, n: u32, d: u32) -> Vec<u32> {
    match kernel {
        "linear_attention" => linear_attention::uniform(n, n, d, d, FeatureMap::Elu1, EPS),
        "linear_attention_causal" => linear_attention_causal::uniform(n, d, d, FeatureMap::Elu1, EPS),
        _ => uniform(n, n, d, d, Mask::None, 1.0 / (d as f32).sqrt()),
    }
}

async fn gpu() -> Result<Gpu, JsValue> {
    if let Some(gpu) = GPU.with(|gpu| gpu.get().cloned()) {
        return Ok(gpu);
    }
    let gpu = probe().await.map_err(told)?;
    Ok(GPU.with(|cell| cell.get_or_init(|| gpu).clone()))
}

/// Opens the device.
#[wasm_bindgen]
pub fn open_gpu() -> Promise {
    future_to_promise(async { gpu().await.map(|_| JsValue::UNDEFINED) })
}

/// A kernel with its inputs on the device.
#[wasm_bindgen]
pub struct OnGpu(Rc<Session>);

/// Compiles a kernel and uploads its inputs. No `variant`: the one that the page would take on this adapter.
#[wasm_bindgen]
pub fn on_gpu(kernel: String, variant: Option<String>, inputs: Vec<Float32Array>, n: u32, d: u32) -> Promise {
    future_to_promise(async move {
        let known = [&flash_attention::KERNEL, &plain_attention::KERNEL, &linear_attention::KERNEL, &linear_attention_causal::KERNEL];
        let kernel = known.into_iter().find(|known| known.name == kernel).ok_or_else(|| told("no such kernel"))?;
        let gpu = gpu().await?;
        let inputs: Vec<Vec<f32>> = inputs.iter().map(Float32Array::to_vec).collect();
        let slices: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let session = match variant {
            None => gpu.prepare(kernel, &sizes(kernel.name, n, d), &slices).await,
            Some(name) => {
                let variant = kernel.variants.iter().find(|variant| variant.name == name).ok_or_else(|| told("no such variant"))?;
                gpu.prepare_variant(kernel, variant, &sizes(kernel.name, n, d), &slices).await
            }
        };
        Ok(OnGpu(Rc::new(session.map_err(told)?)).into())
    })
}

#[wasm_bindgen]
impl OnGpu {
    /// Dispatches and reads back: o `[n, d]`.
    pub fn run(&self) -> Promise {
        let session = self.0.clone();
        future_to_promise(async move {
            let outputs = session.run().await.map_err(told)?;
            Ok(Float32Array::from(outputs[0].as_slice()).into())
        })
    }
}

/// A method of the CPU path with its inputs.
#[wasm_bindgen]
pub struct OnCpu {
    method: String,
    sizes: Vec<u32>,
    inputs: Arc<Vec<Vec<f32>>>,
    under_way: RefCell<Option<Box<dyn Sliced>>>,
}

#[wasm_bindgen]
impl OnCpu {
    /// `method`: the name of the kernel that does the same.
    #[wasm_bindgen(constructor)]
    pub fn new(method: String, inputs: Vec<Float32Array>, n: u32, d: u32) -> OnCpu {
        let inputs = Arc::new(inputs.iter().map(Float32Array::to_vec).collect());
        OnCpu { sizes: sizes(&method, n, d), method, inputs, under_way: RefCell::default() }
    }

    /// Begins a run.
    pub fn start(&self) -> Result<(), JsValue> {
        let inputs = self.inputs.clone();
        let run = match self.method.as_str() {
            "plain_attention" => plain_cpu::start(&self.sizes, inputs).map_err(told)?,
            "linear_attention" => linear_attention::cpu::start(&self.sizes, inputs).map_err(told)?,
            "linear_attention_causal" => linear_attention_causal::cpu::start(&self.sizes, inputs).map_err(told)?,
            _ => flash_attention::cpu::start(&self.sizes, inputs).map_err(told)?,
        };
        self.under_way.replace(Some(run));
        Ok(())
    }

    /// The next slice; whether there is more to do.
    pub fn step(&self) -> bool {
        self.under_way.borrow_mut().as_mut().is_some_and(|run| run.step())
    }

    /// o `[n, d]` of the run that was begun.
    pub fn read(&self) -> Vec<f32> {
        let outputs = self.under_way.take().map(Sliced::finish).unwrap_or_default();
        outputs.into_iter().next().unwrap_or_default()
    }
}
