//! The kernel's CPU twin: `rolled.wgsl` line by line, in f32.
#![allow(clippy::needless_range_loop, reason = "a twin keeps the indices and the loop order of its kernel")]

use super::{MAX_D, Mask};

const ROWS: usize = 4;
const QUADS: usize = MAX_D as usize / 4;
const KEYS: usize = 8;
const BOTTOM_RIGHT: u32 = Mask::BottomRight as u32;
const TOP_LEFT: u32 = Mask::TopLeft as u32;
const NOTHING: f32 = -1e38;

/// One value for each row of a tile, the kernel's vec4.
type Lanes<T> = [T; ROWS];

struct Sizes {
    nq: usize,
    nk: usize,
    d: usize,
    dv: usize,
    mask: u32,
    scale: f32,
}

struct Output {
    o: Vec<f32>,
    lse: Vec<f32>,
}

/// All invocations in order. The arguments are those of [`super::Kernel::cpu`], already checked.
pub fn run(uniform: &[u32], inputs: &[&[f32]]) -> Vec<Vec<f32>> {
    let (&[nq, nk, d, dv, mask, scale], &[q, k, v]) = (uniform, inputs) else {
        return Vec::new();
    };
    let sizes = Sizes {
        nq: nq as usize,
        nk: nk as usize,
        d: d as usize,
        dv: dv as usize,
        mask,
        scale: f32::from_bits(scale),
    };
    let mut out = Output { o: vec![f32::NAN; sizes.nq * sizes.dv], lse: vec![f32::NAN; sizes.nq] };
    for id in 0..sizes.nq.div_ceil(ROWS) {
        invocation(id, &sizes, q, k, v, &mut out);
    }
    vec![out.o, out.lse]
}

fn visible_keys(i: usize, sizes: &Sizes) -> usize {
    if sizes.mask == BOTTOM_RIGHT {
        return ((i + 1 + sizes.nk).max(sizes.nq) - sizes.nq).min(sizes.nk);
    }
    if sizes.mask == TOP_LEFT {
        return (i + 1).min(sizes.nk);
    }
    sizes.nk
}

fn invocation(id: usize, sizes: &Sizes, q: &[f32], k: &[f32], v: &[f32], out: &mut Output) {
    let row0 = id * ROWS;
    let i: Lanes<usize> = lanes(|r| (row0 + r).min(sizes.nq - 1));
    let visible: Lanes<usize> = lanes(|r| visible_keys(i[r], sizes));

    let v_quads = quads(sizes.dv);
    let mut acc = [[[0.0; 4]; ROWS]; QUADS];
    let mut m = [NOTHING; ROWS];
    let mut l = [0.0; ROWS];

    for j0 in (0..visible[ROWS - 1]).step_by(KEYS) {
        let j: [usize; KEYS] = lanes(|key| (j0 + key).min(sizes.nk - 1));

        let mut s = scores(sizes, q, k, i, j);
        let sees: [Lanes<bool>; KEYS] = lanes(|key| lanes(|r| j0 + key < visible[r]));
        for key in 0..KEYS {
            s[key] = lanes(|r| if sees[key][r] { s[key][r] * sizes.scale } else { NOTHING });
        }

        // m, P and l
        let m_new: Lanes<f32> = lanes(|r| s.iter().fold(m[r], |m, s| m.max(s[r])));
        let alpha: Lanes<f32> = lanes(|r| (m[r] - m_new[r]).exp());
        let p: [Lanes<f32>; KEYS] =
            lanes(|key| lanes(|r| if sees[key][r] { (s[key][r] - m_new[r]).exp() } else { 0.0 }));
        let both = |at: usize, r: usize| p[at][r] + p[at + 4][r];
        l = lanes(|r| l[r] * alpha[r] + ((both(0, r) + both(1, r)) + (both(2, r) + both(3, r))));
        m = m_new;

        // O = alpha O + P V, not yet divided by l
        for c in 0..v_quads {
            let vc: [[f32; 4]; KEYS] = lanes(|key| quad(v, j[key], sizes.dv, c));
            let product = |first: usize, r: usize, x: usize| {
                p[first][r] * vc[first][x]
                    + p[first + 1][r] * vc[first + 1][x]
                    + p[first + 2][r] * vc[first + 2][x]
                    + p[first + 3][r] * vc[first + 3][x]
            };
            acc[c] = lanes(|r| lanes(|x| acc[c][r][x] * alpha[r] + (product(0, r, x) + product(4, r, x))));
        }
    }

    let dead: Lanes<bool> = lanes(|r| visible[r] == 0);
    let denominator: Lanes<f32> = lanes(|r| if dead[r] { 1.0 } else { l[r] });
    let log_sum_exp: Lanes<f32> =
        lanes(|r| if dead[r] { f32::NEG_INFINITY } else { m[r] + denominator[r].ln() });
    for r in 0..ROWS {
        if row0 + r < sizes.nq {
            for c in 0..sizes.dv {
                out.o[(row0 + r) * sizes.dv + c] = acc[c / 4][r][c % 4] / denominator[r];
            }
            out.lse[row0 + r] = log_sum_exp[r];
        }
    }
}

/// Q K^T of one tile, one row of lanes for each key; in pairs of quads, which rounds half as often.
fn scores(sizes: &Sizes, q: &[f32], k: &[f32], i: Lanes<usize>, j: [usize; KEYS]) -> [Lanes<f32>; KEYS] {
    let mut s = [[0.0; ROWS]; KEYS];
    for c in (0..quads(sizes.d)).step_by(2) {
        let [q0, q1]: [[[f32; 4]; ROWS]; 2] = [c, c + 1].map(|c| lanes(|r| quad(q, i[r], sizes.d, c)));
        for key in 0..KEYS {
            let [k0, k1] = [c, c + 1].map(|c| quad(k, j[key], sizes.d, c));
            s[key] = lanes(|r| s[key][r] + (dot(k0, q0[r]) + dot(k1, q1[r])));
        }
    }
    s
}

/// Quads of a row of `width` values, which is filled up to whole pairs of them.
fn quads(width: usize) -> usize {
    width.div_ceil(8) * 2
}

/// Four values of a row, with zeros beyond its end.
fn quad(values: &[f32], row: usize, width: usize, c: usize) -> [f32; 4] {
    lanes(|x| if 4 * c + x < width { values[row * width + 4 * c + x] } else { 0.0 })
}

fn dot(a: [f32; 4], b: [f32; 4]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
}

fn lanes<T, const N: usize>(f: impl FnMut(usize) -> T) -> [T; N] {
    std::array::from_fn(f)
}
