//! The home page: three promises, and the map of how the twelve ideas follow from each other.

use super::Build;
use super::shell::Shell;
use crate::content::Lang;
use crate::content::map::{self, Idea};
use crate::content::prose::html::escape;
use crate::content::prose::math::{self, Display};

/// The home page of a language.
pub fn home(build: &Build, lang: Lang) -> String {
    let title = lang.pick("Unrolled: efficient sequence models, step by step", "逐步展开：一步一步看懂高效序列模型");
    let description = lang.pick(
        "Twelve algorithms behind fast sequence models, run for real in your browser: every step visible, every number computed now, every frame linkable.",
        "高效序列模型背后的十二个算法，在你的浏览器里真实运行：每一步看得见，每个数刚刚算出，每一帧都有链接。",
    );
    let main = format!("<main id=\"page\" class=\"home\">\n{}\n{}\n</main>", intro(build, lang), idea_map(build, lang));
    Shell { build, lang, slug: "home", root: "../", title: title.to_owned(), description, main }.html()
}

fn intro(build: &Build, lang: Lang) -> String {
    let promises = lang.pick(
        [
            ("Nothing is scripted.", "Every number was computed a moment ago, and its distance from an f64 reference is shown."),
            ("It is the real thing.", "The same algorithm runs as a kernel on your GPU."),
            ("Every frame has an address.", "Same link, same frame, bit for bit."),
        ],
        [
            ("没有一个数是事先写好的。", "每个数都刚刚算出来，离 f64 参考值多远也写在旁边。"),
            ("跑的就是它本身。", "同一个算法还作为 kernel 在你的 GPU 上运行。"),
            ("每一帧都有地址。", "同一个链接，同一帧，一位不差。"),
        ],
    );
    let promises: String = promises.iter().map(|(what, why)| format!("<li><b>{what}</b> {why}</li>")).collect();
    let start = match build.chapters.first().and_then(|chapter| map::MAP.iter().find(|idea| idea.slug == chapter.slug)) {
        Some(idea) => format!(
            "<a class=\"resume\" data-action=\"resume\" href=\"{}/\"><b>{}</b> <span>{}</span></a>\n",
            idea.slug,
            lang.pick(format!("Start with {}", idea.name.0), format!("从 {} 开始", idea.name.1)),
            lang.pick(idea.line.0, idea.line.1)
        ),
        None => String::new(),
    };
    format!(
        "<div class=\"intro\"><h1>{}</h1>\n<p>{}</p>\n{start}<ul class=\"promises\">{promises}</ul></div>",
        lang.pick("See the whole computation, one step at a time", "把整个计算摊开，<wbr>一步一步看"),
        lang.pick(
            "Twelve algorithms behind fast sequence models, running in this page on real data. Stop anywhere, go back, break them.",
            "高效序列模型背后的十二个算法，用真实数据，就在这些网页里运行。随处可停，可以倒退，也可以弄坏它。"
        )
    )
}

fn idea_map(build: &Build, lang: Lang) -> String {
    let formula = |tex: &str| math::to_mathml(tex, Display::Inline).unwrap_or_default();
    let ideas = format!(
        "<div class=\"idea c1 r1\"><b>{}</b><span>{}</span></div><div class=\"idea c2 r1\"><b>{}</b><span>{}</span></div>",
        lang.pick("Softmax attention", "Softmax 注意力"),
        formula(r"\operatorname{softmax}(\q{Q}\k{K}^{\top})\,\v{V}"),
        lang.pick("Online softmax", "在线 Softmax"),
        formula(r"\ell \leftarrow \alpha \ell + e^{x-m}"),
    );
    let exercises: String = [11, 12].into_iter().flat_map(map::children).map(|idea| node(build, lang, idea, "")).collect();
    format!(
        "<section class=\"map\" aria-labelledby=\"map-title\"><h2 id=\"map-title\" class=\"vh\">{}</h2>\n{ideas}\n{WIRES}\n\
         <ul class=\"tree\">{}</ul>\n<p class=\"group\" id=\"exercises\">{}</p>\n<ul class=\"tree last\" aria-labelledby=\"exercises\">{exercises}</ul></section>",
        lang.pick("How the ideas follow from each other", "这些想法怎样一个引出一个"),
        branch(build, lang, 0),
        lang.pick("two exercises: watch, predict, then write them", "两道练习：先看，先猜，再自己写"),
    )
}

/// The chapters that follow from one, each with those that follow from it.
fn branch(build: &Build, lang: Lang, parent: usize) -> String {
    map::children(parent)
        .map(|idea| {
            let inner = branch(build, lang, idea.number);
            let inner = if inner.is_empty() { inner } else { format!("<ul>{inner}</ul>") };
            node(build, lang, idea, &inner)
        })
        .collect()
}

fn node(build: &Build, lang: Lang, idea: &Idea, inner: &str) -> String {
    let (column, row) = idea.place;
    let via = lang.pick(idea.via.0, idea.via.1);
    let via = if via.is_empty() { String::new() } else { format!("<span class=\"via\">{via}</span> ") };
    let name = format!("<b><i>{}</i> {}</b>", idea.number, escape(idea.name(lang)));
    let line = lang.pick(idea.line.0, idea.line.1);
    let ready = build.has(idea.slug);
    let soon = if ready { String::new() } else { format!(" <span class=\"soon\">{}</span>", lang.pick("coming", "即将上线")) };
    let body = format!("{via}{name} <span class=\"ln\">{line}{soon}</span>{}", idea.thumb.trim());
    let place = format!("node c{column} r{row}");
    if ready {
        format!("<li><a class=\"{place} ready\" href=\"{}/\">{body}</a>{inner}</li>", idea.slug)
    } else {
        format!("<li><div class=\"{place} to-come\">{body}</div>{inner}</li>")
    }
}

/// The lines of the wide map; the narrow one draws its tree with borders.
const WIRES: &str = "<div class=\"wires\" aria-hidden=\"true\"><i class=\"trunk\"></i><i class=\"to6\"></i><i class=\"to2\"></i>\
    <i class=\"to-online\"></i><i class=\"to1\"></i><i class=\"to9\"></i><i class=\"to10\"></i><i class=\"to5\"></i>\
    <i class=\"to7\"></i><i class=\"bus\"></i><i class=\"to8\"></i><i class=\"to3\"></i><i class=\"to4\"></i></div>";
