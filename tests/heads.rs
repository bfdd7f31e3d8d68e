//! The data files of attention heads: cut from the repository's safetensors as told.
//!
//! Located in `src/content/heads.rs`; run with `cargo nextest run --no-default-features --features prerender --test heads`.
#![cfg(feature = "prerender")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests panics as its tests do")]

use std::fs;
use unrolled::content::heads;

#[test]
fn heads_are_cut_as_told() {
    let read = |name: &str| fs::read(format!("static/data/minilm/{name}")).unwrap();
    let bytes = read("short.safetensors");
    let short = heads::short_heads(&bytes).unwrap();
    assert_eq!(short.len(), 72);
    assert!(short.iter().all(|(_, bytes)| bytes.len() == 6144));
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let size = 16 * 32 * 4;
    for (part, name) in ["q", "k", "v"].into_iter().enumerate() {
        // Layer 3, head 1 is the 37th head.
        let tensor = file.tensor(name).unwrap();
        assert_eq!(short[37].0, "short-3-1.f32");
        assert_eq!(short[37].1[part * size..(part + 1) * size], tensor.data()[37 * size..38 * size], "{name}");
    }
    let long = heads::long_heads(&read("long.safetensors")).unwrap();
    let names: Vec<&str> = long.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["long-0-2.f32", "long-1-8.f32", "long-3-1.f32", "long-5-6.f32"]);
    assert!(long.iter().all(|(_, bytes)| bytes.len() == 98_304));
    assert!(heads::long_heads(&bytes).is_err(), "another shape must be refused");
}
