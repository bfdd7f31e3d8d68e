//! The numbers of a step as a table, which is also the CSV.

/// A rectangular table of text. Invariant: every row has as many cells as the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// Column heads; the first column names the row.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a caption and column heads.
    pub fn new(caption: impl Into<String>, head: Vec<String>) -> Table {
        Table { caption: caption.into(), head, rows: Vec::new() }
    }

    /// Appends a row, filled with empty cells or cut to the width of the head.
    pub fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.head.len(), String::new());
        self.rows.push(row);
    }

    /// As comma-separated values (RFC 4180), true minus signs written as ASCII, so that spreadsheets read numbers.
    pub fn csv(&self) -> String {
        let line = |cells: &[String]| cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(",") + "\r\n";
        std::iter::once(line(&self.head)).chain(self.rows.iter().map(|row| line(row))).collect()
    }
}

fn escape(cell: &str) -> String {
    let cell = cell.replace('−', "-");
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
