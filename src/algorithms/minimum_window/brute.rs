//! Every window of the text, n (n + 1) / 2 of them, from each left end to the right.

use super::{Bug, Event, Letters, Search, Window};

/// All windows; from one to the next with the same left end the counts are kept.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn brute(s: &[char], t: &[char], bug: Bug, see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    if t.is_empty() { return search; }
    // listing: minimum_window_brute
    for left in 0..s.len() { // @left
        let mut letters = Letters::new(t, bug); // @need
        let mut missing = letters.total(); // @missing
        search.left_moves += u64::from(left > 0); // @hide
        for (right, &letter) in s.iter().enumerate().skip(left) { // @grow
            let slot = letters.slot(letter); // @look
            if letters.enter(slot) { missing -= 1; } // @enter
            search.right_moves += 1; // @hide
            see(Event::Enter { window: Window { left, right }, slot, missing }); // @hide
            if missing > 0 { continue; } // @full
            search.weigh(Window { left, right }, bug, see); // @weigh
            if bug == Bug::First { return search; } // @hide
        }
    }
    // end listing
    search
}
