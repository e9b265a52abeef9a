//! How far along a pregnancy is.
//!
//! A *due date* is 40 weeks 0 days by definition; everything else is read backwards from it. Whether
//! a child is born is never inferred from a date: a person says so.

use std::fmt;

use chrono::NaiveDate;
use thiserror::Error;

use super::calendar::{days_after, days_between};

/// The expected day of birth: day 280 of the pregnancy.
///
/// Personal: its `Debug` form does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueDate(NaiveDate);

/// Why a date cannot be the due date of a pregnancy that is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DueDateError {
    /// More than [`DueDate::LONGEST_PAST`] days ago: 42 weeks have passed.
    #[error("the due date lies more than 13 days back")]
    TooLongAgo,
    /// More than [`DueDate::FARTHEST_AHEAD`] days ahead: nobody is pregnant yet.
    #[error("the due date lies more than 280 days ahead")]
    TooFarAhead,
}

impl DueDate {
    /// A due date may lie this many days back: 41 weeks 6 days, the last day of the programme.
    pub const LONGEST_PAST: i64 = 13;
    /// A due date may lie this many days ahead: the first day of the pregnancy.
    pub const FARTHEST_AHEAD: i64 = 280;

    /// The due date a reader gives on `today`.
    ///
    /// # Errors
    ///
    /// [`DueDateError`] unless it lies from 13 days back to 280 days ahead.
    pub fn given_on(today: NaiveDate, date: NaiveDate) -> Result<Self, DueDateError> {
        let ahead = days_between(today, date);
        if ahead < -Self::LONGEST_PAST {
            Err(DueDateError::TooLongAgo)
        } else if ahead > Self::FARTHEST_AHEAD {
            Err(DueDateError::TooFarAhead)
        } else {
            Ok(Self(date))
        }
    }

    /// A due date that was checked when it was given, and kept since.
    #[must_use]
    pub const fn kept(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The civil day. For messages and sealing only.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The first day of the last menstrual period: 0 weeks 0 days.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        days_after(self.0, -i64::from(GestationalAge::DUE_DAY))
    }

    /// The day that is that many days along.
    #[must_use]
    pub fn day_of(self, days: u16) -> NaiveDate {
        days_after(self.first_day(), i64::from(days))
    }
}

impl fmt::Debug for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DueDate(…)")
    }
}

/// How far along a pregnancy is, in whole days since the first day of the last menstrual period.
///
/// The due date is day 280 by definition, so an age is read backwards from it. Clinics say the same
/// number as weeks and days: day 143 is 「20週3日」. Valid ages run from 0 to
/// [`GestationalAge::LAST_DAY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GestationalAge {
    days: u16,
}

/// Why a day has no gestational age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PregnancyError {
    /// Before day 0.
    #[error("the pregnancy has not started on that day")]
    NotYetStarted,
    /// After [`GestationalAge::LAST_DAY`].
    #[error("42 weeks have passed on that day")]
    Overdue,
}

impl GestationalAge {
    /// The due date: 40 weeks 0 days.
    pub const DUE_DAY: u16 = 280;
    /// 41 weeks 6 days, the last day of the programme.
    pub const LAST_DAY: u16 = 293;
    /// 42 weeks 0 days. From here on a pregnancy counts as post-term (過期); one neutral card asks how
    /// to go on, and nothing else is sent.
    pub const POST_TERM: u16 = 294;
    /// 37 weeks 0 days. A birth before is preterm (早産).
    pub const TERM: u16 = 259;

    /// The age on `day` of the pregnancy that is due on `due`.
    ///
    /// # Errors
    ///
    /// [`PregnancyError::NotYetStarted`] before day 0, and [`PregnancyError::Overdue`] after
    /// [`GestationalAge::LAST_DAY`].
    pub fn on(day: NaiveDate, due: DueDate) -> Result<Self, PregnancyError> {
        let days = days_between(due.first_day(), day);
        if days > i64::from(Self::LAST_DAY) {
            return Err(PregnancyError::Overdue);
        }
        u16::try_from(days).map(|days| Self { days }).map_err(|_| PregnancyError::NotYetStarted)
    }

