// What both kernels of linear attention begin with: feature maps, rows of the inputs, the way out.
// Deliberately absent: subgroups, f16.

const RELU = 1u;
const ELU1 = 2u;
const EXP = 3u;
const TAYLOR1 = 4u;
const SQUARE = 5u;

const TILE = 32u; // rows and columns of a tile

// Quads of a row of `width` values: rows are filled up with zeros to whole pairs of them.
fn quads(width: u32) -> u32 {
    return (width + 7u) / 8u * 2u;
}

// Quads of a state: S, then z.
fn state_quads() -> u32 {
    return quads(sizes.d) * (4u * quads(sizes.dv) + 1u);
}

// phi of quad c of a row; 0 in the columns that only fill the row up, where x is 0 and phi(0) may not be.
fn phi(x: vec4f, c: u32) -> vec4f {
    var y = x;
    switch sizes.map {
        case RELU: {
            y = max(x, vec4f(0.0));
        }
        case ELU1, EXP: {
            // Not exp(x) - 1 + 1, which is 0 in f32 for every x below -17. One exp for both: it is long to compile.
            let beyond = (x > vec4f(0.0)) & vec4<bool>(sizes.map == ELU1);
            y = select(exp(select(x, vec4f(0.0), beyond)), x + 1.0, beyond);
        }
        case TAYLOR1: {
            y = 1.0 + x;
        }
        case SQUARE: {
            y = x * x;
        }
        default: {}
    }
    return select(vec4f(0.0), y, 4u * c + vec4u(0u, 1u, 2u, 3u) < vec4u(sizes.d));
}

fn key_features(j: u32, c: u32) -> vec4f {
    let width = quads(sizes.d);
    return phi(k[min(j, n_keys() - 1u) * width + min(c, width - 1u)], c);
}

fn query_features(i: u32, c: u32) -> vec4f {
    let width = quads(sizes.d);
    return phi(q[min(i, n_queries() - 1u) * width + min(c, width - 1u)], c);
}

fn values(j: u32, c: u32) -> vec4f {
    let width = quads(sizes.dv);
    return v[min(j, n_keys() - 1u) * width + min(c, width - 1u)];
}

// What is divided by: 1 where nothing is to be.
fn denominators(l: vec4f) -> vec4f {
    return select(vec4f(1.0), l + sizes.eps, sizes.normalise == 1u);
}

fn store(value: vec4f, row: u32, c: u32) {
    for (var x = 0u; row < n_queries() && x < 4u && 4u * c + x < sizes.dv; x++) {
        o[row * sizes.dv + 4u * c + x] = value[x];
    }
}
