//! The fields that a user asks for, evaluated by his code and kept by ours.

use std::borrow::Cow;
use std::fmt::{self, Write};

use tracing::field::Value;

use crate::guard::user_code;
use crate::{redact, render};

/// A value that can be a field of a span as it is: `fields(key = value)`.
///
/// Numbers, `bool`, text, references to them, and `Option`, whose `None` leaves the field out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field as it is",
    label = "not a number, a `bool` or a text",
    note = "write `key = %value` to record its `Display`, or `key = ?value` to record its `Debug`"
)]
pub trait Field {
    /// The value that is recorded.
    fn field(&self) -> Option<FieldValue>;
}

/// A value as a span keeps it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// Yes or no.
    Bool(bool),
    /// A number with a sign.
    Signed(i64),
    /// A number without.
    Unsigned(u64),
    /// A number with a fraction.
    Float(f64),
    /// A text, redacted and capped.
    Text(String),
}

impl FieldValue {
    pub(crate) fn as_value(&self) -> &dyn Value {
        match self {
            FieldValue::Bool(value) => value,
            FieldValue::Signed(value) => value,
            FieldValue::Unsigned(value) => value,
            FieldValue::Float(value) => value,
            FieldValue::Text(value) => value,
        }
    }

    pub(crate) fn redacted(self, name: &str) -> FieldValue {
        match self {
            _ if redact::is_secret_name(name) => FieldValue::Text(redact::MASK.to_owned()),
            FieldValue::Text(text) => FieldValue::Text(redact::text(&text).into_owned()),
            number => number,
        }
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldValue::Bool(value) => write!(out, "{value}"),
            FieldValue::Signed(value) => write!(out, "{value}"),
            FieldValue::Unsigned(value) => write!(out, "{value}"),
            FieldValue::Float(value) => write!(out, "{value}"),
            FieldValue::Text(text) => out.write_str(text),
        }
    }
}

macro_rules! fields {
    ($($variant:ident($as:ty): $($ty:ty),+;)+) => {$($(
        impl Field for $ty {
            fn field(&self) -> Option<FieldValue> {
                Some(FieldValue::$variant(<$as>::from(*self)))
            }
        }
    )+)+};
}

fields! {
    Bool(bool): bool;
    Signed(i64): i8, i16, i32, i64;
    Unsigned(u64): u8, u16, u32, u64;
    Float(f64): f32, f64;
}

impl Field for usize {
    fn field(&self) -> Option<FieldValue> {
        Some(FieldValue::Unsigned(*self as u64))
    }
}

impl Field for isize {
    fn field(&self) -> Option<FieldValue> {
        Some(FieldValue::Signed(*self as i64))
    }
}

impl Field for str {
    fn field(&self) -> Option<FieldValue> {
        Some(FieldValue::Text(render::guarded(|out| out.write_str(self))))
    }
}

impl Field for String {
    fn field(&self) -> Option<FieldValue> {
        self.as_str().field()
    }
}

impl Field for Cow<'_, str> {
    fn field(&self) -> Option<FieldValue> {
        self.as_ref().field()
    }
}

/// A value that was read before, such as that of a workflow's data.
impl Field for FieldValue {
    fn field(&self) -> Option<FieldValue> {
        Some(self.clone())
    }
}

impl<F: Field + ?Sized> Field for &F {
    fn field(&self) -> Option<FieldValue> {
        (**self).field()
    }
}

impl<F: Field> Field for Option<F> {
    fn field(&self) -> Option<FieldValue> {
        self.as_ref().and_then(F::field)
    }
}

/// The values of a site's own fields, in the order of their names.
pub(crate) struct Fields {
    names: &'static [&'static str],
    values: Vec<Option<FieldValue>>,
}

impl Fields {
    pub(crate) fn new(names: &'static [&'static str]) -> Fields {
        Fields { names, values: vec![None; names.len()] }
    }

    pub(crate) fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// Keeps a text that is safe already.
    pub(crate) fn text(&mut self, position: usize, text: String) {
        self.keep(position, Some(FieldValue::Text(text)));
    }

    pub(crate) fn values(&self) -> &[Option<FieldValue>] {
        &self.values
    }

    /// Keeps a value as it is.
    pub(crate) fn value<F: Field>(&mut self, position: usize, make: impl FnOnce() -> F) {
        let value = user_code(|| make().field());
        self.keep(position, value.unwrap_or_else(|| Some(FieldValue::Text(render::PANICKED.to_owned()))));
    }

    /// Keeps what a value writes.
    pub(crate) fn written(&mut self, position: usize, write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) {
        self.keep(position, Some(FieldValue::Text(render::guarded(|out| write(out)))));
    }

    fn keep(&mut self, position: usize, value: Option<FieldValue>) {
        if let (Some(slot), Some(name)) = (self.values.get_mut(position), self.names.get(position)) {
            *slot = value.map(|value| value.redacted(name));
        }
    }
}
