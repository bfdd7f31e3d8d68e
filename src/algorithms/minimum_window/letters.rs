//! The letters that are asked for, each with its slot: how many are needed, and how many the window has.

use super::Bug;

/// Letters below this are looked up in a table.
const ASCII: usize = 128;

/// Counts by letter of `t`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    /// The different letters of `t`, ascending.
    letters: Vec<char>,
    /// Slot of each ASCII letter.
    ascii: Vec<Option<usize>>,
    /// How many of each are needed.
    pub need: Vec<u32>,
    /// How many of each the window has.
    pub have: Vec<u32>,
}

impl Letters {
    /// Those of `t`, none in the window yet.
    pub fn new(t: &[char], bug: Bug) -> Letters {
        let mut letters = t.to_vec();
        letters.sort_unstable();
        letters.dedup();
        let mut ascii = vec![None; ASCII];
        for (slot, letter) in letters.iter().enumerate() {
            if let Some(place) = ascii.get_mut(*letter as usize) {
                *place = Some(slot);
            }
        }
        let have = vec![0; letters.len()];
        let mut need = have.clone();
        for letter in t {
            if let Ok(slot) = letters.binary_search(letter) {
                need[slot] = if bug == Bug::Distinct { 1 } else { need[slot] + 1 };
            }
        }
        Letters { letters, ascii, need, have }
    }

    /// The slot of a letter; `None` for one that nobody asked for.
    pub fn slot(&self, letter: char) -> Option<usize> {
        match self.ascii.get(letter as usize) {
            Some(slot) => *slot,
            None => self.letters.binary_search(&letter).ok(),
        }
    }

    /// The letter of a slot.
    pub fn letter(&self, slot: usize) -> char {
        self.letters[slot]
    }

    /// How many different letters are asked for.
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// How many are needed in all.
    pub fn total(&self) -> usize {
        self.need.iter().map(|need| *need as usize).sum()
    }

    /// How many of those needed are not in the window: the sum of max(0, need - have).
    pub fn missing(&self) -> usize {
        self.need.iter().zip(&self.have).map(|(need, have)| need.saturating_sub(*have) as usize).sum()
    }

    /// One more of a letter is in the window; whether it was wanting.
    pub(super) fn enter(&mut self, slot: Option<usize>) -> bool {
        let Some(slot) = slot else { return false };
        self.have[slot] += 1;
        self.have[slot] <= self.need[slot]
    }

    /// One of a letter leaves the window; whether it is wanting now.
    pub(super) fn leave(&mut self, slot: Option<usize>) -> bool {
        let Some(slot) = slot else { return false };
        self.have[slot] -= 1;
        self.have[slot] < self.need[slot]
    }

    /// Whether the window has all it needs, by comparing letter after letter, and how many comparisons that took.
    pub(super) fn covered(&self) -> (bool, usize) {
        let first = self.need.iter().zip(&self.have).position(|(need, have)| have < need);
        (first.is_none(), first.map_or(self.len(), |slot| slot + 1))
    }
}
