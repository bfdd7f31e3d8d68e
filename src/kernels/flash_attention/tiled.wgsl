// The variant for GPUs: tiles of Q, K and V pass through workgroup memory, 32 columns at a time, and all
// sums stay in registers.
// A workgroup of 8 x 8 owns 32 query rows and walks over tiles of 32 keys. The invocation (x, y) owns the
// rows y, y + 8, y + 16, y + 24 and the keys x, x + 8, x + 16, x + 24 of a tile: one 4 x 4 matrix of S.
// Deliberately absent: subgroups, f16, and infinities in arithmetic.

const ROWS = 32u;
const KEYS = 32u;
const SLICES = 4u; // of 32 columns of V, and so of O
// 32 columns are 8 quads (vec4s); one more in each row keeps neighbours in different banks of the memory.
const QUADS = 8u;
const PITCH = 9u;
const STRIDED = vec4u(0u, 8u, 16u, 24u);

var<workgroup> q_tile: array<vec4f, ROWS * PITCH>;
var<workgroup> kv_tile: array<vec4f, KEYS * PITCH>; // first K, then V
var<workgroup> p_tile: array<vec4f, ROWS * PITCH>; // quad x of a row: its weights of x's four keys
var<workgroup> shares: array<vec4f, 64>; // what each invocation knows of its four rows

// The rows y, y + 8, ... of a tile, at one quad.
fn q_quads(at: u32) -> mat4x4f {
    return mat4x4f(q_tile[at], q_tile[at + 8u * PITCH], q_tile[at + 16u * PITCH], q_tile[at + 24u * PITCH]);
}
fn kv_quads(at: u32) -> mat4x4f {
    return mat4x4f(kv_tile[at], kv_tile[at + 8u * PITCH], kv_tile[at + 16u * PITCH], kv_tile[at + 24u * PITCH]);
}
fn p_quads(at: u32) -> mat4x4f {
    return mat4x4f(p_tile[at], p_tile[at + 8u * PITCH], p_tile[at + 16u * PITCH], p_tile[at + 24u * PITCH]);
}

// listing: flash_attention_gpu
// Adds Q K^T over 32 columns, from quad c0 on, to S: one row in each column of the matrix.
fn scores(s: mat4x4f, row0: u32, j0: u32, c0: u32, at: vec2u) -> mat4x4f {
    let width = quads(sizes.d);
    let c = min(c0 + at.x, width - 1u);
    workgroupBarrier();
    for (var r = at.y; r < ROWS; r += 8u) {
        let row = vec2u(min(row0 + r, sizes.nq - 1u), min(j0 + r, sizes.nk - 1u)) * width;
        q_tile[r * PITCH + at.x] = select(vec4f(0.0), q[row.x + c], c0 + at.x < width); // @load_q
        kv_tile[r * PITCH + at.x] = k[row.y + c]; // @load_k
    }
    workgroupBarrier();
    var sum = mat4x4f();
    let x = at.x * PITCH;
    let y = at.y * PITCH;
    for (var t = 0u; t < QUADS; t += 2u) { // in pairs, which rounds half as often
        let first = transpose(kv_quads(x + t)) * q_quads(y + t);
        sum += first + transpose(kv_quads(x + t + 1u)) * q_quads(y + t + 1u); // @scores
    }
    return s + sum;
}

// Rescales a slice of O, from quad c0 on, and adds P V to it.
fn values(acc: mat4x4f, alpha: vec4f, j0: u32, c0: u32, at: vec2u) -> mat4x4f {
    let width = quads(sizes.dv);
    let c = min(c0 + at.x, width - 1u);
    workgroupBarrier();
    for (var r = at.y; r < KEYS; r += 8u) {
        kv_tile[r * PITCH + at.x] = v[min(j0 + r, sizes.nk - 1u) * width + c]; // @load_v
    }
    workgroupBarrier();
    var sum = mat4x4f(acc[0] * alpha.x, acc[1] * alpha.y, acc[2] * alpha.z, acc[3] * alpha.w); // @rescale
    for (var t = 0u; t < QUADS; t++) {
        sum += kv_quads(t * PITCH + at.x) * p_quads(at.y * PITCH + t); // @output
    }
    return sum;
}

