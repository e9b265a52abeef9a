//! How old a child is.
//!
//! Two ways of counting days are in use, and mixing them is a day's mistake:
//!
//! - 「生まれて〇日目」 ([`BirthDate::day_count`]) calls the birth date 1. Messages count this way.
//! - 「生後〇日」 ([`BirthDate::days_since_birth`]) calls it 0. Medicine counts this way.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use super::calendar::{LeapRule, anniversary, days_after, days_between, months_after};

/// The civil day of a birth.
///
/// Personal: its `Debug` form does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BirthDate(NaiveDate);

/// Why a date cannot be the birth date of a child that is accompanied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BirthDateError {
    /// After today.
    #[error("the birth date lies in the future")]
    InTheFuture,
    /// The third birthday, on which the programme ends, has come.
    #[error("the child has turned three")]
    TurnedThree,
}

impl BirthDate {
    /// The programme ends on this birthday.
    pub const LAST_BIRTHDAY: u8 = 3;

    /// The birth date a reader gives on `today`.
    ///
    /// # Errors
    ///
    /// [`BirthDateError`] unless `today` lies from the birth date to the day before the third birthday.
    pub fn given_on(today: NaiveDate, date: NaiveDate, rule: LeapRule) -> Result<Self, BirthDateError> {
        let born = Self(date);
        if date > today {
            Err(BirthDateError::InTheFuture)
        } else if today >= born.birthday(Self::LAST_BIRTHDAY, rule) {
            Err(BirthDateError::TurnedThree)
        } else {
            Ok(born)
        }
    }

    /// A birth date that was checked when it was given, and kept since.
    #[must_use]
    pub const fn kept(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The civil day. For messages and sealing only.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// 「生まれて〇日目」 on `day`: 1 on the birth date itself, `None` before it.
    #[must_use]
    pub fn day_count(self, day: NaiveDate) -> Option<u32> {
        self.days_since_birth(day).map(|days| days + 1)
    }

    /// 「生後〇日」 on `day`: 0 on the birth date itself, `None` before it.
    #[must_use]
    pub fn days_since_birth(self, day: NaiveDate) -> Option<u32> {
        u32::try_from(days_between(self.0, day)).ok()
    }

    /// The day that is 「生まれて〇日目」 for that count, from 1.
    #[must_use]
    pub fn day_of(self, day_count: u16) -> NaiveDate {
        days_after(self.0, i64::from(day_count) - 1)
    }

    /// The birthday on which the child turns `years`.
    #[must_use]
    pub fn birthday(self, years: u8, rule: LeapRule) -> NaiveDate {
        anniversary(self.0, u32::from(years), rule)
    }

    /// Whole years on `day`, counted from birthday to birthday; `None` before the birth.
    #[must_use]
    pub fn years(self, day: NaiveDate, rule: LeapRule) -> Option<u32> {
        let most = u32::try_from(day.year() - self.0.year()).ok()?;
        (0..=most).rev().find(|years| anniversary(self.0, *years, rule) <= day)
    }

    /// Whole months on `day`, clipped to the end of short months; `None` before the birth.
    #[must_use]
    pub fn months(self, day: NaiveDate) -> Option<u32> {
        let calendar_months = (day.year() - self.0.year()) * 12 + day.month0() as i32 - self.0.month0() as i32;
        let most = u32::try_from(calendar_months).ok()?;
        [Some(most), most.checked_sub(1)].into_iter().flatten().find(|months| months_after(self.0, *months) <= day)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn born(text: &str) -> BirthDate {
        BirthDate::kept(date(text))
    }

    #[test]
    fn a_child_born_on_1_april_is_100_days_old_on_9_july_in_greetings_and_99_in_medicine() {
        for year in [1900, 2000, 2025, 2028, 2100] {
            let child = born(&format!("{year}-04-01"));
            let day = date(&format!("{year}-07-09"));
            assert_eq!(child.day_count(day), Some(100));
            assert_eq!(child.days_since_birth(day), Some(99));
            assert_eq!(child.day_of(100), day);
        }
    }

    #[test]
    fn the_birth_date_is_day_1_and_the_day_before_is_none() {
        assert_eq!(born("2026-04-01").day_count(date("2026-04-01")), Some(1));
        assert_eq!(born("2026-04-01").days_since_birth(date("2026-04-01")), Some(0));
        assert_eq!(born("2026-04-01").day_count(date("2026-03-31")), None);
    }

    #[test]
    fn the_day_count_rises_by_one_each_civil_day_from_1900_to_2100() {
        let child = born("1900-01-01");
        let mut day = date("1900-01-01");
        for count in 1..=73_414 {
            assert_eq!(child.day_count(day), Some(count), "{day}");
            day = days_after(day, 1);
        }
        assert_eq!(day, date("2101-01-01"));
    }

    #[test]
    fn years_and_months_are_completed_on_their_anniversary() {
        let child = born("2024-02-29");
        assert_eq!(child.years(date("2025-02-27"), LeapRule::TwentyEighth), Some(0));
        assert_eq!(child.years(date("2025-02-28"), LeapRule::TwentyEighth), Some(1));
        assert_eq!(child.years(date("2025-02-28"), LeapRule::FirstOfMarch), Some(0));
        assert_eq!(child.years(date("2024-02-28"), LeapRule::FirstOfMarch), None);
        assert_eq!(born("2026-01-31").months(date("2026-02-27")), Some(0));
        assert_eq!(born("2026-01-31").months(date("2026-02-28")), Some(1));
        assert_eq!(born("2026-01-31").months(date("2027-01-30")), Some(11));
        assert_eq!(born("2026-01-31").months(date("2026-01-30")), None);
    }

    #[test]
    fn a_birth_date_is_today_at_the_latest_and_before_the_third_birthday() {
        let today = date("2026-11-22");
        let given = |today, born| BirthDate::given_on(today, born, LeapRule::default());
        assert!(given(today, today).is_ok());
        assert!(given(today, date("2023-11-23")).is_ok());
        assert_eq!(given(today, date("2023-11-22")), Err(BirthDateError::TurnedThree));
        assert_eq!(given(today, date("2026-11-23")), Err(BirthDateError::InTheFuture));
        let leap_day = |rule| BirthDate::given_on(date("2027-02-28"), date("2024-02-29"), rule);
        assert_eq!(leap_day(LeapRule::TwentyEighth), Err(BirthDateError::TurnedThree));
        assert!(leap_day(LeapRule::FirstOfMarch).is_ok());
    }

    #[test]
    fn a_birth_date_does_not_show_itself_when_debugged() {
        assert_eq!(format!("{:?}", born("2026-04-23")), "BirthDate(…)");
    }
}
