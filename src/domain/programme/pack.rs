//! Packs: the manuscripts of one series and locale, with their own cadence.

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub use super::slot::Series;
use super::slot::Slot;
use crate::domain::family::Role;

/// One line of a pack's cadence: a run of slots. Cadence is data of the pack, never code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// Days of pregnancy from `from` to `to` inclusive (in days since the first), every `every` days.
    Gestation {
        /// First day; 28 is 4w0d.
        from: u16,
        /// Last day; 293 is 41w6d.
        to: u16,
        /// Step in days, at least 1.
        every: u16,
    },
    /// 「生まれて〇日目」 from `from` to `to` inclusive, every `every` days.
    Days {
        /// First day; the birth date is 1.
        from: u16,
        /// Last day.
        to: u16,
        /// Step in days, at least 1.
        every: u16,
    },
    /// Weeks after a birthday from `from` to `to` inclusive, every `every` weeks.
    Weeks {
        /// 1 or 2: after which birthday.
        year: u8,
        /// First week; 0 is the birthday itself.
        from: u8,
        /// Last week.
        to: u8,
        /// Step in weeks, at least 1.
        every: u8,
    },
    /// A birthday.
    Birthday {
        /// Which.
        years: u8,
    },
    /// Round days, which may fall on a regular day and then travel in the same push.
    Round {
        /// 「生まれて〇日目」, ascending.
        days: Vec<u16>,
    },
}

/// Who has read a text before it was sent, if anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// Name and profession of the reviewer; `None` means 見本・監修前.
    pub reviewer: Option<String>,
    /// The day of the review.
    pub on: Option<NaiveDate>,
}

/// For whom a paragraph is, and by which age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// The roles it is for; empty means everybody.
    pub roles: Vec<Role>,
    /// Whether it is about development, and follows the corrected age where that was chosen.
    pub corrected: bool,
    /// The text.
    pub text: String,
}

/// One text of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manuscript {
    /// The moment it belongs to.
    pub slot: Slot,
    /// For staff and lists; readers see the body.
    pub title: String,
    /// The body, paragraph by paragraph.
    pub paragraphs: Vec<Paragraph>,
    /// Who read it.
    pub review: Review,
    /// After this day it must not be sent without being looked at again.
    pub expires: Option<NaiveDate>,
    /// Laws and yearly rules it depends on, such as `yobosesshu`.
    pub law: Vec<String>,
    /// Where it stands: file and line of its heading.
    pub place: Place,
}

/// Where something stands in `content/`: `packs/childcare.ja/days.md:12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Path below the content folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// The manuscripts of one series and locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Such as `childcare.ja`.
    pub id: String,
    /// Which part of life.
    pub series: Series,
    /// Such as `ja`.
    pub locale: String,
    /// Which slots there are, whether or not a manuscript fills them.
    pub cadence: Vec<Cadence>,
    /// Closes every message of the pack (個人差の注意書き).
    pub footer: String,
    /// Whether its author says that no slot is empty; holes are errors then.
    pub complete: bool,
    /// A hash of everything in it, 16 hexadecimal digits.
    pub revision: String,
    /// The texts.
    pub manuscripts: BTreeMap<Slot, Manuscript>,
}