@compute @workgroup_size(8, 8)
fn flash_attention(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
    let at = id.xy;
    let row0 = group.x * ROWS;
    let i = min(vec4u(row0 + at.y) + STRIDED, vec4u(sizes.nq - 1u));
    let visible = vec4u(visible_keys(i.x), visible_keys(i.y), visible_keys(i.z), visible_keys(i.w));
    var acc0 = mat4x4f();
    var acc1 = mat4x4f();
    var acc2 = mat4x4f();
    var acc3 = mat4x4f();
    var m = vec4f(NOTHING);
    var l = vec4f(0.0); // of this invocation's own keys
    // Later rows see no fewer keys than earlier ones: tiles beyond the last row's are wholly masked.
    let last = visible_keys(min(row0 + ROWS, sizes.nq) - 1u);
    for (var j0 = 0u; j0 < last; j0 += KEYS) {
        var s = mat4x4f();
        for (var c = 0u; 4u * c < sizes.d; c += QUADS) {
            s = scores(s, row0, j0, c, at);
        }
        let j = vec4u(j0 + at.x) + STRIDED;
        let s0 = masked(s[0], j, visible.x);
        let s1 = masked(s[1], j, visible.y);
        let s2 = masked(s[2], j, visible.z);
        let s3 = masked(s[3], j, visible.w);
        shares[8u * at.y + at.x] = vec4f(largest(s0), largest(s1), largest(s2), largest(s3));
        workgroupBarrier();
        var m_new = m;
        for (var x = 0u; x < 8u; x++) {
            m_new = max(m_new, shares[8u * at.y + x]); // @max
        }
        let alpha = exp(m - m_new); // @factor
        let p0 = weights(s0, m_new.x, j, visible.x);
        let p1 = weights(s1, m_new.y, j, visible.y);
        let p2 = weights(s2, m_new.z, j, visible.z);
        let p3 = weights(s3, m_new.w, j, visible.w); // @probs
        let p_at = at.y * PITCH + at.x;
        p_tile[p_at] = p0;
        p_tile[p_at + 8u * PITCH] = p1;
        p_tile[p_at + 16u * PITCH] = p2;
        p_tile[p_at + 24u * PITCH] = p3;
        l = l * alpha + vec4f(total(p0), total(p1), total(p2), total(p3)); // @sum
        m = m_new;
        acc0 = values(acc0, alpha, j0, 0u, at);
        if SLICES > 1u {
            acc1 = values(acc1, alpha, j0, QUADS, at);
        }
        if SLICES > 2u {
            acc2 = values(acc2, alpha, j0, 2u * QUADS, at);
        }
        if SLICES > 3u {
            acc3 = values(acc3, alpha, j0, 3u * QUADS, at);
        }
    }
    shares[8u * at.y + at.x] = l;
    workgroupBarrier();
    var sum = vec4f(0.0);
    for (var x = 0u; x < 8u; x++) {
        sum += shares[8u * at.y + x];
    }
    let denominator = denominators(sum, visible);
    store(acc0, denominator, row0 + at.y, 8u, at.x);
    if SLICES > 1u {
        store(acc1, denominator, row0 + at.y, 8u, at.x + QUADS);
    }
    if SLICES > 2u {
        store(acc2, denominator, row0 + at.y, 8u, at.x + 2u * QUADS);
    }
    if SLICES > 3u {
        store(acc3, denominator, row0 + at.y, 8u, at.x + 3u * QUADS);
    }
    let row = row0 + at.y + 8u * at.x;
    if at.x < 4u && row < sizes.nq {
        lse[row] = log_sum_exp(m, denominator, visible)[at.x];
    }
}
// end listing
