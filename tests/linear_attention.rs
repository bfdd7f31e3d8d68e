//! Linear attention: the brackets, the causal forms, what each counts, and what the chapter says of real heads.
//!
//! Located in `src/algorithms/linear_attention`, `feature_map.rs`; run with
//! `cargo nextest run --no-default-features --test linear_attention`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its data cannot be read")]

#[path = "chapters/heads.rs"]
mod heads;

use ndarray::{Array1, Array2, s};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg32;
use std::num::NonZeroUsize;
use unrolled::algorithms::feature_map::{FeatureMap, elu1, elu1_cancelling};
use unrolled::algorithms::linear_attention::bracket::{self, Between, Event, Factors, Stage};
use unrolled::algorithms::linear_attention::chunkwise::{self, LastState, Rules};
use unrolled::algorithms::linear_attention::{Denominator, Future, Mapped, parallel, recurrent, reference};
use unrolled::algorithms::{Attention, Mask, MaskKind, Real, reference as softmax, spectrum};

/// |f32 - f64 reference| of a weighted mean of normal values by positive weights: measured 5.4e-7 at most over 3,000
/// seeds, in the recurrence; thrice that, since exp and the order of sums differ between machines.
const TOLERANCE: f64 = 1.6e-6;

const ANIMAL: usize = 2;
const IT: usize = 10;

fn normal(rng: &mut Pcg32, n_rows: usize, n_cols: usize) -> Array2<f64> {
    // Through f32, so that every format begins with the same numbers.
    Array2::from_shape_simple_fn((n_rows, n_cols), || f64::from(rng.sample::<f64, _>(StandardNormal) as f32))
}

fn narrow(matrix: &Array2<f64>) -> Array2<f32> {
    matrix.mapv(|x| x as f32)
}

fn distance<F: Real>(got: &Array2<F>, want: &Array2<f64>) -> f64 {
    assert_eq!(got.dim(), want.dim());
    let far = got.iter().zip(want).map(|(got, want)| (got.to_f64() - want).abs());
    far.fold(0.0, |largest, d| if d > largest || d.is_nan() { d } else { largest })
}

fn rules(chunk: usize) -> Rules {
    Rules { chunk: NonZeroUsize::new(chunk).unwrap(), denominator: Denominator::On, last: LastState::Dropped }
}

/// One head of the sentence, or of the long text, as the site ships it: q, k, v.
fn head(path: &str, n: usize) -> [Array2<f64>; 3] {
    let bytes = heads::file(path);
    let numbers: Vec<f64> = bytes.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap()))).collect();
    [0, 1, 2].map(|part| Array2::from_shape_vec((n, 32), numbers[part * n * 32..(part + 1) * n * 32].to_vec()).unwrap())
}

