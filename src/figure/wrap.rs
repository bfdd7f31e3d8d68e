//! Text in lines of a width, in Latin script and in Chinese.

use super::svg::{Anchor, Svg};

/// About how wide a text is at a size in px: letters of Latin script, and of Chinese.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c < '\u{2e80}' { 0.56 } else { 1.0 }).sum::<f64>() * size
}

impl Svg {
    /// A text from baseline `y` on in lines of width `w`; gives the baseline after the last.
    pub fn wrapped(&mut self, class: &str, (x, mut y, w): (f64, f64, f64), text: &str, size: f64) -> f64 {
        let mut line = String::new();
        for word in words(text) {
            // In a long line, small Latin letters come out narrower than estimated, capitals and digits do not.
            let full =
                |text: &str| width(text, size) - 0.04 * size * text.chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').count() as f64;
            if !line.is_empty() && full(&line) + full(word.trim_end()) > w {
                self.text(class, Anchor::Start, x, y, line.trim_end());
                line.clear();
                y += 1.4 * size;
            }
            line += word;
        }
        self.text(class, Anchor::Start, x, y, line.trim_end());
        y + 1.4 * size
    }
}

/// The pieces between which a line may end: after a space or a Chinese stop, and around a Chinese letter, but not at a no-break space.
fn words(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    for pair in letters.windows(2) {
        let ((_, c), (at, next)) = (pair[0], pair[1]);
        let cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let bound = c == '\u{a0}' || next == '\u{a0}';
        if c == ' ' || "，。、：；".contains(c) || !bound && (cjk(next) && c != '（' || cjk(c) && !"，。、：）；".contains(next))
        {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    pieces.push(&text[start..]);
    pieces
}
