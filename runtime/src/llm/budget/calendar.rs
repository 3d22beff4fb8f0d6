//! The windows of the calendar: where the hour, the day and the month of a moment begin and end.

use std::time::{Duration, SystemTime};

#[cfg(feature = "zones")]
mod zoned;

use super::Window;

/// The windows of one zone.
pub(super) struct Calendar {
    window: Window,
    zone: Zone,
}

enum Zone {
    Utc,
    #[cfg(feature = "zones")]
    Named(zoned::Zone),
}

/// A stretch of time, in seconds since 1970: from `start` until just before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

impl Calendar {
    /// The calendar of a zone of the IANA database, or why it is that of UTC instead.
    pub(super) fn new(window: Window, zone: Option<&str>) -> (Calendar, Option<String>) {
        match zone {
            None | Some("UTC" | "Etc/UTC" | "Z") => (Calendar { window, zone: Zone::Utc }, None),
            Some(name) => match Zone::named(name) {
                Ok(zone) => (Calendar { window, zone }, None),
                Err(why) => (Calendar { window, zone: Zone::Utc }, Some(why)),
            },
        }
    }

    /// The window that holds this moment, or `None` for a budget that has none.
    pub(super) fn around(&self, now: SystemTime) -> Option<Span> {
        let now = seconds(now);
        match &self.zone {
            Zone::Utc => utc(self.window, now),
            #[cfg(feature = "zones")]
            // Outside of the years that the library knows, UTC is as good as any.
            Zone::Named(zone) => zone.around(self.window, now).or_else(|| utc(self.window, now)),
        }
    }
}

impl Zone {
    #[cfg(feature = "zones")]
    fn named(name: &str) -> Result<Zone, String> {
        zoned::Zone::named(name).map(Zone::Named)
    }

    #[cfg(not(feature = "zones"))]
    fn named(_: &str) -> Result<Zone, String> {
        Err("the feature `zones` is off".to_owned())
    }
}

fn utc(window: Window, now: i64) -> Option<Span> {
    let aligned = |length: i64| {
        let start = now - now.rem_euclid(length);
        Span { start, end: start.saturating_add(length) }
    };
    match window {
        Window::Hour => Some(aligned(HOUR)),
        Window::Day => Some(aligned(DAY)),
        Window::Month => Some(month(now.div_euclid(DAY))),
        Window::Run => None,
    }
}

/// The month of a day, which is counted from 1970-01-01.
///
/// Years are taken to begin in March, so that the leap day is the last of one (H. Hinnant, "chrono-compatible low-level
/// date algorithms", 2021-09).
fn month(day: i64) -> Span {
    const ERA: i64 = 146_097; // days in 400 years
    let shifted = day + 719_468; // from 0000-03-01
    let of_era = shifted.rem_euclid(ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let year_start = 365 * year_of_era + year_of_era / 4 - year_of_era / 100;
    let day_of_year = of_era - year_start;
    let number = (5 * day_of_year + 2) / 153; // 0 is March
    let starts = |number: i64| (153 * number + 2) / 5;
    let first = day - (day_of_year - starts(number));
    let length = match number {
        11 => february(shifted.div_euclid(ERA) * 400 + year_of_era + 1),
        number => starts(number + 1) - starts(number),
    };
    Span { start: first * DAY, end: (first + length) * DAY }
}

fn february(year: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if is_leap { 29 } else { 28 }
}

/// Seconds since 1970; a clock before that is a clock that was not set.
pub(super) fn seconds(now: SystemTime) -> i64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    // Far enough for every calendar, and near enough to be added to.
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX).min(1 << 40)
}

