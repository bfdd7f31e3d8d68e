//! The prose pipeline: what it writes, what it refuses, and that both languages of every chapter agree.
//!
//! Located in `src/content`; run with
//! `cargo nextest run --no-default-features --features prerender --test content`.
#![cfg(feature = "prerender")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests panics as its tests do")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use unrolled::chapters::CHAPTERS;
use unrolled::content::map::MAP;
use unrolled::content::pages::{self, Build};
use unrolled::content::prose::math::{self, Display};
use unrolled::content::prose::{Fault, Listings, Prose, Source, build, html, listing, parity};
use unrolled::content::site::{ChapterPage, FigureSlot};
use unrolled::content::{Lang, citations, glossary};

const LISTING: &str = include_str!("fixtures/listing.txt");
const EN: &str = include_str!("fixtures/prose.en.md");
const ZH: &str = include_str!("fixtures/prose.zh.md");
const COVERED: &str = include_str!("../static/fonts/latinmodern-math.txt");
const CSS: &str = include_str!("../static/page.css");

fn listings() -> Listings {
    Listings::from_files([("fixtures/listing.txt", LISTING)]).unwrap()
}

fn chapter() -> ChapterPage {
    let slot = |id, number, main, names: &[&'static str]| FigureSlot { id, number, main, listings: names.to_vec() };
    let figures =
        vec![slot("online-softmax", 1, false, &["online_softmax"]), slot("tiles", 2, true, &["flash_attention_2", "flash_attention_1"])];
    ChapterPage { slug: "flash-attention", number: 1, figures }
}

fn try_build(text: &str, lang: Lang) -> Result<Prose, Vec<Fault>> {
    let file = format!("prose.{}.md", lang.code());
    build(&Source { file: &file, text, lang, chapter: &chapter(), listings: &listings() })
}

#[track_caller]
fn built(text: &str, lang: Lang) -> Prose {
    try_build(text, lang).unwrap_or_else(|faults| panic!("{}", lines(&faults)))
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

/// The fixture's front matter (lines 1 to 7) and a body that begins at line 8.
fn page(body: &str) -> String {
    format!("---\ntitle: T\nshort: S\nlead: L\ndescription: D\nminutes: 5\n---\n{body}")
}

#[track_caller]
fn refuses(body: &str, line: usize, why: &str) {
    let faults = try_build(&page(body), Lang::En).expect_err("a fault was expected");
    let wanted = format!("prose.en.md:{line}: ");
    let found = faults.iter().any(|fault| fault.to_string().starts_with(&wanted) && fault.what.contains(why));
    assert!(found, "wanted `{wanted}…{why}…`, found:\n{}", lines(&faults));
}

#[track_caller]
fn writes(body: &str, lang: Lang, piece: &str) {
    let html = built(&page(body), lang).html;
    assert!(html.contains(piece), "wanted `{piece}` in:\n{html}");
}

fn all_pages() -> Vec<(String, String)> {
    let build = Build { js: "unrolled-1.js".into(), wasm: "unrolled-1_bg.wasm".into(), site_url: None, chapters: vec![chapter()] };
    let mut pages = vec![("index.html".into(), pages::root(&build)), ("404.html".into(), pages::not_found(&build))];
    for (lang, text) in [(Lang::En, EN), (Lang::Zh, ZH)] {
        pages.push((format!("{}/index.html", lang.code()), pages::home(&build, lang)));
        let page = pages::chapter(&build, lang, "flash-attention", &built(text, lang));
        pages.push((format!("{}/flash-attention/index.html", lang.code()), page));
    }
    pages
}

/// The values of an attribute in a page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_failure_names_file_and_line() {
    refuses("\nSee $\\frac{1$.", 9, "the formula does not close");
    refuses("\nSee $\\frac{1}$.", 9, "bad formula");
    refuses("\nA line.\nThen $\\nosuch$.", 10, "bad formula");
    refuses("$$ \\q Q $$", 8, "wants braces");
    refuses("::figure nothing", 8, "unknown figure `nothing`");
    refuses("{seek nothing here} Text.", 8, "no figure `nothing`");
    refuses("{seek tiles} Text.", 8, "a figure and an anchor");
    refuses("::listing nothing", 8, "unknown listing `nothing`");
    refuses("::video x", 8, "unknown embed");
    refuses("\nAs said [@nobody1999].", 9, "no source has the key `nobody1999`");
    refuses("One.\nThe [[gobbledygook]].", 9, "no term `gobbledygook`");
    refuses("By [eq:none].", 8, "no formula is named `eq:none`");
    refuses("\n:::spread\nText.\n::figure tiles", 9, "not closed");
    refuses(":::spread\n:::", 8, "exactly one `::figure`");
    refuses(":::", 8, "closes nothing");
    refuses("A <b>bold</b> word.", 8, "HTML is not allowed");
    refuses("<div>x</div>", 8, "HTML is not allowed");
    refuses("# Title", 8, "headings are");
    refuses("## No id", 8, "wants an id");
    refuses("## A {#a}\n\n## B {#a}", 10, "two sections");
    refuses("## A {#tiles}", 8, "the id of the figure `tiles`");
    refuses("$$ a $$ {#eq:a}\n\n$$ b $$ {#eq:a}", 10, "two formulas");
    refuses("$$ a", 8, "not closed");
    refuses("[x]{.z}", 8, "unknown role `.z`");
    refuses("An *open emphasis.", 8, "does not close");
    refuses("[x](?fig=nothing&step=3)", 8, "unknown figure `nothing`");
    refuses("[x](http://example.org)", 8, "neither relative nor https");
}

#[test]
fn front_matter_is_checked() {
    let unknown = page("Text.").replace("short: S", "shrt: S");
    let faults = lines(&try_build(&unknown, Lang::En).unwrap_err());
    assert!(faults.contains("prose.en.md:3: unknown front matter key `shrt`"), "{faults}");
    assert!(faults.contains("lacks `short`"), "{faults}");
    let open = lines(&try_build("---\ntitle: T\n", Lang::En).unwrap_err());
    assert!(open.contains("prose.en.md:1: the front matter is not closed"), "{open}");
    let minutes = lines(&try_build(&page("").replace("minutes: 5", "minutes: five"), Lang::En).unwrap_err());
    assert!(minutes.contains("prose.en.md:6: minutes must be a whole number"), "{minutes}");
}

#[test]
fn listings_are_checked() {
    let fault = |text: &str| lines(&Listings::from_files([("a.rs", text)]).unwrap_err());
    assert!(fault("// listing: a\nx; // @t\ny; // @t\n// end listing").contains("a.rs:3: tag `@t` is used twice"));
    assert!(fault("\n// listing: a\nx;").contains("a.rs:2: listing `a` is not closed"));
    assert!(fault("// end listing").contains("a.rs:1: `// end listing` closes nothing"));
    let twice = "// listing: a\nx;\n// end listing\n";
    let both = lines(&Listings::from_files([("a.rs", twice), ("b.rs", twice)]).unwrap_err());
    assert!(both.contains("b.rs:1: listing `a` exists twice"), "{both}");
}

#[test]
fn listings_lose_indent_tags_and_observer_calls() {
    let all = listings();
    let listing = all.get("flash_attention_2").unwrap();
    assert_eq!(listing.lines[0].code, "for (i, q) in q_tiles(br) {");
    assert_eq!(listing.lines[0].tag.as_deref(), Some("load_q"));
    assert!(listing.lines.iter().all(|line| !line.code.contains("observer") && !line.code.contains("// @")));
    let html = listing.html("flash_attention_2", "code");
    assert!(html.contains("<span class=\"ln\" data-tag=\"load_q\"><span class=\"kw\">for</span> (i, q)"), "{html}");
    assert_eq!(listing::highlight("0..n // <x>"), "<span class=\"n\">0</span>..n <span class=\"c\">// &lt;x&gt;</span>");
    assert_eq!(
        listing::highlight("&'a \"s\\\"\" 'c'"),
        "&amp;'a <span class=\"s\">&quot;s\\&quot;&quot;</span> <span class=\"s\">'c'</span>"
    );
}

#[test]
fn marks_become_html() {
    writes("[“it”]{.q} and [CLS]", Lang::En, "<b class=\"q\">“it”</b> and [CLS]");
    writes("See [@dao2023, Alg. 1].", Lang::En, "<a class=\"cite\" href=\"#ref-dao2023\">Dao\u{a0}2023, Alg.\u{a0}1</a>");
    writes("见[@dao2023, 算法 1]。", Lang::Zh, ">Dao\u{a0}2023，算法\u{a0}1</a>");
    writes("词“it”与“它”", Lang::Zh, "词<span class=\"latin\">“it”</span>与“它”");
    writes("$$ a $$ {#eq:a}\n\nBy [eq:a].", Lang::En, "<a class=\"eqref\" href=\"#eq-a\">(1)</a>");
    writes("$$ a $$ {#eq:a}", Lang::Zh, "<span class=\"no\">（1）</span>");
    writes("{seek tiles first} Go.", Lang::En, "<p class=\"para\" data-seek=\"tiles:first\">Go.</p>");
    writes("## Two words {#two}", Lang::En, "<h2 id=\"two\"><span class=\"n\">1.1</span> <span>Two words</span></h2>");
    writes("268 MB at 41.7 ms, not a MB", Lang::En, "268\u{a0}MB at 41.7\u{a0}ms, not a MB");
    writes("94 % of `a*b`", Lang::En, "94\u{a0}% of <code>a*b</code>");
    writes("::note Mind *this*.", Lang::En, "<div class=\"note\" role=\"note\"><p>Mind <em>this</em>.</p></div>");
    writes("$$ a $$\nand so on", Lang::En, "<p class=\"cont\">and so on</p>");
    writes(
        "The [[HBM|memory]].",
        Lang::En,
        "aria-controls=\"gloss-1\">memory</button>.</span></p><div class=\"gloss-note\" id=\"gloss-1\" hidden>",
    );
    // A comma never begins a line: it is bound to the box before it.
    writes("即 $m$，也", Lang::Zh, "</math>，</span>也");
    writes("即 $m$ 也", Lang::Zh, "</math> 也");
    writes("::figure tiles", Lang::En, "data-number=\"2\" data-step=\"0\" data-last-step=\"0\" data-figure data-main>");
}

#[test]
fn chinese_lines_join_without_spaces() {
    assert_eq!(html::join_lines("其实不必。\n只要记住"), "其实不必。只要记住");
    assert_eq!(html::join_lines("这个\n词"), "这个词");
    assert_eq!(html::join_lines("It does not.\nKeep"), "It does not. Keep");
    assert_eq!(html::join_lines("the <b>end</b>\n<em>of</em>"), "the <b>end</b> <em>of</em>");
    assert_eq!(html::join_lines("读一个 token\n再读"), "读一个 token 再读");
}

#[test]
fn punctuation_stays_with_its_formula() {
    let formula = "<math><mi>n</mi></math>";
    assert_eq!(html::keep_together(&format!("a {formula} b")), format!("a {formula} b"));
    assert_eq!(html::keep_together(&format!("a ({formula}), b")), format!("a <span class=\"nb\">({formula}),</span> b"));
    assert_eq!(html::keep_together(&format!("the {formula}-th")), format!("the <span class=\"nb\">{formula}-th</span>"));
    assert_eq!(html::keep_together(&format!("是 {formula}。再")), format!("是 <span class=\"nb\">{formula}。</span>再"));
}

#[test]
fn roles_in_formulas_are_classes() {
    let mathml = math::to_mathml(r"\q{Q}\k{K}^\top + e^{\m{m_{j}}}\!", Display::Inline).unwrap();
    for piece in ["<mrow class=\"q\"><mi>Q</mi></mrow>", "<mrow class=\"k\">", "<mrow class=\"m\">"] {
        assert!(mathml.contains(piece), "{mathml}");
    }
    assert!(!mathml.contains("style="), "{mathml}");
    assert!(math::to_mathml(r"\textcolor{red}{x}", Display::Inline).is_err(), "a colour that is no role must be refused");
}

#[test]
fn every_math_class_has_a_rule() {
    let tex = r"\begin{aligned} a &= \begin{cases} x & y \\ z & w \end{cases} \\ b &= \begin{array}{l|r} 1 & 2 \\ \hline 3 & 4 \end{array} \end{aligned} \! \underbrace{x}_{y} \begin{pmatrix} 1 \end{pmatrix} \sqrt{x^2} \cfrac{1}{2}";
    let mathml = math::to_mathml(tex, Display::Block).unwrap();
    for class in values(&mathml, "class").into_iter().flat_map(str::split_whitespace).collect::<BTreeSet<_>>() {
        assert!(CSS.contains(&format!(".{class}")), "page.css has no rule for .{class}");
    }
}

#[test]
fn the_fixture_is_at_parity_and_parity_can_fail() {
    let en = built(EN, Lang::En).outline;
    let differences = |text: &str| parity(&en, &built(text, Lang::Zh).outline);
    assert_eq!(differences(ZH), Vec::<String>::new());
    for (from, to, why) in [
        ("{#cost}", "{#costs}", "prose.en.md:43 and prose.zh.md:43: section 2 is `cost` here and `costs` there"),
        ("$\\alpha$", "$\\beta$", "inline formula `\\alpha` is not in prose.zh.md"),
        ("\\o{o_n}/", "\\o{o_m}/", "displayed formula 2"),
        ("{seek tiles rescale}", "{seek tiles first}", "seek 2 is `tiles:rescale` here"),
        ("::figure tiles", "::figure online-softmax", "embed 1"),
        ("[@dao2022, 定理 2]", "", "source `dao2022` is not in prose.zh.md"),
    ] {
        assert!(ZH.contains(from), "the fixture has no `{from}`");
        let found = differences(&ZH.replacen(from, to, 1));
        assert!(found.iter().any(|line| line.contains(why)), "wanted `{why}` in {found:#?}");
    }
}

#[test]
fn pages_have_no_inline_style_or_script() {
    for (path, html) in all_pages() {
        assert!(!html.contains(" style=") && !html.contains("<style"), "{path} has inline style");
        for script in html.split("<script").skip(1) {
            assert!(script.contains("src=\"") && script.contains("></script>"), "{path}: inline script: {}", &script[..80]);
        }
        assert!(!html.contains(" onclick=") && !html.contains("<base"), "{path}");
        assert!(html.contains("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"), "{path} has no policy");
        assert_eq!(html.matches("<h1").count(), 1, "{path} wants one h1");
        assert_eq!(html.matches("<main id=\"page\"").count(), 1, "{path} wants one main");
    }
}

#[test]
fn links_are_relative_and_lead_to_pages() {
    let pages = all_pages();
    let files: BTreeSet<&str> = pages.iter().map(|(path, _)| path.as_str()).collect();
    for (path, html) in &pages {
        for link in values(html, "href").into_iter().chain(values(html, "src")) {
            if let Some(id) = link.strip_prefix('#') {
                let id = format!("id=\"{id}\"");
                assert!(html.contains(&id), "{path}: `{link}` leads nowhere");
            } else if path == "404.html" {
                assert!(link.starts_with('/'), "{path}: `{link}`");
            } else if !link.starts_with("https://") && !link.starts_with('?') {
                assert!(!link.starts_with('/') && !link.contains(':'), "{path}: `{link}` is not relative");
                let target = Path::new(path).parent().unwrap().join(link);
                let target = target.components().fold(Vec::new(), |mut parts, part| {
                    match part {
                        std::path::Component::ParentDir => drop(parts.pop().expect("the link leaves the site")),
                        std::path::Component::Normal(part) => parts.push(part.to_str().unwrap()),
                        _ => {}
                    }
                    parts
                });
                let target = if link.ends_with('/') { format!("{}/index.html", target.join("/")) } else { target.join("/") };
                assert!(!link.ends_with('/') || files.contains(target.trim_start_matches('/')), "{path}: no page for `{link}`");
            }
        }
    }
}

#[test]
fn a_known_address_gives_absolute_links() {
    let site_url = Some("https://example.org/unrolled".to_owned());
    let build = Build { js: "a.js".into(), wasm: "a.wasm".into(), site_url, chapters: vec![chapter()] };
    let page = pages::chapter(&build, Lang::Zh, "flash-attention", &built(ZH, Lang::Zh));
    assert!(page.contains("<link rel=\"canonical\" href=\"https://example.org/unrolled/zh/flash-attention/\">"));
    assert!(page.contains("hreflang=\"en\" href=\"https://example.org/unrolled/en/flash-attention/\""));
    assert!(pages::not_found(&build).contains("href=\"/unrolled/en/\""));
    assert_eq!(pages::boot_js("import('./APP_JS'); fetch('APP_WASM')", &build), "import('./a.js'); fetch('a.wasm')");
}

#[test]
fn the_home_page_tells_what_exists() {
    let build = Build { chapters: vec![chapter()], ..Build::default() };
    for lang in Lang::ALL {
        let html = pages::home(&build, lang);
        assert_eq!(html.matches("<svg class=\"th\"").count(), MAP.len());
        assert_eq!(html.matches("class=\"soon\"").count(), MAP.len() - 1);
        assert!(html.contains("<a class=\"node c3 r1 ready\" href=\"flash-attention/\">"));
        for idea in MAP {
            assert!(html.contains(idea.name(lang)), "{} is missing", idea.slug);
        }
    }
    assert!(MAP.iter().enumerate().all(|(idx, idea)| idea.number == idx + 1));
}

#[test]
fn glossary_and_sources_are_well_formed() {
    let terms = glossary::terms();
    assert!(terms.len() > 140, "only {} terms", terms.len());
    assert!(terms.iter().all(|term| !term.note_en.is_empty() && term.note_zh.ends_with(['。', '？'])));
    let rows = glossary::TEXT.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| English")).count();
    assert_eq!(rows, terms.len(), "a row has too few cells");
    assert_eq!(glossary::find("shared memory"), glossary::find("SRAM"));
    assert_eq!(glossary::find("分块").map(|term| term.en), Some("tiling"));
    let keys: Vec<&str> = citations::CITATIONS.iter().map(|citation| citation.key).collect();
    assert!(keys.is_sorted() && keys.iter().collect::<BTreeSet<_>>().len() == keys.len(), "{keys:?}");
}

/// The characters of `chars` that the math font lacks.
fn uncovered(chars: &BTreeSet<char>) -> Vec<char> {
    let covered: BTreeSet<char> = COVERED.lines().filter_map(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?)).collect();
    // Words inside formulas are set in the reader's own CJK face.
    chars.iter().copied().filter(|c| !covered.contains(c) && !html::is_cjk(*c)).collect()
}

