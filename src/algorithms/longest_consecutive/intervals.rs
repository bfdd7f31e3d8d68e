//! One pass in which only the two ends of a run know its length.

use super::{Buckets, Event, Run, Search};

/// Each new number joins the run that ends before it with the one that begins after it.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn intervals(nums: &[i32], see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: longest_consecutive_intervals
    let mut length_at = Buckets::for_at_most(nums.len()); // @map
    for (at, x) in nums.iter().map(|x| i64::from(*x)).enumerate() {
        let new = length_at.insert(x, 1); // @insert
        see(Event::Insert { at, x, new }); // @hide
        if !new { continue; } // @seen
        let left = length_at.get(x - 1).unwrap_or(0); // @left
        let right = length_at.get(x + 1).unwrap_or(0); // @right
        let (start, length) = (x - left, left + 1 + right); // @join
        for end in [start, start + length - 1] { length_at.set(end, length); } // @ends
        search.inner_steps += 1; // @hide
        see(Event::Join { x, run: Run { start, length: length as u64 } }); // @hide
        search.end(Run { start, length: length as u64 }, see); // @best
    }
    // end listing
    (search.distinct, search.lookups, search.probes) = (length_at.len(), length_at.lookups(), length_at.probes());
    search
}
