//! The figure over a run: focus, lanes, table, anchors, and the kernel on the same inputs.

use super::super::words;
use super::inputs::{Inputs, Order};
use super::run::{Act, Run, Step};
use super::{arrange, captions, controls, lanes, quiz, stacked, stage, why};
use crate::algorithms::MaskKind;
use crate::algorithms::flash_attention::Rescale;
use crate::content::{Lang, Rich, number, say};
use crate::figure::around::Counter;
use crate::figure::strip::full_scale;
use crate::figure::{Drawing, Figure, Group, KernelJob, Mode, Question, Table, View};
use crate::trace::Lanes;

/// `tiles`, built.
pub struct Tiles {
    /// Its inputs.
    pub inputs: Inputs,
    /// Its run.
    pub run: Run,
    /// Darkest magnitude of Q, K and V.
    pub scales: (f32, f32, f32),
    /// Darkest magnitude of O.
    pub output_scale: f32,
    /// The largest finite |S|.
    pub score_scale: f32,
    /// Residual of the other setting of the break-it switch.
    ghost: Vec<Option<f64>>,
    /// Per query: the steps at which its past was rescaled, with the factor e^(m_old - m_new).
    pub rescales: Vec<Vec<(usize, f64)>>,
}

impl Tiles {
    /// Prepares what every frame needs.
    pub fn new(inputs: Inputs, run: Run, ghost: &Run) -> Tiles {
        let x = &inputs.x;
        let scales = (full_scale(x.q.view()), full_scale(x.k.view()), full_scale(x.v.view()));
        let exact = run.exact.out.mapv(|x| x as f32);
        let scores = run.trace.iter().filter(|step| step.act == Act::Scores).filter_map(|step| step.s.clone());
        let score_scale = scores
            .flat_map(|s| s.iter().copied().filter(|x| x.is_finite()).collect::<Vec<_>>())
            .fold(1e-6_f32, |most, x| most.max(x.abs()));
        let residuals = ghost.trace.iter().map(|step| step.residual).collect();
        let mut rescales = vec![Vec::new(); x.n_queries()];
        for (idx, step) in run.trace.iter().enumerate().filter(|(_, step)| step.act == Act::Factor) {
            for (at, row) in step.rows.clone().enumerate() {
                let (old, new) = (step.m_old[at], step.m_new.as_ref().map_or(f32::NEG_INFINITY, |m| m[at]));
                if old.is_finite() && new > old {
                    rescales[row].push((idx, f64::from(old - new).exp()));
                }
            }
        }
        let output_scale = full_scale(exact.view());
        Tiles { scales, output_scale, score_scale, ghost: residuals, rescales, inputs, run }
    }

    /// Whether the idea is switched off.
    pub fn broken(&self) -> bool {
        self.inputs.rescale == Rescale::Off
    }

    /// The method that runs, and the other one.
    pub fn names(&self) -> (&'static str, &'static str) {
        match self.inputs.order {
            Order::Fa1 => ("FA-1", "FA-2"),
            Order::Fa2 => ("FA-2", "FA-1"),
        }
    }

    /// What has been moved and what the others move in all.
    pub fn counters(&self, step: usize, lang: Lang) -> [Counter; 3] {
        let moved = [step.saturating_sub(1), step].map(|step| self.run.trace.at(step).moved);
        let totals = self.run.totals;
        let (live, rival) = self.names();
        let rival_total = if rival == "FA-1" { totals.fa1 } else { totals.fa2 };
        [
            ([live, lang.pick(" so far", " 已搬")].concat(), moved, true),
            (rival.to_string(), [rival_total; 2], false),
            (lang.pick("standard", "标准").to_string(), [totals.standard; 2], false),
        ]
    }

    /// Digits of the largest count.
    pub fn digits(&self) -> usize {
        let totals = self.run.totals;
        totals.fa1.max(totals.fa2).max(totals.standard).to_string().len().max(4)
    }

    /// What the running method moves in all.
    pub fn total(&self) -> u64 {
        match self.inputs.order {
            Order::Fa1 => self.run.totals.fa1,
            Order::Fa2 => self.run.totals.fa2,
        }
    }

    /// How far the output of a query, as stored by a step, lies from the reference: the length of the difference over that of the
    /// output. `None` where nothing is stored, or the output is 0.
    pub fn off_by(&self, step: usize, row: usize) -> Option<f64> {
        let stored = &self.run.trace.at(step).stored;
        let (exact, ours) = (self.run.exact.out.row(row), stored.o.row(row));
        let size = exact.iter().map(|x| x * x).sum::<f64>().sqrt();
        let apart = exact.iter().zip(ours).map(|(a, b)| (a - f64::from(*b)).powi(2)).sum::<f64>().sqrt();
        (stored.written[row] && size > 0.0).then_some(apart / size)
    }

