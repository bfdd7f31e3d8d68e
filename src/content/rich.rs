//! Short text with roles (captions, feedback), independent of how it is drawn, and the templates it is written as.

use serde::Serialize;

use super::{Lang, number};

/// What a piece of text speaks of; drawn as a colour and, for `Now`, a wash of yellow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// A query.
    Query,
    /// A key.
    Key,
    /// A value.
    Value,
    /// The output.
    Output,
    /// The running maximum.
    Max,
    /// The denominator.
    Den,
    /// Something broken.
    Warn,
    /// The one emphasis of a caption.
    Now,
}

impl Role {
    const NAMED: [Role; 8] = [Role::Query, Role::Key, Role::Value, Role::Output, Role::Max, Role::Den, Role::Warn, Role::Now];

    /// The class that colours it, which is also its name in a template.
    pub const fn class(self) -> &'static str {
        match self {
            Role::Plain => "",
            Role::Query => "q",
            Role::Key => "k",
            Role::Value => "v",
            Role::Output => "o",
            Role::Max => "m",
            Role::Den => "l",
            Role::Warn => "w",
            Role::Now => "now",
        }
    }

    /// The role of this name; `Plain` if there is none.
    fn named(name: &str) -> Role {
        Role::NAMED.into_iter().find(|role| role.class() == name).unwrap_or(Role::Plain)
    }
}

/// A run of text with one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its role.
    pub role: Role,
}

/// A sentence made of spans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rich(pub Vec<Span>);

impl Rich {
    /// The text alone, as read aloud.
    pub fn text(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }

    /// The same, its emphasis turned into a warning if something is `broken`.
    pub fn warn_if(mut self, broken: bool) -> Rich {
        self.0.iter_mut().filter(|span| broken && span.role == Role::Now).for_each(|span| span.role = Role::Warn);
        self
    }

    fn push(&mut self, role: Role, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.role == role => last.text.push_str(text),
            _ => self.0.push(Span { text: text.into(), role }),
        }
    }
}

/// What fills a hole of a template; turned into text only where the template shown asks for it.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// Text as it is.
    Text(&'a str),
    /// A token: quoted in English, bare in Chinese, where spaces set it off.
    Token(&'a str),
    /// A number and how it is printed.
    Number(f64, fn(f64) -> String),
    /// A count.
    Count(usize),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Value<'a> {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Value<'a> {
        Value::Text(text)
    }
}

impl From<usize> for Value<'_> {
    fn from(n: usize) -> Self {
        Value::Count(n)
    }
}

/// A sentence in both languages, with holes and marks.
///
/// `{old}` is filled with the value named `old`, `{q|it}` with `it` in the role of that name ([`Role::class`]),
/// and `<o|output>` gives a role to words, which may have holes in them. Values are put in as they are, never read for marks,
/// so that a token such as `{` or `<s>` is only ever a token. The words of a template cannot hold braces or angle brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

impl Text {
    /// A template whose marks are in order and whose holes are all among `names`. [`say!`] calls this while compiling.
    ///
    /// # Panics
    /// If they are not.
    pub const fn new(en: &'static str, zh: &'static str, names: &[&str]) -> Text {
        assert!(well_formed(en, names), "a mark is not closed, or a hole or role has an unknown name");
        assert!(well_formed(zh, names), "a mark is not closed, or a hole or role has an unknown name (Chinese)");
        Text { en, zh }
    }

    const fn shows(&self, name: &str) -> bool {
        has_hole(self.en, name) || has_hole(self.zh, name)
    }

    /// The sentence in a language. Total: a hole that no value fills shows its name.
    pub fn fill(&self, lang: Lang, names: &[&str], values: &[Value<'_>]) -> Rich {
        let mut out = Rich::default();
        let mut role = Role::Plain;
        let mut rest = lang.pick(self.en, self.zh);
        while let Some((before, mark, after)) = next_mark(rest) {
            out.push(role, before);
            rest = after;
            match mark {
                b'<' => {
                    let (name, words) = rest.split_once('|').unwrap_or(("", rest));
                    (role, rest) = (Role::named(name), words);
                }
                b'{' => {
                    let (hole, words) = rest.split_once('}').unwrap_or((rest, ""));
                    let (own, name) = hole.split_once('|').map_or((role, hole), |(own, name)| (Role::named(own), name));
                    let value = names.iter().position(|known| *known == name).and_then(|idx| values.get(idx));
                    push_value(&mut out, own, value.copied().unwrap_or(Value::Text(name)), lang);
                    rest = words;
                }
                _ => role = Role::Plain,
            }
        }
        out.push(role, rest);
        out
    }
}

/// Says the text of the first case that applies; the last text where none does.
pub fn say_first(texts: &[Text], cases: &[bool], lang: Lang, names: &[&str], values: &[Value<'_>]) -> Rich {
    let case = cases.iter().position(|case| *case).unwrap_or(cases.len());
    texts.get(case).map_or(Rich::default(), |text| text.fill(lang, names, values))
}

/// The text before the first mark, the mark, and what follows it.
fn next_mark(text: &str) -> Option<(&str, u8, &str)> {
    let at = text.bytes().position(|b| matches!(b, b'{' | b'<' | b'>'))?;
    Some((text.get(..at)?, *text.as_bytes().get(at)?, text.get(at + 1..)?))
}

fn push_value(out: &mut Rich, role: Role, value: Value<'_>, lang: Lang) {
    match value {
        Value::Text(text) => out.push(role, text),
        Value::Token(text) if lang == Lang::Zh => out.push(role, text),
        Value::Token(text) => ["“", text, "”"].iter().for_each(|part| out.push(role, part)),
        Value::Number(x, print) => out.push(role, &print(x)),
        Value::Count(n) => out.push(role, &number::whole(n as u64)),
    }
}

/// Whether every mark of a template is closed, every role exists and every hole is among `names`.
pub const fn well_formed(text: &str, names: &[&str]) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut inside) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'<' => {
                let end = find(bytes, at, b'|');
                if inside || !is_role(bytes, at + 1, end) {
                    return false;
                }
                (inside, at) = (true, end);
            }
            b'{' => {
                let (end, bar) = (find(bytes, at, b'}'), find(bytes, at, b'|'));
                let has_role = bar < end;
                let name = if has_role { bar + 1 } else { at + 1 };
                if end == bytes.len() || has_role && !is_role(bytes, at + 1, bar) || !is_name(bytes, name, end, names) {
                    return false;
                }
                at = end;
            }
            b'>' if inside => inside = false,
            b'>' | b'}' => return false,
            _ => {}
        }
        at += 1;
    }
    !inside
}

