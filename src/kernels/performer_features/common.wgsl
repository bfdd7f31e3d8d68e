// Positive random features of the exponential kernel (FAVOR+, arXiv:2009.14794, Lemma 1 and section 2.4):
// phi(x) = (exp(W x - |x|^2 / 2 - max) + eps) / sqrt(m), for x times `scale`. A maximum over W x keeps exp from
// overflowing and cancels in the ratio that attention is: of each row for queries, over all rows for keys.

const ROW = 1u;
const ALL = 2u;

// As a maximum: of nothing.
const NOTHING = -1e38;

struct Sizes {
    n: u32,
    d: u32,
    m: u32,
    stabiliser: u32,
    scale: f32,
    eps: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [n, d]
@group(0) @binding(2) var<storage, read> w: array<vec4f>; // [m, d]
@group(0) @binding(3) var<storage, read_write> phi: array<f32>; // [n, m]: W x, then the features
@group(0) @binding(4) var<storage, read_write> rows: array<f32>; // [2 n + 1]: |x|^2 / 2, maxima of W x, their maximum

var<workgroup> maxima: array<f32, 256>;

// Quads of a row of `width` values: rows are filled up with zeros to whole pairs of them.
fn quads(width: u32) -> u32 {
    return (width + 7u) / 8u * 2u;
}

// |x|^2 / 2 and the largest W x: one invocation per row.
@compute @workgroup_size(64)
fn summarise(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if i >= sizes.n {
        return;
    }
    let width = quads(sizes.d);
    var square = 0.0;
    for (var c = 0u; c < width; c++) {
        let quad = x[i * width + c] * sizes.scale;
        square += dot(quad, quad); // @norm
    }
    var largest = NOTHING;
    for (var a = 0u; a < sizes.m; a++) {
        largest = max(largest, phi[i * sizes.m + a]);
    }
    rows[i] = 0.5 * square;
    rows[sizes.n + i] = largest; // @max
}

// The largest of all rows' maxima: one workgroup.
@compute @workgroup_size(256)
fn largest(@builtin(local_invocation_id) id: vec3u) {
    var most = NOTHING;
    for (var i = id.x; i < sizes.n; i += 256u) {
        most = max(most, rows[sizes.n + i]);
    }
    maxima[id.x] = most;
    workgroupBarrier();
    if id.x == 0u {
        for (var i = 1u; i < 256u; i++) {
            most = max(most, maxima[i]);
        }
        rows[2u * sizes.n] = most;
    }
}

// The features: one invocation per feature.
@compute @workgroup_size(8, 8)
fn exponentiate(@builtin(global_invocation_id) id: vec3u) {
    let i = id.y;
    let a = id.x;
    if i >= sizes.n || a >= sizes.m {
        return;
    }
    var stabiliser = 0.0;
    if sizes.stabiliser == ROW {
        stabiliser = rows[sizes.n + i];
    } else if sizes.stabiliser == ALL {
        stabiliser = rows[2u * sizes.n];
    }
    let power = phi[i * sizes.m + a] - rows[i] - stabiliser;
    phi[i * sizes.m + a] = (exp(power) + sizes.eps) / sqrt(f32(sizes.m)); // @features
}
