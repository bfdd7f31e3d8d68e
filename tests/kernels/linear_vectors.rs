//! Linear attention and Performer features against the reference vectors, which other programs computed in f64.

use serde_json::Value;
use unrolled::kernels::linear_attention::{self, FeatureMap, Normaliser};
use unrolled::kernels::linear_attention_causal;
use unrolled::kernels::performer_features::{self, Stabiliser};

use super::flat;

fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file["cases"].as_array().unwrap().clone()
}

/// Rows and columns of a JSON matrix.
fn shape(matrix: &Value) -> [u32; 2] {
    [matrix.as_array().unwrap().len() as u32, matrix[0].as_array().unwrap().len() as u32]
}

/// The output of the twin of the kernel that the case is for, against `expected`.
#[track_caller]
fn check(case: &Value, causal: bool, map: FeatureMap, normaliser: Normaliser, expected: &Value) {
    let [[nq, d], [nk, _], [_, dv]] = ["q", "k", "v"].map(|name| shape(&case["inputs"][name]));
    let [q, k, v] = ["q", "k", "v"].map(|name| flat(&case["inputs"][name]));
    let (kernel, uniform) = if causal {
        (&linear_attention_causal::KERNEL, linear_attention_causal::uniform(nq, d, dv, map, normaliser))
    } else {
        (&linear_attention::KERNEL, linear_attention::uniform(nq, nk, d, dv, map, normaliser))
    };
    let twin = kernel.run_cpu(&uniform, &[&q, &k, &v]).unwrap();
    kernel.tolerance.check(&twin, &[flat(expected)]).unwrap_or_else(|mismatch| panic!("{}: {mismatch}", case["name"]));
}

#[test]
fn linear_attention_agrees_with_the_reference_vectors() {
    let mut compared = 0;
    for case in cases("ch02_linear_attention") {
        let inputs = &case["inputs"];
        let map = match inputs["phi"].as_str().unwrap() {
            "elu1" => FeatureMap::Elu1,
            "relu" => FeatureMap::Relu,
            "exp" => FeatureMap::Exp,
            other => panic!("map {other}"),
        };
        let eps = Normaliser::Eps(inputs["eps"].as_f64().unwrap() as f32);
        check(&case, inputs["causal"].as_bool().unwrap(), map, eps, &case["expected"]["out"]);
        compared += 1;
    }
    for case in cases("ch02_chunkwise_causal") {
        check(&case, true, FeatureMap::Identity, Normaliser::Absent, &case["expected"]["out"]);
        compared += 1;
    }
    for case in cases("ch02_similarity_zoo") {
        check(&case, false, FeatureMap::Identity, Normaliser::Absent, &case["expected"]["identity_no_norm"]);
        compared += 1;
    }
    assert!(compared >= 13, "only {compared} cases compared");
}

/// The vectors' conventions: the maximum of each row for queries, of all rows for keys, eps after exp; and neither in the
/// textbook's form.
#[test]
fn performer_features_agree_with_the_reference_vectors() {
    let kernel = &performer_features::KERNEL;
    let mut compared = 0;
    for case in cases("ch06_performer_favor") {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        // Other cases are about directions and errors.
        let Some(eps) = inputs["eps"].as_f64().filter(|_| expected["phi_q"].is_array()) else { continue };
        let w = flat(&inputs["projection"]);
        for (input, output, stabiliser, eps) in [
            ("q", "phi_q", Stabiliser::Row, eps as f32),
            ("k", "phi_k", Stabiliser::All, eps as f32),
            ("q", "textbook_phi_q", Stabiliser::Absent, 0.0),
            ("k", "textbook_phi_k", Stabiliser::Absent, 0.0),
        ] {
            let x = flat(&inputs[input]);
            let [n, d] = shape(&inputs[input]);
            let uniform = performer_features::uniform(n, d, w.len() as u32 / d, stabiliser, (d as f32).powf(-0.25), eps);
            let twin = kernel.run_cpu(&uniform, &[&x, &w]).unwrap();
            let checked = kernel.tolerance.check(&twin, &[flat(&expected[output])]);
            checked.unwrap_or_else(|mismatch| panic!("{} {output}: {mismatch}", case["name"]));
            compared += 1;
        }
    }
    assert!(compared >= 12, "only {compared} outputs compared");
}
