//! Words and sums that the figures on a head share.

use ndarray::ArrayView1;

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

/// The inner product of two rows, written out by its three largest terms and how many more there are; and its value.
pub fn inner(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>, lang: Lang) -> (String, f64) {
    let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).collect();
    let (total, n) = (products.iter().sum(), products.len());
    let mut terms: Vec<String> = number::largest(products, 3, f64::abs).into_iter().map(bracketed).collect();
    if n > 3 {
        let rest = (n - 3).to_string();
        terms.push(lang.pick([&rest, " smaller"], ["其余 ", &rest]).concat() + lang.pick("", " 项"));
    }
    (terms.join(" + "), total)
}

/// Why a score `value` of a query and a key, each with its name, is what it is; `None` while it is not computed.
pub fn score(x: &Attention<f32>, (row, query): (usize, &str), (key, name): (usize, &str), value: Option<f32>, lang: Lang) -> Option<Rich> {
    if !x.mask.allows(row, key) {
        let (query, name) = (Token(query), Token(name));
        return Some(say!(lang; query, name; "<m|−∞>: the mask hides {name} from {query}", "<m|−∞>：掩码不让 {query} 看 {name}"));
    }
    let (terms, total) = inner(x.q.row(row), x.k.row(key), lang);
    Some(say!(lang; s = Number(f64::from(value?), number::cell), d = x.d(), terms = &terms,
        root = Number((x.d() as f64).sqrt(), number::cell), total = Number(total, number::cell);
        "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms})/{root} = {total}/{root} = {s}",
        "{m|s}: S = (<q|q>·<k|k>)/√{d} = ({terms})/{root} = {total}/{root} = {s}"))
}
