//! The longest run of consecutive whole numbers in a list, in whatever order they stand; LeetCode 128.
//!
//! Numbers are i32, sums are i64: x - 1 and x + 1 exist at either end. A repeated number counts once; of several longest
//! runs the one with the smallest start is meant; an empty list has a run of length 0.

mod hash;
mod intervals;
pub mod reference;
mod sorted;
mod union_find;
mod walk;

pub use hash::Buckets;
pub use intervals::intervals;
pub use sorted::sorted;
pub use union_find::union_find;
pub use walk::{Guard, Loop, hash_set};

/// A run of consecutive numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its smallest number.
    pub start: i64,
    /// How many numbers it has.
    pub length: u64,
}

/// What an algorithm does, as it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A number of the list was put into the set, or was there already.
    Insert {
        /// Its place in the list.
        at: usize,
        /// The number.
        x: i64,
        /// Whether it was new.
        new: bool,
    },
    /// The guard asked whether `x - 1` is there.
    Ask {
        /// Of which number.
        x: i64,
        /// Whether x is a start, so whether x - 1 is absent.
        start: bool,
    },
    /// A walk has counted a number.
    Step {
        /// Where the walk began.
        start: i64,
        /// The number counted.
        x: i64,
        /// Whether x + 1 is there, so whether the walk goes on.
        more: bool,
    },
    /// A run is known to its end.
    Ended {
        /// The run.
        run: Run,
        /// Whether it is the best so far.
        better: bool,
    },
    /// Two neighbours of the sorted list were looked at.
    Neighbours {
        /// The place of the second in the sorted list.
        at: usize,
        /// The number.
        x: i64,
        /// Length of the run that ends with it.
        length: u64,
    },
    /// A number joined the runs that touch it.
    Join {
        /// The number.
        x: i64,
        /// The run that it is part of now.
        run: Run,
    },
}

/// What a run of an algorithm found, and what it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The longest run; `None` of an empty list.
    pub best: Option<Run>,
    /// The numbers from which a walk began, in order.
    pub starts: Vec<i64>,
    /// Numbers counted by the walks: the steps of the inner loop.
    pub inner_steps: u64,
    /// Questions put to the hash table, and numbers put into it.
    pub lookups: u64,
    /// Entries of the table that these had to look at.
    pub probes: u64,
    /// Comparisons made by sorting.
    pub comparisons: u64,
    /// Different numbers.
    pub distinct: usize,
}

impl Search {
    /// Everything that was done and counted.
    pub fn steps(&self) -> u64 {
        self.inner_steps + self.probes + self.comparisons
    }

    /// A run has ended.
    fn end(&mut self, run: Run, see: &mut (impl FnMut(Event) + ?Sized)) {
        let longer = |best: Run| run.length > best.length || run.length == best.length && run.start < best.start;
        let better = self.best.is_none_or(longer);
        if better {
            self.best = Some(run);
        }
        see(Event::Ended { run, better });
    }
}
