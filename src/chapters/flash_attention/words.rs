//! Words and sums that the figures on a head share.

use super::inputs::Source;
use crate::algorithms::Attention;
use crate::content::Value::{Number, Token};
use crate::content::{Lang, Rich, number, say};
use crate::figure::words::inner;

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
