//! The two exercises against their definitions: 10,000 random cases each, the storyboards' counts, and what each bug spoils.
//!
//! Run with `cargo nextest run --no-default-features --test exercises`.

#![allow(clippy::unwrap_used, reason = "a test stops where there is nothing to compare")]

use std::cell::RefCell;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use unrolled::algorithms::longest_consecutive::{self as runs, Guard, Loop, hash_set, intervals, sorted, union_find};
use unrolled::algorithms::minimum_window::{self as window, Bug, Search, Window, brute, classic, counting, filtered};

const CASES: usize = 10_000;

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn found(s: &str, search: &Search) -> String {
    search.best.map_or(String::new(), |best| letters(s)[best.left..=best.right].iter().collect())
}

fn run(s: &str, t: &str, bug: Bug) -> Search {
    classic(&letters(s), &letters(t), bug, &mut |_: window::Event| {})
}

/// Runs every variant with its events counted: moves, comparisons and sifting are told one by one.
fn every_window(s: &[char], t: &[char]) -> Vec<(&'static str, Search)> {
    let told = RefCell::new([0u64; 4]);
    let mut see = |event: window::Event| {
        let mut told = told.borrow_mut();
        match event {
            window::Event::Enter { .. } => told[0] += 1,
            window::Event::Leave { .. } => told[1] += 1,
            window::Event::Compare { comparisons, .. } => told[2] += comparisons as u64,
            window::Event::Sift { .. } => told[3] += 1,
            window::Event::Weigh { .. } => {}
        }
    };
    let all = [
        ("classic", classic(s, t, Bug::None, &mut see)),
        ("filtered", filtered(s, t, Bug::None, &mut see)),
        ("counting", counting(s, t, Bug::None, &mut see)),
    ];
    let counted = all.iter().fold([0; 4], |sum, (_, search)| {
        let own = [search.right_moves, search.left_moves, search.comparisons, search.sifted];
        [0, 1, 2, 3].map(|idx| sum[idx] + own[idx])
    });
    assert_eq!(*told.borrow(), counted, "what is counted is what is told");
    let brute = brute(s, t, Bug::None, &mut |_: window::Event| {});
    all.into_iter().chain([("brute", brute)]).collect()
}

#[test]
fn every_variant_finds_the_leftmost_shortest_window() {
    let mut rng = Pcg64::seed_from_u64(76);
    let mut n_found = 0;
    for case in 0..CASES {
        let alphabet = ["ab", "abc", "abcde", "天安门a", "👍e\u{301}"][case % 5];
        let alphabet = letters(alphabet);
        let mut text = |most: usize| -> Vec<char> {
            let n = rng.random_range(0..=most);
            (0..n).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect()
        };
        let (s, t) = (text(24), text(5));
        let expected = window::reference::shortest(&s, &t);
        n_found += usize::from(expected.is_some());
        for (name, search) in every_window(&s, &t) {
            assert_eq!(search.best, expected, "{name}: {s:?} {t:?}");
            if name != "brute" {
                let moves = search.right_moves + search.left_moves;
                assert!(moves <= 2 * s.len() as u64, "{name}: {moves} moves for {} letters", s.len());
            }
        }
    }
    assert!(n_found > CASES / 3 && n_found < CASES, "{n_found} of {CASES} have a window");
}

#[test]
fn the_counter_is_what_the_counts_say() {
    let (s, t) = (letters("mississippi"), letters("ssi"));
    let mut counts = window::Letters::new(&t, Bug::None);
    assert_eq!(counts.missing(), 3);
    let mut missing = Vec::new();
    classic(&s, &t, Bug::None, &mut |event: window::Event| match event {
        window::Event::Enter { slot, missing: told, .. } => {
            if let Some(slot) = slot {
                counts.have[slot] += 1;
            }
            assert_eq!(told, counts.missing());
            missing.push(told);
        }
        window::Event::Leave { slot, missing: told, .. } => {
            if let Some(slot) = slot {
                counts.have[slot] -= 1;
            }
            assert_eq!(told, counts.missing());
        }
        _ => {}
    });
    assert_eq!(missing[..4], [3, 2, 1, 0], "m, i, s, s");
    assert_eq!(missing[10], 1, "a surplus i leaves an s wanting");
}

