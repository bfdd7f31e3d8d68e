//! Blocks to HTML: sections, spreads, figures, equations, notes and the list of sources.

use super::block::{Block, Kind};
use super::front::Front;
use super::html::escape;
use super::inline::take_marks;
use super::markdown::{Markdown, Setting};
use super::math::{self, Display};
use super::{Fault, Lang, Outline, Source};
use crate::content::citations;
use std::collections::{BTreeMap, BTreeSet};

/// Where prose goes: outside a spread, or before or after a spread's figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Between,
    Spread,
}

/// Everything that a page needs while it is being written.
pub(super) struct Writer<'a> {
    pub source: &'a Source<'a>,
    pub faults: &'a mut Vec<Fault>,
    pub outline: Outline,
    pub chars: BTreeSet<char>,
    /// Numbers of the named equations.
    pub equations: BTreeMap<String, usize>,
    /// How many glossary notes the page has so far.
    pub notes: usize,
    html: String,
    sections: usize,
    /// Whether a `<div class="prose">` is open.
    open: bool,
    place: Place,
}

/// Writes the inside of `<main>`.
pub(super) fn render(source: &Source, front: &Front, blocks: &[Block], faults: &mut Vec<Fault>) -> (String, Outline, BTreeSet<char>) {
    let mut equations = BTreeMap::new();
    for block in blocks {
        if let Kind::Equation { name: Some(name), .. } = &block.kind {
            let number = equations.len() + 1;
            if equations.insert(name.clone(), number).is_some() {
                faults.push(source.fault(block.line, format!("two formulas are named `eq:{name}`")));
            }
        }
    }
    let mut writer = Writer {
        source,
        faults,
        outline: Outline { file: source.file.to_owned(), ..Outline::default() },
        chars: BTreeSet::new(),
        equations,
        notes: 0,
        html: String::new(),
        sections: 0,
        open: false,
        place: Place::Between,
    };
    // A page that begins with a spread has its title in the spread's column, beside the figure.
    let opening = matches!(blocks.first(), Some(Block { kind: Kind::Open, .. }));
    if opening {
        writer.block(&blocks[0]);
    }
    writer.opening(front);
    for block in &blocks[usize::from(opening)..] {
        writer.block(block);
    }
    writer.sources();
    writer.close_prose();
    (writer.html, writer.outline, writer.chars)
}

