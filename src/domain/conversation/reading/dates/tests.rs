//! Every spelling of a date that people use.

use proptest::prelude::*;

use super::*;

const TODAY: &str = "2026-11-22";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read(text: &str) -> Option<Reading> {
    date(text, day(TODAY)).map(|typed| typed.reading)
}

fn one(text: &str) -> Option<Reading> {
    Some(Reading::Day(day(text)))
}

#[test]
fn a_date_is_read_in_every_spelling() {
    for text in [
        "2027/3/1",
        "2027/03/01",
        "2027-03-01",
        "2027.3.1",
        "2027年3月1日",
        "2027年3月1日です",
        "２０２７年３月１日",
        "２０２７／３／１",
        "20270301",
        "２０２７０３０１",
        "令和9年3月1日",
        "令和９年３月１日",
        "R9.3.1",
        "r9/3/1",
        "Ｒ９．３．１",
        "R9-3-1",
        "R09.03.01",
        "令9.3.1",
        "令和九年三月一日",
        "二〇二七年三月一日",
        "二千二十七年三月一日",
        "㋿9年3月1日",
        "2027年 3月 1日",
        " 2027 / 3 / 1 ",
        "2027 3 1",
        "2027年🌸3月1日👶",
        "2027、3、1",
        "2027。3。1",
        "2027年3月1日（月）",
        "2027年3月1日(月曜日)",
        "予定日は2027年3月1日です",
        "出産予定日：2027/3/1",
        "2027年3月1日予定",
        "2027年3月1日が予定日です。",
        "R9年3月1日",
        "2027年3月1日\n",
        "2027－03－01",
    ] {
        assert_eq!(read(text), one("2027-03-01"), "{text}");
    }
}

#[test]
fn the_words_around_a_date_say_what_it_is() {
    for (text, kind) in [
        ("予定日は2027年3月1日です", Some(Kind::Due)),
        ("2027年3月1日予定", Some(Kind::Due)),
        ("誕生日は2026年8月14日", Some(Kind::Born)),
        ("2026年8月14日生まれ", Some(Kind::Born)),
        ("2026年8月14日に生まれました", Some(Kind::Born)),
        ("きのう生まれました", Some(Kind::Born)),
        ("2026年8月14日", None),
    ] {
        assert_eq!(date(text, day(TODAY)).unwrap().kind, kind, "{text}");
    }
}

#[test]
fn a_day_that_no_calendar_has_is_called_so() {
    for text in [
        "２０２５年２月２９日",
        "令和7年2月30日",
        "2025/13/01",
        "13月1日",
        "2月30日",
        "2025-00-10",
        "20250229",
        "4/31",
        "0/5",
    ] {
        assert_eq!(read(text), Some(Reading::NotInCalendar), "{text}");
    }
}

#[test]
fn eras_end_and_begin_on_their_days() {
    assert_eq!(read("H31.4.30"), one("2019-04-30"));
    assert_eq!(read("平成31年4月30日"), one("2019-04-30"));
    assert_eq!(read("令和元年5月1日"), one("2019-05-01"));
    assert_eq!(read("令和1年5月1日"), one("2019-05-01"));
    assert_eq!(read("昭和64年1月7日"), one("1989-01-07"));
    assert_eq!(read("平成元年1月8日"), one("1989-01-08"));
    assert_eq!(read("平成31年5月1日"), Some(Reading::OneOf(vec![day("2019-05-01")], Doubt::Era)));
    assert_eq!(read("令和元年4月30日"), Some(Reading::OneOf(vec![day("2019-04-30")], Doubt::Era)));
    assert_eq!(read("昭和65年1月1日"), Some(Reading::NoSuchEraYear));
    assert_eq!(read("令和0年1月1日"), Some(Reading::NoSuchEraYear));
    assert_eq!(era_year(day("2019-05-01")), "令和元年");
    assert_eq!(era_year(day("2019-04-30")), "平成31年");
    assert_eq!(era_year(day("1989-01-07")), "昭和64年");
}

#[test]
fn a_year_that_nobody_can_mean_is_no_date() {
    for text in
        ["0227-03-01", "1899/12/31", "2101年1月1日", "99991231", "明治32年12月31日", "令和999年1月1日", "R83.1.1"]
    {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read("1900/1/1"), one("1900-01-01"));
    assert_eq!(read("2100-12-31"), one("2100-12-31"));
    assert_eq!(date("あした", day("2100-12-31")), None);
}

#[test]
fn a_picker_sends_its_days_in_one_spelling() {
    assert_eq!(picked("2027-03-01"), Some(day("2027-03-01")));
    for text in
        ["", "2027-3-1", "2027/03/01", "2027-02-30", "0000-00-00", "+2027-03-01", "12027-03-01", "2027-03-01T10:00"]
    {
        assert_eq!(picked(text), None, "{text}");
    }
}

#[test]
fn a_year_that_was_not_said_is_never_guessed() {
    for text in ["4/5", "4月5日", "四月五日", "04/05", "0405", "4-5", "４月５日です", "4月5日生まれ"] {
        assert_eq!(read(text), Some(Reading::MonthDay(4, 5)), "{text}");
    }
}