#[test]
fn formulas_are_covered_by_the_font() {
    for (lang, text) in [(Lang::En, EN), (Lang::Zh, ZH)] {
        assert_eq!(uncovered(&built(text, lang).math_chars), [], "run scripts/subset-math-font with these signs");
    }
    for page in Lang::ALL.map(|lang| pages::home(&Build::default(), lang)) {
        assert_eq!(uncovered(&math::drawn_chars(page.split("class=\"tree\"").next().unwrap_or(""))), []);
    }
    let phi = math::drawn_chars(&math::to_mathml(r"\phi", Display::Inline).unwrap());
    assert_eq!(phi, BTreeSet::from(['\u{1D719}']), "a single letter is drawn in italics");
    assert_eq!(uncovered(&BTreeSet::from(['\u{1F600}'])), ['\u{1F600}'], "the comparison can fail");
}

fn source_files(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "rs" || ext == "wgsl") {
            out.push((path.to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_chapter_builds_at_parity_within_the_font() {
    let mut files = Vec::new();
    source_files(Path::new("src/algorithms"), &mut files);
    source_files(Path::new("src/kernels"), &mut files);
    let listings = Listings::from_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let listings = listings.unwrap_or_else(|faults| panic!("{}", lines(&faults)));
    let mut seen = 0;
    for chapter in CHAPTERS.iter().map(|chapter| chapter.page()) {
        let folder = chapter.prose_dir();
        if !Path::new(&folder).join("prose.en.md").exists() && !Path::new(&folder).join("prose.zh.md").exists() {
            continue;
        }
        let [en, zh] = Lang::ALL.map(|lang| {
            let file = format!("{folder}/prose.{}.md", lang.code());
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
            let prose = build(&Source { file: &file, text: &text, lang, chapter: &chapter, listings: &listings });
            prose.unwrap_or_else(|faults| panic!("{}", lines(&faults)))
        });
        assert_eq!(parity(&en.outline, &zh.outline), Vec::<String>::new());
        assert_eq!(uncovered(&en.math_chars), []);
        assert_eq!(uncovered(&zh.math_chars), []);
        seen += 1;
    }
    let folders = fs::read_dir("src/chapters").unwrap().filter(|entry| entry.as_ref().unwrap().path().join("prose.en.md").exists()).count();
    assert_eq!(seen, folders, "a chapter's folder is not in the registry");
}
