//! The window that grows on the right until nothing is missing and shrinks on the left while nothing is: at most 2n moves.

use super::{Bug, Event, Letters, Search, Window};

/// One pass with a count of what is missing.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn classic(s: &[char], t: &[char], bug: Bug, see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: minimum_window
    let mut letters = Letters::new(t, bug); // @need
    let (mut left, mut missing) = (0, letters.total()); // @missing
    if missing == 0 { return search; } // @empty
    for right in 0..s.len() { // @grow
        let slot = letters.slot(s[right]); // @look
        if letters.enter(slot) { missing -= 1; } // @enter
        search.right_moves += 1; // @hide
        see(Event::Enter { window: Window { left, right }, slot, missing }); // @hide
        while missing == 0 { // @full
            search.weigh(Window { left, right }, bug, see); // @weigh
            if bug == Bug::First { return search; } // @hide
            let slot = letters.slot(s[left]); // @drop
            if letters.leave(slot) { missing += 1; } // @leave
            left += 1; // @shrink
            search.left_moves += 1; // @hide
            see(Event::Leave { at: left - 1, slot, missing, right }); // @hide
        }
    }
    // end listing
    search
}
