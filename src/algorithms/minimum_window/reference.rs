//! The shortest window by its definition, letter by letter: what every variant is judged by.

use super::Window;

/// The leftmost of the shortest windows that contain `t`; every window is counted anew.
pub fn shortest(s: &[char], t: &[char]) -> Option<Window> {
    let contains = |window: &[char]| t.iter().all(|letter| count(window, *letter) >= count(t, *letter));
    let mut windows = (1..=s.len()).flat_map(|size| (0..=s.len() - size).map(move |left| (left, left + size)));
    let found = windows.find(|(left, end)| !t.is_empty() && contains(&s[*left..*end]));
    found.map(|(left, end)| Window { left, right: end - 1 })
}

fn count(text: &[char], letter: char) -> usize {
    text.iter().filter(|other| **other == letter).count()
}
