//! Names and sums written out, as captions and reasons of several figures need them.

use ndarray::ArrayView1;

use crate::content::Value::Token;
use crate::content::{Lang, number, say};

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
