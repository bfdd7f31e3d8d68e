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

/// A question and its answers from templates: text and feedback of each, and whether it is right. [`ask!`] calls this.
pub fn fill(ask: &Text, texts: &[Text], right: &[bool], lang: Lang, names: &[&str], values: &[Value<'_>]) -> (Rich, Vec<Answer>) {
    let fill = |text: &Text| text.fill(lang, names, values);
    let pairs = texts.chunks_exact(2).zip(right);
    let answers = pairs.map(|(pair, right)| Answer { text: fill(&pair[0]).text(), right: *right, feedback: fill(&pair[1]) });
    (fill(ask), answers.collect())
}

/// A question and its answers as a pair, in the manner of [`say!`](crate::content::say): the language, the values,
/// the question in English and Chinese, then per answer whether it is right, its words and the feedback to it.
macro_rules! ask {
    ($lang:expr; $($name:ident $(= $value:expr)?),*; $en:expr, $zh:expr;
     $($right:expr => $text_en:expr, $text_zh:expr, $feedback_en:expr, $feedback_zh:expr);+ $(;)?) => {{
        use $crate::content::{Text, rich};
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        const ASK: Text = Text::new($en, $zh, NAMES);
        const ANSWERS: &[Text] = &[$(Text::new($text_en, $text_zh, NAMES), Text::new($feedback_en, $feedback_zh, NAMES)),+];
        const _: () = assert!(rich::all_used_in(NAMES, &ASK, ANSWERS), "a value that no sentence shows");
        $crate::figure::quiz::fill(&ASK, ANSWERS, &[$($right),+], $lang, NAMES, &[$(rich::value!($name $(= $value)?)),*])
    }};
}

pub(crate) use ask;
