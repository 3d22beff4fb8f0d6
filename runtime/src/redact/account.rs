//! Numbers that prove themselves: payment cards by the check digit of Luhn, bank accounts by that of ISO 13616.

/// How long the text at the beginning of `rest` is, if it is the number of a payment card: digits at a stretch, or in the
/// groups in which they are printed.
pub(super) fn card_len(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    // Every issuer begins with one of these.
    if !matches!(bytes.first(), Some(b'2'..=b'6')) {
        return None;
    }
    match digits_len(bytes) {
        4 => printed_len(bytes, *bytes.get(4)?),
        len @ 13..=19 => (is_end(bytes.get(len)) && is_card(bytes.get(..len)?, len)).then_some(len),
        _ => None,
    }
}

/// The longest card number, and one digit more.
const TOO_MANY: usize = 20;

/// How many digits stand here at a stretch.
fn digits_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    for byte in bytes {
        if !byte.is_ascii_digit() || len == TOO_MANY {
            break;
        }
        len += 1;
    }
    len
}

/// Whether what follows does not make one word of itself and the digits before it.
fn is_end(next: Option<&u8>) -> bool {
    !next.is_some_and(u8::is_ascii_alphabetic)
}

/// The most groups that a card is printed in.
const GROUPS: usize = 5;

/// The length of a card in groups, the first of which has four digits.
fn printed_len(bytes: &[u8], separator: u8) -> Option<usize> {
    if !matches!(separator, b' ' | b'-') {
        return None;
    }
    let (mut groups, mut longest) = ([0; GROUPS], None);
    let (mut at, mut count) = (0, 0);
    for position in 0..GROUPS {
        let len = digits_len(bytes.get(at..)?);
        if len == 0 {
            break;
        }
        *groups.get_mut(position)? = len;
        (at, count) = (at + len, count + len);
        if are_printed(&groups) && is_card(bytes.get(..at)?, count) && may_end(bytes, at, separator) {
            longest = Some(at);
        }
        if bytes.get(at) != Some(&separator) {
            break;
        }
        at += 1;
    }
    longest
}

/// The groups that cards are printed in.
fn are_printed(groups: &[usize; GROUPS]) -> bool {
    matches!(groups, [4, 4, 4, 4, 0 | 3] | [4, 6, 4 | 5, 0, 0] | [4, 4, 4, 1..=4, 0])
}

/// Whether a card may end here: before an expiry date or a security code, or another card, but not in a list of numbers
/// of four digits.
fn may_end(bytes: &[u8], at: usize, separator: u8) -> bool {
    if bytes.get(at) != Some(&separator) {
        return is_end(bytes.get(at));
    }
    let rest = bytes.get(at + 1..).unwrap_or_default();
    digits_len(rest) != 4 || begins_card(rest, separator)
}

/// Whether four groups of four digits are a card, whatever follows them.
fn begins_card(bytes: &[u8], separator: u8) -> bool {
    let groups = bytes.get(..4 * 4 + 3).unwrap_or_default();
    let are_four = groups.split(|byte| *byte == separator).all(|group| group.len() == 4 && digits_len(group) == 4);
    are_four && is_card(groups, 4 * 4)
}

/// Whether so many digits, which may stand in groups, are those of a card: a known issuer with its length
/// ([ISO 7812](https://en.wikipedia.org/wiki/Payment_card_number)), and Luhn's check digit.
fn is_card(digits: &[u8], count: usize) -> bool {
    let head = digits.iter().take(4).fold(0, |head, digit| head * 10 + u32::from(digit.wrapping_sub(b'0')));
    let (one, two) = (head / 1000, head / 100);
    let is_issued = match count {
        13 => one == 4,
        14 => matches!(two, 30 | 36 | 38 | 39),
        15 => matches!(two, 34 | 37),
        16 => matches!(one, 4 | 6) || matches!(two, 35 | 51..=55) || (2221..=2720).contains(&head),
        17..=19 => matches!(one, 4 | 6),
        _ => false,
    };
    is_issued && has_luhn_digit(digits)
}

/// Digits as Luhn doubles them.
const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];

fn has_luhn_digit(digits: &[u8]) -> bool {
    // The last digit counts once, the one before it doubled: with each digit more, the two sums change their places.
    let (mut once, mut doubled) = (0, 0);
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if let Some(twice) = DOUBLED.get(usize::from(digit)) {
            (once, doubled) = (doubled + u32::from(digit), once + twice);
        }
    }
    once % 10 == 0
}

/// How many characters an IBAN of each country has (SWIFT IBAN registry), by country.
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

/// The longest IBAN with its spaces.
const REACH: usize = 48;

/// How long the text at the beginning of `rest` is, if it is an IBAN: at a stretch, or in groups of four.
pub(super) fn iban_len(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let (head, tail) = bytes.split_first_chunk::<4>()?;
    let [first, second, b'0'..=b'9', b'0'..=b'9'] = head else { return None };
    let country = IBAN_LENGTHS.binary_search_by_key(&[*first, *second], |(country, _)| **country).ok()?;
    let (_, length) = IBAN_LENGTHS.get(country)?;
    let mut left = length - head.len();
    let mut number = 0;
    for (position, byte) in tail.iter().enumerate().take(REACH) {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' => number = appended(number, *byte),
            b' ' if (length - left).is_multiple_of(4) => continue,
            _ => return None,
        }
        left -= 1;
        if left == 0 {
            let end = head.len() + position + 1;
            let is_whole = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
            // The country and the check digits are read last.
            let number = head.iter().fold(number, |number, byte| appended(number, *byte));
            return (is_whole && number % 97 == 1).then_some(end);
        }
    }
    None
}

/// A number modulo 97 with one digit more, or with the two of a letter, which count from 10.
fn appended(number: u64, byte: u8) -> u64 {
    // Divided as late as there is still room.
    let number = if number >= 1 << 56 { number % 97 } else { number };
    match byte {
        b'0'..=b'9' => number * 10 + u64::from(byte - b'0'),
        byte => number * 100 + u64::from(byte.saturating_sub(b'A')) + 10,
    }
}
