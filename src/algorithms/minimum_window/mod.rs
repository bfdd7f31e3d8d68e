//! The shortest stretch of a text that contains every letter of another, as often as it occurs there; LeetCode 76.
//!
//! A letter is a Unicode code point. Of several shortest windows the leftmost is meant; there is none for no letters.

mod brute;
mod counting;
mod filtered;
mod letters;
pub mod reference;
mod sliding;

pub use brute::brute;
pub use counting::counting;
pub use filtered::filtered;
pub use letters::Letters;
pub use sliding::classic;

/// A stretch of the text: code points `left..=right`, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first code point.
    pub left: usize,
    /// Its last.
    pub right: usize,
}

impl Window {
    /// Code points in it.
    pub fn size(&self) -> usize {
        self.right - self.left + 1
    }
}

/// What is wrong with a run on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Nothing.
    None,
    /// Every letter is asked for once, however often it occurs in `t`.
    Distinct,
    /// A window as short as the best replaces it: the rightmost tie wins.
    Rightmost,
    /// The first window that is found ends the search.
    First,
}

/// What a run does, as it does it. Letters are named by their slot in [`Letters`], foreign ones have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The filter has looked at a letter, and kept it or not.
    Sift {
        /// Its place in the text.
        at: usize,
        /// Whether it occurs in `t`.
        kept: bool,
    },
    /// The right end has taken in a letter.
    Enter {
        /// The window with it.
        window: Window,
        /// Its slot.
        slot: Option<usize>,
        /// How many letters are missing now, counted with multiplicity.
        missing: usize,
    },
    /// The counts of the window were compared with those that are needed, letter by letter.
    Compare {
        /// The window.
        window: Window,
        /// Comparisons made.
        comparisons: usize,
        /// Whether nothing is missing.
        full: bool,
    },
    /// Nothing is missing: the window was held against the best one.
    Weigh {
        /// The window.
        window: Window,
        /// Whether it is the best now.
        better: bool,
    },
    /// The left end has let a letter go.
    Leave {
        /// Its place in the text.
        at: usize,
        /// Its slot.
        slot: Option<usize>,
        /// How many letters are missing now.
        missing: usize,
        /// The right end.
        right: usize,
    },
}

/// What a run found, and what it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The best window.
    pub best: Option<Window>,
    /// The windows that were the best, one after another.
    pub improvements: Vec<Window>,
    /// Moves of the right end. The brute force counts a window each.
    pub right_moves: u64,
    /// Moves of the left end.
    pub left_moves: u64,
    /// Letter counts compared, by the variant that compares them all.
    pub comparisons: u64,
    /// Letters looked at by the filter.
    pub sifted: u64,
}

impl Search {
    /// Everything that was done: moves, comparisons and letters sifted.
    pub fn steps(&self) -> u64 {
        self.right_moves + self.left_moves + self.comparisons + self.sifted
    }

    /// The window becomes the best one if it is shorter, or with [`Bug::Rightmost`] as short.
    fn weigh(&mut self, window: Window, bug: Bug, see: &mut (impl FnMut(Event) + ?Sized)) {
        let better =
            self.best.is_none_or(|best| if bug == Bug::Rightmost { window.size() <= best.size() } else { window.size() < best.size() });
        if better {
            self.best = Some(window);
            self.improvements.push(window);
        }
        see(Event::Weigh { window, better });
    }
}
