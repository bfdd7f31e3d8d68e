// The sizes and options of one head's attention.

const BOTTOM_RIGHT = 1u;
const TOP_LEFT = 2u;

struct Sizes {
    nq: u32,
    nk: u32,
    d: u32,
    dv: u32,
    mask: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;

