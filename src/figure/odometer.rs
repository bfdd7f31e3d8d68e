//! A counter as rolling digits: the live one inverse, its rivals plain.

use super::svg::{Anchor, Svg, escape, px};
use crate::content::number;

/// One odometer, right-aligned at `right`; gives its left edge, label included.
#[expect(clippy::too_many_arguments, reason = "a counter is a place, a size and a value")]
pub fn odometer(svg: &mut Svg, right: f64, y: f64, u: f64, digits: usize, label: &str, value: u64, live: bool) -> f64 {
    rolling(svg, right, y, u, digits, label, [value; 2], live)
}

/// The same with the value that it comes from: digits that differ roll over.
#[expect(clippy::too_many_arguments, reason = "a counter is a place, a size and a value")]
#[inline(never)]
pub fn rolling(svg: &mut Svg, right: f64, y: f64, u: f64, digits: usize, label: &str, [before, value]: [u64; 2], live: bool) -> f64 {
    let (w, h) = (14.0 * u, 20.0 * u);
    let text = format!("{value:0digits$}");
    let old = format!("{before:0len$}", len = text.len());
    let zeros = text.chars().take_while(|c| *c == '0').count().min(text.len() - 1);
    let left = right - (w + u) * text.len() as f64;
    svg.group(&format!(r#"role="img" aria-label="{}: {}""#, escape(label), number::whole(value)));
    for (idx, (digit, old)) in text.chars().zip(old.chars()).enumerate() {
        let x = left + (w + u) * idx as f64;
        let faint = if idx < zeros { " z" } else { "" };
        svg.rect(&[if live { "odo-live" } else { "odo" }, faint].concat(), x, y, w, h);
        let class = [if live { "t2 odo-live-t" } else { "t2 odo-t" }, faint];
        if digit == old {
            svg.text_of(class, Anchor::Middle, x + w / 2.0, y + 15.0 * u, &digit.to_string());
            continue;
        }
        // The old digit stands above the window through which the new one is seen.
        svg.window(x, y, w, h);
        svg.from(&["translate(0,", &px(h), "px)"].concat());
        svg.text_of(class, Anchor::Middle, w / 2.0, 15.0 * u - h, &old.to_string());
        svg.text_of(class, Anchor::Middle, w / 2.0, 15.0 * u, &digit.to_string());
        svg.raw("</g></svg>");
    }
    svg.text("t00 ink2", Anchor::End, left - 7.0 * u, y + 14.0 * u, label);
    svg.end();
    left - 7.0 * u - label.chars().map(|c| if c.is_ascii() { 6.2 } else { 11.0 }).sum::<f64>() * u
}
