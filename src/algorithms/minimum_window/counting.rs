//! The same two ends, with every count compared again at each move: as many moves, and k comparisons with each.

use super::{Bug, Event, Letters, Search, Window};

/// One pass without a count of what is missing; k is the number of different letters of `t`.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn counting(s: &[char], t: &[char], bug: Bug, see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: minimum_window_counting
    let mut letters = Letters::new(t, bug); // @need
    let mut left = 0; // @start
    if letters.is_empty() { return search; } // @empty
    for right in 0..s.len() { // @grow
        let slot = letters.slot(s[right]); // @look
        letters.enter(slot); // @enter
        search.right_moves += 1; // @hide
        see(Event::Enter { window: Window { left, right }, slot, missing: letters.missing() }); // @hide
        while covered(&letters, Window { left, right }, &mut search, see) { // @full
            search.weigh(Window { left, right }, bug, see); // @weigh
            if bug == Bug::First { return search; } // @hide
            let slot = letters.slot(s[left]); // @drop
            letters.leave(slot); // @leave
            left += 1; // @shrink
            search.left_moves += 1; // @hide
            see(Event::Leave { at: left - 1, slot, missing: letters.missing(), right }); // @hide
        }
    }
    // end listing
    search
}

fn covered(letters: &Letters, window: Window, search: &mut Search, see: &mut (impl FnMut(Event) + ?Sized)) -> bool {
    let (full, comparisons) = letters.covered();
    search.comparisons += comparisons as u64;
    see(Event::Compare { window, comparisons, full });
    full
}
