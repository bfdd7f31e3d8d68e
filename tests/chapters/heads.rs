//! Data files as the site ships them, cut from the repository's own data with no library.

/// The bytes of `data/PATH`; panics on a path the site does not ship.
pub fn file(path: &str) -> Vec<u8> {
    let (layer, head) = path
        .strip_prefix("minilm/short-")
        .and_then(|rest| rest.strip_suffix(".f32")?.split_once('-'))
        .expect("a head of the short sentence");
    let (layer, head): (usize, usize) = (layer.parse().unwrap(), head.parse().unwrap());
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/static/data/minilm/short.safetensors")).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let size = 4 * 16 * 32;
    let part = |name: &str| {
        let start = 8 + header_len + header[name]["data_offsets"][0].as_u64().unwrap() as usize + (layer * 12 + head) * size;
        bytes[start..start + size].to_vec()
    };
    ["q", "k", "v"].map(part).concat()
}
