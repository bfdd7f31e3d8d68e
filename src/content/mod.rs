//! Language, rich text and, for the prerenderer only, the prose pipeline (Markdown + LaTeX -> HTML + MathML).

pub mod lang;
pub mod rich;
pub mod number;
pub mod map;
pub mod site;
#[cfg(feature = "prerender")]
pub mod citations;
#[cfg(feature = "prerender")]
pub mod glossary;
#[cfg(feature = "prerender")]
pub mod prose;
#[cfg(feature = "prerender")]
pub mod pages;
#[cfg(feature = "prerender")]
pub mod heads;

pub use lang::Lang;
pub(crate) use rich::say;
pub use rich::{Rich, Role, Span, Text, Value};
