//! Language, rich text and, for the prerenderer only, the prose pipeline (Markdown + LaTeX -> HTML + MathML).

pub mod lang;
pub mod rich;
pub mod number;

pub mod site;
#[cfg(feature = "prerender")]
pub mod citations;
#[cfg(feature = "prerender")]
pub mod glossary;
#[cfg(feature = "prerender")]
pub mod prose;

pub use lang::Lang;
pub use rich::{Rich, Role, Span};
