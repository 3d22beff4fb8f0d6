//! Takes secrets out of a text before it leaves the process.
//!
//! The text is read once, word by word, so the time is linear in its length, and no rule can make it longer. What is
//! masked:
//!
//! | rule | what |
//! |---|---|
//! | `name` | the value after a name that promises a secret: `password=...`, `"api_key": "..."`, `Cookie: ...` |
//! | `authorization` | what follows `Bearer` and `Basic` |
//! | `userinfo` | the user part of a URL: `https://user:pass@host` |
//! | `provider_key` | keys that a provider marks with a prefix: `sk-...`, `AKIA...`, `ghp_...`, `AIza...` |
//! | `private_key` | the block between `-----BEGIN ... PRIVATE KEY-----` and its end |
//! | `jwt` | JSON web tokens |
//! | `email` | e-mail addresses |
//! | `card` | numbers of payment cards: a known issuer, its length, and the check digit of Luhn |
//! | `iban` | numbers of bank accounts: the length of the country, and the check digits of ISO 13616 |
//! | `too_long` | what stands behind the first 64 KiB, which nobody has looked at |
//!
//! What no rule knows is not masked: a secret that has neither a name nor a form, one with an invisible character in it,
//! one that is encoded. Give such a value the type [`Secret`], or add a [`Rule`].
//!
//! Each secret that is masked is counted by rule in `taximeter_redactions_total`.

mod account;
mod hits;
mod key;
mod name;
mod rule;
mod scan;
mod secret;
mod value;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

pub use self::rule::{Rule, add_rules};
pub use self::secret::Secret;
use crate::metrics;
use hits::Hits;
use scan::Scan;

/// Stands where a secret stood. Its width says nothing about the secret's.
pub const MASK: &str = "[redacted]";

/// The most bytes of a text that are read. What comes after them is masked unread.
const SCAN_CAP: usize = 64 * 1024;
/// How far a cut moves back to where no secret is cut in two.
const CUT_REACH: usize = 512;
/// The rule of what was not read.
const TOO_LONG: &str = "too_long";

/// The rules that are always there, for zeros on the page.
pub(crate) const RULES: [&str; 10] =
    [name::RULE, "authorization", "userinfo", "provider_key", "private_key", "jwt", "email", "card", "iban", TOO_LONG];

static IS_ON: AtomicBool = AtomicBool::new(true);

/// Turns the rules off or on again for the whole process. They are on.
///
/// [`Secret`] stays a secret.
pub fn set_enabled(is_on: bool) {
    IS_ON.store(is_on, Ordering::Relaxed);
}

/// What puts the rules, and whether they are on, back to what they are now.
#[doc(hidden)]
pub fn undo() -> impl FnOnce() + Send + 'static {
    let (is_on, undo_rules) = (is_on(), rule::undo());
    move || {
        set_enabled(is_on);
        undo_rules();
    }
}

fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// The text without the secrets that a rule knows.
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
    if !is_on() {
        return Cow::Borrowed(text);
    }
    if text.len() <= SCAN_CAP {
        return masked(text);
    }
    metrics::redacted(TOO_LONG, 1);
    let mut safe = masked(text.get(..safe_cut(text, SCAN_CAP)).unwrap_or_default()).into_owned();
    safe.push_str(MASK);
    Cow::Owned(safe)
}

/// The text of a value that has a name: masked whole when the name promises a secret.
///
/// ```
/// use taximeter_runtime::redact;
///
/// assert_eq!(redact::named("x-api-key", "hunter2"), "[redacted]");
/// assert_eq!(redact::named("user", "ann"), "ann");
/// ```
pub fn named<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if is_secret_name(name) {
        metrics::redacted(name::RULE, 1);
        return Cow::Borrowed(MASK);
    }
    text(value)
}

/// Whether a value under this name is a secret whatever it looks like.
pub fn is_secret_name(name: &str) -> bool {
    is_on() && (name::is_secret(name) || rule::is_secret_name(name))
}

/// Where a text can be cut at or before `at`, so that no secret is cut in two and half of it goes unknown: at a space
/// near by, if there is one.
#[doc(hidden)]
pub fn safe_cut(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let at = boundary(text, at);
    let reach = boundary(text, at.saturating_sub(CUT_REACH));
    let near = text.get(reach..at).unwrap_or_default();
    reach + near.rfind(char::is_whitespace).unwrap_or(0)
}

/// At most the first `cap` bytes of a text, without secrets. It is cut after it was read, so that no half of a secret
/// stands at the end: half of one is what no rule knows.
#[doc(hidden)]
pub fn head(whole: &str, cap: usize) -> Cow<'_, str> {
    let cut = |safe: &str| boundary(safe, cap);
    match text(whole) {
        Cow::Borrowed(safe) => Cow::Borrowed(safe.get(..cut(safe)).unwrap_or_default()),
        Cow::Owned(mut safe) => {
            safe.truncate(cut(&safe));
            Cow::Owned(safe)
        }
    }
}

/// The last place at or before `at` where a character begins.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn masked(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut hits = Hits::default();
    let mut copied = 0;
    for found in Scan::new(text) {
        // What is masked already was counted by the one who did it.
        if text.get(found.range.clone()).is_some_and(|secret| secret.starts_with(MASK)) {
            continue;
        }
        hits.add(found.rule);
        if safe.is_empty() {
            safe.reserve(text.len());
        }
        safe.push_str(text.get(copied..found.range.start).unwrap_or_default());
        safe.push_str(MASK);
        copied = found.range.end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests;
