//! One run of Markdown to HTML, with the marks of `inline` put back.

use super::html::{escape, join_lines, keep_together};
use super::inline::{Mark, Marked};
use super::math::{self, Display};
use super::render::Writer;
use super::{Lang, listing};
use crate::content::{citations, glossary};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// How the paragraphs of a run are set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Ordinary paragraphs.
    Plain,
    /// The first one goes on after a formula.
    Continued,
    /// One paragraph that takes a figure to `figure:anchor`.
    Seek(String),
    /// Inline text only, without `<p>`.
    Bare,
}

/// A run being written.
pub(super) struct Markdown<'w, 'a> {
    writer: &'w mut Writer<'a>,
    marked: &'w Marked,
    first_line: usize,
    setting: Setting,
    out: String,
    /// Glossary notes to be shown after the block.
    notes: String,
    depth: usize,
    code: Option<String>,
    aligns: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

impl<'w, 'a> Markdown<'w, 'a> {
    pub fn new(writer: &'w mut Writer<'a>, marked: &'w Marked, first_line: usize, setting: Setting) -> Self {
        let (out, notes, aligns) = (String::new(), String::new(), Vec::new());
        Markdown { writer, marked, first_line, setting, out, notes, depth: 0, code: None, aligns, column: 0, in_head: false }
    }

    /// Writes the whole run.
    pub fn blocks(mut self) -> String {
        let mut options = Options::ENABLE_MATH | Options::ENABLE_TABLES;
        if self.writer.source.lang == Lang::En {
            options |= Options::ENABLE_SMART_PUNCTUATION;
        }
        for (event, range) in Parser::new_ext(&self.marked.text, options).into_offset_iter() {
            self.event(event, range);
        }
        keep_together(&join_lines(&self.out))
    }

