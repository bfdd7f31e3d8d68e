
// Four queries.
@compute @workgroup_size(16)
fn apply(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
    let row0 = 4u * id.x;
    if row0 >= n_queries() {
        return;
    }
    read_state(0u, row0, group.y);
    finish(row0, group.y);
}
