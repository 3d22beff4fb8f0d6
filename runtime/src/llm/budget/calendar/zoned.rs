//! The windows of a zone whose clocks change, by the library `jiff`.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::{HOUR, Span, Window};

/// A zone of the IANA database.
pub(super) struct Zone(TimeZone);

impl Zone {
    pub(super) fn named(name: &str) -> Result<Zone, String> {
        TimeZone::get(name).map(Zone).map_err(|error| error.to_string())
    }

    /// The window that holds this moment. A midnight that the clocks leave out is the first moment after it.
    pub(super) fn around(&self, window: Window, now: i64) -> Option<Span> {
        let moment = Timestamp::from_second(now).ok()?.to_zoned(self.0.clone());
        match window {
            Window::Hour => {
                // An hour that the clocks repeat is two, so it is told by its offset and not by its name.
                let start = now - (now + i64::from(moment.offset().seconds())).rem_euclid(HOUR);
                Some(Span { start, end: start + HOUR })
            }
            Window::Day => days(&moment.start_of_day().ok()?, &moment.tomorrow().ok()?),
            Window::Month => {
                let first = moment.first_of_month().ok()?;
                days(&first.start_of_day().ok()?, &first.checked_add(1.month()).ok()?)
            }
            Window::Run => None,
        }
    }
}

/// From a midnight to the midnight of a later day.
fn days(start: &Zoned, later: &Zoned) -> Option<Span> {
    let end = later.start_of_day().ok()?;
    Some(Span { start: start.timestamp().as_second(), end: end.timestamp().as_second() })
}
