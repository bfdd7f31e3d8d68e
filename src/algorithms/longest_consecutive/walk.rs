//! A hash set, and a walk upwards from every start.

use super::{Buckets, Event, Run, Search};

/// Whether a walk begins only where the number before is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The algorithm.
    On,
    /// Broken on purpose: a walk begins everywhere.
    Off,
}

/// What the outer loop goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loop {
    /// The set: every number once.
    Set,
    /// The list: a start that is repeated is walked again. Broken on purpose.
    List,
}

/// Walks from the starts; with the guard and over the set every number is counted exactly once.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn hash_set(nums: &[i32], guard: Guard, over: Loop, see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: longest_consecutive
    let mut set = Buckets::for_at_most(nums.len()); // @set
    for (at, x) in nums.iter().map(|x| i64::from(*x)).enumerate() {
        let new = set.insert(x, 1); // @insert
        see(Event::Insert { at, x, new }); // @hide
    }
    for idx in 0..turns(&set, nums, over) { // @each
        let Some(x) = turn(&set, nums, over, idx) else { break }; // @number
        if guard == Guard::On && asked(&mut set, x, see) { continue; } // @guard
        let mut length = 1; // @start
        search.starts.push(x); // @hide
        while stepped(&mut set, x, length, &mut search, see) { length += 1; } // @walk
        search.end(Run { start: x, length }, see); // @best
    }
    // end listing
    (search.distinct, search.lookups, search.probes) = (set.len(), set.lookups(), set.probes());
    search
}

/// How often the outer loop turns.
fn turns(set: &Buckets, nums: &[i32], over: Loop) -> usize {
    match over {
        Loop::Set => set.len(),
        Loop::List => nums.len(),
    }
}

/// The number of a turn of the outer loop.
fn turn(set: &Buckets, nums: &[i32], over: Loop, idx: usize) -> Option<i64> {
    match over {
        Loop::Set => set.key(idx),
        Loop::List => nums.get(idx).map(|x| i64::from(*x)),
    }
}

/// Whether x - 1 is there.
fn asked(set: &mut Buckets, x: i64, see: &mut (impl FnMut(Event) + ?Sized)) -> bool {
    let before = set.contains(x - 1);
    see(Event::Ask { x, start: !before });
    before
}

/// Counts the last of `length` numbers from `start`; whether the next is there.
fn stepped(set: &mut Buckets, start: i64, length: u64, search: &mut Search, see: &mut (impl FnMut(Event) + ?Sized)) -> bool {
    search.inner_steps += 1;
    let x = start + length as i64 - 1;
    let more = set.contains(x + 1);
    see(Event::Step { start, x, more });
    more
}
