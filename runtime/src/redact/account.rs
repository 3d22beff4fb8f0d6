//! Numbers that prove themselves: payment cards by the check digit of Luhn, bank accounts by that of ISO 13616.

/// The longest card number with its separators, and the longest IBAN with its spaces.
const REACH: usize = 48;

/// How long the text at the beginning of `rest` is, if it is the number of a payment card: digits at a stretch, or in the
/// groups in which they are printed.
pub(super) fn card_len(rest: &str) -> Option<usize> {
    let mut digits = [0_u8; 19];
    let mut groups = Groups::default();
    let mut separator = None;
    for (position, byte) in rest.bytes().take(REACH).enumerate() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(groups.total)? = byte - b'0';
                groups.push_digit();
            }
            b' ' | b'-' if separator.is_none_or(|before| before == byte) && groups.may_end() => {
                separator = Some(byte);
                // A number that is complete may be followed by another one.
                if is_card(digits.get(..groups.total)?, &groups) && !next_is_group(rest, position) {
                    return Some(position);
                }
                groups.end();
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => return None,
            _ => return is_card(digits.get(..groups.total)?, &groups).then_some(position),
        }
    }
    (rest.len() <= REACH && is_card(digits.get(..groups.total)?, &groups)).then_some(rest.len())
}

fn next_is_group(rest: &str, separator: usize) -> bool {
    rest.as_bytes().get(separator + 1).is_some_and(u8::is_ascii_digit)
}

/// The groups that the digits of a card stand in.
#[derive(Default)]
struct Groups {
    total: usize,
    current: usize,
    lengths: [usize; 5],
    count: usize,
}

impl Groups {
    fn push_digit(&mut self) {
        self.total += 1;
        self.current += 1;
        if let Some(length) = self.lengths.get_mut(self.count) {
            *length = self.current;
        }
    }

    fn may_end(&self) -> bool {
        self.current > 0 && self.count < self.lengths.len() - 1
    }

    fn end(&mut self) {
        self.count += 1;
        self.current = 0;
    }

    /// One group, or those that cards are printed in.
    fn are_printed(&self) -> bool {
        matches!(self.lengths, [13..=19, 0, ..] | [4, 4, 4, 4, 0 | 3] | [4, 6, 4 | 5, 0, 0] | [4, 4, 4, 1..=4, 0])
    }
}

/// A known issuer with its length ([ISO 7812](https://en.wikipedia.org/wiki/Payment_card_number)), and Luhn's check digit.
fn is_card(digits: &[u8], groups: &Groups) -> bool {
    let number = |count: usize| digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let issued = match digits.len() {
        13 => number(1) == 4,
        14 => matches!(number(2), 30 | 36 | 38 | 39),
        15 => matches!(number(2), 34 | 37),
        16 => matches!(number(1), 4 | 6) || matches!(number(2), 35 | 51..=55) || (2221..=2720).contains(&number(4)),
        17..=19 => matches!(number(1), 4 | 6),
        _ => false,
    };
    issued && groups.are_printed() && has_luhn_digit(digits)
}

fn has_luhn_digit(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(position, digit)| match (position % 2, *digit) {
        (0, digit) => u32::from(digit),
        (_, digit @ 0..=4) => u32::from(digit) * 2,
        (_, digit) => u32::from(digit) * 2 - 9,
    });
    weighed.sum::<u32>() % 10 == 0
}

/// How many characters an IBAN of each country has (SWIFT IBAN registry).
#[rustfmt::skip]
const IBAN_LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22), (b"BH", 22),
    (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DK", 18), (b"DO", 28),
    (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22), (b"GE", 22), (b"GI", 23),
    (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HR", 21), (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26),
    (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20),
    (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MR", 27), (b"MT", 31), (b"MU", 30),
    (b"NL", 18), (b"NO", 15), (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22),
    (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"ST", 25), (b"SV", 28),
    (b"TL", 23), (b"TN", 24), (b"TR", 26), (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20),
];

/// How long the text at the beginning of `rest` is, if it is an IBAN: at a stretch, or in groups of four.
pub(super) fn iban_len(rest: &str) -> Option<usize> {
    let country = rest.as_bytes().first_chunk::<2>()?;
    let (_, length) = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?;
    let mut remainder = Remainder::default();
    let mut head = Remainder::default();
    let mut count = 0;
    for (position, byte) in rest.bytes().take(REACH).enumerate() {
        if byte == b' ' && count % 4 == 0 {
            continue;
        }
        if !byte.is_ascii_digit() && !byte.is_ascii_uppercase() {
            return None;
        }
        // The country and the check digits are read last.
        if count < 4 {
            head.push(byte)
        } else {
            remainder.push(byte)
        }
        count += 1;
        if count == *length {
            let is_whole = !rest.as_bytes().get(position + 1).is_some_and(u8::is_ascii_alphanumeric);
            return (is_whole && remainder.followed_by(&head) == 1).then_some(position + 1);
        }
    }
    None
}

/// A number of any length modulo 97. Letters count from 10.
struct Remainder {
    value: u32,
    shift: u32,
}

impl Default for Remainder {
    fn default() -> Self {
        Remainder { value: 0, shift: 1 }
    }
}

impl Remainder {
    fn push(&mut self, byte: u8) {
        let (value, base) = match byte {
            b'0'..=b'9' => (u32::from(byte - b'0'), 10),
            byte => (u32::from(byte.saturating_sub(b'A')) + 10, 100),
        };
        self.value = (self.value * base + value) % 97;
        self.shift = self.shift * base % 97;
    }

    fn followed_by(&self, tail: &Remainder) -> u32 {
        (self.value * tail.shift + tail.value) % 97
    }
}
