//! The longest run by its definition: every number is followed upwards through the whole list. What every variant is judged by.

use super::Run;

/// The longest run, of several the one with the smallest start; quadratic and worse.
pub fn longest(nums: &[i32]) -> Option<Run> {
    let numbers: Vec<i64> = nums.iter().map(|x| i64::from(*x)).collect();
    let mut runs: Vec<Run> = numbers
        .iter()
        .map(|&start| Run { start, length: (0..).take_while(|ahead| numbers.contains(&(start + ahead))).count() as u64 })
        .collect();
    runs.sort_by_key(|run| (std::cmp::Reverse(run.length), run.start));
    runs.first().copied()
}

/// The numbers whose predecessor is absent, ascending and each once.
pub fn starts(nums: &[i32]) -> Vec<i64> {
    let numbers: Vec<i64> = nums.iter().map(|x| i64::from(*x)).collect();
    let mut starts: Vec<i64> = numbers.iter().copied().filter(|x| !numbers.contains(&(x - 1))).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}
