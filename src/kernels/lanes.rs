//! Eight f32 at a time, one for each query row of a panel: two vectors of WebAssembly SIMD in the browser, an array elsewhere.
//!
//! Safe throughout: vectors are built from numbers and kept in slices of vectors, never loaded through a pointer.
//! Everything is inlined by force, because the page is compiled for size, where even an array's `map` is a call.

use std::ops::{Add, Mul, Sub};

#[cfg(target_arch = "wasm32")]
use std::arch::wasm32 as simd;

/// Eight numbers.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy)]
pub struct F8(simd::v128, simd::v128);

/// Eight numbers.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy)]
pub struct F8([f32; 8]);

/// An operation on two: its instruction, and what it does to each pair of numbers.
macro_rules! operation {
    ($a:expr, $b:expr, $instruction:ident, $plain:expr) => {{
        #[cfg(target_arch = "wasm32")]
        let result = F8(simd::$instruction($a.0, $b.0), simd::$instruction($a.1, $b.1));
        #[cfg(not(target_arch = "wasm32"))]
        let result = F8(std::array::from_fn(|lane| $plain($a.0[lane], $b.0[lane])));
        result
    }};
}

impl F8 {
    /// Eight zeros.
    #[cfg(target_arch = "wasm32")]
    pub const ZERO: F8 = F8(simd::f32x4(0.0, 0.0, 0.0, 0.0), simd::f32x4(0.0, 0.0, 0.0, 0.0));
    /// Eight zeros.
    #[cfg(not(target_arch = "wasm32"))]
    pub const ZERO: F8 = F8([0.0; 8]);

    /// The same number eight times.
    #[inline(always)]
    pub fn splat(x: f32) -> F8 {
        #[cfg(target_arch = "wasm32")]
        return F8(simd::f32x4_splat(x), simd::f32x4_splat(x));
        #[cfg(not(target_arch = "wasm32"))]
        return F8([x; 8]);
    }

    /// These numbers.
    pub fn new(x: [f32; 8]) -> F8 {
        #[cfg(target_arch = "wasm32")]
        return F8(simd::f32x4(x[0], x[1], x[2], x[3]), simd::f32x4(x[4], x[5], x[6], x[7]));
        #[cfg(not(target_arch = "wasm32"))]
        return F8(x);
    }

    /// The numbers themselves.
    pub fn to_array(self) -> [f32; 8] {
        #[cfg(target_arch = "wasm32")]
        return [
            simd::f32x4_extract_lane::<0>(self.0),
            simd::f32x4_extract_lane::<1>(self.0),
            simd::f32x4_extract_lane::<2>(self.0),
            simd::f32x4_extract_lane::<3>(self.0),
            simd::f32x4_extract_lane::<0>(self.1),
            simd::f32x4_extract_lane::<1>(self.1),
            simd::f32x4_extract_lane::<2>(self.1),
            simd::f32x4_extract_lane::<3>(self.1),
        ];
        #[cfg(not(target_arch = "wasm32"))]
        return self.0;
    }

    /// The larger of each two. Neither may be NaN.
    #[inline(always)]
    pub fn max(self, other: F8) -> F8 {
        operation!(self, other, f32x4_pmax, f32::max)
    }

    /// Each number where `x < limit`, elsewhere the number of `other`.
    #[inline(always)]
    pub fn where_less(self, x: F8, limit: F8, other: F8) -> F8 {
        #[cfg(target_arch = "wasm32")]
        return F8(
            simd::v128_bitselect(self.0, other.0, simd::f32x4_lt(x.0, limit.0)),
            simd::v128_bitselect(self.1, other.1, simd::f32x4_lt(x.1, limit.1)),
        );
        #[cfg(not(target_arch = "wasm32"))]
        return F8(std::array::from_fn(|lane| if x.0[lane] < limit.0[lane] { self.0[lane] } else { other.0[lane] }));
    }

    /// Each number times 2 to the integer that lies in the low bits of `shifted`, see [`F8::exp`].
    #[inline(always)]
    fn scale_by(self, shifted: F8) -> F8 {
        #[cfg(target_arch = "wasm32")]
        return F8(simd::i32x4_add(self.0, simd::i32x4_shl(shifted.0, 23)), simd::i32x4_add(self.1, simd::i32x4_shl(shifted.1, 23)));
        #[cfg(not(target_arch = "wasm32"))]
        return operation!(self, shifted, i32x4_add, |x: f32, n: f32| f32::from_bits(x.to_bits().wrapping_add(n.to_bits() << 23)));
    }

    /// e to these powers, none of them positive; 0 below -87, where the result would leave the normal numbers.
    /// The polynomial of the Cephes library (`expf`), relative error below 1e-7.
    #[inline(always)]
    pub fn exp(self) -> F8 {
        /// Adding it rounds to an integer, which then stands in the low bits.
        const SHIFT: f32 = 12_582_912.0;
        /// ln 2 in two parts, the first of which any small integer multiplies exactly.
        const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
        let shifted = self * F8::splat(std::f32::consts::LOG2_E) + F8::splat(SHIFT);
        let n = shifted - F8::splat(SHIFT);
        let r = self - n * F8::splat(LN_2[0]) - n * F8::splat(LN_2[1]);
        let sum = F8::splat(1.987_569_2e-4) * r + F8::splat(1.398_199_9e-3);
        let sum = sum * r + F8::splat(8.333_452e-3);
        let sum = sum * r + F8::splat(4.166_579_6e-2);
        let sum = sum * r + F8::splat(1.666_666_5e-1);
        let sum = sum * r + F8::splat(0.5);
        let power = (sum * (r * r) + r + F8::splat(1.0)).scale_by(shifted);
        power.where_less(F8::splat(-87.0), self, F8::ZERO)
    }
}

impl Add for F8 {
    type Output = F8;
    #[inline(always)]
    fn add(self, other: F8) -> F8 {
        operation!(self, other, f32x4_add, |a: f32, b: f32| a + b)
    }
}

impl Sub for F8 {
    type Output = F8;
    #[inline(always)]
    fn sub(self, other: F8) -> F8 {
        operation!(self, other, f32x4_sub, |a: f32, b: f32| a - b)
    }
}

impl Mul for F8 {
    type Output = F8;
    #[inline(always)]
    fn mul(self, other: F8) -> F8 {
        operation!(self, other, f32x4_mul, |a: f32, b: f32| a * b)
    }
}
