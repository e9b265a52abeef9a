//! How long a reader is known: thirty days after the end (design §13; the consent card promises it).
//!
//! The *end* is a block, the stop of everything a reader follows, or the third birthday of the last
//! child. Until then the day is not worked out at all: written beside a row it would be a birth date.

use chrono::{NaiveDate, NaiveTime};

use super::account::Account;
use super::calendar::{LeapRule, anniversary, days_after};
use super::family::{Follow, Journey, Profile};

/// Days from the end to forgetting.
pub const KEPT_DAYS: i64 = 30;
/// The birthday that ends a childhood here.
const LAST_BIRTHDAY: u32 = 3;

/// The moment (milliseconds since 1970) from which nothing may be known of the reader any more; `None`
/// while the accompaniment goes on, or has not begun.
#[must_use]
pub fn forget_at(account: &Account, profile: &Profile, follows: &[Follow], now: i64) -> Option<i64> {
    let day = forget_on(profile.away_on, follows, account.civil(now).date())?;
    Some(account.ms(day.and_time(NaiveTime::MIN)))
}

fn forget_on(away_on: Option<NaiveDate>, follows: &[Follow], today: NaiveDate) -> Option<NaiveDate> {
    if let Some(away_on) = away_on {
        return Some(days_after(away_on, KEPT_DAYS));
    }
    let ends: Option<Vec<NaiveDate>> = follows.iter().map(end_of).collect();
    let end = ends?.into_iter().max().filter(|end| *end <= today)?;
    Some(days_after(end, KEPT_DAYS))
}

/// The day on which this child's letters end for this reader, if that is known.
fn end_of(follow: &Follow) -> Option<NaiveDate> {
    let own = follow.stopped.map(|stop| stop.on);
    let journey = match follow.child.journey {
        Journey::Expected { .. } => None,
        Journey::Born { born, .. } => Some(anniversary(born, LAST_BIRTHDAY, LeapRule::default())),
        Journey::Stopped { on, .. } => Some(on),
    };
    // Whatever came first ended it.
    [own, journey].into_iter().flatten().min()
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

    fn forgotten(follows: &[Follow], today: &str) -> Option<NaiveDate> {
        forget_on(None, follows, day(today))
    }

    #[test]
    fn while_one_child_is_accompanied_nothing_is_forgotten() {
        let stopped = follow(born("2024-01-01"), Some("2026-02-01"));
        let active = follow(born("2026-01-01"), None);
        assert_eq!(forgotten(&[stopped, active], "2026-11-22"), None);
        assert_eq!(forgotten(&[follow(Journey::Expected { due: day("2026-12-01") }, None)], "2026-11-22"), None);
    }

    #[test]
    fn thirty_days_after_the_last_stop_or_the_third_birthday_everything_is() {
        let stopped = follow(born("2026-01-01"), Some("2026-11-22"));
        assert_eq!(forgotten(&[stopped], "2026-11-22"), Some(day("2026-12-22")));
        let finished = follow(born("2023-11-22"), None);
        assert_eq!(forgotten(&[finished], "2026-11-22"), Some(day("2026-12-22")));
    }

    #[test]
    fn thirty_days_after_a_block_whatever_is_followed() {
        let active = [follow(born("2026-01-01"), None)];
        let on = forget_on(Some(day("2026-11-22")), &active, day("2026-11-22"));
        assert_eq!(on, Some(day("2026-12-22")));
    }

    #[test]
    fn somebody_who_has_not_registered_is_known_while_they_follow() {
        assert_eq!(forgotten(&[], "2026-11-22"), None);
    }
}
