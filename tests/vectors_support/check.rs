//! A case as data, and comparisons that check lengths first and then every element.

use ndarray::Array2;
use serde_json::Value;
use unrolled::algorithms::{Attention, Mask, MaskKind};

/// |got - expected| <= atol + rtol |expected|.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    pub rtol: f64,
    pub atol: f64,
}

/// The tolerances of a file, per format of the implementation.
#[derive(Clone, Copy, Debug)]
pub struct Tolerances {
    pub f64: Tolerance,
    pub f32: Tolerance,
}

impl Tolerances {
    /// From a file; what it does not say is as in all files seen so far.
    pub fn read(value: &Value) -> Tolerances {
        let one = |name: &str, rtol: f64, atol: f64| Tolerance {
            rtol: value[name]["rtol"].as_f64().unwrap_or(rtol),
            atol: value[name]["atol"].as_f64().unwrap_or(atol),
        };
        Tolerances { f64: one("f64", 1e-9, 1e-12), f32: one("f32", 5e-5, 1e-5) }
    }
}

/// Inputs and expected values of one case.
pub struct Case<'a> {
    pub inputs: &'a Value,
    pub expected: &'a Value,
}

impl<'a> Case<'a> {
    pub fn new(case: &'a Value) -> Case<'a> {
        Case { inputs: &case["inputs"], expected: &case["expected"] }
    }

    /// A whole number of the inputs; `None` if null or absent.
    pub fn size(&self, name: &str) -> Option<usize> {
        self.inputs[name].as_u64().map(|n| n as usize)
    }

    /// A matrix of the inputs.
    pub fn matrix(&self, name: &str) -> Result<Array2<f64>, String> {
        let rows = self.inputs[name].as_array().ok_or(format!("input `{name}` is not a matrix"))?;
        let rows: Vec<Vec<f64>> = rows.iter().map(numbers).collect();
        let n_cols = rows.first().map_or(0, Vec::len);
        let shape = (rows.len(), n_cols);
        Array2::from_shape_vec(shape, rows.concat()).map_err(|error| format!("input `{name}`: {error}"))
    }

    /// The inputs of one head.
    pub fn attention(&self) -> Result<Attention<f64>, String> {
        let (q, k, v) = (self.matrix("q")?, self.matrix("k")?, self.matrix("v")?);
        let kind = match self.inputs["mask_kind"].as_str() {
            None | Some("none") => MaskKind::None,
            Some("causal_bottom_right") => MaskKind::CausalBottomRight,
            Some("causal_top_left") => MaskKind::CausalTopLeft,
            Some(other) => return Err(format!("mask_kind `{other}` is not known")),
        };
        let key_keep = match &self.inputs["key_keep"] {
            Value::Array(bits) => Some(bits.iter().map(|bit| bit.as_bool().unwrap_or(bit.as_f64() == Some(1.0))).collect()),
            Value::String(bits) => Some(bits.chars().map(|bit| bit == '1').collect()),
            _ => None,
        };
        let mask = Mask { kind, key_keep, n_queries: q.nrows(), n_keys: k.nrows() };
        let scale = self.inputs["scale"].as_f64().unwrap_or(1.0 / (q.ncols() as f64).sqrt());
        Ok(Attention { q, k, v, scale, mask })
    }
}

/// A list of numbers; null is -inf.
pub fn numbers(list: &Value) -> Vec<f64> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item.as_f64().unwrap_or(f64::NEG_INFINITY)).collect()
}

/// Whether a field holds something to compare with.
pub fn applies(expected: &Value) -> bool {
    !expected.is_null()
}

/// What a null inside a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// Minus infinity: of nothing, the maximum and the log of the sum.
    NegInfinity,
    /// Not applicable.
    Skip,
}

/// Collects what is wrong with a case.
pub struct Check {
    name: String,
    pub tolerances: Tolerances,
    pub failures: Vec<String>,
    pub n_compared: usize,
}

impl Check {
    pub fn new(name: String, tolerances: Tolerances) -> Check {
        Check { name, tolerances, failures: Vec::new(), n_compared: 0 }
    }

    pub fn fail(&mut self, what: impl AsRef<str>) {
        self.failures.push(format!("{}: {}", self.name, what.as_ref()));
    }

    /// Unwraps inputs, or says why they cannot be read.
    pub fn inputs<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|error| self.fail(error)).ok()
    }

    /// One number.
    pub fn number(&mut self, field: &str, expected: f64, got: f64, tolerance: Tolerance) {
        self.n_compared += 1;
        let near = (got - expected).abs() <= tolerance.atol + tolerance.rtol * expected.abs();
        if got != expected && !near {
            self.fail(format!("{field}: expected {expected:e}, got {got:e}"));
        }
    }

    /// Anything that is equal or not.
    pub fn same<T: PartialEq + std::fmt::Debug>(&mut self, field: &str, expected: T, got: T) {
        self.n_compared += 1;
        if expected != got {
            self.fail(format!("{field}: expected {expected:?}, got {got:?}"));
        }
    }

    /// A list of numbers; nothing if the field is null or absent.
    pub fn list(&mut self, field: &str, expected: &Value, got: &[f64], tolerance: Tolerance, null: Null) {
        if !applies(expected) {
            return;
        }
        let Some(items) = expected.as_array() else { return self.fail(format!("{field}: not a list")) };
        if items.len() != got.len() {
            return self.fail(format!("{field}: expected {} entries, got {}", items.len(), got.len()));
        }
        for (idx, (item, &got)) in items.iter().zip(got).enumerate() {
            let expected = match item.as_f64() {
                Some(number) => number,
                None if item.is_null() && null == Null::Skip => continue,
                None if item.is_null() => f64::NEG_INFINITY,
                None => {
                    self.fail(format!("{field}[{idx}]: {item} is not a number"));
                    continue;
                }
            };
            self.number(&format!("{field}[{idx}]"), expected, got, tolerance);
        }
    }

    /// A matrix; nothing if the field is null or absent.
    pub fn matrix(&mut self, field: &str, expected: &Value, got: &Array2<f64>, tolerance: Tolerance) {
        if !applies(expected) {
            return;
        }
        let Some(rows) = expected.as_array() else { return self.fail(format!("{field}: not a matrix")) };
        if rows.len() != got.nrows() {
            return self.fail(format!("{field}: expected {} rows, got {}", rows.len(), got.nrows()));
        }
        for (r, (row, got)) in rows.iter().zip(got.rows()).enumerate() {
            self.list(&format!("{field}[{r}]"), row, &got.to_vec(), tolerance, Null::Skip);
        }
    }
}
