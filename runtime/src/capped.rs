//! A text that keeps the beginning of what it is given.

use std::fmt::{self, Write};

use crate::redact;

/// Stands at the end of what was cut.
pub const CUT: &str = "…";

/// A buffer with a length that it never passes. What comes then is an error, so that a formatter stops early instead of
/// writing what nobody keeps.
#[derive(Debug)]
pub struct Capped {
    text: String,
    cap: usize,
    is_cut: bool,
}

impl Capped {
    /// Room for so many bytes.
    pub fn new(cap: usize) -> Capped {
        Capped { text: String::new(), cap, is_cut: false }
    }

    /// What was written so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether there was no room for all of it.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The text; one that was cut ends before the secret that may be cut in two, and says so.
    pub fn finish(mut self) -> String {
        if self.is_cut {
            // Half a secret is one that no rule knows.
            self.text.truncate(redact::safe_cut(&self.text, self.text.len().saturating_sub(1)));
            self.text.push_str(CUT);
        }
        self.text
    }
}

impl Write for Capped {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        let room = self.cap.saturating_sub(self.text.len());
        let end = if part.len() <= room { part.len() } else { redact::boundary(part, room) };
        self.is_cut = end < part.len();
        self.text.push_str(part.get(..end).unwrap_or_default());
        if self.is_cut { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_room_is_kept_as_it_is() {
        let mut text = Capped::new(5);
        assert!(text.write_str("größ").is_err() && text.is_cut(), "six bytes");
        let mut text = Capped::new(6);
        assert!(text.write_str("größ").is_ok());
        assert_eq!(text.finish(), "größ");
    }

    #[test]
    fn what_has_none_is_cut_between_two_characters_and_stays_cut() {
        let mut text = Capped::new(4);
        assert!(write!(text, "aä{}", "ä".repeat(9)).is_err());
        assert!(text.write_str("").is_err(), "room for nothing is no room");
        assert_eq!(text.as_str(), "aä");
    }
}
