//! Dates and weeks of pregnancy, as people type them.
//!
//! Only a whole message that is a date is read, with an opening such as 「予定日は」 and a closing such
//! as 「です」. What is certain is [`Reading::Day`]; everything else is shown to the reader first.
//! A day outside [`YEARS`] is a slip of the finger and is read as nothing.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};
use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use super::super::state::Doubt;
use super::numerals;

/// What a typed date can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// This day and no other.
    Day(NaiveDate),
    /// One of these days; it is to be shown and asked. Never empty.
    OneOf(Vec<NaiveDate>, Doubt),
    /// A month and a day of a year that was not said.
    MonthDay(u32, u32),
    /// No calendar has such a day.
    NotInCalendar,
    /// That era never had so many years.
    NoSuchEraYear,
}

/// A typed date, and what the words around it say it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The date.
    pub reading: Reading,
    /// Whether it was called a due date or a birth date.
    pub kind: Option<Kind>,
}

/// How a pattern's finding is read; `None` when it is none that anybody can mean.
type Read = fn(&Captures<'_>) -> Option<Reading>;

/// Years of days that anybody can mean.
pub const YEARS: RangeInclusive<i32> = 1900..=2100;

/// What a date is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 「予定日」
    Due,
    /// 「誕生日」
    Born,
}

const OPENING: &str = r"(?:(?P<due>(?:出産)?予定日)|(?P<born>誕生日|生年月日|たんじょうび))?(?:は|が|:)?\s*";
const CLOSING: &str = r"\s*(?:\(?[月火水木金土日](?:曜日?)?\)?)?\s*(?:(?P<due2>予定日?|が?(?:出産)?予定日)|(?P<born2>に?(?:生まれ(?:ました|た)?|うまれ(?:ました|た)?|産まれ(?:ました|た)?)))?\s*(?:です|でした|だよ|頃|ごろ)?\s*$";
const SEPARATOR: &str = r"\s*[/\-.,\s‐−–—]\s*";

fn pattern(body: &str) -> Regex {
    let body = body.replace("SEP", SEPARATOR);
    Regex::new(&format!("^{OPENING}{body}{CLOSING}")).expect("the patterns of this file are tested")
}

static FULL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<y>\d{4})(?:\s*年\s*|SEP)(?P<m>\d{1,2})(?:\s*月\s*|SEP)(?P<d>\d{1,2})\s*日?"));
static PACKED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"));
static ERA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<era>明治|大正|昭和|平成|令和|明|大|昭|平|令|[mtshr])\s*\.?\s*(?P<y>元|\d{1,3})(?:\s*年\s*|SEP)(?P<m>\d{1,2})(?:\s*月\s*|SEP)(?P<d>\d{1,2})\s*日?",
    )
});
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"'?(?P<y>\d{1,2})(?:\s*年\s*|SEP)(?P<m>\d{1,2})(?:\s*月\s*|SEP)(?P<d>\d{1,2})\s*日?"));
static SIX: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<m>\d{1,2})(?:\s*月\s*|SEP)(?P<d>\d{1,2})\s*日?"));
static FOUR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<m>\d{2})(?P<d>\d{2})"));
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<word>きょう|今日|本日|明日|あした|あす|きのう|昨日|一昨日|おととい|おとつい|明後日|あさって)(?:は|が)?",
    )
});
static WEEKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:いま|今|きょう|今日)?(?:は|で)?\s*(?:妊娠|にんしん)?\s*(?P<w>\d{1,2})\s*(?:週目?|しゅう|w)\s*(?:と|の)?\s*(?:(?P<d>\d)\s*(?:日目?|にち|d)?)?\s*(?:です|でした|ぐらい|くらい)?$")
        .expect("the pattern is tested")
});

/// The date that a whole message is, if it is one.
#[must_use]
pub fn date(text: &str, today: NaiveDate) -> Option<Typed> {
    let text = plain(text);
    // Before the numerals become digits: 一昨日 is no number.
    if let Some(found) = RELATIVE.captures(&text) {
        let reading = relative(&found["word"], today);
        return reading.map(|reading| Typed { reading, kind: kind(&found) });
    }
    let text = numerals::in_digits(&text);
    let readers: [(&Regex, Read); 7] = [
        (&FULL, full),
        (&PACKED, full),
        (&ERA, era),
        (&SHORT, short),
        (&SIX, short),
        (&MONTH_DAY, month_day),
        (&FOUR, month_day),
    ];
    readers.into_iter().find_map(|(pattern, read)| {
        let found = pattern.captures(&text)?;
        Some(Typed { reading: read(&found)?, kind: kind(&found) })
    })
}

/// The day that a date picker sent: `2027-03-01`, in [`YEARS`]; anything else was written by hand.
#[must_use]
pub fn picked(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text && can_be_meant(&day)).then_some(day)
}

/// Whole days of gestation that a message such as 「妊娠8週3日」 says, 0 to 699.
#[must_use]
pub fn weeks(text: &str) -> Option<i64> {
    let text = numerals::in_digits(&plain(text));
    let found = WEEKS.captures(&text)?;
    let days = found.name("d").map_or(Some(0), |days| days.as_str().parse::<i64>().ok())?;
    (days < 7).then_some(found["w"].parse::<i64>().ok()? * 7 + days)
}

/// NFKC, lower case, one space for every stretch of spaces and emoji, 元号 squares opened.
fn plain(text: &str) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || "/-.,:()'‐−–—".contains(letter);
    let spaced = text.nfkc().flat_map(char::to_lowercase).map(|letter| match letter {
        '、' | '。' => '.',
        other if kept(other) => other,
        _ => ' ',
    });
    let spaced: String = spaced.collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_end_matches(['.', ' ']).to_owned()
}

