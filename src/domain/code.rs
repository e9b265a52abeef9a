//! Short codes that are said aloud, typed or pasted: invitations, moving to a new phone, enquiries.
//!
//! A *code* names a row that ends soon and is used once; it says nothing about anybody. It is kept as a
//! keyed hash only, and its `Debug` form does not show it.
//!
//! - **Typed codes** have eight characters without look-alikes (no 0, 1, I, L, O) and begin with a
//!   digit, so that no word is one: `7K4M-9RTP`.
//! - **Enquiry numbers** have eight digits, to be read over the telephone: `48 20 71 93`.

use std::fmt;

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// Lets one person follow the children of the one who invites.
    Invitation,
    /// Moves everything to the LINE account that sends it.
    Transfer,
    /// Lets a desk see what became of a reader's deliveries.
    Enquiry,
}

impl CodeKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invitation, Self::Transfer, Self::Enquiry];

    /// The word in the row.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Transfer => "transfer",
            Self::Enquiry => "enquiry",
        }
    }

    /// Reads [`CodeKind::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// How long it can be used: three days, ten minutes, half an hour.
    #[must_use]
    pub const fn lasts(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(3),
            Self::Transfer => TimeDelta::minutes(10),
            Self::Enquiry => TimeDelta::minutes(30),
        }
    }
}

/// Characters that are not taken for each other, digits first.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// How many of them are digits.
const DIGITS: u64 = 8;
/// How many characters a code has.
const LENGTH: usize = 8;

/// A code as it is compared: upper case, no hyphen or space.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// A new code out of unguessable bytes.
    #[must_use]
    pub fn fresh(kind: CodeKind, chance: [u8; 8]) -> Self {
        let mut rest = u64::from_le_bytes(chance);
        let mut take = |bound: u64| {
            let index = rest % bound;
            rest /= bound;
            usize::try_from(index).unwrap_or(0)
        };
        Self(match kind {
            CodeKind::Enquiry => (0..LENGTH).map(|_| char::from(b"0123456789"[take(10)])).collect(),
            CodeKind::Invitation | CodeKind::Transfer => {
                let bounds = std::iter::once(DIGITS).chain(std::iter::repeat(ALPHABET.len() as u64));
                bounds.take(LENGTH).map(|bound| char::from(ALPHABET[take(bound)])).collect()
            }
        })
    }

    /// Reads a whole message as a typed code: with or without hyphen and spaces, in any case and width.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let code = plain(text)?;
        let begins = code.bytes().next().is_some_and(|first| first.is_ascii_digit());
        (begins && code.bytes().all(|letter| ALPHABET.contains(&letter))).then_some(Self(code))
    }

    /// Reads an enquiry number.
    #[must_use]
    pub fn read_enquiry(text: &str) -> Option<Self> {
        plain(text).filter(|code| code.bytes().all(|letter| letter.is_ascii_digit())).map(Self)
    }

    /// The characters as they are compared. For hashing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As it is read: 「7K4M-9RTP」, 「48 20 71 93」.
    #[must_use]
    pub fn shown(&self, kind: CodeKind) -> String {
        let (step, between) = if kind == CodeKind::Enquiry { (2, ' ') } else { (4, '-') };
        let mut shown = String::with_capacity(LENGTH + 3);
        for (index, letter) in self.0.chars().enumerate() {
            if index > 0 && index % step == 0 {
                shown.push(between);
            }
            shown.push(letter);
        }
        shown
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Eight letters and digits, upper case; `None` for anything longer or shorter. People write hyphens of
/// many kinds, and 「ー」 is the one their keyboard offers.
fn plain(text: &str) -> Option<String> {
    // No code is that long, whatever is written between.
    if text.chars().count() > 4 * LENGTH {
        return None;
    }
    let upper = text.nfkc().flat_map(char::to_uppercase);
    let code: String = upper.filter(|letter| letter.is_alphanumeric() && *letter != 'ー').collect();
    (code.len() == LENGTH && code.is_ascii()).then_some(code)
}

/// How many wrong codes a reader may send within an hour; then codes rest for an hour.
const MOST_WRONG: u8 = 5;
/// The hour of both rules.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// The wrong codes a reader sent lately (account's civil time).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guesses {
    first: Option<NaiveDateTime>,
    last: Option<NaiveDateTime>,
    wrong: u8,
}

