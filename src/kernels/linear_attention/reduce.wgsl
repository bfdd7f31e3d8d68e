
// The sum of all chunks' states into the first one's place: one invocation per quad, chunks in order.
@compute @workgroup_size(64)
fn reduce(@builtin(global_invocation_id) id: vec3u) {
    let size = state_quads();
    if id.x >= size {
        return;
    }
    let chunks = (sizes.nk + chunk_length() - 1u) / chunk_length();
    var sum = states[id.x];
    for (var chunk = 1u; chunk < chunks; chunk++) {
        sum += states[chunk * size + id.x];
    }
    states[id.x] = sum;
}
