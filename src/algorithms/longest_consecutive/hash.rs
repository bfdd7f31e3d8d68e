//! A hash table with chains, small enough to be drawn: number x is kept in bucket x mod the number of buckets.

/// End of a chain.
const NONE: u32 = u32::MAX;

/// A set of numbers, and for each a number that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// The first entry of each bucket.
    first: Vec<u32>,
    /// The entries in the order in which they came: number, what goes with it, next entry of the bucket.
    entries: Vec<(i64, i64, u32)>,
    /// Entries looked at so far.
    probes: u64,
    /// Questions and insertions so far.
    lookups: u64,
}

impl Buckets {
    /// An empty table for at most `n` numbers: the next power of two of buckets.
    pub fn for_at_most(n: usize) -> Buckets {
        Buckets::with(n.next_power_of_two())
    }

    /// An empty table of so many buckets, at least 1.
    pub fn with(n_buckets: usize) -> Buckets {
        Buckets { first: vec![NONE; n_buckets.max(1)], entries: Vec::new(), probes: 0, lookups: 0 }
    }

    /// Puts a number in; whether it is new.
    pub fn insert(&mut self, x: i64, with: i64) -> bool {
        if self.find(x).is_some() {
            return false;
        }
        let bucket = self.bucket(x);
        self.entries.push((x, with, self.first[bucket]));
        self.first[bucket] = (self.entries.len() - 1) as u32;
        true
    }

    /// Whether a number is in.
    pub fn contains(&mut self, x: i64) -> bool {
        self.find(x).is_some()
    }

    /// What goes with a number.
    pub fn get(&mut self, x: i64) -> Option<i64> {
        self.find(x).map(|idx| self.entries[idx].1)
    }

    /// Changes what goes with a number that is in.
    pub fn set(&mut self, x: i64, with: i64) {
        if let Some(idx) = self.find(x) {
            self.entries[idx].1 = with;
        }
    }

    fn find(&mut self, x: i64) -> Option<usize> {
        self.lookups += 1;
        let mut at = self.first[self.bucket(x)];
        while let Some((key, _, next)) = self.entries.get(at as usize) {
            self.probes += 1;
            if *key == x {
                return Some(at as usize);
            }
            at = *next;
        }
        None
    }

    /// The bucket of a number.
    pub fn bucket(&self, x: i64) -> usize {
        x.rem_euclid(self.first.len() as i64) as usize
    }

    /// How many buckets there are.
    pub fn n_buckets(&self) -> usize {
        self.first.len()
    }

    /// The numbers in the order in which they came.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = i64> {
        self.entries.iter().map(|entry| entry.0)
    }

    /// The number that came at this place, if so many are in.
    pub fn key(&self, idx: usize) -> Option<i64> {
        self.entries.get(idx).map(|entry| entry.0)
    }

    /// How many numbers are in.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries that all questions so far have looked at.
    pub fn probes(&self) -> u64 {
        self.probes
    }

    /// Questions and insertions so far.
    pub fn lookups(&self) -> u64 {
        self.lookups
    }
}
