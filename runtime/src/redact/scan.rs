//! Finds the secrets of a text, one after the other, in one pass.

use std::ops::Range;

use super::{account, key, name, rule, value};

/// A secret, and the rule that knows it.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) rule: &'static str,
}

/// The secrets of a text from left to right. They do not overlap.
pub(super) struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The end of a URL that was searched for its last `@`, so that it is searched once, and where that stands.
    url: (usize, Option<usize>),
    /// Whether the program has rules of its own.
    has_rules: bool,
}

/// What a byte is, as bits.
const WORD: u8 = 1;
const DIGIT: u8 = 2;
const PERCENT: u8 = 4;

static CLASSES: [u8; 256] = classes();

// The compiler runs it, and would say so if it left the table.
#[allow(clippy::indexing_slicing)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let is_word = match byte as u8 {
            b'-' | b'_' | b'.' | b'+' | b'~' | b'%' | b'$' | b'!' | b'*' | 0x80.. => true,
            byte => byte.is_ascii_alphanumeric(),
        };
        let mut class = if is_word { WORD } else { 0 };
        if (byte as u8).is_ascii_digit() {
            class |= DIGIT;
        }
        if byte as u8 == b'%' {
            class |= PERCENT;
        }
        classes[byte] = class;
        byte += 1;
    }
    classes
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// A run of characters that keys, names and tokens are made of.
#[derive(Clone, Copy)]
struct Word<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    /// What its bytes are, all bits together.
    seen: u8,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scan { text, bytes: text.as_bytes(), at: 0, url: (0, None), has_rules: rule::has_rules() }
    }

    fn next_word(&mut self) -> Option<Word<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let start = self.at + rest.iter().position(|byte| class(*byte) & WORD != 0)?;
        let mut seen = 0;
        let is_end = |byte: &u8| {
            let class = class(*byte);
            seen |= class;
            class & WORD == 0
        };
        let rest = self.bytes.get(start..)?;
        let end = rest.iter().position(is_end).map_or(self.bytes.len(), |len| start + len);
        self.at = end;
        Some(Word { start, end, text: self.text.get(start..end)?, seen })
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// A secret that this word is, or that it announces.
    fn secret(&mut self, word: Word<'a>) -> Option<Found> {
        let found = |range: Range<usize>, rule: &'static str| Some(Found { range, rule });
        let next = self.byte(word.end);
        if next == Some(b':')
            && let Some(rest) = self.text.get(word.end..)?.strip_prefix("://")
        {
            let start = self.text.len() - rest.len();
            return self.user_end(start).and_then(|end| found(start..end, "userinfo"));
        }
        if next == Some(b'@')
            && let Some(end) = self.domain_end(word.end + 1)
        {
            return found(word.start..end, "email");
        }
        if let Some(range) = self.announced(word, next) {
            return Some(range);
        }
        if word.seen & DIGIT != 0
            && let Some((range, rule)) = self.account(word)
        {
            return found(range, rule);
        }
        if word.text.len() >= key::SHORTEST {
            if let Some(rule) = key::rule_of(word.text) {
                return found(word.start..word.end, rule);
            }
            if let Some(end) = self.private_key_end(word) {
                return found(word.start..end, "private_key");
            }
        } else if word.text.starts_with("-----BEGIN")
            && let Some(end) = self.private_key_end(word)
        {
            return found(word.start..end, "private_key");
        }
        if word.seen & PERCENT != 0 && is_encoded_address(word.text) {
            return found(word.start..word.end, "email");
        }
        let rule = if self.has_rules { rule::of_word(word.text) } else { None };
        rule.and_then(|rule| found(word.start..word.end, rule))
    }

    /// The value of a name, or the credential of a scheme.
    fn announced(&self, word: Word<'_>, next: Option<u8>) -> Option<Found> {
        let next = next?;
        if next == b' ' && matches!(word.text.len(), 5 | 6) {
            let is_basic = word.text.eq_ignore_ascii_case("basic");
            if is_basic || word.text.eq_ignore_ascii_case("bearer") {
                let range = value::credential_after(self.text, word.end, is_basic)?;
                return Some(Found { range, rule: "authorization" });
            }
        }
        let is_argument = next == b' ' && word.text.starts_with("--");
        if !(is_argument || self.has_value(word.end, next)) || !super::is_secret_name(word.text) {
            return None;
        }
        let range = value::after(self.text, word.end, name::is_header(word.text));
        let range = range.or_else(|| is_argument.then(|| value::of_argument(self.text, word.end)).flatten())?;
        Some(Found { range, rule: name::RULE })
    }

    /// Whether an equals sign or a colon follows, behind the quotation mark of the name and spaces.
    fn has_value(&self, end: usize, next: u8) -> bool {
        match next {
            b'=' | b':' => true,
            b'"' | b'\'' | b'\\' | b' ' => {
                let rest = self.bytes.get(end..).unwrap_or_default().iter().take(16);
                let mark = rest.copied().find(|byte| !matches!(byte, b'"' | b'\'' | b'\\' | b' '));
                matches!(mark, Some(b'=' | b':'))
            }
            _ => false,
        }
    }

    /// A card or an account that begins with this word, or a card that stands in it.
    fn account(&self, word: Word<'_>) -> Option<(Range<usize>, &'static str)> {
        let mut letters = word.text.bytes();
        let first = letters.next()?;
        if first.is_ascii_uppercase() && letters.next().is_some_and(|second| second.is_ascii_uppercase()) {
            let rest = self.text.get(word.start..)?;
            return account::iban_len(rest).map(|len| (word.start..word.start + len, "iban"));
        }
        if first.is_ascii_digit() {
            let rest = self.text.get(word.start..)?;
            return account::card_len(rest).map(|len| (word.start..word.start + len, "card"));
        }
        // `order_4111111111111111`: a number after something that is no letter.
        if word.text.len() < 14 {
            return None;
        }
        let start = word.text.bytes().rposition(|byte| !byte.is_ascii_digit())? + 1;
        let stretch = word.text.get(start..).filter(|digits| !digits.is_empty())?;
        let is_apart = !word.text.as_bytes().get(start - 1)?.is_ascii_alphanumeric();
        let len = if is_apart { account::card_len(stretch) } else { None }?;
        Some((word.start + start..word.start + start + len, "card"))
    }

    /// Where the domain of an e-mail address ends that begins here.
    fn domain_end(&self, start: usize) -> Option<usize> {
        let rest = self.text.get(start..)?;
        let is_end = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || byte >= 0x80);
        let len = rest.bytes().position(is_end).unwrap_or(rest.len());
        let domain = rest.get(..len)?.trim_end_matches(['.', '-']);
        is_domain(domain).then_some(start + domain.len())
    }

    /// Where the user part ends of a URL whose authority begins here.
    fn user_end(&mut self, start: usize) -> Option<usize> {
        let rest = self.text.get(start..)?;
        let is_end =
            |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'/' | b'?' | b'#');
        let len = rest.bytes().position(is_end).unwrap_or(rest.len());
        let authority = rest.get(..len)?;
        if let Some(at) = authority.rfind('@') {
            return (at > 0).then_some(start + at);
        }
        // A password may hold a slash that should have been escaped. After a host there is only a port.
        let (_, port) = authority.split_once(':')?;
        if authority.starts_with('[') || port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.last_at_of_url(start).filter(|at| *at > start)
    }

    /// The last `@` of the URL around this place.
    fn last_at_of_url(&mut self, at: usize) -> Option<usize> {
        if self.url.0 <= at {
            let rest = self.text.get(at..)?;
            let is_end = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
            let len = rest.bytes().position(is_end).unwrap_or(rest.len());
            self.url = (at + len, rest.get(..len)?.rfind('@').map(|position| at + position));
        }
        self.url.1
    }

    /// Where the block ends that begins with `-----BEGIN ... PRIVATE KEY-----`. Without an end, everything is masked.
    fn private_key_end(&self, word: Word<'_>) -> Option<usize> {
        let rest = self.text.get(word.start..)?;
        let title = rest.strip_prefix("-----BEGIN ")?;
        let title = title.get(..title.find("-----")?)?;
        if !title.ends_with("PRIVATE KEY") && !title.ends_with("PRIVATE KEY BLOCK") {
            return None;
        }
        let Some((_, end)) = rest.split_once("-----END ") else { return Some(self.text.len()) };
        let tail = end.split_once("-----").map_or("", |(_, tail)| tail);
        Some(self.text.len() - tail.len())
    }
}

impl Iterator for Scan<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let word = self.next_word()?;
            if let Some(found) = self.secret(word) {
                self.at = self.at.max(found.range.end);
                return Some(found);
            }
        }
    }
}

/// Labels between dots, the last of which is no number: `host`, `2x.5` and `1.2.3` are none.
fn is_domain(domain: &str) -> bool {
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    !host.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
}

/// An address as a URL has it: `ann%40example.org`.
fn is_encoded_address(word: &str) -> bool {
    word.split_once("%40").is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain))
}
