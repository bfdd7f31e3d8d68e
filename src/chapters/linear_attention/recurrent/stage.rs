//! The stage: the stream of tokens with what a cache would keep, the state under it, and the attention picture beside it.

use super::arrange::Places;
use super::cells;
use super::figure::Recurrent;
use super::lattice;
use super::run::{Act, Step};
use crate::content::{Lang, number};
use crate::figure::marks;
use crate::figure::odometer::rolling;
use crate::figure::strip::{self, Frame};
use crate::figure::svg::{Anchor, Svg, path};
use crate::figure::{Drawing, View};

/// The most tokens whose places are drawn one by one.
const SINGLE: usize = 64;

/// Draws a step.
pub fn draw(fig: &Recurrent, step: usize, focus: usize, at: &Places, view: &View) -> Drawing {
    let now = fig.run.trace.at(step);
    let mut layers: [Svg; 5] = Default::default();
    let [slow, inputs, state, sums, side] = &mut layers;
    stream(slow, fig, now, step, at, view);
    cells::heads(inputs, fig, now, at, view.lang);
    cells::inputs(inputs, fig, now, focus, at);
    crossing(inputs, fig, now, at);
    cells::state(state, fig, now, at);
    cells::sums(sums, fig, now, focus, at, view.lang);
    lattice::draw(side, fig, now, focus, at, view.lang);
    counters(side, fig, step, at, view.lang);
    Drawing { width: view.width, height: at.height, layers: layers.map(|layer| layer.0).into(), changes: changes(fig, now.act) }
}

/// The cells that an act changes.
fn changes(fig: &Recurrent, act: Act) -> &'static str {
    match act {
        Act::Load => "[data-cell^='q:'],[data-cell^='k:'],[data-cell^='v:']",
        Act::State if fig.recurrence() => "[data-cell^='S:']",
        Act::State => "[data-cell^='S:'],[data-cell^='z:']",
        Act::Sum => "[data-cell^='z:']",
        Act::Table => "[data-cell^='a:']",
        Act::Intra => "[data-cell^='w:'],[data-cell^='t1:']",
        Act::Inter => "[data-cell^='p:'],[data-cell^='t0:']",
        Act::Denominator if fig.recurrence() => "[data-cell^='t2:']",
        Act::Denominator => "[data-cell^='t2:']",
        Act::Output => "[data-cell^='p:'],[data-cell^='o:']",
    }
}

/// What does not depend on the step: the whole stream, as it will have come.
pub fn backdrop(fig: &Recurrent, at: &Places, view: &View) -> String {
    let mut svg = Svg::default();
    svg.rect("f-hbm", 0.0, 0.0, view.width, at.slow_h);
    svg.rect("f-hbm-edge", 0.0, 0.0, 4.0 * at.u, at.slow_h);
    svg.rect("f-sram", 1.0, at.fast.0, view.width - 2.0, at.fast.1);
    let (x, w) = at.stream;
    let bank = |y: f64| Frame { x, y, w, h: at.bank_h };
    for (y, role, matrix, full) in [
        (at.banks[0], "key", &fig.inputs.k, fig.scales[0]),
        (at.banks[1], "value", &fig.inputs.v, fig.scales[1]),
        (at.banks[2], "output", &fig.run.out.o, fig.scales[2]),
    ] {
        svg.rect("f-paper", x, y, w, at.bank_h);
        strip::draw(&mut svg, role, matrix.t(), full, bank(y));
    }
    svg.rect("sram-edge", at.u, at.fast.0 + at.u, view.width - 2.0 * at.u, at.fast.1 - 2.0 * at.u);
    svg.0
}

fn stream(svg: &mut Svg, fig: &Recurrent, now: &Step, step: usize, at: &Places, view: &View) {
    let (lang, n, base) = (view.lang, fig.inputs.n(), 18.0 * at.uy);
    svg.text("t1 b", Anchor::Start, 12.0 * at.u, base, lang.pick("KV cache", "KV 缓存"));
    if view.width > 640.0 {
        let note = lang.pick("what softmax attention would keep", "Softmax 注意力得一直留着的");
        svg.text("t0 ink2", Anchor::Start, (12.0 + lang.pick(70.0, 66.0)) * at.u, base, note);
    }
    kept(svg, fig, step, at, view);
    for (y, class, name) in [(at.banks[0], "k", "K"), (at.banks[1], "v", "V"), (at.banks[2], "o", "O")] {
        let left = if at.narrow { 8.0 } else { at.stream.0 - 26.0 * at.u };
        svg.text_of(["t2 b c-", class], Anchor::Start, left, y + at.bank_h / 2.0 + at.sizes.0 * 0.36, name);
    }
    if !at.narrow {
        let per = fig.per_token().to_string();
        let note = lang.pick(["2d = ", &per, " a token"], ["每个 2d = ", &per, " 个"]).concat();
        svg.text("t0 dim", Anchor::End, at.stream.0 - 34.0 * at.u, at.banks[1] + at.sizes.1 * 0.36, &note);
    }
    for (bank, have) in [(0, now.arrived), (1, now.arrived), (2, now.written)] {
        cover(svg, at, bank, have, n);
    }
    let (x, w) = at.tokens(now.hand.start, now.hand.end, n);
    let frame = (x - 1.0, at.banks[0] - 1.0, w + 2.0, 2.0 * at.bank_h + 4.0);
    marks::now_frame(svg, frame);
    if now.act == Act::Output {
        let (x, w) = at.tokens(now.rows.start, now.rows.end, n);
        marks::now_frame(svg, (x - 1.0, at.banks[2] - 1.0, w + 2.0, at.bank_h + 2.0));
    }
    ids(svg, fig, now, at);
}

