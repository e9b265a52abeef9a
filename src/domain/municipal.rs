//! The municipality: who speaks, whom one can call, and its own texts.
//!
//! A *municipal text* is the second layer of a delivery: it rides on the first delivery day of a
//! child that lies in its range and makes no days of its own.

use chrono::NaiveDate;

use super::calendar::LeapRule;
use super::programme::pack::{Place, Review};
use super::programme::slot::Slot;

/// A place that answers the telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// What it is called.
    pub name: String,
    /// As it is read: `000-000-0000`.
    pub phone: String,
    /// When it answers.
    pub hours: String,
    /// When staff last called it and got through; `None` is a finding of `check`.
    pub confirmed_on: Option<NaiveDate>,
}

/// A municipality (or clinic, or company) and what its account says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// The folder's name, such as `aoba`.
    pub slug: String,
    /// 「あおば市」
    pub name: String,
    /// The programme's name: 「あおば子育てだより」
    pub service: String,
    /// Shown as sender of municipal texts, at most 20 characters.
    pub sender: String,
    /// The desk that is named in help, cards and the last message.
    pub desk: Desk,
    /// Page about raising children there, if there is one.
    pub page: Option<String>,
    /// Help lines by key (`ambulance`, `child_abuse`, `yorisoi`, …), for the cards of the conversation.
    pub hotlines: Vec<(String, Desk)>,
    /// When a child of 29 February has its birthday in common years.
    pub leap: LeapRule,
    /// The page on personal data, in Markdown.
    pub privacy: String,
    /// Its texts, by id.
    pub texts: Vec<MunicipalText>,
    /// The parts it is divided into, for texts that concern some of them; empty where it is not.
    pub areas: Vec<String>,
    /// The account's basic id at LINE, such as `@aoba`, for links that add it as a friend.
    pub line_id: Option<String>,
}

/// One municipal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MunicipalText {
    /// The file's name without ending; never changes once released.
    pub id: String,
    /// The heading.
    pub title: String,
    /// The body, paragraph by paragraph.
    pub paragraphs: Vec<String>,
    /// First moment of its range.
    pub from: Slot,
    /// Last moment of its range (inclusive).
    pub to: Slot,
    /// Once for a reader over all children; otherwise once for each child.
    pub once: bool,
    /// Who answers questions about it.
    pub department: String,
    /// The department's telephone.
    pub phone: String,
    /// When it answers.
    pub hours: String,
    /// A page with more, if there is one.
    pub page: Option<String>,
    /// The areas whose readers get it; empty is everybody.
    pub areas: Vec<String>,
    /// After this day it is not sent.
    pub valid_until: Option<NaiveDate>,
    /// Laws and yearly rules it depends on.
    pub law: Vec<String>,
    /// Who read it.
    pub review: Review,
    /// Where it stands.
    pub place: Place,
}

impl Municipality {
    /// The help line of that key.
    #[must_use]
    pub fn hotline(&self, key: &str) -> Option<&Desk> {
        self.hotlines.iter().find(|(name, _)| name == key).map(|(_, desk)| desk)
    }

    /// The municipal text of that id.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<&MunicipalText> {
        self.texts.iter().find(|text| text.id == id)
    }
}

impl MunicipalText {
    /// Whether a reader of that area gets it; whoever told none gets the texts for everybody.
    #[must_use]
    pub fn is_for(&self, area: Option<&str>) -> bool {
        self.areas.is_empty() || area.is_some_and(|area| self.areas.iter().any(|one| one == area))
    }
}
