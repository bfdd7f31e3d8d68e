
// From each chunk's state to the state before the chunk: one invocation per quad, chunks in order.
@compute @workgroup_size(64)
fn prefix(@builtin(global_invocation_id) id: vec3u) {
    let size = state_quads();
    if id.x >= size {
        return;
    }
    let chunks = (sizes.n + CHUNK - 1u) / CHUNK;
    var before = vec4f(0.0);
    for (var chunk = 0u; chunk < chunks; chunk++) {
        let own = states[chunk * size + id.x];
        states[chunk * size + id.x] = before;
        before += own;
    }
}
