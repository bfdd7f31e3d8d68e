//! One sentence per step: what happens, then why, with the run's own numbers.

use super::figure::Tiles;
use super::inputs::Order;
use super::run::{Act, Step};
use crate::content::{Lang, Rich, Role, number};

/// The facts of the row in focus that a caption may speak of.
struct Facts<'a> {
    fig: &'a Tiles,
    now: &'a Step,
    row: usize,
    at: usize,
    lang: Lang,
}

/// The caption of a step for the row in focus.
pub fn caption(fig: &Tiles, step: usize, row: usize, lang: Lang) -> Rich {
    let now = fig.run.trace.at(step);
    match now.act {
        Act::LoadQ => load_q(fig, now, lang),
        Act::LoadKv => load_kv(fig, now, lang),
        Act::LoadState => load_state(now, lang),
        Act::Skip => skip(now, lang),
        Act::Store => store(fig, now, row, lang),
        act => {
            let row = if now.rows.contains(&row) { row } else { now.rows.start };
            let facts = Facts { fig, now, row, at: row - now.rows.start, lang };
            if facts.now.m_new.as_ref().is_some_and(|m| m[facts.at] == f32::NEG_INFINITY) {
                return facts.sees_nothing();
            }
            match act {
                Act::Scores => facts.scores(),
                Act::Max => facts.maximum(),
                Act::Factor => facts.factor(),
                Act::Probs => facts.weights(),
                Act::Sum => facts.sum(),
                _ => facts.output(),
            }
        }
    }
}

fn quote(name: &str) -> String {
    format!("“{name}”")
}

fn span(names: &[String], lang: Lang) -> String {
    match names {
        [] => String::new(),
        [only] => quote(only),
        [first, .., last] => lang.pick(format!("{} to {}", quote(first), quote(last)), format!("{} 到 {}", quote(first), quote(last))),
    }
}

fn tile(n: Option<usize>) -> usize {
    n.map_or(1, |n| n + 1)
}

fn count(n: usize) -> String {
    number::whole(n as u64)
}

fn load_q(fig: &Tiles, now: &Step, lang: Lang) -> Rich {
    let (names, n) = (span(&fig.inputs.query_names[now.rows.clone()], lang), tile(now.i));
    let moved = count(now.rows.len() * fig.inputs.x.d());
    match lang {
        Lang::En => Rich::plain("Query tile ").t(format!("{n}, ")).with(Role::Query, names).t(", comes in and ").with(Role::Now, "stays").t(format!(": {moved} numbers, read once.")),
        Lang::Zh => Rich::plain(format!("第 {n} 块 query（")).with(Role::Query, names).t("）载入，之后一直").with(Role::Now, "留在片上").t(format!("：{moved} 个数，只读一次。")),
    }
}

fn load_kv(fig: &Tiles, now: &Step, lang: Lang) -> Rich {
    let (names, n) = (span(&fig.inputs.key_names[now.cols.clone()], lang), tile(now.j));
    let moved = count(now.cols.len() * (fig.inputs.x.d() + fig.inputs.x.dv()));
    let again = fig.inputs.order == Order::Fa2 && now.i.is_some_and(|i| i > 0);
    match lang {
        Lang::En => Rich::plain("Keys and values of tile ")
            .t(format!("{n}, "))
            .with(Role::Key, names)
            .t(", come in: ")
            .with(Role::Now, format!("{moved} numbers"))
            .t(if again { ", read again for this query tile." } else { " through the gate." }),
        Lang::Zh => Rich::plain(format!("第 {n} 块 key 和 value（"))
            .with(Role::Key, names)
            .t("）载入：")
            .with(Role::Now, format!("{moved} 个数"))
            .t(if again { "，为这块 query 又读了一遍。" } else { "穿过窄门。" }),
    }
}

fn load_state(now: &Step, lang: Lang) -> Rich {
    let n = tile(now.i);
    match lang {
        Lang::En => Rich::plain(format!("Query tile {n} comes back, and with it its ")).with(Role::Now, "m, ℓ and output").t(": this loop order left them in HBM."),
        Lang::Zh => Rich::plain(format!("第 {n} 块 query 又载入一次，连同它的 ")).with(Role::Now, "m、ℓ 和输出").t("：这种循环次序把它们留在了显存里。"),
    }
}

