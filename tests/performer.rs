//! Performer: estimators against their formulas, features against estimators, fixed features, rank; and real heads.
//!
//! Located in `src/algorithms/performer`, `spectrum.rs`; run with
//! `cargo nextest run --no-default-features --test performer`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its data cannot be read")]

#[path = "chapters/heads.rs"]
mod heads;

use ndarray::{Array1, Array2};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg32;
use unrolled::algorithms::feature_map::{FeatureMap, elu1, equal_lengths};
use unrolled::algorithms::linear_attention::{Denominator, Mapped, parallel, reference};
use unrolled::algorithms::performer::directions::{self, Directions, Lengths};
use unrolled::algorithms::performer::estimator::{self, mean_squared_error};
use unrolled::algorithms::performer::features::{self, Rules, Stabiliser};
use unrolled::algorithms::performer::{Features, Scale, Weight, fixed, reference as estimated};
use unrolled::algorithms::{Attention, Mask, MaskKind, reference as softmax, spectrum};

const FEATURES: [Features; 2] = [Features::Positive, Features::Trigonometric];
const M: usize = 16;

fn normal(rng: &mut Pcg32, n_rows: usize, n_cols: usize) -> Array2<f64> {
    Array2::from_shape_simple_fn((n_rows, n_cols), || rng.sample(StandardNormal))
}

fn distance(got: &Array2<f64>, want: &Array2<f64>) -> f64 {
    assert_eq!(got.dim(), want.dim());
    (got - want).iter().map(|far| far.abs()).fold(0.0, |largest, far| if far > largest || far.is_nan() { far } else { largest })
}

fn attention(x: &Mapped<f64>) -> Array2<f64> {
    parallel::forward(x, Denominator::On, &mut |_| {}).o
}

/// Many estimates, each of its own directions: their mean, its standard error, and the mean squared error.
struct Trials {
    mean: f64,
    standard_error: f64,
    squared_error: f64,
}

fn trials(x: [f64; 2], y: [f64; 2], kind: Directions, features: Features, key_weight: Weight, n: u64) -> Trials {
    let (x, y) = (Array1::from(x.to_vec()), Array1::from(y.to_vec()));
    let exact = estimator::kernel(&x, &y);
    let estimate = |seed| {
        let w = directions::draw(M, 2, kind, Lengths::Chi, seed);
        estimator::estimate(&x, &y, &w, features, key_weight, &mut |_| {})
    };
    let estimates: Vec<f64> = (0..n).map(estimate).collect();
    let n = n as f64;
    let mean = estimates.iter().sum::<f64>() / n;
    let variance = estimates.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let squared_error = estimates.iter().map(|e| (e - exact).powi(2)).sum::<f64>() / n;
    Trials { mean, standard_error: (variance / n).sqrt(), squared_error }
}

/// No bias: the mean of 4,000 estimates at fixed seeds lies within four standard errors of the kernel.
#[test]
fn the_mean_of_many_estimates_is_the_kernel() {
    for (x, y) in [([1.0, 0.0], [0.0, 1.0]), ([0.5, -0.25], [0.75, 0.5]), ([1.0, 0.5], [-1.0, 0.25])] {
        let exact = estimator::kernel(&Array1::from(x.to_vec()), &Array1::from(y.to_vec()));
        for kind in [Directions::Independent, Directions::Orthogonal] {
            for features in FEATURES {
                let t = trials(x, y, kind, features, Weight::On, 4000);
                let bound = 4.0 * t.standard_error;
                assert!((t.mean - exact).abs() < bound, "{x:?} {y:?} {kind:?} {features:?}: {} +- {bound}, not {exact}", t.mean);
                assert!(bound < 0.1 * exact, "{x:?} {y:?} {kind:?} {features:?}: a bound of {bound} says nothing");
            }
        }
    }
}

