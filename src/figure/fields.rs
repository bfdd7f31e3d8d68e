//! The URL parameters of a figure, declared as data.

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the address.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Written form of its default; defaults are left out of addresses.
    pub default: &'static str,
}

/// What a parameter may hold.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number between two others, inclusive.
    Int(i64, i64),
    /// A whole number between two others, or absent.
    OptInt(i64, i64),
    /// A finite number between two others.
    Real(f64, f64),
    /// Text of at most so many bytes that passes a check.
    Text(usize, Check),
    /// The same, living in the fragment because it is long.
    Long(usize, Check),
}

/// Says what is wrong with a text, in both languages.
pub type Check = fn(&str) -> Result<(), (String, String)>;
