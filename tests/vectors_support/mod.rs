//! Reading, comparing and running the reference vectors.

pub mod check;
pub mod ch01;
pub mod ch02;
pub mod ch06;
pub mod ch07;
pub mod ch11;
pub mod ch12;
