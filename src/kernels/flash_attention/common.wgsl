// What both variants of FlashAttention-2 forward (arXiv:2307.08691, Algorithm 1) begin with:
// softmax(scale Q K^T) V without the n x n matrix, for ragged sizes and causal masks.

// Stands for "no key seen yet"; exp(NOTHING - m) is 0 for every score m a finite run can meet.
const NOTHING = -1e38;
// -inf as bits: the log-sum-exp of a row that sees no key. Written as an integer, because WGSL lets
// an implementation assume that no float is infinite.
const MINUS_INFINITY = 0xff800000u;

@group(0) @binding(1) var<storage, read> q: array<vec4f>; // [nq, d]
@group(0) @binding(2) var<storage, read> k: array<vec4f>; // [nk, d]
@group(0) @binding(3) var<storage, read> v: array<vec4f>; // [nk, dv]
@group(0) @binding(4) var<storage, read_write> o: array<f32>; // [nq, dv]
@group(0) @binding(5) var<storage, read_write> lse: array<u32>; // [nq], bits of f32

// How many keys, from the first, query row i may see.
fn visible_keys(i: u32) -> u32 {
    if sizes.mask == BOTTOM_RIGHT {
        return min(max(i + 1u + sizes.nk, sizes.nq) - sizes.nq, sizes.nk);
    }
    if sizes.mask == TOP_LEFT {
        return min(i + 1u, sizes.nk);
    }
    return sizes.nk;
}

// Quads (vec4s) of a row of `width` values: rows are filled up with zeros to whole pairs of them.
fn quads(width: u32) -> u32 {
    return (width + 7u) / 8u * 2u;
}

// Four logits of a row that sees `visible` keys.
fn masked(s: vec4f, j: vec4u, visible: u32) -> vec4f {
    return select(vec4f(NOTHING), s * sizes.scale, j < vec4u(visible));
}

// Their weights; a masked one is 0 even while its row has seen nothing.
fn weights(s: vec4f, m: f32, j: vec4u, visible: u32) -> vec4f {
    return select(vec4f(0.0), exp(s - m), j < vec4u(visible));
}

fn largest(s: vec4f) -> f32 {
    return max(max(s.x, s.y), max(s.z, s.w));
}

fn total(p: vec4f) -> f32 {
    return (p.x + p.y) + (p.z + p.w);
}

// What O is still to be divided by. A row that saw no key is dead: its output is 0, its log-sum-exp -inf.
fn denominators(l: vec4f, visible: vec4u) -> vec4f {
    return select(l, vec4f(1.0), visible == vec4u(0u));
}

fn log_sum_exp(m: vec4f, denominator: vec4f, visible: vec4u) -> vec4u {
    return select(bitcast<vec4u>(m + log(denominator)), vec4u(MINUS_INFINITY), visible == vec4u(0u));
}

// Divides and stores quad c of the rows row, row + step, ...: a row in each column of acc.
fn store(acc: mat4x4f, l: vec4f, row: u32, step: u32, c: u32) {
    store_quad(acc[0] / l.x, row, c);
    store_quad(acc[1] / l.y, row + step, c);
    store_quad(acc[2] / l.z, row + 2u * step, c);
    store_quad(acc[3] / l.w, row + 3u * step, c);
}

fn store_quad(values: vec4f, row: u32, c: u32) {
    for (var x = 0u; row < sizes.nq && x < 4u && 4u * c + x < sizes.dv; x++) {
        o[row * sizes.dv + 4u * c + x] = values[x];
    }
}