#[test]
fn mississippi_as_told() {
    let search = run("mississippi", "ssi", Bug::None);
    assert_eq!(search.best, Some(Window { left: 1, right: 3 }));
    assert_eq!((search.right_moves, search.left_moves), (11, 6));
    for (bug, spoilt) in [(Bug::Distinct, "is"), (Bug::Rightmost, "ssi"), (Bug::First, "miss")] {
        assert_eq!(found("mississippi", &run("mississippi", "ssi", bug)), spoilt, "{bug:?}");
    }
    assert_eq!(run("mississippi", "ssi", Bug::Rightmost).best.unwrap().left, 5);
    let (s, t) = (letters("mississippi"), letters("ssi"));
    assert_eq!(brute(&s, &t, Bug::None, &mut |_: window::Event| {}).right_moves, 66);
    assert_eq!(filtered(&s, &t, Bug::None, &mut |_: window::Event| {}).right_moves, 8);
    for (s, t, bug, spoilt) in [
        ("行行重行行", "行重行", Bug::None, "行行重"),
        ("行行重行行", "行重行", Bug::Distinct, "行重"),
        ("行行重行行", "行重行", Bug::Rightmost, "重行行"),
        ("嘈嘈切切错杂弹，大珠小珠落玉盘", "珠珠", Bug::None, "珠小珠"),
    ] {
        assert_eq!(found(s, &run(s, t, bug)), spoilt, "{s} {bug:?}");
    }
    assert_eq!(run("嘈嘈切切错杂弹，大珠小珠落玉盘", "珠珠", Bug::None).improvements.len(), 10);
    assert_eq!(run("ADOBECODEBANC", "ABC", Bug::None).left_moves, 10);
}

/// Every variant of the other exercise.
fn every_run(nums: &[i32]) -> Vec<(&'static str, runs::Search)> {
    let mut see = |_: runs::Event| {};
    vec![
        ("hashset", hash_set(nums, Guard::On, Loop::Set, &mut see)),
        ("unguarded", hash_set(nums, Guard::Off, Loop::Set, &mut see)),
        ("list", hash_set(nums, Guard::On, Loop::List, &mut see)),
        ("sort", sorted(nums, &mut see)),
        ("union-find", union_find(nums, &mut see)),
        ("intervals", intervals(nums, &mut see)),
    ]
}

#[test]
fn every_variant_finds_the_longest_run_with_the_smallest_start() {
    let mut rng = Pcg64::seed_from_u64(128);
    for case in 0..CASES {
        let n = rng.random_range(0..=24);
        let around = [0, i32::MAX - 12, i32::MIN + 12][case % 3];
        let nums: Vec<i32> = (0..n).map(|_| around.saturating_add(rng.random_range(-15..=15))).collect();
        let expected = runs::reference::longest(&nums);
        for (name, search) in every_run(&nums) {
            assert_eq!(search.best, expected, "{name}: {nums:?}");
        }
        let search = hash_set(&nums, Guard::On, Loop::Set, &mut |_: runs::Event| {});
        assert_eq!(search.inner_steps, search.distinct as u64, "every number is walked exactly once: {nums:?}");
        let mut starts = search.starts.clone();
        starts.sort_unstable();
        assert_eq!(starts, runs::reference::starts(&nums));
    }
}

#[test]
fn the_guard_and_the_set_are_what_makes_it_linear() {
    let steps = |nums: &[i32], guard, over| hash_set(nums, guard, over, &mut |_: runs::Event| {}).inner_steps;
    let nums = [12, 3, 11, 7, 2, 10, 3, 9, 1];
    let search = hash_set(&nums, Guard::On, Loop::Set, &mut |_: runs::Event| {});
    assert_eq!(search.best, Some(runs::Run { start: 9, length: 4 }));
    assert_eq!((search.starts.as_slice(), search.distinct, search.inner_steps), ([7, 9, 1].as_slice(), 8, 8));
    assert_eq!(steps(&nums, Guard::Off, Loop::Set), 17);
    let descending: Vec<i32> = (1..=10).rev().collect();
    assert_eq!([Guard::On, Guard::Off].map(|guard| steps(&descending, guard, Loop::Set)), [10, 55]);
    let ones = [1, 1, 1, 1, 1, 2, 3, 4, 5];
    assert_eq!([Loop::Set, Loop::List].map(|over| steps(&ones, Guard::On, over)), [5, 25]);
    let many: Vec<i32> = std::iter::repeat_n(1, 1000).chain(1..=1000).collect();
    assert_eq!([Loop::Set, Loop::List].map(|over| steps(&many, Guard::On, over)), [1000, 1_001_000]);
}

#[test]
fn the_buckets_are_those_that_are_drawn() {
    let mut set = runs::Buckets::with(8);
    for x in [12, 3, 11, 7, 2, 10, 3, 9, 1] {
        set.insert(x, 1);
    }
    let shared: Vec<Vec<i64>> = (0..8).map(|bucket| set.keys().filter(|x| set.bucket(*x) == bucket).collect()).collect();
    assert_eq!(shared, [vec![], vec![9, 1], vec![2, 10], vec![3, 11], vec![12], vec![], vec![], vec![7]]);
    // Multiples of the number of buckets share one: then every question walks along the chain.
    let nums: Vec<i32> = (0..64).map(|x| 64 * x).collect();
    let spread: Vec<i32> = (0..64).map(|x| 65 * x).collect();
    let probes = |nums: &[i32]| hash_set(nums, Guard::On, Loop::Set, &mut |_: runs::Event| {}).probes;
    assert!(probes(&nums) > 10 * probes(&spread), "{} and {}", probes(&nums), probes(&spread));
}