/// Lemma 2 against 20,000 draws of 16 independent directions.
#[test]
fn errors_are_as_the_lemma_says() {
    for (x, y) in [([2.0, 0.0], [-2.0, 0.5]), ([1.0, 0.0], [0.0, 1.0])] {
        for features in FEATURES {
            let formula = mean_squared_error(&x, &y, M, features);
            let drawn = trials(x, y, Directions::Independent, features, Weight::On, 20_000).squared_error;
            assert!((drawn / formula - 1.0).abs() < 0.1, "{x:?} {y:?} {features:?}: {drawn:e} drawn, {formula:e} by the lemma");
        }
    }
}

#[test]
fn errors_at_the_places_that_the_chapter_visits() {
    let errors = |x: [f64; 2], y: [f64; 2]| FEATURES.map(|features| mean_squared_error(&x, &y, M, features));
    let [positive, trigonometric] = errors([2.0, 0.0], [-2.0, 0.5]);
    assert_eq!(format!("{positive:.2e} {trigonometric:.1}"), "5.95e-6 119.6");
    let [positive, trigonometric] = errors([1.0, 0.0], [0.0, 1.0]);
    assert_eq!(format!("{positive:.3} {trigonometric:.3}"), "0.399 0.173");
    let [positive, trigonometric] = errors([1.0, 0.5], [1.0, 0.5]);
    assert_eq!((format!("{positive:.0}").as_str(), trigonometric), ("112", 0.0));
    let [positive, trigonometric] = errors([1.0, 0.5], [-1.0, -0.5]);
    assert_eq!((positive, format!("{trigonometric:.3}").as_str()), (0.0, "0.376"));
    assert_eq!(format!("{:.1e}", errors([1.5, 0.0], [1.5, 0.0])[0]), "4.6e4");
    // Four times the features halve the typical error.
    assert_eq!(mean_squared_error(&[1.0, 0.0], &[0.0, 1.0], 64, Features::Positive) * 4.0, errors([1.0, 0.0], [0.0, 1.0])[0]);
}

/// Twins are exact for trigonometric features and opposites for positive ones, whatever the directions.
#[test]
fn each_kind_of_features_is_exact_somewhere() {
    let (x, opposite) = (Array1::from(vec![1.0, 0.5]), Array1::from(vec![-1.0, -0.5]));
    let w = directions::draw(M, 2, Directions::Independent, Lengths::Chi, 1);
    let estimate = |y: &Array1<f64>, features| estimator::estimate(&x, y, &w, features, Weight::On, &mut |_| {});
    let exact = |y: &Array1<f64>| estimator::kernel(&x, y);
    assert!((estimate(&x, Features::Trigonometric) - exact(&x)).abs() < 1e-14);
    assert!((estimate(&opposite, Features::Positive) - exact(&opposite)).abs() < 1e-16);
    assert!((estimate(&x, Features::Positive) - exact(&x)).abs() > 0.1);
    assert!((estimate(&opposite, Features::Trigonometric) - exact(&opposite)).abs() > 0.1);
}

/// Of long vectors half the trigonometric estimates of a small kernel are negative, no positive one is.
#[test]
fn trigonometric_estimates_of_a_small_kernel_are_negative_half_the_time() {
    let (x, y) = (Array1::from(vec![2.0, 0.0]), Array1::from(vec![-2.0, 0.5]));
    let n_negative = FEATURES.map(|features| {
        let estimate = |seed| {
            let w = directions::draw(M, 2, Directions::Independent, Lengths::Chi, seed);
            estimator::estimate(&x, &y, &w, features, Weight::On, &mut |_| {})
        };
        (0..1000).filter(|&seed| estimate(seed) < 0.0).count()
    });
    assert_eq!(n_negative[0], 0);
    assert!((400..600).contains(&n_negative[1]), "{n_negative:?}");
}

