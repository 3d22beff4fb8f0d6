//! The counts in a payload.

use serde_json::Value;

use super::NoUsage;

/// The largest number below which a float holds every whole number.
const EXACT_FLOATS: f64 = 9_007_199_254_740_992.0;

/// The longest audio that is believed, in seconds: some thirty years.
const SECONDS_CAP: f64 = 1e9;

/// An object of counts.
#[derive(Clone, Copy)]
pub(super) struct Counts<'a>(pub(super) &'a Value);

impl<'a> Counts<'a> {
    /// The value at this path of names; `null` is none.
    pub(super) fn at(self, path: &[&str]) -> Option<&'a Value> {
        path.iter().try_fold(self.0, |at, name| at.get(name)).filter(|value| !value.is_null())
    }

    /// Whether there is a name, be it `null`.
    pub(super) fn has(self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// The count at this path of names, or `None` when there is none. What is there and is no count is an error.
    pub(super) fn optional(self, path: &[&str]) -> Result<Option<u64>, NoUsage> {
        self.at(path).map(count).transpose()
    }

    /// The count at this path of names, or zero when there is none.
    pub(super) fn part(self, path: &[&str]) -> Result<u64, NoUsage> {
        Ok(self.optional(path)?.unwrap_or(0))
    }

    /// The count at the first of these paths that has one, or zero.
    pub(super) fn first(self, paths: &[&[&str]]) -> Result<u64, NoUsage> {
        Ok(paths.iter().find_map(|path| self.optional(path).transpose()).transpose()?.unwrap_or(0))
    }

    /// The count at this name; a usage without it is none.
    pub(super) fn total(self, name: &str) -> Result<u64, NoUsage> {
        self.optional(&[name])?.ok_or(NoUsage::Missing)
    }

    /// The time at this name in milliseconds, from seconds, which may have a fraction; zero when there is none.
    pub(super) fn milliseconds(self, name: &str) -> Result<u64, NoUsage> {
        let Some(value) = self.at(&[name]) else { return Ok(0) };
        let seconds =
            value.as_f64().filter(|seconds| (0.0..=SECONDS_CAP).contains(seconds)).ok_or(NoUsage::Unreadable)?;
        Ok((seconds * 1_000.0).round() as u64)
    }

    /// The list at this name, empty when there is none.
    pub(super) fn list(self, name: &str) -> &'a [Value] {
        list(self.0.get(name))
    }
}

/// The items of a list, none when it is no list.
pub(in crate::llm) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A whole number that is not negative. Some servers write it as a float: `12.0` is 12, and 12.5 is none.
fn count(value: &Value) -> Result<u64, NoUsage> {
    let whole = |float: &f64| (0.0..EXACT_FLOATS).contains(float) && float.fract() == 0.0;
    let count = value.as_u64().or_else(|| value.as_f64().filter(whole).map(|float| float as u64));
    count.ok_or(NoUsage::Unreadable)
}

/// The sum of counts, unless it overflows.
pub(super) fn sum<const N: usize>(counts: [u64; N]) -> Result<u64, NoUsage> {
    counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)).ok_or(NoUsage::Unreadable)
}
