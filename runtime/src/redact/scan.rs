//! Finds the secrets of a text, one after the other, in one pass.

use std::ops::Range;
use std::sync::Arc;

use super::{Rule, account, key, name, rule, value};

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
    /// What is left of a word behind a secret in it.
    rest: Option<Word<'a>>,
    /// The end of a URL that was searched for its last `@`, so that it is searched once, and where that stands.
    url: (usize, Option<usize>),
    /// The rules that the program has of its own.
    rules: Option<Arc<[Rule]>>,
}

/// What a byte is, as bits.
const WORD: u8 = 1;
const DIGIT: u8 = 2;
const PERCENT: u8 = 4;
/// Behind a name, before its value; or behind the first word of an address.
const OPENS: u8 = 8;
const SPACE: u8 = 16;
const ENDS_URL: u8 = 32;
/// Of a URL, the part with the user and the host.
const ENDS_AUTHORITY: u8 = 64;
const DOMAIN: u8 = 128;

static CLASSES: [u8; 256] = classes();

// The compiler runs it, and would say so if it left the table.
#[allow(clippy::indexing_slicing)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class_of(byte as u8);
        byte += 1;
    }
    classes
}

const fn class_of(byte: u8) -> u8 {
    let of_url = match byte {
        b'"' | b'\'' | b'<' | b'>' => ENDS_URL | ENDS_AUTHORITY,
        b'/' | b'?' | b'#' => ENDS_AUTHORITY,
        byte if byte.is_ascii_whitespace() => ENDS_URL | ENDS_AUTHORITY,
        _ => 0,
    };
    of_url
        | match byte {
            b'0'..=b'9' => WORD | DOMAIN | DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | 0x80.. => WORD | DOMAIN,
            b'%' => WORD | PERCENT,
            b'_' | b'+' | b'~' | b'$' | b'!' | b'*' => WORD,
            b':' | b'=' | b'@' | b'"' | b'\'' | b'\\' => OPENS,
            b' ' => SPACE,
            _ => 0,
        }
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// `a.io`
const SHORTEST_DOMAIN: usize = 4;

/// The longest title of a block that is looked at.
const TITLE: usize = 64;

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
        Scan { text, bytes: text.as_bytes(), at: 0, rest: None, url: (0, None), rules: rule::rules() }
    }

    /// The next word that can be a secret or announce one.
    fn next_word(&mut self) -> Option<Word<'a>> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let start = self.at + rest.iter().position(|byte| class(*byte) & WORD != 0)?;
            let mut seen = 0;
            let is_end = |byte: &u8| {
                let class = class(*byte);
                seen |= class;
                class & WORD == 0
            };
            let rest = self.bytes.get(start..)?;
            let len = rest.iter().position(is_end).unwrap_or(rest.len());
            self.at = start + len;
            let is_plain = len < key::SHORTEST && seen & (DIGIT | PERCENT) == 0 && self.rules.is_none();
            if !is_plain || self.may_announce(rest, len) {
                return Some(Word { start, end: self.at, text: self.text.get(start..self.at)?, seen });
            }
        }
    }

    /// Whether a short word of letters may be more than that, by what stands before and behind its end. Most are not.
    fn may_announce(&self, rest: &[u8], len: usize) -> bool {
        let class_at = |at: usize| rest.get(at).map_or(0, |byte| class(*byte));
        match class_at(len) {
            opens if opens & OPENS != 0 => true,
            // `password : x`, `Bearer x`, `--password x`, `-----BEGIN x`.
            space if space & SPACE != 0 => {
                class_at(len + 1) & (OPENS | SPACE) != 0 || matches!(rest.first(), Some(b'b' | b'B' | b'-'))
            }
            _ => false,
        }
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
        let rules = self.rules.as_deref().unwrap_or_default();
        rule::of_word(rules, word.text).and_then(|rule| found(word.start..word.end, rule))
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

    /// A card or an account that begins in this word, behind something that is no letter: `order_4111111111111111`.
    fn account(&self, word: Word<'_>) -> Option<(Range<usize>, &'static str)> {
        let mut is_apart = true;
        word.text.bytes().enumerate().find_map(|(position, byte)| {
            if !std::mem::replace(&mut is_apart, !byte.is_ascii_alphanumeric()) {
                return None;
            }
            let start = word.start + position;
            let (len, rule) = match byte {
                b'0'..=b'9' => (account::card_len(self.text.get(start..)?)?, "card"),
                b'A'..=b'Z' => (account::iban_len(self.text.get(start..)?)?, "iban"),
                _ => return None,
            };
            Some((start..start + len, rule))
        })
    }

    /// Where the domain of an e-mail address ends that begins here.
    fn domain_end(&self, start: usize) -> Option<usize> {
        let rest = self.bytes.get(start..)?;
        let len = rest.iter().position(|byte| class(*byte) & DOMAIN == 0).unwrap_or(rest.len());
        if len < SHORTEST_DOMAIN {
            return None;
        }
        let last = rest.get(..len)?.iter().rposition(|byte| !matches!(byte, b'.' | b'-'))?;
        let end = start + last + 1;
        is_domain(self.text.get(start..end)?).then_some(end)
    }

    /// Where the user part ends of a URL whose authority begins here.
    fn user_end(&mut self, start: usize) -> Option<usize> {
        let rest = self.bytes.get(start..)?;
        let len = rest.iter().position(|byte| class(*byte) & ENDS_AUTHORITY != 0).unwrap_or(rest.len());
        let authority = rest.get(..len)?;
        if let Some(at) = authority.iter().rposition(|byte| *byte == b'@') {
            return (at > 0).then_some(start + at);
        }
        // A password may hold a slash that should have been escaped. After a host there is only a port.
        let colon = authority.iter().position(|byte| *byte == b':')?;
        if authority.first() == Some(&b'[') || authority.iter().skip(colon + 1).all(u8::is_ascii_digit) {
            return None;
        }
        self.last_at_of_url(start).filter(|at| *at > start)
    }

    /// The last `@` of the URL around this place.
    fn last_at_of_url(&mut self, at: usize) -> Option<usize> {
        if self.url.0 <= at {
            let rest = self.bytes.get(at..)?;
            let len = rest.iter().position(|byte| class(*byte) & ENDS_URL != 0).unwrap_or(rest.len());
            let last = rest.get(..len)?.iter().rposition(|byte| *byte == b'@');
            self.url = (at + len, last.map(|position| at + position));
        }
        self.url.1
    }

    /// Where the block ends that begins with `-----BEGIN ... PRIVATE KEY-----`. Without an end, everything is masked.
    fn private_key_end(&self, word: Word<'_>) -> Option<usize> {
        let rest = self.text.get(word.start..)?;
        let title = rest.strip_prefix("-----BEGIN ")?;
        let (title, _) = title.split_at_checked(title.bytes().take(TITLE).position(|byte| byte == b'-')?)?;
        if !title.ends_with("PRIVATE KEY") && !title.ends_with("PRIVATE KEY BLOCK") {
            return None;
        }
        let Some((_, end)) = rest.split_once("-----END ") else { return Some(self.text.len()) };
        let tail = end.split_once("-----").map_or("", |(_, tail)| tail);
        Some(self.text.len() - tail.len())
    }
}

