//! Data files as the site ships them, cut from the repository's own data with no library.

/// The heads of the long text that are shipped, in the order of the file: layer, head.
const LONG: [(usize, usize); 4] = [(0, 2), (1, 8), (3, 1), (5, 6)];

/// The bytes of `data/PATH`; panics on a path the site does not ship.
pub fn file(path: &str) -> Vec<u8> {
    let (text, layer, head) = parts(path).expect("a head of the short sentence or of the long text");
    let (n, idx) = match text {
        "short" => (16, layer * 12 + head),
        _ => (256, LONG.iter().position(|shipped| *shipped == (layer, head)).expect("a head that is shipped")),
    };
    let bytes = std::fs::read(format!("{}/static/data/minilm/{text}.safetensors", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let size = 4 * n * 32;
    let part = |name: &str| {
        let start = 8 + header_len + header[name]["data_offsets"][0].as_u64().unwrap() as usize + idx * size;
        bytes[start..start + size].to_vec()
    };
    ["q", "k", "v"].map(part).concat()
}

/// `minilm/TEXT-LAYER-HEAD.f32`, taken apart.
fn parts(path: &str) -> Option<(&str, usize, usize)> {
    let (text, rest) = path.strip_prefix("minilm/")?.strip_suffix(".f32")?.split_once('-')?;
    let (layer, head) = rest.split_once('-')?;
    Some((text, layer.parse().ok()?, head.parse().ok()?))
}
