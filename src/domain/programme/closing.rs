//! Last days: a pregnancy of which nobody says more, and a third birthday with siblings.
//!
//! - **42 weeks 0 days is one neutral card**, on that day only; silence is not answered with more.
//! - **A birth is never inferred**, and a due date that moves on takes the card along.
//! - The card belongs to the day, not to the pack: a shorter cadence has it too.

use chrono::NaiveDate;

use super::cadence::{Anchor, Course};
use crate::domain::calendar::days_after;
use crate::domain::child::BirthDate;
use crate::domain::delivery::{Call, Overdue, Section};
use crate::domain::family::{Follow, Nickname};
use crate::domain::pregnancy::GestationalAge;

/// The day of the card, for a child that is still expected.
fn card_day(course: &Course<'_>) -> Option<NaiveDate> {
    match course.anchor() {
        Anchor::Due(due) => Some(due.day_of(GestationalAge::POST_TERM)),
        Anchor::Born(_) => None,
    }
}

/// The first day from `day` on (inclusive) that has a slot or the card.
pub(super) fn next_from(course: &Course<'_>, day: NaiveDate) -> Option<NaiveDate> {
    [course.next_from(day), card_day(course).filter(|card| *card >= day)].into_iter().flatten().min()
}

/// The last day up to `day` (inclusive) that has a slot or the card.
pub(super) fn last_to(course: &Course<'_>, day: NaiveDate) -> Option<NaiveDate> {
    [course.last_to(day), card_day(course).filter(|card| *card <= day)].into_iter().flatten().max()
}

/// The children that are 42 weeks 0 days along on `day`.
pub(super) fn overdue_on<'a>(courses: impl Iterator<Item = (&'a Follow, Course<'a>)>, day: NaiveDate) -> Vec<Overdue> {
    let found = courses.filter(|(_, course)| card_day(course) == Some(day));
    found.map(|(follow, _)| overdue(follow)).collect()
}

const fn overdue(follow: &Follow) -> Overdue {
    Overdue { child: follow.child.id, version: follow.child.version, parent: follow.is_parent() }
}

