//! FAVOR+: softmax attention estimated through random features, and the fixed features that this becomes.

pub mod directions;
pub mod features;
pub mod estimator;
pub mod fixed;
pub mod reference;

/// Which random features stand for the exponential kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Features {
    /// e^(w.x - |x|^2/2), never negative: m of them.
    Positive,
    /// e^(|x|^2/2) cos(w.x) and sin(w.x): two for each of m directions.
    Trigonometric,
}

/// By what queries and keys are multiplied before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// d^(-1/4), each of the two, so that their product carries 1/sqrt(d).
    Quarter,
    /// d^(-1/2), each of the two. Broken on purpose: the kernel of another temperature.
    Half,
    /// Nothing: queries and keys are taken as they are.
    Whole,
}

impl Scale {
    /// The factor for vectors of size `d`.
    pub fn factor(self, d: usize) -> f64 {
        let d = d as f64;
        match self {
            Scale::Quarter => 1.0 / d.sqrt().sqrt(),
            Scale::Half => 1.0 / d.sqrt(),
            Scale::Whole => 1.0,
        }
    }
}

/// Whether a feature carries the factor of its vector's length: e^(-|x|^2/2) if positive, e^(|x|^2/2) if trigonometric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The features of the estimator.
    On,
    /// Left out. On queries it cancels in every row; on keys it is broken on purpose.
    Off,
}
