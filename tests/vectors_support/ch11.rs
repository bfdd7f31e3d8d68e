//! Minimum window substring: every variant on every case.

use super::check::{Case, Check, applies};
use serde_json::Value;
use unrolled::algorithms::minimum_window::{Bug, Event, Search, brute, classic, counting, filtered};

type Variant = (&'static str, fn(&[char], &[char]) -> Search);

const VARIANTS: [Variant; 4] = [
    ("classic", |s, t| classic(s, t, Bug::None, &mut |_: Event| {})),
    ("filtered", |s, t| filtered(s, t, Bug::None, &mut |_: Event| {})),
    ("counting", |s, t| counting(s, t, Bug::None, &mut |_: Event| {})),
    ("brute", |s, t| brute(s, t, Bug::None, &mut |_: Event| {})),
];

/// The longest text on which the quadratic variant runs as well.
const QUADRATIC: usize = 2_000;

pub fn min_window(case: &Case, check: &mut Check) {
    let Some(s) = check.inputs(text(case)) else { return };
    let Some(t) = check.inputs(case.inputs["t"].as_str().map(str::to_string).ok_or("`t` is not a text".into())) else { return };
    let (s, t): (Vec<char>, Vec<char>) = (s.chars().collect(), t.chars().collect());
    for (name, run) in VARIANTS {
        if name != "brute" || s.len() <= QUADRATIC {
            compare(name, &s, &run(&s, &t), case.expected, check);
        }
    }
}

/// The text, written out or as pieces that repeat.
fn text(case: &Case) -> Result<String, String> {
    if let Some(text) = case.inputs["s"].as_str() {
        return Ok(text.into());
    }
    let pieces = case.inputs["s_repeat"].as_array().ok_or("neither `s` nor `s_repeat`")?;
    let piece = |piece: &Value| Some(piece[0].as_str()?.repeat(piece[1].as_u64()? as usize));
    pieces.iter().map(piece).collect::<Option<String>>().ok_or("`s_repeat` is not a list of text and number".into())
}

fn compare(name: &str, s: &[char], got: &Search, want: &Value, check: &mut Check) {
    let window: String = got.best.map_or(String::new(), |best| s[best.left..=best.right].iter().collect());
    let field = |field: &str| format!("{name} {field}");
    if let Some(expected) = want["window"].as_str() {
        check.same(&field("window"), expected, window.as_str());
    }
    let whole = [
        ("start_codepoint", got.best.map_or(-1, |best| best.left as i64)),
        ("length_codepoints", window.chars().count() as i64),
        ("length_utf8", window.len() as i64),
    ];
    for (of, got) in whole {
        if let Some(expected) = want[of].as_i64() {
            check.same(&field(of), expected, got);
        }
    }
    // The brute force finds the windows in another order, and the filter never weighs one that begins with a foreign letter.
    if applies(&want["improvements_l_r"]) && ["classic", "counting"].contains(&name) {
        let got: Vec<[usize; 2]> = got.improvements.iter().map(|window| [window.left, window.right]).collect();
        check.same(&field("improvements_l_r"), &want["improvements_l_r"], &serde_json::json!(got));
    }
}
