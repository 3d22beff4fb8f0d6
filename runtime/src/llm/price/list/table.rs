//! A price table: one sorted text, a line for each name of a model, read where it stands.
//!
//! ```text
//! openai    gpt-4o              input=2.5 cache_read=1.25 output=10;@2026-10-14 ?processing=batch input=1.25 output=5
//! openai    gpt-4o-2024-11-20   =gpt-4o
//! ```
//!
//! In the file single tabs stand between provider, name and record. A record `=name` (or `~name`) refers to another line. Any other is a list
//! of blocks between semicolons, each with the prices that begin at a date (`@`) or hold for one way of processing (`?`).
//! `open` says that names of previews and versions of this model add to the name, `free` that a price of zero is one, and
//! `peak` that the provider charges more at its busy hours.
//!
//! Nothing is decoded at the start of a program: a look-up is a binary search, and reads one record.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::OnceLock;

use super::rates::{Rate, Rates, Unit};

/// What a line may refer to, and what that may refer to.
const MOST_REFERENCES: usize = 4;

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    text: Cow<'static, str>,
    /// Where its lines start, when somebody had the time to [look](Table::warm).
    starts: OnceLock<Box<[u32]>>,
}

/// A model's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The provider whose price it is.
    pub(super) provider: &'a str,
    /// The name under which the prices stand, after all references.
    pub(super) name: &'a str,
    /// The names of previews and versions add to this one.
    pub(super) is_open: bool,
    record: &'a str,
}

impl Table {
    /// A text whose lines are sorted.
    pub(super) fn of(text: impl Into<Cow<'static, str>>) -> Table {
        Table { text: text.into(), starts: OnceLock::new() }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// The line of a model, by one of its names in lower case.
    pub(super) fn find(&self, provider: &str, name: &str) -> Option<Line<'_>> {
        let (mut provider, mut name, mut record) = self.record(provider, name)?;
        let mut is_open = record.starts_with('~');
        for _ in 0..MOST_REFERENCES {
            match record.strip_prefix(['=', '~']) {
                Some(target) => (provider, name, record) = self.record(provider, target)?,
                None => break,
            }
        }
        is_open |= record.strip_prefix("open").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';']));
        Some(Line { provider, name, is_open, record })
    }

    /// The provider of this id, if any of its models is known.
    pub(super) fn provider(&self, id: &str) -> Option<&str> {
        let line = self.first_not_before(id, "")?;
        cut(line, b'\t').map(|(provider, _)| provider).filter(|provider| *provider == id)
    }

    fn record(&self, provider: &str, name: &str) -> Option<(&str, &str, &str)> {
        let line = self.first_not_before(provider, name)?;
        let (known, rest) = cut(line, b'\t')?;
        let (found, record) = cut(rest, b'\t')?;
        (known == provider && found == name).then_some((known, found, record))
    }

    /// Reads all of it once, so that it is in memory, and finds its lines: look-ups are then several times as quick.
    pub(super) fn warm(&self) {
        self.starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(end, _)| end + 1);
            let starts = std::iter::once(0).chain(ends).filter(|start| *start < self.text.len());
            starts.map_while(|start| u32::try_from(start).ok()).collect()
        });
    }

    /// The first line that does not sort before this provider and name.
    fn first_not_before(&self, provider: &str, name: &str) -> Option<&str> {
        let text = self.text.as_bytes();
        let is_before = |start: usize| is_before(text.get(start..).unwrap_or_default(), provider, name);
        let start = match self.starts.get() {
            Some(starts) => *starts.get(starts.partition_point(|start| is_before(*start as usize)))? as usize,
            None => first_line_not(text, is_before),
        };
        split(self.text.get(start..)?, b'\n').next()
    }
}

/// Where the first line starts for which this does not hold: a binary search over the bytes.
fn first_line_not(text: &[u8], holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let before = text.get(low..low + (high - low) / 2).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(low, |end| low + end + 1);
        if holds(start) {
            let line = text.get(start..).unwrap_or_default();
            low = line.iter().position(|byte| *byte == b'\n').map_or(high, |end| start + end + 1);
        } else {
            high = start;
        }
    }
    low
}

/// Whether a line sorts before this provider and name. Tabs sort before all that a name may hold.
fn is_before(mut line: &[u8], provider: &str, name: &str) -> bool {
    for part in [provider.as_bytes(), b"\t", name.as_bytes(), b"\t"] {
        let Some((start, rest)) = line.split_at_checked(part.len()) else {
            return line < part && !part.starts_with(line);
        };
        match start.cmp(part) {
            Ordering::Equal => line = rest,
            other => return other == Ordering::Less,
        }
    }
    false
}

/// What stands before and behind the first of these bytes. In pieces of a few bytes, as here, the standard `split_once`
/// spends most of its time on starting its search.
pub(super) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// The pieces between separators.
pub(super) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, behind) = cut(text, separator).map_or((text, None), |(piece, behind)| (piece, Some(behind)));
        rest = behind;
        Some(piece)
    })
}

/// A way of processing that has prices of its own: `processing=batch`, `service_tier=flex`.
pub(super) type Way<'a> = (&'a str, &'a str);

/// The prices of a line at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) rates: Rates,
    /// The prices are those of the way of processing that was asked for.
    pub(super) has_way: bool,
    /// A price of zero is one.
    pub(super) is_free: bool,
    /// The provider charges more at its busy hours.
    pub(super) has_peak: bool,
}