impl<'a> Scan<'a> {
    /// Goes on behind a secret that was found in this word.
    fn go_on(&mut self, word: Word<'a>, found: Found) -> Option<Found> {
        let start = found.range.end;
        self.at = self.at.max(start);
        self.rest = self.text.get(start..word.end).map(|text| Word { start, text, ..word });
        Some(found)
    }
}

impl Iterator for Scan<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        // Only numbers leave a rest of their word, and in it there may be others.
        if let Some(rest) = self.rest.take()
            && let Some((range, rule)) = self.account(rest)
        {
            return self.go_on(rest, Found { range, rule });
        }
        loop {
            let word = self.next_word()?;
            if let Some(found) = self.secret(word) {
                return self.go_on(word, found);
            }
        }
    }
}

/// Labels between dots, the last of which is no number: `host`, `2x.5` and `1.2.3` are none.
fn is_domain(domain: &str) -> bool {
    let Some(dot) = domain.bytes().rposition(|byte| byte == b'.').filter(|dot| *dot > 0) else { return false };
    let top = domain.get(dot + 1..).unwrap_or_default();
    let is_ascii = top.bytes().all(|byte| byte.is_ascii_alphabetic());
    match is_ascii {
        true => top.len() >= 2,
        false => top.chars().count() >= 2 && top.chars().all(char::is_alphabetic),
    }
}

/// An address as a URL has it: `ann%40example.org`.
fn is_encoded_address(word: &str) -> bool {
    word.split_once("%40").is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain))
}
