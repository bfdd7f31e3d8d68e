
// Four queries: what came before their chunk from its state, then four keys of the chunk at a time.
@compute @workgroup_size(16)
fn apply(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
    let row0 = 4u * id.x;
    if row0 >= n_queries() {
        return;
    }
    let chunk = row0 / CHUNK;
    if chunk > 0u {
        read_state(chunk * state_quads(), row0, group.y);
    }
    for (var j = chunk * CHUNK; j <= row0; j += 4u) {
        var s = mat4x4f();
        for (var c = 0u; c < quads(sizes.d); c++) {
            s += transpose(four_keys(j, sizes.n, c)) * four_queries(row0, c);
        }
        // Keys and queries stand in step: only the last four keys are not all seen.
        if j == row0 {
            s[0] *= vec4f(1.0, 0.0, 0.0, 0.0);
            s[1] *= vec4f(1.0, 1.0, 0.0, 0.0);
            s[2] *= vec4f(1.0, 1.0, 1.0, 0.0);
        }
        l += vec4f(1.0) * s;
        add_values(j, group.y, s);
    }
    finish(row0, group.y);
}
