//! Language, rich text and, for the prerenderer only, the prose pipeline (Markdown + LaTeX -> HTML + MathML).

pub mod lang;
pub mod number;
pub mod rich;

pub use lang::Lang;
pub use rich::{Rich, Role, Span};