/// What every variant tells, put together again, is what it found.
#[test]
fn the_story_of_a_window_is_its_result() {
    let mut rng = Pcg64::seed_from_u64(11);
    for _ in 0..1_000 {
        let letter = |rng: &mut Pcg64| ['a', 'b', 'c', 'd'][rng.random_range(0..4)];
        let s: Vec<char> = (0..rng.random_range(0..20)).map(|_| letter(&mut rng)).collect();
        let t: Vec<char> = (0..rng.random_range(1..5)).map(|_| letter(&mut rng)).collect();
        type Run = fn(&[char], &[char], Bug, &mut dyn FnMut(window::Event)) -> Search;
        let variants: [Run; 4] = [
            |s, t, b, see| classic(s, t, b, see),
            |s, t, b, see| filtered(s, t, b, see),
            |s, t, b, see| counting(s, t, b, see),
            |s, t, b, see| brute(s, t, b, see),
        ];
        for (idx, run) in variants.into_iter().enumerate() {
            let mut best: Option<Window> = None;
            let mut ends: Option<Window> = None;
            let missing = |from: usize, to: usize| {
                let mut counts = window::Letters::new(&t, Bug::None);
                for letter in &s[from..to] {
                    if let Some(slot) = counts.slot(*letter) {
                        counts.have[slot] += 1;
                    }
                }
                counts.missing()
            };
            let found = run(&s, &t, Bug::None, &mut |event| match event {
                window::Event::Enter { window, slot, missing: told } => {
                    assert_eq!(slot, window::Letters::new(&t, Bug::None).slot(s[window.right]));
                    assert_eq!(told, missing(window.left, window.right + 1), "{idx} {s:?} {t:?}");
                    ends = Some(window);
                }
                window::Event::Compare { window, full, .. } => assert_eq!(full, missing(window.left, window.right + 1) == 0),
                window::Event::Weigh { window, better } => {
                    assert_eq!(missing(window.left, window.right + 1), 0);
                    assert_eq!(better, best.is_none_or(|best| window.size() < best.size()));
                    if better {
                        best = Some(window);
                    }
                }
                window::Event::Leave { at, missing: told, right, .. } => {
                    assert_eq!(Some(right), ends.map(|ends| ends.right));
                    assert_eq!(told, missing(at + 1, right + 1), "{idx} {s:?} {t:?}");
                }
                window::Event::Sift { at, kept } => assert_eq!(kept, t.contains(&s[at])),
            });
            assert_eq!(found.best, best, "{idx} {s:?} {t:?}");
            assert_eq!(found.steps(), found.right_moves + found.left_moves + found.comparisons + found.sifted);
        }
    }
}

/// The same of a longest run.
#[test]
fn the_story_of_a_run_is_its_result() {
    let mut rng = Pcg64::seed_from_u64(12);
    for _ in 0..1_000 {
        let nums: Vec<i32> = (0..rng.random_range(1..20)).map(|_| rng.random_range(-9..9)).collect();
        let has = |x: i64| nums.iter().any(|num| i64::from(*num) == x);
        for (guard, over) in [(Guard::On, Loop::Set), (Guard::Off, Loop::Set), (Guard::On, Loop::List)] {
            let (mut starts, mut steps, mut best) = (Vec::new(), 0, None::<runs::Run>);
            let found = hash_set(&nums, guard, over, &mut |event: runs::Event| match event {
                runs::Event::Ask { x, start } => assert_eq!(start, !has(x - 1)),
                runs::Event::Step { start, x, more } => {
                    steps += 1;
                    assert_eq!(more, has(x + 1));
                    if start == x {
                        starts.push(x);
                    }
                }
                runs::Event::Ended { run, better } => {
                    let longer = best.is_none_or(|best| run.length > best.length || run.length == best.length && run.start < best.start);
                    assert_eq!(better, longer);
                    best = if better { Some(run) } else { best };
                }
                runs::Event::Insert { at, x, .. } => assert_eq!(i64::from(nums[at]), x),
                runs::Event::Neighbours { .. } | runs::Event::Join { .. } => panic!("another variant's"),
            });
            assert_eq!((found.best, &found.starts, found.inner_steps), (best, &starts, steps));
            assert!(found.lookups >= (nums.len() + found.distinct) as u64 && found.probes > 0);
            assert_eq!(found.steps(), found.inner_steps + found.probes + found.comparisons);
        }
        for run in [intervals, union_find] {
            run(&nums, &mut |event: runs::Event| {
                if let runs::Event::Join { x, run } = event {
                    assert!((run.start..run.start + run.length as i64).contains(&x) && (run.start..run.start + run.length as i64).all(has));
                }
            });
        }
        let (mut looked, least) = (0, (nums.len() as u64).saturating_sub(1));
        let found = sorted(&nums, &mut |event: runs::Event| looked += u64::from(matches!(event, runs::Event::Neighbours { .. })));
        assert_eq!(found.inner_steps, looked);
        assert!(found.comparisons >= least, "{} comparisons sort {} numbers", found.comparisons, nums.len());
    }
}