    /// The step at which results next go up, from here on.
    pub fn next_store(&self, step: usize) -> Option<usize> {
        (step..=self.run.last()).find(|step| self.run.trace.at(*step).act == Act::Store)
    }

    /// Says the awkward truth where standard attention moves less.
    pub fn standard_note(&self, lang: Lang) -> Option<(String, String)> {
        let standard = self.run.totals.standard;
        (standard < self.total()).then(|| {
            let n = self.inputs.x.n_queries();
            let first = lang.pick("Standard moves fewer", "这里标准法搬得少");
            let raise = self.inputs.tiling.br.get() < n && self.inputs.order == Order::Fa2;
            let second =
                if raise { lang.pick("until you raise Br", "调大 Br 再看") } else { lang.pick("so few tokens", "token 太少") };
            (first.to_string(), second.to_string())
        })
    }

    /// The row of a tile worth looking at: the one rescaled most often, then the one rescaled hardest.
    fn telling_row(&self, step: &Step) -> usize {
        let key = |row: &usize| {
            let hits = &self.rescales[*row];
            let product: f64 = hits.iter().map(|hit| hit.1).product();
            (hits.len(), (-product * 1e6) as i64)
        };
        step.rows.clone().max_by_key(key).unwrap_or(0)
    }

    fn find(&self, act: Act, i: usize, j: Option<usize>) -> Option<usize> {
        (0..=self.run.last()).find(|idx| {
            let step = self.run.trace.at(*idx);
            step.act == act && step.i == Some(i) && j.is_none_or(|j| step.j == Some(j))
        })
    }

    /// The row of the sentence that the prose follows.
    fn it(&self) -> usize {
        self.inputs.query_names.iter().position(|name| name == "it").unwrap_or(0)
    }

    fn factor_step(&self, row: usize, j: usize) -> Option<usize> {
        let i = row / self.inputs.tiling.br.get();
        self.find(Act::Factor, i, Some(j))
    }
}

impl Figure for Tiles {
    fn last_step(&self) -> usize {
        self.run.last()
    }

    fn poster(&self) -> usize {
        let row = self.it();
        let hit = self.rescales[row].get(1).or(self.rescales[row].first()).map(|hit| hit.0);
        let any = || self.rescales.iter().flatten().map(|hit| hit.0).next();
        hit.or_else(any).or_else(|| self.next_store(0)).unwrap_or(0)
    }

    fn title(&self, lang: Lang) -> String {
        let method = if self.inputs.order == Order::Fa1 { "FlashAttention-1" } else { "FlashAttention-2" };
        words::title(method, self.inputs.source, lang)
    }

    fn caption(&self, step: usize, row: usize, lang: Lang) -> Rich {
        captions::caption(self, step, row, lang)
    }

    fn rows(&self) -> usize {
        self.inputs.x.n_queries()
    }

    fn focus(&self, step: usize, row: Option<usize>) -> usize {
        let now = self.run.trace.at(step);
        match row.map(|row| row.min(self.inputs.x.n_queries() - 1)) {
            Some(row) if now.rows.is_empty() || now.rows.contains(&row) => row,
            _ if now.rows.is_empty() => row.unwrap_or(0).min(self.inputs.x.n_queries() - 1),
            _ => self.telling_row(now),
        }
    }

    fn stage(&self, step: usize, row: usize, view: &View) -> Drawing {
        if view.mode == Mode::Phone || view.width < arrange::WIDE {
            stacked::draw(self, step, row, view)
        } else {
            stage::draw(self, step, row, view)
        }
    }

    fn backdrop(&self, view: &View) -> String {
        if view.mode == Mode::Phone || view.width < arrange::WIDE { stacked::backdrop(self, view) } else { stage::backdrop(self, view) }
    }

    fn lanes(&self, lang: Lang) -> Lanes {
        lanes::lanes(self, lang, &self.ghost)
    }

    fn readouts(&self, step: usize, row: usize, _lang: Lang) -> Vec<String> {
        let now = self.run.trace.at(step);
        let value = |pick: fn(&Step, usize) -> f32| {
            let known = now.rows.contains(&row).then(|| pick(now, row - now.rows.start)).filter(|x| *x != f32::NEG_INFINITY);
            known.map_or(String::new(), |x| number::cell(f64::from(x)))
        };
        vec![
            String::new(),
            String::new(),
            value(|now, at| now.m_new.as_ref().map_or(now.m_old[at], |m| m[at])),
            value(|now, at| now.l_new.as_ref().map_or(now.l_old[at], |l| l[at])),
            number::whole(now.moved),
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
        Some(if self.inputs.order == Order::Fa1 { "flash_attention_1" } else { "flash_attention_2" })
    }

    fn line(&self, step: usize) -> Option<&'static str> {
        Some(self.run.trace.at(step).act.tag())
    }

