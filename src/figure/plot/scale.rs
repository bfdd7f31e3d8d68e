//! The axes of a plot: where a value lies, and which values have a tick.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{IntoLogRange, LogCoord};
use std::ops::Range;

use super::Axis;

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By factors, with ticks at powers of two.
    Log2,
    /// By factors, with ticks at 1, 2 and 5 times powers of ten.
    Log10,
}

/// An axis as plotters maps it.
pub(super) enum Coord {
    Linear(RangedCoordf64),
    Log(LogCoord<f64>, Scale, (f64, f64)),
}

impl Coord {
    pub(super) fn new(axis: &Axis) -> Coord {
        let (low, high) = axis.range;
        match axis.scale {
            Scale::Linear => Coord::Linear((low..high).into()),
            scale => Coord::Log((low..high).log_scale().into(), scale, axis.range),
        }
    }
}

impl Ranged for Coord {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        match self {
            Coord::Linear(coord) => coord.map(value, limit),
            Coord::Log(coord, ..) => coord.map(value, limit),
        }
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let most = hint.max_num_points();
        match self {
            Coord::Linear(coord) => coord.key_points(hint),
            Coord::Log(_, scale, range) => log_ticks(*scale, *range, most),
        }
    }

    fn range(&self) -> Range<f64> {
        match self {
            Coord::Linear(coord) => coord.range(),
            Coord::Log(coord, ..) => coord.range(),
        }
    }
}

/// At most so many ticks of a logarithmic axis: the densest set that keeps to that, powers first.
pub(super) fn log_ticks(scale: Scale, (low, high): (f64, f64), most: usize) -> Vec<f64> {
    let base: f64 = if scale == Scale::Log2 { 2.0 } else { 10.0 };
    let powers = |every: i32| -> Vec<f64> {
        let first = (low.ln() / base.ln() - 1e-9).ceil() as i32;
        let aligned = first + (every - first.rem_euclid(every)) % every;
        (0..).map(|k| base.powi(aligned + k * every)).take_while(|x| *x <= high * (1.0 + 1e-9)).collect()
    };
    if scale == Scale::Log10 {
        for digits in [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0][..], &[1.0, 2.0, 5.0]] {
            let start = base.powi((low.ln() / base.ln()).floor() as i32);
            let decades = (0..40).map(|k| start * base.powi(k)).take_while(|power| *power <= high);
            let ticks: Vec<f64> = decades.flat_map(|power| digits.iter().map(move |digit| digit * power)).collect();
            let ticks: Vec<f64> = ticks.into_iter().filter(|x| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(x)).collect();
            if ticks.len() <= most {
                return ticks;
            }
        }
    }
    (1..=64).map(powers).find(|ticks| ticks.len() <= most.max(1)).unwrap_or_default()
}