proptest! {
    /// For any shapes the bracket may move: same product, counted by formula, and told multiply-add by multiply-add.
    #[test]
    fn the_bracket_may_move(nq in 1..12usize, nk in 1..12usize, d in 1..9usize, dv in 1..9usize, seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let x = Factors { q: normal(&mut rng, nq, d), k: normal(&mut rng, nk, d), v: normal(&mut rng, nk, dv) };
        let (left, left_told) = told(|see| bracket::left(&x, Between::Nothing, see));
        let (right, right_told) = told(|see| bracket::right(&x, see));
        let plain = x.q.dot(&x.k.t()).dot(&x.v);
        prop_assert!(distance(&left.out, &plain) < 1e-11, "left is off by {:e}", distance(&left.out, &plain));
        prop_assert!(distance(&right.out, &plain) < 1e-11, "right is off by {:e}", distance(&right.out, &plain));
        for (run, told, inner) in [(&left, &left_told, (nq, nk)), (&right, &right_told, (d, dv))] {
            prop_assert_eq!(run.inner.dim(), inner);
            prop_assert_eq!(run.cost.intermediate, (inner.0 * inner.1) as u64);
            prop_assert_eq!(run.cost.multiply_adds, told.n_multiply_adds);
            prop_assert_eq!(&told.inner, &run.inner);
            prop_assert_eq!(&told.out, &run.out);
        }
        prop_assert_eq!(left.cost.multiply_adds, (nq * nk * (d + dv)) as u64);
        prop_assert_eq!(right.cost.multiply_adds, (nk * d * dv + nq * d * dv) as u64);
        prop_assert_eq!(left.cost.reads, (nq * d + nk * d + nq * nk + nk * dv) as u64);
        prop_assert_eq!(right.cost.writes, (d * dv + nq * dv) as u64);
        // A shape counts what its numbers do.
        let empty = Factors { q: x.q.mapv(|_| ()), k: x.k.mapv(|_| ()), v: x.v.mapv(|_| ()) };
        prop_assert_eq!(bracket::left(&empty, Between::Nothing, &mut |_| {}).cost, left.cost);
        prop_assert_eq!(bracket::right(&empty, &mut |_| {}).cost, right.cost);
    }

    /// Chunks of any size, the recurrence and the table give the answer of the definition, in both formats.
    #[test]
    fn any_chunk_gives_the_recurrent_answer(n in 1..24usize, d in 1..9usize, dv in 1..9usize, chunk in 1..30usize, map in 0..5usize, seed in 0..u64::MAX) {
        let map = [FeatureMap::Relu, FeatureMap::Elu1, FeatureMap::Exp, FeatureMap::Square, FeatureMap::Cosine][map];
        let mut rng = Pcg32::seed_from_u64(seed);
        let (q, k, v) = (normal(&mut rng, n, d), normal(&mut rng, n, d), normal(&mut rng, n, dv));
        let mask = Mask::new(MaskKind::CausalTopLeft, n, n);
        // 1 keeps away from 0 what relu may leave of a row: the tolerance is of numbers of size 1.
        let exact = reference::linear_attention(map, &q, &k, &v, &mask, 1.0).out;
        let (wide, small) = (Mapped::new(map, &q, &k, &v, 1.0), Mapped::new(map, &narrow(&q), &narrow(&k), &narrow(&v), 1.0));
        let chunks = chunkwise::forward(&wide, rules(chunk), &mut |_| {}).o;
        let tokens = recurrent::forward(&wide, Future::Hidden, Denominator::On, &mut |_| {}).o;
        for (form, got) in [("chunks", chunks), ("tokens", tokens), ("table", parallel::table(&wide, &mask).out)] {
            prop_assert!(distance(&got, &exact) < 1e-13, "{form}: off by {:e}", distance(&got, &exact));
        }
        let far = distance(&chunkwise::forward(&small, rules(chunk), &mut |_| {}).o, &exact);
        prop_assert!(far < TOLERANCE, "chunks of {chunk} in f32 are off by {far:e}");
        let far = distance(&recurrent::forward(&small, Future::Hidden, Denominator::On, &mut |_| {}).o, &exact);
        prop_assert!(far < TOLERANCE, "the recurrence in f32 is off by {far:e}");
    }

    /// The double softmax needs no denominator: its rows sum to 1 by themselves.
    #[test]
    fn rows_of_the_double_softmax_sum_to_1(n in 1..24usize, d in 1..9usize, size in 0.1..30.0f64, seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let (q, k, v) = (normal(&mut rng, n, d) * size, normal(&mut rng, n, d) * size, normal(&mut rng, n, 3));
        let table = parallel::table(&Mapped::new(FeatureMap::Double, &q, &k, &v, 0.0), &Mask::new(MaskKind::None, n, n));
        for total in table.denominators {
            prop_assert!((total - 1.0).abs() < 1e-13, "a row sums to {total}");
        }
    }
}

/// What an observer saw of a product, put together again.
struct Told {
    n_multiply_adds: u64,
    inner: Array2<f64>,
    out: Array2<f64>,
}

