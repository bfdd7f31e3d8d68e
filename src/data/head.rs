//! Attention heads of the sentence encoder all-MiniLM-L6-v2 on a short sentence and on a long text, as the site ships them.

use ndarray::Array2;

/// The sentence: "The animal didn't cross the street because it was too tired."
pub const TOKENS: [&str; 16] =
    ["[CLS]", "the", "animal", "didn", "'", "t", "cross", "the", "street", "because", "it", "was", "too", "tired", ".", "[SEP]"];

/// Tokens of the long text: the opening of Shakespeare's sonnets 18 and 29.
pub const N_LONG: usize = 256;

/// The heads of the long text that are shipped: layer, head.
pub const LONG: [(usize, usize); 4] = [(0, 2), (1, 8), (3, 1), (5, 6)];

/// Channels of a query, key and value.
pub const D: usize = 32;

/// Query, key and value `[tokens, 32]` of one head.
pub struct Head {
    /// Queries.
    pub q: Array2<f32>,
    /// Keys.
    pub k: Array2<f32>,
    /// Values.
    pub v: Array2<f32>,
}

/// The file of a head on the sentence, relative to `data/`.
pub fn file(layer: usize, head: usize) -> String {
    format!("minilm/short-{layer}-{head}.f32")
}

/// The file of a head of [`LONG`] on the long text, relative to `data/`.
pub fn long_file(layer: usize, head: usize) -> String {
    format!("minilm/long-{layer}-{head}.f32")
}

/// Reads a file of a head on `n` tokens: q, k, v one after another, row-major, little-endian f32. `None` if its length
/// is not that of such a head.
pub fn read(bytes: &[u8], n: usize) -> Option<Head> {
    if bytes.len() != 4 * 3 * n * D {
        return None;
    }
    let mut numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let mut part = || Array2::from_shape_simple_fn((n, D), || numbers.next().unwrap_or(f32::NAN));
    Some(Head { q: part(), k: part(), v: part() })
}
