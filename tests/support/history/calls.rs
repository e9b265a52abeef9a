//! The age that opens a child's text, read as a parent reads it.

use std::sync::LazyLock;

use hagukumi::simulator::Entry;
use regex::Regex;
use serde_json::Value;

use super::Anchor;
use super::days::Day;

/// How old somebody is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// 「きょうは妊娠12週3日です。」, in days.
    Pregnancy(i64),
    /// 「生まれて100日目です。」
    Born(i64),
}

impl Call {
    /// What is said on that day about a child with that date.
    pub fn on(anchor: Anchor, day: Day) -> Self {
        match anchor {
            // The due date is day 280.
            Anchor::Due(due) => Self::Pregnancy(280 - due.since(day)),
            // The day of birth is the first day.
            Anchor::Born(born) => Self::Born(day.since(born) + 1),
        }
    }

    /// The date that is behind it when it is said on that day.
    pub fn anchor(self, day: Day) -> Anchor {
        match self {
            Self::Pregnancy(days) => Anchor::Due(day.plus(280 - days)),
            Self::Born(count) => Anchor::Born(day.plus(1 - count)),
        }
    }
}

/// A line of its own, with or without a name in front.
fn line(words: &str) -> Regex {
    Regex::new(&format!("^(?:.*、)?{words}")).expect("the pattern is right")
}

static IN_DAYS: LazyLock<Regex> = LazyLock::new(|| line(r"きょうは妊娠(\d+)週(\d+)日です。$"));
static IN_WEEKS: LazyLock<Regex> = LazyLock::new(|| line(r"きょうから妊娠(\d+)週です。$"));
static COUNTED: LazyLock<Regex> = LazyLock::new(|| line(r"(?:きょうは.*お誕生日です。)?生まれて(\d+)日目です。$"));
static FIRST: LazyLock<Regex> = LazyLock::new(|| line("きょうが、?生まれた日です。"));

/// Every call in what a request said, in order.
pub fn of(request: &Entry) -> Vec<Call> {
    request.messages.iter().flat_map(in_message).collect()
}

/// Every call in one message object, in order.
pub fn in_message(message: &Value) -> Vec<Call> {
    message["text"].as_str().into_iter().flat_map(str::lines).filter_map(read).collect()
}

fn read(line: &str) -> Option<Call> {
    let number = |pattern: &Regex, at: usize| pattern.captures(line)?.get(at)?.as_str().parse::<i64>().ok();
    if let Some(weeks) = number(&IN_DAYS, 1) {
        return Some(Call::Pregnancy(weeks * 7 + number(&IN_DAYS, 2)?));
    }
    let by_weeks = number(&IN_WEEKS, 1).map(|weeks| Call::Pregnancy(weeks * 7));
    let by_count = number(&COUNTED, 1).map(Call::Born);
    by_weeks.or(by_count).or_else(|| FIRST.is_match(line).then_some(Call::Born(1)))
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})-(\d{2})-(\d{2})").expect("the pattern is right")
});

/// Every date with its year that is written in a text.
pub fn dates_in(text: &str) -> Vec<Day> {
    let read = |found: regex::Captures<'_>| {
        let part = |at: usize| found.get(at).or_else(|| found.get(at + 3))?.as_str().parse().ok();
        Some(Day::of(part(1)?, part(2)?, part(3)?))
    };
    DATE.captures_iter(text).filter_map(read).collect()
}
