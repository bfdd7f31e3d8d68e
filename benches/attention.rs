//! Attention by its definition against both variants of flash attention, and linear attention against both and the
//! CPU path, interleaved on this machine's adapter.
//!
//! `cargo bench --no-default-features --features gpu --bench attention` runs it; `-- --quick` runs the least
//! that shows that it works. On Linux, `MESA_SHADER_CACHE_DISABLE=true` keeps a driver from remembering
//! compiled kernels, and `VK_DRIVER_FILES` chooses the driver.

#[path = "attention/measure.rs"]
mod measure;

fn main() {
    let settings = if std::env::args().any(|argument| argument == "--quick") { measure::QUICK } else { measure::FULL };
    match measure::report(&settings) {
        Ok(report) => println!("{report}"),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}
