//! Takes secrets out of a text before it leaves the process.
//!
//! The text is read once, word by word, so the time is linear in its length. What is masked:
//!
//! - the value after a name that promises a secret: `password=...`, `"api_key": "..."`, `Authorization: Bearer ...`
//! - keys that a provider marks with a prefix: `sk-...`, `AKIA...`, `ghp_...`, `AIza...`
//! - JSON web tokens, and the user part of a URL: `https://user:pass@host`

use std::borrow::Cow;
use std::ops::Range;

/// Stands where a secret stood. Its width says nothing about the secret's.
pub(crate) const MASK: &str = "[redacted]";

/// How names of secrets end, without case, `-`, `_` and `.`: `password`, `DB_PASSWORD`, `x-api-key`.
const SECRET_NAMES: &[&str] = &[
    "accesskey",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "sessionid",
    "token",
];

/// Of these, the ones whose value is the rest of the line: it has spaces and separators of its own.
const HEADERS: &[&str] = &["authorization", "cookie"];

/// How keys of well-known providers begin, and how many bytes follow at least.
const KEY_PREFIXES: &[(&str, usize)] = &[
    ("AIza", 30),
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 30),
    ("glpat-", 16),
    ("gsk_", 30),
    ("hf_", 30),
    ("pplx-", 30),
    ("sk-", 16),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("xai-", 30),
    ("xoxb-", 10),
    ("xoxp-", 10),
];

/// The text without the secrets that are known by name, prefix or form.
///
/// Borrowed when there is nothing to hide.
///
/// ```
/// use taximeter_runtime::redact;
///
/// let safe = redact::text("login failed: password=hunter2 for https://ann:pw@db.internal/x");
/// assert_eq!(safe, "login failed: password=[redacted] for https://[redacted]@db.internal/x");
/// assert_eq!(redact::text("no secret here"), "no secret here");
/// ```
pub fn text(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(word) = Word::next(text, at) {
        at = word.end();
        let Some(secret) = word.secret(text) else { continue };
        at = at.max(secret.end);
        if text.get(secret.clone()).is_some_and(|secret| secret.starts_with(MASK)) {
            continue;
        }
        safe.push_str(text.get(copied..secret.start).unwrap_or_default());
        safe.push_str(MASK);
        copied = secret.end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(safe)
}

/// Whether a value under this name is a secret whatever it looks like.
pub fn is_secret_name(name: &str) -> bool {
    let name = plain(name);
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

fn plain(name: &str) -> String {
    let bytes = name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'.'));
    bytes.map(|byte| byte.to_ascii_lowercase() as char).collect()
}

/// Where the value of a name begins and ends, when one follows: after `=` or `:`, in quotes or not.
fn value_after(text: &str, end: usize, is_header: bool) -> Option<Range<usize>> {
    let rest = text.get(end..)?;
    let rest = rest.trim_start_matches(['"', '\'']).trim_start_matches(' ');
    let rest = rest.strip_prefix(['=', ':']).filter(|rest| !rest.starts_with(':'))?;
    let rest = rest.trim_start_matches(' ');
    let start = text.len() - rest.len();
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
    let (start, rest) = match quote {
        Some(_) => (start + 1, rest.get(1..)?),
        None => (start, rest),
    };
    let is_end = |c: char| match quote {
        Some(quote) => c == quote,
        None if is_header => matches!(c, '\n' | '\r' | '"'),
        None => c.is_whitespace() || matches!(c, ',' | ';' | '&' | '"' | '\'' | ')' | ']' | '}'),
    };
    let len = rest.find(is_end).unwrap_or(rest.len());
    // A mask has a bracket of its own.
    let len = if rest.starts_with(MASK) { MASK.len() } else { len };
    (len > 0).then_some(start..start + len)
}

/// The credential after the scheme of an `Authorization` header that stands alone.
fn credential_after(text: &str, end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let len = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'')).unwrap_or(rest.len());
    (len > 0).then_some(end + 1..end + 1 + len)
}

fn is_scheme(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic")
}

/// The user part of what follows `://`, when there is one.
fn user_of(rest: &str) -> Option<&str> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    let url = rest.get(..rest.find(is_end).unwrap_or(rest.len()))?;
    let authority = url.get(..url.find(['/', '?', '#']).unwrap_or(url.len()))?;
    let user = |text: &'_ str| text.rfind('@').filter(|at| *at > 0);
    let at = user(authority).or_else(|| {
        // A password may hold a slash that should have been escaped. After a host there is only a port.
        let (_, port) = authority.split_once(':')?;
        if port.bytes().all(|byte| byte.is_ascii_digit()) { None } else { user(url) }
    })?;
    url.get(..at)
}

