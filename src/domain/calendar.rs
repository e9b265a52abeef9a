//! Civil days, the account's zone, and anniversaries.
//!
//! A *civil day* is a [`NaiveDate`] in the account's zone; a *civil time* is a [`NaiveDateTime`]
//! there. An *instant* is a moment of the world in UTC.
//!
//! - **Day arithmetic is done on civil dates only**, never with seconds.
//! - **The zone is a fixed offset.** Japan has had no summer time since 1951, and the host's zone
//!   says nothing about the families.
//! - **Anniversaries go by the calendar**, not by 365 days.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// Japan's time, nine hours ahead of UTC: the zone of an account that names no other.
pub const JST: FixedOffset = FixedOffset::east_opt(9 * 3600).expect("nine hours are less than a day");

/// The civil time at that instant.
#[must_use]
pub fn civil(instant: DateTime<Utc>, zone: FixedOffset) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// The instant of that civil time.
#[must_use]
pub fn instant(civil: NaiveDateTime, zone: FixedOffset) -> DateTime<Utc> {
    let local = zone.from_local_datetime(&civil).single().expect("a fixed offset has each civil time exactly once");
    local.with_timezone(&Utc)
}

/// When somebody born on 29 February has a birthday in a common year. A setting of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeapRule {
    /// On 28 February, at whose end the law counts the year as completed.
    #[default]
    TwentyEighth,
    /// On 1 March.
    FirstOfMarch,
}

/// The `years`-th anniversary of `date`, by the calendar. Stays within the years chrono knows.
#[must_use]
pub fn anniversary(date: NaiveDate, years: u32, rule: LeapRule) -> NaiveDate {
    let clipped = months_after(date, years.saturating_mul(12));
    match rule {
        // Only 29 February is ever clipped by whole years.
        LeapRule::FirstOfMarch if clipped.day() < date.day() => days_after(clipped, 1),
        LeapRule::FirstOfMarch | LeapRule::TwentyEighth => clipped,
    }
}

/// The same day of the month `months` later, or that month's last day where it is shorter: a month
/// after 31 January is 28 or 29 February, as the law counts.
#[must_use]
pub fn months_after(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The day `days` after `date`; negative looks back. Stays within the years chrono knows.
#[must_use]
pub fn days_after(date: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(distance).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_days(distance).unwrap_or(NaiveDate::MAX)
    }
}

/// Whole civil days from `start` to `end`; negative when `end` is earlier.
#[must_use]
pub fn days_between(start: NaiveDate, end: NaiveDate) -> i64 {
    end.signed_duration_since(start).num_days()
}

/// How a day is said in a talk: 「3月1日（月）」.
#[must_use]
pub fn in_words(date: NaiveDate) -> String {
    format!("{}月{}日（{}）", date.month(), date.day(), weekday_in_words(date.weekday()))
}

/// How a day is said where the year matters: 「2027年3月1日（月）」.
#[must_use]
pub fn in_words_with_year(date: NaiveDate) -> String {
    format!("{}年{}", date.year(), in_words(date))
}

/// 「月」 for Monday.
#[must_use]
pub const fn weekday_in_words(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_civil_day_in_japan_begins_at_three_in_the_afternoon_utc() {
        let before: DateTime<Utc> = "2026-11-21T14:59:59Z".parse().unwrap();
        let after: DateTime<Utc> = "2026-11-21T15:00:00Z".parse().unwrap();
        assert_eq!(civil(before, JST).date(), date("2026-11-21"));
        assert_eq!(civil(after, JST).date(), date("2026-11-22"));
        assert_eq!(instant(civil(after, JST), JST), after);
    }

    #[test]
    fn a_child_of_29_february_has_a_birthday_every_year() {
        let born = date("2024-02-29");
        assert_eq!(anniversary(born, 1, LeapRule::TwentyEighth), date("2025-02-28"));
        assert_eq!(anniversary(born, 1, LeapRule::FirstOfMarch), date("2025-03-01"));
        for rule in [LeapRule::TwentyEighth, LeapRule::FirstOfMarch] {
            assert_eq!(anniversary(born, 4, rule), date("2028-02-29"));
        }
        // 2100 is a common year.
        assert_eq!(anniversary(date("2096-02-29"), 4, LeapRule::FirstOfMarch), date("2100-03-01"));
    }

    #[test]
    fn only_29_february_asks_for_the_rule() {
        let mut born = date("1999-01-01");
        while born < date("2005-01-01") {
            if (born.month(), born.day()) != (2, 29) {
                let both = [LeapRule::TwentyEighth, LeapRule::FirstOfMarch].map(|rule| anniversary(born, 1, rule));
                assert_eq!(both[0], both[1], "{born}");
                assert_eq!((both[0].month(), both[0].day()), (born.month(), born.day()));
            }
            born = days_after(born, 1);
        }
    }

    #[test]
    fn a_month_after_the_last_of_january_is_the_last_of_february() {
        assert_eq!(months_after(date("2026-01-31"), 1), date("2026-02-28"));
        assert_eq!(months_after(date("2028-01-31"), 1), date("2028-02-29"));
        assert_eq!(months_after(date("1900-01-31"), 1), date("1900-02-28"));
    }

    #[test]
    fn month_anniversaries_never_go_back_and_never_leave_their_month() {
        for born in ["1899-12-31", "1999-12-31", "2024-02-29", "2025-08-30"].map(date) {
            for months in 1..60 {
                let (last, this) = (months_after(born, months - 1), months_after(born, months));
                assert!(last < this);
                assert_eq!((last.month0() + 1) % 12, this.month0());
            }
        }
    }

    #[test]
    fn days_are_said_as_in_a_letter() {
        assert_eq!(in_words(date("2027-03-01")), "3月1日（月）");
        assert_eq!(in_words_with_year(date("2026-11-22")), "2026年11月22日（日）");
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        assert_eq!(days_after(NaiveDate::MAX, 1), NaiveDate::MAX);
        assert_eq!(days_after(NaiveDate::MIN, -1), NaiveDate::MIN);
        assert_eq!(anniversary(NaiveDate::MAX, 3, LeapRule::FirstOfMarch), NaiveDate::MAX);
    }
}
