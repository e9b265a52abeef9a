//! Readers, children, and who follows whom.
//!
//! A *reader* is one LINE user who follows an account. A *child* is one expected or born child;
//! twins are two. A *follow edge* joins them and carries the reader's role and own stop. A stop on
//! the edge is that reader's own; a stopped *journey* is the family's, after a loss.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::ids::ChildId;
use super::pregnancy::{DueDate, is_preterm};

/// What the reader is to the child. Nobody is taken for the mother: unasked is [`Role::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The mother, or the one who is pregnant.
    Mother,
    /// The father, or the partner.
    Father,
    /// A grandparent.
    Grandparent,
    /// Somebody else, or not answered.
    #[default]
    Other,
}

impl Role {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Mother, Self::Father, Self::Grandparent, Self::Other];

    /// The word used in files, commands and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mother => "mother",
            Self::Father => "father",
            Self::Grandparent => "grandparent",
            Self::Other => "other",
        }
    }

    /// Reads [`Role::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// What the family calls the child, 1 to 20 graphemes, used as typed.
///
/// Personal: its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nickname(String);

impl Nickname {
    /// The longest nickname, in graphemes (design §13).
    pub const MAX_GRAPHEMES: usize = 20;

    /// Wraps a text that has been read as a nickname; see `conversation::reading`.
    #[must_use]
    pub(crate) const fn from_read(text: String) -> Self {
        Self(text)
    }

    /// The name as typed. For messages and sealing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nickname(…)")
    }
}

/// Where a child's accompaniment stands. The dates it carries are what is known in that state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "journey", rename_all = "snake_case")]
pub enum Journey {
    /// On the way.
    Expected {
        /// The due date.
        due: NaiveDate,
    },
    /// Here.
    Born {
        /// The birth date.
        born: NaiveDate,
        /// The due date, where it was known; kept for the corrected age.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// Lost, or stopped for the whole family. Nothing is ever sent; only an explicit undo within
    /// 30 days leads back to `before`.
    Stopped {
        /// The day it was reported.
        on: NaiveDate,
        /// What an undo restores.
        before: Box<Journey>,
    },
}

impl Journey {
    /// The birth date, when there is one and the journey goes on.
    #[must_use]
    pub const fn born(&self) -> Option<NaiveDate> {
        match self {
            Self::Born { born, .. } => Some(*born),
            Self::Expected { .. } | Self::Stopped { .. } => None,
        }
    }

    /// Whether the family stopped it.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped { .. })
    }
}

/// One expected or born child, as its followers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Ours.
    pub id: ChildId,
    /// Raised by everything that concerns the whole family, so that older buttons do nothing.
    pub version: i64,
    /// What the family calls it, when they gave a name.
    pub nickname: Option<Nickname>,
    /// Its dates.
    pub journey: Journey,
    /// Development paragraphs by the corrected age (born before 37w0d and chosen).
    pub corrected: bool,
}

impl Child {
    /// Whether it was born before 37 weeks 0 days of a pregnancy whose due date is known.
    #[must_use]
    pub fn came_early(&self) -> bool {
        match self.journey {
            Journey::Born { born, due: Some(due) } => is_preterm(born, DueDate::kept(due)),
            Journey::Born { due: None, .. } | Journey::Expected { .. } | Journey::Stopped { .. } => false,
        }
    }
}

/// Why a reader's own deliveries for a child stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The reader asked to stop; nobody asks why.
    Plain,
    /// The reader reported a loss. Words and menus stay quiet ever after.
    Loss,
}

/// A reader's own stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStop {
    /// The civil day of the stop. An undo is offered for 30 days.
    pub on: NaiveDate,
    /// Why.
    pub reason: StopReason,
}

/// A reader's view of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// The child.
    pub child: Child,
    /// What the reader is to it.
    pub role: Role,
    /// Whether this reader registered the child, and may change its dates.
    pub registrant: bool,
    /// The reader's own stop, if any.
    pub stopped: Option<OwnStop>,
}

impl Follow {
    /// Whether the reader may change the child's dates and speak for the family: the one who registered
    /// it, its mother and its father.
    #[must_use]
    pub const fn is_parent(&self) -> bool {
        self.registrant || matches!(self.role, Role::Mother | Role::Father)
    }

    /// Whether a loss was reported for the child, by this reader or in the family.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.child.journey.is_stopped() || self.stopped.is_some_and(|stop| stop.reason == StopReason::Loss)
    }

    /// Whether anything may still be sent to this reader about this child.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.stopped.is_none() && !self.child.journey.is_stopped()
    }
}

