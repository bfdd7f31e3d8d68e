// FlashAttention-2 forward (arXiv:2307.08691, Algorithm 1): softmax(scale Q K^T) V without the
// n x n matrix, for ragged sizes and causal masks. The CPU twin in mod.rs has the same loop order.
//
// One invocation owns a tile of ROWS query rows and walks over tiles of KEYS keys. The rows are the
// lanes of a vec4, so that every key and value that is loaded serves four rows.
// Deliberately absent: barriers, workgroup memory, subgroups, f16, and infinities in arithmetic.

const ROWS = 4u;
const KEYS = 4u;
const COLUMNS = 4u;
const MAX_D = 128u;
const BOTTOM_RIGHT = 1u;
const TOP_LEFT = 2u;
// Stands for "no key seen yet"; exp(NOTHING - m) is 0 for every score m a finite run can meet.
const NOTHING = -1e38;
// -inf as bits: the log-sum-exp of a row that sees no key. Written as an integer, because WGSL lets
// an implementation assume that no float is infinite.
const MINUS_INFINITY = 0xff800000u;

struct Sizes {
    nq: u32,
    nk: u32,
    d: u32,
    dv: u32,
    mask: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> q: array<f32>; // [nq, d]
@group(0) @binding(2) var<storage, read> k: array<f32>; // [nk, d]
@group(0) @binding(3) var<storage, read> v: array<f32>; // [nk, dv]
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

@compute @workgroup_size(32)
fn flash_attention(@builtin(global_invocation_id) id: vec3u) {
    let row0 = id.x * ROWS;
    if row0 >= sizes.nq {
        return;
    }
    // The last tile may be short: its surplus rows repeat the last row and are not stored.
    let i = min(vec4u(row0) + vec4u(0u, 1u, 2u, 3u), vec4u(sizes.nq - 1u));
    let visible = vec4u(visible_keys(i.x), visible_keys(i.y), visible_keys(i.z), visible_keys(i.w));

    var q_tile: array<vec4f, MAX_D>;
    var acc: array<vec4f, MAX_D>;
    for (var c = 0u; c < sizes.d; c++) {
        let at = i * sizes.d + c;
        q_tile[c] = vec4f(q[at.x], q[at.y], q[at.z], q[at.w]);
    }
    for (var c = 0u; c < sizes.dv; c++) {
        acc[c] = vec4f(0.0);
    }
    var m = vec4f(NOTHING);
    var l = vec4f(0.0);

    // Later rows see no fewer keys than earlier ones: tiles beyond the last row's are wholly masked.
    for (var j0 = 0u; j0 < visible.w; j0 += KEYS) {
        let j = min(vec4u(j0) + vec4u(0u, 1u, 2u, 3u), vec4u(sizes.nk - 1u));

        // S = scale Q K^T, one vec4 of rows for each key
        let k_at = j * sizes.d;
        var s0 = vec4f(0.0);
        var s1 = vec4f(0.0);
        var s2 = vec4f(0.0);
        var s3 = vec4f(0.0);
        // Four columns at a time, summed in pairs: that rounds less than one long sum.
        var c = 0u;
        for (; c + COLUMNS <= sizes.d; c += COLUMNS) {
            let q0 = q_tile[c];
            let q1 = q_tile[c + 1u];
            let q2 = q_tile[c + 2u];
            let q3 = q_tile[c + 3u];
            let at = k_at + c;
            s0 += (q0 * k[at.x] + q1 * k[at.x + 1u]) + (q2 * k[at.x + 2u] + q3 * k[at.x + 3u]);
            s1 += (q0 * k[at.y] + q1 * k[at.y + 1u]) + (q2 * k[at.y + 2u] + q3 * k[at.y + 3u]);
            s2 += (q0 * k[at.z] + q1 * k[at.z + 1u]) + (q2 * k[at.z + 2u] + q3 * k[at.z + 3u]);
            s3 += (q0 * k[at.w] + q1 * k[at.w + 1u]) + (q2 * k[at.w + 2u] + q3 * k[at.w + 3u]);
        }
        for (; c < sizes.d; c++) {
            let qc = q_tile[c];
            s0 += qc * k[k_at.x + c];
            s1 += qc * k[k_at.y + c];
            s2 += qc * k[k_at.z + c];
            s3 += qc * k[k_at.w + c];
        }
        let sees0 = vec4u(j0) < visible;
        let sees1 = vec4u(j0 + 1u) < visible;
        let sees2 = vec4u(j0 + 2u) < visible;
        let sees3 = vec4u(j0 + 3u) < visible;
        s0 = select(vec4f(NOTHING), s0 * sizes.scale, sees0);
        s1 = select(vec4f(NOTHING), s1 * sizes.scale, sees1);
        s2 = select(vec4f(NOTHING), s2 * sizes.scale, sees2);
        s3 = select(vec4f(NOTHING), s3 * sizes.scale, sees3);

        // m, P and l; a masked entry of P is 0 even while its row has seen nothing
        let m_new = max(m, max(max(s0, s1), max(s2, s3)));
        let alpha = exp(m - m_new);
        let p0 = select(vec4f(0.0), exp(s0 - m_new), sees0);
        let p1 = select(vec4f(0.0), exp(s1 - m_new), sees1);
        let p2 = select(vec4f(0.0), exp(s2 - m_new), sees2);
        let p3 = select(vec4f(0.0), exp(s3 - m_new), sees3);
        l = l * alpha + ((p0 + p1) + (p2 + p3));
        m = m_new;

        // O = alpha O + P V, not yet divided by l
        let v_at = j * sizes.dv;
        for (var c = 0u; c < sizes.dv; c++) {
            let v0 = v[v_at.x + c];
            let v1 = v[v_at.y + c];
            let v2 = v[v_at.z + c];
            let v3 = v[v_at.w + c];
            acc[c] = acc[c] * alpha + ((p0 * v0 + p1 * v1) + (p2 * v2 + p3 * v3));
        }
    }

    // A row that saw no key is dead: its output is 0 and its log-sum-exp is -inf.
    let dead = visible == vec4u(0u);
    let denominator = select(l, vec4f(1.0), dead);
    let log_sum_exp = select(bitcast<vec4u>(m + log(denominator)), vec4u(MINUS_INFINITY), dead);
    for (var r = 0u; r < ROWS; r++) {
        if row0 + r < sizes.nq {
            for (var c = 0u; c < sizes.dv; c++) {
                o[(row0 + r) * sizes.dv + c] = acc[c][r] / denominator[r];
            }
            lse[row0 + r] = log_sum_exp[r];
        }
    }
}
