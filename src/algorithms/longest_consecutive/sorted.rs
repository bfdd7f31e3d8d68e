//! Sort, then look at neighbours.

use super::{Event, Run, Search};

/// One pass over the sorted list; comparisons are counted as the sort makes them.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn sorted(nums: &[i32], see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: longest_consecutive_sorted
    let mut sorted: Vec<i64> = nums.iter().map(|x| i64::from(*x)).collect(); // @copy
    sorted.sort_by(|a, b| { search.comparisons += 1; a.cmp(b) }); // @sort
    sorted.dedup(); // @dedup
    let mut length = 0; // @start
    for (at, &x) in sorted.iter().enumerate() {
        let follows = at > 0 && sorted[at - 1] == x - 1; // @follows
        if at > 0 && !follows { search.end(Run { start: sorted[at - 1] - length as i64 + 1, length }, see); } // @best
        length = if follows { length + 1 } else { 1 }; // @neighbours
        search.inner_steps += 1; // @hide
        see(Event::Neighbours { at, x, length }); // @hide
    }
    if let Some(&last) = sorted.last() { search.end(Run { start: last - length as i64 + 1, length }, see); } // @last
    // end listing
    search.distinct = sorted.len();
    search
}
