//! Unrolled: the algorithms of efficient sequence models, run for real and unrolled step by step.
//!
//! Modules in reading order. A module may use only modules named before it in its line of the
//! layer rule (ARCHITECTURE.md, checked by `tests/tidy.rs`):
//! `algorithms`, `trace`, `content` use nothing of ours; `data -> content`; `figure -> trace, content, data, kernels`;
//! `kernels -> algorithms`; `backend -> kernels`; `chapters -> algorithms, data, trace, figure, kernels, content`;
//! `ui -> trace, figure, content`; `app -> everything`.

pub mod algorithms;
pub mod trace;
pub mod content;
pub mod data;
pub mod figure;
pub mod kernels;
#[cfg(feature = "gpu")]
pub mod backend;
pub mod chapters;
#[cfg(feature = "app")]
pub mod ui;
#[cfg(feature = "app")]
pub mod app;
