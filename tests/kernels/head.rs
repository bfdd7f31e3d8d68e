//! A real attention head as a kernel case: read straight from the data file, with no library.

use unrolled::kernels::Case;
use unrolled::kernels::flash_attention::{Mask, uniform};

/// The sharpest head of the long text: layer 0, head 2, 256 tokens of width 32, scale 1/sqrt(32).
pub fn sharpest() -> Case {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/static/data/minilm/long.safetensors")).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let data = &bytes[8 + header_len..];
    let (n, d) = (256, 32);
    let first_head = |name: &str| -> Vec<f32> {
        assert_eq!(header[name]["dtype"], "F32");
        assert_eq!(header[name]["shape"], serde_json::json!([4, n, d]));
        let start = header[name]["data_offsets"][0].as_u64().unwrap() as usize;
        data[start..start + 4 * n * d].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    Case {
        name: "real_head",
        uniform: uniform(n as u32, n as u32, d as u32, d as u32, Mask::None, 1.0 / (d as f32).sqrt()),
        inputs: ["q", "k", "v"].map(first_head).to_vec(),
    }
}
