//! What a reader gets on a day, and when the next message is due.

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::delivery::DailyParts;
use crate::domain::family::{Follow, Profile};
use crate::domain::library::Library;

/// A reader as the programme sees them.
#[derive(Debug, Clone, Copy)]
pub struct ReaderPlan<'a> {
    /// Their children; stopped ones are passed over.
    pub follows: &'a [Follow],
    /// Pause, time of day, municipal texts shown.
    pub profile: &'a Profile,
    /// Their locale.
    pub locale: &'a str,
}

/// The account's times of day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// When mornings leave, unless the reader chose another time.
    pub delivery: u16,
    /// Nothing leaves before.
    pub opens: u16,
    /// Nothing leaves from here on.
    pub closes: u16,
}

impl Default for Hours {
    fn default() -> Self {
        Self { delivery: 8 * 60, opens: 7 * 60, closes: 21 * 60 }
    }
}

/// What the reader gets on `day`; `None` when nothing is due that day (no active child with a slot,
/// or the reader rests). Ignores whether it was already sent.
#[must_use]
pub fn message_on(_reader: &ReaderPlan<'_>, _day: NaiveDate, _library: &Library) -> Option<DailyParts> {
    None
}

/// The last day before `before` that had a message for this reader, looking back at most 31 days.
#[must_use]
pub fn day_before(_reader: &ReaderPlan<'_>, _before: NaiveDate, _library: &Library) -> Option<NaiveDate> {
    None
}

/// When the reader's next message is due (account's civil time): today at the reader's time clamped
/// into the sending window, even if that is past, unless `today_done`; otherwise the next delivery
/// day. `None` when nothing will ever be due as things stand.
#[must_use]
pub fn next_due(
    _reader: &ReaderPlan<'_>,
    _now: NaiveDateTime,
    _today_done: bool,
    _hours: Hours,
    _library: &Library,
) -> Option<NaiveDateTime> {
    None
}
