//! Real attention heads as kernel cases: read straight from the data file, with no library.

use unrolled::kernels::Case;
use unrolled::kernels::flash_attention::{Mask, uniform};

/// The four heads of the long text, 256 tokens of width 32, scale 1/sqrt(32). The first is the sharpest.
pub fn heads() -> Vec<Case> {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/static/data/minilm/long.safetensors")).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let data = &bytes[8 + header_len..];
    let (n, d) = (256, 32);
    let names = ["real_head", "real_head_2", "real_head_3", "real_head_4"];
    let rows = |name: &str, head: usize| -> Vec<f32> {
        assert_eq!(header[name]["dtype"], "F32");
        assert_eq!(header[name]["shape"], serde_json::json!([names.len(), n, d]));
        let start = header[name]["data_offsets"][0].as_u64().unwrap() as usize + head * 4 * n * d;
        data[start..start + 4 * n * d].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    let case = |(head, name)| Case {
        name,
        uniform: uniform(n as u32, n as u32, d as u32, d as u32, Mask::None, 1.0 / (d as f32).sqrt()),
        inputs: ["q", "k", "v"].map(|name| rows(name, head)).to_vec(),
    };
    names.into_iter().enumerate().map(case).collect()
}
