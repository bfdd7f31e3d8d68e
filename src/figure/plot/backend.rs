//! A backend of plotters that writes our SVG: a colour is the number of a class, and a width the kind of stroke.

use std::convert::Infallible;

use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::Frame;
use crate::figure::svg::{Svg, px, segments};

/// plotters counts in whole units; these are so many to a px.
const FINE: f64 = 16.0;

/// The stroke of a bar of spread.
pub(super) const BAR: u32 = 9;

/// Classes of lines, by the number that stands for their colour.
const CLASSES: [&str; 10] = ["pl-grid", "pl-now", "pl-a", "pl-b", "pl-c", "pl-d", "pl-e", "pl-limit", "pl-warn", "pl-none"];

/// The strokes, in the order of `Stroke`.
const STROKES: [&str; 4] = [" pl-bold", "", " pl-dashed", " pl-dotted"];

/// The drawing under way.
pub(super) struct Canvas<'a> {
    svg: &'a mut Svg,
    size: (u32, u32),
}

impl<'a> Canvas<'a> {
    pub(super) fn new(svg: &'a mut Svg, within: Frame) -> Canvas<'a> {
        let size = (Canvas::units(within.x + within.w).max(1) as u32, Canvas::units(within.y + within.h).max(1) as u32);
        Canvas { svg, size }
    }

    /// A length in the units of plotters.
    pub(super) fn units(px: f64) -> i32 {
        (px * FINE).round() as i32
    }

    /// And back.
    pub(super) fn px(units: i32) -> f64 {
        f64::from(units) / FINE
    }

    /// The style that comes out as this class.
    pub(super) fn style(class: &str) -> ShapeStyle {
        let number = CLASSES.iter().position(|known| *known == class).unwrap_or(CLASSES.len() - 1);
        ShapeStyle { color: RGBAColor(number as u8, 0, 0, 1.0), filled: false, stroke_width: 1 }
    }
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Done {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        let at = Canvas::px;
        self.svg.line(class(style).0, at(from.0), at(from.1), at(to.0), at(to.1));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        let mut d = String::new();
        let mut last = (i32::MIN, i32::MIN);
        for (x, y) in path {
            let (sx, sy) = (Canvas::px(x), Canvas::px(y));
            match last {
                (i32::MIN, _) => segments(&mut d, &[("M", sx), (" ", sy)]),
                (_, before) if before == y => segments(&mut d, &[("H", sx)]),
                (before, _) if before == x => segments(&mut d, &[("V", sy)]),
                _ => segments(&mut d, &[("L", sx), (" ", sy)]),
            }
            // The ends of a bar of spread.
            if style.stroke_width() == BAR {
                d += &["m-3 0h6m-3 0M", &px(sx), " ", &px(sy)].concat();
            }
            last = (x, y);
        }
        if !d.is_empty() {
            let (class, stroke) = class(style);
            self.svg.path(&["pl-line ", class, stroke].concat(), &d);
        }
        Ok(())
    }
}

fn class<S: BackendStyle>(style: &S) -> (&'static str, &'static str) {
    let number = usize::from(style.color().rgb.0).min(CLASSES.len() - 1);
    let stroke = STROKES.get(style.stroke_width() as usize).copied().unwrap_or("");
    (CLASSES[number], stroke)
}
