
// The variants for GPUs: the state of a chunk of keys, and a tile of queries read from a state.
// A workgroup of 8 x 8 owns a tile of 32 x 32; the invocation (x, y) owns quad (vec4) x of four of its rows.

// 32 columns are 8 quads; one more in each row keeps neighbours in different banks of the memory.
const QUADS = 8u;
const PITCH = 9u;

var<workgroup> a_tile: array<vec4f, TILE * PITCH>; // features of keys or of queries, or weights
var<workgroup> b_tile: array<vec4f, TILE * PITCH>; // values, rows of a state, or features of keys
var<workgroup> shares: array<vec4f, 64>; // what each invocation knows of the denominators

// The rows y, y + 8, y + 16, y + 24 of a tile at one quad.
fn every_eighth_a(at: u32) -> mat4x4f {
    return mat4x4f(a_tile[at], a_tile[at + 8u * PITCH], a_tile[at + 16u * PITCH], a_tile[at + 24u * PITCH]);
}
fn every_eighth_b(at: u32) -> mat4x4f {
    return mat4x4f(b_tile[at], b_tile[at + 8u * PITCH], b_tile[at + 16u * PITCH], b_tile[at + 24u * PITCH]);
}

// listing: linear_attention_gpu
// The state of a chunk: 32 features of S and of z, 32 columns of S.
@compute @workgroup_size(8, 8)
fn accumulate(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
    let at = id.xy;
    let c_v = group.x * QUADS + at.x;
    let first = group.z * chunk_length();
    let end = min(first + chunk_length(), n_keys());
    var acc = mat4x4f(); // a feature in each column
    var z = vec4f(0.0); // of every eighth key
    for (var j0 = first; j0 < end; j0 += TILE) {
        workgroupBarrier();
        for (var r = at.y; r < TILE; r += 8u) {
            let features = select(vec4f(0.0), key_features(j0 + r, group.y * QUADS + at.x), j0 + r < end); // @features
            a_tile[r * PITCH + at.x] = features;
            b_tile[r * PITCH + at.x] = values(j0 + r, c_v); // @load_v
            z += features; // @normaliser
        }
        workgroupBarrier();
        for (var t = 0u; t < TILE; t += 4u) {
            let a = t * PITCH + at.y;
            let b = t * PITCH + at.x;
            let features = mat4x4f(a_tile[a], a_tile[a + PITCH], a_tile[a + 2u * PITCH], a_tile[a + 3u * PITCH]);
            let value = mat4x4f(b_tile[b], b_tile[b + PITCH], b_tile[b + 2u * PITCH], b_tile[b + 3u * PITCH]);
            acc += value * transpose(features); // @outer
        }
    }
    shares[8u * at.y + at.x] = z;
    workgroupBarrier();
    let base = group.z * state_quads();
    let c = group.y * QUADS + at.y;
    if c < quads(sizes.d) && c_v < quads(sizes.dv) {
        for (var r = 0u; r < 4u; r++) {
            states[base + (4u * c + r) * quads(sizes.dv) + c_v] = acc[r]; // @state
        }
    }
    let c_z = group.y * QUADS + at.x;
    if group.x == 0u && at.y == 0u && c_z < quads(sizes.d) {
        var sum = vec4f(0.0);
        for (var y = 0u; y < 8u; y++) {
            sum += shares[8u * y + at.x];
        }
        states[base + 4u * quads(sizes.d) * quads(sizes.dv) + c_z] = sum;
    }
}

// Four rows of the output, one in each column, at one quad; and this invocation's share of their denominators.
struct Sum {
    o: mat4x4f,
    l: vec4f,
}

// Adds phi(Q) S and phi(Q) z over 32 features, from quad c0 on: rows y, y + 8, y + 16, y + 24 of the tile at row0.
fn read_state(sum: Sum, base: u32, row0: u32, c0: u32, c_v: u32, at: vec2u) -> Sum {
    let width = quads(sizes.d);
    let z = states[base + 4u * width * quads(sizes.dv) + min(c0 + at.x, width - 1u)];
    var l = sum.l;
    workgroupBarrier();
    for (var r = 0u; r < 4u; r++) {
        let row = at.y + 8u * r;
        let features = query_features(row0 + row, c0 + at.x);
        a_tile[row * PITCH + at.x] = features;
        l[r] += dot(features, z); // @denominator
        let feature = min(4u * c0 + row, 4u * width - 1u);
        b_tile[row * PITCH + at.x] = states[base + feature * quads(sizes.dv) + min(c_v, quads(sizes.dv) - 1u)];
    }
    workgroupBarrier();
    var o = sum.o;
    for (var t = 0u; t < QUADS; t++) {
        let b = 4u * t * PITCH + at.x;
        let state = mat4x4f(b_tile[b], b_tile[b + PITCH], b_tile[b + 2u * PITCH], b_tile[b + 3u * PITCH]);
        o += state * every_eighth_a(at.y * PITCH + t); // @apply
    }
    return Sum(o, l);
}
// end listing

// Divides by the denominators and stores.
fn finish(sum: Sum, row0: u32, c_v: u32, at: vec2u) {
    shares[8u * at.y + at.x] = sum.l;
    workgroupBarrier();
    var l = vec4f(0.0);
    for (var x = 0u; x < 8u; x++) {
        l += shares[8u * at.y + x];
    }
    let denominators = denominators(l);
    store(sum.o[0] / denominators.x, row0 + at.y, c_v);
    store(sum.o[1] / denominators.y, row0 + at.y + 8u, c_v);
    store(sum.o[2] / denominators.z, row0 + at.y + 16u, c_v);
    store(sum.o[3] / denominators.w, row0 + at.y + 24u, c_v);
}
