//! What the browser benchmark calls: our kernels on the page's GPU, our CPU path, seeded inputs and the f64 reference.
//!
//! Built by `scripts/bench` only, never part of the site.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "it only runs in a browser"))]

#[cfg(target_arch = "wasm32")]
mod page;

fn main() {}
