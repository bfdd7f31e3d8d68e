//! Templates of captions, reasons and questions: what is well formed, what they say, and that no figure shows a mark.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its figure cannot be built")]

#[path = "chapters/heads.rs"]
mod heads;

use unrolled::chapters::CHAPTERS;
use unrolled::content::rich::{all_used, well_formed};
use unrolled::content::{Lang, Rich, Role, Text, Value};
use unrolled::figure::{Control, Figure, Spec, Values};

fn spans(rich: &Rich) -> Vec<(&'static str, &str)> {
    rich.0.iter().map(|span| (span.role.class(), span.text.as_str())).collect()
}

#[test]
fn holes_and_marks_become_spans() {
    let text = Text::new("{q|it} keeps <o|its {n} numbers>, {old}.", "{q|it} 的 <o|{n} 个数>不变。", &["it", "n", "old"]);
    let values = [Value::Token("it"), Value::Count(1200), Value::Number(-0.5, |x| format!("[{x}]"))];
    let en = text.fill(Lang::En, &["it", "n", "old"], &values);
    assert_eq!(spans(&en), [("q", "“it”"), ("", " keeps "), ("o", "its 1,200 numbers"), ("", ", [-0.5].")]);
    let zh = text.fill(Lang::Zh, &["it", "n", "old"], &values);
    assert_eq!(spans(&zh), [("q", "it"), ("", " 的 "), ("o", "1,200 个数"), ("", "不变。")]);
}

#[test]
fn values_are_never_read_for_marks() {
    let text = Text::new("{q|it} meets {it}.", "{q|it}", &["it"]);
    for token in ["[CLS]", "'", "{", "}", "<s>", "{q|it}", "|", "</", "<now|x>", ""] {
        let rich = text.fill(Lang::En, &["it"], &[Value::Text(token)]);
        assert_eq!(rich.text(), format!("{token} meets {token}."));
        assert!(rich.0.iter().all(|span| matches!(span.role, Role::Query | Role::Plain)), "{rich:?}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for good in ["", "plain", "{a}", "{q|a}", "<now|x>", "<now|{a} and {b}>", "e^(x − m) = 1; [CLS] “ ”"] {
        assert!(well_formed(good, &["a", "b"]), "{good}");
    }
    for bad in ["{c}", "{a", "a}", "{}", "{x|a}", "{|a}", "<q|x", "q|x>", "<x|a>", "<q>", "<q|<k|x>>", "{q|", "<", "<q|{a>}"] {
        assert!(!well_formed(bad, &["a", "b"]), "{bad}");
    }
    let text = Text { en: "{a}", zh: "<q|{m|b}>" };
    assert!(all_used(&["a", "b"], &[text]) && !all_used(&["a", "b", "c"], &[text]));
}

#[test]
fn filling_is_total() {
    let pieces = ["{", "}", "<", ">", "|", "a", "q", "字"];
    for n in 0..pieces.len().pow(4) {
        let text: String = (0..4).map(|digit| pieces[n / pieces.len().pow(digit) % pieces.len()]).collect();
        let text: &'static str = text.leak();
        Text { en: text, zh: text }.fill(Lang::Zh, &["a"], &[]);
        if well_formed(text, &["a"]) {
            let shown = Text { en: text, zh: text }.fill(Lang::En, &["a"], &[Value::Text("x")]).text();
            assert!(!shown.contains(['{', '}', '<', '>']), "{text}: {shown}");
        }
    }
    assert_eq!(Text { en: "{gone}", zh: "" }.fill(Lang::En, &[], &[]).text(), "gone");
}

/// Every preset of a figure.
fn built(spec: &Spec, more: &[(&str, &str)]) -> Vec<std::sync::Arc<dyn Figure>> {
    let build = |set: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> = set.iter().chain(more).map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let (values, _) = Values::parse(spec.fields, &pairs);
        let data = (spec.data)(&values).map(|path| heads::file(&path));
        (spec.code)()(&values, data.as_deref()).map(|built| built.0).map_err(|problems| format!("{problems:?}")).unwrap()
    };
    let controls = build(&[]).controls(Lang::En).into_iter().flat_map(|group| group.controls);
    let sets = controls.filter_map(|control| if let Control::Preset { set, .. } = control { Some(set) } else { None });
    sets.map(|set| build(&set.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())).collect()
}

/// All that a figure says, in the order in which a reader could meet it.
fn words(figure: &dyn Figure, lang: Lang) -> Vec<String> {
    let mut words = vec![figure.title(lang)];
    for question in figure.questions(lang) {
        words.push(question.ask.text());
        words.extend(question.answers.into_iter().flat_map(|answer| [answer.text, answer.feedback.text()]));
    }
    for step in 0..=figure.last_step() {
        for row in 0..figure.rows().min(6) {
            let caption = figure.caption(step, row, lang).text();
            assert!(lang == Lang::Zh || caption.split_whitespace().count() <= 30, "{caption}");
            words.push(caption);
            let cell = figure.default_cell(step, row);
            words.extend(cell.and_then(|cell| figure.why(step, &cell, lang)).map(|why| why.text()));
        }
    }
    words
}

/// Lengths and distances: the only bars that a sentence may show.
const BARS: [&str; 8] = ["|difference|", "|差|", "|x|²", "|y|²", "|x+y|²", "|x−y|²", "|q|²", "|k|²"];

#[test]
fn no_sentence_shows_a_mark_or_an_empty_name() {
    let random: &[(&str, &str)] = &[("source", "random"), ("n", "7"), ("m", "9"), ("d", "5")];
    let more: [&[(&str, &str)]; 5] = [
        &[],
        &[("safe", "off"), ("rescale", "off")],
        &[("order", "fa1"), ("mask", "causal"), ("block", "3")],
        &[("mask", "causal-top-left"), ("rescale", "off"), ("format", "f16")],
        &[("order", "fa1"), ("format", "f16"), ("safe", "off")],
    ];
    for spec in CHAPTERS.iter().flat_map(|chapter| chapter.figures).map(|slot| slot.spec) {
        let known = |name: &str| spec.fields.iter().any(|field| field.name == name);
        for set in more {
            let pairs: Vec<(&str, &str)> = random.iter().chain(set).copied().filter(|(name, _)| known(name)).collect();
            for figure in built(&spec, &pairs) {
                for text in Lang::ALL.into_iter().flat_map(|lang| words(&*figure, lang)) {
                    let bare = BARS.iter().fold(text.clone(), |text, square| text.replace(square, ""));
                    assert!(!bare.contains(['{', '}', '<', '>', '|']), "{}: {text}", spec.id);
                    assert!(!text.is_empty() && !text.contains("“”") && !text.contains("  "), "{}: {text}", spec.id);
                }
            }
        }
    }
}
