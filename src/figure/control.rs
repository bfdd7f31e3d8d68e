//! The controls of a figure, declared as data; `ui` draws them and sets the field they name.

/// A titled group of controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Title, possibly empty.
    pub title: String,
    /// The controls.
    pub controls: Vec<Control>,
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The word of the field.
    pub word: String,
    /// What the reader sees.
    pub label: String,
}

impl Choice {
    /// An option.
    pub fn new(word: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { word: word.into(), label: label.into() }
    }
}

/// One control. `field` names the parameter it sets, and is its id for `show=` and `lock=`.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A few words side by side.
    Segmented { field: &'static str, label: String, options: Vec<Choice> },
    /// Many words in a list.
    Select { field: &'static str, label: String, options: Vec<Choice> },
    /// A whole number on a slider.
    Slider { field: &'static str, label: String, low: i64, high: i64 },
    /// One line of text.
    Text { field: &'static str, label: String, hint: String },
    /// Several lines of text or a pasted table.
    Area { field: &'static str, label: String, hint: String },
    /// A button that sets several fields at once; all other fields go back to their defaults.
    Preset { id: &'static str, label: String, set: Vec<(&'static str, String)> },
    /// A button that sets one field to a fresh value (a new seed, a shuffle).
    Again { field: &'static str, label: String },
    /// The lever that switches the idea off.
    Break { field: &'static str, on: &'static str, off: &'static str, label: String, label_off: String },
}
