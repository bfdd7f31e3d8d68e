//! Two vectors of the plane, how many directions, which features, and the two levers.

use ndarray::Array1;

use crate::algorithms::performer::directions::Directions;
use crate::algorithms::performer::{Features, Scale, Weight};
use crate::figure::{Field, Kind, Problem, Values};

/// How far the plane reaches from its centre.
pub const REACH: f64 = 2.5;

/// The most directions.
pub const MOST: usize = 1024;

/// URL parameters.
pub const FIELDS: &[Field] = &[
    Field { name: "x", kind: Kind::Text(80, check), default: "1,0" },
    Field { name: "y", kind: Kind::Text(80, check), default: "0,1" },
    Field { name: "m", kind: Kind::Int(1, MOST as i64), default: "16" },
    Field { name: "features", kind: Kind::Choice(&["positive", "trig"]), default: "positive" },
    Field { name: "directions", kind: Kind::Choice(&["iid", "orthogonal"]), default: "iid" },
    Field { name: "keyweight", kind: Kind::Choice(&["on", "off"]), default: "on" },
    Field { name: "scale", kind: Kind::Choice(&["quarter", "half"]), default: "quarter" },
    Field { name: "seed", kind: Kind::Int(0, 999_999), default: "19" },
];

/// Validated inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// The query, already scaled by d^(-1/4).
    pub x: [f64; 2],
    /// The key, already scaled by d^(-1/4).
    pub y: [f64; 2],
    /// How many directions.
    pub m: usize,
    /// Which features.
    pub features: Features,
    /// How directions are drawn.
    pub kind: Directions,
    /// The lever on the key's |y|^2/2.
    pub key_weight: Weight,
    /// The lever on the scale: `Whole` takes x and y as drawn, `Quarter` scales them by d^(-1/4) once more.
    pub scale: Scale,
    /// Decides the directions.
    pub seed: u64,
}

impl Inputs {
    /// x and y as the features get them.
    pub fn used(&self) -> [Array1<f64>; 2] {
        let factor = self.scale.factor(2);
        [self.x, self.y].map(|vector| Array1::from_iter(vector.map(|entry| factor * entry)))
    }

    /// Whether a lever is pulled.
    pub fn broken(&self) -> bool {
        self.key_weight == Weight::Off || self.scaled_twice()
    }

    /// Whether the features get vectors that are scaled by d^(-1/2) in all.
    pub fn scaled_twice(&self) -> bool {
        self.scale != Scale::Whole
    }

    /// The seed of a redraw of all directions; redraw 0 is the run itself.
    pub fn seed_of(&self, redraw: usize) -> u64 {
        self.seed * 1000 + redraw as u64
    }
}

/// Reads values.
pub fn read(values: &Values) -> Result<(Inputs, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut vector = |field: &'static str| -> Result<[f64; 2], Vec<Problem>> {
        let given = parse(values.text(field)).map_err(|(en, zh)| vec![Problem::new(field, en, zh)])?;
        let kept = given.map(|entry| entry.clamp(-REACH, REACH));
        if kept != given {
            let (shown, used) = (values.text(field), format!("{},{}", kept[0], kept[1]));
            problems.push(Problem::new(
                field,
                format!("`{field}={shown}` lies outside the plane, which ends at ±{REACH}. Using {used}."),
                format!("`{field}={shown}` 在平面之外，平面到 ±{REACH} 为止。现用 {used}。"),
            ));
        }
        Ok(kept)
    };
    let (x, y) = (vector("x")?, vector("y")?);
    let inputs = Inputs {
        x,
        y,
        m: values.size("m").clamp(1, MOST),
        features: if values.is("features", "trig") { Features::Trigonometric } else { Features::Positive },
        kind: if values.is("directions", "orthogonal") { Directions::Orthogonal } else { Directions::Independent },
        key_weight: if values.is("keyweight", "off") { Weight::Off } else { Weight::On },
        scale: if values.is("scale", "half") { Scale::Quarter } else { Scale::Whole },
        seed: values.size("seed") as u64,
    };
    Ok((inputs, problems))
}

type Wrong = (String, String);

fn wrong(en: String, zh: String) -> Wrong {
    (en + " Kept your text; the figure still shows the last valid vectors.", zh + "你的文字还在；图仍显示上一次有效的向量。")
}

/// Reads two finite numbers between commas or spaces. Total over any text.
pub fn parse(text: &str) -> Result<[f64; 2], Wrong> {
    let items: Vec<&str> = text.split([',', ';', ' ', '\t', '，', '、', '；']).filter(|item| !item.is_empty()).collect();
    let &[a, b] = items.as_slice() else {
        let n = items.len();
        let en = format!("A vector of the plane has two numbers, such as 1,0.5; here {} {n}.", if n == 1 { "is" } else { "are" });
        return Err(wrong(en, format!("平面上的向量有两个数，如 1,0.5；这里有 {n} 个。")));
    };
    Ok([number(a)?, number(b)?])
}

/// One number, with true minus signs accepted.
fn number(item: &str) -> Result<f64, Wrong> {
    let shown: String = item.chars().take(24).collect();
    match crate::content::number::parse(&item.replace('−', "-")) {
        Some(x) if x.is_finite() => Ok(x),
        Some(_) => Err(wrong(format!("“{shown}” is not a finite number."), format!("“{shown}”不是有限的数。"))),
        None => Err(wrong(format!("“{shown}” is not a number."), format!("“{shown}”不是数。"))),
    }
}

/// A check for the fields.
fn check(text: &str) -> Result<(), Wrong> {
    parse(text).map(|_| ())
}