/// Covers what has not come yet; the places wait as dashed outlines.
fn cover(svg: &mut Svg, at: &Places, bank: usize, have: usize, n: usize) {
    let (y, h) = (at.banks[bank], at.bank_h);
    let (x, w) = at.tokens(have, n, n);
    if have == n {
        return;
    }
    svg.rect("f-hbm", x, y - 1.0, w + 1.0, h + 2.0);
    let mut d = String::new();
    let outline = |from: usize, to: usize| {
        let (x, w) = at.tokens(from, to, n);
        path(&[("M", x + 1.0), (" ", y + 1.0), ("h", w - 2.0), ("v", h - 2.0), ("h-", w - 2.0)], "z")
    };
    if n > SINGLE {
        d = outline(have, n);
    } else {
        (have..n).for_each(|token| d += &outline(token, token + 1));
    }
    svg.path("lat-todo", &d);
}

/// Numbers of the tokens over their columns; a click makes a token of the chunk the one that is spoken of.
fn ids(svg: &mut Svg, fig: &Recurrent, now: &Step, at: &Places) {
    let n = fig.inputs.n();
    let each = at.stream.1 / n as f64;
    let room = at.sizes.1 * 2.2 / each;
    let every = [1, 2, 5, 10, 20, 50].into_iter().find(|every| *every as f64 >= room).unwrap_or(100);
    for token in (0..n).filter(|token| (token + 1) % every == 0 || *token == 0) {
        let (x, w) = at.tokens(token, token + 1, n);
        let class = if now.hand.contains(&token) { "t0 b" } else { "t0 dim" };
        svg.text(class, Anchor::Middle, x + w / 2.0, at.banks[0] - 5.0 * at.uy, &(token + 1).to_string());
    }
    if n <= SINGLE {
        for token in now.rows.clone() {
            let (x, w) = at.tokens(token, token + 1, n);
            svg.group(&["data-row=\"", &token.to_string(), "\""].concat());
            svg.rect("row-hit", x, at.banks[0] - 16.0 * at.uy, w, 16.0 * at.uy + 3.0 * at.bank_h);
            svg.end();
        }
    }
}

/// Numbers kept: the state's, and the cache's.
fn kept(svg: &mut Svg, fig: &Recurrent, step: usize, at: &Places, view: &View) {
    let lang = view.lang;
    let cache = [step.saturating_sub(1), step].map(|step| fig.cache(step));
    let digits = fig.cache(fig.run.last()).max(fig.state()).to_string().len().max(3);
    let (y, right, u) = if at.narrow { (26.0, view.width - 8.0, 0.9) } else { (4.0 * at.uy, view.width - 10.0 * at.u, at.u) };
    let left = rolling(svg, right, y, u, digits, lang.pick("cache", "缓存"), cache, false);
    let left = rolling(svg, left - 14.0 * at.u, y, u, digits, lang.pick("state", "状态"), [fig.state(); 2], true);
    let title = lang.pick("numbers kept", "要留的数");
    svg.text("t0 ink2", Anchor::End, left - 12.0 * at.u, y + 15.0 * u, title);
}

/// The frame of the tokens that this act carries from the stream down into fast memory.
fn crossing(svg: &mut Svg, fig: &Recurrent, now: &Step, at: &Places) {
    if now.act != Act::Load {
        return;
    }
    let (x, w) = at.tokens(now.hand.start, now.hand.end, fig.inputs.n());
    let from = (x, at.banks[0], w, 2.0 * at.bank_h);
    marks::moving_frame(svg, "passing", from, (x, at.fast.0 + 4.0, w, 2.0 * at.bank_h));
}

/// Multiply-adds against the two ends of the dial, and how far the answers lie apart.
fn counters(svg: &mut Svg, fig: &Recurrent, step: usize, at: &Places, lang: Lang) {
    let (x, top, _) = at.counters;
    let work = [step.saturating_sub(1), step].map(|step| fig.run.trace.at(step).work);
    let digits = fig.digits();
    let size = (at.counters.2 / (15.0 * digits as f64)).min(at.u);
    let n = fig.inputs.n().to_string();
    let list = [
        (["C = ", &fig.inputs.chunk.to_string(), lang.pick(", so far", "，目前")].concat(), work, true),
        (lang.pick("C = 1, recurrence", "C = 1，递推").to_string(), [fig.rivals.0; 2], false),
        (["C = ", &n, lang.pick(", one table", "，整张表")].concat(), [fig.rivals.1; 2], false),
    ];
    svg.text("t1 b", Anchor::Start, x, at.side_head, lang.pick("multiply-adds", "乘加次数"));
    let each = at.sizes.1 * 1.25 + 20.0 * size + 6.0 * at.u;
    for (idx, (label, value, live)) in list.iter().enumerate() {
        let y = top + each * idx as f64;
        svg.text("t0 ink2", Anchor::Start, x, y + at.sizes.1 * 0.9, label);
        rolling(svg, x + 15.0 * size * digits as f64, y + at.sizes.1 * 1.25, size, digits, "", *value, *live);
    }
    let y = top + each * 3.0 + at.sizes.1;
    if let Some(far) = fig.apart {
        let other = if fig.recurrence() { &n } else { "1" };
        let differ = [lang.pick("differs from C = ", "与 C = "), other, lang.pick(" by", " 相差")].concat();
        svg.text("t0 ink2", Anchor::Start, x, y, &differ);
        svg.text("t2 b", Anchor::Start, x, y + at.sizes.0 * 1.25, &number::residual(far));
    }
}
