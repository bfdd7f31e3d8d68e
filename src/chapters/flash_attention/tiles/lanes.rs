//! The lanes of the timeline: tiles of the outer loop, events, the state of each row, traffic and residual.

use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::Value::Number;
use crate::content::{Lang, Role, number, say};
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};

/// m and l of one query after each step in which its tile is in fast memory.
#[derive(Clone)]
struct History {
    m: Vec<Option<f64>>,
    l: Vec<Option<f64>>,
}

fn histories(fig: &Tiles) -> Vec<History> {
    let n = fig.run.last() + 1;
    let mut rows = vec![History { m: vec![None; n], l: vec![None; n] }; fig.inputs.x.n_queries()];
    for (idx, step) in fig.run.trace.iter().enumerate() {
        for (at, row) in step.rows.clone().enumerate() {
            let m = step.m_new.as_ref().map_or(step.m_old[at], |m| m[at]);
            let l = step.l_new.as_ref().map_or(step.l_old[at], |l| l[at]);
            rows[row].m[idx] = Some(f64::from(m)).filter(|m| m.is_finite());
            rows[row].l[idx] = Some(f64::from(l)).filter(|l| *l != 0.0);
        }
    }
    rows
}

/// One bar per tile of the outer loop.
fn bars(fig: &Tiles) -> Vec<Bar> {
    let outer_rows = fig.inputs.order == Order::Fa2;
    let mut bars: Vec<Bar> = Vec::new();
    let mut outer = None;
    for (idx, step) in fig.run.trace.iter().enumerate() {
        let index = if outer_rows { step.i } else { step.j };
        if index != outer {
            let names = if outer_rows { &fig.inputs.query_names[step.rows.clone()] } else { &fig.inputs.key_names[step.cols.clone()] };
            if let Some(before) = bars.last_mut() {
                before.end = idx;
            }
            bars.push(Bar { start: idx, end: fig.run.last() + 1, text: names.join(" ") });
            outer = index;
        }
    }
    bars
}

fn marks(fig: &Tiles) -> Vec<Mark> {
    let mut marks: Vec<Mark> = fig.run.trace.iter().enumerate().filter_map(|(idx, step)| mark(step, idx)).collect();
    let role = if fig.broken() { Role::Warn } else { Role::Max };
    for (row, hits) in fig.rescales.iter().enumerate() {
        for (step, factor) in hits {
            let text = format!("×{}", number::factor(*factor));
            marks.push(Mark { step: *step, shape: Shape::Diamond, role, text, stop: true, row: Some(row) });
        }
    }
    marks.sort_by_key(|mark| mark.step);
    marks
}

/// The run as the timeline draws it; `ghost` is the residual of the other setting of the break-it switch.
pub fn lanes(fig: &Tiles, lang: Lang, ghost: &[Option<f64>]) -> Lanes {
    let run = &fig.run;
    let outer_rows = fig.inputs.order == Order::Fa2;
    let ticks = run.trace.iter().enumerate().map(|(step, now)| {
        let (role, tall) = tick(now.act);
        Tick { step, role, tall }
    });
    let (mut m_lines, mut l_lines) = (Vec::new(), Vec::new());
    for (row, History { m, l }) in histories(fig).into_iter().enumerate() {
        m_lines.push(Line { row, start: 0, values: m });
        l_lines.push(Line { row, start: 0, values: l });
    }
    let (_, rival) = fig.names();
    let rival_total = if outer_rows { run.totals.fa1 } else { run.totals.fa2 };
    let named = |name: &str, total: u64| (format!("{name} {}", number::whole(total)), total as f64);
    let rivals = vec![named(rival, rival_total), named(lang.pick("standard", "标准"), run.totals.standard)];
    let outer = if outer_rows { lang.pick("queries", "query 块") } else { lang.pick("keys", "key 块") };
    let worst = ghost.iter().flatten().copied().fold(0.0, f64::max);
    let note = say!(lang; worst = Number(worst, number::residual);
        if fig.broken() => "with rescaling: {worst}", "打开重新缩放：{worst}";
        else => "with rescaling off: {worst}", "关掉重新缩放：{worst}");
    Lanes {
        lanes: vec![
            Lane::Structure { label: outer.into(), bars: bars(fig), ticks: ticks.collect() },
            Lane::Events { label: lang.pick("events", "事件").into(), marks: marks(fig) },
            Lane::State { label: lang.pick("max m", "最大值 m").into(), role: Role::Max, lines: m_lines },
            Lane::State { label: lang.pick("denom. ℓ", "分母 ℓ").into(), role: Role::Den, lines: l_lines },
            Lane::Cost {
                label: lang.pick("HBM", "访存量").into(), live: run.trace.iter().map(|step| step.moved as f64).collect(), rivals
            },
            Lane::Residual {
                label: lang.pick("residual", "残差").into(),
                live: run.trace.iter().map(|step| step.residual).collect(),
                ghost: Some((ghost.to_vec(), note.text())),
                broken: fig.broken(),
            },
        ],
    }
}

fn tick(act: Act) -> (Role, bool) {
    match act {
        Act::LoadQ | Act::LoadState => (Role::Query, true),
        Act::LoadKv => (Role::Key, true),
        Act::Store => (Role::Output, true),
        _ => (Role::Plain, false),
    }
}

fn mark(step: &Step, idx: usize) -> Option<Mark> {
    let plain = |shape, role, stop| Some(Mark { step: idx, shape, role, text: String::new(), stop, row: None });
    match step.act {
        Act::LoadQ => plain(Shape::Down, Role::Query, false),
        Act::Store => plain(Shape::Up, Role::Output, false),
        Act::Skip => plain(Shape::Skip, Role::Plain, true),
        _ => None,
    }
}
