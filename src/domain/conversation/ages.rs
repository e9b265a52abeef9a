//! Ages and anniversaries as the conversation says them. Pure arithmetic on civil days.

use chrono::{Datelike, Days, Months, NaiveDate};

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
    let apart = i64::from(day.year() - born.year()) * 12 + i64::from(day.month()) - i64::from(born.month());
    (if day.day() < born.day() { apart - 1 } else { apart }).max(0)
}

/// The `years`th birthday. A child of 29 February has it on 28 February in common years.
pub(super) fn birthday(born: NaiveDate, years: u32) -> NaiveDate {
    born.checked_add_months(Months::new(12 * years)).unwrap_or(NaiveDate::MAX)
}

/// The date of the same number three years before; the day after it is the earliest birth date.
pub(super) fn three_years_before(today: NaiveDate) -> NaiveDate {
    today.checked_sub_months(Months::new(36)).unwrap_or(NaiveDate::MIN)
}

/// `days` after `day`, or before it when negative; stays inside the calendar.
pub(super) fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    let moved = Days::new(days.unsigned_abs());
    let result = if days < 0 { day.checked_sub_days(moved) } else { day.checked_add_days(moved) };
    result.unwrap_or(day)
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
        assert_eq!(birthday(day("2024-02-29"), 3), day("2027-02-28"));
        assert_eq!(birthday(day("2024-02-29"), 4), day("2028-02-29"));
    }

    #[test]
    fn a_month_is_complete_on_the_same_day_of_the_next() {
        assert_eq!(months(day("2026-11-21"), day("2026-08-22")), 2);
        assert_eq!(months(day("2026-11-22"), day("2026-08-22")), 3);
    }
}
