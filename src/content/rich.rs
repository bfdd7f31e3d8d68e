//! Short text with roles (captions, feedback), independent of how it is drawn.

use serde::Serialize;

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
    /// The class that colours it.
    pub fn class(self) -> &'static str {
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
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Rich {
        Rich::default().t(text)
    }

    /// Appends plain text.
    pub fn t(self, text: impl Into<String>) -> Rich {
        self.with(Role::Plain, text)
    }

    /// Appends text with a role.
    pub fn with(mut self, role: Role, text: impl Into<String>) -> Rich {
        self.0.push(Span { text: text.into(), role });
        self
    }

    /// The text alone, as read aloud.
    pub fn text(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }
}