impl Line<'_> {
    /// The prices on this day (days since 1970), for a way of processing if the line knows it.
    ///
    /// The table says since when it knows the price of a way of processing, not since when it holds. Before that day it
    /// is taken to have held for as long as the standard price has been the same.
    pub(super) fn at(&self, day: i64, way: Option<Way<'_>>) -> Record {
        let mut record = Record::default();
        let mut standard_since = i64::MIN;
        let mut next_standard = i64::MAX;
        let mut special: Option<(i64, &str)> = None;
        for block in split(self.record, b';') {
            let head = Head::of(block);
            record.is_free |= head.is_free;
            record.has_peak |= head.has_peak;
            match head.way {
                None if head.since <= day && head.since >= standard_since => {
                    standard_since = head.since;
                    record.rates = Rates::default();
                    read(block, &mut record.rates);
                }
                None if head.since > day => next_standard = next_standard.min(head.since),
                Some(known) if way == Some(known) => special = Some(better(special, (head.since, block), day)),
                _ => {}
            }
        }
        if let Some((_, block)) = special.filter(|(since, _)| *since <= day || *since < next_standard) {
            read(block, &mut record.rates);
            record.has_way = true;
        }
        record
    }
}

/// Of two blocks the one that began last, or of two that have not begun the one that begins first.
fn better<'a>(old: Option<(i64, &'a str)>, new: (i64, &'a str), day: i64) -> (i64, &'a str) {
    let rank = |since: i64| if since <= day { (true, since) } else { (false, -since) };
    match old {
        Some(old) if rank(old.0) >= rank(new.0) => old,
        _ => new,
    }
}

/// The words of a block that are no prices.
struct Head<'a> {
    since: i64,
    way: Option<Way<'a>>,
    is_free: bool,
    has_peak: bool,
}

impl Head<'_> {
    fn of(block: &str) -> Head<'_> {
        let mut head = Head { since: i64::MIN + 1, way: None, is_free: false, has_peak: false };
        for word in split(block, b' ') {
            match (word.split_at_checked(1), word) {
                (Some(("@", date)), _) => head.since = day_of(date).unwrap_or(i64::MAX),
                (Some(("?", way)), _) => head.way = cut(way, b'='),
                (_, "free") => head.is_free = true,
                (_, "peak") => head.has_peak = true,
                (_, "open") => {}
                // The prices begin.
                _ => break,
            }
        }
        head
    }
}

fn read(block: &str, rates: &mut Rates) {
    for word in split(block, b' ') {
        if let Some((name, price)) = cut(word, b'=')
            && let Some(unit) = Unit::named(name)
            && let Some(rate) = Rate::parse(unit, price)
        {
            rates.set(unit, rate);
        }
    }
}

/// The days from 1970-01-01 to a date `YYYY-MM-DD`.
pub(super) fn day_of(date: &str) -> Option<i64> {
    let (year, rest) = cut(date, b'-').filter(|(year, _)| year.len() == 4)?;
    let (month, day) = cut(rest, b'-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
    let (year, month, day): (i64, i64, i64) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| days_from_civil(year, month, day))
}

/// Days since 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a comment sorts before every line
alpha\tone\tinput=1 output=2;@2026-06-01 input=3 output=4;@2026-07-01 ?processing=batch input=1.5
alpha\tone-two\t=one
alpha\tthree\topen input=0
beta\tone\tinput=5 free
";

    fn input(line: Line<'_>, date: &str, way: Option<Way<'_>>) -> (u64, bool) {
        let record = line.at(day_of(date).unwrap(), way);
        (record.rates.get(Unit::Input).unwrap().base / 100_000, record.has_way)
    }

    #[test]
    fn a_line_is_found_by_each_of_its_names_and_by_no_part_of_them() {
        let table = Table::of(TEXT);
        assert_eq!(table.find("alpha", "one").unwrap().name, "one");
        assert_eq!(table.find("alpha", "one-two").unwrap().name, "one");
        assert!(table.find("alpha", "three").unwrap().is_open);
        for (provider, name) in
            [("alpha", "on"), ("alpha", "one-"), ("beta", "three"), ("alp", "one"), ("", ""), ("z", "z")]
        {
            assert_eq!(table.find(provider, name), None, "{provider} {name}");
        }
        for (id, known) in [("alpha", true), ("beta", true), ("alp", false), ("gamma", false), ("", false)] {
            assert_eq!(table.provider(id).is_some(), known, "{id}");
        }
    }

    #[test]
    fn a_price_is_that_of_the_day() {
        let table = Table::of(TEXT);
        let line = table.find("alpha", "one").unwrap();
        assert_eq!(input(line, "2026-05-31", None), (10, false));
        assert_eq!(input(line, "2026-06-01", None), (30, false));
    }

    #[test]
    fn the_price_of_a_batch_is_taken_to_be_as_old_as_the_standard_price_it_goes_with() {
        let table = Table::of(TEXT);
        let line = table.find("alpha", "one").unwrap();
        let batch = Some(("processing", "batch"));
        assert_eq!(input(line, "2026-07-01", batch), (15, true));
        assert_eq!(input(line, "2026-06-01", batch), (15, true));
        assert_eq!(input(line, "2026-05-31", batch), (10, false), "under the older standard price nobody knows it");
        assert_eq!(input(line, "2026-07-01", Some(("processing", "other"))), (30, false));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2026-11-21"), Some(20_778));
        for nonsense in ["", "2026", "2026-13-01", "2026-1-01", "20261-1-01", "2026-01-01x"] {
            assert_eq!(day_of(nonsense), None, "{nonsense}");
        }
    }
}
