//! Names that promise a secret.

/// The rule's name in the metric.
pub(super) const RULE: &str = "name";

/// How names of secrets end, without case, `-`, `_` and `.`: `password`, `DB_PASSWORD`, `x-api-key`.
const ENDINGS: &[&str] = &[
    "accesskey",
    "accountkey",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "encryptionkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "sessionid",
    "signature",
    "signingkey",
    "token",
];

/// Whole names: as endings they would be those of other words too.
const WHOLE: &[&str] = &["auth", "cvc", "cvv", "jwt", "otp", "pass", "pin", "sig", "ssn"];

/// Endings of names that only look like those of a secret: here a token is a piece of text.
const INNOCENT: &[&str] = &["firsttoken", "lasttoken", "nexttoken", "outputtoken", "inputtoken", "pertoken"];

/// Of the endings, the ones whose value is the rest of the line: it has spaces and separators of its own.
const HEADERS: &[&str] = &["authorization", "cookie"];

/// Whether a value under this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    ENDINGS.iter().any(|ending| ends_with(name, ending)) && !INNOCENT.iter().any(|ending| ends_with(name, ending))
        || WHOLE.iter().any(|whole| name.eq_ignore_ascii_case(whole))
}

pub(super) fn is_header(name: &str) -> bool {
    HEADERS.iter().any(|ending| ends_with(name, ending))
}

/// Whether the name ends so, whatever its case and its separators.
pub(super) fn ends_with(name: &str, ending: &str) -> bool {
    // Most names differ in the last letter; that is seen without any loop.
    if let (Some(last), Some(wanted)) = (name.as_bytes().last(), ending.as_bytes().last())
        && last.is_ascii_alphanumeric()
        && last.to_ascii_lowercase() != *wanted
    {
        return false;
    }
    let mut letters = name.bytes().rev().filter(|byte| !matches!(byte, b'-' | b'_' | b'.'));
    ending.bytes().rev().all(|wanted| letters.next().is_some_and(|letter| letter.to_ascii_lowercase() == wanted))
}
