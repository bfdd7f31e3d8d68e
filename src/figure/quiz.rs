//! Predict: questions that pause before a telling step.

use crate::content::{Lang, Rich, Text, Value};

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

/// Answers from templates: text and feedback of each, and whether it is right. [`ask!`] calls this.
pub fn answers(texts: &[Text], right: &[bool], lang: Lang, names: &[&str], values: &[Value<'_>]) -> Vec<Answer> {
    let fill = |text: &Text| text.fill(lang, names, values);
    let pairs = texts.chunks_exact(2).zip(right);
    pairs.map(|(pair, right)| Answer { text: fill(&pair[0]).text(), right: *right, feedback: fill(&pair[1]) }).collect()
}

/// A question and its answers as a pair, in the manner of [`say!`](crate::content::say): the language, the values,
/// the question in English and Chinese, then per answer whether it is right, its words and the feedback to it.
macro_rules! ask {
    ($lang:expr; $($name:ident $(= $value:expr)?),*; $en:expr, $zh:expr;
     $($right:expr => $text_en:expr, $text_zh:expr, $feedback_en:expr, $feedback_zh:expr);+ $(;)?) => {{
        use $crate::content::{Text, Value, rich};
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        const ASK: Text = Text::new($en, $zh, NAMES);
        const ANSWERS: &[Text] = &[$(Text::new($text_en, $text_zh, NAMES), Text::new($feedback_en, $feedback_zh, NAMES)),+];
        const _: () = assert!(rich::all_used_in(NAMES, &ASK, ANSWERS), "a value that no sentence shows");
        let values: &[Value<'_>] = &[$(rich::value!($name $(= $value)?)),*];
        (ASK.fill($lang, NAMES, values), $crate::figure::answers(ANSWERS, &[$($right),+], $lang, NAMES, values))
    }};
}

pub(crate) use ask;