impl Writer<'_> {
    fn lang(&self) -> Lang {
        self.source.lang
    }

    pub(super) fn fault(&mut self, line: usize, what: impl Into<String>) {
        let fault = self.source.fault(line, what);
        self.faults.push(fault);
    }

    /// Text for the current column.
    fn put(&mut self, html: &str) {
        if !self.open {
            self.html.push_str("<div class=\"prose\">\n");
            self.open = true;
        }
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn close_prose(&mut self) {
        if self.open {
            self.html.push_str("</div>\n");
            self.open = false;
        }
    }

    fn opening(&mut self, front: &Front) {
        let lang = self.lang();
        let number = self.source.chapter.number;
        let figures = self.source.chapter.figures.len();
        let minutes = &front.minutes;
        let facts = match lang {
            Lang::En => format!("{minutes} minutes, {figures} {}", if figures == 1 { "figure" } else { "figures" }),
            Lang::Zh => format!("{minutes} 分钟，{figures} 幅图"),
        };
        let chapter = lang.pick(format!("Chapter {number}"), format!("第 {number} 章"));
        self.put(&format!("<p class=\"eyebrow\"><b>{chapter}</b> {facts}</p>"));
        self.put(&format!("<h1>{}</h1>", escape(&front.title).replace('|', "<wbr>")));
        let lead = self.inline(&front.lead, 1);
        self.put(&format!("<p class=\"lead\">{lead}</p>"));
    }

    fn block(&mut self, block: &Block) {
        let line = block.line;
        match &block.kind {
            Kind::Heading { level, id, text } => self.heading(*level, id.as_deref(), text, line),
            Kind::Markdown { text, cont } => self.markdown(text, line, if *cont { Setting::Continued } else { Setting::Plain }),
            Kind::Seek { figure, anchor, text } => self.seek(figure, anchor, text, line),
            Kind::Equation { tex, name } => self.equation(tex, name.as_deref(), line),
            Kind::Figure(id) => self.figure(id, line),
            Kind::Listing(name) => self.listing(name, line),
            Kind::Note(text) => {
                let inner = self.inline(text.trim(), line);
                self.put(&format!("<div class=\"note\" role=\"note\"><p>{inner}</p></div>"));
            }
            Kind::Open => {
                self.close_prose();
                self.place = Place::Spread;
                self.html.push_str("<section class=\"spread\">\n");
            }
            Kind::Close => {
                self.close_prose();
                self.place = Place::Between;
                self.html.push_str("</section>\n");
            }
        }
    }

    fn heading(&mut self, level: usize, id: Option<&str>, text: &str, line: usize) {
        let inner = self.inline(text, line);
        if level == 3 {
            let id = id.map(|id| format!(" id=\"{}\"", escape(id))).unwrap_or_default();
            return self.put(&format!("<h3{id}>{inner}</h3>"));
        }
        self.sections += 1;
        let id = id.unwrap_or("");
        if self.outline.sections.iter().any(|(other, _)| other == id) {
            self.fault(line, format!("two sections have the id `{id}`"));
        }
        if self.source.chapter.figure(id).is_some() {
            self.fault(line, format!("the section has the id of the figure `{id}`"));
        }
        self.outline.sections.push((id.to_owned(), line));
        let number = format!("{}.{}", self.source.chapter.number, self.sections);
        self.put(&format!("<h2 id=\"{}\"><span class=\"n\">{number}</span> <span>{inner}</span></h2>", escape(id)));
    }

    fn markdown(&mut self, text: &str, line: usize, setting: Setting) {
        let marked = take_marks(self.source, text, line, self.faults);
        let html = Markdown::new(self, &marked, line, setting).blocks();
        self.put(html.trim_end());
    }

    /// One paragraph's worth of inline text.
    fn inline(&mut self, text: &str, line: usize) -> String {
        let marked = take_marks(self.source, text, line, self.faults);
        let html = Markdown::new(self, &marked, line, Setting::Bare).blocks();
        html.trim().to_owned()
    }

    fn seek(&mut self, figure: &str, anchor: &str, text: &str, line: usize) {
        if self.source.chapter.figure(figure).is_none() {
            self.fault(line, format!("`{{seek {figure} {anchor}}}`: the chapter has no figure `{figure}`"));
        }
        self.outline.seeks.push((format!("{figure}:{anchor}"), line));
        self.markdown(text, line, Setting::Seek(format!("{figure}:{anchor}")));
    }

    fn equation(&mut self, tex: &str, name: Option<&str>, line: usize) {
        self.outline.equations.push((math::normalise(tex), line));
        let mathml = self.formula(tex, Display::Block, line);
        match name.and_then(|name| self.equations.get(name).map(|number| (name, *number))) {
            Some((name, number)) => {
                let no = self.brackets(number);
                self.put(&format!("<div class=\"eq\" id=\"eq-{}\">{mathml}<span class=\"no\">{no}</span></div>", escape(name)));
            }
            None => self.put(&format!("<div class=\"eq\">{mathml}</div>")),
        }
    }

    /// An equation number in the brackets of the language.
    pub(super) fn brackets(&self, number: usize) -> String {
        self.lang().pick(format!("({number})"), format!("（{number}）"))
    }

    /// MathML of a formula; a bad one is a fault.
    pub(super) fn formula(&mut self, tex: &str, display: Display, line: usize) -> String {
        match math::to_mathml(tex, display) {
            Ok(mathml) => {
                self.chars.extend(math::drawn_chars(&mathml));
                mathml
            }
            Err(what) => {
                self.fault(line, what);
                String::new()
            }
        }
    }

    fn figure(&mut self, id: &str, line: usize) {
        self.outline.embeds.push((format!("figure {id}"), line));
        let Some(slot) = self.source.chapter.figure(id).cloned() else {
            return self.fault(line, format!("unknown figure `{id}`"));
        };
        self.close_prose();
        let lang = self.lang();
        let mut listings = String::new();
        for name in &slot.listings {
            match self.source.listings.get(name) {
                Some(listing) => listings.push_str(&listing.html(name, &code_label(lang, listing.file_name()))),
                None => self.fault(line, format!("figure `{id}` names the unknown listing `{name}`")),
            }
        }
        let number = slot.number;
        let main = if slot.main { " data-main" } else { "" };
        let wait = wait_text(lang, number);
        self.html.push_str(&format!(
            "<figure id=\"{id}\" class=\"pane\" data-number=\"{number}\" data-step=\"0\" data-last-step=\"0\" data-figure{main}>\n\
             <div class=\"fig-wait\" role=\"status\">{wait}</div>\n\
             <div class=\"listings\" hidden>{listings}</div>\n</figure>\n"
        ));
    }

    fn listing(&mut self, name: &str, line: usize) {
        self.outline.embeds.push((format!("listing {name}"), line));
        let Some(listing) = self.source.listings.get(name) else {
            return self.fault(line, format!("unknown listing `{name}`"));
        };
        let file = listing.file_name();
        let html = format!(
            "<div class=\"listing\"><p class=\"file\">{}</p>{}</div>",
            escape(file),
            listing.html(name, &code_label(self.lang(), file))
        );
        self.put(&html);
    }

    fn sources(&mut self) {
        let mut used: Vec<_> = self.outline.citations.keys().filter_map(|key| citations::find(key)).collect();
        if used.is_empty() {
            return;
        }
        used.sort_by_key(|citation| (citation.short.0, citation.year));
        let title = self.lang().pick("Sources", "参考文献");
        self.put(&format!("<h2 id=\"sources\" class=\"sources\">{title}</h2>\n<ul class=\"refs\">"));
        for citation in used {
            self.put(&format!(
                "<li id=\"ref-{}\"><span lang=\"en\">{}. <cite>{}</cite>. <a href=\"{}\" rel=\"noopener\">{}</a>{}.</span></li>",
                citation.key,
                escape(citation.authors),
                escape(citation.title),
                escape(citation.url),
                escape(citation.venue),
                citation.year.map(|year| format!(", {year}")).unwrap_or_default()
            ));
        }
        self.put("</ul>");
    }
}

fn code_label(lang: Lang, file: &str) -> String {
    lang.pick(format!("code, {file}"), format!("代码，{file}"))
}

/// What a figure's place says until the figure is there.
fn wait_text(lang: Lang, number: usize) -> String {
    match lang {
        Lang::En => format!(
            "<p><b>Fig. {number}</b> computes itself in your browser. One moment.</p>\
             <noscript><p>For this it needs JavaScript, which is switched off.</p></noscript>"
        ),
        Lang::Zh => format!(
            "<p><b>图 {number}</b> 在你的浏览器里现算，请稍候。</p><noscript><p>它需要 JavaScript，而这里关闭了 JavaScript。</p></noscript>"
        ),
    }
}
