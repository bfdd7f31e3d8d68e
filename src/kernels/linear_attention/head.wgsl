// Linear attention (arXiv:2006.16236), not causal: O_i = phi(q_i)^T S / (phi(q_i)^T z + eps), with
// S = sum_j phi(k_j) v_j^T and z = sum_j phi(k_j) over all keys, whatever their number.

struct Sizes {
    nq: u32,
    nk: u32,
    d: u32,
    dv: u32,
    map: u32,
    normalise: u32,
    eps: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> q: array<vec4f>; // [nq, d]
@group(0) @binding(2) var<storage, read> k: array<vec4f>; // [nk, d]
@group(0) @binding(3) var<storage, read> v: array<vec4f>; // [nk, dv]
@group(0) @binding(4) var<storage, read_write> o: array<f32>; // [nq, dv]
@group(0) @binding(5) var<storage, read_write> states: array<vec4f>; // for each chunk of keys: S [d, dv], then z [d]

// As many chunks as there are states at most; no chunk is shorter than this many tiles but the last.
const MAX_CHUNKS = 64u;
const LEAST_TILES = 2u;

fn n_queries() -> u32 {
    return sizes.nq;
}

fn n_keys() -> u32 {
    return sizes.nk;
}

// Keys of a chunk: whole tiles.
fn chunk_length() -> u32 {
    let tiles = (sizes.nk + TILE - 1u) / TILE;
    return max(LEAST_TILES, (tiles + MAX_CHUNKS - 1u) / MAX_CHUNKS) * TILE;
}
