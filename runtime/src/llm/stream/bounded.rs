//! Copies of what a server sent, in bounded memory.

use serde_json::{Map, Value};

use crate::llm::usage::Reading;

/// The most bytes that are kept of one usage, as it would be written. The largest real ones, of a message of many
/// samplings, have a few thousand.
const BYTES_CAP: usize = 1 << 15;

/// What a value without a text takes of them: a number, its quotes and commas.
const VALUE_BYTES: usize = 24;

/// How deep they nest at most. Real ones nest four deep.
const DEPTH_CAP: usize = 8;

/// The most bytes of one text: the name of a model, a tier, an id.
const TEXT_CAP: usize = 256;

/// The most parts of one answer that are kept.
pub(super) const PARTS_CAP: usize = 256;

/// A copy of `value`. What does not fit is left out, and `is_cut` says so.
pub(super) fn copy(value: &Value, is_cut: &mut bool) -> Value {
    let mut room = Room { bytes: BYTES_CAP, is_cut };
    room.copy(value, DEPTH_CAP)
}

/// A text of bounded length.
pub(in crate::llm) fn text(text: &str) -> String {
    let end = (0..=TEXT_CAP.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// A reading with texts and parts of bounded length.
pub(super) fn reading(mut reading: Reading, is_cut: &mut bool) -> Reading {
    let texts =
        [&mut reading.model, &mut reading.response_id, &mut reading.service_tier, &mut reading.speed, &mut reading.geo];
    for long in texts.into_iter().flatten().filter(|text| text.len() > TEXT_CAP) {
        *long = text(long);
    }
    *is_cut |= reading.parts.len() > PARTS_CAP;
    reading.parts.truncate(PARTS_CAP);
    reading
}

struct Room<'a> {
    bytes: usize,
    is_cut: &'a mut bool,
}

impl Room<'_> {
    fn copy(&mut self, value: &Value, depth: usize) -> Value {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            Value::String(long) => Value::String(self.text(long)),
            Value::Array(items) => {
                let items = items.iter().map_while(|item| self.has_room(depth).then(|| self.copy(item, depth - 1)));
                Value::Array(items.collect())
            }
            Value::Object(fields) => {
                let fields = fields.iter().map_while(|(name, value)| {
                    self.has_room(depth).then(|| (self.text(name), self.copy(value, depth - 1)))
                });
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    fn text(&mut self, long: &str) -> String {
        let text = text(long);
        self.bytes = self.bytes.saturating_sub(text.len());
        text
    }

    /// Takes the place of one value, if there is one.
    fn has_room(&mut self, depth: usize) -> bool {
        let has_room = self.bytes >= VALUE_BYTES && depth > 0;
        self.bytes = self.bytes.saturating_sub(VALUE_BYTES);
        *self.is_cut |= !has_room;
        has_room
    }
}
