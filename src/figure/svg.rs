//! Writing SVG text: escaped, rounded, coloured by class only.

/// SVG text under construction.
#[derive(Clone, Debug, Default)]
pub struct Svg(pub String);

/// Where a text is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its start.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

/// Escapes text for XML content and attributes.
#[inline(never)]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A coordinate with at most two decimals.
pub fn px(x: f64) -> String {
    let mut out = String::new();
    push_px(&mut out, x);
    out
}

/// Appends a coordinate. Thousands are written for a step: digit by digit, which takes a fraction of what formatting a float does.
#[inline(never)]
fn push_px(out: &mut String, x: f64) {
    let hundredths = (x * 100.0).round();
    if hundredths.is_nan() || hundredths.abs() > 1e15 {
        out.push_str(&format!("{x}"));
        return;
    }
    if hundredths < 0.0 {
        out.push('-');
    }
    let mut rest = hundredths.abs() as u64;
    let decimals = match (rest % 100, rest % 10) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => 2,
    };
    rest /= [100, 10, 1][decimals];
    let (mut digits, mut at) = ([0u8; 20], 20);
    while rest > 0 || 20 - at <= decimals {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    for (idx, digit) in digits[at..].iter().enumerate() {
        if decimals > 0 && idx == 20 - at - decimals {
            out.push('.');
        }
        out.push(char::from(*digit));
    }
}

// These are called hundreds of times; kept out of line, each call costs only its arguments.
impl Svg {
    /// Appends raw markup.
    #[inline(never)]
    pub fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    #[inline(never)]
    fn attribute(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\"", value, "\""] {
            self.0.push_str(part);
        }
    }

    /// Opens a tag with its class and its places; the caller closes it.
    #[inline(never)]
    fn open(&mut self, tag: &str, class: &str, places: &[(&str, f64)]) {
        self.0.push_str(tag);
        self.attribute("class", class);
        for (name, x) in places {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            push_px(&mut self.0, *x);
            self.0.push('"');
        }
    }

    /// A rectangle.
    #[inline(never)]
    pub fn rect(&mut self, class: &str, x: f64, y: f64, w: f64, h: f64) {
        self.open("<rect", class, &[("x", x), ("y", y), ("width", w.max(0.0)), ("height", h.max(0.0))]);
        self.0.push_str("/>");
    }

    /// A line.
    #[inline(never)]
    pub fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        self.open("<line", class, &[("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)]);
        self.0.push_str("/>");
    }

    /// A path.
    #[inline(never)]
    pub fn path(&mut self, class: &str, d: &str) {
        self.open("<path", class, &[]);
        self.attribute("d", d);
        self.0.push_str("/>");
    }

    /// A disc around `(x, y)`, as a path.
    #[inline(never)]
    pub fn disc(&mut self, class: &str, x: f64, y: f64, r: f64) {
        let arc = [("M", x - r), (" ", y), ("a", r), (" ", r), (" 0 1 0 ", 2.0 * r), (" ", 0.0), ("a", r), (" ", r), (" 0 1 0 ", -2.0 * r)];
        self.path(class, &path(&arc, " 0z"));
    }

    /// A path that grows out of another of the same commands when its step is reached by going forward.
    #[inline(never)]
    pub fn path_from(&mut self, class: &str, d: &str, from: &str) {
        self.open("<path", class, &[]);
        self.attribute("data-from", &["path('", from, "')"].concat());
        self.attribute("d", d);
        self.0.push_str("/>");
    }

    /// A text with its baseline at `y`; the size comes from the class (`t00`, `t0`, `t1`, `t2`).
    #[inline(never)]
    pub fn text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, text: &str) {
        self.open_text(class, anchor, x, y);
        self.0.push_str(&escape(text));
        self.0.push_str("</text>");
    }

    /// The same with two classes, or a class put together from two parts.
    #[inline(never)]
    pub fn text_of(&mut self, class: [&str; 2], anchor: Anchor, x: f64, y: f64, text: &str) {
        self.text(&class.concat(), anchor, x, y, text);
    }

    /// Old value, arrow, new value, `dx` apart.
    #[inline(never)]
    pub fn change(&mut self, class: &str, anchor: Anchor, (x, y): (f64, f64), dx: f64, old: &str, new: &str) {
        self.open_text(class, anchor, x, y);
        let dx = px(dx);
        for part in [
            r#"<tspan class="t0 old">"#,
            &escape(old),
            r#"</tspan><tspan class="old" dx=""#,
            &dx,
            r#"">→</tspan><tspan class="b" dx=""#,
            &dx,
            r#"">"#,
            &escape(new),
            "</tspan></text>",
        ] {
            self.0.push_str(part);
        }
    }

    /// A text with a second part of its own class, raised by `-dy`.
    #[inline(never)]
    pub fn text_with(&mut self, class: &str, (x, y): (f64, f64), text: &str, part_class: &str, dy: f64, part: &str) {
        self.open_text(class, Anchor::Start, x, y);
        self.0.push_str(&escape(text));
        let shift = [("dy", dy)];
        self.open("<tspan", part_class, &shift[..usize::from(dy != 0.0)]);
        self.0.push('>');
        self.0.push_str(&escape(part));
        self.0.push_str("</tspan></text>");
    }

    fn open_text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64) {
        self.open("<text", class, &[]);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.attribute("text-anchor", "middle"),
            Anchor::End => self.attribute("text-anchor", "end"),
        }
        self.attribute("x", &px(x));
        self.attribute("y", &px(y));
        self.0.push('>');
    }

    /// Opens a group; close it with [`Svg::end`].
    #[inline(never)]
    pub fn group(&mut self, attributes: &str) {
        for part in ["<g ", attributes, ">"] {
            self.0.push_str(part);
        }
    }

    /// Opens a window: what is drawn beyond it is cut off, and its corner is the origin. The caller closes the `svg`.
    #[inline(never)]
    pub fn window(&mut self, x: f64, y: f64, w: f64, h: f64) {
        self.open("<svg", "window", &[("x", x), ("y", y), ("width", w), ("height", h)]);
        self.0.push('>');
    }

    /// Opens a group that comes from elsewhere when its step is reached by going forward; where from is a CSS transform.
    /// Close it with [`Svg::end`].
    #[inline(never)]
    pub fn from(&mut self, transform: &str) {
        self.0.push_str("<g");
        self.attribute("data-from", transform);
        self.0.push('>');
    }

    /// Opens the group of a cell that can be asked why: hoverable, focusable, named.
    #[inline(never)]
    pub fn cell(&mut self, id: &str, label: &str) {
        self.open("<g", "ask", &[]);
        self.attribute("data-cell", &escape(id));
        self.0.push_str(r#" tabindex="-1" role="button""#);
        self.attribute("aria-label", &escape(label));
        self.0.push('>');
    }

    /// A box over what can be asked why.
    #[inline(never)]
    pub fn ask(&mut self, id: &str, label: &str, (x, y, w, h): (f64, f64, f64, f64)) {
        self.cell(id, label);
        self.rect("hit", x, y, w, h);
        self.end();
    }

    /// Diagonal lines across a box: what is skipped. Never meaning by colour alone.
    #[inline(never)]
    pub fn hatch(&mut self, class: &str, (x, y, w, h): (f64, f64, f64, f64), gap: f64) {
        let mut d = String::new();
        let mut at = gap;
        while at < w + h {
            // The line x + y = at, cut to the box.
            let (from, to) = ((at - h).max(0.0), at.min(w));
            segments(&mut d, &[("M", x + from), (" ", y + at - from), ("L", x + to), (" ", y + at - to)]);
            at += gap;
        }
        self.path(class, &d);
    }

    /// Closes a group.
    pub fn end(&mut self) {
        self.0.push_str("</g>");
    }
}