fn told(run: impl FnOnce(&mut dyn FnMut(Event<f64>)) -> bracket::Product<f64>) -> (bracket::Product<f64>, Told) {
    let (mut n_multiply_adds, mut entries) = (0, Vec::new());
    let mut sum_so_far = 0.0;
    let product = run(&mut |event| match event {
        Event::MultiplyAdd { inner, a, b, sum, .. } => {
            n_multiply_adds += 1;
            sum_so_far = if inner == 0 { a * b } else { sum_so_far + a * b };
            assert_eq!(sum, sum_so_far);
        }
        Event::Entry { stage, row, col, value, multiply_adds } => {
            assert_eq!((value, multiply_adds), (sum_so_far, n_multiply_adds));
            entries.push((stage, row, col, value));
        }
        Event::Weight { .. } => unreachable!("there is no softmax"),
    });
    let (mut inner, mut out) = (Array2::from_elem(product.inner.dim(), f64::NAN), Array2::from_elem(product.out.dim(), f64::NAN));
    for (stage, row, col, value) in entries {
        if stage == Stage::Inner { inner[[row, col]] = value } else { out[[row, col]] = value }
    }
    (product, Told { n_multiply_adds, inner, out })
}

#[test]
fn multiply_adds_of_both_brackets() {
    let count = |n, d, dv| {
        let x = Factors::shape(n, d, dv);
        let (left, right) = (bracket::left(&x, Between::Nothing, &mut |_| {}).cost, bracket::right(&x, &mut |_| {}).cost);
        (left.multiply_adds, right.multiply_adds)
    };
    assert_eq!(count(6, 3, 3), (216, 108));
    assert_eq!(count(3, 6, 6), (108, 216));
    assert_eq!(count(4, 4, 4), (128, 128));
    assert_eq!(count(16, 32, 32), (16_384, 32_768), "a short head: linear costs twice as much");
    assert_eq!(count(256, 32, 32), (4_194_304, 524_288), "a long head: linear costs an eighth, d / n");
    let cost = bracket::left(&Factors::shape(6, 3, 3), Between::Nothing, &mut |_| {}).cost;
    assert_eq!((cost.intermediate, cost.reads, cost.writes), (36, 2 * 18 + 36 + 18, 36 + 18));
    assert_eq!((cost.bytes::<()>(), cost.bytes::<f64>()), (4 * 144, 8 * 144));
}

fn seeded(n: usize, d: usize) -> Mapped<f64> {
    let mut rng = Pcg32::seed_from_u64(7);
    let (q, k, v) = (normal(&mut rng, n, d), normal(&mut rng, n, d), normal(&mut rng, n, d));
    Mapped::new(FeatureMap::Elu1, &q, &k, &v, 1e-6)
}

/// The triangle is computed once, the first chunk reads no state, the last writes none. The recurrence itself has no
/// scores, and costs less than chunks of one token.
#[test]
fn multiply_adds_of_chunks() {
    let count = |n, chunk| chunkwise::forward(&seeded(n, 4), rules(chunk), &mut |_| {}).numerator;
    assert_eq!([1, 4, 12].map(|chunk| count(12, chunk)), [448, 496, 624]);
    assert_eq!([1, 64].map(|chunk| count(64, chunk)), [2528, 16_640]);
    let recurrence = recurrent::forward(&seeded(12, 4), Future::Hidden, Denominator::On, &mut |_| {});
    assert_eq!((recurrence.numerator, recurrence.denominator), (12 * 32, 12 * 4));
    let by_formula = |n: usize, chunk: usize| {
        let inside = |rows: usize| rows * (rows + 1) / 2 * 8;
        let inside: usize = chunkwise::chunks(n, NonZeroUsize::new(chunk).unwrap()).map(|(_, rows)| inside(rows.len())).sum();
        let last = chunkwise::chunks(n, NonZeroUsize::new(chunk).unwrap()).last().unwrap().1;
        (inside + 16 * last.start + 16 * (n - chunk.min(n))) as u64
    };
    for chunk in 1..=13 {
        assert_eq!(count(12, chunk), by_formula(12, chunk), "chunks of {chunk}");
    }
    // The state of the last chunk costs one product more and is the recurrence's.
    let kept = chunkwise::forward(&seeded(12, 4), Rules { last: LastState::Kept, ..rules(4) }, &mut |_| {});
    assert_eq!(kept.numerator, 496 + 4 * 16);
    assert!(distance(&kept.s, &recurrence.s) < 1e-13 && (&kept.z - &recurrence.z).iter().all(|far| far.abs() < 1e-13));
}

