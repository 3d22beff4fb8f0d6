//! What a run knows of its request: pairs that are on every span and every log line of it.

use std::borrow::Cow;

use opentelemetry::{KeyValue, Value};

use crate::field::FieldValue;

/// The most pairs of a run, and the most bytes of a key.
const PAIRS_CAP: usize = 64;
const KEY_CAP: usize = 64;

/// A copy is made of it for each nested run, so that nobody sees what his siblings note.
#[derive(Clone, Debug, Default)]
pub(crate) struct Data {
    pairs: Vec<(Cow<'static, str>, FieldValue)>,
    /// Whether the run's own span does not have all of it.
    pub(crate) is_new: bool,
}

impl Data {
    /// That of a run whose span is opened with it.
    pub(crate) fn told(self) -> Data {
        Data { is_new: false, ..self }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&FieldValue> {
        self.pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.pairs.iter().map(|(key, value)| (key.as_ref(), value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Notes a pair, redacted. Returns whether there was room and the key can be one.
    pub(crate) fn set(&mut self, key: Cow<'static, str>, value: FieldValue) -> bool {
        let value = value.redacted(&key);
        self.is_new = true;
        if let Some((_, known)) = self.pairs.iter_mut().find(|(known, _)| *known == key) {
            *known = value;
            return true;
        }
        let is_key = (1..=KEY_CAP).contains(&key.len()) && !key.contains(|c: char| c.is_whitespace() || c.is_control());
        let has_room = is_key && self.pairs.len() < PAIRS_CAP;
        if has_room {
            self.pairs.push((key, value));
        }
        has_room
    }
}

/// As an attribute of an OpenTelemetry span.
pub(crate) fn attribute(key: &str, value: &FieldValue) -> KeyValue {
    let value = match value {
        FieldValue::Bool(value) => Value::from(*value),
        FieldValue::Signed(value) => Value::from(*value),
        FieldValue::Unsigned(value) => i64::try_from(*value).map_or_else(|_| value.to_string().into(), Value::from),
        FieldValue::Float(value) => Value::from(*value),
        FieldValue::Text(text) => Value::from(text.clone()),
    };
    KeyValue::new(key.to_owned(), value)
}
