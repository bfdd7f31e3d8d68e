//! Numbers that the prose of the linear attention chapter states, recomputed from the same data.
//!
//! What `tests/linear_attention.rs` already counts is not counted again here.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its data cannot be read")]

#[path = "chapters/heads.rs"]
mod heads;

use ndarray::{Array2, ArrayView1};
use std::num::NonZeroUsize;
use unrolled::algorithms::feature_map::{FeatureMap, elu1_cancelling};
use unrolled::algorithms::linear_attention::bracket::{self, Between, Factors};
use unrolled::algorithms::linear_attention::chunkwise::{self, LastState, Rules};
use unrolled::algorithms::linear_attention::{Denominator, Future, Mapped, parallel, recurrent};
use unrolled::algorithms::{Attention, Mask, MaskKind, reference, spectrum};
use unrolled::data::{self, head};

const ANIMAL: usize = 2;
const BECAUSE: usize = 9;
const IT: usize = 10;
const TIRED: usize = 13;

/// A head of the sentence with its softmax.
struct Head {
    x: Attention<f64>,
    exact: reference::Reference,
}

impl Head {
    fn new(layer: usize, number: usize) -> Head {
        let head::Head { q, k, v } = head::read(&heads::file(&head::file(layer, number)), 16).unwrap();
        let [q, k, v] = [q, k, v].map(|matrix| matrix.mapv(f64::from));
        let x = Attention { q, k, v, scale: 1.0 / 32f64.sqrt(), mask: Mask::new(MaskKind::None, 16, 16) };
        let exact = reference::attention(&x);
        Head { x, exact }
    }

    fn table(&self, map: FeatureMap) -> parallel::Table<f64> {
        parallel::table(&Mapped::new(map, &self.x.q, &self.x.k, &self.x.v, 0.0), &self.x.mask)
    }

    /// |output - softmax's| / |softmax's| of a row.
    fn error(&self, map: FeatureMap, row: usize) -> f64 {
        let exact = self.exact.out.row(row);
        length((&self.table(map).out.row(row) - &exact).view()) / length(exact)
    }
}

fn length(x: ArrayView1<'_, f64>) -> f64 {
    x.dot(&x).sqrt()
}

fn two(x: f64) -> String {
    format!("{x:.2}")
}

#[test]
fn a_bracket_on_values_of_another_length() {
    let count = |n, d, dv| {
        let x = Factors::shape(n, d, dv);
        (bracket::left(&x, Between::Nothing, &mut |_| {}).cost.multiply_adds, bracket::right(&x, &mut |_| {}).cost.multiply_adds)
    };
    assert_eq!(count(4, 3, 6), (144, 144));
    assert_eq!(count(64, 64, 64), (524_288, 524_288));
}

#[test]
fn the_bare_product_turns_weights_upside_down() {
    let head = Head::new(3, 1);
    let table = head.table(FeatureMap::Identity);
    assert_eq!(two(table.weights[[IT, ANIMAL]]), "-0.74");
    let row = table.similarities.row(IT);
    assert!(row.iter().all(|product| *product <= row[ANIMAL]), "the largest product of the row is that with “animal”");
    assert_eq!(format!("{:.1} {:.1}", row[ANIMAL], table.denominators[IT]), "21.7 -29.1");
    let nearest = table.denominators.iter().map(|total| total.abs()).fold(f64::INFINITY, f64::min);
    assert_eq!((two(nearest).as_str(), two(table.denominators[TIRED]).as_str()), ("0.16", "0.16"));
    assert_eq!((head.error(FeatureMap::Identity, TIRED) / 100.0).round(), 21.0);
}

/// On another head the map that promises nothing is the nearest of all.
#[test]
fn a_missing_condition_need_not_show() {
    let head = Head::new(5, 9);
    assert!(head.table(FeatureMap::Identity).denominators.iter().all(|total| *total > 0.0));
    assert_eq!([FeatureMap::Identity, FeatureMap::Elu1].map(|map| two(head.error(map, IT))), ["0.32", "0.67"]);
}

