//! The fields of an event, read once and safely.
//!
//! `Display` and `Debug` of a field are code of the program. They run guarded: a panic becomes `<panic>`, and a text
//! without end is cut. What stands under the name of a secret is masked, and so is every secret in the text of an error.

use std::error::Error;
use std::fmt::{self, Write};
use std::panic::{self, AssertUnwindSafe};

use taximeter_runtime::{FieldValue, redact};
use tracing::Event;
use tracing::field::{Field, Visit};

/// The most bytes of one value.
const VALUE_CAP: usize = 16 * 1024;
/// Stands at the end of a value that was cut.
const CUT: &str = "...";
/// Stands where a secret stood.
const MASK: &str = "[redacted]";

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text(String),
}

/// A value that a workflow has noted.
impl From<&FieldValue> for Value {
    fn from(value: &FieldValue) -> Self {
        match value {
            FieldValue::Bool(value) => Value::Bool(*value),
            FieldValue::Signed(value) => Value::I64(*value),
            FieldValue::Unsigned(value) => Value::U64(*value),
            FieldValue::Float(value) => Value::F64(*value),
            other => Value::Text(other.to_string()),
        }
    }
}

/// What an event says: its message, and the other fields in the order in which they were written.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) message: Option<String>,
    pub(crate) others: Vec<(&'static str, Value)>,
}

impl Fields {
    pub(crate) fn of(event: &Event<'_>) -> Self {
        let mut fields = Fields::default();
        event.record(&mut fields);
        fields
    }

    fn push(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text)) => self.message = Some(text),
            (name, _) if redact::is_secret_name(name) => self.others.push((name, Value::Text(MASK.to_owned()))),
            (name, value) => self.others.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Value::U64(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, Value::F64(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, Value::Text(guarded(|text| text.write_str(value))));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, Value::Text(guarded(|text| write!(text, "{value:?}"))));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let text = guarded(|text| write_chain(text, value));
        self.push(field, Value::Text(redact::text(&text).into_owned()));
    }
}

/// The error and what caused it: `cannot answer: connection refused`.
fn write_chain(text: &mut Capped, error: &(dyn Error + 'static)) -> fmt::Result {
    write!(text, "{error}")?;
    let mut source = error.source();
    // An error may name itself as its source; the cap ends that too, but the count ends it sooner.
    for _ in 0..16 {
        let Some(cause) = source else { break };
        write!(text, ": {cause}")?;
        source = cause.source();
    }
    Ok(())
}

fn guarded(format: impl FnOnce(&mut Capped) -> fmt::Result) -> String {
    let mut text = Capped::default();
    match panic::catch_unwind(AssertUnwindSafe(|| format(&mut text))) {
        // A formatter that gives up has said what it could.
        Ok(_) => text.finish(),
        Err(payload) => {
            // Its destructor is code of the program too.
            std::mem::forget(payload);
            "<panic>".to_owned()
        }
    }
}

/// A text that takes everything and keeps the beginning.
#[derive(Default)]
struct Capped {
    text: String,
    is_cut: bool,
}

impl Capped {
    fn finish(mut self) -> String {
        if self.is_cut {
            self.text.push_str(CUT);
        }
        self.text
    }
}

impl Write for Capped {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.is_cut {
            return Ok(());
        }
        let room = VALUE_CAP.saturating_sub(self.text.len());
        let end = if part.len() <= room { part.len() } else { boundary(part, room) };
        self.is_cut = end < part.len();
        self.text.push_str(part.get(..end).unwrap_or_default());
        Ok(())
    }
}

/// The last place at or before `at` where the text can be cut.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rude;

    impl fmt::Display for Rude {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no")
        }
    }

    #[test]
    fn a_panic_in_display_becomes_a_word() {
        assert_eq!(guarded(|text| write!(text, "before {Rude}")), "<panic>");
    }

    #[test]
    fn a_mask_is_that_of_the_redactor() {
        assert_eq!(redact::text("password=x"), format!("password={MASK}"));
    }

    #[test]
    fn a_long_value_is_cut_between_two_characters() {
        let text = guarded(|text| write!(text, "a{}", "ä".repeat(VALUE_CAP)));
        assert!(text.ends_with("ä..."), "{}", &text[text.len() - 8..]);
        assert!(text.len() <= VALUE_CAP + CUT.len());
    }
}
