//! The two languages; every text is written as a pair, so that a missing translation does not compile.

/// A language of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

impl Lang {
    /// Both, in the order of the language switch.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The path segment: `en` or `zh`.
    pub fn code(self) -> &'static str {
        self.pick("en", "zh")
    }

    /// The value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        self.pick("en", "zh-CN")
    }

    /// Reads a path segment.
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// Chooses between a pair. Both sides are always written.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}