impl Guesses {
    /// Whether no wrong code is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether codes rest: five were wrong within an hour, the last of them less than an hour ago.
    #[must_use]
    pub fn rest_at(&self, now: NaiveDateTime) -> bool {
        self.wrong >= MOST_WRONG && self.last.is_some_and(|last| now < last + HOUR)
    }

    /// One more wrong code.
    #[must_use]
    pub fn with_another(self, now: NaiveDateTime) -> Self {
        let goes_on = self.wrong < MOST_WRONG && self.first.is_some_and(|first| now < first + HOUR);
        let before = if goes_on { self } else { Self::default() };
        Self { first: before.first.or(Some(now)), last: Some(now), wrong: before.wrong.saturating_add(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = Code::read("7K4M-9RTP").unwrap();
        for typed in ["7k4m9rtp", "７Ｋ４Ｍ－９ＲＴＰ", " 7K4M 9RTP ", "7K4M‐9RTP", "7k4mー9rtp", "「7K4M-9RTP」"]
        {
            assert_eq!(Code::read(typed), Some(code.clone()), "{typed}");
        }
        assert_eq!(code.shown(CodeKind::Invitation), "7K4M-9RTP");
    }

    #[test]
    fn words_dates_and_half_codes_are_no_codes() {
        for text in [
            "",
            "pregnant",
            "thankyou",
            "2027/3/1",
            "20270301",
            "7K4M-9RT",
            "7K4M-9RTPX",
            "7K4M-9RT0",
            "生後七日目です。",
        ] {
            assert_eq!(Code::read(text), None, "{text}");
        }
        assert_eq!(Code::read(&"7K4M-9RTP".repeat(1_000)), None);
    }

    #[test]
    fn an_enquiry_number_is_eight_digits_in_pairs() {
        let number = Code::read_enquiry("48207193").unwrap();
        assert_eq!(number.shown(CodeKind::Enquiry), "48 20 71 93");
        assert_eq!(Code::read_enquiry("４８ ２０ ７１ ９３"), Some(number));
        assert_eq!(Code::read_enquiry("7K4M-9RTP"), None);
    }

    #[test]
    fn a_code_does_not_show_itself_when_debugged() {
        assert_eq!(format!("{:?}", Code::read("7K4M-9RTP")), "Some(Code(…))");
    }

    #[test]
    fn five_wrong_codes_in_an_hour_rest_for_an_hour_and_then_count_anew() {
        let mut guesses = Guesses::default();
        for minute in 0..5 {
            assert!(!guesses.rest_at(at("2026-11-22 09:05")));
            guesses = guesses.with_another(at(&format!("2026-11-22 09:0{minute}")));
        }
        assert!(guesses.rest_at(at("2026-11-22 10:03")) && !guesses.rest_at(at("2026-11-22 10:04")));
        let anew = guesses.with_another(at("2026-11-22 10:04"));
        assert!(!anew.rest_at(at("2026-11-22 10:05")));
    }

    #[test]
    fn wrong_codes_of_another_hour_do_not_count() {
        let times = ["09:00", "09:30", "09:40", "09:50", "10:01", "10:02"];
        let guesses = times
            .iter()
            .fold(Guesses::default(), |guesses, time| guesses.with_another(at(&format!("2026-11-22 {time}"))));
        assert!(!guesses.rest_at(at("2026-11-22 10:02")));
    }

    proptest! {
        #[test]
        fn every_fresh_code_reads_back(chance: [u8; 8]) {
            for kind in CodeKind::ALL {
                let code = Code::fresh(kind, chance);
                let read = if kind == CodeKind::Enquiry { Code::read_enquiry } else { Code::read };
                prop_assert_eq!(read(&code.shown(kind)), Some(code));
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,60}") {
            let _ = Code::read(&text);
            let _ = Code::read_enquiry(&text);
        }
    }
}
