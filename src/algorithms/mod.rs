//! The algorithms themselves: for each a plain f64 reference, and the version that is explained, told to an observer.
//!
//! A reference shares no code with what it judges; the explained version is generic over its
//! numbers, so that it runs in the precision that the reader chose.

pub mod reference;
pub mod longest_consecutive;
pub mod minimum_window;
pub mod online_softmax;
pub mod flash_attention;
pub mod feature_map;
pub mod linear_attention;
pub mod performer;
pub mod repeated;
pub mod spectrum;

use half::f16;
use ndarray::{Array2, LinalgScalar, ScalarOperand};
use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Range, Sub};

/// A number that an explained algorithm can run in. Every operation rounds to this format.
pub trait Scalar:
    Copy
    + Debug
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// The nearest number of this format.
    fn from_f64(x: f64) -> Self;
    /// Exactly this number.
    fn to_f64(self) -> f64;
    /// Minus infinity: the maximum of nothing.
    fn neg_infinity() -> Self;
    /// e to this power.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// The larger of two.
    fn max(self, other: Self) -> Self;
}

macro_rules! native_scalar {
    ($float:ty) => {
        impl Scalar for $float {
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn neg_infinity() -> Self {
                <$float>::NEG_INFINITY
            }
            fn exp(self) -> Self {
                <$float>::exp(self)
            }
            fn ln(self) -> Self {
                <$float>::ln(self)
            }
            fn max(self, other: Self) -> Self {
                <$float>::max(self, other)
            }
        }
    };
}
native_scalar!(f64);
native_scalar!(f32);

impl Scalar for f16 {
    fn from_f64(x: f64) -> Self {
        f16::from_f64(x)
    }
    fn to_f64(self) -> f64 {
        f16::to_f64(self)
    }
    fn neg_infinity() -> Self {
        f16::NEG_INFINITY
    }
    fn exp(self) -> Self {
        f16::from_f64(f16::to_f64(self).exp())
    }
    fn ln(self) -> Self {
        f16::from_f64(f16::to_f64(self).ln())
    }
    fn max(self, other: Self) -> Self {
        f16::max(self, other)
    }
}

/// A number that fills matrices: f32 or f64.
pub trait Real: Scalar + LinalgScalar + ScalarOperand + Send + Sync {}
impl Real for f32 {}
impl Real for f64 {}

/// Which keys a query may see, before any padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskKind {
    /// Every key.
    None,
    /// Key j <= i + nk - nq: the last query sees every key (flash-attn from 2.1 on).
    CausalBottomRight,
    /// Key j <= i: the first query sees the first key only (flash-attn 2.0, torch `is_causal`).
    CausalTopLeft,
}

/// Which of `n_queries` x `n_keys` scores take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The rule by position.
    pub kind: MaskKind,
    /// One per key; `false` hides it from every query. `None` keeps all.
    pub key_keep: Option<Vec<bool>>,
    /// Number of queries.
    pub n_queries: usize,
    /// Number of keys.
    pub n_keys: usize,
}

impl Mask {
    /// A mask without padding.
    pub fn new(kind: MaskKind, n_queries: usize, n_keys: usize) -> Mask {
        Mask { kind, key_keep: None, n_queries, n_keys }
    }

    /// Whether this query may see this key.
    pub fn allows(&self, query: usize, key: usize) -> bool {
        let by_position = match self.kind {
            MaskKind::None => true,
            MaskKind::CausalBottomRight => key + self.n_queries <= query + self.n_keys,
            MaskKind::CausalTopLeft => key <= query,
        };
        let kept = self.key_keep.as_ref().is_none_or(|keep| keep.get(key).copied().unwrap_or(false));
        by_position && kept
    }

    /// Whether any of these queries may see any of these keys.
    pub fn any(&self, queries: Range<usize>, keys: Range<usize>) -> bool {
        // Under every rule a later query sees what an earlier one does, so the last speaks for all.
        queries.last().is_some_and(|last| keys.into_iter().any(|key| self.allows(last, key)))
    }

    /// Whether a whole tile is hidden, so that nothing of it need be loaded.
    pub fn hides(&self, queries: &Range<usize>, keys: &Range<usize>) -> bool {
        !self.any(queries.clone(), keys.clone())
    }
}

/// The inputs of one head. Invariant kept by the caller: the shapes agree, and the mask with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Attention<F> {
    /// Queries `[nq, d]`.
    pub q: Array2<F>,
    /// Keys `[nk, d]`.
    pub k: Array2<F>,
    /// Values `[nk, dv]`.
    pub v: Array2<F>,
    /// Multiplies every score; usually 1/sqrt(d).
    pub scale: F,
    /// Which scores take part.
    pub mask: Mask,
}

impl<F> Attention<F> {
    /// Number of queries.
    pub fn n_queries(&self) -> usize {
        self.q.nrows()
    }

    /// Number of keys.
    pub fn n_keys(&self) -> usize {
        self.k.nrows()
    }

    /// Size of a query and of a key.
    pub fn d(&self) -> usize {
        self.q.ncols()
    }

    /// Size of a value.
    pub fn dv(&self) -> usize {
        self.v.ncols()
    }
}

impl<F: Scalar> Attention<F> {
    /// The same inputs in another format, each number rounded once.
    pub fn cast<G: Scalar>(&self) -> Attention<G> {
        let cast = |matrix: &Array2<F>| matrix.mapv(|x| G::from_f64(x.to_f64()));
        Attention { q: cast(&self.q), k: cast(&self.k), v: cast(&self.v), scale: G::from_f64(self.scale.to_f64()), mask: self.mask.clone() }
    }
}
