//! Whole journeys, listed for staff: which day brings what, with today out of the picture.

use chrono::NaiveDate;

use super::cadence::Course;
use super::placement::shown_keys;
use super::plan::{ReaderPlan, leap_rule, message_on, next_day};
use super::slot::Slot;
use crate::domain::calendar::days_after;
use crate::domain::delivery::DailyParts;
use crate::domain::family::{Journey, Profile};
use crate::domain::library::Library;

/// Every delivery day of a journey with its slots, in order, from `from` to `to` (both inclusive;
/// `None` is the journey's own first and last day).
pub fn series<'a>(
    journey: &Journey,
    library: &'a Library,
    locale: &str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> impl Iterator<Item = (NaiveDate, Vec<Slot>)> + use<'a> {
    let course = Course::of(journey, library, locale, leap_rule(library));
    let (start, end) = (from.unwrap_or(NaiveDate::MIN), to.unwrap_or(NaiveDate::MAX));
    let next = move |from: NaiveDate| course?.next_from(from).filter(|day| *day <= end);
    let days = std::iter::successors(next(start), move |day| next(days_after(*day, 1)));
    days.filter_map(move |day| Some((day, course?.slots_on(day))))
}

/// Every daily message of a reader, in order, from `from` to `to` (both inclusive; `None` is the
/// first and last day of all), with municipal texts as they would be shown one after the other.
pub fn letters<'a>(
    reader: ReaderPlan<'a>,
    library: &'a Library,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> impl Iterator<Item = DailyParts> + use<'a> {
    let (start, end) = (from.unwrap_or(NaiveDate::MIN), to.unwrap_or(NaiveDate::MAX));
    let next = move |from: NaiveDate| next_day(&reader, from, library).filter(|day| *day <= end);
    let days = std::iter::successors(next(start), move |day| next(days_after(*day, 1)));
    let mut profile: Profile = reader.profile.clone();
    days.filter_map(move |day| {
        let parts = message_on(&ReaderPlan { profile: &profile, ..reader }, day, library)?;
        profile.pause = profile.pause.filter(|_| !parts.leads.contains(&crate::domain::family::Lead::Resumed));
        profile.leads.clear();
        for key in shown_keys(&parts, library) {
            profile.shown.entry(key).or_insert(day);
        }
        Some(parts)
    })
}
