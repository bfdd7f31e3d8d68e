//! The controls of a figure, declared as data; `ui` draws them and sets the field they name.

use crate::content::Lang;

/// A titled group of controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Title, possibly empty.
    pub title: String,
    /// The controls.
    pub controls: Vec<Control>,
}

impl Group {
    /// The three groups of every figure: inputs, ready-made inputs, and the lever that switches the idea off.
    #[inline(never)]
    pub fn all(lang: Lang, inputs: Vec<Control>, presets: &[Preset], lever: Control) -> Vec<Group> {
        let untitled = |controls| Group { title: String::new(), controls };
        let mut groups = Group::without_lever(lang, inputs, presets);
        groups.push(untitled(vec![lever]));
        groups
    }

    /// The same for a figure that has no idea to switch off.
    #[inline(never)]
    pub fn without_lever(lang: Lang, inputs: Vec<Control>, presets: &[Preset]) -> Vec<Group> {
        let inputs = Group { title: lang.pick("Inputs", "输入").into(), controls: inputs };
        vec![inputs, Group { title: String::new(), controls: self::presets(lang, presets) }]
    }
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
    pub fn new(word: &str, label: &str) -> Choice {
        Choice { word: word.into(), label: label.into() }
    }

    /// Options from words and their names in English and Chinese.
    pub fn list(lang: Lang, options: &[(&str, &str, &str)]) -> Vec<Choice> {
        options.iter().map(|(word, en, zh)| Choice::new(word, lang.pick(en, zh))).collect()
    }
}

/// A ready-made input: its id, its name in English and Chinese, and what it sets.
pub type Preset = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// The buttons of ready-made inputs.
fn presets(lang: Lang, list: &[Preset]) -> Vec<Control> {
    let preset = |(id, en, zh, set): &Preset| {
        let set = set.iter().map(|(name, value)| (*name, value.to_string())).collect();
        Control::Preset { id, label: lang.pick(*en, *zh).into(), set }
    };
    list.iter().map(preset).collect()
}

/// A text in English and Chinese.
type Pair<'a> = (&'a str, &'a str);

impl Control {
    /// Words side by side, each with its name in English and Chinese.
    #[inline(never)]
    pub fn segmented(lang: Lang, field: &'static str, (en, zh): Pair<'_>, options: &[(&str, &str, &str)]) -> Control {
        Control::Segmented { field, label: lang.pick(en, zh).into(), options: Choice::list(lang, options) }
    }

    /// Words in a list, each with its name in English and Chinese.
    #[inline(never)]
    pub fn select(lang: Lang, field: &'static str, (en, zh): Pair<'_>, options: &[(&str, &str, &str)]) -> Control {
        Control::Select { field, label: lang.pick(en, zh).into(), options: Choice::list(lang, options) }
    }

    /// A slider from 1.
    #[inline(never)]
    pub fn slider(lang: Lang, field: &'static str, (en, zh): Pair<'_>, high: usize) -> Control {
        Control::Slider { field, label: lang.pick(en, zh).into(), low: 1, high: high as i64, empty: None }
    }

    /// A slider from 1 on an optional field, with a button that empties it; `empty` names what then decides.
    #[inline(never)]
    pub fn slider_or(lang: Lang, field: &'static str, (en, zh): Pair<'_>, high: usize, empty: Pair<'_>) -> Control {
        let empty = Some(lang.pick(empty.0, empty.1).into());
        Control::Slider { field, label: lang.pick(en, zh).into(), low: 1, high: high as i64, empty }
    }

    /// A slider on a real number, from `low` to `high` in steps of `step`.
    #[inline(never)]
    pub fn range(lang: Lang, field: &'static str, (en, zh): Pair<'_>, (low, high, step): (f64, f64, f64)) -> Control {
        Control::Range { field, label: lang.pick(en, zh).into(), low, high, step }
    }

    /// Lists of the fields `layer` and `head` of the shipped model.
    #[inline(never)]
    pub fn layer_and_head(lang: Lang) -> [Control; 2] {
        let list = |field, label: &str, n: usize, (before, after): Pair<'_>| {
            let options = (0..n).map(|idx| Choice { word: idx.to_string(), label: [before, &idx.to_string(), after].concat() }).collect();
            Control::Select { field, label: label.into(), options }
        };
        [
            list("layer", lang.pick("Layer", "层"), 6, lang.pick(("layer ", ""), ("第 ", " 层"))),
            list("head", lang.pick("Head", "头"), 12, lang.pick(("head ", ""), ("第 ", " 头"))),
        ]
    }

    /// The lever on a field that is `on` or `off`: what pulling it does, then what it did and what putting it back does.
    #[inline(never)]
    pub fn lever(lang: Lang, field: &'static str, pull: Pair<'_>, back: Pair<'_>) -> Control {
        Control::Break { field, on: "on", off: "off", label: lang.pick(pull.0, pull.1).into(), label_off: lang.pick(back.0, back.1).into() }
    }
}

/// The sentences of a list in one language.
pub fn sentences(lang: Lang, list: &[(&str, &str)]) -> Vec<String> {
    list.iter().map(|(en, zh)| lang.pick(*en, *zh).to_string()).collect()
}

/// One control. `field` names the parameter it sets, and is its id for `show=` and `lock=`.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A few words side by side.
    Segmented {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// The words.
        options: Vec<Choice>,
    },
    /// Many words in a list.
    Select {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// The words.
        options: Vec<Choice>,
    },
    /// A whole number on a slider.
    Slider {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
        /// The button that empties an optional field; the slider then shows what the figure says it stands for.
        empty: Option<String>,
    },
    /// A real number on a slider.
    Range {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
        /// From one value to the next.
        step: f64,
    },
    /// One line of text.
    Text {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// What to type.
        hint: String,
    },
    /// Several lines of text or a pasted table.
    Area {
        /// The parameter.
        field: &'static str,
        /// Its name.
        label: String,
        /// What to type.
        hint: String,
    },
    /// A button that sets several fields at once; all other fields go back to their defaults.
    Preset {
        /// Its own id.
        id: &'static str,
        /// Its name.
        label: String,
        /// Parameters and what they are set to.
        set: Vec<(&'static str, String)>,
    },
    /// A button that sets one field to a fresh value (a new seed, a shuffle).
    Again {
        /// The parameter.
        field: &'static str,
        /// What the button does.
        label: String,
    },
    /// The lever that switches the idea off.
    Break {
        /// The parameter.
        field: &'static str,
        /// Its word while the idea is on.
        on: &'static str,
        /// Its word while it is off.
        off: &'static str,
        /// What pulling the lever does.
        label: String,
        /// What it did, and what putting it back does.
        label_off: String,
    },
}
