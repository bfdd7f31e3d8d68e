//! Linear attention: the reference, and every explained form in f64 and in f32.

use super::check::{Case, Check, Null, Tolerance, applies};
use ndarray::Array2;
use serde_json::Value;
use std::num::NonZeroUsize;
use unrolled::algorithms::feature_map::FeatureMap;
use unrolled::algorithms::linear_attention::bracket::{self, Between, Factors};
use unrolled::algorithms::linear_attention::chunkwise::{self, LastState, Rules};
use unrolled::algorithms::linear_attention::{Denominator, Future, Guard, Mapped, parallel, recurrent, reference};
use unrolled::algorithms::{Attention, Mask, MaskKind, Real, reference as softmax};

pub fn wide<F: Real>(matrix: &Array2<F>) -> Array2<f64> {
    matrix.mapv(F::to_f64)
}

fn wide_list<F: Real>(list: impl IntoIterator<Item = F>) -> Vec<f64> {
    list.into_iter().map(F::to_f64).collect()
}

pub fn narrow(matrix: &Array2<f64>) -> Array2<f32> {
    matrix.mapv(|x| x as f32)
}

/// Queries, keys, values.
pub type Inputs = (Array2<f64>, Array2<f64>, Array2<f64>);

pub fn inputs(case: &Case, check: &mut Check) -> Option<Inputs> {
    let read = |name: &str| case.matrix(name);
    let all = read("q").and_then(|q| Ok((q, read("k")?, read("v")?)));
    check.inputs(all)
}

pub fn mask_of(case: &Case, n: usize) -> Mask {
    let causal = case.inputs["causal"].as_bool() == Some(true);
    Mask::new(if causal { MaskKind::CausalTopLeft } else { MaskKind::None }, n, n)
}

fn map_named(name: &str) -> Option<FeatureMap> {
    FeatureMap::ALL.into_iter().find(|map| map.name() == name)
}

pub fn linear_attention(case: &Case, check: &mut Check) {
    let Some((q, k, v)) = inputs(case, check) else { return };
    let Some(map) = case.inputs["phi"].as_str().and_then(map_named) else { return check.fail("phi is not known") };
    let eps = case.inputs["eps"].as_f64().unwrap_or(0.0);
    let mask = mask_of(case, q.nrows());
    let (tolerances, want) = (check.tolerances, case.expected);
    let exact = reference::linear_attention(map, &q, &k, &v, &mask, eps);
    check.matrix("out", &want["out"], &exact.out, tolerances.f64);
    check.matrix("attn_unnormalised", &want["attn_unnormalised"], &exact.similarities, tolerances.f64);
    forms(&Mapped::new(map, &q, &k, &v, eps), &mask, want, tolerances.f64, check);
    forms(&Mapped::new(map, &narrow(&q), &narrow(&k), &narrow(&v), eps), &mask, want, tolerances.f32, check);
}

/// Every form that fits the mask.
fn forms<F: Real>(x: &Mapped<F>, mask: &Mask, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    check.matrix(&format!("{format} phi_q"), &want["phi_q"], &wide(&x.q), tolerance);
    check.matrix(&format!("{format} phi_k"), &want["phi_k"], &wide(&x.k), tolerance);
    let table = parallel::table(x, mask);
    check.matrix(&format!("{format} table"), &want["attn_unnormalised"], &wide(&table.similarities), tolerance);
    check.matrix(&format!("{format} quadratic out"), &want["out"], &wide(&table.out), tolerance);
    if mask.kind == MaskKind::None {
        let run = parallel::forward(x, Denominator::On, &mut |_| {});
        check.matrix(&format!("{format} parallel out"), &want["out"], &wide(&run.o), tolerance);
        check.matrix(&format!("{format} kv"), &want["kv"], &wide(&run.s), tolerance);
        check.list(&format!("{format} z"), &want["z"], &wide_list(run.z), tolerance, Null::Skip);
        return;
    }
    let run = recurrent::forward(x, Future::Hidden, Denominator::On, &mut |event| match event {
        recurrent::Event::State { i, s, .. } => {
            let expected = &want["state_S_after_each"][i];
            check.matrix(&format!("{format} S after {i}"), expected, &wide(s), tolerance);
        }
        recurrent::Event::Sum { i, z, .. } => {
            let (expected, z) = (&want["state_z_after_each"][i], wide_list(z.iter().copied()));
            check.list(&format!("{format} z after {i}"), expected, &z, tolerance, Null::Skip);
        }
        _ => {}
    });
    check.matrix(&format!("{format} recurrent out"), &want["out"], &wide(&run.o), tolerance);
    for chunk in 1..=x.n() {
        let run = chunkwise::forward(x, rules(chunk, Denominator::On), &mut |_| {});
        check.matrix(&format!("{format} chunk {chunk} out"), &want["out"], &wide(&run.o), tolerance);
    }
}

