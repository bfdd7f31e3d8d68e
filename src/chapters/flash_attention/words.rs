//! Words and sums that the figures on a head share.

use super::inputs::Source;
use crate::algorithms::Attention;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};

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

/// The three largest products as a sum, how many are left out, and the sum of all.
pub fn three_largest(products: Vec<f64>) -> (String, usize, f64) {
    let (total, n) = (products.iter().sum(), products.len());
    let shown: Vec<String> = number::largest(products, 3, f64::abs).into_iter().map(bracketed).collect();
    (shown.join(" + "), n.saturating_sub(3), total)
}

/// Why a score `value` of a query and a key, each with its name, is what it is; `None` while it is not computed.
pub fn score(x: &Attention<f32>, (row, query): (usize, &str), (key, name): (usize, &str), value: Option<f32>, lang: Lang) -> Option<Rich> {
    if !x.mask.allows(row, key) {
        let (query, name) = (Token(query), Token(name));
        return Some(say!(lang; query, name; "<m|−∞>: the mask hides {name} from {query}", "<m|−∞>：掩码不让 {query} 看 {name}"));
    }
    let (terms, rest, total) = three_largest((0..x.d()).map(|c| f64::from(x.q[[row, c]]) * f64::from(x.k[[key, c]])).collect());
    Some(say!(lang; s = Number(f64::from(value?), number::cell), d = x.d(), terms = &terms, rest,
        root = Number((x.d() as f64).sqrt(), number::cell), total = Number(total, number::cell);
        if rest > 0 =>
            "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms} + {rest} smaller)/{root} = {total}/{root} = {s}",
            "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms} + 其余 {rest} 项)/{root} = {total}/{root} = {s}";
        else =>
            "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms})/{root} = {total}/{root} = {s}",
            "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms})/{root} = {total}/{root} = {s}"))
}