/// On somebody's last day, those whose letters go on after it; nobody on any other day.
pub(super) fn onward<'a>(
    sections: &[Section],
    courses: impl Iterator<Item = (&'a Follow, Course<'a>)>,
    day: NaiveDate,
) -> Vec<Option<Nickname>> {
    let is_last = |section: &Section| matches!(section.call, Call::Birthday { years: BirthDate::LAST_BIRTHDAY, .. });
    if !sections.iter().any(is_last) {
        return Vec::new();
    }
    let going = courses.filter(|(_, course)| course.next_from(days_after(day, 1)).is_some());
    going.map(|(follow, _)| follow.child.nickname.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::LeapRule;
    use crate::domain::family::{OwnStop, Profile, StopReason};
    use crate::domain::ids::ChildId;
    use crate::domain::programme::fixture::{born, date, expected, library};
    use crate::domain::programme::plan::{Hours, ReaderPlan, day_before, message_on, next_due, readable_on};

    fn day_of(follows: &[Follow], day: &str) -> Option<crate::domain::delivery::DailyParts> {
        let profile = Profile::default();
        message_on(&ReaderPlan { follows, profile: &profile, locale: "ja" }, date(day), &library())
    }

    fn next(follows: &[Follow], now: &str) -> Option<String> {
        let profile = Profile::default();
        let reader = ReaderPlan { follows, profile: &profile, locale: "ja" };
        let due = next_due(&reader, now.parse().unwrap(), true, Hours::default(), &library())?;
        Some(due.to_string())
    }

    #[test]
    fn the_day_after_41_weeks_6_days_has_a_card_and_no_text_and_then_there_is_nothing() {
        let family = [expected(1, "あお", "2026-11-08")];
        assert!(day_of(&family, "2026-11-21").unwrap().overdue.is_empty());
        let card = day_of(&family, "2026-11-22").unwrap();
        assert!(card.sections.is_empty());
        assert_eq!(card.overdue, [Overdue { child: ChildId(1), version: 1, parent: true }]);
        assert_eq!(next(&family, "2026-11-21T08:00:00").as_deref(), Some("2026-11-22 08:00:00"));
        assert_eq!(next(&family, "2026-11-22T08:00:00"), None);
        assert_eq!(day_of(&family, "2026-11-23"), None);
    }

    #[test]
    fn the_card_can_be_read_again_for_a_month() {
        let (family, profile) = ([expected(1, "", "2026-11-08")], Profile::default());
        let reader = ReaderPlan { follows: &family, profile: &profile, locale: "ja" };
        assert_eq!(day_before(&reader, date("2026-12-23"), &library()), Some(date("2026-11-22")));
        assert_eq!(day_before(&reader, date("2026-12-24"), &library()), None);
        assert!(!readable_on(&reader, date("2026-11-22"), &library()).unwrap().overdue.is_empty());
    }

    #[test]
    fn twins_share_the_card_and_one_that_was_lost_or_stopped_is_not_on_it() {
        let mut family = [expected(1, "", "2026-11-08"), expected(2, "", "2026-11-08"), expected(3, "", "2026-11-08")];
        family[1].stopped = Some(OwnStop { on: date("2026-11-01"), reason: StopReason::Loss });
        let before = Box::new(family[2].child.journey.clone());
        family[2].child.journey = crate::domain::family::Journey::Stopped { on: date("2026-11-01"), before };
        let card = day_of(&family, "2026-11-22").unwrap();
        assert_eq!(card.overdue.iter().map(|child| child.child).collect::<Vec<_>>(), [ChildId(1)]);
    }

    #[test]
    fn a_due_date_that_moved_on_takes_the_card_along() {
        let moved = [expected(1, "", "2026-11-15")];
        assert!(day_of(&moved, "2026-11-22").unwrap().overdue.is_empty());
        assert!(!day_of(&moved, "2026-11-29").unwrap().overdue.is_empty());
    }

    #[test]
    fn a_third_birthday_names_those_whose_letters_go_on_and_no_other_day_does() {
        let family = [born(1, "あお", "2023-11-22"), born(2, "ゆず", "2025-01-01"), expected(3, "", "2027-06-01")];
        let onward = |day| day_of(&family, day).unwrap().onward;
        let names: Vec<Option<String>> =
            onward("2026-11-22").iter().map(|name| name.as_ref().map(|name| name.expose().to_owned())).collect();
        assert_eq!(names, [Some("ゆず".to_owned()), None]);
        assert!(onward("2026-11-23").is_empty());
        let twins = [born(1, "あお", "2023-11-22"), born(2, "はる", "2023-11-22")];
        assert!(day_of(&twins, "2026-11-22").unwrap().onward.is_empty());
        let waiting = [born(1, "あお", "2023-11-22"), expected(2, "", "2026-11-01")];
        assert!(day_of(&waiting, "2026-11-22").unwrap().onward.is_empty(), "nobody knows whether it goes on");
    }

    #[test]
    fn the_rule_for_29_february_holds_for_the_whole_programme() {
        let mut library = library();
        library.municipality.leap = LeapRule::FirstOfMarch;
        let (family, profile) = ([born(1, "", "2024-02-29")], Profile::default());
        let reader = ReaderPlan { follows: &family, profile: &profile, locale: "ja" };
        assert!(message_on(&reader, date("2027-02-28"), &library).is_none());
        let last = message_on(&reader, date("2027-03-01"), &library).unwrap();
        assert!(matches!(last.sections[0].call, Call::Birthday { years: 3, .. }));
        let first = message_on(&reader, date("2025-03-01"), &library).unwrap();
        assert!(matches!(first.sections[0].call, Call::Birthday { years: 1, .. }));
    }
}