#[test]
fn what_a_row_of_a_real_head_keeps() {
    let head = Head::new(3, 1);
    assert_eq!(two(head.table(FeatureMap::Square).weights[[IT, ANIMAL]]), "0.03");
    let taylor = head.table(FeatureMap::Taylor1);
    assert!(taylor.denominators.iter().all(|total| *total > 0.0));
    let n_negative = taylor.weights.iter().filter(|weight| **weight < 0.0).count();
    assert!((1..=5).contains(&n_negative), "{n_negative} weights below zero are a few");
    let elu = head.table(FeatureMap::Elu1).weights;
    let range = |pick: fn(f64, f64) -> f64, from| two(elu.iter().copied().fold(from, pick));
    assert_eq!([range(f64::min, 1.0), range(f64::max, 0.0)], ["0.04", "0.10"]);
    assert!(elu.row(IT).iter().all(|weight| *weight <= elu[[IT, ANIMAL]]), "“animal” is still ahead of all others");
    let entropy = |weights: &Array2<f64>| two(spectrum::entropy(weights.row(IT)));
    assert_eq!([entropy(&head.exact.probs), entropy(&elu)], ["1.26", "2.76"]);
    let lowest = head.x.q.iter().chain(&head.x.k).copied().fold(f64::INFINITY, f64::min);
    assert_eq!(two(lowest), "-4.78");

    let before = Head::new(0, 2);
    assert_eq!(two(before.exact.probs[[IT, BECAUSE]]), "1.00");
    let near: f64 = before.table(FeatureMap::Elu1).weights.row(IT).slice(ndarray::s![IT - 2..=IT + 2]).sum();
    assert_eq!((two(near).as_str(), two(5.0 / 16.0).as_str()), ("0.32", "0.31"));
}

/// A key at a right angle has half the weight of one that points the same way.
#[test]
fn a_cosine_is_tame() {
    let q = ndarray::array![[3.0, 0.0]];
    let k = ndarray::array![[0.5, 0.0], [0.0, 7.0]];
    let table = parallel::table(&Mapped::new(FeatureMap::Cosine, &q, &k, &k, 0.0), &Mask::new(MaskKind::None, 1, 2));
    assert_eq!(table.similarities, ndarray::array![[2.0, 1.0]]);
}

#[test]
fn half_the_spacing_below_1_is_where_elu_plus_1_falls_silent() {
    assert_eq!((elu1_cancelling(-17.33_f32), elu1_cancelling(-17.32_f32)), (0.0, f32::EPSILON / 2.0));
    assert_eq!(format!("{:.0e} {:.1e}", f32::EPSILON / 2.0, (-18f32).exp()), "6e-8 1.5e-8");
}

/// With a causal mask token by token and one chunk tie at n = 2d - 1; with fewer tokens the chunk costs less.
#[test]
fn a_triangle_ties_with_the_recurrence() {
    let count = |n: usize, d: usize| {
        let [q, k, v] = data::normal(1, [(n, d); 3]);
        let x = Mapped::new(FeatureMap::Elu1, &q, &k, &v, 1e-6);
        let rules = Rules { chunk: NonZeroUsize::new(n).unwrap(), denominator: Denominator::On, last: LastState::Dropped };
        let token_by_token = recurrent::forward(&x, Future::Hidden, Denominator::On, &mut |_| {}).numerator;
        (token_by_token, chunkwise::forward(&x, rules, &mut |_| {}).numerator)
    };
    assert_eq!(count(7, 4), (224, 224));
    assert_eq!(count(64, 4), (2048, 16_640));
    for d in 2..6 {
        let [below, tie, above] = [2 * d - 2, 2 * d - 1, 2 * d].map(|n| count(n, d));
        assert!(below.0 > below.1 && tie.0 == tie.1 && above.0 < above.1, "{d}: {below:?} {tie:?} {above:?}");
    }
}

/// Masked afterwards, the two softmaxes let late tokens into outputs before them.
#[test]
fn two_softmaxes_leak() {
    let [q, k, v] = data::normal(1, [(12, 4); 3]).map(|matrix| matrix.mapv(f64::from));
    let causal = Mask::new(MaskKind::CausalTopLeft, 12, 12);
    let out = |k: &Array2<f64>| parallel::table(&Mapped::new(FeatureMap::Double, &q, k, &v, 0.0), &causal).out;
    let mut other = k.clone();
    other.row_mut(11).mapv_inplace(|x| -x);
    let moved = &out(&k) - &out(&other);
    assert!(length(moved.row(0)) < 1e-12, "the first token has itself alone to look at");
    assert!((1..11).all(|row| length(moved.row(row)) > 1e-3), "{moved}");
}

/// The stream of the figure, with values of 1 and nothing divided.
#[test]
fn a_bare_sum_of_ones_is_the_denominator() {
    let [q, k, _] = data::normal(1, [(12, 4); 3]);
    let x = Mapped::new(FeatureMap::Elu1, &q, &k, &Array2::ones((12, 4)), 1e-6);
    let out = recurrent::forward(&x, Future::Hidden, Denominator::Off, &mut |_| {}).o;
    assert_eq!([out[[0, 0]], out[[11, 0]]].map(|x| two(f64::from(x))), ["3.19", "59.80"]);
}