/// Two orthogonal directions err in opposite ways, two independent ones in ways that have nothing to do with each other.
///
/// In the plane the mean squared error of positive features falls by a few percent only: samples are positive, so that
/// their covariance is above -SM^2, while their variance is SM^2 (e^(|x+y|^2) - 1).
#[test]
fn orthogonal_directions_err_in_opposite_ways() {
    let (x, y) = (Array1::from(vec![0.5, 0.25]), Array1::from(vec![0.25, 0.5]));
    let exact = estimator::kernel(&x, &y);
    let covariance = |kind| {
        let product = |seed| {
            let mut errors = 1.0;
            let w = directions::draw(2, 2, kind, Lengths::Chi, seed);
            estimator::estimate(&x, &y, &w, Features::Positive, Weight::On, &mut |sample| errors *= sample.value - exact);
            errors / (exact * exact)
        };
        let products: Vec<f64> = (0..20_000).map(product).collect();
        let mean = products.iter().sum::<f64>() / 20_000.0;
        let variance = products.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / 20_000.0;
        (mean, (variance / 20_000.0).sqrt())
    };
    let (orthogonal, bound) = covariance(Directions::Orthogonal);
    // By quadrature over the angle: -0.110 SM^2, of a variance of 2.08 SM^2.
    assert!((orthogonal + 0.110).abs() < 4.0 * bound && bound < 0.02, "{orthogonal} +- {bound}");
    let (independent, bound) = covariance(Directions::Independent);
    assert!(independent.abs() < 4.0 * bound && bound < 0.02, "{independent} +- {bound}");
}

#[test]
fn directions_are_as_long_as_told() {
    let w = directions::draw(4000, 8, Directions::Orthogonal, Lengths::Chi, 5);
    assert!(directions::largest_cosine_in_blocks(&w) < 1e-14);
    let squares: Vec<f64> = w.rows().into_iter().map(|row| row.dot(&row)).collect();
    let mean = squares.iter().sum::<f64>() / 4000.0;
    let variance = squares.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0;
    // chi^2(8) has mean 8 and variance 16.
    assert!((mean - 8.0).abs() < 0.3 && (variance - 16.0).abs() < 2.0, "mean {mean}, variance {variance}");
    assert!(directions::largest_cosine_in_blocks(&directions::draw(8, 8, Directions::Independent, Lengths::Chi, 5)) > 0.1);
    assert_eq!(w, directions::draw(4000, 8, Directions::Orthogonal, Lengths::Chi, 5), "a seed decides");
    assert_ne!(w, directions::draw(4000, 8, Directions::Orthogonal, Lengths::Chi, 6));
}

/// Without the key's weight the mean is another number, e^(x.y + |y|^2/2), and no number of draws helps.
#[test]
fn a_key_without_its_weight_is_biased() {
    let (x, y) = ([1.0, 0.5], [0.5, 1.0]);
    let t = trials(x, y, Directions::Independent, Features::Positive, Weight::Off, 8000);
    let drifted = 1.0f64.exp() * 0.625f64.exp();
    assert_eq!(format!("{drifted:.2}"), "5.08");
    assert!((t.mean - drifted).abs() < 4.0 * t.standard_error, "{} +- {}", t.mean, t.standard_error);
    assert!((t.mean - 1f64.exp()).abs() > 10.0 * t.standard_error);
}

/// Every sample is told, with the mean so far.
#[test]
fn an_estimate_is_told_sample_by_sample() {
    let (x, y) = (Array1::from(vec![0.5f32, 0.25]), Array1::from(vec![-0.25f32, 1.0]));
    let w = directions::draw(5, 2, Directions::Orthogonal, Lengths::Chi, 2).mapv(|w| w as f32);
    for features in FEATURES {
        let mut values = Vec::new();
        let estimate = estimator::estimate(&x, &y, &w, features, Weight::On, &mut |sample| {
            values.push(sample.value);
            assert_eq!((sample.index + 1, sample.w), (values.len(), w.row(sample.index)));
            assert!((sample.mean - values.iter().sum::<f32>() / values.len() as f32).abs() < 1e-6);
        });
        let wide = |x: &Array1<f32>| x.mapv(f64::from).insert_axis(ndarray::Axis(0));
        let rules = Rules { features, scale: Scale::Whole, ..Rules::TEXTBOOK };
        let exact = estimated::kernel(&wide(&x), &wide(&y), &w.mapv(f64::from), rules)[[0, 0]];
        assert!((f64::from(estimate) - exact).abs() < 1e-6 && values.len() == 5, "{features:?}: {estimate}, not {exact}");
    }
}

