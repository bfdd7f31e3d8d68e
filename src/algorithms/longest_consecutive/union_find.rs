//! Every number starts as a set of its own, and neighbours are united: Tarjan's union by size with path halving.

use super::{Buckets, Event, Run, Search};

/// One pass that unites each new number with its neighbours.
#[rustfmt::skip] // One act per line: the body is a listing.
pub fn union_find(nums: &[i32], see: &mut (impl FnMut(Event) + ?Sized)) -> Search {
    let mut search = Search::default();
    // listing: longest_consecutive_union_find
    let mut index = Buckets::for_at_most(nums.len()); // @map
    let mut sets = Sets::default(); // @sets
    for (at, x) in nums.iter().map(|x| i64::from(*x)).enumerate() {
        let new = index.insert(x, index.len() as i64); // @insert
        see(Event::Insert { at, x, new }); // @hide
        if !new { continue; } // @seen
        let own = sets.add(x); // @add
        for neighbour in [x - 1, x + 1] {
            let Some(other) = index.get(neighbour) else { continue }; // @look
            sets.unite(own, other as usize); // @unite
        }
        let run = sets.run(own); // @run
        see(Event::Join { x, run }); // @hide
        search.end(run, see); // @best
    }
    // end listing
    search.inner_steps = sets.hops;
    (search.distinct, search.lookups, search.probes) = (index.len(), index.lookups(), index.probes());
    search
}

/// Disjoint sets of numbers.
#[derive(Default)]
struct Sets {
    parent: Vec<usize>,
    /// Smallest number and size, at the root of each set.
    runs: Vec<Run>,
    /// Links followed.
    hops: u64,
}

impl Sets {
    fn add(&mut self, x: i64) -> usize {
        self.parent.push(self.parent.len());
        self.runs.push(Run { start: x, length: 1 });
        self.parent.len() - 1
    }

    fn root(&mut self, mut idx: usize) -> usize {
        self.hops += 1;
        while self.parent[idx] != idx {
            self.parent[idx] = self.parent[self.parent[idx]];
            idx = self.parent[idx];
            self.hops += 1;
        }
        idx
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (large, small) = if self.runs[a].length >= self.runs[b].length { (a, b) } else { (b, a) };
        self.parent[small] = large;
        let joined = Run { start: self.runs[a].start.min(self.runs[b].start), length: self.runs[a].length + self.runs[b].length };
        self.runs[large] = joined;
    }

    fn run(&mut self, idx: usize) -> Run {
        let root = self.root(idx);
        self.runs[root]
    }
}
