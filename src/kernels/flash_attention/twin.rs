//! The kernel's CPU twin: `flash_attention.wgsl` line by line, in f32.
#![allow(clippy::needless_range_loop, reason = "a twin keeps the indices and the loop order of its kernel")]

use super::{MAX_D, Mask};

const ROWS: usize = 4;
const KEYS: usize = 4;
const COLUMNS: usize = 4;
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

    let mut q_tile = [[0.0; ROWS]; MAX_D as usize];
    let mut acc = [[0.0; ROWS]; MAX_D as usize];
    for c in 0..sizes.d {
        q_tile[c] = lanes(|r| q[i[r] * sizes.d + c]);
    }
    let mut m = [NOTHING; ROWS];
    let mut l = [0.0; ROWS];

    for j0 in (0..visible[ROWS - 1]).step_by(KEYS) {
        let j: [usize; KEYS] = lanes(|key| (j0 + key).min(sizes.nk - 1));

        let mut s = products(sizes, &q_tile, k, j);
        let sees: [Lanes<bool>; KEYS] = lanes(|key| lanes(|r| j0 + key < visible[r]));
        for key in 0..KEYS {
            s[key] = lanes(|r| if sees[key][r] { s[key][r] * sizes.scale } else { NOTHING });
        }

        // m, P and l; a masked entry of P is 0 even while its row has seen nothing
        let m_new: Lanes<f32> = lanes(|r| m[r].max(s[0][r].max(s[1][r]).max(s[2][r].max(s[3][r]))));
        let alpha: Lanes<f32> = lanes(|r| (m[r] - m_new[r]).exp());
        let p: [Lanes<f32>; KEYS] =
            lanes(|key| lanes(|r| if sees[key][r] { (s[key][r] - m_new[r]).exp() } else { 0.0 }));
        l = lanes(|r| l[r] * alpha[r] + ((p[0][r] + p[1][r]) + (p[2][r] + p[3][r])));
        m = m_new;

        // O = alpha O + P V, not yet divided by l
        for c in 0..sizes.dv {
            let vc: [f32; KEYS] = lanes(|key| v[j[key] * sizes.dv + c]);
            acc[c] = lanes(|r| {
                acc[c][r] * alpha[r] + ((p[0][r] * vc[0] + p[1][r] * vc[1]) + (p[2][r] * vc[2] + p[3][r] * vc[3]))
            });
        }
    }

    let dead: Lanes<bool> = lanes(|r| visible[r] == 0);
    let denominator: Lanes<f32> = lanes(|r| if dead[r] { 1.0 } else { l[r] });
    let log_sum_exp: Lanes<f32> =
        lanes(|r| if dead[r] { f32::NEG_INFINITY } else { m[r] + denominator[r].ln() });
    for r in 0..ROWS {
        if row0 + r < sizes.nq {
            for c in 0..sizes.dv {
                out.o[(row0 + r) * sizes.dv + c] = acc[c][r] / denominator[r];
            }
            out.lse[row0 + r] = log_sum_exp[r];
        }
    }
}

/// S = Q K^T of one tile, one row of lanes for each key.
fn products(sizes: &Sizes, q_tile: &[Lanes<f32>], k: &[f32], j: [usize; KEYS]) -> [Lanes<f32>; KEYS] {
    let mut s = [[0.0; ROWS]; KEYS];
    // Four columns at a time, summed in pairs: that rounds less than one long sum.
    let mut c = 0;
    while c + COLUMNS <= sizes.d {
        let [q0, q1, q2, q3] = lanes(|column| q_tile[c + column]);
        for key in 0..KEYS {
            let at = j[key] * sizes.d + c;
            let [k0, k1, k2, k3] = lanes(|column| k[at + column]);
            s[key] = lanes(|r| s[key][r] + ((q0[r] * k0 + q1[r] * k1) + (q2[r] * k2 + q3[r] * k3)));
        }
        c += COLUMNS;
    }
    while c < sizes.d {
        let qc = q_tile[c];
        for key in 0..KEYS {
            let kc = k[j[key] * sizes.d + c];
            s[key] = lanes(|r| s[key][r] + qc[r] * kc);
        }
        c += 1;
    }
    s
}

fn lanes<T>(f: impl FnMut(usize) -> T) -> [T; 4] {
    std::array::from_fn(f)
}
