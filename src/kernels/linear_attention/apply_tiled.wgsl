
// 32 queries, 32 columns of the output.
@compute @workgroup_size(8, 8)
fn apply(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
    let row0 = group.x * TILE;
    let c_v = group.y * QUADS + id.x;
    var sum = Sum(mat4x4f(), vec4f(0.0));
    for (var c = 0u; 4u * c < sizes.d; c += QUADS) {
        sum = read_state(sum, 0u, row0, c, c_v, id.xy);
    }
    finish(sum, row0, c_v, id.xy);
}
