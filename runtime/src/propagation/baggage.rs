//! `baggage`: pairs that every service behind this one sees. Values are percent-encoded, a space is `%20`.

use opentelemetry::baggage::{Baggage, KeyValueMetadata};

use super::Carrier;
use super::lines::{LINES_CAP, Lines, members, trim};
use crate::redact;

/// The most pairs (W3C Baggage, 3.3.2).
const MEMBERS_CAP: usize = 64;

/// The pairs of all lines together. More than the limits allow is left out as a whole, a malformed pair by itself.
pub(super) fn read<C: Carrier + ?Sized>(lines: &Lines<'_, C>) -> Option<Baggage> {
    let length = lines.length()?;
    // Each takes a byte at least, so mostly they need not be counted.
    if length > MEMBERS_CAP && has_too_many(lines) {
        return None;
    }
    let mut baggage = Baggage::new();
    lines.each(|line| {
        for (key, value, properties) in members(line).filter_map(split) {
            baggage.insert_with_metadata(key.to_owned(), decoded(value), properties);
        }
        Some(())
    });
    (!baggage.is_empty()).then_some(baggage)
}

fn has_too_many<C: Carrier + ?Sized>(lines: &Lines<'_, C>) -> bool {
    let mut left = MEMBERS_CAP;
    let counted = lines.each(|line| {
        left = left.checked_sub(members(line).count())?;
        Some(())
    });
    counted.is_none()
}

/// The pairs with what belongs to them.
pub(crate) fn pairs(baggage: &Baggage) -> impl Iterator<Item = KeyValueMetadata> {
    baggage
        .iter()
        .map(|(key, (value, properties))| KeyValueMetadata::new(key.clone(), value.clone(), properties.clone()))
}

/// `key = value ; properties`
fn split(member: &[u8]) -> Option<(&str, &str, &str)> {
    let end = member.iter().position(|byte| *byte == b';').unwrap_or(member.len());
    let equals = member.get(..end)?.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (trim(member.get(..equals)?), trim(member.get(equals + 1..end)?));
    let properties = trim(member.get(end + 1..).unwrap_or_default());
    let is_valid = is_key(key) && value.iter().copied().all(is_octet) && properties.iter().all(is_printable);
    let text = |bytes| std::str::from_utf8(bytes).ok();
    if is_valid { Some((text(key)?, text(value)?, text(properties)?)) } else { None }
}

/// A token of HTTP ([RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)).
pub(crate) fn is_key(key: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !key.is_empty() && key.iter().all(is_token)
}

fn is_printable(byte: &u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x7e)
}

/// What may stand in a value as it is; `%` begins an escape.
fn is_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

/// Without the percent-encoding. What is no UTF-8 then becomes U+FFFD, and a `%` that begins no escape stands for itself.
///
/// By the text a `+` stands for itself too. But the SDKs of Python and others write a space as a `+`, in values that they
/// encode as a form does. So a `+` is a space where everything else in the value is what such an encoding leaves, and
/// stands for itself beside anything that it would have escaped: `u+1` is `u 1`, and `10:30+01:00` stays.
fn decoded(value: &str) -> String {
    if !value.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return value.to_owned();
    }
    let is_left = |byte: u8| byte.is_ascii_alphanumeric() || b"%+-._~*".contains(&byte);
    let is_form = value.bytes().any(|byte| byte == b'+') && value.bytes().all(is_left);
    let escapes = value.bytes().filter(|byte| *byte == b'%').count();
    let mut bytes = Vec::with_capacity(value.len().saturating_sub(2 * escapes));
    let mut rest = value.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        match tail.first_chunk::<2>().filter(|_| *first == b'%').and_then(escaped) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if is_form && *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The byte that two digits stand for.
