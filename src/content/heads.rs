//! The attention heads of `static/data/minilm`, cut into one small file per head.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// A file to be written: its name and its bytes.
pub type HeadFile = (String, Vec<u8>);

/// Layer and head (both from 0) of the four heads of `long.safetensors`, in order.
pub const LONG_HEADS: [(usize, usize); 4] = [(0, 2), (1, 8), (3, 1), (5, 6)];

/// Why a data file could not be cut.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// It is no safetensors file, or a tensor is missing.
    #[error("not the expected safetensors file: {0}")]
    File(#[from] safetensors::SafeTensorError),
    /// A tensor has another type or shape.
    #[error("tensor `{name}` is {dtype:?} {shape:?}, expected F32 {expected:?}")]
    Shape {
        /// Its name.
        name: String,
        /// Its type.
        dtype: Dtype,
        /// Its shape.
        shape: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
}

/// `short-L-H.f32` for all 72 heads: q, then k, then v, each [16, 32] row-major, little-endian f32.
pub fn short_heads(bytes: &[u8]) -> Result<Vec<HeadFile>, HeadError> {
    let names: Vec<String> = (0..72).map(|idx| format!("short-{}-{}.f32", idx / 12, idx % 12)).collect();
    cut(bytes, &[6, 12, 16, 32], &names)
}

/// `long-L-H.f32` for the heads of `LONG_HEADS`: q, then k, then v, each [256, 32] row-major, little-endian f32.
pub fn long_heads(bytes: &[u8]) -> Result<Vec<HeadFile>, HeadError> {
    let names: Vec<String> = LONG_HEADS.iter().map(|(layer, head)| format!("long-{layer}-{head}.f32")).collect();
    cut(bytes, &[4, 256, 32], &names)
}

/// Cuts q, k and v, each of shape `expected`, into `names.len()` equal parts and joins the parts of one head.
fn cut(bytes: &[u8], expected: &[usize], names: &[String]) -> Result<Vec<HeadFile>, HeadError> {
    let file = SafeTensors::deserialize(bytes)?;
    let tensors = ["q", "k", "v"].into_iter().map(|name| tensor(&file, name, expected)).collect::<Result<Vec<_>, _>>()?;
    let size = expected.iter().product::<usize>() * size_of::<f32>() / names.len();
    let part = |idx: usize| tensors.iter().flat_map(move |tensor| tensor.data()[idx * size..(idx + 1) * size].iter().copied());
    Ok(names.iter().enumerate().map(|(idx, name)| (name.clone(), part(idx).collect())).collect())
}

fn tensor<'a>(file: &SafeTensors<'a>, name: &str, expected: &[usize]) -> Result<TensorView<'a>, HeadError> {
    let tensor = file.tensor(name)?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != expected {
        let (dtype, shape) = (tensor.dtype(), tensor.shape().to_vec());
        return Err(HeadError::Shape { name: name.to_owned(), dtype, shape, expected: expected.to_vec() });
    }
    Ok(tensor)
}
