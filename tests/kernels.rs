//! Every kernel of the table without a GPU: its WGSL is valid and within the baseline limits, its
//! bindings are the table's, and its CPU twin agrees with an f64 reference that shares no code with it.
//!
//! Run with `cargo nextest run --no-default-features --test kernels`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "kernels/exact.rs"]
mod exact;
#[path = "kernels/exact_linear.rs"]
mod exact_linear;
#[path = "kernels/head.rs"]
mod head;
#[path = "kernels/linear.rs"]
mod linear;
#[path = "kernels/linear_vectors.rs"]
mod linear_vectors;
#[path = "kernels/sweep.rs"]
mod sweep;

use std::collections::BTreeSet;

use exact::attention_f64;
use naga::valid::{Capabilities, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess, TypeInner};
use serde_json::Value;
use unrolled::kernels::flash_attention::Mask;
use unrolled::kernels::{
    Adapter, BindingKind, Case, KERNELS, Kernel, KernelError, Mismatch, Pass, Tolerance, agreement, find, flash_attention,
    linear_attention, linear_attention_causal, plain_attention,
};

/// Most workgroup memory a kernel may ask for, bytes.
const MAX_WORKGROUP_BYTES: u32 = 16 * 1024;
/// Most invocations a workgroup may have.
const MAX_INVOCATIONS: u32 = 256;

/// A pass as its adapters compile it, for one set of sizes.
struct Source {
    name: String,
    pass: &'static Pass,
    module: Module,
}

/// Every pass of every variant with every value its constants take in the cases.
fn sources(kernel: &Kernel) -> Vec<Source> {
    let mut texts = BTreeSet::new();
    let mut sources = Vec::new();
    for case in (kernel.cases)() {
        for (variant, pass) in kernel.variants.iter().flat_map(|variant| variant.passes.iter().map(move |pass| (variant, pass))) {
            let text = variant.source(pass, &case.uniform);
            if texts.insert((text.to_string(), pass.entry)) {
                let name = format!("{}, {}, {}, as for {}", kernel.name, variant.name, pass.entry, case.name);
                sources.push(Source { module: parse(&name, &text), name, pass });
            }
        }
    }
    sources
}

fn parse(name: &str, wgsl: &str) -> Module {
    assert!(!wgsl.contains("enable "), "{name} asks for an extension");
    let module = naga::front::wgsl::parse_str(wgsl).unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(wgsl)));
    // No capability: f16, subgroups and everything else beyond the baseline are refused here.
    Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(wgsl)));
    module
}

