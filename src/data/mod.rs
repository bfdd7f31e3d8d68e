//! What figures run on: attention heads of a trained model, seeded numbers, and matrices as text.

pub mod head;
pub mod matrix_text;
mod seeded;
pub mod tiled;

pub use seeded::normal;