/// The moment that many seconds after 1970.
pub(super) fn moment(seconds: i64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> SystemTime {
        moment(seconds).unwrap()
    }

    fn hours(span: Span) -> i64 {
        (span.end - span.start) / HOUR
    }

    #[test]
    fn every_month_of_four_centuries_follows_the_one_before_and_has_its_length() {
        let mut start = 0;
        for year in 1970..2370 {
            let lengths = [31, february(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for length in lengths {
                let expected = Span { start, end: start + length * DAY };
                for second in [start, start + 15 * DAY + 12 * HOUR, expected.end - 1] {
                    assert_eq!(utc(Window::Month, second), Some(expected), "{year} {length} {second}");
                }
                start = expected.end;
            }
        }
        // 2370-01-01T00:00:00Z: 400 years of the Gregorian calendar.
        assert_eq!(start, 146_097 * DAY);
    }

    #[test]
    fn hours_and_days_of_utc_begin_where_the_clock_says() {
        let (calendar, _) = Calendar::new(Window::Day, None);
        let day = calendar.around(at(1_795_219_200 + 5)).unwrap(); // 2026-11-21T00:00:05Z
        assert_eq!((day.start, hours(day)), (1_795_219_200, 24));
        let (calendar, _) = Calendar::new(Window::Hour, Some("UTC"));
        let hour = calendar.around(at(1_795_219_200 - 1)).unwrap();
        assert_eq!((hour.start, hour.end), (1_795_219_200 - HOUR, 1_795_219_200));
        assert_eq!(Calendar::new(Window::Run, None).0.around(at(0)), None);
    }

    #[test]
    fn a_zone_that_is_not_known_is_utc_and_says_why() {
        let (calendar, why) = Calendar::new(Window::Day, Some("Middle/Earth"));
        assert!(why.is_some());
        assert_eq!(calendar.around(at(5)), Some(Span { start: 0, end: DAY }));
    }

    #[cfg(feature = "zones")]
    #[test]
    fn the_days_on_which_the_clocks_change_have_23_and_25_hours() {
        let (berlin, why) = Calendar::new(Window::Day, Some("Europe/Berlin"));
        assert_eq!(why, None);
        // 2026-03-29T00:00 is 2026-03-28T23:00Z, and 2026-10-25T00:00 is 2026-10-24T22:00Z.
        for (midnight, length) in [(1_774_738_800, 23), (1_792_879_200, 25), (1_795_215_600, 24)] {
            let day = berlin.around(at(midnight)).unwrap();
            assert_eq!((day.start, hours(day)), (midnight, length));
            assert_eq!(berlin.around(at(day.end - 1)), Some(day), "the last second");
            assert_ne!(berlin.around(at(day.end)), Some(day), "the next midnight");
            assert_eq!(berlin.around(at(midnight - 1)).unwrap().end, midnight, "the second before");
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn a_month_that_loses_an_hour_is_one_shorter_and_one_that_gains_it_longer() {
        let (new_york, _) = Calendar::new(Window::Month, Some("America/New_York"));
        // 2026-03-01T05:00Z and 2026-11-01T04:00Z are local midnights.
        let march = new_york.around(at(1_772_341_200 + 20 * DAY)).unwrap();
        assert_eq!((march.start, hours(march)), (1_772_341_200, 31 * 24 - 1));
        let november = new_york.around(at(1_793_505_600)).unwrap();
        assert_eq!((november.start, hours(november)), (1_793_505_600, 30 * 24 + 1));
    }

    #[cfg(feature = "zones")]
    #[test]
    fn an_hour_that_is_there_twice_is_two_hours_and_half_an_hour_of_offset_is_one() {
        let (berlin, _) = Calendar::new(Window::Hour, Some("Europe/Berlin"));
        // 02:30 in summer time and 02:30 in winter time.
        let (first, second) = (berlin.around(at(1_792_888_200)).unwrap(), berlin.around(at(1_792_891_800)).unwrap());
        assert_eq!((hours(first), hours(second)), (1, 1));
        assert_eq!(first.end, second.start);
        let (kolkata, _) = Calendar::new(Window::Hour, Some("Asia/Kolkata"));
        assert_eq!(kolkata.around(at(1_795_219_200)).unwrap().start, 1_795_219_200 - HOUR / 2);
    }
}
