//! What a conversation waits for.
//!
//! Each state carries exactly what is known in it, and nothing but [`State::Idle`] stays longer than
//! a day. States about a child name its version: what the family reported meanwhile makes them void.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Dates;
use super::postback::ChildRef;
use crate::domain::code::CodeKind;
use crate::domain::family::Nickname;
use crate::domain::ids::{CodeId, ReaderId};

/// What we wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nothing was asked.
    #[default]
    Idle,
    /// The consent card was shown.
    AskingConsent,
    /// For a date: the first question of registration, or one of a later correction.
    AskingDate {
        /// What the date is for.
        wanted: Wanted,
    },
    /// A due date was two weeks past or more; for a birth date, or why there is none.
    ClearingOverdue {
        /// What was answered before.
        draft: Draft,
    },
    /// The due date is not known yet; ways on were offered.
    WithoutDueDate {
        /// What was answered before.
        draft: Draft,
    },
    /// For 「8週3日」, from which the due date is worked out.
    AskingWeeks {
        /// What was answered before.
        draft: Draft,
    },
    /// A typed date could be read in these ways, and nothing is guessed.
    ChoosingDate {
        /// What the date is for.
        wanted: Wanted,
        /// At most four readings.
        days: Vec<Dates>,
        /// Why we ask.
        doubt: Doubt,
    },
    /// For a nickname, or the wish to give none.
    AskingNickname {
        /// The date.
        dates: Dates,
        /// The nickname that is being corrected, if one was answered before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        called: Option<Called>,
    },
    /// For the yes to a complete registration.
    Confirming {
        /// The date.
        dates: Dates,
        /// The nickname.
        called: Called,
    },
    /// For what is to be corrected in a complete registration.
    Fixing {
        /// The date.
        dates: Dates,
        /// The nickname.
        called: Called,
    },
    /// For whether to go on with a draft or to start again.
    Resuming {
        /// The question that was open.
        draft: Box<State>,
    },
    /// For which child is meant.
    ChoosingChild {
        /// What is to be done for it.
        matter: Matter,
        /// The children that were offered, in this order.
        children: Vec<ChildRef>,
    },
    /// For another nickname of a registered child.
    AskingNewName {
        /// Which child.
        child: ChildRef,
    },
    /// For the yes to a date that is far from the old one.
    ConfirmingMove {
        /// Which child.
        child: ChildRef,
        /// The new date.
        dates: Dates,
    },
    /// For the yes to a birth.
    ConfirmingBirth {
        /// Which child.
        child: ChildRef,
        /// The birth date.
        born: NaiveDate,
    },
    /// For whether its twins were born on the same day.
    ConfirmingTwins {
        /// The child whose birth was said, and then its twins.
        children: Vec<ChildRef>,
        /// The birth date of the first.
        born: NaiveDate,
    },
    /// For how many twins there are.
    CountingTwins {
        /// The one that is registered.
        child: ChildRef,
    },
    /// For the nickname of the next twin, or the wish to give none.
    NamingTwins {
        /// The one that is registered.
        child: ChildRef,
        /// The nicknames answered so far.
        named: Vec<Called>,
        /// How many are to be registered beside those that are.
        more: u8,
    },
    /// For the date from which the development of a child that came early is counted.
    ChoosingCount {
        /// The child, and its twins.
        children: Vec<ChildRef>,
    },
    /// For the yes to stop everything after sad news.
    ConfirmingLoss,
    /// All own deliveries are stopped; for which child the sad news was.
    ChoosingLost {
        /// The children whose deliveries were stopped, in this order.
        children: Vec<ChildRef>,
    },
    /// For how long to rest.
    ChoosingRest,
    /// For a code that somebody was given.
    AskingCode {
        /// What it is for.
        wanted: CodeKind,
    },
    /// For what the reader is to the children of an invitation; the answer is the consent, too.
    Joining {
        /// The invitation.
        code: CodeId,
    },
    /// For which member of the family is meant.
    ChoosingMember {
        /// Those who can be removed, in the order in which they were offered.
        members: Vec<ReaderId>,
    },
    /// For the yes to removing a member of the family.
    ConfirmingRemoval {
        /// Whom.
        member: ReaderId,
    },
    /// For what the reader is to their children.
    ChoosingRole,
    /// For the time of day.
    ChoosingTime,
    /// For the part of the municipality.
    ChoosingArea {
        /// The areas that were offered, in this order.
        areas: Vec<String>,
    },
    /// For the yes to deleting everything.
    ConfirmingErase,
    /// For the yes to moving everything here.
    ConfirmingTransfer {
        /// The code for the new phone.
        code: CodeId,
    },
}

