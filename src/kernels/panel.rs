//! What both CPU methods are made of: eight query rows against a tile of keys, one lane for each row.
//!
//! With the rows in the lanes, keys and values are read where they lie, one number at a time for all eight
//! rows, and maxima and sums run down the lanes: nothing is packed and nothing is summed across a vector.

use super::flash_attention::Mask;
use super::lanes::F8;

/// Query rows of a panel.
pub const ROWS: usize = 8;
/// Keys of a tile.
pub const KEYS: usize = 64;
/// The score of a hidden key, and the maximum of a row that has seen none.
pub const NOTHING: f32 = -1e38;

/// The uniform of [`super::flash_attention`], taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Number of queries.
    pub nq: usize,
    /// Number of keys.
    pub nk: usize,
    /// Size of a query and of a key.
    pub d: usize,
    /// Size of a value.
    pub dv: usize,
    /// Multiplies every score.
    pub scale: f32,
    mask: u32,
}

impl Sizes {
    /// From six words that have been checked; `None` from any other number of words.
    pub fn new(uniform: &[u32]) -> Option<Sizes> {
        let &[nq, nk, d, dv, mask, scale] = uniform else { return None };
        Some(Sizes { nq: nq as usize, nk: nk as usize, d: d as usize, dv: dv as usize, scale: f32::from_bits(scale), mask })
    }

    /// How many keys this row sees; they are the first ones.
    pub fn visible(&self, row: usize) -> usize {
        match self.mask {
            mask if mask == Mask::BottomRight as u32 => (row + 1 + self.nk).saturating_sub(self.nq).min(self.nk),
            mask if mask == Mask::TopLeft as u32 => (row + 1).min(self.nk),
            _ => self.nk,
        }
    }

    /// The row of a panel's lane. Lanes beyond the last row repeat it.
    fn row(&self, panel: usize, lane: usize) -> usize {
        (panel * ROWS + lane).min(self.nq - 1)
    }

    /// How many keys the rows of a panel see between them.
    pub fn visible_of(&self, panel: usize) -> usize {
        self.visible(self.row(panel, ROWS - 1))
    }

    /// How many panels there are.
    pub fn n_panels(&self) -> usize {
        self.nq.div_ceil(ROWS)
    }

    /// A panel's query rows, column by column, into `columns` `[d]`.
    pub fn load(&self, q: &[f32], panel: usize, columns: &mut [F8]) {
        for (c, column) in columns.iter_mut().enumerate() {
            *column = self.lanes(panel, |row| q[row * self.d + c]);
        }
    }

    /// The panel's rows of o `[nq, dv]` from the columns of `sum` `[dv]`, each divided by its denominator.
    pub fn store(&self, panel: usize, sum: &[F8], l: F8, o: &mut [f32]) {
        let l = l.to_array();
        for (c, &column) in sum.iter().enumerate() {
            let column = column.to_array();
            for lane in 0..ROWS.min(self.nq - panel * ROWS) {
                o[(panel * ROWS + lane) * self.dv + c] = column[lane] / l[lane];
            }
        }
    }

    /// The scaled and masked scores of a panel against the keys from `j0` on, a tile of them or what is left,
    /// into `s`; how many keys that is.
    pub fn scores(&self, panel: usize, q: &[F8], k: &[f32], j0: usize, s: &mut [F8; KEYS]) -> usize {
        let n_keys = KEYS.min(self.nk - j0);
        let limit = self.lanes(panel, |row| self.visible(row) as f32);
        let masked = j0 + n_keys > self.visible(panel * ROWS);
        let scale = F8::splat(self.scale);
        let mut group = 0;
        while group < n_keys {
            let (k0, k1, k2, k3) =
                (self.key(k, j0 + group), self.key(k, j0 + group + 1), self.key(k, j0 + group + 2), self.key(k, j0 + group + 3));
            let (s0, s1, s2, s3) = products(q, k0, k1, k2, k3);
            let Some([t0, t1, t2, t3]) = s.get_mut(group..).and_then(|s| s.first_chunk_mut::<4>()) else { break };
            (*t0, *t1, *t2, *t3) = (s0 * scale, s1 * scale, s2 * scale, s3 * scale);
            group += 4;
        }
        if masked {
            for (key, s) in s.iter_mut().enumerate() {
                *s = s.where_less(F8::splat((j0 + key) as f32), limit, F8::splat(NOTHING));
            }
        }
        n_keys
    }

    /// A key; beyond the last one, that.
    fn key<'a>(&self, k: &'a [f32], j: usize) -> &'a [f32] {
        &k[j.min(self.nk - 1) * self.d..][..self.d]
    }

    /// One number for each row of a panel.
    fn lanes(&self, panel: usize, number: impl Fn(usize) -> f32) -> F8 {
        let mut numbers = [0.0; ROWS];
        for (lane, x) in numbers.iter_mut().enumerate() {
            *x = number(self.row(panel, lane));
        }
        F8::new(numbers)
    }
}

/// Four sums, of four keys or of four columns.
type Four = (F8, F8, F8, F8);