/// The data of a path: [`segments`] and how it ends.
#[inline(never)]
pub fn path(list: &[(&str, f64)], end: &str) -> String {
    let mut d = String::new();
    segments(&mut d, list);
    d.push_str(end);
    d
}

/// Appends to the data of a path: each number behind its letter, as in `[("M", x), (" ", y), ("h", w)]`.
#[inline(never)]
pub fn segments(d: &mut String, list: &[(&str, f64)]) {
    for (letter, x) in list {
        d.push_str(letter);
        push_px(d, *x);
    }
}

#[cfg(test)]
mod tests {
    use super::px;

    #[test]
    fn coordinates_are_written_as_numbers() {
        let cases = [(0.0, "0"), (-0.0, "0"), (-0.004, "0"), (1.0, "1"), (-1.5, "-1.5"), (0.05, "0.05"), (0.5, "0.5"), (10.0, "10")];
        for (x, text) in cases.into_iter().chain([(100.0, "100"), (123.456, "123.46"), (-0.01, "-0.01"), (1e9 + 0.25, "1000000000.25")]) {
            assert_eq!(px(x), text);
        }
        assert_eq!(px(f64::NAN), "NaN");
        for idx in -2000..2000 {
            let x = f64::from(idx) * 0.37;
            assert!((px(x).parse::<f64>().unwrap_or(f64::NAN) - x).abs() <= 0.005 + 1e-9, "{x}: {}", px(x));
        }
    }
}