    fn why(&self, step: usize, cell: &str, lang: Lang) -> Option<Rich> {
        why::why(self, step, cell, lang)
    }

    fn default_cell(&self, step: usize, row: usize) -> Option<String> {
        why::default_cell(self, step, row)
    }

    fn controls(&self, lang: Lang) -> Vec<Group> {
        controls::groups(self, lang)
    }

    fn conventions(&self, lang: Lang) -> Vec<String> {
        controls::conventions(self, lang)
    }

    fn anchor(&self, name: &str) -> Option<usize> {
        let it = self.it();
        match name {
            "load-q" => Some(0),
            "load-kv" => self.find(Act::LoadKv, 0, Some(0)),
            "scores" => self.find(Act::Scores, 0, Some(0)),
            "max" => self.find(Act::Max, 0, Some(0)),
            "factor" => self.find(Act::Factor, 0, Some(0)),
            "probs" => self.find(Act::Probs, 0, Some(0)),
            "sum" => self.find(Act::Sum, 0, Some(0)),
            "output" => self.find(Act::Output, 0, Some(0)),
            "rescale-it-1" => self.rescales[it].first().map(|hit| hit.0),
            "quiet-it" => self.factor_step(it, 2),
            "rescale-it-2" => self.rescales[it].get(1).map(|hit| hit.0),
            "store" => self.next_store(0),
            "store-it" => self.find(Act::Store, it / self.inputs.tiling.br.get(), None),
            "end" => Some(self.run.last()),
            _ => None,
        }
    }

    fn questions(&self, lang: Lang) -> Vec<Question> {
        quiz::questions(self, lang)
    }

    fn kernel(&self) -> Option<KernelJob> {
        let x = &self.inputs.x;
        // Beyond this, products overflow f32 and every backend gives its own infinity.
        let tame = x.q.iter().chain(&x.k).chain(&x.v).all(|x| x.abs() < 1e4);
        let kind = match x.mask.kind {
            MaskKind::None => 0,
            MaskKind::CausalBottomRight => 1,
            MaskKind::CausalTopLeft => 2,
        };
        let uniform = vec![x.n_queries() as u32, x.n_keys() as u32, x.d() as u32, x.dv() as u32, kind, x.scale.to_bits()];
        let flat = |matrix: &ndarray::Array2<f32>| matrix.iter().copied().collect();
        let lse = self.run.exact.lse.iter().map(|lse| lse.unwrap_or(f64::NEG_INFINITY)).collect();
        tame.then(|| KernelJob {
            kernel: &crate::kernels::flash_attention::KERNEL,
            uniform,
            inputs: vec![flat(&x.q), flat(&x.k), flat(&x.v)],
            reference: vec![self.run.exact.out.iter().copied().collect(), lse],
        })
    }
}

fn table(fig: &Tiles, step: usize, lang: Lang) -> Table {
    let now = fig.run.trace.at(step);
    let mut head = vec!["query".to_string()];
    let keys: Vec<&String> = now.cols.clone().map(|key| &fig.inputs.key_names[key]).collect();
    head.extend(keys.iter().map(|key| format!("S {key}")));
    head.extend(["m", "α"].map(String::from));
    head.extend(keys.iter().map(|key| format!("P {key}")));
    head.push("ℓ".into());
    head.extend((0..fig.inputs.x.dv()).map(|channel| format!("O {channel}")));
    let caption = say!(lang; step = &step.to_string(), moved = now.moved as usize;
        "Step {step}: tile in fast memory. {moved} elements moved.",
        "第 {step} 步：片上的块。已搬运 {moved} 个元素。");
    let mut table = Table::new(caption.text(), head);
    let text = |x: f32| number::table(f64::from(x));
    for (at, row) in now.rows.clone().enumerate() {
        let mut cells = vec![format!("{row} {}", fig.inputs.query_names[row])];
        cells.extend((0..keys.len()).map(|idx| now.s.as_ref().map_or(String::new(), |s| text(s[[at, idx]]))));
        cells.push(text(now.m_new.as_ref().map_or(now.m_old[at], |m| m[at])));
        cells.push(now.alpha.as_ref().map_or(String::new(), |alpha| text(alpha[at])));
        cells.extend((0..keys.len()).map(|idx| now.p.as_ref().map_or(String::new(), |p| text(p[[at, idx]]))));
        cells.push(text(now.l_new.as_ref().map_or(now.l_old[at], |l| l[at])));
        let o = now.o_new.as_ref().unwrap_or(&now.o_old);
        cells.extend(o.row(at).iter().map(|x| text(*x)));
        table.push(cells);
    }
    table
}
