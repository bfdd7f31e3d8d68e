// Causal linear attention (arXiv:2006.16236) chunk by chunk: a query sees the keys before its chunk through
// their state, and those of its own chunk, itself included, one by one.

struct Sizes {
    n: u32,
    d: u32,
    dv: u32,
    map: u32,
    normalise: u32,
    eps: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> q: array<vec4f>; // [n, d]
@group(0) @binding(2) var<storage, read> k: array<vec4f>; // [n, d]
@group(0) @binding(3) var<storage, read> v: array<vec4f>; // [n, dv]
@group(0) @binding(4) var<storage, read_write> o: array<f32>; // [n, dv]
@group(0) @binding(5) var<storage, read_write> states: array<vec4f>; // for each chunk: S [d, dv], then z [d]

// Keys of a chunk: whole tiles.
const CHUNK = 64u;

fn n_queries() -> u32 {
    return sizes.n;
}

fn n_keys() -> u32 {
    return sizes.n;
}

fn chunk_length() -> u32 {
    return CHUNK;
}