proptest! {
    /// The product of two features is the estimate of their kernel, by definition, for any rules without a stabiliser.
    #[test]
    fn products_of_features_are_estimates(n in 1..8usize, d in 1..6usize, m in 1..9usize, rule in 0..24usize, seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let (q, k, v, w) = (normal(&mut rng, n, d), normal(&mut rng, n, d), normal(&mut rng, n, 2), normal(&mut rng, m, d));
        let weight = |bit: usize| if bit == 0 { Weight::On } else { Weight::Off };
        let rules = Rules {
            features: FEATURES[rule % 2],
            query_weight: weight(rule / 2 % 2),
            key_weight: weight(rule / 4 % 2),
            scale: [Scale::Quarter, Scale::Half, Scale::Whole][rule / 8],
            stabiliser: Stabiliser::Off,
        };
        let mapped = features::map(&q, &k, &v, &w, rules);
        let want = estimated::kernel(&q, &k, &w, rules);
        for (got, want) in mapped.q.dot(&mapped.k.t()).iter().zip(&want) {
            // Waves cancel: their sum is compared on the scale of its terms.
            let scale = want.abs() + f64::exp(rules.scale.factor(d).powi(2) * (q.mapv(|x| x * x).sum() + k.mapv(|x| x * x).sum()));
            prop_assert!((got - want).abs() < 1e-12 * scale, "{got} instead of {want}");
        }
    }

    /// A query's weight and the stabiliser of the textbook cancel in a row; a key's weight does not.
    #[test]
    fn what_cancels_in_a_row(seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let (q, k, v) = (normal(&mut rng, 6, 4), normal(&mut rng, 6, 4), normal(&mut rng, 6, 3));
        let w = directions::draw(8, 4, Directions::Orthogonal, Lengths::Chi, seed);
        let without = |k: &Array2<f64>, rules| {
            let out = |rules| attention(&features::map(&q, k, &v, &w, rules));
            distance(&out(rules), &out(Rules::TEXTBOOK))
        };
        let query = Rules { query_weight: Weight::Off, ..Rules::TEXTBOOK };
        let key = Rules { key_weight: Weight::Off, ..Rules::TEXTBOOK };
        let stabilised = Rules { stabiliser: Stabiliser::Max { eps: 0.0 }, ..Rules::TEXTBOOK };
        let hotter = Rules { scale: Scale::Half, ..Rules::TEXTBOOK };
        for (far, what) in [(without(&k, query), "a query's weight"), (without(&k, stabilised), "the stabiliser")] {
            prop_assert!(far < 1e-12, "{what} does not cancel: {far:e}");
        }
        for (far, what) in [(without(&k, key), "a key's weight"), (without(&k, hotter), "the scale")] {
            prop_assert!(far > 1e-6, "{what} cancels: {far:e}");
        }
        // Keys of one length carry one factor.
        prop_assert!(without(&equal_lengths(&k), key) < 1e-12);
    }

    /// Along any orthonormal directions FAVOR+ is exp with a weight on every key.
    #[test]
    fn favor_along_orthonormal_directions_is_exp_with_key_weights(n in 1..10usize, d in 1..7usize, seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let (q, k, v) = (normal(&mut rng, n, d), normal(&mut rng, n, d), normal(&mut rng, n, 3));
        let w = directions::orthonormal(d, seed);
        prop_assert!(distance(&w.dot(&w.t()), &Array2::eye(d)) < 1e-14);
        let favor = attention(&features::map(&q, &k, &v, &w, Rules { scale: Scale::Whole, ..Rules::TEXTBOOK }));
        let far = distance(&attention(&fixed::map(&q, &k, &v, &w, 0.0, Weight::On)), &favor);
        prop_assert!(far < 1e-12, "off by {far:e}");
        let k = equal_lengths(&k);
        let gap = distance(
            &attention(&fixed::map(&q, &k, &v, &w, 0.0, Weight::On)),
            &attention(&fixed::map(&q, &k, &v, &w, 0.0, Weight::Off)),
        );
        prop_assert!(gap < 1e-12, "keys of one length leave a gap of {gap:e}");
    }

    /// Singular values: the sum of squares is the table's, a product through r features has rank r.
    #[test]
    fn singular_values_of_a_product(n in 1..20usize, m in 1..20usize, r in 1..6usize, seed in 0..u64::MAX) {
        let mut rng = Pcg32::seed_from_u64(seed);
        let table = normal(&mut rng, n, r).dot(&normal(&mut rng, r, m));
        let values = spectrum::singular_values(&table);
        prop_assert_eq!(values.len(), n.min(m));
        prop_assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        let squares: f64 = values.iter().map(|value| value * value).sum();
        let want: f64 = table.iter().map(|x| x * x).sum();
        prop_assert!((squares / want - 1.0).abs() < 1e-12, "{squares} instead of {want}");
        prop_assert_eq!(spectrum::rank(&values, 1e-9), r.min(n).min(m));
        let turned = directions::orthonormal(n, seed).dot(&table);
        for (value, turned) in values.iter().zip(spectrum::singular_values(&turned)) {
            prop_assert!((value - turned).abs() < 1e-12 * values[0], "{value} turns into {turned}");
        }
        let effective = spectrum::effective_rank(&values);
        prop_assert!(effective > 1.0 - 1e-9 && effective < r as f64 + 1e-6);
    }
}