/// A state of fixed size beside a cache that grows by a key and a value a token.
#[test]
fn the_cache_overtakes_the_state_at_the_third_token() {
    for (d, overtakes) in [(4, 3), (64, 33)] {
        let x = seeded(overtakes, d);
        let mut sizes = Vec::new();
        recurrent::forward(&x, Future::Hidden, Denominator::On, &mut |event| {
            if let recurrent::Event::Sum { z, .. } = event {
                sizes.push(d * d + z.len());
            }
        });
        let cache = |n_tokens: usize| n_tokens * 2 * d;
        assert!(sizes.iter().all(|&size| size == sizes[0]));
        assert_eq!((1..=overtakes).find(|&token| cache(token) > sizes[token - 1]), Some(overtakes));
    }
    assert_eq!(seeded(1, 64).k.len() * 65, 4160);
}

fn with_other_last_value(x: &Mapped<f64>) -> Mapped<f64> {
    let mut other = x.clone();
    other.v.row_mut(x.n() - 1).mapv_inplace(|v| v + 1.0);
    other
}

#[test]
fn a_token_that_sees_the_future_depends_on_it() {
    let x = seeded(12, 4);
    let first = |x: &Mapped<f64>, future| recurrent::forward(x, future, Denominator::On, &mut |_| {}).o.row(0).to_owned();
    assert_eq!(first(&x, Future::Hidden), first(&with_other_last_value(&x), Future::Hidden));
    assert_ne!(first(&x, Future::Seen), first(&with_other_last_value(&x), Future::Seen));
    // It is then the form without a mask.
    let seen = recurrent::forward(&x, Future::Seen, Denominator::On, &mut |_| {});
    assert!(distance(&seen.o, &parallel::forward(&x, Denominator::On, &mut |_| {}).o) < 1e-14);
}

/// With values of 1 a mean is 1; without the denominator the denominator itself is printed, and grows.
#[test]
fn a_sum_without_denominator_prints_the_denominator() {
    let mut x = seeded(12, 4);
    x.v = Array2::ones((12, 1));
    let mut totals = Vec::new();
    let bare = recurrent::forward(&x, Future::Hidden, Denominator::Off, &mut |event| {
        if let recurrent::Event::Denominator { total, .. } = event {
            totals.push(total);
        }
    });
    let bare: Vec<f64> = bare.o.iter().copied().collect();
    assert!(bare.iter().zip(&totals).all(|(bare, total)| (bare + 1e-6 - total).abs() < 1e-12));
    assert!(bare[0] > 1.0 && bare[11] > 5.0 * bare[0], "{bare:?}");
    let mean = recurrent::forward(&x, Future::Hidden, Denominator::On, &mut |_| {}).o;
    assert!(mean.iter().all(|mean| (mean - 1.0).abs() < 1e-5));
}

/// Its rows sum to 1 under a causal mask, too, and still each key has seen all the others.
#[test]
fn the_double_softmax_leaks_under_a_causal_mask() {
    let mut rng = Pcg32::seed_from_u64(3);
    let (q, mut k, v) = (normal(&mut rng, 6, 4), normal(&mut rng, 6, 4), normal(&mut rng, 6, 4));
    let causal = Mask::new(MaskKind::CausalTopLeft, 6, 6);
    let second = |k: &Array2<f64>, map| parallel::table(&Mapped::new(map, &q, k, &v, 0.0), &causal).out.row(1).to_owned();
    let (double, elu) = (second(&k, FeatureMap::Double), second(&k, FeatureMap::Elu1));
    k[[5, 0]] += 3.0;
    assert_ne!(double, second(&k, FeatureMap::Double));
    assert_eq!(elu, second(&k, FeatureMap::Elu1));
    assert_eq!(FeatureMap::ALL.map(FeatureMap::is_causal), [true, true, true, true, true, true, false, true]);
}

