//! Where the code of a figure comes from: natively it is there; in the browser it is in a part of the wasm that is fetched
//! when the figure is first built.

use super::Build;

/// Gives the code of a figure. In the browser that takes a fetch, which may fail.
#[cfg(target_arch = "wasm32")]
pub type Code = fn() -> std::pin::Pin<Box<dyn Future<Output = Result<Build, String>>>>;

/// Gives the code of a figure.
#[cfg(not(target_arch = "wasm32"))]
pub type Code = fn() -> Build;

/// Declares `CODE` of a figure: `figure_code!(part, name, build)`. What only the figures of a part reach goes into that part
/// (`scripts/split-wasm`): one for the figures of a chapter that have a player, one for those that wait until they are near.
macro_rules! figure_code {
    ($part:ident, $name:ident, $build:ident) => {
        /// The figure's code.
        #[cfg(not(target_arch = "wasm32"))]
        pub const CODE: $crate::figure::Code = || $build;

        /// The figure's code.
        #[cfg(target_arch = "wasm32")]
        pub const CODE: $crate::figure::Code = || Box::pin(async { chunk::$name().await.map_err(|error| error.to_string()) });

        /// The split point.
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, missing_docs, reason = "the splitter joins the two files by exported names")]
        mod chunk {
            use wasm_split_helpers::{SplitLoaderError, wasm_split};

            #[wasm_split($part, fallible)]
            pub fn $name() -> Result<$crate::figure::Build, SplitLoaderError> {
                Ok(super::$build)
            }
        }
    };
}

pub(crate) use figure_code;
