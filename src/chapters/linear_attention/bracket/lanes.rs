//! The lanes of the timeline: the two products, their rows, multiply-adds against the other order, what is held, residual.

use super::figure::Bracket;
use super::inputs::Order;
use super::run::{Act, Grain, Step};
use crate::content::{Lang, Role, number};
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};

/// The run as the timeline draws it.
pub fn lanes(fig: &Bracket, lang: Lang) -> Lanes {
    let steps: Vec<&Step> = fig.run.trace.iter().collect();
    let other = fig.formula(fig.other());
    let rival = fig.run.rival;
    let held: Vec<Option<f64>> = (0..steps.len()).map(|step| Some(fig.held(step) as f64)).collect();
    let mut held = vec![Line { row: 0, start: 0, values: held }];
    let mut rivals = Vec::new();
    // With a softmax the other order is no rival: it computes another function.
    if !fig.inputs.softmax {
        held.push(Line { row: 1, start: 0, values: vec![Some(rival.intermediate as f64); steps.len()] });
        rivals.push(([other, " ", &number::whole(rival.multiply_adds)].concat(), rival.multiply_adds as f64));
    }
    Lanes {
        lanes: vec![
            Lane::Structure { label: lang.pick("products", "乘积").into(), bars: bars(fig), ticks: ticks(&steps) },
            Lane::Events { label: lang.pick("rows done", "算完的行").into(), marks: marks(fig, &steps) },
            Lane::Cost {
                label: lang.pick("multiply-adds", "乘加次数").into(),
                live: steps.iter().map(|step| step.multiply_adds as f64).collect(),
                rivals,
            },
            Lane::State { label: lang.pick("held between", "中间矩阵").into(), role: Role::Max, lines: held },
            Lane::Residual {
                label: lang.pick("residual", "残差").into(),
                live: steps.iter().map(|step| step.residual).collect(),
                ghost: None,
                broken: false,
            },
        ],
    }
}

/// A bar per act.
fn bars(fig: &Bracket) -> Vec<Bar> {
    let left = fig.inputs.order == Order::Left;
    let name = |act| match act {
        Act::Inner => {
            if left {
                "QKᵀ"
            } else {
                "KᵀV"
            }
        }
        Act::Softmax => "softmax",
        Act::Outer => match (left, fig.inputs.softmax) {
            (true, true) => "P·V",
            (true, false) => "(QKᵀ)·V",
            _ => "Q·(KᵀV)",
        },
    };
    let acts = [Act::Inner, Act::Softmax, Act::Outer];
    let bars =
        acts.into_iter().filter_map(|act| Some(Bar { start: fig.run.first(act)?, end: fig.run.end(act)? + 1, text: name(act).into() }));
    bars.collect()
}

/// A tick per row, tall, and one per step.
fn ticks(steps: &[&Step]) -> Vec<Tick> {
    let starts = |idx: usize| idx == 0 || (steps[idx - 1].act, steps[idx - 1].row) != (steps[idx].act, steps[idx].row);
    (0..steps.len()).map(|step| Tick { step, role: Role::Plain, tall: starts(step) }).collect()
}

/// The end of each row, where a step is less than that, and of each act: there *next event* stops.
fn marks(fig: &Bracket, steps: &[&Step]) -> Vec<Mark> {
    let ends = |idx: &usize| {
        let now = steps[*idx];
        steps.get(idx + 1).is_none_or(|next| next.act != now.act || fig.run.grain != Grain::Row && next.row != now.row)
    };
    let mark = |step: usize| {
        let last = fig.run.end(steps[step].act) == Some(step);
        let role = if steps[step].act == Act::Outer { Role::Output } else { Role::Max };
        Mark { step, shape: if last { Shape::Diamond } else { Shape::Up }, role, text: String::new(), stop: true, row: None }
    };
    (0..steps.len()).filter(ends).map(mark).collect()
}
