//! Longest consecutive sequence: every variant on every case.

use super::check::{Case, Check, applies};
use serde_json::{Value, json};
use unrolled::algorithms::longest_consecutive::{Event, Guard, Loop, Search, hash_set, intervals, sorted, union_find};

type Variant = (&'static str, fn(&[i32]) -> Search);

const VARIANTS: [Variant; 5] = [
    ("hashset", |nums| hash_set(nums, Guard::On, Loop::Set, &mut |_: Event| {})),
    ("unguarded", |nums| hash_set(nums, Guard::Off, Loop::Set, &mut |_: Event| {})),
    ("sort", |nums| sorted(nums, &mut |_: Event| {})),
    ("union-find", |nums| union_find(nums, &mut |_: Event| {})),
    ("intervals", |nums| intervals(nums, &mut |_: Event| {})),
];

/// The longest list on which the quadratic variant runs as well.
const QUADRATIC: usize = 2_000;

pub fn longest_consecutive(case: &Case, check: &mut Check) {
    let Some(nums) = check.inputs(numbers(case)) else { return };
    for (name, run) in VARIANTS {
        if name != "unguarded" || nums.len() <= QUADRATIC {
            compare(name, &run(&nums), case.expected, check);
        }
    }
}

/// The numbers, written out or as a range.
fn numbers(case: &Case) -> Result<Vec<i32>, String> {
    if let Some(list) = case.inputs["nums"].as_array() {
        let number = |x: &Value| x.as_i64().and_then(|x| i32::try_from(x).ok());
        return list.iter().map(number).collect::<Option<_>>().ok_or("`nums` is not a list of i32".into());
    }
    let range = &case.inputs["range"];
    let end = |idx: usize| range[idx].as_i64().and_then(|x| i32::try_from(x).ok()).ok_or("neither `nums` nor `range`");
    let ascending = end(0)?..end(1)?;
    Ok(if case.inputs["order"].as_str() == Some("descending") { ascending.rev().collect() } else { ascending.collect() })
}

fn compare(name: &str, got: &Search, want: &Value, check: &mut Check) {
    let mut same = |field: &str, got: Value| {
        if applies(&want[field]) || field == "first_start_of_a_longest_run" && want.get(field).is_some() {
            check.same(&format!("{name} {field}"), &want[field], &got);
        }
    };
    same("length", json!(got.best.map_or(0, |best| best.length)));
    same("first_start_of_a_longest_run", json!(got.best.map(|best| best.start)));
    same("distinct", json!(got.distinct));
    if name == "hashset" {
        let mut starts = got.starts.clone();
        starts.sort_unstable();
        same("sequence_starts_sorted", json!(starts));
        same("inner_walk_members_visited", json!(got.inner_steps));
    }
}
