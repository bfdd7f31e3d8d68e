//! Motion: how a layer that a step has changed comes to its end state. What moves, how far and how long, stands in the style sheet.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::dom;

/// How the step shown was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// By scrubbing, or by new inputs: end states at once.
    Still,
    /// By one step forward.
    ByHand,
    /// By playing.
    Playing,
}

/// The speed above which only the cursor and values move.
const FAST: f32 = 2.0;

/// Class of a layer that this step changes: `values` lets its values move, `moves` everything else.
pub fn class(motion: Motion, speed: f32, before: Option<usize>, step: usize) -> &'static str {
    match motion {
        Motion::Still => "",
        _ if before.is_none_or(|before| before + 1 != step) => "",
        Motion::Playing if speed > FAST => "values",
        _ => "moves values",
    }
}

/// Sets a layer just drawn in motion.
///
/// The cells that the step changes get the class `new`, and their number in `--nth` of `--of`. An element with `data-from` begins
/// there: a CSS transform, or the earlier shape of a path.
pub fn start(layer: &Element, class: &str, changes: &str) {
    // An attribute of a fixed name can always be set.
    let _ = layer.set_attribute("class", class);
    let cells = if changes.is_empty() { Vec::new() } else { dom::all(layer, changes) };
    set(layer, "--of", &cells.len().to_string());
    for (nth, cell) in cells.iter().enumerate() {
        let _ = cell.class_list().toggle_with_force("new", true);
        set(cell, "--nth", &nth.to_string());
    }
    if !class.is_empty() {
        for el in dom::all(layer, "[data-from]") {
            set(&el, "--from", &el.get_attribute("data-from").unwrap_or_default());
        }
    }
}

/// A layer that a step leaves as it was has nothing new any more.
pub fn settle(layer: &Element) {
    // An attribute of a fixed name can always be set.
    let _ = layer.set_attribute("class", "settled");
}

/// Through CSSOM: the page's policy forbids styles in markup.
#[inline(never)]
fn set(el: &Element, name: &str, value: &str) {
    // An SVG element has the same `style` as an HTML one, and its own binding would only cost bytes.
    let _ = el.unchecked_ref::<HtmlElement>().style().set_property(name, value);
}