#[test]
fn two_digits_are_shown_with_every_year_they_can_mean() {
    let Some(Reading::OneOf(days, Doubt::Digits)) = read("05-04-25") else { panic!("not doubtful") };
    for possible in ["2005-04-25", "2023-04-25", "1993-04-25", "2025-04-05", "2025-05-04"] {
        assert!(days.contains(&day(possible)), "{possible}");
    }
    let Some(Reading::OneOf(days, _)) = read("9年3月1日") else { panic!("not doubtful") };
    assert!(days.contains(&day("2027-03-01")));
    assert!(matches!(read("270301"), Some(Reading::OneOf(days, _)) if days.contains(&day("2027-03-01"))));
}

#[test]
fn today_and_its_neighbours_are_read_against_today_and_shown() {
    for (text, expected) in [
        ("きょう", "2026-11-22"),
        ("今日です", "2026-11-22"),
        ("明日", "2026-11-23"),
        ("あした", "2026-11-23"),
        ("きのう", "2026-11-21"),
        ("昨日生まれました", "2026-11-21"),
        ("一昨日", "2026-11-20"),
        ("あさって", "2026-11-24"),
    ] {
        assert_eq!(read(text), Some(Reading::OneOf(vec![day(expected)], Doubt::Relative)), "{text}");
    }
}

#[test]
fn a_sentence_is_no_date() {
    for text in [
        "",
        " ",
        "令和元年",
        "4/5に健診があります",
        "3月ごろ",
        "2027年",
        "37.5",
        "熱が38.5度です",
        "00000000000",
        "あおちゃん",
        "1",
        "2027/3/1/4",
        "きょうは寒い",
        "👶",
        "1/2/3/4/5",
    ] {
        let reading = read(text);
        let asks = matches!(reading, None | Some(Reading::NotInCalendar));
        assert!(asks, "{text}: {reading:?}");
    }
}

#[test]
fn weeks_of_pregnancy_are_read() {
    for (text, days) in [
        ("8週3日", Some(59)),
        ("妊娠8週", Some(56)),
        ("８週０日です", Some(56)),
        ("八週三日", Some(59)),
        ("8w3d", Some(59)),
        ("妊娠 12 週 6 日", Some(90)),
        ("いま妊娠12週です", Some(84)),
        ("8週7日", None),
        ("8", None),
        ("3日", None),
    ] {
        assert_eq!(weeks(text), days, "{text}");
    }
}

fn spellings(day: NaiveDate) -> Vec<String> {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let mut all = vec![
        format!("{y}/{m}/{d}"),
        format!("{y:04}-{m:02}-{d:02}"),
        format!("{y}.{m}.{d}"),
        format!("{y}年{m}月{d}日"),
        format!("{y:04}{m:02}{d:02}"),
        format!("{y} {m} {d}"),
        format!("予定日は{y}年{m}月{d}日です"),
        wide(&format!("{y}年{m}月{d}日")),
        kanji(&format!("{y}年{m}月{d}日")),
        format!("{}{m}月{d}日", era_year(day)),
        kanji(&format!("{}{m}月{d}日", era_year(day))),
    ];
    let era = Era::of(day).unwrap();
    let year = y - era.begins.0 + 1;
    all.push(format!("{}{year}.{m}.{d}", era.letter.to_uppercase()));
    all.push(format!("{}{year}/{m}/{d}", &era.name[..3]));
    all
}

fn wide(text: &str) -> String {
    text.chars().map(|c| c.to_digit(10).map_or(c, |n| char::from_u32(0xFF10 + n).unwrap())).collect()
}

fn kanji(text: &str) -> String {
    let digits: Vec<char> = "〇一二三四五六七八九".chars().collect();
    text.chars().map(|c| c.to_digit(10).map_or(c, |n| digits[n as usize])).collect()
}

#[test]
fn every_day_of_two_centuries_reads_back_in_every_spelling() {
    let mut today = day("1900-01-01");
    while today <= day("2100-12-31") {
        for spelling in spellings(today) {
            assert_eq!(date(&spelling, today).map(|typed| typed.reading), Some(Reading::Day(today)), "{spelling}");
        }
        // A step that meets every day of the month and every month, and stays quick.
        today = today.checked_add_days(Days::new(11)).unwrap();
    }
}

proptest! {
    #[test]
    fn a_date_reads_back_in_every_spelling(days in 0u64..73_414) {
        let day = day("1900-01-01").checked_add_days(Days::new(days)).unwrap();
        for spelling in spellings(day) {
            prop_assert_eq!(date(&spelling, day).map(|typed| typed.reading), Some(Reading::Day(day)), "{}", spelling);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        let _ = date(&text, day(TODAY));
        let _ = weeks(&text);
    }

    #[test]
    fn anything_like_a_date_is_read_without_panic(text in "[0-9〇一二十百千年月日令和元平成RrHs/.\\- 、。]{0,24}") {
        let _ = date(&text, day(TODAY));
        let _ = weeks(&text);
    }
}
