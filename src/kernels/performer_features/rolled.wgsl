
// The variant for CPUs in disguise: few loads, no barriers.

fn four_rows(row0: u32, c: u32) -> mat4x4f {
    let width = quads(sizes.d);
    let i = min(vec4u(row0) + vec4u(0u, 1u, 2u, 3u), vec4u(sizes.n - 1u)) * width + c;
    return mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

fn four_directions(feature0: u32, c: u32) -> mat4x4f {
    let width = quads(sizes.d);
    let a = min(vec4u(feature0) + vec4u(0u, 1u, 2u, 3u), vec4u(sizes.m - 1u)) * width + c;
    return mat4x4f(w[a.x], w[a.y], w[a.z], w[a.w]);
}

// W x: four rows, four directions.
@compute @workgroup_size(8, 8)
fn project(@builtin(global_invocation_id) id: vec3u) {
    let row0 = 4u * id.x;
    let feature0 = 4u * id.y;
    var sum = mat4x4f(); // a row of x in each column
    for (var c = 0u; c < quads(sizes.d); c++) {
        sum += transpose(four_directions(feature0, c)) * (four_rows(row0, c) * sizes.scale);
    }
    for (var r = 0u; r < 4u && row0 + r < sizes.n; r++) {
        for (var f = 0u; f < 4u && feature0 + f < sizes.m; f++) {
            phi[(row0 + r) * sizes.m + feature0 + f] = sum[r][f];
        }
    }
}