/// A rest from deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The last day of rest; `None` rests until the reader comes back.
    pub until: Option<NaiveDate>,
}

/// Whether the account may write to the reader at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The reader follows the account.
    Following,
    /// Blocked, or gone.
    Away,
    /// The reader's data was deleted.
    Erased,
}

/// What is kept about a reader beside children and conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// A rest, if the reader asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The reader's own time of day in minutes after midnight; `None` follows the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
    /// Municipal texts this reader was shown, and the day of the delivery that carried them. Keys
    /// are `text id` or `text id#child` (see `municipal`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown: BTreeMap<String, NaiveDate>,
    /// The day on which the reader blocked the account, by our own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_on: Option<NaiveDate>,
    /// LINE's timestamp (milliseconds) of the last coming back from a stop or a rest: an older stop
    /// that arrives late changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<i64>,
    /// LINE's timestamp (milliseconds) of the last taking back of a loss: an older report of it that
    /// arrives late changes nothing. Coming back from a plain stop takes no loss back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_undone_at: Option<i64>,
    /// LINE's timestamp (milliseconds) of the newest stop, rest or loss, also of a loss that somebody else in
    /// the family told: an older return that arrives late brings nothing back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// One-line explanations that the next daily message opens with.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "known_leads")]
    pub leads: Vec<Lead>,
    /// The day on which the reader last told sad news: nothing comes by itself any more that day, also
    /// where the letters for another child go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spared_on: Option<NaiveDate>,
    /// The part of the municipality the reader lives in, one of its `areas`, when they told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

impl Profile {
    /// Something ended by what was said then; LINE's timestamp (milliseconds).
    pub fn note_end(&mut self, sent_at: i64) {
        self.ended_at = self.ended_at.max(Some(sent_at));
    }

    /// Whether the reader rests on that day.
    #[must_use]
    pub fn rests_on(&self, day: NaiveDate) -> bool {
        self.pause.is_some_and(|pause| pause.until.is_none_or(|until| until >= day))
    }
}

/// A line on top of a daily message that explains something unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lead {
    /// A pause has ended.
    Resumed,
    /// The due date of this child was moved, so texts may repeat or skip.
    DueDateMoved(ChildId),
    /// Somebody in the family reported the birth of this child.
    BirthReported(ChildId),
    /// Somebody joined by this reader's invitation.
    FamilyJoined,
}

impl Lead {
    /// Whether it is still true of a reader who follows these: a line about a child stands only while
    /// that child's letters go on in the part of life that the line is about.
    #[must_use]
    pub fn holds(self, follows: &[Follow]) -> bool {
        let follow = |child| follows.iter().find(|follow| follow.child.id == child && follow.is_active());
        let journey = |child| follow(child).map(|follow| &follow.child.journey);
        match self {
            Self::Resumed | Self::FamilyJoined => true,
            Self::DueDateMoved(child) => matches!(journey(child), Some(Journey::Expected { .. })),
            Self::BirthReported(child) => matches!(journey(child), Some(Journey::Born { .. })),
        }
    }
}

/// Reads lines on top; those that were kept before they named their child are passed over.
pub(super) fn known_leads<'de, D: Deserializer<'de>>(kept: D) -> Result<Vec<Lead>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Known(Lead),
        Nameless(IgnoredAny),
    }
    let known = |kept| match kept {
        Kept::Known(lead) => Some(lead),
        Kept::Nameless(IgnoredAny) => None,
    };
    Ok(Vec::<Kept>::deserialize(kept)?.into_iter().filter_map(known).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_kept_before_they_named_their_child_are_read_and_passed_over() {
        let kept = r#"{"minute":480,"leads":["due_date_moved","resumed","birth_reported","family_joined"]}"#;
        let profile: Profile = serde_json::from_str(kept).unwrap();
        assert_eq!(profile.leads, [Lead::Resumed, Lead::FamilyJoined]);
        assert_eq!(profile.minute, Some(480));
    }

    #[test]
    fn lines_are_read_as_they_were_kept() {
        let leads = vec![Lead::BirthReported(ChildId(7)), Lead::FamilyJoined, Lead::DueDateMoved(ChildId(8))];
        let profile = Profile { leads, ..Profile::default() };
        let kept = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&kept).unwrap(), profile);
    }
}
