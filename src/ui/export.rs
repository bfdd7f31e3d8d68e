//! Files of the present frame: SVG with its colours resolved, PNG of the same, CSV equal to the table.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Url};

use super::dom;
use super::state::FigureState;
use super::words;
use crate::content::number;
use crate::figure::svg::{Anchor, Svg, escape};

/// What is copied from the computed style into the file.
const RESOLVED: [&str; 12] = [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linejoin",
    "opacity",
    "fill-opacity",
    "font-size",
    "font-family",
    "font-weight",
    "letter-spacing",
    "paint-order",
];

/// An iframe of fixed height without scrollbars.
pub fn iframe(state: &FigureState, address: &str) -> String {
    let height = figure_el(state).map_or(700, |el| el.scroll_height() + 72);
    let lang = state.place.lang.get_untracked();
    let title = state.with(|figure| figure.title(lang));
    format!(
        r#"<iframe src="{}" title="{}" width="100%" height="{height}" frameborder="0" scrolling="no" loading="lazy" allow="clipboard-write"></iframe>"#,
        escape(address),
        escape(&title)
    )
}

/// Saves the table of the step.
pub fn csv(state: &FigureState) -> Result<(), String> {
    let (step, lang) = (state.step(), state.place.lang.get_untracked());
    let text = state.figure.with_untracked(|figure| figure.as_ref().map(|figure| figure.table(step, lang).csv())).ok_or("no data yet")?;
    // The mark lets spreadsheets read Chinese heads as UTF-8.
    save(&blob(&format!("\u{feff}{text}"), "text/csv")?, &name(state, "csv"))
}

/// Saves the frame as SVG.
pub fn svg(state: &FigureState) -> Result<(), String> {
    save(&blob(&markup(state)?.0, "image/svg+xml")?, &name(state, "svg"))
}

/// Saves the frame as PNG at twice its size.
pub fn png(state: &FigureState) -> Result<(), String> {
    let (markup, width, height) = markup(state)?;
    let url = Url::create_object_url_with_blob(&blob(&markup, "image/svg+xml")?).map_err(js)?;
    let image = HtmlImageElement::new().map_err(js)?;
    let (drawn, file, this) = (image.clone(), name(state, "png"), *state);
    let failed = move |why: String| {
        this.report(vec![crate::figure::Problem::new(
            "export",
            format!("The PNG could not be made ({why})."),
            format!("PNG 没有生成（{why}）。"),
        )]);
    };
    let address = url.clone();
    let on_load = Closure::once_into_js(move || {
        let result = paint(&drawn, width, height, file);
        // The address is not needed any more; nothing is lost if it stays.
        let _ = Url::revoke_object_url(&address);
        if let Err(why) = result {
            failed(why);
        }
    });
    image.set_onload(Some(on_load.unchecked_ref()));
    image.set_src(&url);
    Ok(())
}

fn paint(image: &HtmlImageElement, width: f64, height: f64, file: String) -> Result<(), String> {
    let canvas: HtmlCanvasElement = dom::document().create_element("canvas").map_err(js)?.dyn_into().map_err(|_| "no canvas")?;
    canvas.set_width((2.0 * width) as u32);
    canvas.set_height((2.0 * height) as u32);
    let context: web_sys::CanvasRenderingContext2d =
        canvas.get_context("2d").map_err(js)?.ok_or("no canvas")?.dyn_into().map_err(|_| "no canvas")?;
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, 2.0 * width, 2.0 * height).map_err(js)?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            // A browser that refuses the download has already told the reader.
            let _ = save(&blob, &file);
        }
    });
    canvas.to_blob(done.unchecked_ref()).map_err(js)
}

