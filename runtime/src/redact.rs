//! Takes secrets out of a text before it leaves the process.
//!
//! The text is read once, word by word, so the time is linear in its length. What is masked:
//!
//! - the value after a name that promises a secret: `password=...`, `"api_key": "..."`, `Authorization: Bearer ...`
//! - keys that a provider marks with a prefix: `sk-...`, `AKIA...`, `ghp_...`, `AIza...`
//! - JSON web tokens, and the user part of a URL: `https://user:pass@host`

use std::borrow::Cow;

/// Stands where a secret stood. Its width says nothing about the secret's.
pub(crate) const MASK: &str = "[redacted]";

/// Names whose values are secrets, compared without case, `-` and `_`.
const SECRET_NAMES: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "cookie",
    "credential",
    "credentials",
    "passwd",
    "password",
    "privatekey",
    "proxyauthorization",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessionid",
    "setcookie",
    "token",
    "xapikey",
];

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
    let mut is_expected = false;
    for word in Words::new(text) {
        let is_secret = is_expected || word.is_url_user || is_secret(word.text);
        if is_secret && !is_scheme(word.text) && !is_masked(word, text) {
            safe.push_str(text.get(copied..word.start).unwrap_or_default());
            safe.push_str(MASK);
            copied = word.end();
        }
        is_expected = announces_secret(word, text);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(safe)
}

/// Whether the word after this one is a secret: this one is a secret's name, or the scheme of a credential.
fn announces_secret(word: Word<'_>, text: &str) -> bool {
    let rest = text.get(word.end()..).unwrap_or_default();
    if is_scheme(word.text) {
        return rest.starts_with(' ');
    }
    let rest = rest.trim_start_matches(['"', '\'']).trim_start_matches(' ');
    rest.starts_with(['=', ':']) && !rest.starts_with("::") && is_secret_name(word.text)
}

/// Whether this word is the inside of a mask.
fn is_masked(word: Word<'_>, text: &str) -> bool {
    let before = text.get(..word.start).unwrap_or_default();
    MASK.strip_prefix('[').and_then(|mask| mask.strip_suffix(']')) == Some(word.text) && before.ends_with('[')
}

/// The scheme of an `Authorization` header: the word after it is the secret.
fn is_scheme(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic")
}

/// The user part of what follows `://`, when there is one.
fn user_of(authority: &str) -> Option<&str> {
    let end = authority.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace());
    let authority = authority.get(..end.unwrap_or(authority.len()))?;
    authority.rfind('@').and_then(|at| authority.get(..at)).filter(|user| !user.is_empty())
}

/// Whether a value under this name is a secret whatever it looks like.
pub(crate) fn is_secret_name(word: &str) -> bool {
    let plain = word.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'.'));
    let plain: String = plain.map(|byte| byte.to_ascii_lowercase() as char).collect();
    SECRET_NAMES.contains(&plain.as_str())
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

/// A run of characters that keys, names and tokens are made of, or the user part of a URL.
#[derive(Clone, Copy)]
struct Word<'a> {
    start: usize,
    text: &'a str,
    is_url_user: bool,
}

impl Word<'_> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }
}

struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Words { text, at: 0 }
    }

    /// The user part of the URL whose `://` ends here.
    fn url_user(&self, start: usize) -> Option<&'a str> {
        let (before, after) = self.text.split_at_checked(start)?;
        before.ends_with("://").then(|| user_of(after)).flatten()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(is_word_char)?;
        let word = match self.url_user(start) {
            Some(text) if !text.starts_with(MASK) => Word { start, text, is_url_user: true },
            _ => {
                let rest = self.text.get(start..)?;
                let len = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
                Word { start, text: rest.get(..len)?, is_url_user: false }
            }
        };
        self.at = word.end();
        Some(word)
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
            ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
            ("X-Api-Key: 12345", "X-Api-Key: [redacted]"),
            ("Incorrect API key provided: sk-proj-abcdefghijklmnop", "Incorrect API key provided: [redacted]"),
            ("postgres://app:s3cret@db:5432/shop", "postgres://[redacted]@db:5432/shop"),
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