fn skip(now: &Step, lang: Lang) -> Rich {
    let (i, j) = (tile(now.i), tile(now.j));
    match lang {
        Lang::En => Rich::default().with(Role::Now, "Skipped").t(format!(": every key of tile {j} lies in the future of every query of tile {i}.")),
        Lang::Zh => Rich::default().with(Role::Now, "跳过").t(format!("：第 {j} 块的每个 key 都在第 {i} 块每个 query 的未来。")),
    }
}

fn store(fig: &Tiles, now: &Step, row: usize, lang: Lang) -> Rich {
    let (names, n) = (span(&fig.inputs.query_names[now.rows.clone()], lang), tile(now.i));
    let dead = now.rows.contains(&row) && !fig.run.exact.row_live[row];
    if dead {
        let name = quote(&fig.inputs.query_names[row]);
        return match lang {
            Lang::En => Rich::default().with(Role::Query, name).t(" was allowed no key at all: its output is ").with(Role::Now, "0").t(", not 0/0, and L is −∞."),
            Lang::Zh => Rich::default().with(Role::Query, name).t(" 一个 key 也不许看：输出定为 ").with(Role::Now, "0").t("，而不是 0/0；L 是 −∞。"),
        };
    }
    match (fig.inputs.order, lang) {
        (Order::Fa2, Lang::En) => Rich::plain("Rows ").with(Role::Query, names).t(" are divided by ℓ, ").with(Role::Now, "once").t(", and leave: O and L = m + ln ℓ."),
        (Order::Fa2, Lang::Zh) => Rich::default().with(Role::Query, names).t(" 各行除以 ℓ，").with(Role::Now, "只除这一次").t("，然后写回：O 和 L = m + ln ℓ。"),
        (Order::Fa1, Lang::En) => Rich::plain(format!("m, ℓ and the output of query tile {n} ")).with(Role::Now, "go back to HBM").t("; the next key tile will fetch them again."),
        (Order::Fa1, Lang::Zh) => Rich::plain(format!("第 {n} 块 query 的 m、ℓ 和输出")).with(Role::Now, "写回显存").t("；下一块 key 来时还要再取。"),
    }
}

