//! Where the value of a name begins and ends, however it was written: `k=v`, `"k": "v"`, `k: Some("v")`, `--k v`.

use std::ops::Range;

use super::MASK;

/// The value that follows a name which ends at `end`.
pub(super) fn after(text: &str, end: usize, is_header: bool) -> Option<Range<usize>> {
    let rest = text.get(end..)?;
    // JSON inside of JSON has a backslash before each quotation mark.
    let rest = behind(behind(rest, b"\"'\\"), b" ");
    let rest = rest.strip_prefix(['=', ':']).filter(|rest| !rest.starts_with(':'))?;
    // Ruby and Elixir write `=>`.
    let rest = behind(rest.strip_prefix('>').unwrap_or(rest), b" ");
    let start = text.len() - rest.len();
    if rest.starts_with(MASK) {
        return Some(start..start + MASK.len());
    }
    let (skipped, len) = extent(rest, is_header);
    (len > 0).then_some(start + skipped..start + skipped + len)
}

/// The text behind all of these characters that it begins with.
fn behind<'a>(text: &'a str, skipped: &[u8]) -> &'a str {
    let len = text.bytes().position(|byte| !skipped.contains(&byte)).unwrap_or(text.len());
    text.get(len..).unwrap_or_default()
}

/// The value that follows an argument of a command line, which stands alone: `--password hunter2`.
pub(super) fn of_argument(text: &str, end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
    (len > 0 && !rest.starts_with("--")).then_some(end + 1..end + 1 + len)
}

/// How many bytes stand before the value, and how many it has.
fn extent(rest: &str, is_header: bool) -> (usize, usize) {
    let mut bytes = rest.bytes();
    match (bytes.next(), bytes.next()) {
        (Some(quote @ (b'"' | b'\'')), _) => (1, quoted_len(rest.get(1..).unwrap_or_default(), quote)),
        (Some(b'\\'), Some(b'"' | b'\'')) => {
            let value = rest.get(2..).unwrap_or_default();
            (2, value.find(['\\', '"', '\'']).unwrap_or(value.len()))
        }
        _ if is_header => (0, rest.find(['\n', '\r', '"']).unwrap_or(rest.len())),
        _ => (0, bare_len(rest)),
    }
}

/// Up to the quotation mark that is not escaped.
fn quoted_len(value: &str, quote: u8) -> usize {
    let mut is_escaped = false;
    let ends = |byte: u8| {
        let ends = byte == quote && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    };
    value.bytes().position(ends).unwrap_or(value.len())
}

/// Up to a separator that stands outside of all brackets: `Some("a b")` and `Password { value: .. }` are one value.
fn bare_len(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    let bytes = rest.as_bytes();
    for (position, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth > 0 => depth -= 1,
            (None, b'"' | b'\'') if depth > 0 => quote = Some(byte),
            (None, b' ') if depth == 0 && bytes.get(position + 1) == Some(&b'{') && begins_a_type(rest) => {}
            (None, b',' | b';' | b'&' | b'"' | b'\'' | b')' | b']' | b'}') if depth == 0 => return position,
            (None, byte) if depth == 0 && byte.is_ascii_whitespace() => return position,
            _ => {}
        }
    }
    // A bracket that nobody closes hides the rest: what is not understood is not shown.
    rest.len()
}

fn begins_a_type(rest: &str) -> bool {
    rest.starts_with(|first: char| first.is_ascii_uppercase())
}

/// The credential after the scheme of an `Authorization` header that stands alone. What follows `basic` has to look like
/// one: it is an English word.
pub(super) fn credential_after(text: &str, end: usize, is_basic: bool) -> Option<Range<usize>> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let len = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'')).unwrap_or(rest.len());
    let credential = rest.get(..len)?;
    let is_encoded = || {
        let mut others = credential.bytes().skip(1);
        len >= 8 && others.any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'=')
    };
    (len > 0 && (!is_basic || is_encoded())).then_some(end + 1..end + 1 + len)
}
