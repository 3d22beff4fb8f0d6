//! What a receiver did not take of a message that arrived: its
//! [partial success](https://opentelemetry.io/docs/specs/otlp/#partial-success).

use hyper::body::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;

/// The most characters of the reason that are kept.
const REASON_CAP: usize = 512;

/// How many items were refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) items: u64,
    pub(super) reason: String,
}

impl Refusal {
    /// Reads an answer. The answers of all signals are written alike; what is no such answer refuses nothing.
    pub(super) fn read(answer: Bytes) -> Option<Refusal> {
        let partial = ExportTraceServiceResponse::decode(answer).ok()?.partial_success?;
        let items = u64::try_from(partial.rejected_spans).ok().filter(|items| *items > 0)?;
        Some(Refusal { items, reason: partial.error_message.chars().take(REASON_CAP).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_items_and_the_reason_are_read() {
        let answer = Bytes::from_static(b"\x0a\x08\x08\xac\x02\x12\x03old");
        assert_eq!(Refusal::read(answer), Some(Refusal { items: 300, reason: "old".to_owned() }));
    }

    #[test]
    fn what_is_no_such_answer_refuses_nothing() {
        for answer in [
            &b""[..],
            b"<html>",
            b"\x0a\x00",
            b"\x0a\x02\x08\x00",
            b"\x0a\xff\xff\xff\xff\x0f",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(Refusal::read(Bytes::from_static(answer)), None, "{answer:?}");
        }
    }
}