impl Facts<'_> {
    fn name(&self) -> String {
        quote(&self.fig.inputs.query_names[self.row])
    }

    fn old(&self) -> f64 {
        f64::from(self.now.m_old[self.at])
    }

    fn new(&self) -> f64 {
        self.now.m_new.as_ref().map_or(self.old(), |m| f64::from(m[self.at]))
    }

    fn first(&self) -> bool {
        self.old() == f64::NEG_INFINITY
    }

    fn moved(&self) -> bool {
        !self.first() && self.new() > self.old()
    }

    fn true_factor(&self) -> f64 {
        (self.old() - self.new()).exp()
    }

    /// The key with the highest score of this row in this tile, and the score.
    fn best(&self) -> Option<(String, f64)> {
        let s = self.now.s.as_ref()?;
        let (idx, score) = s.row(self.at).iter().copied().enumerate().filter(|(_, s)| s.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((quote(&self.fig.inputs.key_names[self.now.cols.start + idx]), f64::from(score)))
    }

    fn tile(&self) -> usize {
        tile(self.now.j)
    }

    fn sees_nothing(&self) -> Rich {
        match self.lang {
            Lang::En => Rich::default().with(Role::Query, self.name()).t(" may not look at any key of this tile: nothing is added, and its maximum is still ").with(Role::Now, "empty").t("."),
            Lang::Zh => Rich::default().with(Role::Query, self.name()).t(" 不许看这块里的任何 key：什么也不加，它的最大值").with(Role::Now, "仍是空的").t("。"),
        }
    }

    fn scores(&self) -> Rich {
        let n = self.now.cols.len();
        let Some((key, score)) = self.best() else { return self.sees_nothing() };
        let score = number::cell(score);
        match self.lang {
            Lang::En => Rich::default().with(Role::Query, self.name()).t(format!(" meets {n} keys; its best match in this tile is ")).with(Role::Key, key).t(" with ").with(Role::Now, score).t("."),
            Lang::Zh => Rich::default().with(Role::Query, self.name()).t(format!(" 与 {n} 个 key 逐一比对；这一块里最合的是 ")).with(Role::Key, key).t("，得 ").with(Role::Now, score).t("。"),
        }
    }

    fn maximum(&self) -> Rich {
        let (old, new, j) = (number::cell(self.old()), number::cell(self.new()), self.tile());
        let key = self.best().map_or(String::new(), |best| best.0);
        match (self.lang, self.first(), self.moved()) {
            (Lang::En, true, _) => Rich::plain("The first maximum of ").with(Role::Query, self.name()).t(" is ").with(Role::Now, new).t(", from ").with(Role::Key, key).t("."),
            (Lang::Zh, true, _) => Rich::default().with(Role::Query, self.name()).t(" 的第一个最大值是 ").with(Role::Now, new).t("，来自 ").with(Role::Key, key).t("。"),
            (Lang::En, _, true) => Rich::default().with(Role::Key, key).t(" raises the maximum of ").with(Role::Query, self.name()).t(format!(" from {old} to ")).with(Role::Now, new).t("."),
            (Lang::Zh, _, true) => Rich::default().with(Role::Key, key).t(" 把 ").with(Role::Query, self.name()).t(format!(" 的最大值从 {old} 抬到 ")).with(Role::Now, new).t("。"),
            (Lang::En, ..) => Rich::plain(format!("Tile {j} has nothing above ")).with(Role::Now, old).t(" for ").with(Role::Query, self.name()).t("; the maximum stays."),
            (Lang::Zh, ..) => Rich::plain(format!("第 {j} 块里没有比 ")).with(Role::Now, old).t(" 更大的分数，").with(Role::Query, self.name()).t(" 的最大值不动。"),
        }
    }

    fn factor(&self) -> Rich {
        let (old, new, j) = (number::cell(self.old()), number::cell(self.new()), self.tile());
        let factor = number::factor(self.true_factor());
        if self.first() {
            return match self.lang {
                Lang::En => Rich::default().with(Role::Query, self.name()).t(" has no past yet, so there is ").with(Role::Now, "nothing to shrink").t("."),
                Lang::Zh => Rich::default().with(Role::Query, self.name()).t(" 还没有过去，").with(Role::Now, "没有什么要缩").t("。"),
            };
        }
        match (self.lang, self.moved(), self.fig.broken()) {
            (Lang::En, true, false) => Rich::plain(format!("Tile {j} raised the maximum of "))
                .with(Role::Query, self.name())
                .t(format!(" from {old} to {new}, so its sum and "))
                .with(Role::Output, "output")
                .t(" shrink by ")
                .with(Role::Now, factor)
                .t("."),
            (Lang::Zh, true, false) => Rich::plain(format!("第 {j} 块把 "))
                .with(Role::Query, self.name())
                .t(format!(" 的最大值从 {old} 抬到 {new}，所以它旧的和与"))
                .with(Role::Output, "输出")
                .t("都乘以 ")
                .with(Role::Now, factor)
                .t("。"),
            (Lang::En, true, true) => Rich::plain("The ruler of ").with(Role::Query, self.name()).t(format!(" moved from {old} to {new}, but its past keeps ")).with(Role::Warn, "factor 1").t(format!(" instead of {factor}.")),
            (Lang::Zh, true, true) => Rich::default().with(Role::Query, self.name()).t(format!(" 的尺子从 {old} 换成了 {new}，过去却仍按")).with(Role::Warn, "因子 1").t(format!("算，本该是 {factor}。")),
            (Lang::En, false, _) => Rich::plain(format!("Nothing in tile {j} beats {old}, so the factor of ")).with(Role::Query, self.name()).t(" is ").with(Role::Now, "1").t(" and its past keeps its size."),
            (Lang::Zh, false, _) => Rich::plain(format!("第 {j} 块没有超过 {old} 的分数，")).with(Role::Query, self.name()).t(" 的因子是 ").with(Role::Now, "1").t("，过去的一切原样保留。"),
        }
    }

    fn weights(&self) -> Rich {
        let new = number::cell(self.new());
        let (key, score) = self.best().unwrap_or((String::new(), f64::NAN));
        let weight = number::cell((score - self.new()).exp());
        match self.lang {
            Lang::En => Rich::plain(format!("Every score is measured against {new}: ")).with(Role::Key, key).t(" counts e to the (S − m) = ").with(Role::Now, weight).t("."),
            Lang::Zh => Rich::plain(format!("每个分数都用 {new} 这把尺子量：")).with(Role::Key, key).t(" 记作 e 的 (S − m) 次方，即 ").with(Role::Now, weight).t("。"),
        }
    }

    fn sum(&self) -> Rich {
        let old = f64::from(self.now.l_old[self.at]);
        let new = self.now.l_new.as_ref().map_or(old, |l| f64::from(l[self.at]));
        let alpha = self.now.alpha.as_ref().map_or(1.0, |alpha| f64::from(alpha[self.at]));
        let added = self.now.p.as_ref().map_or(0.0, |p| f64::from(p.row(self.at).sum()));
        let (added, new) = (number::cell(added), number::cell(new));
        let kept = format!("{} × {}", number::factor(alpha), number::cell(old));
        match (self.lang, self.first()) {
            (Lang::En, true) => Rich::plain("The sum of ").with(Role::Query, self.name()).t(" begins with this tile's weights: ℓ = ").with(Role::Now, new).t("."),
            (Lang::Zh, true) => Rich::default().with(Role::Query, self.name()).t(" 的和从这一块的权重开始：ℓ = ").with(Role::Now, new).t("。"),
            (Lang::En, false) => Rich::plain("The sum of ").with(Role::Query, self.name()).t(format!(" is now {kept} + {added} = ")).with(Role::Now, new).t("."),
            (Lang::Zh, false) => Rich::default().with(Role::Query, self.name()).t(format!(" 的和变成 {kept} + {added} = ")).with(Role::Now, new).t("。"),
        }
    }

    fn output(&self) -> Rich {
        let error = self.fig.run.trace.at(self.fig.run.last()).residual.unwrap_or(0.0);
        let kept = number::percent(self.true_factor());
        if self.first() {
            return match self.lang {
                Lang::En => Rich::plain("The ").with(Role::Output, "output").t(" of ").with(Role::Query, self.name()).t(" begins: ").with(Role::Now, "P·V").t(" of this tile, not yet divided by ℓ."),
                Lang::Zh => Rich::default().with(Role::Query, self.name()).t(" 的").with(Role::Output, "输出").t("从这一块的 ").with(Role::Now, "P·V").t(" 开始，还没有除以 ℓ。"),
            };
        }
        match (self.lang, self.moved(), self.fig.broken()) {
            (Lang::En, true, false) => Rich::plain("The old ").with(Role::Output, "output").t(" of ").with(Role::Query, self.name()).t(" is kept at ").with(Role::Now, kept).t("; then this tile's P·V is added."),
            (Lang::Zh, true, false) => Rich::default().with(Role::Query, self.name()).t(" 旧的").with(Role::Output, "输出").t("只留下 ").with(Role::Now, kept).t("，再加上这一块的 P·V。"),
            (Lang::En, true, true) => {
                let wrong = self.now.residual.unwrap_or(error);
                Rich::plain("The old ").with(Role::Output, "output").t(" of ").with(Role::Query, self.name()).t(" was not rescaled: the worst row is now wrong by ").with(Role::Warn, number::residual(wrong)).t(".")
            }
            (Lang::Zh, true, true) => {
                let wrong = self.now.residual.unwrap_or(error);
                Rich::default().with(Role::Query, self.name()).t(" 旧的").with(Role::Output, "输出").t("没有重新缩放：误差最大的一行现在差了 ").with(Role::Warn, number::residual(wrong)).t("。")
            }
            (Lang::En, false, _) => Rich::plain("P·V of this tile is added to the ").with(Role::Output, "output").t(" of ").with(Role::Query, self.name()).t("; what it held stays ").with(Role::Now, "as it was").t("."),
            (Lang::Zh, false, _) => Rich::plain("这一块的 P·V 加到 ").with(Role::Query, self.name()).t(" 的").with(Role::Output, "输出").t("上，原有的").with(Role::Now, "一分不动").t("。"),
        }
    }
}
