//! Typed and pasted matrices: rows on lines or between semicolons, numbers between commas, spaces or tabs.

use ndarray::Array2;

use crate::content::number;

/// The most rows or columns that can be typed.
pub const MAX_SIDE: usize = 64;

/// What is wrong with a text, in both languages.
pub type Wrong = (String, String);

/// Reads a matrix of finite f32. Total over any text.
pub fn parse(text: &str) -> Result<Array2<f32>, Wrong> {
    let rows: Vec<Vec<f32>> = text
        .split(['\n', '\r', ';'])
        .filter(|row| !row.trim().is_empty())
        .take(MAX_SIDE + 1)
        .enumerate()
        .map(|(idx, row)| parse_row(idx + 1, row))
        .collect::<Result<_, _>>()?;
    let width = rows.first().map_or(0, Vec::len);
    if width == 0 {
        return Err((
            "Nothing here to read yet: type rows of numbers. Kept your text; the figure still shows the last valid matrix.".into(),
            "这里还没有可读的数：请逐行输入。你的文字还在；图仍显示上一次有效的矩阵。".into(),
        ));
    }
    if rows.len() > MAX_SIDE || width > MAX_SIDE {
        return Err((
            format!("More than {MAX_SIDE} rows or columns. Kept your text; the figure still shows the last valid matrix."),
            format!("行或列超过了 {MAX_SIDE}。你的文字还在；图仍显示上一次有效的矩阵。"),
        ));
    }
    if let Some((idx, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != width) {
        let n = row.len();
        return Err((
            format!("Row {} has {n} numbers, row 1 has {width}. Kept your text; the figure still shows the last valid matrix.", idx + 1),
            format!("第 {} 行有 {n} 个数，第 1 行有 {width} 个。你的文字还在；图仍显示上一次有效的矩阵。", idx + 1),
        ));
    }
    let shape = (rows.len(), width);
    Array2::from_shape_vec(shape, rows.into_iter().flatten().collect())
        .map_err(|_| ("The rows do not form a matrix.".into(), "这些行凑不成矩阵。".into()))
}

fn parse_row(number: usize, row: &str) -> Result<Vec<f32>, Wrong> {
    row.split([',', '\t', ' ', '，', '、']).map(str::trim).filter(|item| !item.is_empty()).map(|item| parse_number(number, item)).collect()
}

/// One number, with true minus signs accepted.
fn parse_number(row: usize, item: &str) -> Result<f32, Wrong> {
    let shown: String = item.chars().take(24).collect();
    match number::parse(&item.replace('−', "-")) {
        Some(x) if x.is_nan() || x.is_infinite() => Err((
            format!("Row {row}: {shown} is not a finite number. Kept your text; the figure still shows the last valid matrix."),
            format!("第 {row} 行：{shown} 不是有限的数。你的文字还在；图仍显示上一次有效的矩阵。"),
        )),
        Some(x) if x.abs() > f64::from(f32::MAX) => Err((
            format!("Row {row}: {shown} is beyond f32 (largest 3.40e38). Type a smaller number."),
            format!("第 {row} 行：{shown} 超出 f32 的范围（最大 3.40e38）。请换一个小一点的数。"),
        )),
        Some(x) => Ok(x as f32),
        None => Err((
            format!("Row {row}: “{shown}” is not a number. Kept your text; the figure still shows the last valid matrix."),
            format!("第 {row} 行：“{shown}”不是数。你的文字还在；图仍显示上一次有效的矩阵。"),
        )),
    }
}

/// A check for a typed field.
pub fn check(text: &str) -> Result<(), Wrong> {
    parse(text).map(|_| ())
}
