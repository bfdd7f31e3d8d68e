//! The figure over a run: lanes, anchors, the kernel's inputs.

use super::inputs::Inputs;
use super::redraws::{self, Redraws};
use super::run::{Run, Step};
use super::{captions, controls, numbers, quiz, stage, table, why};
use crate::algorithms::performer::directions::Directions;
use crate::algorithms::performer::{Features, Weight};
use crate::content::{Lang, Rich, Role, number};
use crate::figure::{Drawing, Figure, Group, KernelJob, Question, Table, View};
use crate::kernels::performer_features;
use crate::trace::{Bar, Lane, Lanes, Line, Mark, Shape, Tick};

/// `variance`, built.
pub struct Variance {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// The four methods, redrawn.
    pub redraws: Vec<Redraws>,
}

impl Variance {
    /// Runs everything.
    pub fn new(inputs: Inputs) -> Variance {
        let run = Run::new(&inputs);
        let redraws = redraws::all(&inputs, run.exact);
        Variance { inputs, run, redraws }
    }

    /// Whether the mean tends to something else than the kernel.
    pub fn drifts(&self) -> bool {
        (self.run.target - self.run.exact).abs() > 1e-6 * self.run.exact
    }

    /// The method of the run among the redraws.
    pub fn own(&self) -> Option<&Redraws> {
        self.redraws.iter().find(|redraws| redraws.method == (self.inputs.features, self.inputs.kind))
    }

    /// Whether the lemma's mean square lies in samples so large and rare that these redraws have met none: half of it lies where
    /// w reaches beyond 2|x + y| along x + y, and hardly any of the directions drawn is expected there.
    pub fn is_rare(&self, redraws: &Redraws) -> bool {
        let inputs = &self.inputs;
        let positive = redraws.method.0 == Features::Positive;
        if inputs.broken() || !positive || !redraws.in_lemma() {
            return false;
        }
        let reach = 2.0 * (inputs.x[0] + inputs.y[0]).hypot(inputs.x[1] + inputs.y[1]);
        // A normal variable exceeds z with a probability below e^(-z²/2)/(z √(2π)).
        let share = (-0.5 * reach * reach).exp() / (reach * std::f64::consts::TAU.sqrt());
        let expected = share * (redraws.estimates.len() * inputs.m) as f64;
        expected < 0.1 && redraws.squared + 4.0 * redraws.squared_error < redraws.lemma
    }

    /// The first step from which on the mean stays within the lemma's standard error; the last if it never does.
    fn settles(&self) -> usize {
        let strays = |(idx, step): (usize, &Step)| (step.mean - self.run.exact).abs() > self.run.standard_error(idx + 1);
        let last = self.run.trace.iter().enumerate().filter(|(idx, step)| strays((*idx, *step))).last();
        last.map_or(0, |(idx, _)| (idx + 1).min(self.run.last()))
    }
}

impl Figure for Variance {
    fn last_step(&self) -> usize {
        self.run.last()
    }

    fn poster(&self) -> usize {
        self.run.last()
    }

    fn title(&self, lang: Lang) -> String {
        captions::title(self, lang)
    }

    fn caption(&self, step: usize, _row: usize, lang: Lang) -> Rich {
        captions::caption(self, step.min(self.run.last()), lang)
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
        let error = (now.mean - self.run.exact).abs();
        vec![String::new(), String::new(), numbers::value(now.mean), numbers::value(now.value), numbers::value(error)]
    }

    fn table(&self, step: usize, lang: Lang) -> Table {
        table::table(self, step, lang)
    }

    fn residual(&self, step: usize) -> Option<f64> {
        Some(self.run.trace.at(step).residual)
    }

    fn listing(&self) -> Option<&'static str> {
        Some("random_feature_estimate")
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(match self.inputs.features {
            _ if step == self.run.last() => "mean",
            Features::Positive => "positive",
            Features::Trigonometric => "trigonometric",
        })
    }

    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, step.min(self.run.last()), cell, lang)
    }

    fn default_cell(&self, step: usize, _row: usize) -> Option<String> {
        Some(if step == self.run.last() { "m" } else { "s" }.into())
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(lang)
    }

    fn anchor(&self, name: &str) -> Option<usize> {
        match name {
            "start" => Some(0),
            "second" => Some(1.min(self.run.last())),
            "largest" => Some(self.run.largest),
            "settles" => Some(self.settles()),
            "end" => Some(self.run.last()),
            _ => None,
        }
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }

    fn kernel(&self) -> Option<KernelJob> {
        kernel(self)
    }
}

