//! The lanes of the timeline: tokens or chunks, events, numbers kept, multiply-adds, denominators and residual.

use super::figure::Recurrent;
use super::run::{Act, Step};
use crate::content::Value::Number;
use crate::content::{Lang, Role, number, say};
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};

/// The run as the timeline draws it.
pub fn lanes(fig: &Recurrent, lang: Lang) -> Lanes {
    let steps: Vec<&Step> = fig.run.trace.iter().collect();
    let ticks = steps.iter().enumerate().map(|(step, now)| {
        let (role, tall) = match now.act {
            Act::Load => (Role::Key, true),
            Act::Output => (Role::Output, true),
            _ => (Role::Plain, false),
        };
        Tick { step, role, tall }
    });
    let named = |name: &str, total: u64| ([name, " ", &number::whole(total)].concat(), total as f64);
    let n = fig.inputs.n().to_string();
    let mut rivals = vec![named("C = 1:", fig.rivals.0), named(&["C = ", &n, ":"].concat(), fig.rivals.1)];
    rivals.truncate(fig.inputs.n());
    let worst = fig.ghost.iter().flatten().copied().fold(0.0, f64::max);
    let note = say!(lang; worst = Number(worst, number::residual);
        if fig.broken() => "as it should be: {worst}", "不弄坏时：{worst}";
        else => "without the denominator: {worst}", "不除以分母：{worst}");
    Lanes {
        lanes: vec![
            Lane::Structure {
                label: if fig.recurrence() { lang.pick("tokens", "token") } else { lang.pick("chunks", "分段") }.into(),
                bars: bars(&steps),
                ticks: ticks.collect(),
            },
            Lane::Events { label: lang.pick("events", "事件").into(), marks: marks(fig, &steps) },
            Lane::Cost {
                label: lang.pick("cache", "缓存").into(),
                live: (0..steps.len()).map(|step| fig.cache(step) as f64).collect(),
                rivals: vec![named(lang.pick("state", "状态"), fig.state())],
            },
            Lane::Cost { label: lang.pick("mult-adds", "乘加").into(), live: steps.iter().map(|now| now.work as f64).collect(), rivals },
            Lane::State { label: "φ(q)·z".into(), role: Role::Den, lines: totals(&steps) },
            Lane::Residual {
                label: lang.pick("residual", "残差").into(),
                live: steps.iter().map(|now| now.residual).collect(),
                ghost: Some((fig.ghost.clone(), note.text())),
                broken: fig.broken(),
            },
        ],
    }
}

/// One bar per token or chunk in hand.
fn bars(steps: &[&Step]) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    let mut last = None;
    for (start, now) in steps.iter().enumerate() {
        let at = (&now.rows, &now.hand);
        if last != Some(at) {
            let (from, to) = if now.act == Act::Load { (now.hand.start, now.hand.end) } else { (now.rows.start, now.rows.end) };
            let (first, end) = ((from + 1).to_string(), to.to_string());
            let text = if to == from + 1 { first } else { [&first, "–", &end].concat() };
            bars.push(Bar { start, end: start, text });
            last = Some(at);
        }
        if let Some(bar) = bars.last_mut() {
            bar.end = start + 1;
        }
    }
    bars
}

/// Arrivals, outputs, the crossing, and denominators that no average can have.
fn marks(fig: &Recurrent, steps: &[&Step]) -> Vec<Mark> {
    let crossing = fig.crossing_step();
    // So many arrivals would hide what is worth jumping to.
    let crowded = fig.inputs.n().div_ceil(fig.inputs.chunk.get()) > 40;
    let mark = |(step, now): (usize, &&Step)| {
        let (shape, role, stop) = match now.act {
            Act::Load if Some(step) == crossing => (Shape::Diamond, Role::Plain, true),
            Act::Load if !crowded => (Shape::Down, Role::Key, false),
            Act::Denominator if now.totals.iter().any(|totals| totals.iter().any(|total| *total <= 0.0)) => (Shape::Skip, Role::Warn, true),
            Act::Output => (Shape::Up, Role::Output, true),
            _ => return None,
        };
        Some(Mark { step, shape, role, text: String::new(), stop, row: None })
    };
    steps.iter().enumerate().filter_map(mark).collect()
}

/// The denominator of each token, from when it is known to that of the next ones.
fn totals(steps: &[&Step]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // The lines that go on.
    let mut open = 0..0;
    for (start, now) in steps.iter().enumerate() {
        if let (Act::Denominator, Some(totals)) = (now.act, &now.totals) {
            open = lines.len()..lines.len() + totals.len();
            lines.extend(now.rows.clone().map(|row| Line { row, start, values: Vec::new() }));
            for (line, total) in lines[open.clone()].iter_mut().zip(totals.iter()) {
                line.values.push(Some(f64::from(*total)));
            }
        } else {
            for line in &mut lines[open.clone()] {
                line.values.push(line.values.last().copied().flatten());
            }
        }
    }
    lines
}