/// Eight rows against four keys: q by columns `[d]`, each key `[d]`. Two columns are summed first, which rounds
/// less than one long sum.
#[inline(always)]
fn products(q: &[F8], k0: &[f32], k1: &[f32], k2: &[f32], k3: &[f32]) -> Four {
    let (mut s0, mut s1, mut s2, mut s3) = (F8::ZERO, F8::ZERO, F8::ZERO, F8::ZERO);
    let d = q.len();
    let (k0, k1, k2, k3) = (&k0[..d], &k1[..d], &k2[..d], &k3[..d]);
    let (q_fours, n_fours) = (q.as_chunks::<4>().0, d / 4);
    let (k0_fours, k1_fours) = (&k0.as_chunks::<4>().0[..n_fours], &k1.as_chunks::<4>().0[..n_fours]);
    let (k2_fours, k3_fours) = (&k2.as_chunks::<4>().0[..n_fours], &k3.as_chunks::<4>().0[..n_fours]);
    for i in 0..n_fours {
        let (q, k0, k1, k2, k3) = (&q_fours[i], &k0_fours[i], &k1_fours[i], &k2_fours[i], &k3_fours[i]);
        s0 = s0 + (q[0] * F8::splat(k0[0]) + q[1] * F8::splat(k0[1]));
        s1 = s1 + (q[0] * F8::splat(k1[0]) + q[1] * F8::splat(k1[1]));
        s2 = s2 + (q[0] * F8::splat(k2[0]) + q[1] * F8::splat(k2[1]));
        s3 = s3 + (q[0] * F8::splat(k3[0]) + q[1] * F8::splat(k3[1]));
        s0 = s0 + (q[2] * F8::splat(k0[2]) + q[3] * F8::splat(k0[3]));
        s1 = s1 + (q[2] * F8::splat(k1[2]) + q[3] * F8::splat(k1[3]));
        s2 = s2 + (q[2] * F8::splat(k2[2]) + q[3] * F8::splat(k2[3]));
        s3 = s3 + (q[2] * F8::splat(k3[2]) + q[3] * F8::splat(k3[3]));
    }
    for c in 4 * n_fours..d {
        s0 = s0 + q[c] * F8::splat(k0[c]);
        s1 = s1 + q[c] * F8::splat(k1[c]);
        s2 = s2 + q[c] * F8::splat(k2[c]);
        s3 = s3 + q[c] * F8::splat(k3[c]);
    }
    (s0, s1, s2, s3)
}

/// The largest score of each row, `m` included.
pub fn maximum(s: &[F8], mut m: F8) -> F8 {
    for &s in s {
        m = m.max(s);
    }
    m
}

/// exp(s - m) in place, and its sum over the keys.
#[inline(never)]
pub fn weights(s: &mut [F8], m: F8) -> F8 {
    // A row that has seen nothing would take its hidden scores for its maximum.
    let m = m.where_less(F8::splat(NOTHING), m, F8::ZERO);
    let mut sum = F8::ZERO;
    for s in s {
        *s = (*s - m).exp();
        sum = sum + *s;
    }
    sum
}

/// o = alpha o + P V: weights `p` `[keys]`, their values `[keys, dv]` and perhaps more, o by columns `[dv]`.
pub fn weigh(p: &[F8], v: &[f32], alpha: F8, o: &mut [F8]) {
    let dv = o.len();
    let mut c = 0;
    while c + 4 <= dv {
        let (s0, s1, s2, s3) = four_columns(p, &v[c..], dv);
        o[c] = o[c] * alpha + s0;
        o[c + 1] = o[c + 1] * alpha + s1;
        o[c + 2] = o[c + 2] * alpha + s2;
        o[c + 3] = o[c + 3] * alpha + s3;
        c += 4;
    }
    while c < dv {
        let mut sum = F8::ZERO;
        for key in 0..p.len() {
            sum = sum + p[key] * F8::splat(v[key * dv + c]);
        }
        o[c] = o[c] * alpha + sum;
        c += 1;
    }
}

/// Four columns of P V; `v` begins with the first of them. Keys are taken in pairs.
#[inline(always)]
fn four_columns(p: &[F8], mut v: &[f32], dv: usize) -> Four {
    let (mut s0, mut s1, mut s2, mut s3) = (F8::ZERO, F8::ZERO, F8::ZERO, F8::ZERO);
    let (pairs, last) = p.as_chunks::<2>();
    for p in pairs {
        let (&[u0, u1, u2, u3, ..], Some(&[v0, v1, v2, v3, ..])) = (v, v.get(dv..)) else { break };
        s0 = s0 + p[0] * F8::splat(u0);
        s1 = s1 + p[0] * F8::splat(u1);
        s2 = s2 + p[0] * F8::splat(u2);
        s3 = s3 + p[0] * F8::splat(u3);
        s0 = s0 + p[1] * F8::splat(v0);
        s1 = s1 + p[1] * F8::splat(v1);
        s2 = s2 + p[1] * F8::splat(v2);
        s3 = s3 + p[1] * F8::splat(v3);
        v = v.get(2 * dv..).unwrap_or(&[]);
    }
    if let (&[p], &[v0, v1, v2, v3, ..]) = (last, v) {
        s0 = s0 + p * F8::splat(v0);
        s1 = s1 + p * F8::splat(v1);
        s2 = s2 + p * F8::splat(v2);
        s3 = s3 + p * F8::splat(v3);
    }
    (s0, s1, s2, s3)
}
