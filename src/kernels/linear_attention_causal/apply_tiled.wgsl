
// The keys x, x + 8, x + 16, x + 24 of a tile.
const STRIDED = vec4u(0u, 8u, 16u, 24u);

// Adds phi(Q) phi(K)^T over 32 features, from quad c0 on: a row in each column, its keys x, x + 8, ...
fn scores(s: mat4x4f, row0: u32, j0: u32, c0: u32, at: vec2u) -> mat4x4f {
    workgroupBarrier();
    for (var r = at.y; r < TILE; r += 8u) {
        a_tile[r * PITCH + at.x] = query_features(row0 + r, c0 + at.x);
        b_tile[r * PITCH + at.x] = key_features(j0 + r, c0 + at.x);
    }
    workgroupBarrier();
    var sum = s;
    for (var t = 0u; t < QUADS; t++) {
        sum += transpose(every_eighth_b(at.x * PITCH + t)) * every_eighth_a(at.y * PITCH + t);
    }
    return sum;
}

// Adds the tile of keys at j0, each as far as the query sees it.
fn read_keys(sum: Sum, row0: u32, j0: u32, c_v: u32, at: vec2u) -> Sum {
    var s = mat4x4f();
    for (var c = 0u; 4u * c < sizes.d; c += QUADS) {
        s = scores(s, row0, j0, c, at);
    }
    workgroupBarrier();
    let j = vec4u(j0 + at.x) + STRIDED;
    var l = sum.l;
    for (var r = 0u; r < 4u; r++) {
        let row = at.y + 8u * r;
        let weights = select(vec4f(0.0), s[r], j <= vec4u(row0 + row));
        a_tile[row * PITCH + at.x] = weights;
        b_tile[row * PITCH + at.x] = values(j0 + row, c_v);
        l[r] += (weights.x + weights.y) + (weights.z + weights.w);
    }
    workgroupBarrier();
    var o = sum.o;
    for (var t = 0u; t < QUADS; t++) {
        o += every_eighth_b(t * PITCH + at.x) * every_eighth_a(at.y * PITCH + t);
    }
    return Sum(o, l);
}

// 32 queries, 32 columns of the output.
@compute @workgroup_size(8, 8)
fn apply(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
    let row0 = group.x * TILE;
    let c_v = group.y * QUADS + id.x;
    let chunk = row0 / CHUNK;
    var sum = Sum(mat4x4f(), vec4f(0.0));
    if chunk > 0u {
        for (var c = 0u; 4u * c < sizes.d; c += QUADS) {
            sum = read_state(sum, chunk * state_quads(), row0, c, c_v, id.xy);
        }
    }
    for (var j0 = chunk * CHUNK; j0 <= row0; j0 += TILE) {
        sum = read_keys(sum, row0, j0, c_v, id.xy);
    }
    finish(sum, row0, c_v, id.xy);
}