fn escaped([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// As it is sent, sorted by key, as many pairs as the limits allow; if there are any. It leaves the process, so secrets in
/// it are masked, whoever put them there.
pub(super) fn written(baggage: &Baggage) -> Option<String> {
    if baggage.is_empty() {
        return None;
    }
    let mut pairs: Vec<_> = baggage.iter().collect();
    pairs.sort_by_key(|(key, _)| key.as_str());
    let mut line = Vec::with_capacity(128);
    for (key, (value, properties)) in pairs.into_iter().take(MEMBERS_CAP) {
        let start = line.len();
        if start > 0 {
            line.push(b',');
        }
        line.extend_from_slice(key.as_str().as_bytes());
        line.push(b'=');
        push_encoded(&mut line, &redact::named(key.as_str(), value.as_str()));
        if !properties.as_str().is_empty() {
            line.push(b';');
            line.extend_from_slice(redact::text(properties.as_str()).as_bytes());
        }
        if line.len() > LINES_CAP {
            line.truncate(start);
        }
    }
    String::from_utf8(line).ok().filter(|line| !line.is_empty())
}

/// A `+` is written as an escape too: some readers take it for a space.
fn push_encoded(line: &mut Vec<u8>, value: &str) {
    for byte in value.bytes() {
        if is_octet(byte) && byte != b'%' && byte != b'+' {
            line.push(byte);
        } else {
            line.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

fn digit(half: u8) -> u8 {
    half + if half < 10 { b'0' } else { b'A' - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Option<Baggage> {
        let carrier: Vec<(&str, &str)> = lines.iter().map(|line| ("baggage", *line)).collect();
        super::read(&Lines::of(&carrier, "baggage"))
    }

    fn read(lines: &[&str]) -> Option<String> {
        written(&parse(lines)?)
    }

    fn value(line: &str) -> String {
        parse(&[line]).unwrap().get("k").unwrap().to_string()
    }

    #[test]
    fn a_space_is_written_as_an_escape_and_read_as_what_others_write() {
        assert_eq!(value("k=u%201"), "u 1");
        assert_eq!(value("k=u+1"), "u 1");
        assert_eq!(value("k=u%2B1+x"), "u+1 x");
        assert_eq!(value("k=10:30+01:00"), "10:30+01:00");
        for line in ["k=u%201", "k=u+1"] {
            assert_eq!(read(&[line]).unwrap(), "k=u%201");
        }
        assert_eq!(read(&["k=10:30+01:00"]).unwrap(), "k=10:30%2B01:00");
    }

    #[test]
    fn the_lines_of_the_header_are_one_list_and_properties_are_kept() {
        assert_eq!(read(&["b = 2 ; p=1;q , a=1", "c=Gr%C3%BCn"]).unwrap(), "a=1,b=2;p=1;q,c=Gr%C3%BCn");
    }

    #[test]
    fn a_malformed_pair_is_left_out_by_itself() {
        assert_eq!(read(&["ok=1,no,=x,a b=1,bad=\"x\",quote=\u{e9}"]).unwrap(), "ok=1");
        assert_eq!(read(&["no,=x"]), None);
        assert_eq!(value("k=100%"), "100%");
        assert_eq!(value("k=%zz%4"), "%zz%4");
        assert_eq!(value("k=%ff%0a"), "\u{fffd}\n");
    }

    #[test]
    fn more_than_the_limits_is_left_out() {
        let many = |count: usize| (0..count).map(|n| format!("k{n:02}=v")).collect::<Vec<_>>().join(",");
        assert_eq!(read(&[&many(64)]).unwrap(), many(64));
        assert_eq!(read(&[&many(65)]), None);
        assert_eq!(read(&vec!["k=v"; 1_000]), None);
        assert_eq!(read(&[&format!("k={}", "%41".repeat(3_000))]), None);
    }

    #[test]
    fn a_secret_is_not_sent_whoever_put_it_there() {
        let line = "mail=ann%40example.org,password=hunter2,tier=gold;card=4111111111111111";
        let sent = read(&[line]).unwrap();
        assert_eq!(sent, "mail=[redacted],password=[redacted],tier=gold;card=[redacted]");
    }

    #[test]
    fn what_does_not_fit_is_not_sent() {
        let mut baggage = Baggage::new();
        baggage.insert("a", " ".repeat(4_000));
        baggage.insert("b", "fits");
        assert_eq!(written(&baggage).as_deref(), Some("b=fits"));
    }
}
