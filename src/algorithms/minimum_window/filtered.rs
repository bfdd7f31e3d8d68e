//! The same window over the letters that occur in `t` alone: the others cannot begin or end a shortest window.

use super::{Bug, Event, Letters, Search, Window};

/// One pass to sift, one over what is left.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn filtered(s: &[char], t: &[char], bug: Bug, see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: minimum_window_filtered
    let mut letters = Letters::new(t, bug); // @need
    let (mut left, mut missing) = (0, letters.total()); // @missing
    if missing == 0 { return search; } // @empty
    let kept = sift(s, &letters, &mut search, see); // @sift
    for right in 0..kept.len() { // @grow
        let slot = letters.slot(s[kept[right]]); // @look
        if letters.enter(slot) { missing -= 1; } // @enter
        search.right_moves += 1; // @hide
        see(Event::Enter { window: Window { left: kept[left], right: kept[right] }, slot, missing }); // @hide
        while missing == 0 { // @full
            search.weigh(Window { left: kept[left], right: kept[right] }, bug, see); // @weigh
            if bug == Bug::First { return search; } // @hide
            let slot = letters.slot(s[kept[left]]); // @drop
            if letters.leave(slot) { missing += 1; } // @leave
            left += 1; // @shrink
            search.left_moves += 1; // @hide
            see(Event::Leave { at: kept[left - 1], slot, missing, right: kept[right] }); // @hide
        }
    }
    // end listing
    search
}

/// The places of the letters that occur in `t`.
fn sift(s: &[char], letters: &Letters, search: &mut Search, see: &mut (impl FnMut(Event) + ?Sized)) -> Vec<usize> {
    search.sifted = s.len() as u64;
    let mut kept = Vec::new();
    for (at, letter) in s.iter().enumerate() {
        let keep = letters.slot(*letter).is_some();
        if keep {
            kept.push(at);
        }
        see(Event::Sift { at, kept: keep });
    }
    kept
}
