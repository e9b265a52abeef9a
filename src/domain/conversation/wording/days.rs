//! Days and ages as they are said.

use chrono::{Datelike, NaiveDate, Weekday};

use super::super::reading::dates::era_year;
use super::super::{Dates, ages};

/// 「3月1日（月）」
#[must_use]
pub fn day(day: NaiveDate) -> String {
    format!("{}月{}日（{}）", day.month(), day.day(), weekday(day))
}

/// 「2027年3月1日（月）」
#[must_use]
pub fn full_day(date: NaiveDate) -> String {
    format!("{}年{}", date.year(), day(date))
}

/// 「令和元年5月1日」
#[must_use]
pub fn era_day(day: NaiveDate) -> String {
    format!("{}{}月{}日", era_year(day), day.month(), day.day())
}

/// 「2027年3月1日」, for buttons.
#[must_use]
pub fn short_day(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// 「3月1日」
#[must_use]
pub fn month_and_day(day: NaiveDate) -> String {
    format!("{}月{}日", day.month(), day.day())
}

fn weekday(day: NaiveDate) -> char {
    match day.weekday() {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
    }
}

/// 「妊娠25週6日」, 「生まれて101日目（3か月）」; nothing where neither can be said, so that an
/// overdue pregnancy is not counted on.
#[must_use]
pub fn age(dates: Dates, today: NaiveDate) -> Option<String> {
    match dates {
        Dates::Due { due } => {
            let days = ages::gestation(today, due);
            let counted = (0..=ages::TERM_DAYS + ages::LAST_AFTER_DUE).contains(&days);
            counted.then(|| format!("妊娠{}週{}日", days / 7, days % 7))
        }
        Dates::Born { born } if born <= today => {
            Some(format!("生まれて{}日目（{}）", ages::ordinal(today, born), months(ages::months(today, born))))
        }
        Dates::Born { .. } => None,
    }
}

fn months(months: i64) -> String {
    match (months / 12, months % 12) {
        (0, months) => format!("{months}か月"),
        (years, 0) => format!("{years}歳"),
        (years, months) => format!("{years}歳{months}か月"),
    }
}

/// 「朝8時ごろ」, from minutes after midnight.
#[must_use]
pub fn time_of_day(minute: u16) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    let (part, hour) = match hour {
        0..=10 => ("朝", hour),
        11 | 12 => ("昼", hour),
        13..=17 => ("午後", hour - 12),
        _ => ("夜", hour.saturating_sub(12)),
    };
    if minute == 0 { format!("{part}{hour}時ごろ") } else { format!("{part}{hour}時{minute}分ごろ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_ages_are_said_as_families_count_them() {
        let today = date("2026-11-22");
        assert_eq!(day(date("2027-03-01")), "3月1日（月）");
        assert_eq!(age(Dates::Due { due: date("2027-03-01") }, today).unwrap(), "妊娠25週6日");
        assert_eq!(age(Dates::Born { born: date("2026-08-14") }, today).unwrap(), "生まれて101日目（3か月）");
        assert_eq!(age(Dates::Born { born: date("2025-09-22") }, today).unwrap(), "生まれて427日目（1歳2か月）");
        assert_eq!(age(Dates::Due { due: date("2026-11-08") }, today), None);
    }

    #[test]
    fn the_time_of_day_is_said_in_everyday_words() {
        assert_eq!(time_of_day(480), "朝8時ごろ");
        assert_eq!(time_of_day(720), "昼12時ごろ");
        assert_eq!(time_of_day(1215), "夜8時15分ごろ");
    }
}
