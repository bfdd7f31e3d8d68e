// The variant for software adapters; the CPU twin in twin.rs has the same loop order.
//
// One invocation owns a tile of ROWS query rows and walks over tiles of KEYS keys, 4 x 4 matrices at a
// time, so that every key and value that is loaded serves four rows.
// Deliberately absent: barriers, workgroup memory, subgroups, f16, infinities in arithmetic, and loops
// unrolled further than this: a software adapter takes seconds to compile those.

const ROWS = 4u;
const KEYS = 8u;
// Quads (vec4s) of O that are kept of each row.
const QUADS = 32u;
const FOUR = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(16)
fn flash_attention(@builtin(global_invocation_id) id: vec3u) {
    let row0 = id.x * ROWS;
    if row0 >= sizes.nq {
        return;
    }
    let q_quads = quads(sizes.d);
    let v_quads = quads(sizes.dv);
    // The last tile may be short: its surplus rows repeat the last row and are not stored.
    let i = min(vec4u(row0) + FOUR, vec4u(sizes.nq - 1u));
    let visible = vec4u(visible_keys(i.x), visible_keys(i.y), visible_keys(i.z), visible_keys(i.w));

    let q_at = i * q_quads;

    var acc: array<mat4x4f, QUADS>;
    var m = vec4f(NOTHING);
    var l = vec4f(0.0);

    // Later rows see no fewer keys than earlier ones: tiles beyond the last row's are wholly masked.
    for (var j0 = 0u; j0 < visible.w; j0 += KEYS) {
        // The first four keys of the tile are a, the others b.
        let ja = vec4u(j0) + FOUR;
        let jb = vec4u(j0 + 4u) + FOUR;

        // S = scale Q K^T: a row in each column. In pairs of quads, which rounds half as often.
        let k_a = min(ja, vec4u(sizes.nk - 1u)) * q_quads;
        let k_b = min(jb, vec4u(sizes.nk - 1u)) * q_quads;
        var s_a = mat4x4f();
        var s_b = mat4x4f();
        for (var c = 0u; c < q_quads; c += 2u) {
            let d = c + 1u;
            let q0 = mat4x4f(q[q_at.x + c], q[q_at.y + c], q[q_at.z + c], q[q_at.w + c]);
            let q1 = mat4x4f(q[q_at.x + d], q[q_at.y + d], q[q_at.z + d], q[q_at.w + d]);
            s_a += transpose(mat4x4f(k[k_a.x + c], k[k_a.y + c], k[k_a.z + c], k[k_a.w + c])) * q0
                + transpose(mat4x4f(k[k_a.x + d], k[k_a.y + d], k[k_a.z + d], k[k_a.w + d])) * q1;
            s_b += transpose(mat4x4f(k[k_b.x + c], k[k_b.y + c], k[k_b.z + c], k[k_b.w + c])) * q0
                + transpose(mat4x4f(k[k_b.x + d], k[k_b.y + d], k[k_b.z + d], k[k_b.w + d])) * q1;
        }
        let s0a = masked(s_a[0], ja, visible.x);
        let s1a = masked(s_a[1], ja, visible.y);
        let s2a = masked(s_a[2], ja, visible.z);
        let s3a = masked(s_a[3], ja, visible.w);
        let s0b = masked(s_b[0], jb, visible.x);
        let s1b = masked(s_b[1], jb, visible.y);
        let s2b = masked(s_b[2], jb, visible.z);
        let s3b = masked(s_b[3], jb, visible.w);

        // m, P and l
        let m_new = max(m, vec4f(largest(max(s0a, s0b)), largest(max(s1a, s1b)), largest(max(s2a, s2b)), largest(max(s3a, s3b))));
        let alpha = exp(m - m_new);
        let p0a = weights(s0a, m_new.x, ja, visible.x);
        let p1a = weights(s1a, m_new.y, ja, visible.y);
        let p2a = weights(s2a, m_new.z, ja, visible.z);
        let p3a = weights(s3a, m_new.w, ja, visible.w);
        let p0b = weights(s0b, m_new.x, jb, visible.x);
        let p1b = weights(s1b, m_new.y, jb, visible.y);
        let p2b = weights(s2b, m_new.z, jb, visible.z);
        let p3b = weights(s3b, m_new.w, jb, visible.w);
        l = l * alpha + vec4f(total(p0a + p0b), total(p1a + p1b), total(p2a + p2b), total(p3a + p3b));
        m = m_new;

        // O = alpha O + P V, not yet divided by l
        let p_a = mat4x4f(p0a, p1a, p2a, p3a);
        let p_b = mat4x4f(p0b, p1b, p2b, p3b);
        let v_a = min(ja, vec4u(sizes.nk - 1u)) * v_quads;
        let v_b = min(jb, vec4u(sizes.nk - 1u)) * v_quads;
        for (var c = 0u; c < v_quads; c++) {
            let old = acc[c];
            acc[c] = mat4x4f(old[0] * alpha.x, old[1] * alpha.y, old[2] * alpha.z, old[3] * alpha.w)
                + (mat4x4f(v[v_a.x + c], v[v_a.y + c], v[v_a.z + c], v[v_a.w + c]) * p_a
                + mat4x4f(v[v_b.x + c], v[v_b.y + c], v[v_b.z + c], v[v_b.w + c]) * p_b);
        }
    }

    let denominator = denominators(l, visible);
    for (var c = 0u; c < v_quads; c++) {
        store(acc[c], denominator, row0, 1u, c);
    }
    let bits = log_sum_exp(m, denominator, visible);
    for (var r = 0u; r < ROWS && row0 + r < sizes.nq; r++) {
        lse[row0 + r] = bits[r];
    }
}