/// What a date is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Wanted {
    /// A new registration: a due date or a birth date.
    Registration {
        /// What was answered before, while something is corrected.
        #[serde(default)]
        draft: Draft,
    },
    /// Another due date of an expected child.
    DueDate {
        /// Which child.
        child: ChildRef,
    },
    /// Another birth date of a born child.
    BirthDate {
        /// Which child.
        child: ChildRef,
    },
    /// The birth date of an expected child that is born now.
    Birth {
        /// Which child.
        child: ChildRef,
    },
}

/// What a registration knows so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// The nickname, once it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<Called>,
}

/// The answer to the question for a nickname.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "called", rename_all = "snake_case")]
pub enum Called {
    /// By none.
    Unnamed,
    /// By this one.
    Named {
        /// The nickname.
        nickname: Nickname,
    },
}

/// Why a reading of a date is shown and asked before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The year was not said.
    Year,
    /// The year was said in two digits, or the order of the parts is not sure.
    Digits,
    /// 「きょう」「あした」
    Relative,
    /// That era had ended or not begun on that day.
    Era,
    /// It could be a due date or a birth date.
    Kind,
}

/// What is to be done for the child that is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Another due date.
    DueDate,
    /// Another birth date.
    BirthDate,
    /// Another nickname.
    Name,
    /// It was born.
    Birth,
    /// It is one of twins.
    Twins,
    /// It came early: the date from which its development is counted.
    Count,
}

impl State {
    /// Whether a question is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// Whether the open question belongs to a registration that is not finished.
    #[must_use]
    pub const fn is_registration(&self) -> bool {
        match self {
            Self::AskingDate { wanted } | Self::ChoosingDate { wanted, .. } => {
                matches!(wanted, Wanted::Registration { .. })
            }
            Self::AskingConsent
            | Self::ClearingOverdue { .. }
            | Self::WithoutDueDate { .. }
            | Self::AskingWeeks { .. }
            | Self::AskingNickname { .. }
            | Self::Confirming { .. }
            | Self::Fixing { .. }
            | Self::Resuming { .. } => true,
            Self::Idle
            | Self::ChoosingChild { .. }
            | Self::AskingNewName { .. }
            | Self::ConfirmingMove { .. }
            | Self::ConfirmingBirth { .. }
            | Self::ConfirmingTwins { .. }
            | Self::CountingTwins { .. }
            | Self::NamingTwins { .. }
            | Self::ChoosingCount { .. }
            | Self::ConfirmingLoss
            | Self::ChoosingLost { .. }
            | Self::ChoosingRest
            | Self::AskingCode { .. }
            | Self::Joining { .. }
            | Self::ChoosingMember { .. }
            | Self::ConfirmingRemoval { .. }
            | Self::ChoosingRole
            | Self::ChoosingTime
            | Self::ChoosingArea { .. }
            | Self::ConfirmingErase
            | Self::ConfirmingTransfer { .. } => false,
        }
    }

    /// Whether the registration already holds an answer worth going on with.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        match self {
            Self::AskingDate { wanted: Wanted::Registration { draft } }
            | Self::ChoosingDate { wanted: Wanted::Registration { draft }, .. } => *draft != Draft::default(),
            Self::AskingNickname { .. } | Self::Confirming { .. } | Self::Fixing { .. } => true,
            _ => false,
        }
    }
}

impl Called {
    /// The nickname, if there is one.
    #[must_use]
    pub fn nickname(&self) -> Option<&Nickname> {
        match self {
            Self::Unnamed => None,
            Self::Named { nickname } => Some(nickname),
        }
    }
}
