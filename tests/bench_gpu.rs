//! The benchmark of attention in its quick mode, so that it cannot rot.
#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../benches/attention/measure.rs"]
mod measure;

#[test]
fn the_benchmark_measures_every_variant() {
    if std::env::var("SKIP_GPU").is_ok_and(|value| value == "1") {
        eprintln!("SKIPPED, NOTHING WAS TESTED: SKIP_GPU=1");
        return;
    }
    let report = measure::report(&measure::QUICK).unwrap();
    println!("{report}");
    for variant in ["plain", "tiled", "rolled"] {
        let line = report.lines().find(|line| line.starts_with("n =") && line.contains(variant));
        let line = line.unwrap_or_else(|| panic!("no line for {variant}: {report}"));
        let speed: f64 = line.split("x ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().parse().unwrap();
        assert!(speed.is_finite() && speed > 0.0, "{line}");
    }
    for name in ["dense", "flash", "linear", "linear causal", "flash, CPU", "linear, CPU", "linear causal, CPU"] {
        let line = report.lines().find(|line| line.starts_with("n =") && line.contains(&format!("  {name}  ")));
        let line = line.unwrap_or_else(|| panic!("no line for {name}: {report}"));
        let speed: f64 = line.split("x flash").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().parse().unwrap();
        assert!(speed.is_finite() && speed > 0.0, "{line}");
    }
    assert!(report.contains("first result from cold"), "{report}");
}