#[test]
fn the_table_is_consistent() {
    assert!(!KERNELS.is_empty());
    for kernel in KERNELS {
        assert!(std::ptr::eq(find(kernel.name).unwrap(), kernel));
        let named = KERNELS.iter().filter(|other| other.name == kernel.name).count();
        assert_eq!(named, 1, "{} is not unique", kernel.name);
        assert!(!kernel.tolerance.reason.is_empty());
        for adapter in [Adapter::Hardware, Adapter::Software] {
            let variant = kernel.variant(adapter);
            assert!(variant.adapter.is_none_or(|made_for| made_for == adapter), "{} has no variant for {adapter:?}", kernel.name);
        }
        for variant in kernel.variants {
            assert!(!variant.passes.is_empty(), "{} {}", kernel.name, variant.name);
            for (constant, pass) in variant.constants.iter().zip(variant.passes) {
                assert_eq!(pass.wgsl.matches(&format!("const {} = ", constant.name)).count(), 1, "{} {}", kernel.name, constant.name);
            }
        }
        let cases = (kernel.cases)();
        assert!(!cases.is_empty(), "{} has no case", kernel.name);
        for case in cases {
            kernel.check(&case.uniform, &case.slices()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        }
    }
    assert!(find("no such kernel").is_none());
}

#[test]
fn wgsl_is_valid_and_within_the_baseline() {
    for kernel in KERNELS {
        for Source { name, pass, module } in sources(kernel) {
            let entry = module.entry_points.iter().find(|entry| entry.name == pass.entry).unwrap_or_else(|| panic!("{name}: no entry"));
            assert_eq!(entry.workgroup_size, pass.workgroup_size, "{name}");
            let invocations: u32 = entry.workgroup_size.iter().product();
            assert!(invocations <= MAX_INVOCATIONS, "{name}: {invocations} invocations");

            let workgroup_bytes: u32 = module
                .global_variables
                .iter()
                .filter(|(_, variable)| variable.space == AddressSpace::WorkGroup)
                .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
                .sum();
            assert!(workgroup_bytes <= MAX_WORKGROUP_BYTES, "{name}: {workgroup_bytes} bytes");
        }
    }
}

#[test]
fn every_entry_point_is_dispatched() {
    for kernel in KERNELS {
        for Source { name, pass, module } in sources(kernel) {
            let passes = kernel.variants.iter().flat_map(|variant| variant.passes).filter(|other| other.wgsl == pass.wgsl);
            let dispatched: BTreeSet<_> = passes.map(|pass| pass.entry).collect();
            let found: BTreeSet<_> = module.entry_points.iter().map(|entry| entry.name.as_str()).collect();
            assert_eq!(found, dispatched, "{name}");
        }
    }
}

#[test]
fn the_baseline_check_can_fail() {
    let workgroup = "var<workgroup> tile: array<f32, 5000>; @compute @workgroup_size(1) fn f() { tile[0] = 1.0; }";
    let module = naga::front::wgsl::parse_str(workgroup).unwrap();
    let (_, tile) = module.global_variables.iter().next().unwrap();
    assert_eq!(tile.space, AddressSpace::WorkGroup);
    assert!(module.types[tile.ty].inner.size(module.to_ctx()) > MAX_WORKGROUP_BYTES);

    let half = "enable f16; @compute @workgroup_size(1) fn f() { var x: f16 = 1.0h; x += x; }";
    let valid = naga::front::wgsl::parse_str(half)
        .is_ok_and(|module| Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module).is_ok());
    assert!(!valid, "f16 passed for baseline");
}

#[test]
fn bindings_are_in_the_order_of_the_table() {
    for kernel in KERNELS {
        for Source { name, module, .. } in sources(kernel) {
            let bound = |variable: &naga::GlobalVariable| {
                let binding = variable.binding?;
                assert_eq!(binding.group, 0, "{name}");
                let writable = match variable.space {
                    AddressSpace::Uniform => None,
                    AddressSpace::Storage { access } => Some(access.contains(StorageAccess::STORE)),
                    space => panic!("{name}: a binding in {space:?}"),
                };
                // Rows of whole vec4s are what a vec4 is bound to.
                let vec4s = matches!(&module.types[variable.ty].inner, &TypeInner::Array { stride: 16, .. });
                Some((binding.binding as usize, variable.name.clone().unwrap(), writable, vec4s))
            };
            let mut found: Vec<_> = module.global_variables.iter().filter_map(|(_, variable)| bound(variable)).collect();
            found.sort_by_key(|(index, ..)| *index);
            let expected = kernel.bindings.iter().enumerate().map(|(index, binding)| {
                let writable = match binding.kind {
                    BindingKind::Uniform => None,
                    BindingKind::Input => Some(false),
                    BindingKind::Output | BindingKind::Scratch => Some(true),
                };
                (index, binding.name.to_string(), writable, binding.row.is_some())
            });
            assert_eq!(found, expected.collect::<Vec<_>>(), "{name}");
        }

        // The uniform comes first, then inputs, outputs and scratch memory: what the backend and the twin rely on.
        assert!(kernel.bindings.is_sorted_by_key(|binding| binding.kind as u32), "{}", kernel.name);
        assert_eq!(kernel.bindings_of(BindingKind::Uniform).count(), 1, "{}", kernel.name);
        let words = (kernel.bindings[0].len)(&(kernel.cases)()[0].uniform);
        assert_eq!(words, kernel.words.len(), "{}", kernel.name);
    }
}

/// The reference of a kernel. A new kernel without one fails here, by name.
fn reference(kernel: &Kernel) -> fn(&Case) -> Vec<Vec<f64>> {
    match kernel.name {
        "flash_attention" => attention_f64,
        "plain_attention" => |case| attention_f64(case)[..1].to_vec(),
        "linear_attention" | "linear_attention_causal" => exact_linear::linear_attention_f64,
        "performer_features" => exact_linear::performer_features_f64,
        name => panic!("{name} has no f64 reference in this test"),
    }
}

