//! A table of numbers, for people and for programs.

use serde_json::{Map, Value, json};

/// Rows of cells under their columns.
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, columns: &[&str]) -> Table {
        Table {
            title: title.into(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Value>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// An object for each row, with the columns as keys.
    pub(crate) fn json(&self) -> Value {
        let object = |row: &Vec<Value>| self.columns.iter().cloned().zip(row.iter().cloned()).collect::<Map<_, _>>();
        json!({ "title": self.title, "rows": self.rows.iter().map(object).collect::<Vec<_>>() })
    }

    /// Prints it as Markdown.
    pub(crate) fn print(&self) {
        println!("\n{}\n", self.title);
        println!("| {} |\n|{}", self.columns.join(" | "), "---|".repeat(self.columns.len()));
        for row in &self.rows {
            println!("| {} |", row.iter().map(cell).collect::<Vec<_>>().join(" | "));
        }
    }
}

/// As many digits as mean something.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let digits = if number.abs() < 100.0 { 2 } else { 0 };
            format!("{number:.digits$}")
        }
        other => other.to_string(),
    }
}
