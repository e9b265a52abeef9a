//! Times of day, as people type them: 「7時半」, 「19:30」, 「午後7時」, 「七時」, 「朝8時ごろ」.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::numerals;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let part = "午前|午後|朝|昼|夕方|夕|夜|am|pm";
    Regex::new(&format!(
        r"^(?P<part>{part})?の?(?P<hour>\d{{1,2}})(?:(?P<sign>時|:)(?:(?P<half>半)|(?P<minute>\d{{1,2}})分?)?)?(?P<after>am|pm)?(?:ごろ|頃|ころ|くらい)?(?:に|にして|がいい|でお願いします)?$"
    ))
    .expect("the pattern is tested")
});

/// The time of day in minutes after midnight that a whole message is. A bare number is an hour only
/// from 5 on: smaller ones are the numbers of buttons.
#[must_use]
pub fn minute(text: &str) -> Option<u16> {
    let typed: String = text.nfkc().flat_map(char::to_lowercase).filter(|letter| !letter.is_whitespace()).collect();
    let typed = typed.trim_end_matches(['。', '.', '!', '、']);
    if matches!(typed, "正午" | "お昼" | "昼") {
        return Some(12 * 60);
    }
    let typed = numerals::in_digits(typed);
    let found = TIME.captures(&typed)?;
    let named = |name: &str| found.name(name).map(|part| part.as_str());
    let number = |name: &str| named(name).and_then(|digits| digits.parse::<u16>().ok());
    let hour = of_day(named("part").or(named("after")), number("hour")?)?;
    let minute = if named("half").is_some() { 30 } else { number("minute").unwrap_or(0) };
    let bare = named("part").is_none() && named("sign").is_none() && named("after").is_none();
    let right = hour <= 24 && minute < 60 && !(bare && hour < 5);
    right.then_some(hour * 60 + minute).filter(|minute| *minute <= 24 * 60)
}

/// The hour of the day: 「午後7時」 and 「夜8時」 are 19 and 20, 「昼1時」 is 13.
fn of_day(part: Option<&str>, hour: u16) -> Option<u16> {
    match part {
        None => Some(hour),
        Some("午前" | "朝" | "am") => (hour <= 12).then_some(hour),
        Some("昼") if (10..=12).contains(&hour) => Some(hour),
        Some("夜") if hour == 12 => Some(24),
        Some("午後" | "pm") if hour == 12 => Some(12),
        Some("午後" | "pm" | "昼" | "夕" | "夕方" | "夜") => Some(if hour < 12 { hour + 12 } else { hour }),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_every_spelling() {
        for (typed, hour, minutes) in [
            ("7時半", 7, 30),
            ("19:30", 19, 30),
            ("１９：３０", 19, 30),
            ("午後7時", 19, 0),
            ("七時", 7, 0),
            ("朝8時ごろ", 8, 0),
            ("昼12時ごろ", 12, 0),
            ("夜8時ごろ", 20, 0),
            ("夜の9時", 21, 0),
            ("昼1時", 13, 0),
            ("夕方6時", 18, 0),
            ("午前10時15分", 10, 15),
            ("7時 に", 7, 0),
            ("7pm", 19, 0),
            ("正午", 12, 0),
            ("十一時半", 11, 30),
            ("19", 19, 0),
            ("8", 8, 0),
            ("夜12時", 24, 0),
            ("8時半", 8, 30),
            ("7:5", 7, 5),
            ("24:00", 24, 0),
            ("22時", 22, 0),
        ] {
            assert_eq!(minute(typed), Some(hour * 60 + minutes), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for typed in [
            "",
            "2",
            "25:00",
            "夜中3時",
            "25時",
            "7時75分",
            "8週3日",
            "あした",
            "7時か8時",
            "2027/3/1",
            "朝",
            "12345",
            "24:30",
        ] {
            assert_eq!(minute(typed), None, "{typed}");
        }
    }
}