#[test]
fn twins_agree_with_the_f64_reference() {
    for kernel in KERNELS {
        for case in (kernel.cases)().into_iter().chain(linear::heads(kernel, head::heads())) {
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            let expected = reference(kernel)(&case);
            kernel.tolerance.check(&twin, &expected).unwrap_or_else(|mismatch| panic!("{} {}: {mismatch}", kernel.name, case.name));
            let each = twin.iter().zip(&expected);
            let worst: Vec<String> =
                each.map(|(a, b)| format!("{:.1e}", agreement(std::slice::from_ref(a), std::slice::from_ref(b)).unwrap())).collect();
            println!("{} {}: twin within {} of f64", kernel.name, case.name, worst.join(", "));
        }
    }
}

#[test]
fn attention_agrees_on_every_small_shape() {
    for kernel in [&flash_attention::KERNEL, &plain_attention::KERNEL] {
        for case in sweep::small_shapes() {
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            let checked = kernel.tolerance.check(&twin, &reference(kernel)(&case));
            checked.unwrap_or_else(|mismatch| panic!("{} {:?}: {mismatch}", kernel.name, case.uniform));
        }
    }
}

#[test]
fn linear_attention_agrees_on_every_small_shape() {
    for (all, causal) in linear::small_shapes() {
        for (kernel, case) in [(&linear_attention::KERNEL, all), (&linear_attention_causal::KERNEL, causal)] {
            let twin = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
            let checked = kernel.tolerance.check(&twin, &reference(kernel)(&case));
            checked.unwrap_or_else(|mismatch| panic!("{} {:?}: {mismatch}", kernel.name, case.uniform));
        }
    }
}

/// Rows of a JSON matrix, flattened.
fn flat(matrix: &Value) -> Vec<f32> {
    let rows = matrix.as_array().unwrap().iter();
    rows.flat_map(|row| row.as_array().unwrap()).map(|value| value.as_f64().unwrap() as f32).collect()
}

/// The reference vectors were computed by other programs: attention by published code, in f64.
#[test]
fn attention_agrees_with_the_reference_vectors() {
    let kernel = &flash_attention::KERNEL;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/ch01_softmax_attention.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut compared = 0;
    // The kernel has no key padding: cases that use it are not its own.
    for case in file["cases"].as_array().unwrap().iter().filter(|case| case["inputs"]["key_keep"].is_null()) {
        let inputs = &case["inputs"];
        let rows = |name: &str| inputs[name].as_array().unwrap().len() as u32;
        let columns = |name: &str| inputs[name][0].as_array().unwrap().len() as u32;
        let mask = match inputs["mask_kind"].as_str().unwrap() {
            "none" => Mask::None,
            "causal_bottom_right" => Mask::BottomRight,
            "causal_top_left" => Mask::TopLeft,
            other => panic!("mask {other}"),
        };
        let scale = inputs["scale"].as_f64().unwrap() as f32;
        let uniform = flash_attention::uniform(rows("q"), rows("k"), columns("q"), columns("v"), mask, scale);
        let [q, k, v] = ["q", "k", "v"].map(|name| flat(&inputs[name]));
        let twin = kernel.run_cpu(&uniform, &[&q, &k, &v]).unwrap();

        let lse = case["expected"]["lse"].as_array().unwrap().iter();
        let lse = lse.map(|value| value.as_f64().map_or(f32::NEG_INFINITY, |value| value as f32)).collect();
        kernel
            .tolerance
            .check(&twin, &[flat(&case["expected"]["out"]), lse])
            .unwrap_or_else(|mismatch| panic!("{}: {mismatch}", case["name"]));
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} cases compared");
}

/// A result whose weights sum to 1.001: what a slightly wrong denominator gives.
fn perturbed(good: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut out = good.to_vec();
    out[0].iter_mut().for_each(|value| *value *= 1.001);
    out
}

