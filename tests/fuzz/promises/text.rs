//! What people type: every reading of it ends, and a date that is read is one that can be meant.

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};
use hagukumi::content::{self, Source};
use hagukumi::domain::code::Code;
use hagukumi::domain::conversation::danger::DangerWords;
use hagukumi::domain::conversation::reading::dates::{self, Reading};
use hagukumi::domain::conversation::reading::nickname::nickname;
use hagukumi::domain::conversation::reading::{times, words};
use hagukumi::domain::family::Nickname;
use unicode_segmentation::UnicodeSegmentation as _;

static DANGER: LazyLock<DangerWords> =
    LazyLock::new(|| content::load(&Source::Embedded, None).expect("what ships can be read").library.danger);

/// Reads any bytes as everything a message can be: two that choose today, and the text.
pub fn holds(bytes: &[u8]) {
    let (first, rest) = bytes.split_at(bytes.len().min(2));
    let days = first.iter().fold(0, |days, byte| days * 256 + u64::from(*byte));
    let today = NaiveDate::from_ymd_opt(1925, 1, 1).and_then(|day| day.checked_add_days(Days::new(days)));
    let text = super::lossy(rest);
    a_date_can_be_meant(&text, today.expect("65,535 days later is still a day"));
    numbers_stay_in_their_bounds(&text);
    a_nickname_can_be_said(&text);
    if words::command(&text).is_some() {
        assert_eq!(words::command(&format!(" {text}。")), words::command(&text));
    }
    let _heard = DANGER.category(&text);
}

fn a_date_can_be_meant(text: &str, today: NaiveDate) {
    let Some(typed) = dates::date(text, today) else { return };
    match typed.reading {
        Reading::Day(day) => {
            assert!(super::is_believable(day), "{day}");
            reads_back(day, today);
        }
        Reading::OneOf(days, _) => {
            assert!(!days.is_empty() && days.iter().all(|day| super::is_believable(*day)), "{days:?}");
        }
        Reading::MonthDay(month, day) => assert!(NaiveDate::from_ymd_opt(2024, month, day).is_some()),
        Reading::NotInCalendar | Reading::NoSuchEraYear => {}
    }
}

fn reads_back(day: NaiveDate, today: NaiveDate) {
    let (y, m, d) = (day.year(), day.month(), day.day());
    for spelling in [
        format!("{y}/{m}/{d}"),
        format!("{y:04}{m:02}{d:02}"),
        format!("{y}年{m}月{d}日"),
        format!("{}{m}月{d}日", dates::era_year(day)),
    ] {
        let read = dates::date(&spelling, today).map(|typed| typed.reading);
        assert_eq!(read, Some(Reading::Day(day)), "{spelling}");
    }
}

fn numbers_stay_in_their_bounds(text: &str) {
    assert!(dates::weeks(text).is_none_or(|days| (0..700).contains(&days)));
    assert!(times::minute(text).is_none_or(|minute| minute <= 24 * 60));
    assert!(words::numbered(text).is_none_or(|number| number < 100));
    for code in [Code::read(text), Code::read_enquiry(text)].into_iter().flatten() {
        assert!(code.expose().is_ascii());
    }
}

fn a_nickname_can_be_said(text: &str) {
    let Ok(name) = nickname(text) else { return };
    let said = name.expose();
    assert!((1..=Nickname::MAX_GRAPHEMES).contains(&said.graphemes(true).count()));
    assert!(!said.chars().any(char::is_control));
    assert!(text.contains(said));
    assert!(nickname(said).is_ok_and(|again| again == name));
}