    /// Days since day 0.
    #[must_use]
    pub const fn in_days(self) -> u16 {
        self.days
    }

    /// Whole weeks: 20 of 「20週3日」.
    #[must_use]
    pub const fn weeks(self) -> u16 {
        self.days / 7
    }

    /// Days beyond whole weeks, 0 to 6: 3 of 「20週3日」.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.days % 7
    }
}

/// Whether a birth on `born` was before 37 weeks 0 days.
#[must_use]
pub fn is_preterm(born: NaiveDate, due: DueDate) -> bool {
    born < due.day_of(GestationalAge::TERM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn said(day: &str, due: &str) -> (u16, u16) {
        let age = GestationalAge::on(date(day), DueDate::kept(date(due))).unwrap();
        (age.weeks(), age.days())
    }

    #[test]
    fn weeks_and_days_are_those_of_the_clinic() {
        // A period that began on 1 January of a common year, and two public tables of due dates.
        for (day, weeks) in [("2026-03-26", 12), ("2026-06-04", 22), ("2026-09-17", 37), ("2026-10-08", 40)] {
            assert_eq!(said(day, "2026-10-08"), (weeks, 0), "{day}");
        }
        assert_eq!(said("2026-01-29", "2026-04-23"), (28, 0));
        assert_eq!(said("2026-04-01", "2026-04-23"), (36, 6));
        assert_eq!(said("2025-08-14", "2026-04-23"), (4, 0));
        assert_eq!(said("2026-05-06", "2026-04-23"), (41, 6));
    }

    #[test]
    fn the_age_rises_by_one_each_civil_day_from_0_to_41_weeks_6_days() {
        for due in ["1900-03-01", "2000-02-29", "2024-03-01", "2100-12-31"].map(date) {
            let due = DueDate::kept(due);
            for days in 0..=GestationalAge::LAST_DAY {
                assert_eq!(GestationalAge::on(due.day_of(days), due).unwrap().in_days(), days);
            }
            assert_eq!(GestationalAge::on(days_after(due.first_day(), -1), due), Err(PregnancyError::NotYetStarted));
            assert_eq!(GestationalAge::on(due.day_of(294), due), Err(PregnancyError::Overdue));
        }
    }

    #[test]
    fn a_due_date_lies_between_13_days_back_and_280_days_ahead() {
        let today = date("2026-11-22");
        assert!(DueDate::given_on(today, date("2026-11-09")).is_ok());
        assert!(DueDate::given_on(today, date("2027-08-29")).is_ok());
        assert_eq!(DueDate::given_on(today, date("2026-11-08")), Err(DueDateError::TooLongAgo));
        assert_eq!(DueDate::given_on(today, date("2027-08-30")), Err(DueDateError::TooFarAhead));
    }

    #[test]
    fn every_accepted_due_date_has_an_age_today() {
        let today = date("2028-02-29");
        for days in -DueDate::LONGEST_PAST..=DueDate::FARTHEST_AHEAD {
            let due = DueDate::given_on(today, days_after(today, days)).unwrap();
            assert!(GestationalAge::on(today, due).is_ok());
        }
    }

    #[test]
    fn a_birth_at_36_weeks_6_days_is_preterm_and_at_37_weeks_it_is_not() {
        let due = DueDate::kept(date("2026-04-23"));
        assert!(is_preterm(date("2026-04-01"), due));
        assert!(!is_preterm(date("2026-04-02"), due));
    }

    #[test]
    fn a_due_date_does_not_show_itself_when_debugged() {
        assert_eq!(format!("{:?}", DueDate::kept(date("2026-04-23"))), "DueDate(…)");
    }
}