#[test]
fn elu_plus_1_cancels_below_minus_17_in_f32() {
    for x in [-17.5f32, -18.0, -20.0] {
        assert_eq!(elu1_cancelling(x), 0.0);
        assert_eq!(elu1(x), x.exp());
    }
    assert_eq!(format!("{:.2e} {:.3e}", elu1_cancelling(-16.0f32), elu1(-16.0f32)), "1.19e-7 1.125e-7");
    assert_eq!(format!("{:.1e} {:.1e} {:.1e}", elu1(-17.5f32), elu1(-18.0f32), elu1(-20.0f32)), "2.5e-8 1.5e-8 2.1e-9");
    assert_eq!((elu1_cancelling(0.75f32), elu1(0.75f32)), (1.75, 1.75));
}

fn relative_errors(out: &Array2<f64>, exact: &Array2<f64>) -> Array1<f64> {
    let norm = |row: Array1<f64>| row.dot(&row).sqrt();
    (0..exact.nrows()).map(|i| norm(&out.row(i) - &exact.row(i)) / norm(exact.row(i).to_owned())).collect()
}

/// A head trained with a softmax, given other similarities: "it" no longer points to "animal".
#[test]
fn what_a_real_head_loses() {
    let [q, k, v] = head("minilm/short-3-1.f32", 16);
    let mask = Mask::new(MaskKind::None, 16, 16);
    let x = Attention { q, k, v, scale: 1.0 / 32f64.sqrt(), mask };
    let exact = softmax::attention(&x);
    let entropy = |weights: &Array2<f64>| format!("{:.2}", spectrum::concentration(weights).entropy);
    assert_eq!(format!("{:.2}", exact.probs[[IT, ANIMAL]]), "0.68");
    assert_eq!(entropy(&exact.probs), "1.31");
    let table = |map| parallel::table(&Mapped::new(map, &x.q, &x.k, &x.v, 0.0), &x.mask);
    let weights = [FeatureMap::Elu1, FeatureMap::Relu, FeatureMap::Double, FeatureMap::Cosine, FeatureMap::Exp, FeatureMap::Taylor1];
    let weights = weights.map(|map| format!("{:.2}", table(map).weights[[IT, ANIMAL]]));
    assert_eq!(weights, ["0.08", "0.11", "0.09", "0.09", "0.09", "0.11"]);
    assert_eq!((entropy(&table(FeatureMap::Elu1).weights).as_str(), format!("{:.2}", 16f64.ln()).as_str()), ("2.76", "2.77"));
    let identity = table(FeatureMap::Identity);
    assert_eq!(identity.denominators.iter().filter(|total| **total <= 0.0).count(), 12);
    let worst = relative_errors(&identity.out, &exact.out).iter().copied().fold(0.0, f64::max);
    assert_eq!(format!("{worst:.0}"), "2135");
    for map in FeatureMap::ALL.into_iter().filter(|map| map.is_positive()) {
        assert!(table(map).denominators.iter().all(|total| *total > 0.0), "{map:?}");
    }
}

/// The softmax between the products: attention, told weight by weight; the bracket is locked there.
#[test]
fn a_softmax_between_the_products_is_attention() {
    let [q, k, v] = head("minilm/short-3-1.f32", 16);
    let scale = 1.0 / 32f64.sqrt();
    let x = Attention { q, k, v, scale, mask: Mask::new(MaskKind::None, 16, 16) };
    let exact = softmax::attention(&x);
    let mut weights = Array2::zeros((16, 16));
    let factors = Factors { q: x.q.clone(), k: x.k.clone(), v: x.v.clone() };
    let run = bracket::left(&factors, Between::Softmax { scale }, &mut |event| {
        if let Event::Weight { row, col, value } = event {
            weights[[row, col]] = value;
        }
    });
    assert!(distance(&run.out, &exact.out) < 1e-13 && distance(&weights, &exact.probs) < 1e-13);
    assert_eq!(run.inner, weights);
    let free = bracket::left(&factors, Between::Nothing, &mut |_| {});
    assert!(distance(&free.out, &exact.out) > 1.0, "the softmax must matter");
    assert_eq!(free.inner.slice(s![0, ..]).len(), 16);
}