/// The features of x and y for the kernel. It makes positive ones only, with the weights of both, and at most 512.
fn kernel(fig: &Variance) -> Option<KernelJob> {
    let (inputs, m) = (&fig.inputs, fig.inputs.m);
    if inputs.features != Features::Positive || inputs.key_weight == Weight::Off || m > 512 {
        return None;
    }
    let scale = inputs.scale.factor(2) as f32;
    let rows: Vec<f32> = inputs.x.iter().chain(&inputs.y).map(|entry| *entry as f32).collect();
    let w: Vec<f32> = fig.run.w.iter().copied().collect();
    let mut reference = Vec::new();
    for row in rows.chunks_exact(2) {
        let [a, b] = [row[0], row[1]].map(|entry| f64::from(entry) * f64::from(scale));
        for w in w.chunks_exact(2) {
            let along = f64::from(w[0]) * a + f64::from(w[1]) * b;
            reference.push((along - (a * a + b * b) / 2.0).exp() / (m as f64).sqrt());
        }
    }
    Some(KernelJob {
        kernel: &performer_features::KERNEL,
        uniform: performer_features::uniform(2, 2, m as u32, performer_features::Stabiliser::Absent, scale, 0.0),
        inputs: vec![rows, w],
        reference: vec![reference],
    })
}

fn lanes(fig: &Variance, lang: Lang) -> Lanes {
    let run = &fig.run;
    let n = run.last() + 1;
    let line = |row: usize, values: Vec<f64>| Line { row, start: 0, values: values.into_iter().map(Some).collect() };
    let of = |what: fn(&Step) -> f64| run.trace.iter().map(what).collect::<Vec<f64>>();
    // An error of nothing has no logarithm; it lies at the bottom of the lane.
    let floor = 1e-3 * run.standard_error(n).max(1e-9 * run.exact);
    let log = |error: f64| error.max(floor).log10();
    let errors = run.trace.iter().map(|step| log((step.mean - run.exact).abs())).collect();
    let lemma = (1..=n).map(|k| log(run.standard_error(k))).collect();
    let state = |en: &str, zh: &str, lines| Lane::State { label: lang.pick(en, zh).into(), role: Role::Max, lines };
    let mut means = vec![line(0, of(|step| step.mean)), line(1, vec![run.exact; n])];
    if fig.drifts() {
        means.push(line(2, vec![run.target; n]));
    }
    Lanes {
        lanes: vec![
            Lane::Structure { label: lang.pick("directions", "方向").into(), bars: bars(fig, lang), ticks: ticks(fig) },
            Lane::Events { label: lang.pick("events", "事件").into(), marks: marks(fig) },
            state("mean, exact", "均值，精确", means),
            state("sample", "样本", vec![line(0, of(|step| step.value))]),
            state("|error|, lemma (log)", "|误差|，引理（对数）", vec![line(0, errors), line(1, lemma)]),
        ],
    }
}

/// The blocks of orthogonal directions; of independent ones there is one bar.
fn bars(fig: &Variance, lang: Lang) -> Vec<Bar> {
    let n = fig.run.last() + 1;
    if fig.inputs.kind == Directions::Independent {
        let text = [number::whole(n as u64).as_str(), lang.pick(" independent directions", " 个独立的方向")].concat();
        return vec![Bar { start: 0, end: n, text }];
    }
    let bar =
        |start: usize| Bar { start, end: (start + 2).min(n), text: [lang.pick("block ", "块 "), &(start / 2 + 1).to_string()].concat() };
    (0..n).step_by(2).map(bar).collect()
}

fn ticks(fig: &Variance) -> Vec<Tick> {
    (0..=fig.run.last()).map(|step| Tick { step, role: Role::Plain, tall: false }).collect()
}

/// The largest sample, and where the mean of something positive turns negative.
fn marks(fig: &Variance) -> Vec<Mark> {
    let run = &fig.run;
    let mut marks = Vec::new();
    let mut before = 0.0;
    for (step, now) in run.trace.iter().enumerate() {
        if step == run.largest && !run.certain() {
            marks.push(Mark { step, shape: Shape::Diamond, role: Role::Max, text: numbers::value(now.value), stop: true, row: Some(0) });
        }
        if now.mean < 0.0 && before >= 0.0 {
            marks.push(Mark { step, shape: Shape::Skip, role: Role::Warn, text: numbers::value(now.mean), stop: true, row: Some(0) });
        }
        before = now.mean;
    }
    marks
}
