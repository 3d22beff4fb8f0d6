//! `traceparent`: `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId};

/// Version 00 has this many bytes, and a later one not fewer.
const LENGTH: usize = 55;
/// A later version may be longer; nobody needs more than this.
const LENGTH_CAP: usize = 512;

/// The caller's span.
#[derive(Debug, PartialEq)]
pub(super) struct Parent {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) flags: TraceFlags,
}

/// The caller's span, from exactly one line.
pub(super) fn read<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Option<Parent> {
    let line = lines.next()?;
    // Of two, nobody can tell which one is right.
    if lines.next().is_some() { None } else { parse(line) }
}

fn parse(line: &[u8]) -> Option<Parent> {
    if line.len() > LENGTH_CAP {
        return None;
    }
    let (known, rest) = line.split_at_checked(LENGTH)?;
    let version = hex(known.get(..2)?)?;
    let is_right_length = if version == 0 { rest.is_empty() } else { matches!(rest.first(), None | Some(b'-')) };
    let has_dashes = [2, 35, 52].iter().all(|at| known.get(*at) == Some(&b'-'));
    if version == 0xff || !is_right_length || !has_dashes {
        return None;
    }
    let trace_id = u128::from(hex(known.get(3..19)?)?) << 64 | u128::from(hex(known.get(19..35)?)?);
    let (trace_id, span_id) = (TraceId::from(trace_id), SpanId::from(hex(known.get(36..52)?)?));
    let flags = hex(known.get(53..55)?)?;
    let is_valid = trace_id != TraceId::INVALID && span_id != SpanId::INVALID;
    // Of the flags, sampled is the one that we understand.
    let flags = if flags & 1 == 1 { TraceFlags::SAMPLED } else { TraceFlags::default() };
    is_valid.then_some(Parent { trace_id, span_id, flags })
}

/// A number in at most 16 lower case digits; upper case is not allowed.
fn hex(digits: &[u8]) -> Option<u64> {
    const NO_DIGIT: u8 = 0xff;
    let (mut number, mut all) = (0, 0);
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => NO_DIGIT,
        };
        all |= value;
        number = number << 4 | u64::from(value & 15);
    }
    (all != NO_DIGIT).then_some(number)
}

/// As it is sent: version 00, and of the flags what we understand.
pub(super) fn written(span: &SpanContext) -> String {
    let mut line = *b"00-00000000000000000000000000000000-0000000000000000-00";
    put(&mut line, 3, &span.trace_id().to_bytes());
    put(&mut line, 36, &span.span_id().to_bytes());
    put(&mut line, 53, &[u8::from(span.is_sampled())]);
    // Digits and dashes are always text.
    std::str::from_utf8(&line).unwrap_or_default().to_owned()
}

fn put(line: &mut [u8; LENGTH], at: usize, bytes: &[u8]) {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let places = line.get_mut(at..).unwrap_or_default();
    for (place, byte) in places.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *place = [digit(byte >> 4), digit(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TraceState;

    use super::*;

    const LINE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn parse(line: &str) -> Option<Parent> {
        super::parse(line.as_bytes())
    }

    #[test]
    fn what_is_read_is_written_again() {
        let parent = parse(LINE).unwrap();
        let span = SpanContext::new(parent.trace_id, parent.span_id, parent.flags, true, TraceState::NONE);
        assert_eq!(written(&span), LINE);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = LINE.replace("00-4", "cc-4");
        assert_eq!(parse(&later), parse(LINE));
        assert_eq!(parse(&format!("{later}-what-the-future-brings")), parse(LINE));
        assert_eq!(parse(&format!("{later}.what-the-future-brings")), None);
        assert_eq!(parse(&format!("{later}-{}", "a".repeat(LENGTH_CAP))), None);
    }

    #[test]
    fn of_the_flags_only_sampled_is_understood() {
        for (flags, is_sampled) in [("00", false), ("01", true), ("02", false), ("ff", true)] {
            let line = LINE.replace("-01", &format!("-{flags}"));
            assert_eq!(parse(&line).unwrap().flags.is_sampled(), is_sampled, "{flags}");
        }
    }

    #[test]
    fn what_is_malformed_is_no_parent() {
        let zeros = |count| "0".repeat(count);
        let bad = [
            String::new(),
            "00".to_owned(),
            LINE.to_uppercase(),
            LINE.replace("00-4", "ff-4"),
            LINE.replace("00-4", "0-4"),
            LINE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &zeros(32)),
            LINE.replace("00f067aa0ba902b7", &zeros(16)),
            LINE.replace('-', "_"),
            LINE.replace("4bf9", "4bg9"),
            format!("{LINE}-00"),
            format!(" {LINE}"),
            LINE.get(..54).unwrap().to_owned(),
            "-".repeat(55),
            "0".repeat(1_000_000),
        ];
        for line in bad {
            assert_eq!(parse(&line), None, "{line:.80}");
        }
        let twice = [LINE.as_bytes(), LINE.as_bytes()];
        assert_eq!(read(twice.into_iter()), None, "two lines");
    }
}
