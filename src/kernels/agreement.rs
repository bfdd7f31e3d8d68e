//! Comparing two runs of a kernel: every length, then every element.

/// How far two runs of a kernel on the same inputs may lie apart: |a - b| <= atol + rtol |b|.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Absolute part.
    pub atol: f64,
    /// Part relative to the expected value.
    pub rtol: f64,
    /// Why they may lie that far apart.
    pub reason: &'static str,
}

/// Two runs that cannot be the same computation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// One has more outputs than the other.
    #[error("{a} outputs against {b}")]
    Outputs {
        /// Outputs of the first.
        a: usize,
        /// Outputs of the second.
        b: usize,
    },
    /// An output has different lengths.
    #[error("output {output}: {a} values against {b}")]
    Length {
        /// Which output.
        output: usize,
        /// Length in the first.
        a: usize,
        /// Length in the second.
        b: usize,
    },
    /// Two values differ: beyond the tolerance, or by an infinite distance (NaN, or one of them infinite).
    #[error("output {output}[{index}]: {a:e} against {b:e}")]
    Value {
        /// Which output.
        output: usize,
        /// Which value of it.
        index: usize,
        /// The first's value.
        a: f64,
        /// The second's value.
        b: f64,
    },
}

/// max |a - b| over all outputs. Equal infinities agree.
///
/// # Errors
/// [`Mismatch`] where counts or lengths differ, and where a difference is not finite: NaN agrees with
/// nothing, not even with NaN, because no kernel here has one to compute.
pub fn agreement<A, B>(a: &[Vec<A>], b: &[Vec<B>]) -> Result<f64, Mismatch>
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    compare(a, b, |_| f64::MAX)
}

impl Tolerance {
    /// max |a - b| over all outputs, if every difference is within the tolerance of the expected `b`.
    ///
    /// # Errors
    /// The first [`Mismatch`], as in [`agreement`], or a value that is too far off.
    pub fn check<A, B>(&self, a: &[Vec<A>], b: &[Vec<B>]) -> Result<f64, Mismatch>
    where
        A: Copy + Into<f64>,
        B: Copy + Into<f64>,
    {
        compare(a, b, |b| self.atol + self.rtol * b.abs())
    }
}

fn compare<A, B>(a: &[Vec<A>], b: &[Vec<B>], allowed: impl Fn(f64) -> f64) -> Result<f64, Mismatch>
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    if a.len() != b.len() {
        return Err(Mismatch::Outputs { a: a.len(), b: b.len() });
    }
    let mut worst = 0.0_f64;
    for (output, (a, b)) in a.iter().zip(b).enumerate() {
        if a.len() != b.len() {
            return Err(Mismatch::Length { output, a: a.len(), b: b.len() });
        }
        for (index, (&a, &b)) in a.iter().zip(b).enumerate() {
            let (a, b) = (a.into(), b.into());
            let difference = if a == b { 0.0 } else { (a - b).abs() };
            // Not `difference > allowed`: a NaN must not pass. For an infinite b, neither may a finite a.
            let close = difference.is_finite() && difference <= allowed(b);
            if !close {
                return Err(Mismatch::Value { output, index, a, b });
            }
            worst = worst.max(difference);
        }
    }
    Ok(worst)
}