/// The stage under its caption and over its timeline as one self-contained SVG.
fn markup(state: &FigureState) -> Result<(String, f64, f64), String> {
    let figure = figure_el(state).ok_or("no figure")?;
    // A frame is exported as it ends, never in the middle of a motion.
    for layer in dom::all(&figure, ".stage-svg > g") {
        let _ = layer.remove_attribute("class");
    }
    let parts: Vec<(Element, f64, f64)> = dom::all(&figure, "svg.stage-svg, svg.tl")
        .into_iter()
        .map(|el| {
            let size = |name: &str| el.get_attribute(name).and_then(|text| number::parse(&text)).unwrap_or(0.0);
            let (width, height) = (size("width"), size("height"));
            (el, width, height)
        })
        .collect();
    let width = parts.iter().map(|part| part.1).fold(320.0, f64::max) + 32.0;
    let (step, row, lang) = (state.step(), state.focus(), state.place.lang.get_untracked());
    let caption = state.with(|figure| figure.caption(step, row, lang)).text();
    let title = format!("{} · {}", state.with(|figure| figure.title(lang)), words::step_of(lang, step, state.last_step()));
    let style = |name: &str| {
        dom::window().get_computed_style(&figure).ok().flatten().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
    };
    let (ink, font) = (style("color"), escape(&style("font-family")));
    let mut head = Svg::default();
    let mut y = 26.0;
    head.raw(&format!(r#"<g fill="{}" font-family="{font}">"#, escape(&ink)));
    head.raw(r#"<g font-size="13">"#);
    head.text("", Anchor::Start, 16.0, y, &title);
    head.raw(r#"</g><g font-size="18">"#);
    for line in wrap(&caption, width - 32.0, 18.0) {
        y += 25.0;
        head.text("", Anchor::Start, 16.0, y, &line);
    }
    head.raw("</g></g>");
    y += 16.0;
    let mut body = String::new();
    for (el, _, height) in &parts {
        body += &format!(r#"<g transform="translate(16 {y})">{}</g>"#, resolved(el)?);
        y += height + 8.0;
    }
    y += 8.0;
    let paper = escape(
        &dom::window()
            .get_computed_style(&dom::root())
            .ok()
            .flatten()
            .and_then(|style| style.get_property_value("background-color").ok())
            .unwrap_or_default(),
    );
    let text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" viewBox="0 0 {width} {y}"><rect width="{width}" height="{y}" fill="{paper}"/>{}{body}</svg>"#,
        head.0
    );
    Ok((text, width, y))
}

/// A copy of the element with every custom property resolved and no class left.
fn resolved(el: &Element) -> Result<String, String> {
    let copy: Element = el.clone_node_with_deep(true).map_err(js)?.dyn_into().map_err(|_| "no copy")?;
    let (live, dead) = (dom::all(el, "*"), dom::all(&copy, "*"));
    for (from, to) in live.iter().zip(&dead) {
        let Ok(Some(style)) = dom::window().get_computed_style(from) else { continue };
        for name in RESOLVED {
            let value = style.get_property_value(name).unwrap_or_default();
            if !value.is_empty() && value != "normal" && (value != "none" || name == "fill") {
                to.set_attribute(name, &value).map_err(js)?;
            }
        }
        for name in [
            "class",
            "tabindex",
            "role",
            "data-cell",
            "data-row",
            "data-set",
            "data-from",
            "data-drag",
            "data-plane",
            "data-at",
            "data-stops",
            "style",
        ] {
            to.remove_attribute(name).map_err(js)?;
        }
    }
    copy.remove_attribute("class").map_err(js)?;
    web_sys::XmlSerializer::new().and_then(|serializer| serializer.serialize_to_string(&copy)).map_err(js)
}

/// Breaks text at spaces, or anywhere in Chinese, so that lines fit.
fn wrap(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for word in text.split_inclusive(|c: char| c == ' ' || !c.is_ascii()) {
        let advance: f64 = word.chars().map(|c| if c.is_ascii() { size * 0.52 } else { size }).sum();
        if used + advance > width && used > 0.0 {
            lines.push(String::new());
            used = 0.0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        used += advance;
    }
    lines
}

fn figure_el(state: &FigureState) -> Option<Element> {
    dom::document().get_element_by_id(state.spec.id)
}

fn name(state: &FigureState, extension: &str) -> String {
    format!("{}-step-{}.{extension}", state.spec.id, state.player.with_untracked(|player| player.cursor))
}

fn blob(text: &str, kind: &str) -> Result<Blob, String> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options).map_err(js)
}

fn save(blob: &Blob, name: &str) -> Result<(), String> {
    let url = Url::create_object_url_with_blob(blob).map_err(js)?;
    let anchor: HtmlAnchorElement = dom::document().create_element("a").map_err(js)?.dyn_into().map_err(|_| "no link")?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    super::clock::after(10_000, move || {
        // The address has served; keeping it would only cost memory.
        let _ = Url::revoke_object_url(&url);
    });
    Ok(())
}

fn js(error: wasm_bindgen::JsValue) -> String {
    error.as_string().or_else(|| js_sys::Reflect::get(&error, &"message".into()).ok()?.as_string()).unwrap_or_else(|| "unknown".to_string())
}
