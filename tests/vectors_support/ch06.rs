//! Performer: positive and trigonometric random features, attention by them, and the estimators' errors.

use super::ch02::{inputs, mask_of, narrow, wide};
use super::check::{Case, Check, Null, Tolerance};
use ndarray::{Array1, Array2};
use serde_json::Value;
use unrolled::algorithms::linear_attention::{Denominator, Future, Guard, Mapped, parallel, recurrent, reference};
use unrolled::algorithms::performer::directions::{self, Directions, Lengths};
use unrolled::algorithms::performer::features::{self, Rules};
use unrolled::algorithms::performer::{Features, estimator, reference as estimated};
use unrolled::algorithms::{Attention, Mask, MaskKind, Real, reference as softmax};

pub fn performer_favor(case: &Case, check: &mut Check) {
    if !case.inputs["x"].is_null() {
        return errors(case, check);
    }
    if !case.inputs["sample_scaling0"].is_null() {
        return projection(case, check);
    }
    let Some((q, k, v)) = inputs(case, check) else { return };
    let Some(w) = check.inputs(case.matrix("projection")) else { return };
    let (tolerances, want) = (check.tolerances, case.expected);
    let mask = mask_of(case, q.nrows());
    let head = Attention { q, k, v, scale: Rules::TEXTBOOK.scale.factor(w.ncols()).powi(2), mask };
    exact(&head, &w, want, check);
    // Only the causal form of performer-pytorch guards its denominators.
    let guard = case.inputs["causal_denominator_eps"].as_f64().filter(|_| head.mask.kind != MaskKind::None).unwrap_or(0.0);
    approximate(&head, &w, guard, want, tolerances.f64, check);
    approximate(&head.cast::<f32>(), &narrow(&w), guard as f32, want, tolerances.f32, check);
}

/// The exact kernel, and the estimated ones by their definitions.
fn exact(head: &Attention<f64>, w: &Array2<f64>, want: &Value, check: &mut Check) {
    let tolerance = check.tolerances.f64;
    let kernel = (head.q.dot(&head.k.t()) * head.scale).mapv(f64::exp);
    let masked = reference::by_similarity(&kernel, &head.v, &head.mask, 0.0);
    check.matrix("exact_kernel", &want["exact_kernel"], &masked.similarities, tolerance);
    check.matrix("exact_out, by the kernel", &want["exact_out"], &masked.out, tolerance);
    check.matrix("exact_out", &want["exact_out"], &softmax::attention(head).out, tolerance);
    let trigonometric = Rules { features: Features::Trigonometric, ..Rules::TEXTBOOK };
    check.matrix("trig_kernel", &want["trig_kernel"], &estimated::kernel(&head.q, &head.k, w, trigonometric), tolerance);
    let kernel = estimated::kernel(&head.q, &head.k, w, Rules::TEXTBOOK);
    let masked = reference::by_similarity(&kernel, &head.v, &head.mask, 0.0);
    check.matrix("textbook_kernel", &want["textbook_kernel"], &masked.similarities, tolerance);
    check.matrix("textbook_out", &want["textbook_out"], &masked.out, tolerance);
}

fn approximate<F: Real>(head: &Attention<F>, w: &Array2<F>, guard: F, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let map = |rules: Rules| features::map(&head.q, &head.k, &head.v, w, rules);
    let mut same = |field: &str, got: &Array2<F>| check.matrix(&format!("{format} {field}"), &want[field], &wide(got), tolerance);
    let pytorch = Mapped { guard: Guard::PerFeature(guard), ..map(Rules::PERFORMER_PYTORCH) };
    same("phi_q", &pytorch.q);
    same("phi_k", &pytorch.k);
    same("out", &attention(&pytorch, &head.mask));
    let textbook = map(Rules::TEXTBOOK);
    same("textbook_phi_q", &textbook.q);
    same("textbook_phi_k", &textbook.k);
    same("textbook_kernel", &parallel::table(&textbook, &head.mask).similarities);
    same("textbook_out", &attention(&textbook, &head.mask));
    same("google_tf_out", &attention(&map(Rules::GOOGLE), &head.mask));
    let trigonometric = map(Rules { features: Features::Trigonometric, ..Rules::TEXTBOOK });
    same("trig_kernel", &trigonometric.q.dot(&trigonometric.k.t()));
}

fn attention<F: Real>(x: &Mapped<F>, mask: &Mask) -> Array2<F> {
    match mask.kind {
        MaskKind::None => parallel::forward(x, Denominator::On, &mut |_| {}).o,
        _ => recurrent::forward(x, Future::Hidden, Denominator::On, &mut |_| {}).o,
    }
}

/// The given samples, and our own draws, have the properties that are told.
fn projection(case: &Case, check: &mut Check) {
    let (Some(m), Some(d)) = (case.size("m"), case.size("d")) else { return check.fail("m or d is missing") };
    let chi = check.inputs(case.matrix("sample_scaling0"));
    let equal = check.inputs(case.matrix("sample_scaling1"));
    let (Some(chi), Some(equal)) = (chi, equal) else { return };
    let (tolerance, want) = (check.tolerances.f64, case.expected);
    let drawn = |lengths| directions::draw(m, d, Directions::Orthogonal, lengths, 1);
    for (whose, chi, equal) in [("given", chi, equal), ("drawn", drawn(Lengths::Chi), drawn(Lengths::SqrtD))] {
        let norms: Vec<f64> = equal.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect();
        check.list(&format!("{whose} row_norms_scaling1"), &want["row_norms_scaling1"], &norms, tolerance, Null::Skip);
        for (name, w) in [("chi", &chi), ("sqrt d", &equal)] {
            check.same(&format!("{whose} {name} shape"), (m, d), w.dim());
            let largest = directions::largest_cosine_in_blocks(w);
            if let Some(expected) = want["block_offdiag_max"].as_f64() {
                check.number(&format!("{whose} {name} block_offdiag_max"), expected, largest, tolerance);
            }
            if let Some(expected) = want["is_block_orthogonal"].as_bool() {
                check.same(&format!("{whose} {name} is_block_orthogonal"), expected, largest < 1e-9);
            }
        }
    }
}

fn errors(case: &Case, check: &mut Check) {
    let Some(m) = case.size("m") else { return check.fail("m is missing") };
    let vector = |name: &str| super::check::numbers(&case.inputs[name]);
    let (x, y) = (vector("x"), vector("y"));
    let kernel = estimator::kernel(&Array1::from(x.clone()), &Array1::from(y.clone()));
    let error = |features| estimator::mean_squared_error(&x, &y, m, features);
    let numbers = [("SM", kernel), ("mse_positive", error(Features::Positive)), ("mse_trig", error(Features::Trigonometric))];
    for (field, got) in numbers {
        if let Some(expected) = case.expected[field].as_f64() {
            check.number(field, expected, got, check.tolerances.f64);
        }
    }
}
