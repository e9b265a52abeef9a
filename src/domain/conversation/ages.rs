//! Ages and anniversaries as the conversation says them. Pure arithmetic on civil days.

use chrono::{Months, NaiveDate};

use crate::domain::calendar::{LeapRule, days_after};
use crate::domain::child::BirthDate;

/// Length of a pregnancy in days: the due date is day 280 by definition.
pub(super) const TERM_DAYS: i64 = 280;
/// Days before the due date on which deliveries begin (4 weeks 0 days).
pub(super) const BEGIN_BEFORE_DUE: i64 = 252;
/// Days after the due date that still have a message (41 weeks 6 days).
pub(super) const LAST_AFTER_DUE: i64 = 13;
/// Days before the due date of 22 weeks 0 days. An earlier "birth" is met with the gentle path.
pub(super) const BIRTH_BEFORE_DUE: i64 = 126;

/// Whole days of gestation on `day`: negative before the pregnancy, 280 on the due date.
pub(super) fn gestation(day: NaiveDate, due: NaiveDate) -> i64 {
    TERM_DAYS - (due - day).num_days()
}

/// 「生まれて〇日目」: the birth date is 1.
pub(super) fn ordinal(day: NaiveDate, born: NaiveDate) -> i64 {
    (day - born).num_days() + 1
}

/// Whole calendar months since birth, 0 before the first is complete.
pub(super) fn months(day: NaiveDate, born: NaiveDate) -> i64 {
    BirthDate::kept(born).months(day).map_or(0, i64::from)
}

/// The third birthday, with which everything ends.
pub(super) fn last_birthday(born: NaiveDate, leap: LeapRule) -> NaiveDate {
    BirthDate::kept(born).birthday(BirthDate::LAST_BIRTHDAY, leap)
}

/// The earliest birth date whose third birthday is still to come.
pub(super) fn earliest_birth(today: NaiveDate, leap: LeapRule) -> NaiveDate {
    let years_before = today.checked_sub_months(Months::new(36)).unwrap_or(NaiveDate::MIN);
    // The two days after it, since 29 February may have its birthday on either side.
    let near = [plus(years_before, 1), plus(years_before, 2)];
    near.into_iter().find(|born| last_birthday(*born, leap) > today).unwrap_or(near[1])
}

/// `days` after `day`, or before it when negative; stays inside the calendar.
pub(super) fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    days_after(day, days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_due_date_is_day_280_and_the_birth_date_is_the_first_day() {
        assert_eq!(gestation(day("2026-11-22"), day("2027-03-01")), 25 * 7 + 6);
        assert_eq!(ordinal(day("2026-07-09"), day("2026-04-01")), 100);
    }

    #[test]
    fn a_child_of_29_february_has_its_birthday_on_the_28th_in_common_years() {
        assert_eq!(last_birthday(day("2024-02-29"), LeapRule::TwentyEighth), day("2027-02-28"));
        assert_eq!(last_birthday(day("2024-02-29"), LeapRule::FirstOfMarch), day("2027-03-01"));
    }

    #[test]
    fn the_earliest_birth_date_is_the_first_whose_third_birthday_is_to_come() {
        for leap in [LeapRule::TwentyEighth, LeapRule::FirstOfMarch] {
            let mut today = day("2026-01-01");
            while today < day("2029-01-01") {
                let earliest = earliest_birth(today, leap);
                assert!(last_birthday(earliest, leap) > today, "{today} {leap:?}");
                assert!(last_birthday(plus(earliest, -1), leap) <= today, "{today} {leap:?}");
                today = plus(today, 1);
            }
        }
    }

    #[test]
    fn a_month_is_complete_on_the_same_day_of_the_next() {
        assert_eq!(months(day("2026-11-21"), day("2026-08-22")), 2);
        assert_eq!(months(day("2026-11-22"), day("2026-08-22")), 3);
    }
}