fn rules(chunk: usize, denominator: Denominator) -> Rules {
    Rules { chunk: NonZeroUsize::new(chunk).unwrap_or(NonZeroUsize::MIN), denominator, last: LastState::Kept }
}

pub fn chunkwise_causal(case: &Case, check: &mut Check) {
    let Some(all) = inputs(case, check) else { return };
    let Some(chunk) = case.size("chunk") else { return check.fail("chunk is missing") };
    let (tolerances, want) = (check.tolerances, case.expected);
    let mask = Mask::new(MaskKind::CausalTopLeft, all.0.nrows(), all.1.nrows());
    // No normaliser: the table of similarities times V.
    let exact = reference::linear_attention(FeatureMap::Identity, &all.0, &all.1, &all.2, &mask, 0.0);
    check.matrix("reference", &want["out"], &exact.similarities.dot(&all.2), tolerances.f64);
    chunks_in(&all, chunk, want, tolerances.f64, check);
    chunks_in(&(narrow(&all.0), narrow(&all.1), narrow(&all.2)), chunk, want, tolerances.f32, check);
}

type Three<F> = (Array2<F>, Array2<F>, Array2<F>);

fn chunks_in<F: Real>((q, k, v): &Three<F>, chunk: usize, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let x = Mapped { q: q.clone(), k: k.clone(), v: v.clone(), guard: Guard::none() };
    let mut n_chunks = 0;
    let run = chunkwise::forward(&x, rules(chunk, Denominator::Off), &mut |event| {
        let mut one = |c: usize, field: &str, got: &Array2<F>| {
            check.matrix(&format!("{format} chunks[{c}] {field}"), &want["chunks"][c][field], &wide(got), tolerance);
        };
        match event {
            chunkwise::Event::Load { c: 0, rows } => {
                one(0, "inter", &Array2::zeros((rows.len(), v.ncols())));
                one(0, "S_before", &Array2::zeros((k.ncols(), v.ncols())));
            }
            chunkwise::Event::Intra { c, sums, .. } => one(c, "intra", sums),
            chunkwise::Event::Inter { c, s, sums, .. } => {
                one(c, "S_before", s);
                one(c, "inter", sums);
            }
            chunkwise::Event::Output { c, .. } => n_chunks = c + 1,
            _ => {}
        }
    });
    if applies(&want["chunks"]) {
        check.same(&format!("{format} number of chunks"), want["chunks"].as_array().map_or(0, Vec::len), n_chunks);
    }
    check.matrix(&format!("{format} out"), &want["out"], &wide(&run.o), tolerance);
    check.matrix(&format!("{format} S_final"), &want["S_final"], &wide(&run.s), tolerance);
    let run = recurrent::forward(&x, Future::Hidden, Denominator::Off, &mut |_| {});
    check.matrix(&format!("{format} recurrent out"), &want["out"], &wide(&run.o), tolerance);
}

