//! The figure over a run: lanes, table, anchors.

use super::inputs::Inputs;
use super::run::{Act, Run};
use super::{captions, controls, numbers, quiz, stage, why};
use crate::algorithms::online_softmax::Safety;
use crate::content::Value::Number;
use crate::content::{Lang, Rich, Role, number, say};
use crate::figure::{Drawing, Figure, Group, Question, Table, View};
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};

/// `online-softmax`, built.
pub struct OnlineSoftmax {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// Residual of the other setting of the break-it switch.
    ghost: Vec<Option<f64>>,
}

impl OnlineSoftmax {
    /// Prepares what every frame needs.
    pub fn new(inputs: Inputs, run: Run, ghost: &Run) -> OnlineSoftmax {
        let ghost = ghost.trace.iter().map(|step| step.residual).collect();
        OnlineSoftmax { inputs, run, ghost }
    }

    /// Whether the idea is switched off.
    pub fn broken(&self) -> bool {
        self.inputs.safety == Safety::Off
    }

    /// Whether the weight at a position is nothing like the reference: no number, or off by more than 0.1.
    pub fn wrong(&self, pos: usize) -> bool {
        let gap = (self.run.probs[pos] - self.run.exact[pos]).abs();
        gap.is_nan() || gap > 0.1 || self.broken() && !self.run.summary.d.is_finite()
    }

    /// The step of the sum in which d first becomes smaller; else of the first rescale.
    pub fn telling(&self) -> Option<usize> {
        let elements = &self.run.elements;
        let smaller = elements.iter().position(|element| element.rescales && element.d < element.d_old && element.d_old > 1.0);
        let pos = smaller.or_else(|| elements.iter().position(|element| element.rescales))?;
        self.run.find(Act::Sum, pos)
    }

    /// The last step of the first walk.
    fn end(&self) -> usize {
        self.run.trace.iter().take_while(|step| step.act != Act::Output).count().saturating_sub(1)
    }
}

impl Figure for OnlineSoftmax {
    fn last_step(&self) -> usize {
        self.run.last()
    }

    fn poster(&self) -> usize {
        let broken = self.run.breaks_at().and_then(|pos| self.run.find(Act::Sum, pos));
        broken.or_else(|| self.telling()).unwrap_or_else(|| self.end())
    }

    fn title(&self, lang: Lang) -> String {
        let (n, format) = (self.inputs.n(), self.inputs.format.name());
        let title = say!(lang; n, format;
            if self.broken() => "Softmax of {n} logits in {format}, nothing subtracted", "{n} 个 logit 的 Softmax，{format}，不减最大值";
            else => "Softmax of {n} logits in two walks, {format}", "{n} 个 logit 的 Softmax，两遍算完，{format}");
        title.text()
    }

    fn caption(&self, step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, step, lang)
    }

    fn rows(&self) -> usize {
        1
    }

    fn focus(&self, _step: usize, _row: Option<usize>) -> usize {
        0
    }

    fn stage(&self, step: usize, _row: usize, view: &View) -> Drawing {
        stage::draw(self, step, view)
    }

    fn lanes(&self, lang: Lang) -> Lanes {
        lanes(self, lang)
    }

    fn readouts(&self, step: usize, _row: usize, _lang: Lang) -> Vec<String> {
        let now = self.run.trace.at(step);
        let (m, d) = state(self, step);
        vec![
            String::new(),
            String::new(),
            m.map_or(String::new(), numbers::logit),
            d.map_or(String::new(), numbers::sum),
            number::whole(now.accesses),
            now.residual.map_or(String::new(), number::residual),
        ]
    }

    fn table(&self, step: usize, lang: Lang) -> Table {
        table(self, step, lang)
    }

    fn residual(&self, step: usize) -> Option<f64> {
        self.run.trace.at(step).residual
    }

    fn listing(&self) -> Option<&'static str> {
        Some("online_softmax")
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(self.run.trace.at(step).act.tag())
    }

    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, step, cell, lang)
    }

    fn default_cell(&self, step: usize, _row: usize) -> Option<String> {
        Some(why::default_cell(self, step))
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(self, lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(self, lang)
    }

    fn anchor(&self, name: &str) -> Option<usize> {
        let last_merge = || self.run.trace.iter().enumerate().filter(|(_, step)| step.act == Act::Merge).last().map(|(idx, _)| idx);
        match name {
            "start" => Some(0),
            "second" => self.run.find(Act::Sum, 1).or_else(|| self.run.find(Act::Sum, 0)),
            "rescale-12" => Some(self.telling().unwrap_or_else(|| self.end())),
            "end" => Some(self.end()),
            "merge" => Some(last_merge().unwrap_or_else(|| self.end())),
            "output" => Some(self.run.last()),
            _ => None,
        }
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }
}

