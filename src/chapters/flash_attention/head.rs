//! One attention head of the sentence encoder all-MiniLM-L6-v2 on a short sentence, as the site ships it.

use ndarray::Array2;

/// The sentence: "The animal didn't cross the street because it was too tired."
pub const TOKENS: [&str; 16] =
    ["[CLS]", "the", "animal", "didn", "'", "t", "cross", "the", "street", "because", "it", "was", "too", "tired", ".", "[SEP]"];

/// Channels of a query, key and value.
pub const D: usize = 32;

/// Query, key and value `[16, 32]` of one head.
pub struct Head {
    /// Queries.
    pub q: Array2<f32>,
    /// Keys.
    pub k: Array2<f32>,
    /// Values.
    pub v: Array2<f32>,
}

/// The file of a head, relative to `data/`.
pub fn file(layer: usize, head: usize) -> String {
    format!("minilm/short-{layer}-{head}.f32")
}

/// Reads a file: q, k, v one after another, row-major, little-endian f32. `None` if its length is not that of a head.
pub fn read(bytes: &[u8]) -> Option<Head> {
    let n = TOKENS.len();
    let numbers: Vec<f32> = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    if bytes.len() != 4 * 3 * n * D {
        return None;
    }
    let part = |idx: usize| Array2::from_shape_vec((n, D), numbers[idx * n * D..(idx + 1) * n * D].to_vec()).ok();
    Some(Head { q: part(0)?, k: part(1)?, v: part(2)? })
}
