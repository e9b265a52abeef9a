//! Everything that leaves is a row first: its purpose, its contents and its states.
//!
//! - A *purpose* says what a row is for and is unique for a user: `daily/2026-11-23`,
//!   `answer/<event>`. From it, and from nothing else, comes the retry key.
//! - A *state* only moves forward; accepted wins over everything.
//! - A *verdict* says what an answer of LINE means for the row; [`health`] and [`trouble`] say what it
//!   means for the account.

pub mod health;
mod purpose;
pub mod trouble;
mod verdict;

pub use purpose::{Purpose, retry_key};
pub use verdict::{Report, State, Verdict, backoff_ms, verdict};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::family::{Lead, Nickname, Role, known_leads};
use super::ids::ChildId;
use super::message::Message;
use super::programme::slot::Slot;

/// What a daily message holds, fixed when it is planned; `compose` turns it into messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyParts {
    /// The civil day it belongs to.
    pub day: NaiveDate,
    /// The reader's locale.
    pub locale: String,
    /// Lines on top.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "known_leads")]
    pub leads: Vec<Lead>,
    /// One a child, youngest first.
    pub sections: Vec<Section>,
    /// Ids of the municipal texts that ride on it, most pressing first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub municipal: Vec<String>,
    /// Children whose pregnancy ended its last week yesterday: one card asks how to go on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overdue: Vec<Overdue>,
    /// On a child's last day, the nicknames of those whose letters go on, as far as they have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub onward: Vec<Option<Nickname>>,
}

impl DailyParts {
    /// What is left of it for these children; `None` when it says nothing any more.
    #[must_use]
    pub fn only_of(mut self, wanted: impl Fn(ChildId) -> bool) -> Option<Self> {
        self.sections.retain(|section| wanted(section.child));
        self.overdue.retain(|overdue| wanted(overdue.child));
        (!self.sections.is_empty() || !self.overdue.is_empty()).then_some(self)
    }
}

/// A child that is 42 weeks 0 days along, and of whom nobody has said anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// The child.
    pub child: ChildId,
    /// Its version, so that the button means nothing once the family has reported something.
    pub version: i64,
    /// Whether the reader may report the birth.
    pub parent: bool,
}

/// One child's part of a daily message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The child.
    pub child: ChildId,
    /// What the family calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
    /// What the reader is to it.
    pub role: Role,
    /// The age that opens the message.
    pub call: Call,
    /// Slots whose manuscripts it brings, the regular one first, then a round day.
    pub slots: Vec<Slot>,
    /// Where development paragraphs come from instead, for a corrected age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Slot>,
}

/// The age that a daily message opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// 「きょうは妊娠12週3日です」
    Pregnancy {
        /// Whole weeks.
        weeks: u16,
        /// Days beyond, 0 to 6.
        days: u16,
    },
    /// 「生まれて100日目です」
    Day {
        /// The birth date is 1.
        day_count: u32,
    },
    /// A birthday.
    Birthday {
        /// Which.
        years: u8,
        /// The birth date is 1.
        day_count: u32,
    },
}

/// What an answer says: the words, and today's message when it rides along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerParts {
    /// The words, rendered when the answer was decided.
    pub words: Vec<Message>,
    /// Today's message, composed when it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<DailyParts>,
    /// Whether that message was sent before and is only shown again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// What a row holds, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "parts", rename_all = "snake_case")]
pub enum Parts {
    /// A morning.
    Daily(DailyParts),
    /// An answer to something the reader did.
    Answer {
        /// LINE's reply token, usable once and for a minute; `None` where the event had none.
        token: Option<String>,
        /// The reader's turn when the answer was decided.
        turn: i64,
        /// The words.
        #[serde(flatten)]
        said: AnswerParts,
    },
    /// A group is told that this works one to one only, and left.
    Farewell {
        /// LINE's reply token.
        token: Option<String>,
        /// `group` or `room`.
        place: String,
        /// LINE's id of it.
        id: String,
        /// The words.
        words: Vec<Message>,
    },
}
