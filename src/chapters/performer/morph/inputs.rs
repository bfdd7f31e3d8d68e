//! A real head, how far along the activation is, and whether its keys are brought to one length.

use ndarray::Array2;

use crate::algorithms::feature_map::equal_lengths;
use crate::data::head::{self, TOKENS};
use crate::figure::{Field, Kind, Problem, Values};

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "t", kind: Kind::Real(0.0, 1.0), default: "0" },
    Field { name: "layer", kind: Kind::Int(0, 5), default: "3" },
    Field { name: "head", kind: Kind::Int(0, 11), default: "1" },
    Field { name: "equalnorms", kind: Kind::Choice(&["on", "off"]), default: "off" },
];

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Queries `[16, 32]`, as the model has them.
    pub q: Array2<f64>,
    /// Keys `[16, 32]`; all of one length if so asked.
    pub k: Array2<f64>,
    /// Values `[16, 32]`.
    pub v: Array2<f64>,
    /// Layer and head, from 0.
    pub from: (usize, usize),
    /// From e^x (0) over 1 + x (1/2) to elu + 1 (1).
    pub t: f64,
    /// Whether keys have been brought to one length.
    pub equal: bool,
}

impl Inputs {
    /// The same with all keys of one length.
    pub fn equalised(&self) -> Inputs {
        Inputs { k: equal_lengths(&self.k), equal: true, ..self.clone() }
    }
}

/// The head file that these values need.
pub fn data(values: &Values) -> Option<String> {
    Some(head::file(values.size("layer"), values.size("head")))
}

/// Reads values and data.
pub fn read(values: &Values, data: Option<&[u8]>) -> Result<Inputs, Vec<Problem>> {
    let Some(head) = data.and_then(|bytes| head::read(bytes, TOKENS.len())) else {
        return Err(vec![Problem::new("data", "The file of this head is damaged.", "这个头的数据文件损坏了。")]);
    };
    let [q, k, v] = [head.q, head.k, head.v].map(|x| x.mapv(f64::from));
    let from = (values.size("layer"), values.size("head"));
    let inputs = Inputs { q, k, v, from, t: values.real("t"), equal: false };
    Ok(if values.is("equalnorms", "on") { inputs.equalised() } else { inputs })
}
