//! Words and sums that the figures on a head share.

use super::inputs::Source;
use crate::content::Value::Token;
use crate::content::{Lang, number, say};

/// What runs, and on whose numbers.
pub fn title(method: &str, source: Source, lang: Lang) -> String {
    match source {
        Source::Head { layer, head } => say!(lang; method, layer, head;
            "{method} on layer {layer}, head {head} of MiniLM-L6",
            "{method}，MiniLM-L6 第 {layer} 层第 {head} 头"),
        Source::Random { seed } => {
            say!(lang; method, seed = &seed.to_string(); "{method} on random numbers, seed {seed}", "{method}，随机数，种子 {seed}")
        }
        Source::Typed => say!(lang; method; "{method} on your own matrices", "{method}，你输入的矩阵"),
    }
    .text()
}

/// The tokens of a tile, by its first and last.
pub fn span(names: &[String], lang: Lang) -> String {
    let end = |name: Option<&'_ String>| name.map_or(String::new(), String::clone);
    let (first, last) = (end(names.first()), end(names.last()));
    let text = say!(lang; first = Token(&first), last = Token(&last);
        if names.len() < 2 => "{first}", "{first}";
        else => "{first} to {last}", "{first} 到 {last}");
    text.text()
}

/// A number as a term of a product: in brackets if it is negative.
pub fn bracketed(x: f64) -> String {
    let text = number::cell(x);
    if x < 0.0 { format!("({text})") } else { text }
}

/// The six largest numbers, and a mark for the rest.
pub fn six_largest(values: &mut dyn Iterator<Item = f32>) -> Vec<String> {
    let values: Vec<f64> = values.map(f64::from).collect();
    let n = values.len();
    let mut terms: Vec<String> = number::largest(values, 6, |x| x).into_iter().map(number::cell).collect();
    if n > terms.len() {
        terms.push("…".into());
    }
    terms
}
