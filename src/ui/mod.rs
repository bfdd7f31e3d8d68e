//! Widgets that know no chapter: the figure frame and everything in it.

pub mod bind;
pub mod clock;
mod controls;
mod data_table;
pub mod dom;
mod drag;
mod export;
mod frame;
mod lab_bar;
mod listing;
pub mod motion;
mod player_bar;
mod predict;
mod stage;
mod state;
mod timeline_view;
mod toolbar;
pub mod words;

pub use frame::mount;
pub use state::{Agreement, Fetch, FigureState, Place, Progress};
