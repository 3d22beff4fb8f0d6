//! Reads environment variables: an empty one is unset, a bad one is a problem that names it and never its content.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use crate::deadline::LONGEST;
use crate::problem::{CONFIGURATION, Problem};

/// The variables of one process, or the ones that a test made up.
#[derive(Debug)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Environment {
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let set = variables.into_iter().map(|(name, value)| (name, value.trim().to_owned()));
        Environment { variables: set.filter(|(_, value)| !value.is_empty()).collect(), problems: Vec::new() }
    }

    /// The variables of this process. Bytes that are no text become replacement characters, which no value accepts.
    pub(crate) fn of_process() -> Self {
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Environment::new(std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))))
    }

    /// What variables hold that nobody has set.
    pub(crate) fn set_defaults<'a>(&mut self, defaults: impl Iterator<Item = &'a (&'a str, &'a str)>) {
        for (name, value) in defaults {
            self.variables.entry((*name).to_owned()).or_insert_with(|| (*value).to_owned());
        }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// The first of the variables that is set, as `read` understands it; `expected` completes "is not ...".
    pub(crate) fn read<T>(
        &mut self,
        names: &[impl AsRef<str>],
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        for name in names.iter().map(AsRef::as_ref) {
            let Some(value) = self.variables.get(name) else { continue };
            match read(value) {
                Some(value) => return Some(value),
                None => self.reject(name, expected),
            }
        }
        None
    }

    /// A number, of which `accept` knows the good ones.
    pub(crate) fn number<T: FromStr>(
        &mut self,
        names: &[impl AsRef<str>],
        expected: &str,
        accept: impl Fn(&T) -> bool,
    ) -> Option<T> {
        self.read(names, expected, |value| value.parse().ok().filter(&accept))
    }

    /// A duration; the specification counts all of them in milliseconds.
    pub(crate) fn milliseconds(&mut self, names: &[impl AsRef<str>]) -> Option<Duration> {
        let accept = |millis: &u64| *millis > 0 && Duration::from_millis(*millis) <= LONGEST;
        self.number(names, "a number of milliseconds above 0", accept).map(Duration::from_millis)
    }

    /// A list of `name=value`, separated by commas, with percent-encoded values. Bad entries are left out.
    pub(crate) fn pairs(&mut self, names: &[impl AsRef<str>]) -> Option<Vec<(String, String)>> {
        let name = names.iter().map(AsRef::as_ref).find(|name| self.variables.contains_key(*name))?;
        let entries = self.variables.get(name)?.split(',').filter(|entry| !entry.trim().is_empty());
        let pairs: Vec<_> = entries.map(pair).collect();
        if pairs.contains(&None) {
            let message = format!("`{name}` has an entry that is not `name=value`; that entry is left out");
            self.keep(Problem::new(CONFIGURATION, message));
        }
        Some(pairs.into_iter().flatten().collect())
    }

    pub(crate) fn reject(&mut self, name: &str, expected: &str) {
        let message = format!("`{name}` is not {expected}; it is ignored");
        self.keep(Problem::new(CONFIGURATION, message));
    }

    /// Once, though each signal may read the variable.
    fn keep(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

fn pair(entry: &str) -> Option<(String, String)> {
    let (name, value) = entry.split_once('=')?;
    let name = percent_decoded(name.trim())?;
    (!name.is_empty()).then_some((name, percent_decoded(value.trim())?))
}

/// The text with `%2C` and its like decoded, as W3C Baggage encodes values.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(hex_digit(rest.next()?)? << 4 | hex_digit(rest.next()?)?),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// `true` or `false`, in any case.
pub(crate) fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
