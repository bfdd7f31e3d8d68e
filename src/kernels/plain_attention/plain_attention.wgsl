// Attention by its definition, in three dispatches: S = scale Q K^T, a softmax of every row of S, O = P V.
// The whole n x n matrix lies in device memory and goes through it four times. No tricks: this is what
// FlashAttention is measured against.

// A masked logit; the softmax makes 0 of it unless its whole row is masked.
const NOTHING = -1e38;

@group(0) @binding(1) var<storage, read> q: array<f32>; // [nq, d]
@group(0) @binding(2) var<storage, read> k: array<f32>; // [nk, d]
@group(0) @binding(3) var<storage, read> v: array<f32>; // [nk, dv]
@group(0) @binding(4) var<storage, read_write> o: array<f32>; // [nq, dv]
@group(0) @binding(5) var<storage, read_write> s: array<f32>; // [nq, nk]: logits, then weights

// Whether query i may see key j.
fn sees(i: u32, j: u32) -> bool {
    if sizes.mask == BOTTOM_RIGHT {
        return j + sizes.nq <= i + sizes.nk;
    }
    return sizes.mask != TOP_LEFT || j <= i;
}

// S = scale Q K^T, masked: one invocation per logit.
@compute @workgroup_size(8, 8)
fn logits(@builtin(global_invocation_id) id: vec3u) {
    let i = id.y;
    let j = id.x;
    if i >= sizes.nq || j >= sizes.nk {
        return;
    }
    var sum = 0.0;
    for (var c = 0u; c < sizes.d; c++) {
        sum += q[i * sizes.d + c] * k[j * sizes.d + c];
    }
    s[i * sizes.nk + j] = select(NOTHING, sum * sizes.scale, sees(i, j));
}

// P = softmax(S): one invocation per row.
@compute @workgroup_size(64)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if i >= sizes.nq {
        return;
    }
    let row = i * sizes.nk;
    var m = NOTHING;
    for (var j = 0u; j < sizes.nk; j++) {
        m = max(m, s[row + j]);
    }
    var l = 0.0;
    for (var j = 0u; j < sizes.nk; j++) {
        let p = exp(s[row + j] - m);
        s[row + j] = p;
        l += p;
    }
    // A row that sees no key is dead: its weights are 0.
    let normaliser = select(1.0 / l, 0.0, m == NOTHING);
    for (var j = 0u; j < sizes.nk; j++) {
        s[row + j] *= normaliser;
    }
}

// O = P V: one invocation per output.
@compute @workgroup_size(8, 8)
fn values(@builtin(global_invocation_id) id: vec3u) {
    let i = id.y;
    let c = id.x;
    if i >= sizes.nq || c >= sizes.dv {
        return;
    }
    var sum = 0.0;
    for (var j = 0u; j < sizes.nk; j++) {
        sum += s[i * sizes.nk + j] * v[j * sizes.dv + c];
    }
    o[i * sizes.dv + c] = sum;
}