#[test]
fn singular_values_of_known_tables() {
    let values = spectrum::singular_values(&ndarray::arr2(&[[0.0, -3.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]));
    assert_eq!(values, [3.0, 2.0, 0.0]);
    assert_eq!(spectrum::effective_rank(&[1.0, 1.0, 1.0, 1.0]), 4.0);
    // A rank is of the table, not of its unit.
    assert_eq!([1e-12, 1.0, 1e12].map(|unit| spectrum::rank(&[3.0 * unit, unit, 1e-10 * unit], 1e-9)), [2, 2, 2]);
    // [[1, 1], [0, 1]]: the golden ratio and its inverse.
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let values = spectrum::singular_values(&ndarray::arr2(&[[1.0, 1.0], [0.0, 1.0]]));
    assert!((values[0] - golden).abs() < 1e-15 && (values[1] - 1.0 / golden).abs() < 1e-15, "{values:?}");
}

/// A table through 8 features has rank 8; computed in f32, its rounding has rank, too, and an absolute threshold counts it.
#[test]
fn an_absolute_threshold_counts_rounding() {
    let mut rng = Pcg32::seed_from_u64(11);
    let (q, k) = (normal(&mut rng, 32, 8), normal(&mut rng, 32, 8));
    let none = Mask::new(MaskKind::None, 32, 32);
    let exact = parallel::table(&Mapped::new(FeatureMap::Elu1, &q, &k, &q, 0.0), &none).weights;
    assert_eq!(spectrum::rank(&spectrum::singular_values(&exact), 1e-9), 8);
    let [q, k] = [q, k].map(|x| x.mapv(|x| x as f32));
    let rounded = parallel::table(&Mapped::new(FeatureMap::Elu1, &q, &k, &q, 0.0), &none).weights.mapv(f64::from);
    let values = spectrum::singular_values(&rounded);
    assert_eq!(spectrum::rank(&values, 32.0 * f64::from(f32::EPSILON)), 8);
    assert!(spectrum::rank_by_absolute(&values, 1e-9) >= 24, "{values:?}");
}

#[test]
fn the_morph_goes_from_exp_over_its_tangent_to_elu_plus_1() {
    for x in [-3.0, -0.5, 0.0, 0.25, 2.0f64] {
        assert_eq!([0.0, 0.5, 1.0].map(|t| fixed::morph(t, x)), [x.exp(), 1.0 + x, elu1(x)]);
        let path: Vec<f64> = (0..=100).map(|step| fixed::morph(f64::from(step) / 100.0, x)).collect();
        assert!(path.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.15), "{x}: a jump in {path:?}");
    }
}

