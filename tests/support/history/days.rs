//! Civil days in Japan, counted by hand.

use std::fmt;

/// Japan's time, in milliseconds ahead of UTC.
const JAPAN_MS: i64 = 9 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// A civil day in Japan, in days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day of a date.
    pub fn of(year: i64, month: i64, day: i64) -> Self {
        let leaps = |year: i64| year / 4 - year / 100 + year / 400;
        let before: i64 = (1..month).map(|month| length(year, month)).sum();
        let years = (year - 1) * 365 + leaps(year - 1);
        // 719,162 days lie between 0001-01-01 and 1970-01-01.
        Self(years - 719_162 + before + day - 1)
    }

    /// Reads `2026-11-23`.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
        Some(Self::of(parts.next()??, parts.next()??, parts.next()??))
    }

    /// The day of a moment in milliseconds since 1970.
    pub fn at(ms: i64) -> Self {
        Self((ms + JAPAN_MS).div_euclid(DAY_MS))
    }

    /// The moment of that many minutes after the day's midnight, in milliseconds since 1970.
    pub fn at_minute(self, minute: i64) -> i64 {
        self.0 * DAY_MS - JAPAN_MS + minute * 60_000
    }

    /// The day so many days later.
    pub fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// Whole days from an earlier day to this one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Year, month and day of the month.
    pub fn date(self) -> (i64, i64, i64) {
        let mut year = 1969 + self.0.div_euclid(366);
        while Self::of(year + 1, 1, 1) <= self {
            year += 1;
        }
        let mut month = 1;
        while month < 12 && Self::of(year, month + 1, 1) <= self {
            month += 1;
        }
        (year, month, self.since(Self::of(year, month, 1)) + 1)
    }

    /// The birthday so many years later; `None` for 29 February, about which opinions differ.
    pub fn birthday(self, years: i64) -> Option<Self> {
        let (year, month, day) = self.date();
        ((month, day) != (2, 29)).then(|| Self::of(year + years, month, day))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A moment as somebody in Japan reads it: `2026-11-23 08:00:00`.
pub fn moment(ms: i64) -> String {
    let day = Day::at(ms);
    let seconds = (ms - day.at_minute(0)).div_euclid(1_000);
    format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