#[test]
fn the_comparison_can_fail() {
    let kernel = &flash_attention::KERNEL;
    let case = (kernel.cases)().into_iter().find(|case| case.name == "square_causal").unwrap();
    let good = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
    let expected = attention_f64(&case);
    kernel.tolerance.check(&good, &expected).unwrap();

    let wrong = perturbed(&good);
    assert!(matches!(kernel.tolerance.check(&wrong, &expected), Err(Mismatch::Value { output: 0, .. })));

    let mut poisoned = good.clone();
    poisoned[1][3] = f32::NAN;
    assert!(matches!(agreement(&poisoned, &good), Err(Mismatch::Value { output: 1, index: 3, .. })));
    assert!(agreement(&good, &poisoned).is_err());
    assert!(agreement(&poisoned, &poisoned).is_err(), "NaN agrees with nothing");

    let mut short = good.clone();
    short[0].pop();
    assert!(matches!(agreement(&short, &good), Err(Mismatch::Length { output: 0, .. })));
    assert!(matches!(agreement(&good[..1], &good), Err(Mismatch::Outputs { a: 1, b: 2 })));

    // The other mask alignment is another computation.
    let mut top_left = case.clone();
    top_left.uniform[0] -= 1;
    top_left.inputs[0].truncate((top_left.uniform[0] * top_left.uniform[2]) as usize);
    let mut bottom_right = top_left.clone();
    (top_left.uniform[4], bottom_right.uniform[4]) = (2, 1);
    let run = |case: &Case| kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
    assert!(kernel.tolerance.check(&run(&top_left), &run(&bottom_right)).is_err());
}

#[test]
fn agreement_is_the_largest_difference() {
    let a = vec![vec![1.0_f32, f32::NEG_INFINITY], vec![0.5]];
    let b = vec![vec![1.25_f32, f32::NEG_INFINITY], vec![0.0]];
    assert_eq!(agreement(&a, &b), Ok(0.5));
    let finite = vec![vec![1.25_f32, -3e38], vec![0.0]];
    assert!(agreement(&a, &finite).is_err(), "-inf is no number");
    let relative = Tolerance { atol: 0.0, rtol: 1.0, reason: "test" };
    assert!(relative.check(&finite, &b).is_err(), "an infinite expectation allows no finite value");
}

#[test]
fn dead_rows_are_zero_and_minus_infinity() {
    let kernel = &flash_attention::KERNEL;
    let case = (kernel.cases)().into_iter().find(|case| case.name == "more_queries_dead_rows").unwrap();
    let out = kernel.run_cpu(&case.uniform, &case.slices()).unwrap();
    let (dead, dv) = ((case.uniform[0] - case.uniform[1]) as usize, case.uniform[3] as usize);
    assert!(out[0][..dead * dv].iter().all(|&value| value == 0.0));
    assert!(out[1][..dead].iter().all(|&value| value == f32::NEG_INFINITY));
    assert!(out[1][dead..].iter().all(|value| value.is_finite()));
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let kernel = &flash_attention::KERNEL;
    let case = &(kernel.cases)()[3];
    let refused = |change: fn(&mut Case)| {
        let mut case = case.clone();
        change(&mut case);
        kernel.run_cpu(&case.uniform, &case.slices()).unwrap_err()
    };
    assert!(matches!(refused(|c| c.uniform.truncate(5)), KernelError::UniformLength { found: 5, .. }));
    assert!(matches!(refused(|c| c.uniform[0] = 0), KernelError::Range { word: "nq", .. }));
    assert!(matches!(refused(|c| c.uniform[2] = 129), KernelError::Range { word: "d", max: 128, .. }));
    assert!(matches!(refused(|c| c.uniform[4] = 3), KernelError::Range { word: "mask", .. }));
    assert!(matches!(refused(|c| c.uniform[5] = f32::NAN.to_bits()), KernelError::NotFinite { name: "scale", .. }));
    assert!(matches!(refused(|c| c.inputs.truncate(2)), KernelError::InputCount { found: 2, .. }));
    assert!(matches!(refused(|c| c.inputs[1].truncate(7)), KernelError::InputLength { binding: "k", found: 7, .. }));
    assert!(matches!(refused(|c| c.inputs[2][4] = f32::INFINITY), KernelError::NotFinite { name: "v", index: 4, .. }));
}