pub fn similarity_zoo(case: &Case, check: &mut Check) {
    let Some(all) = inputs(case, check) else { return };
    let (tolerances, want) = (check.tolerances, case.expected);
    let (q, k, v) = &all;
    let n = q.nrows();
    let cosine = |kind| reference::linear_attention(FeatureMap::Cosine, q, k, v, &Mask::new(kind, n, n), 0.0);
    let exact = cosine(MaskKind::None);
    let smallest = exact.similarities.iter().copied().fold(f64::INFINITY, f64::min);
    check.matrix("cosine", &want["su_taylor_cosine"], &exact.out, tolerances.f64);
    check.matrix("cosine, causal", &want["su_taylor_cosine_causal"], &cosine(MaskKind::CausalTopLeft).out, tolerances.f64);
    if let Some(expected) = want["min_taylor_weight"].as_f64() {
        check.number("min_taylor_weight", expected, smallest, tolerances.f64);
    }
    let double = reference::linear_attention(FeatureMap::Double, q, k, v, &Mask::new(MaskKind::None, n, n), 0.0);
    check.matrix("double", &want["efficient_double_softmax"], &double.out, tolerances.f64);
    check.list("double_softmax_row_sums", &want["double_softmax_row_sums"], &double.denominators, tolerances.f64, Null::Skip);
    let scale = 1.0 / (q.ncols() as f64).sqrt();
    let head = Attention { q: q.clone(), k: k.clone(), v: v.clone(), scale, mask: Mask::new(MaskKind::None, n, n) };
    check.matrix("softmax", &want["softmax"], &softmax::attention(&head).out, tolerances.f64);
    zoo_in(&all, want, tolerances.f64, check);
    zoo_in(&(narrow(q), narrow(k), narrow(v)), want, tolerances.f32, check);
}

fn zoo_in<F: Real>((q, k, v): &Three<F>, want: &Value, tolerance: Tolerance, check: &mut Check) {
    let format = std::any::type_name::<F>();
    let mut same = |field: &str, got: &Array2<F>| check.matrix(&format!("{format} {field}"), &want[field], &wide(got), tolerance);
    let factors = Factors { q: q.clone(), k: k.clone(), v: v.clone() };
    same("identity_no_norm", &bracket::left(&factors, Between::Nothing, &mut |_| {}).out);
    same("identity_no_norm", &bracket::right(&factors, &mut |_| {}).out);
    let softmax = Between::Softmax { scale: 1.0 / (q.ncols() as f64).sqrt() };
    same("softmax", &bracket::left(&factors, softmax, &mut |_| {}).out);
    let identity = Mapped::new(FeatureMap::Identity, q, k, v, 0.0);
    same("identity_no_norm", &parallel::forward(&identity, Denominator::Off, &mut |_| {}).o);
    let (double, cosine) = (Mapped::new(FeatureMap::Double, q, k, v, 0.0), Mapped::new(FeatureMap::Cosine, q, k, v, 0.0));
    same("efficient_double_softmax", &parallel::forward(&double, Denominator::On, &mut |_| {}).o);
    // Its rows sum to 1 by themselves: no denominator is needed.
    same("efficient_double_softmax", &parallel::forward(&double, Denominator::Off, &mut |_| {}).o);
    same("su_taylor_cosine", &parallel::forward(&cosine, Denominator::On, &mut |_| {}).o);
    same("su_taylor_cosine_causal", &recurrent::forward(&cosine, Future::Hidden, Denominator::On, &mut |_| {}).o);
    let n = q.nrows();
    let table = parallel::table(&double, &Mask::new(MaskKind::None, n, n));
    let sums = wide_list(table.denominators);
    check.list(&format!("{format} row sums"), &want["double_softmax_row_sums"], &sums, tolerance, Null::Skip);
}

/// Both brackets are run over shapes without entries, which count whole products.
pub fn flop_model(case: &Case, check: &mut Check) {
    let sizes = (case.size("n"), case.size("d"), case.size("dv"));
    let (Some(n), Some(d), Some(dv)) = sizes else { return check.fail("n, d or dv is missing") };
    let want = case.expected;
    let shape = Factors::shape(n, d, dv);
    let left = bracket::left(&shape, Between::Nothing, &mut |_| {}).cost;
    let right = bracket::right(&shape, &mut |_| {}).cost;
    // The state of a recurrence holds z besides.
    let state = right.intermediate + d as u64;
    let counts = [
        ("quadratic_matmul_flops", 2 * left.multiply_adds),
        ("linear_matmul_flops", 2 * right.multiply_adds),
        ("attn_matrix_elements", left.intermediate),
        ("state_elements", state),
    ];
    for (field, got) in counts {
        if let Some(expected) = want[field].as_u64() {
            check.same(field, expected, got);
        }
    }
    if let Some(expected) = want["crossover_n"].as_f64() {
        check.number("crossover_n", expected, bracket::crossover(d, dv), check.tolerances.f64);
    }
    if let Some(expected) = want["linear_cheaper"].as_bool() {
        check.same("linear_cheaper", expected, right.multiply_adds < left.multiply_adds);
        check.same("by the crossover", expected, n as f64 > bracket::crossover(d, dv));
    }
}
