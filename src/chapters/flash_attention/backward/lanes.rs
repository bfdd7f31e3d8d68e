//! The lanes of the timeline: the loop around the pair, loads and stores, traffic and residual.

use super::figure::Backward;
use super::run::Act;
use crate::content::Value::Number;
use crate::content::{Lang, Role, number, say};
use crate::trace::{Bar, Lane, Lanes, Mark, Shape, Tick};

/// The run as the timeline draws it.
pub fn lanes(fig: &Backward, lang: Lang) -> Lanes {
    let acts: Vec<Act> = fig.run.trace.iter().map(|step| step.act).collect();
    let mut bars: Vec<Bar> = Vec::new();
    for (start, act) in acts.iter().enumerate() {
        let text = bar(fig, *act, lang);
        if bars.last().is_none_or(|bar| bar.text != text) {
            bars.push(Bar { start, end: start, text });
        }
        if let Some(last) = bars.last_mut() {
            last.end = start + 1;
        }
    }
    let ticks = acts.iter().enumerate().map(|(step, act)| {
        let (role, tall) = mark(*act).map_or((Role::Plain, false), |(_, role)| (role, true));
        Tick { step, role, tall }
    });
    let marks = acts.iter().enumerate().filter_map(|(step, act)| {
        let (shape, role) = mark(*act)?;
        Some(Mark { step, shape, role, text: String::new(), stop: shape != Shape::Down, row: None })
    });
    let worst = fig.ghost.last().copied().unwrap_or(0.0);
    let note = say!(lang; worst = Number(worst, number::residual);
        if fig.inputs.broken.any() => "as it should be: {worst}", "不弄坏时：{worst}";
        else => "without D: {worst}", "不减 D：{worst}");
    let standard = (format!("{} {}", lang.pick("P stored", "存下 P"), number::whole(fig.standard())), fig.standard() as f64);
    Lanes {
        lanes: vec![
            Lane::Structure { label: lang.pick("loop", "循环").into(), bars, ticks: ticks.collect() },
            Lane::Events { label: lang.pick("traffic", "搬运").into(), marks: marks.collect() },
            Lane::Cost {
                label: lang.pick("HBM", "访存量").into(),
                live: fig.run.trace.iter().map(|step| step.moved as f64).collect(),
                rivals: vec![standard],
            },
            Lane::Residual {
                label: lang.pick("residual", "残差").into(),
                live: fig.run.trace.iter().map(|step| Some(step.residual)).collect(),
                ghost: Some((fig.ghost.iter().copied().map(Some).collect(), note.text())),
                broken: fig.inputs.broken.any(),
            },
        ],
    }
}

/// What the loop is doing: once for all rows, key tile j, query tile i under it, the rest.
fn bar(fig: &Backward, act: Act, lang: Lang) -> String {
    let (i, j) = (fig.run.chosen.i + 1, fig.run.chosen.j + 1);
    let text = say!(lang; i, j;
        if act == Act::Delta => "D", "D";
        if act == Act::End => "other j", "其余 j";
        if matches!(act, Act::LoadKv | Act::Store) => "j = {j}", "j = {j}";
        else => "j = {j}, i = {i}", "j = {j}，i = {i}");
    text.text()
}

fn mark(act: Act) -> Option<(Shape, Role)> {
    match act {
        Act::LoadKv => Some((Shape::Down, Role::Key)),
        Act::LoadRows => Some((Shape::Down, Role::Query)),
        Act::Skip => Some((Shape::Skip, Role::Plain)),
        Act::GrowQ => Some((Shape::Up, Role::Query)),
        Act::Delta => Some((Shape::Up, Role::Den)),
        Act::Store => Some((Shape::Up, Role::Key)),
        _ => None,
    }
}
