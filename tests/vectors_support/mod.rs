//! Reading, comparing and running the reference vectors.

pub mod check;
pub mod ch01;
pub mod ch02;