/// Whether every one of `names` fills a hole of one text at least, in one language at least.
pub const fn all_used(names: &[&str], texts: &[Text]) -> bool {
    match texts {
        [first, rest @ ..] => all_used_in(names, first, rest),
        [] => names.is_empty(),
    }
}

/// The same over a text and others.
pub const fn all_used_in(names: &[&str], first: &Text, rest: &[Text]) -> bool {
    let mut idx = 0;
    while idx < names.len() {
        let mut used = first.shows(names[idx]);
        let mut text = 0;
        while text < rest.len() {
            used = used || rest[text].shows(names[idx]);
            text += 1;
        }
        if !used {
            return false;
        }
        idx += 1;
    }
    true
}

/// Whether a well-formed template has a hole of this name.
const fn has_hole(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            let (end, bar) = (find(bytes, at, b'}'), find(bytes, at, b'|'));
            if same(bytes, if bar < end { bar + 1 } else { at + 1 }, end, name.as_bytes()) {
                return true;
            }
        }
        at += 1;
    }
    false
}

/// The place of a byte from `at` on; the length if there is none.
const fn find(bytes: &[u8], mut at: usize, wanted: u8) -> usize {
    while at < bytes.len() && bytes[at] != wanted {
        at += 1;
    }
    at
}

/// Whether `bytes[start..end]` is `word`.
const fn same(bytes: &[u8], start: usize, end: usize, word: &[u8]) -> bool {
    if end > bytes.len() || start + word.len() != end {
        return false;
    }
    let mut idx = 0;
    while idx < word.len() {
        if bytes[start + idx] != word[idx] {
            return false;
        }
        idx += 1;
    }
    true
}

const fn is_role(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut idx = 0;
    while idx < Role::NAMED.len() {
        if same(bytes, start, end, Role::NAMED[idx].class().as_bytes()) {
            return end < bytes.len();
        }
        idx += 1;
    }
    false
}

const fn is_name(bytes: &[u8], start: usize, end: usize, names: &[&str]) -> bool {
    let mut idx = 0;
    while idx < names.len() {
        if same(bytes, start, end, names[idx].as_bytes()) {
            return true;
        }
        idx += 1;
    }
    false
}

/// A sentence in a language: the language, the values, then English and Chinese, or a table of them of which the first that applies is said.
///
/// ```ignore
/// say!(lang; it = Value::Token(name), old;
///     if old == 0 => "{q|it} has no past.", "{q|it} 还没有过去。";
///     else => "{q|it} holds <now|{old}>.", "{q|it} 手里是 <now|{old}>。")
/// ```
///
/// A hole without a value, a value without a hole and a mark left open do not compile.
macro_rules! say {
    ($lang:expr; $($name:ident $(= $value:expr)?),*; $(if $case:expr => $en:expr, $zh:expr;)+ else => $last_en:expr, $last_zh:expr $(;)?) => {{
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        const TEXTS: &[$crate::content::Text] =
            &[$($crate::content::Text::new($en, $zh, NAMES),)+ $crate::content::Text::new($last_en, $last_zh, NAMES)];
        const _: () = assert!($crate::content::rich::all_used(NAMES, TEXTS), "a value that no sentence shows");
        $crate::content::rich::say_first(TEXTS, &[$($case),+], $lang, NAMES, &[$($crate::content::rich::value!($name $(= $value)?)),*])
    }};
    ($lang:expr; $($name:ident $(= $value:expr)?),*; $en:expr, $zh:expr) => {{
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        const TEXT: $crate::content::Text = $crate::content::Text::new($en, $zh, NAMES);
        const _: () = assert!($crate::content::rich::all_used(NAMES, &[TEXT]), "a value that the sentence does not show");
        TEXT.fill($lang, NAMES, &[$($crate::content::rich::value!($name $(= $value)?)),*])
    }};
}

/// A named value of [`say!`]; a variable of the same name needs no `=`.
macro_rules! value {
    ($name:ident = $value:expr) => {
        $crate::content::Value::from($value)
    };
    ($name:ident) => {
        $crate::content::Value::from($name)
    };
}

pub(crate) use {say, value};
