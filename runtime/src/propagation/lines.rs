//! The lines of one header, which are gone through several times: limits are checked before anything is allocated.

use super::Carrier;

/// The most bytes that all lines of one header may have together (W3C Baggage, 3.3.2).
pub(super) const LINES_CAP: usize = 8_192;

/// The lines under one name. The usual single one is kept: to look for a header takes longer than to read it.
pub(super) enum Lines<'a, C: ?Sized> {
    None,
    One(&'a [u8]),
    Many(&'a C, &'static str),
}

impl<'a, C: Carrier + ?Sized> Lines<'a, C> {
    pub(super) fn of(carrier: &'a C, name: &'static str) -> Lines<'a, C> {
        let mut lines = carrier.lines(name);
        match (lines.next(), lines.next()) {
            (None, _) => Lines::None,
            (Some(line), None) => Lines::One(line),
            (Some(_), Some(_)) => Lines::Many(carrier, name),
        }
    }

    /// Calls `read` with each line in their order, until it gives none.
    pub(super) fn each(&self, mut read: impl FnMut(&'a [u8]) -> Option<()>) -> Option<()> {
        match *self {
            Lines::None => Some(()),
            Lines::One(line) => read(line),
            Lines::Many(carrier, name) => carrier.lines(name).try_for_each(read),
        }
    }

    /// The bytes of all together, when they are not more than the cap.
    pub(super) fn length(&self) -> Option<usize> {
        let mut length = 0;
        self.each(|line| {
            length += line.len();
            (length <= LINES_CAP).then_some(())
        })?;
        Some(length)
    }
}

/// The members of a list in a line, without the optional white space around them; empty ones are allowed and skipped.
pub(super) fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(trim).filter(|member| !member.is_empty())
}

/// Without spaces and tabs at both ends.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
