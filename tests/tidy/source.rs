//! Just enough of Rust's lexical grammar to tell code, strings and comments apart, line by line.

/// Where a character stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Text,
    Comment,
}

/// The source with comments and the contents of strings blanked; lines keep their numbers.
pub fn code(source: &str) -> String {
    blank(source, |place| place == Place::Code)
}

/// The source with comments blanked and strings kept.
pub fn uncommented(source: &str) -> String {
    blank(source, |place| place != Place::Comment)
}

fn blank(source: &str, keep: impl Fn(Place) -> bool) -> String {
    let chars: Vec<char> = source.chars().collect();
    let places = places(&chars);
    chars.iter().zip(places).map(|(&c, place)| if c == '\n' || keep(place) { c } else { ' ' }).collect()
}

fn places(chars: &[char]) -> Vec<Place> {
    let mut places = Vec::with_capacity(chars.len());
    while places.len() < chars.len() {
        let at = places.len();
        let (len, place) = token(&chars[at..], at > 0 && is_word(chars[at - 1]));
        places.extend(std::iter::repeat_n(place, len.clamp(1, chars.len() - at)));
    }
    places
}

/// Length and place of what begins here. `inside_word`: the character before belongs to a name, so that `r"` here opens no raw string.
fn token(rest: &[char], inside_word: bool) -> (usize, Place) {
    let at = |idx: usize| rest.get(idx).copied().unwrap_or('\0');
    match at(0) {
        '/' if at(1) == '/' => (rest.iter().take_while(|c| **c != '\n').count(), Place::Comment),
        '/' if at(1) == '*' => (block_comment(rest), Place::Comment),
        '"' => (string(rest), Place::Text),
        'r' if !inside_word && (at(1) == '"' || at(1) == '#') => raw_string(rest).map_or((1, Place::Code), |len| (len, Place::Text)),
        '\'' if at(1) == '\\' => (3 + rest.iter().skip(3).take_while(|c| **c != '\'').count(), Place::Text),
        '\'' if at(2) == '\'' => (3, Place::Text),
        _ => (1, Place::Code),
    }
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string(rest: &[char]) -> Option<usize> {
    let n_hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    let open = 1 + n_hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: usize| rest[at] == '"' && rest[at + 1..].iter().take(n_hashes).filter(|c| **c == '#').count() == n_hashes;
    Some((open + 1..rest.len()).find(|&at| closes(at)).map_or(rest.len(), |at| at + 1 + n_hashes))
}

/// Whether a character can be part of a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The name at the start of a text, possibly empty.
pub fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

/// The 1-based line of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].bytes().filter(|b| *b == b'\n').count() + 1
}

/// Every place where `name` stands as a whole word.
pub fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(name).map(|(at, _)| at).filter(move |&at| {
        !text[..at].chars().next_back().is_some_and(is_word) && !text[at + name.len()..].chars().next().is_some_and(is_word)
    })
}

/// The offset just after the brace that closes the one at `open`.
pub fn close(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    code.len()
}

/// Name, first line and number of lines of every function with a body.
pub fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in words(code, "fn") {
        let name = word(code[at + 2..].trim_start());
        let Some(open) = body(code, at).filter(|_| !name.is_empty()) else { continue };
        let (first, last) = (line_of(code, at), line_of(code, close(code, open)));
        found.push((name.to_string(), first, last - first + 1));
    }
    found
}

/// Where the body of a function opens; `None` for a signature that ends in a semicolon (one inside brackets, as in `[f32; N]`, ends nothing).
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at + offset),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
