//! What a receiver did not take of a batch that arrived: `ExportTraceServiceResponse.partial_success` of
//! [OTLP](https://opentelemetry.io/docs/specs/otlp/#partial-success).

/// How many spans were refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) spans: u64,
    pub(super) message: String,
}

// The numbers of the fields, and how they are written.
const PARTIAL_SUCCESS: u64 = 1;
const REJECTED_SPANS: u64 = 1;
const ERROR_MESSAGE: u64 = 2;
const VARINT: u64 = 0;
const BYTES: u64 = 2;
/// The most bytes of the message that are kept.
const MESSAGE_CAP: usize = 512;

impl Refusal {
    /// Reads the body of an answer. What is no such message refuses nothing.
    pub(super) fn read(body: &[u8]) -> Option<Refusal> {
        let mut refusal = Refusal { spans: 0, message: String::new() };
        let mut fields = Fields(body);
        while let Some((number, value)) = fields.next() {
            if let (PARTIAL_SUCCESS, Value::Bytes(partial)) = (number, value) {
                refusal.read_partial(partial);
            }
        }
        (refusal.spans > 0).then_some(refusal)
    }

    fn read_partial(&mut self, partial: &[u8]) {
        let mut fields = Fields(partial);
        while let Some((number, value)) = fields.next() {
            match (number, value) {
                (REJECTED_SPANS, Value::Varint(spans)) => self.spans = spans.min(i64::MAX.unsigned_abs()),
                (ERROR_MESSAGE, Value::Bytes(text)) => {
                    self.message = String::from_utf8_lossy(text.get(..MESSAGE_CAP).unwrap_or(text)).into_owned();
                }
                _ => {}
            }
        }
    }
}

/// The fields of a message of protocol buffers, as far as they can be read.
struct Fields<'a>(&'a [u8]);

enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
}

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<(u64, Value<'a>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            VARINT => Value::Varint(self.varint()?),
            BYTES => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (value, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Value::Bytes(value)
            }
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_spans_and_the_reason_are_read() {
        let body = b"\x0a\x08\x08\xac\x02\x12\x03old";
        assert_eq!(Refusal::read(body), Some(Refusal { spans: 300, message: "old".to_owned() }));
    }

    #[test]
    fn what_is_no_such_message_refuses_nothing() {
        for body in [
            &b""[..],
            b"<html>",
            b"\x0a\x00",
            b"\x0a\xff\xff\xff\xff\x0f",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(Refusal::read(body), None, "{body:?}");
        }
    }
}
