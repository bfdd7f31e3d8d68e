//! From Performer to fixed features: activations, key weights, rank and concentration.

use super::ch02::{inputs, narrow, wide};
use super::check::{Case, Check, Null, Tolerance};
use ndarray::Array2;
use serde_json::Value;
use unrolled::algorithms::feature_map::{FeatureMap, elu1, elu1_cancelling};
use unrolled::algorithms::linear_attention::bracket::{self, Between, Factors};
use unrolled::algorithms::linear_attention::{Denominator, Mapped, parallel};
use unrolled::algorithms::performer::features::{self, Rules};
use unrolled::algorithms::performer::{Scale, Weight, fixed};
use unrolled::algorithms::{Mask, MaskKind, Real, spectrum};

pub fn exp_feature_and_rank(case: &Case, check: &mut Check) {
    match case.inputs["kind"].as_str() {
        Some("activations") => activations(case, check),
        Some("favor_vs_exp") => favor_vs_exp(case, check),
        Some("rank") => rank(case, check),
        other => check.fail(format!("kind {other:?} is not known")),
    }
}

fn activations(case: &Case, check: &mut Check) {
    let xs = super::check::numbers(&case.inputs["x"]);
    let narrow: Vec<f32> = xs.iter().map(|&x| x as f32).collect();
    activations_in(&xs, case.expected, check.tolerances.f64, check);
    activations_in(&narrow, case.expected, check.tolerances.f32, check);
}

fn activations_in<F: Real>(xs: &[F], want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let mut same = |field: &str, f: &dyn Fn(F) -> F| {
        let got: Vec<f64> = xs.iter().map(|&x| f(x).to_f64()).collect();
        check.list(&format!("{format} {field}"), &want[field], &got, tolerance, Null::Skip);
    };
    let maps = [FeatureMap::Exp, FeatureMap::Taylor1, FeatureMap::Elu1, FeatureMap::Relu];
    for map in maps {
        same(map.name(), &|x| map.entry(x));
    }
    same("elu1", &elu1_cancelling);
    same("exp_minus_elu1", &|x| x.exp() - elu1(x));
    for (t, field) in [(0.0, "exp"), (0.5, "taylor1"), (1.0, "elu1")] {
        same(field, &|x| fixed::morph(t, x));
    }
}

fn favor_vs_exp(case: &Case, check: &mut Check) {
    let Some((q, k, v)) = inputs(case, check) else { return };
    let (tolerances, want) = (check.tolerances, case.expected);
    let [favor, exp] = favor_in(&q, &k, &v, want, tolerances.f64, check);
    favor_in(&narrow(&q), &narrow(&k), &narrow(&v), want, tolerances.f32, check);
    let gap = |a: &Array2<f64>, b: &Array2<f64>| (a - b).iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    if let Some(expected) = want["max_abs_gap"].as_f64() {
        check.number("max_abs_gap", expected, gap(&favor, &exp), tolerances.f64);
    }
    let equal = unrolled::algorithms::feature_map::equal_lengths(&k);
    let [favor, exp] = favor_in(&q, &equal, &v, &Value::Null, tolerances.f64, check);
    if let Some(expected) = want["normalised_keys_gap"].as_f64() {
        check.number("normalised_keys_gap", expected, gap(&favor, &exp), tolerances.f64);
    }
}

/// Attention by FAVOR+ along the axes, and with exp as activation and no weights of keys.
fn favor_in<F: Real>(q: &Array2<F>, k: &Array2<F>, v: &Array2<F>, want: &Value, tolerance: Tolerance, check: &mut Check) -> [Array2<F>; 2] {
    let format = std::any::type_name::<F>();
    let axes = Array2::eye(q.ncols());
    let out = |x: &Mapped<F>| parallel::forward(x, Denominator::On, &mut |_| {}).o;
    let favor = out(&features::map(q, k, v, &axes, Rules { scale: Scale::Whole, ..Rules::TEXTBOOK }));
    let exp = out(&Mapped::new(FeatureMap::Exp, q, k, v, 0.0));
    let fixed = |weights| out(&fixed::map(q, k, v, &axes, 0.0, weights));
    for (field, got) in [
        ("favor_out", &favor),
        ("exp_activation_out", &exp),
        ("exp_activation_out", &fixed(Weight::Off)),
        ("exp_with_key_reweighting_out", &fixed(Weight::On)),
    ] {
        check.matrix(&format!("{format} {field}"), &want[field], &wide(got), tolerance);
    }
    [favor, exp]
}

fn rank(case: &Case, check: &mut Check) {
    let read = case.matrix("q").and_then(|q| Ok((q, case.matrix("k")?)));
    let Some((q, k)) = check.inputs(read) else { return };
    let n = q.nrows();
    let none = Mask::new(MaskKind::None, n, n);
    let linear = |map, scale: f64| parallel::table(&Mapped::new(map, &(&q * scale), &(&k * scale), &q, 0.0), &none).weights;
    let scale = Scale::Half.factor(q.ncols());
    let factors = Factors { q: q.clone(), k: k.clone(), v: q.clone() };
    let softmax = bracket::left(&factors, Between::Softmax { scale }, &mut |_| {}).inner;
    let tables = [
        ("softmax", softmax),
        ("elu1", linear(FeatureMap::Elu1, 1.0)),
        ("exp_act", linear(FeatureMap::Exp, Scale::Quarter.factor(q.ncols()))),
    ];
    for (name, table) in tables {
        looks(name, &case.expected[name], &table, check);
    }
}

fn looks(name: &str, want: &Value, table: &Array2<f64>, check: &mut Check) {
    let values = spectrum::singular_values(table);
    // Values near 0 are rounding: they are compared on the scale of the largest.
    let tolerance = Tolerance { atol: 1e-6 * values.first().copied().unwrap_or(0.0), ..check.tolerances.f64 };
    check.list(&format!("{name} singular_values"), &want["singular_values"], &values, tolerance, Null::Skip);
    if let Some(expected) = want["rank_tol1e_9"].as_u64() {
        check.same(&format!("{name} rank"), expected, spectrum::rank(&values, 1e-9) as u64);
    }
    let concentration = spectrum::concentration(table);
    let numbers = [
        ("effective_rank", spectrum::effective_rank(&values)),
        ("mean_row_entropy_nats", concentration.entropy),
        ("mean_max_weight", concentration.largest),
        ("diag_mass", concentration.diagonal),
    ];
    for (field, got) in numbers {
        if let Some(expected) = want[field].as_f64() {
            check.number(&format!("{name} {field}"), expected, got, check.tolerances.f64);
        }
    }
}
