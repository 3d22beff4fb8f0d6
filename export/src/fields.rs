//! The fields of an event, read once and safely.
//!
//! `Display` and `Debug` of a field are code of the program. They run guarded: a panic becomes `<panic>`, and a text
//! without end is cut. What stands under the name of a secret is masked, and so is every secret in a text.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Write};
use std::panic::{self, AssertUnwindSafe};

use taximeter_runtime::FieldValue;
use taximeter_runtime::capped::Capped;
use taximeter_runtime::redact::{self, MASK};
use tracing::Event;
use tracing::field::{Field, Visit};

/// The most bytes of one value.
const VALUE_CAP: usize = 16 * 1024;
/// How deep fields are written inside of fields.
const DEPTH_CAP: usize = 4;
/// Stands where it went deeper.
const RECURSION: &str = "<recursion>";

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
        Fields::read(|visitor| event.record(visitor))
    }

    /// The fields that `record` shows.
    pub(crate) fn read(record: impl FnOnce(&mut dyn Visit)) -> Self {
        let mut fields = Fields::default();
        record(&mut fields);
        fields
    }

    fn push(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            // Where a record of the `log` crate comes from; it is told as that of an event is.
            (name, _) if name.starts_with("log.") => {}
            ("message", Value::Text(text)) => self.message = Some(redact::text(&text).into_owned()),
            (name, Value::Text(text)) => self.others.push((name, Value::Text(redact::named(name, &text).into_owned()))),
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
        self.push(field, Value::Text(guarded(|text| write_chain(text, value))));
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
    let Some(_deeper) = Depth::enter() else { return RECURSION.to_owned() };
    let mut text = Capped::new(VALUE_CAP);
    match panic::catch_unwind(AssertUnwindSafe(|| format(&mut text))) {
        // A formatter that gives up has said what it could.
        Ok(_) => text.finish(),
        // Some formatters panic when they are told to stop.
        Err(payload) if text.is_cut() => {
            std::mem::forget(payload);
            text.finish()
        }
        Err(payload) => {
            // Its destructor is code of the program too.
            std::mem::forget(payload);
            "<panic>".to_owned()
        }
    }
}

/// How many fields are being written on this thread, each while the one before is.
///
/// A `Display` may log, and what it logs may be itself.
struct Depth;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

impl Depth {
    fn enter() -> Option<Depth> {
        let depth = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)).unwrap_or(DEPTH_CAP);
        let entered = Depth;
        (depth < DEPTH_CAP).then_some(entered)
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

#[cfg(test)]
mod tests {
    use taximeter_runtime::capped::CUT;

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
    fn a_long_value_is_cut_between_two_characters() {
        let text = guarded(|text| write!(text, "a{}", "ä".repeat(VALUE_CAP)));
        assert!(text.ends_with("ä…") && text.starts_with("aä"));
        assert!(text.len() <= VALUE_CAP + CUT.len());
    }
}
