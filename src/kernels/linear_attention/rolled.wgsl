
// The variants for CPUs in disguise: few loads, no barriers, no workgroup memory.
// An invocation owns four features, or four queries, and as many columns as its private memory holds.

// Quads of that: more columns are another workgroup's.
const COLUMNS = 32u;

var<private> acc: array<mat4x4f, COLUMNS>; // a feature, or a query, in each column
var<private> l: vec4f; // denominators

fn columns(block: u32) -> u32 {
    return min(COLUMNS, quads(sizes.dv) - block * COLUMNS);
}

// Four features of the state of a chunk.
@compute @workgroup_size(16)
fn accumulate(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
    let c = id.x;
    if c >= quads(sizes.d) {
        return;
    }
    let first = group.z * chunk_length();
    let end = min(first + chunk_length(), n_keys());
    var z = vec4f(0.0);
    for (var j = first; j < end; j += 4u) {
        let features = four_keys(j, end, c);
        z += (features[0] + features[1]) + (features[2] + features[3]);
        add_values(j, group.y, transpose(features));
    }
    let base = group.z * state_quads();
    let width = quads(sizes.dv);
    for (var x = 0u; x < columns(group.y); x++) {
        for (var r = 0u; r < 4u; r++) {
            states[base + (4u * c + r) * width + group.y * COLUMNS + x] = acc[x][r];
        }
    }
    if group.y == 0u {
        states[base + 4u * quads(sizes.d) * width + c] = z;
    }
}

// Adds the values of four keys, of which each column of `weights` holds a weighting.
fn add_values(j: u32, block: u32, weights: mat4x4f) {
    for (var x = 0u; x < columns(block); x++) {
        let c = block * COLUMNS + x;
        acc[x] += mat4x4f(values(j, c), values(j + 1u, c), values(j + 2u, c), values(j + 3u, c)) * weights;
    }
}

// In a loop, because the feature map is long to compile.
fn four_queries(row0: u32, c: u32) -> mat4x4f {
    var features = mat4x4f();
    for (var r = 0u; r < 4u; r++) {
        features[r] = query_features(row0 + r, c);
    }
    return features;
}

// Likewise; keys from `end` on are 0.
fn four_keys(j: u32, end: u32, c: u32) -> mat4x4f {
    var features = mat4x4f();
    for (var r = 0u; r < 4u && j + r < end; r++) {
        features[r] = key_features(j + r, c);
    }
    return features;
}

// Adds phi(Q) S and phi(Q) z for four queries.
fn read_state(base: u32, row0: u32, block: u32) {
    let width = quads(sizes.dv);
    for (var c = 0u; c < quads(sizes.d); c++) {
        let features = four_queries(row0, c);
        l += states[base + 4u * quads(sizes.d) * width + c] * features;
        for (var x = 0u; x < columns(block); x++) {
            let at = base + 4u * c * width + block * COLUMNS + x;
            acc[x] += mat4x4f(states[at], states[at + width], states[at + 2u * width], states[at + 3u * width]) * features;
        }
    }
}

// Divides by the denominators and stores.
fn finish(row0: u32, block: u32) {
    let by = denominators(l);
    for (var x = 0u; x < columns(block); x++) {
        for (var r = 0u; r < 4u; r++) {
            store(acc[x][r] / by[r], row0 + r, block * COLUMNS + x);
        }
    }
}
