//! Names that promise a secret.

/// The rule's name in the metric.
pub(super) const RULE: &str = "name";

/// How names of secrets end that end with this letter, without case, `-`, `_` and `.`: `password`, `DB_PASSWORD`,
/// `x-api-key`. By the letter, because most names are none.
fn endings(last: u8) -> &'static [&'static str] {
    match last {
        b'd' => &["passwd", "password", "pwd", "sessionid"],
        b'e' => &["cookie", "passphrase", "signature"],
        b'l' => &["credential"],
        b'n' => &["authorization", "token"],
        b's' => &["credentials"],
        b't' => &["secret"],
        b'y' => &["accesskey", "accountkey", "apikey", "encryptionkey", "privatekey", "secretkey", "signingkey"],
        _ => &[],
    }
}

/// Whole names: as endings they would be those of other words too.
fn is_whole(name: &[u8]) -> bool {
    let lower = match name {
        [a, b, c] => [*a, *b, *c, b' '],
        [a, b, c, d] => [*a, *b, *c, *d],
        _ => return false,
    };
    matches!(
        &lower.map(|letter| letter.to_ascii_lowercase()),
        b"auth" | b"cvc " | b"cvv " | b"jwt " | b"otp " | b"pass" | b"pin " | b"sig " | b"ssn "
    )
}

/// Endings of names that only look like those of a secret: here a token is a piece of text.
const INNOCENT: &[&str] = &["firsttoken", "lasttoken", "nexttoken", "outputtoken", "inputtoken", "pertoken"];

/// The shortest of these names.
const SHORTEST: usize = 3;

/// Of the endings, the ones whose value is the rest of the line: it has spaces and separators of its own.
const HEADERS: &[&str] = &["authorization", "cookie"];

/// Whether a value under this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    if name.len() < SHORTEST {
        return false;
    }
    let last = name.bytes().rev().find(|byte| !is_separator(*byte)).unwrap_or_default().to_ascii_lowercase();
    let is_one = endings(last).iter().any(|ending| ends_with(name, ending));
    is_one && !INNOCENT.iter().any(|ending| ends_with(name, ending)) || is_whole(name.as_bytes())
}

pub(super) fn is_header(name: &str) -> bool {
    HEADERS.iter().any(|ending| ends_with(name, ending))
}

/// Whether the name ends so, whatever its case and its separators.
pub(super) fn ends_with(name: &str, ending: &str) -> bool {
    let mut letters = name.bytes().rev().filter(|byte| !is_separator(*byte));
    ending.bytes().rev().all(|wanted| letters.next().is_some_and(|letter| letter.to_ascii_lowercase() == wanted))
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.')
}
