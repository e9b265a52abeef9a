//! Whole journeys, listed for staff: which day brings what, with today out of the picture.

use chrono::NaiveDate;

use super::cadence::Course;
use super::placement::shown_keys;
use super::plan::{ReaderPlan, leap_rule, message_on, next_day};
use super::slot::Slot;
use crate::domain::calendar::days_after;
use crate::domain::delivery::DailyParts;
use crate::domain::family::{Journey, Lead, Profile};
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
    let (mut from, to) = (from.unwrap_or(NaiveDate::MIN), to.unwrap_or(NaiveDate::MAX));
    std::iter::from_fn(move || {
        let course = course.as_ref()?;
        let day = course.next_from(from).filter(|day| *day <= to)?;
        from = days_after(day, 1);
        Some((day, course.slots_on(day)))
    })
}

/// Every daily message of a reader, in order, from `from` to `to` (both inclusive; `None` is the
/// first and last day of all), with municipal texts as they would be shown one after the other.
pub fn letters<'a>(
    reader: ReaderPlan<'a>,
    library: &'a Library,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> impl Iterator<Item = DailyParts> + use<'a> {
    let (mut from, to) = (from.unwrap_or(NaiveDate::MIN), to.unwrap_or(NaiveDate::MAX));
    let mut profile: Profile = reader.profile.clone();
    // Days of rest are days without a letter, not the end of the list.
    std::iter::from_fn(move || {
        loop {
            let day = next_day(&reader, from, library).filter(|day| *day <= to)?;
            from = days_after(day, 1);
            let parts = message_on(&ReaderPlan { profile: &profile, ..reader }, day, library);
            // The card of 42w0d is no part of a series; whoever lists one lists what a pack brings.
            if let Some(parts) = parts.filter(|parts| !parts.sections.is_empty()) {
                remember(&mut profile, &parts, library);
                return Some(parts);
            }
        }
    })
}

/// What is kept about the reader once a message is planned.
fn remember(profile: &mut Profile, parts: &DailyParts, library: &Library) {
    profile.pause = profile.pause.filter(|_| !parts.leads.contains(&Lead::Resumed));
    profile.leads.clear();
    for key in shown_keys(parts, library) {
        profile.shown.entry(key).or_insert(parts.day);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::programme::fixture::{born, date, expected, library, library_with, municipal_text};

    fn dates(journey: &Journey, from: Option<&str>, to: Option<&str>) -> Vec<NaiveDate> {
        series(journey, &library(), "ja", from.map(date), to.map(date)).map(|(day, _)| day).collect()
    }

    #[test]
    fn a_whole_pregnancy_has_266_days_and_a_whole_childhood_277() {
        assert_eq!(dates(&expected(1, "", "2026-04-01").child.journey, None, None).len(), 266);
        assert_eq!(dates(&born(1, "", "2025-04-01").child.journey, None, None).len(), 277);
    }

    #[test]
    fn a_part_of_a_series_begins_and_ends_where_it_was_asked() {
        let journey = born(1, "", "2026-04-01").child.journey;
        let part = dates(&journey, Some("2026-07-09"), Some("2026-07-15"));
        assert_eq!(part, ["2026-07-09", "2026-07-12", "2026-07-15"].map(date));
        assert_eq!(dates(&journey, Some("2029-04-02"), None), []);
    }

    #[test]
    fn a_stopped_journey_has_no_days() {
        let before = Box::new(Journey::Expected { due: date("2026-04-01") });
        assert_eq!(dates(&Journey::Stopped { on: date("2026-01-01"), before }, None, None), []);
    }

    #[test]
    fn in_a_list_each_municipal_text_appears_once_for_each_child() {
        let library = library_with(Vec::new(), vec![municipal_text("kenshin", "day/90", "day/130")]);
        let (follows, profile) = ([born(1, "", "2026-04-01"), born(2, "", "2026-04-11")], Profile::default());
        let reader = ReaderPlan { follows: &follows, profile: &profile, locale: "ja" };
        let shown: Vec<_> = letters(reader, &library, None, None)
            .filter(|parts| !parts.municipal.is_empty())
            .map(|parts| parts.day)
            .collect();
        assert_eq!(shown, ["2026-06-29", "2026-07-09"].map(date));
    }
}