/// m and d of what is being summed: the block, and from its merge on all blocks so far.
fn state(fig: &OnlineSoftmax, step: usize) -> (Option<f64>, Option<f64>) {
    let now = fig.run.trace.at(step);
    let element = &fig.run.elements[now.pos];
    let (m, d) = match now.act {
        Act::Max | Act::Factor => (element.m, element.d_old),
        Act::Sum => (element.m, element.d),
        Act::Merge => (fig.run.merges[now.block].after.m, fig.run.merges[now.block].after.d),
        Act::Output => (fig.run.summary.m, fig.run.summary.d),
    };
    (Some(m).filter(|m| *m != f64::NEG_INFINITY), Some(d).filter(|d| *d != 0.0))
}

fn lanes(fig: &OnlineSoftmax, lang: Lang) -> Lanes {
    let run = &fig.run;
    let states: Vec<_> = (0..=run.last()).map(|step| state(fig, step)).collect();
    let line = |values: Vec<Option<f64>>| {
        vec![Line { row: 0, start: 0, values: values.into_iter().map(|x| x.filter(|x| x.is_finite())).collect() }]
    };
    let ticks = run.trace.iter().enumerate().map(|(step, now)| match now.act {
        Act::Max => Tick { step, role: Role::Key, tall: true },
        Act::Output => Tick { step, role: Role::Plain, tall: true },
        _ => Tick { step, role: Role::Plain, tall: false },
    });
    let total = run.three.total();
    let worst = fig.ghost.iter().flatten().copied().fold(0.0, f64::max);
    let note = say!(lang; worst = Number(worst, number::residual);
        if fig.broken() => "maximum subtracted: {worst}", "减去最大值：{worst}";
        else => "nothing subtracted: {worst}", "不减最大值：{worst}");
    Lanes {
        lanes: vec![
            Lane::Structure { label: lang.pick("walks", "遍").into(), bars: walks(fig, lang), ticks: ticks.collect() },
            Lane::Events { label: lang.pick("events", "事件").into(), marks: marks(fig) },
            Lane::State {
                label: lang.pick("max m", "最大值 m").into(),
                role: Role::Max,
                lines: line(states.iter().map(|state| state.0).collect()),
            },
            Lane::State {
                label: lang.pick("sum d", "和 d").into(),
                role: Role::Den,
                lines: line(states.iter().map(|state| state.1).collect()),
            },
            Lane::Cost {
                label: lang.pick("accesses", "访存次数").into(),
                live: run.trace.iter().map(|step| step.accesses as f64).collect(),
                rivals: vec![(format!("{} {}", lang.pick("three walks", "三遍"), number::whole(total)), total as f64)],
            },
            Lane::Residual {
                label: lang.pick("residual", "残差").into(),
                live: run.trace.iter().map(|step| step.residual).collect(),
                ghost: Some((fig.ghost.clone(), note.text())),
                broken: fig.broken(),
            },
        ],
    }
}

