//! How long a family is known: thirty days after the end (design §13; the consent card promises it).
//!
//! The *end* of one child for one reader is a stop, a loss, the third birthday, or 42 weeks 0 days of a
//! pregnancy of which nobody says more; the end of a reader
//! is a block, or the end of everything they follow. Until an end has come its day is not written
//! down beside a row, where it would be a birth date: somebody looks once a week instead.

use chrono::{NaiveDate, NaiveTime};

use super::account::Account;
use super::calendar::{LeapRule, days_after};
use super::child::BirthDate;
use super::family::{Follow, Journey, Profile};
use super::pregnancy::{DueDate, GestationalAge};

/// Days from the end to forgetting.
pub const KEPT_DAYS: i64 = 30;
/// How often it is looked whether an end has come.
const LOOK_EVERY_DAYS: i64 = 7;

/// What is to be forgotten on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgetting {
    /// Nothing yet.
    Nothing,
    /// These of the reader's children (by their place in the list), while others go on.
    Children(Vec<usize>),
    /// The reader, with everything.
    Reader,
}

/// What is to be forgotten of a reader today; `leap` is the account's rule for 29 February.
#[must_use]
pub fn forgetting(profile: &Profile, follows: &[Follow], leap: LeapRule, today: NaiveDate) -> Forgetting {
    let is_over = |end: NaiveDate| days_after(end, KEPT_DAYS) <= today;
    if let Some(away_on) = profile.away_on {
        return if is_over(away_on) { Forgetting::Reader } else { Forgetting::Nothing };
    }
    let over = |at: &usize| is_over(end_of(&follows[*at], leap));
    let over: Vec<usize> = (0..follows.len()).filter(over).collect();
    match over.len() {
        0 => Forgetting::Nothing,
        all if all == follows.len() => Forgetting::Reader,
        _ => Forgetting::Children(over),
    }
}

/// When to look again (milliseconds since 1970); `None` for somebody who follows no child and did not
/// block the account.
#[must_use]
pub fn look_again(account: &Account, profile: &Profile, follows: &[Follow], now: i64) -> Option<i64> {
    let today = account.civil(now).date();
    let leap = account.library.municipality.leap;
    let ends = match profile.away_on {
        Some(away_on) => vec![Some(away_on)],
        None => follows.iter().map(|follow| Some(end_of(follow, leap)).filter(|end| *end <= today)).collect(),
    };
    let day = |end: Option<NaiveDate>| match end {
        Some(end) => days_after(end, KEPT_DAYS),
        None => days_after(today, LOOK_EVERY_DAYS),
    };
    let day = ends.into_iter().map(day).min()?;
    Some(account.ms(day.and_time(NaiveTime::MIN)))
}

/// The day on which this child's letters end for this reader, as things stand.
pub(super) fn end_of(follow: &Follow, leap: LeapRule) -> NaiveDate {
    let own = follow.stopped.map(|stop| stop.on);
    let journey = match follow.child.journey {
        Journey::Expected { due } => DueDate::kept(due).day_of(GestationalAge::POST_TERM),
        Journey::Born { born, .. } => BirthDate::kept(born).birthday(BirthDate::LAST_BIRTHDAY, leap),
        Journey::Stopped { on, .. } => on,
    };
    // Whatever came first ended it.
    own.map_or(journey, |own| own.min(journey))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::family::{Child, OwnStop, Role, StopReason};
    use crate::domain::ids::ChildId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn follow(journey: Journey, stopped: Option<&str>) -> Follow {
        let child = Child { id: ChildId(1), version: 1, nickname: None, journey, corrected: false };
        let stopped = stopped.map(|on| OwnStop { on: day(on), reason: StopReason::Plain });
        Follow { child, role: Role::Other, registrant: true, stopped }
    }

    fn born(date: &str) -> Journey {
        Journey::Born { born: day(date), due: None }
    }

    fn on(today: &str, follows: &[Follow]) -> Forgetting {
        forgetting(&Profile::default(), follows, LeapRule::default(), day(today))
    }

    #[test]
    fn thirty_days_after_the_stop_or_the_third_birthday_everything_is_forgotten() {
        let stopped = [follow(born("2026-01-01"), Some("2026-11-22"))];
        assert_eq!(on("2026-12-21", &stopped), Forgetting::Nothing);
        assert_eq!(on("2026-12-22", &stopped), Forgetting::Reader);
        let finished = [follow(born("2023-11-22"), None)];
        assert_eq!(on("2026-12-21", &finished), Forgetting::Nothing);
        assert_eq!(on("2026-12-22", &finished), Forgetting::Reader);
    }

    #[test]
    fn a_child_whose_time_is_over_is_forgotten_while_its_sibling_goes_on() {
        let lost = follow(Journey::Stopped { on: day("2026-10-01"), before: Box::new(born("2026-01-01")) }, None);
        let next = follow(Journey::Expected { due: day("2027-06-01") }, None);
        assert_eq!(on("2026-11-22", &[lost, next]), Forgetting::Children(vec![0]));
    }

    #[test]
    fn a_pregnancy_without_news_is_forgotten_thirty_days_after_42_weeks() {
        let overdue = [follow(Journey::Expected { due: day("2026-11-08") }, None)];
        assert_eq!(on("2026-12-21", &overdue), Forgetting::Nothing);
        assert_eq!(on("2026-12-22", &overdue), Forgetting::Reader);
        let sibling = follow(born("2026-01-01"), None);
        assert_eq!(on("2026-12-22", &[sibling, overdue[0].clone()]), Forgetting::Children(vec![1]));
    }

    #[test]
    fn a_child_of_29_february_is_known_a_day_longer_where_its_birthday_is_in_march() {
        let child = [follow(born("2024-02-29"), None)];
        let forgets = |leap, today| forgetting(&Profile::default(), &child, leap, day(today)) == Forgetting::Reader;
        assert!(forgets(LeapRule::TwentyEighth, "2027-03-30"));
        assert!(!forgets(LeapRule::FirstOfMarch, "2027-03-30"));
        assert!(forgets(LeapRule::FirstOfMarch, "2027-03-31"));
    }

    #[test]
    fn thirty_days_after_a_block_everything_is_forgotten_whatever_is_followed() {
        let profile = Profile { away_on: Some(day("2026-11-22")), ..Profile::default() };
        let active = [follow(born("2026-01-01"), None)];
        assert_eq!(forgetting(&profile, &active, LeapRule::default(), day("2026-12-21")), Forgetting::Nothing);
        assert_eq!(forgetting(&profile, &active, LeapRule::default(), day("2026-12-22")), Forgetting::Reader);
    }

    #[test]
    fn somebody_who_has_not_registered_is_known_while_they_follow() {
        assert_eq!(on("2026-11-22", &[]), Forgetting::Nothing);
    }
}