fn is_secret(word: &str) -> bool {
    let is_key = KEY_PREFIXES.iter().any(|(prefix, least)| {
        word.strip_prefix(prefix).is_some_and(|tail| tail.len() >= *least && !tail.contains(['/', '.']))
    });
    is_key || is_json_web_token(word)
}

/// Three base64url parts, the first of which is a JSON object.
fn is_json_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_part = |part: &str| part.len() >= 10 && part.bytes().all(is_base64url);
    word.starts_with("eyJ") && parts.clone().count() == 3 && parts.all(is_part)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// A run of characters that keys, names and tokens are made of.
#[derive(Clone, Copy)]
struct Word<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> Word<'a> {
    /// The first word at or after `at`.
    fn next(text: &'a str, at: usize) -> Option<Word<'a>> {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_word_char)?;
        let rest = text.get(start..)?;
        let len = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
        Some(Word { start, text: rest.get(..len)? })
    }

    fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// Where a secret stands that this word is, or that it announces.
    fn secret(self, text: &str) -> Option<Range<usize>> {
        if text.get(..self.start)?.ends_with("://") {
            let user = user_of(text.get(self.start..)?);
            return user.map(|user| self.start..self.start + user.len());
        }
        if is_secret(self.text) {
            return Some(self.start..self.end());
        }
        if is_scheme(self.text) {
            return credential_after(text, self.end());
        }
        if is_secret_name(self.text) {
            let name = plain(self.text);
            return value_after(text, self.end(), HEADERS.iter().any(|header| name.ends_with(header)));
        }
        None
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '~' | '%' | '$' | '!' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_wherever_its_name_its_prefix_or_its_form_gives_it_away() {
        for (raw, safe) in [
            ("api_key=abc123, user=ann", "api_key=[redacted], user=ann"),
            (r#"{"password": "p4ss", "id": 7}"#, r#"{"password": "[redacted]", "id": 7}"#),
            (r#"password: "correct horse" ok"#, r#"password: "[redacted]" ok"#),
            ("password=p@ss/word#1 for ann", "password=[redacted] for ann"),
            ("secret=wJalrXUtnFEMI/K7MDENG/bPx", "secret=[redacted]"),
            (
                "DB_PASSWORD=x OPENAI_API_KEY=y aws_secret_access_key=z",
                "DB_PASSWORD=[redacted] OPENAI_API_KEY=[redacted] aws_secret_access_key=[redacted]",
            ),
            ("Authorization: Bearer abc/def+gh==", "Authorization: [redacted]"),
            ("Authorization: Token abcdef", "Authorization: [redacted]"),
            ("got Bearer abc/def+gh==, gave up", "got Bearer [redacted], gave up"),
            ("Cookie: sid=abc123; theme=dark\nAccept: */*", "Cookie: [redacted]\nAccept: */*"),
            ("X-Api-Key: 12345", "X-Api-Key: [redacted]"),
            ("Incorrect API key provided: sk-proj-abcdefghijklmnop", "Incorrect API key provided: [redacted]"),
            ("postgres://app:s3cret@db:5432/shop", "postgres://[redacted]@db:5432/shop"),
            ("postgres://app:p/w@db/shop", "postgres://[redacted]@db/shop"),
            ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU ok", "jwt [redacted] ok"),
        ] {
            assert_eq!(text(raw), safe);
        }
    }

    #[test]
    fn an_innocent_text_is_borrowed_as_it_is() {
        for innocent in
            ["task-42 took 3 ms", "https://example.org/a@b", "naïve 日本語 a::b::token", "", "secretary: Ann"]
        {
            assert!(matches!(text(innocent), Cow::Borrowed(same) if same == innocent), "{innocent}");
        }
    }

    #[test]
    fn masking_twice_is_masking_once() {
        let once = text("token=abc password: x https://u:p@h/ Bearer abc").into_owned();
        assert_eq!(once, "token=[redacted] password: [redacted] https://[redacted]@h/ Bearer [redacted]");
        assert_eq!(text(&once), once);
    }
}
