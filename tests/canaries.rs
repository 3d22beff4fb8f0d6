//! Secrets that nobody has, to be looked for where no secret may be.

/// A secret in a sentence, and the part of it that must be seen nowhere.
#[derive(Clone, Debug)]
pub struct Canary {
    /// Which one it is, from 0.
    pub number: usize,
    /// What a program writes.
    pub text: String,
    /// The same without a sentence, for places that take no spaces.
    pub secret: String,
    /// What must not arrive.
    pub needle: String,
}

impl Canary {
    /// The text behind a mark that is no secret, and must arrive.
    pub fn at(&self, place: &str) -> String {
        format!("{} {}", self.mark(place), self.text)
    }

    /// What shows that a text of this place has arrived.
    pub fn mark(&self, place: &str) -> String {
        format!("at_{place}_{:04}", self.number)
    }

    /// The secret, where it can stand in an id, a path or a header.
    pub fn word(&self) -> Option<&str> {
        Some(self.secret.as_str()).filter(|secret| !secret.contains(' '))
    }
}

/// How many there are.
pub const COUNT: usize = 200;

/// Two hundred secrets, as many of each kind that the redactor knows.
pub fn all() -> Vec<Canary> {
    (0..COUNT).map(canary).collect()
}

fn canary(number: usize) -> Canary {
    let word = format!("cnry{number:04}");
    let (secret, needle) = match number % 8 {
        0 => (format!("{}={word}", NAMES[number / 8 % NAMES.len()]), word),
        1 => (format!("Bearer {word}/x+=="), word),
        2 => (format!("postgres://app:{word}@db.internal:5432/shop"), word),
        3 => (format!("{}{word}abcdefghijklmnopqrstuvwxyz0123456789", KEYS[number / 8 % KEYS.len()]), word),
        4 => (format!("eyJhbGciOiJIUzI1NiJ9.{word}IiOiIxMjM0.c2lnbmF0dXJl"), word),
        5 => (format!("{word}@example.org"), word),
        6 => with_needle(card(number)),
        _ => with_needle(iban(number)),
    };
    Canary { number, text: format!("it says {secret}"), secret, needle }
}

const NAMES: [&str; 5] = ["password", "api_key", "X-Auth-Token", "DB_PASSWORD", "client_secret"];
const KEYS: [&str; 5] = ["sk-proj-", "ghp_", "gsk_", "hf_", "xoxb-"];

fn with_needle(number: String) -> (String, String) {
    (number.clone(), number)
}

/// A card number with the check digit that makes it one.
fn card(number: usize) -> String {
    let digits = format!("4{:014}", 98_765_400_000 + number);
    let doubled = |(position, digit): (usize, char)| {
        let digit = digit.to_digit(10).expect("a digit") * if position % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    let sum: u32 = digits.chars().rev().enumerate().map(doubled).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A German account number with the check digits that make it one.
fn iban(number: usize) -> String {
    let account = format!("{:018}", 370_400_440_532_000_000 + number as u64);
    // D is 13, E is 14, and the check digits count as zeros.
    let remainder =
        format!("{account}131400").bytes().fold(0, |value, digit| (value * 10 + u64::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - remainder)
}