/// The blocks of the first walk, or the whole of it, then the second.
fn walks(fig: &OnlineSoftmax, lang: Lang) -> Vec<Bar> {
    let end = fig.end() + 1;
    let mut bars = Vec::new();
    for (idx, block) in fig.inputs.blocks.iter().enumerate() {
        let start = fig.run.find(Act::Max, block.start).unwrap_or(0);
        let until = fig.inputs.blocks.get(idx + 1).and_then(|next| fig.run.find(Act::Max, next.start)).unwrap_or(end);
        let crowded = fig.inputs.blocks.len() > 8;
        let name = say!(lang; n = idx + 1;
            if crowded => "{n}", "{n}";
            if fig.inputs.cut() => "block {n}", "块 {n}";
            else => "walk 1: m and d", "第 1 遍：m 和 d");
        bars.push(Bar { start, end: until, text: name.text() });
    }
    bars.push(Bar { start: end, end: fig.run.last() + 1, text: lang.pick("walk 2: divide", "第 2 遍：除").into() });
    bars
}

fn marks(fig: &OnlineSoftmax) -> Vec<Mark> {
    let role = if fig.broken() { Role::Warn } else { Role::Max };
    let mark = |step, shape, role, text| Some(Mark { step, shape, role, text, stop: true, row: Some(0) });
    let broken_at = fig.run.breaks_at();
    let each = |(step, now): (usize, &super::run::Step)| {
        let element = &fig.run.elements[now.pos];
        match now.act {
            Act::Factor if element.rescales => mark(step, Shape::Diamond, role, format!("×{}", numbers::factor(element.factor))),
            Act::Max if element.x == f64::NEG_INFINITY => mark(step, Shape::Skip, Role::Plain, String::new()),
            Act::Sum if broken_at == Some(now.pos) => mark(step, Shape::Skip, Role::Warn, number::fixed(element.d, 0)),
            Act::Merge => {
                let merge = &fig.run.merges[now.block];
                let (past, part) = merge.factors();
                let least = past.min(part);
                if merge.first() || least == 1.0 || !least.is_finite() {
                    None
                } else {
                    mark(step, Shape::Diamond, role, format!("×{}", numbers::factor(least)))
                }
            }
            _ => None,
        }
    };
    fig.run.trace.iter().enumerate().filter_map(each).collect()
}

fn table(fig: &OnlineSoftmax, step: usize, lang: Lang) -> Table {
    let now = fig.run.trace.at(step);
    let reached = |act: Act, pos: usize| match now.act {
        Act::Output => act != Act::Output || pos <= now.pos,
        Act::Merge => act != Act::Output && pos <= now.pos,
        current => act != Act::Output && (pos < now.pos || pos == now.pos && act <= current),
    };
    let caption = say!(lang; step = &step.to_string(), format = fig.inputs.format.name(), accesses = now.accesses as usize;
        "Step {step}: {format} in the order visited. {accesses} memory accesses.",
        "第 {step} 步：{format}，按访问次序。访存 {accesses} 次。");
    let head = ["logit", lang.pick("block", "块"), "x", "m", "α", "e^(x − m)", "d", "p"];
    let mut table = Table::new(caption.text(), head.map(String::from).to_vec());
    for (pos, element) in fig.run.elements.iter().enumerate() {
        let known = |act: Act, x: f64| if reached(act, pos) { number::table(x) } else { String::new() };
        table.push(vec![
            (fig.inputs.origin[pos] + 1).to_string(),
            (fig.inputs.block_of(pos) + 1).to_string(),
            number::table(element.x),
            known(Act::Max, element.m),
            known(Act::Factor, element.factor),
            known(Act::Sum, element.term),
            known(Act::Sum, element.d),
            known(Act::Output, fig.run.probs[pos]),
        ]);
    }
    let merged = fig.run.trace.iter().take(step + 1).filter(|step| step.act == Act::Merge).count();
    for merge in fig.run.merges.iter().take(merged) {
        let all = lang.pick("merged", "合并后");
        let mut row = vec![all.to_string(), String::new(), String::new(), number::table(merge.after.m), number::table(merge.factors().0)];
        row.extend([String::new(), number::table(merge.after.d), String::new()]);
        table.push(row);
    }
    table
}