fn kind(found: &Captures<'_>) -> Option<Kind> {
    let said = |names: [&str; 2]| names.iter().any(|name| found.name(name).is_some());
    match (said(["due", "due2"]), said(["born", "born2"])) {
        (true, false) => Some(Kind::Due),
        (false, true) => Some(Kind::Born),
        _ => None,
    }
}

fn number(found: &Captures<'_>, name: &str) -> u32 {
    found.name(name).and_then(|digits| digits.as_str().parse().ok()).unwrap_or(0)
}

fn day(year: i32, found: &Captures<'_>) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, number(found, "m"), number(found, "d"))
}

fn can_be_meant(day: &NaiveDate) -> bool {
    YEARS.contains(&day.year())
}

fn full(found: &Captures<'_>) -> Option<Reading> {
    let year = i32::try_from(number(found, "y")).unwrap_or(0);
    let Some(day) = day(year, found) else { return Some(Reading::NotInCalendar) };
    can_be_meant(&day).then_some(Reading::Day(day))
}

/// A Japanese era.
struct Era {
    name: &'static str,
    letter: &'static str,
    /// Its first day: year, month, day.
    begins: (i32, u32, u32),
    /// The number of its last year; none for the present one.
    last_year: Option<u32>,
}

const ERAS: [Era; 5] = [
    Era { name: "明治", letter: "m", begins: (1868, 1, 25), last_year: Some(45) },
    Era { name: "大正", letter: "t", begins: (1912, 7, 30), last_year: Some(15) },
    Era { name: "昭和", letter: "s", begins: (1926, 12, 25), last_year: Some(64) },
    Era { name: "平成", letter: "h", begins: (1989, 1, 8), last_year: Some(31) },
    Era { name: "令和", letter: "r", begins: (2019, 5, 1), last_year: None },
];

impl Era {
    fn first_day(&self) -> NaiveDate {
        let (year, month, day) = self.begins;
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX)
    }

    fn of(day: NaiveDate) -> Option<&'static Self> {
        ERAS.iter().rev().find(|era| era.first_day() <= day)
    }
}

fn era(found: &Captures<'_>) -> Option<Reading> {
    let said = &found["era"];
    let era = ERAS.iter().find(|era| era.name.starts_with(said) || era.letter == said)?;
    let year = if &found["y"] == "元" { 1 } else { number(found, "y") };
    if year == 0 || era.last_year.is_some_and(|last| year > last) {
        return Some(Reading::NoSuchEraYear);
    }
    let year = era.begins.0 - 1 + i32::try_from(year).unwrap_or(0);
    let Some(day) = day(year, found) else { return Some(Reading::NotInCalendar) };
    let reigns = Era::of(day).is_some_and(|now| now.name == era.name);
    let reading = if reigns { Reading::Day(day) } else { Reading::OneOf(vec![day], Doubt::Era) };
    can_be_meant(&day).then_some(reading)
}

/// The era and year of a day, for saying it: 「令和9年」, 「令和元年」.
#[must_use]
pub fn era_year(day: NaiveDate) -> String {
    match Era::of(day) {
        Some(era) if day.year() == era.begins.0 => format!("{}元年", era.name),
        Some(era) => format!("{}{}年", era.name, day.year() - era.begins.0 + 1),
        None => format!("{}年", day.year()),
    }
}

/// 「05-04-25」: the year of this century, of Heisei or of Reiwa first, or the year last.
fn short(found: &Captures<'_>) -> Option<Reading> {
    let part = |name| i32::try_from(number(found, name)).unwrap_or(0);
    let (a, b, c) = (part("y"), number(found, "m"), number(found, "d"));
    let last = part("d");
    let with_year = |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day);
    let first = u32::try_from(a).unwrap_or(0);
    let reiwa = (a >= 1).then(|| with_year(2018 + a, b, c)).flatten();
    let heisei = (1..=31).contains(&a).then(|| with_year(1988 + a, b, c)).flatten();
    // The year comes last only in figures; nobody writes 25年 for a day.
    let figures = !found.get(0).is_some_and(|all| all.as_str().contains(['年', '月']));
    let day_first = figures.then(|| [with_year(2000 + last, b, first), with_year(2000 + last, first, b)]);
    let all = [with_year(2000 + a, b, c), reiwa, heisei].into_iter().chain(day_first.into_iter().flatten());
    let mut days: Vec<NaiveDate> = Vec::new();
    for day in all.flatten().filter(can_be_meant) {
        if !days.contains(&day) {
            days.push(day);
        }
    }
    Some(if days.is_empty() { Reading::NotInCalendar } else { Reading::OneOf(days, Doubt::Digits) })
}

fn month_day(found: &Captures<'_>) -> Option<Reading> {
    let (month, day) = (number(found, "m"), number(found, "d"));
    // 2024 has every day that any year has.
    let exists = NaiveDate::from_ymd_opt(2024, month, day).is_some();
    Some(if exists { Reading::MonthDay(month, day) } else { Reading::NotInCalendar })
}

fn relative(word: &str, today: NaiveDate) -> Option<Reading> {
    let back = |days| today.checked_sub_days(Days::new(days));
    let ahead = |days| today.checked_add_days(Days::new(days));
    let day = match word {
        "明日" | "あした" | "あす" => ahead(1),
        "明後日" | "あさって" => ahead(2),
        "きのう" | "昨日" => back(1),
        "一昨日" | "おととい" | "おとつい" => back(2),
        _ => Some(today),
    };
    let day = day.filter(can_be_meant)?;
    Some(Reading::OneOf(vec![day], Doubt::Relative))
}

#[cfg(test)]
mod tests;