    fn line(&self, at: usize) -> usize {
        self.first_line + self.marked.text[..at].matches('\n').count()
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, &range),
            Event::Code(text) => self.out.push_str(&format!("<code>{}</code>", escape(&text))),
            Event::InlineMath(tex) => {
                let line = self.line(range.start);
                self.writer.outline.formulas.entry(math::normalise(&tex)).or_insert(line);
                let mathml = self.writer.formula(&tex, Display::Inline, line);
                self.out.push_str(&mathml);
            }
            Event::DisplayMath(_) => self.fault(&range, "a displayed formula stands at the beginning of a line, outside lists and tables"),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            Event::Html(_) | Event::InlineHtml(_) => self.fault(&range, "HTML is not allowed in prose"),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.fault(&range, "unsupported Markdown"),
        }
    }

    fn fault(&mut self, range: &Range<usize>, what: &str) {
        let line = self.line(range.start);
        self.writer.fault(line, what);
    }

    fn start(&mut self, tag: Tag, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.depth += 1;
                let open = self.paragraph_open();
                self.out.push_str(&open);
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Link { dest_url, .. } => self.link(&dest_url, range),
            Tag::List(start) => {
                self.depth += 1;
                self.out.push_str(&match start {
                    Some(1) => "<ol>".to_owned(),
                    Some(n) => format!("<ol start=\"{n}\">"),
                    None => "<ul>".to_owned(),
                });
            }
            Tag::Item => self.out.push_str("<li>"),
            Tag::BlockQuote(_) => {
                self.depth += 1;
                self.out.push_str("<blockquote>");
            }
            Tag::CodeBlock(kind) => self.code_block(kind),
            Tag::Table(aligns) => {
                self.depth += 1;
                self.aligns = aligns;
                self.out.push_str("<div class=\"table\"><table>");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.cell_open(),
            Tag::HtmlBlock => {}
            other => self.fault(range, &format!("unsupported Markdown: {other:?}")),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                if self.setting != Setting::Bare {
                    self.out.push_str("</p>");
                }
                self.leave();
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Link => self.out.push_str("</a>"),
            TagEnd::List(ordered) => {
                self.out.push_str(if ordered { "</ol>" } else { "</ul>" });
                self.leave();
            }
            TagEnd::Item => self.out.push_str("</li>"),
            TagEnd::BlockQuote(_) => {
                self.out.push_str("</blockquote>");
                self.leave();
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                for line in code.lines() {
                    self.out.push_str(&format!("<span class=\"ln\">{}</span>", listing::highlight(line)));
                }
                self.out.push_str("</code></pre>");
            }
            TagEnd::Table => {
                self.out.push_str("</tbody></table></div>");
                self.leave();
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead><tbody>");
            }
            TagEnd::TableRow => self.out.push_str("</tr>"),
            TagEnd::TableCell => {
                self.out.push_str(if self.in_head { "</th>" } else { "</td>" });
                self.column += 1;
            }
            _ => {}
        }
    }

    /// After the outermost block its glossary notes are shown.
    fn leave(&mut self) {
        self.depth -= 1;
        if self.depth == 0 {
            let notes = std::mem::take(&mut self.notes);
            self.out.push_str(&notes);
        }
    }

    fn paragraph_open(&mut self) -> String {
        match std::mem::replace(&mut self.setting, Setting::Plain) {
            Setting::Bare => {
                self.setting = Setting::Bare;
                String::new()
            }
            Setting::Continued => "<p class=\"cont\">".to_owned(),
            Setting::Seek(target) => format!("<p class=\"para\" data-seek=\"{}\">", escape(&target)),
            Setting::Plain => "<p>".to_owned(),
        }
    }

    /// A link to a state of a figure (`?fig=…`), to a place in the site, or to a page elsewhere.
    fn link(&mut self, address: &str, range: &Range<usize>) {
        let line = self.line(range.start);
        self.writer.outline.links.entry(address.to_owned()).or_insert(line);
        if !address.starts_with("https://") && (address.contains(':') || address.starts_with('/')) {
            self.writer.fault(line, format!("the link `{address}` is neither relative nor https"));
        }
        let named = address.strip_prefix('?').into_iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("fig="));
        if let Some(id) = named
            && self.writer.source.chapter.figure(id).is_none()
        {
            self.writer.fault(line, format!("the link `{address}` names the unknown figure `{id}`"));
        }
        self.out.push_str(&format!("<a href=\"{}\">", escape(address)));
    }

    fn code_block(&mut self, kind: CodeBlockKind) {
        let label = self.writer.source.lang.pick("code", "代码");
        if let CodeBlockKind::Fenced(name) = kind
            && !matches!(&*name, "" | "rust" | "wgsl" | "text")
        {
            let line = self.first_line;
            self.writer.fault(line, format!("no highlighting for `{name}`"));
        }
        self.code = Some(String::new());
        self.out.push_str(&format!("<pre class=\"code\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\"><code>"));
    }

    fn cell_open(&mut self) {
        let class = match self.aligns.get(self.column) {
            Some(Alignment::Right) => " class=\"num\"",
            Some(Alignment::Center) => " class=\"mid\"",
            _ => "",
        };
        let tag = if self.in_head { "th scope=\"col\"" } else { "td" };
        self.out.push_str(&format!("<{tag}{class}>"));
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        if let Some(code) = &mut self.code {
            code.push_str(text);
            return;
        }
        let escaped = self.marked.text[..range.start].ends_with('\\');
        for (sign, what) in [('*', "the emphasis does not close"), ('$', "the formula does not close")] {
            if !escaped && text.contains(sign) {
                self.fault(range, &format!("a `{sign}` that Markdown reads as text: {what}"));
            }
        }
        let mut plain = String::new();
        for c in text.chars() {
            match self.marked.get(c) {
                Some(mark) => {
                    self.plain(&plain);
                    plain.clear();
                    let mark = mark.clone();
                    self.mark(&mark, range);
                }
                None => plain.push(c),
            }
        }
        self.plain(&plain);
    }

    /// A term is a button, and browsers break a line on either side of one, even before a comma: the mark that
    /// follows is put into one unbreakable piece with it (formulas: `html::keep_together`). Gives the text still to be written.
    fn bind_punctuation<'t>(&mut self, text: &'t str) -> &'t str {
        const MARKS: [char; 17] = ['，', '。', '、', '；', '：', '！', '？', '）', '”', '’', ',', '.', ';', ':', '?', '!', ')'];
        let start = if self.out.ends_with("</button>") { self.out.rfind("<button ") } else { None };
        let rest = text.trim_start_matches(MARKS);
        let marks = &text[..text.len() - rest.len()];
        let (Some(start), false) = (start, marks.is_empty()) else { return text };
        self.out.insert_str(start, "<span class=\"nb\">");
        self.out.push_str(&escape(marks));
        self.out.push_str("</span>");
        rest
    }

    fn plain(&mut self, text: &str) {
        let text = self.bind_punctuation(text);
        let text = escape(&keep_units(text));
        match self.writer.source.lang {
            Lang::En => self.out.push_str(&text),
            Lang::Zh => self.out.push_str(&latin_quotes(&text)),
        }
    }

    fn mark(&mut self, mark: &Mark, range: &Range<usize>) {
        match mark {
            Mark::Role(role) => self.out.push_str(&format!("<b class=\"{role}\">")),
            Mark::EndRole => self.out.push_str("</b>"),
            Mark::Term { key, shown } => self.term(key, shown.as_deref(), range),
            Mark::Cite(places) => self.cite(places, range),
            Mark::EqRef(name) => match self.writer.equations.get(name) {
                Some(number) => {
                    let no = self.writer.brackets(*number);
                    self.out.push_str(&format!("<a class=\"eqref\" href=\"#eq-{}\">{no}</a>", escape(name)));
                }
                None => self.fault(range, &format!("no formula is named `eq:{name}`")),
            },
        }
    }

    fn term(&mut self, key: &str, shown: Option<&str>, range: &Range<usize>) {
        let Some(term) = glossary::find(key) else {
            return self.fault(range, &format!("the glossary has no term `{key}`"));
        };
        let lang = self.writer.source.lang;
        self.writer.notes += 1;
        let id = self.writer.notes;
        let name = term.name(lang);
        let note = term.note(lang);
        let colon = lang.pick(": ", "：");
        let title = name.split(", ").next().unwrap_or(name);
        let label = shown.unwrap_or(key);
        self.out.push_str(&format!(
            "<button type=\"button\" class=\"gloss\" aria-expanded=\"false\" aria-controls=\"gloss-{id}\">{}</button>",
            escape(label)
        ));
        self.notes.push_str(&format!(
            "<div class=\"gloss-note\" id=\"gloss-{id}\" hidden><b>{}</b>{colon}{}</div>",
            escape(title),
            escape(note)
        ));
    }

    fn cite(&mut self, places: &[(String, Option<String>)], range: &Range<usize>) {
        let lang = self.writer.source.lang;
        let line = self.line(range.start);
        for (idx, (key, place)) in places.iter().enumerate() {
            let Some(citation) = citations::find(key) else {
                self.fault(range, &format!("no source has the key `{key}`"));
                continue;
            };
            self.writer.outline.citations.entry(key.clone()).or_insert(line);
            let comma = lang.pick(", ", "，");
            let place = place.as_ref().map(|place| format!("{comma}{}", place.replace(' ', "\u{a0}"))).unwrap_or_default();
            if idx > 0 {
                self.out.push_str(lang.pick("; ", "；"));
            }
            self.out.push_str(&format!("<a class=\"cite\" href=\"#ref-{key}\">{}{}</a>", escape(&citation.name(lang)), escape(&place)));
        }
    }
}

/// In Chinese text, marks quoted Latin words, so that their quotation marks are drawn narrow.
fn latin_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quoted)) = rest.find('“').map(|at| rest.split_at(at)) {
        let Some(end) = quoted.find('”').map(|at| at + '”'.len_utf8()) else { break };
        let (quoted, after) = quoted.split_at(end);
        out.push_str(before);
        if quoted.trim_matches(['“', '”']).is_ascii() {
            out.push_str(&format!("<span class=\"latin\">{quoted}</span>"));
        } else {
            out.push_str(quoted);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Units that a number before them does not part from.
const UNITS: [&str; 10] = ["%", "GB", "MB", "kB", "MiB", "KiB", "ms", "GFLOPs", "TFLOPs", "bits"];

/// The text with no-break spaces between numbers and their units.
fn keep_units(text: &str) -> String {
    let mut out = text.to_string();
    for unit in UNITS {
        let apart = [" ", unit].concat();
        let mut from = 0;
        while let Some(at) = out[from..].find(&apart).map(|at| at + from) {
            from = at + apart.len();
            if out[..at].ends_with(|c: char| c.is_ascii_digit()) {
                out.replace_range(at..=at, "\u{a0}");
            }
        }
    }
    out
}
