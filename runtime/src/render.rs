//! Puts a user's error into words without letting his code hurt the call.
//!
//! `Display`, `Debug` and `Error::source` are user code: they may panic, never end, or render gigabytes. Rendering
//! stops at a cap without rendering the rest, and a panic becomes `<panic>` and is counted.

use std::borrow::Cow;
use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Write};

use crate::capped::Capped;
use crate::guard::user_code;
use crate::outcome::{Failure, FailureText};
use crate::redact;

/// The most bytes of an error message, its chain of sources included.
const MESSAGE_CAP: usize = 4096;
/// The most sources of an error that are followed; a chain may be a cycle.
const SOURCE_CAP: usize = 16;
/// Stands where user code panicked.
pub(crate) const PANICKED: &str = "<panic>";

/// The type of error that a panic counts as.
pub(crate) const PANIC: &str = "panic";
/// Stands where user code asked for its own rendering.
pub(crate) const RECURSION: &str = "<recursion>";
/// The words of an error: its message, then its sources after colons, redacted and capped.
pub(crate) fn message(failure: &Failure<'_>) -> String {
    let text = match &failure.text {
        FailureText::Error(error) => guarded(|out| write_error(out, *error)),
        FailureText::Boxed(message, source) => guarded(|out| {
            write!(out, "{message}")?;
            write_sources(out, *source)
        }),
        // The alternate form of the popular report types holds their chain of sources.
        FailureText::Display(message) => guarded(|out| write!(out, "{message:#}")),
        FailureText::Debug(value) => guarded(|out| write!(out, "{value:?}")),
        FailureText::Opaque => String::new(),
    };
    match redact::text(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(redacted) => redacted,
    }
}

fn write_error(out: &mut Capped, error: &dyn Error) -> fmt::Result {
    write!(out, "{error}")?;
    write_sources(out, error.source())
}

fn write_sources(out: &mut Capped, first: Option<&(dyn Error + 'static)>) -> fmt::Result {
    let sources = std::iter::successors(first, |&error| error.source());
    for source in sources.take(SOURCE_CAP) {
        let mut words = Capped::new(MESSAGE_CAP);
        // A source whose words overflow the cap is still worth its beginning.
        let _ = write!(words, "{source}");
        // Many errors already end with the words of their source.
        if !out.as_str().ends_with(words.as_str()) {
            write!(out, ": {}", words.as_str())?;
        }
    }
    Ok(())
}

/// Runs user code that writes, keeps what it wrote up to the cap, and survives its panic.
///
/// User code that, while it writes, comes back here by way of an annotated function or a log line, is cut short: it
/// might go on like that for ever.
pub(crate) fn guarded(write: impl FnOnce(&mut Capped) -> fmt::Result) -> String {
    let Some(_rendering) = Rendering::begin() else { return RECURSION.to_owned() };
    let mut out = Capped::new(MESSAGE_CAP);
    match user_code(|| write(&mut out)) {
        // Some formatters panic when they are told to stop.
        None if !out.is_cut() => out.finish() + PANICKED,
        _ => out.finish(),
    }
}

/// Marks this thread as one that is rendering user code.
struct Rendering;

thread_local! {
    static IS_RENDERING: Cell<bool> = const { Cell::new(false) };
}

impl Rendering {
    fn begin() -> Option<Rendering> {
        let was_rendering = IS_RENDERING.try_with(|is_rendering| is_rendering.replace(true)).unwrap_or(false);
        // Made only when it is ours: its drop ends the rendering.
        if was_rendering { None } else { Some(Rendering) }
    }
}

impl Drop for Rendering {
    fn drop(&mut self) {
        let _ = IS_RENDERING.try_with(|is_rendering| is_rendering.set(false));
    }
}

/// The name of an error type without the paths: `sqlx::error::Error` is `sqlx::Error`, `shop::orders::Rejected` is
/// `Rejected`.
///
/// A bare `Error` says nothing, so it keeps the nearest module that is not called `error`.
pub(crate) fn short_type_name(full: &str) -> String {
    let mut short = String::with_capacity(full.len());
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '#';
    let mut rest = full;
    while let Some(first) = rest.chars().next() {
        let end = match is_path(first) {
            true => rest.find(|c| !is_path(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (piece, tail) = rest.split_at(end);
        short.push_str(&short_path(piece));
        rest = tail;
    }
    short
}

fn short_path(path: &str) -> Cow<'_, str> {
    let mut segments = path.rsplit("::");
    let last = segments.next().unwrap_or(path);
    if last != "Error" {
        return Cow::Borrowed(last);
    }
    match segments.find(|segment| !matches!(*segment, "error" | "errors" | "" | "core" | "std" | "alloc")) {
        Some(module) => Cow::Owned(format!("{module}::{last}")),
        None => Cow::Borrowed(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capped::CUT;
    use crate::outcome::ErrorName;

    #[derive(Debug)]
    struct Cyclic;

    impl fmt::Display for Cyclic {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }

    impl Error for Cyclic {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Cyclic)
        }
    }

    /// Counts how often it is asked for its source.
    #[derive(Debug)]
    struct Numbered(u32);

    impl fmt::Display for Numbered {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "level {}", self.0)
        }
    }

    impl Error for Numbered {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(Box::leak(Box::new(Numbered(self.0 + 1))))
        }
    }

    struct Panics;

    impl fmt::Display for Panics {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("so far ")?;
            panic!("in Display")
        }
    }

    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("größer ")?;
            }
        }
    }

    fn words(text: FailureText<'_>) -> String {
        message(&Failure { name: ErrorName::Type("E"), text })
    }

    #[test]
    fn sources_follow_the_message_and_stop_at_sixteen() {
        let text = words(FailureText::Error(&Numbered(0)));
        assert!(text.starts_with("level 0: level 1: level 2"), "{text}");
        assert!(text.ends_with("level 16"), "{text}");
    }

    #[test]
    fn a_source_that_the_message_already_ends_with_is_not_said_twice() {
        assert_eq!(words(FailureText::Error(&Cyclic)), "again");
    }

    #[test]
    fn a_panic_in_display_is_a_word_in_the_message() {
        assert_eq!(words(FailureText::Display(&Panics)), "so far <panic>");
    }

    #[test]
    fn a_display_that_comes_back_here_is_cut_short() {
        struct Recursive;

        impl fmt::Display for Recursive {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", words(FailureText::Display(&Recursive)), words(FailureText::Display(&Recursive)))
            }
        }
        assert_eq!(words(FailureText::Display(&Recursive)), "<recursion> <recursion>");
    }

    #[test]
    fn an_endless_message_is_cut_on_a_character_boundary() {
        let text = words(FailureText::Display(&Endless));
        assert!(text.len() <= MESSAGE_CAP + CUT.len() && text.ends_with(CUT));
    }

    #[test]
    fn short_names_keep_what_tells_errors_apart() {
        for (full, short) in [
            ("shop::orders::Rejected", "Rejected"),
            ("std::io::error::Error", "io::Error"),
            ("reqwest::error::Error", "reqwest::Error"),
            ("anyhow::Error", "anyhow::Error"),
            ("alloc::boxed::Box<dyn core::error::Error + core::marker::Send>", "Box<dyn Error + Send>"),
            ("&str", "&str"),
            ("shop::Wrapped<alloc::string::String>", "Wrapped<String>"),
        ] {
            assert_eq!(short_type_name(full), short);
        }
    }
}
