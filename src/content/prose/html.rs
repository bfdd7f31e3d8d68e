//! The few HTML helpers that everything written at build time shares.

/// Escapes text for content and for double-quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// The text of a piece of HTML: tags dropped, entities of `escape` resolved.
pub fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Whether a character belongs to Chinese text: ideographs and full-width punctuation.
pub fn is_cjk(c: char) -> bool {
    is_wide_mark(c) || matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// Whether a character is full-width punctuation.
pub fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

/// Turns the line ends of a paragraph into spaces, or into nothing where Chinese text goes on:
/// prose files have one sentence per line in both languages.
pub fn join_lines(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (idx, c) in html.char_indices() {
        if c != '\n' {
            out.push(c);
            continue;
        }
        let before = visible(out.chars().rev(), '>', '<');
        let after = visible(html[idx + 1..].chars(), '<', '>');
        let glued = match (before, after) {
            (Some(a), Some(b)) => is_wide_mark(a) && !matches!(a, '”' | '’') || is_wide_mark(b) && is_cjk(a) || is_cjk(a) && is_cjk(b),
            _ => true,
        };
        if !glued {
            out.push(' ');
        }
    }
    out
}

fn visible(chars: impl Iterator<Item = char>, open: char, close: char) -> Option<char> {
    let mut inside = false;
    for c in chars {
        if c == open {
            inside = true;
        } else if c == close {
            inside = false;
        } else if !inside {
            return Some(c);
        }
    }
    None
}

/// Keeps each inline formula on one line with the punctuation that touches it: browsers break before it otherwise.
pub fn keep_together(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, from_math)) = rest.find("<math>").map(|at| rest.split_at(at)) {
        let Some(end) = from_math.find("</math>").map(|at| at + "</math>".len()) else { break };
        let (formula, after) = from_math.split_at(end);
        let head = before.trim_end_matches(['(', '[', '“', '‘', '（', '−', '–']);
        let mut tail = after.trim_start_matches([
            ',', '.', ';', ':', '?', '!', ')', ']', '”', '’', '，', '。', '；', '：', '？', '）', '、', '-', '%', '\u{a0}',
        ]);
        if after[..after.len() - tail.len()].ends_with(['-', '’', '\u{a0}']) {
            tail = tail.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        }
        out.push_str(head);
        let kept = (&before[head.len()..], &after[..after.len() - tail.len()]);
        if kept.0.is_empty() && kept.1.is_empty() {
            out.push_str(formula);
        } else {
            out.push_str(&format!("<span class=\"nb\">{}{formula}{}</span>", kept.0, kept.1));
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}