fn head(path: &str) -> Attention<f64> {
    let bytes = heads::file(path);
    let n = bytes.len() / (3 * 32 * 4);
    let numbers: Vec<f64> = bytes.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap()))).collect();
    let [q, k, v] = [0, 1, 2].map(|part| Array2::from_shape_vec((n, 32), numbers[part * n * 32..][..n * 32].to_vec()).unwrap());
    Attention { q, k, v, scale: 1.0 / 32f64.sqrt(), mask: Mask::new(MaskKind::None, n, n) }
}

/// Mean over rows of |estimate - exact| / |exact|, over five draws of orthogonal directions.
fn output_error(x: &Attention<f64>, m: usize, rules: Rules) -> f64 {
    let exact = softmax::attention(x).out;
    let norm = |row: Array1<f64>| row.dot(&row).sqrt();
    let error = |seed| {
        let w = directions::draw(m, 32, Directions::Orthogonal, Lengths::Chi, seed);
        let out = attention(&features::map(&x.q, &x.k, &x.v, &w, rules));
        let rows = out.rows().into_iter().zip(exact.rows());
        rows.map(|(got, want)| norm(&got - &want) / norm(want.to_owned())).sum::<f64>() / exact.nrows() as f64
    };
    (0..5).map(error).sum::<f64>() / 5.0
}

/// A kind head is estimated the better the more features; two unkind ones, with longer queries, stay where they are.
#[test]
fn real_heads() {
    let kind = head("minilm/long-5-6.f32");
    let errors = [32, 128].map(|m| output_error(&kind, m, Rules::TEXTBOOK));
    assert_eq!(errors.map(|error| format!("{error:.2}")), ["0.69", "0.56"]);
    assert!(output_error(&head("minilm/long-1-8.f32"), 128, Rules::TEXTBOOK) > 0.9);
    assert!(output_error(&head("minilm/long-3-1.f32"), 128, Rules::TEXTBOOK) > 0.9);
    // The eps of performer-pytorch outweighs the small features of long vectors: more of them do not help.
    let guarded = [32, 128].map(|m| output_error(&kind, m, Rules::PERFORMER_PYTORCH));
    assert!(guarded[1] > 0.9 && guarded[1] > guarded[0], "{guarded:?}");
}

/// On a real head, too, the fixed features with key weights are FAVOR+, and their table is one of 32 features at most.
#[test]
fn a_real_head_through_fixed_features() {
    let x = head("minilm/short-3-1.f32");
    let scaled = |a: &Array2<f64>| a * Scale::Quarter.factor(32);
    let w = directions::orthonormal(32, 0);
    let favor = attention(&features::map(&x.q, &x.k, &x.v, &w, Rules::TEXTBOOK));
    let fixed = |weights| fixed::map(&scaled(&x.q), &scaled(&x.k), &x.v, &w, 0.0, weights);
    assert!(distance(&attention(&fixed(Weight::On)), &favor) < 1e-12);
    assert!(distance(&attention(&fixed(Weight::Off)), &favor) > 1e-3, "real keys differ in length");
    let kernel = estimated::kernel(&x.q, &x.k, &w, Rules::TEXTBOOK);
    assert!(distance(&reference::by_similarity(&kernel, &x.v, &x.mask, 0.0).out, &favor) < 1e-12);
}
