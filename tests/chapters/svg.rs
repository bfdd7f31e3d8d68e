//! Whether SVG text is well formed.

/// Tags open and close in order.
pub fn balanced(svg: &str) -> Result<(), String> {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').ok_or(format!("a tag does not end: {part}"))?;
        if text.contains('>') || tag.matches('"').count() % 2 == 1 {
            return Err(format!("a stray bracket or quotation mark: {part}"));
        }
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return Err(format!("</{name}> closes nothing")),
            Some(_) => {}
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or("")),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}
