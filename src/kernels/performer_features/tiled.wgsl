
// The variant for GPUs.

const TILE = 32u;
// 32 columns are 8 quads (vec4s); one more in each row keeps neighbours in different banks of the memory.
const QUADS = 8u;
const PITCH = 9u;

var<workgroup> x_tile: array<vec4f, TILE * PITCH>;
var<workgroup> w_tile: array<vec4f, TILE * PITCH>;

// W x: 32 rows, 32 directions. The invocation (x, y) owns the rows y, y + 8, ... and the directions x, x + 8, ...
@compute @workgroup_size(8, 8)
fn project(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
    let width = quads(sizes.d);
    let row0 = group.x * TILE;
    let feature0 = group.y * TILE;
    var sum = mat4x4f(); // a row of x in each column
    for (var c0 = 0u; c0 < width; c0 += QUADS) {
        let c = min(c0 + id.x, width - 1u);
        workgroupBarrier();
        for (var r = id.y; r < TILE; r += 8u) {
            let quad = x[min(row0 + r, sizes.n - 1u) * width + c] * sizes.scale; // @scale
            x_tile[r * PITCH + id.x] = select(vec4f(0.0), quad, c0 + id.x < width);
            w_tile[r * PITCH + id.x] = w[min(feature0 + r, sizes.m - 1u) * width + c];
        }
        workgroupBarrier();
        for (var t = 0u; t < QUADS; t++) {
            let a = id.y * PITCH + t;
            let b = id.x * PITCH + t;
            let rows_of_x = mat4x4f(x_tile[a], x_tile[a + 8u * PITCH], x_tile[a + 16u * PITCH], x_tile[a + 24u * PITCH]);
            let directions = mat4x4f(w_tile[b], w_tile[b + 8u * PITCH], w_tile[b + 16u * PITCH], w_tile[b + 24u * PITCH]);
            sum += transpose(directions) * rows_of_x; // @project
        }
    }
    for (var r = 0u; r < 4u; r++) {
        for (var f = 0u; f < 4u; f++) {
            let i = row0 + id.y + 8u * r;
            let a = feature0 + id.x + 8u * f;
            if i < sizes.n && a < sizes.m {
                phi[i * sizes.m + a] = sum[r][f];
            }
        }
    }
}
