//! Predict: questions that pause before a telling step.

use crate::content::Rich;

/// A question on the present run.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Stable name, for the score.
    pub id: &'static str,
    /// The step before which it is asked: the future from here on is covered.
    pub step: usize,
    /// The row it speaks of.
    pub row: Option<usize>,
    /// The question.
    pub ask: Rich,
    /// Two to four answers; exactly one is right.
    pub answers: Vec<Answer>,
}

/// An answer and what is said to whoever chooses it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The answer.
    pub text: String,
    /// Whether the run agrees; computed, never written down.
    pub right: bool,
    /// First what is right in the answer, then the fact that decides.
    pub feedback: Rich,
}
