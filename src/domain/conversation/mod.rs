//! The conversation: what a reader's input means in the state it meets.
//!
//! [`step()`] is pure and total: for every state and every input there is a next state, a list of
//! effects and a list of prompts. Effects name what is wanted and are applied by the inbox in one
//! transaction; prompts name what is said and are worded by [`wording`] from `content/phrases`.
//!
//! A *turn* is the version of a reader's conversation. Buttons come in two kinds: an *entry* (menus,
//! footers) carries no turn and is always valid; an *answer* carries the turn it was asked in (and,
//! for flows about a child, the child's version) and does nothing once the conversation moved on.

mod ages;
pub mod danger;
mod goes_on;
pub mod postback;
pub mod reading;
pub mod sharing;
pub mod state;
pub mod step;
pub mod wording;

#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

pub use state::State;
pub use step::step;

use super::code::{Code, CodeKind, Guesses};
use super::family::{Follow, Nickname, Profile, Role, Standing, StopReason};
use super::ids::{ChildId, CodeId, ReaderId};
use super::municipal::Municipality;
use super::programme::plan::Hours;
use sharing::Sharing;

/// A reader's conversation, as it is kept (sealed) between events. Its turn is kept beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// What we wait for.
    pub state: State,
    /// When the open question was asked (account's civil time); drafts are forgotten after 24 h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<NaiveDateTime>,
    /// How often in a row the open question could not be understood. Beside the state, so that
    /// asking again keeps the buttons that are already on the screen valid.
    #[serde(default)]
    pub misread: u8,
    /// Births this reader reported, for the week in which a report can be taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<ReportedBirth>,
    /// What was already said today, so that kindness does not become noise.
    #[serde(default)]
    pub courtesy: Courtesy,
    /// Wrong codes of late, so that codes cannot be tried out.
    #[serde(default, skip_serializing_if = "Guesses::is_empty")]
    pub guesses: Guesses,
}

/// A birth that this reader reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedBirth {
    /// Which child.
    pub child: ChildId,
    /// The civil day of the report.
    pub on: NaiveDate,
}

/// What was said recently and is not repeated too soon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courtesy {
    /// The day a sticker was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticker_on: Option<NaiveDate>,
    /// The day thanks were last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks_on: Option<NaiveDate>,
    /// When the consultation card was last shown in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consult_at: Option<NaiveDateTime>,
}

/// What arrived, freed of LINE's wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The reader wrote something.
    Text(String),
    /// The reader tapped a button; `date` is what a date picker sent.
    Postback {
        /// The button's data.
        data: String,
        /// The picked date, as LINE wrote it.
        date: Option<String>,
    },
    /// The reader added the account, or unblocked it.
    Followed,
    /// The reader blocked the account.
    Unfollowed,
    /// A sticker.
    Sticker,
    /// A picture, video, voice, file or place. Never downloaded.
    Media,
    /// A draft of that turn was left lying for 24 hours.
    TimedOut {
        /// The turn in which the question was asked.
        turn: i64,
    },
}

/// What is known when an input is looked at.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The account's civil time.
    pub now: NaiveDateTime,
    /// The version of the conversation.
    pub turn: i64,
    /// Whether the reader followed, went away, or was new before this input.
    pub standing: Option<Standing>,
    /// Whether the present consent text was agreed to.
    pub consented: bool,
    /// The reader's profile.
    pub profile: &'a Profile,
    /// The reader's children, oldest registration first.
    pub follows: &'a [Follow],
    /// Whether there is something to read today.
    pub today: Today,
    /// The account.
    pub account: AccountFacts<'a>,
    /// Codes and family members, as far as this input asks for them.
    pub sharing: &'a Sharing,
}

/// What 「きょうのメッセージ」 can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// Today has a message.
    Ready,
    /// Today has none.
    NotToday {
        /// The next day that has one.
        next: Option<NaiveDate>,
        /// Whether an earlier one can be shown again.
        earlier: bool,
    },
}

/// What the conversation knows about the account it speaks for.
#[derive(Debug, Clone, Copy)]
pub struct AccountFacts<'a> {
    /// Names, desks and numbers.
    pub municipality: &'a Municipality,
    /// The account's time of day for mornings, in minutes after midnight.
    pub minute: u16,
    /// Whether readers have a menu under the chat, which texts then name.
    pub menu: bool,
    /// Whether every text was read by a named reviewer; greetings claim nothing else.
    pub reviewed: bool,
    /// Address of the page on personal data, when the server has a public `https` address.
    pub privacy_url: Option<&'a str>,
    /// The words that call for a person.
    pub danger: &'a danger::DangerWords,
    /// Between which times of day a reader can choose.
    pub hours: Hours,
}

/// What [`step()`] decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The conversation from now on. When its state differs from the one before, the turn rises.
    pub next: Conversation,
    /// What is wanted, in this order, all in one transaction.
    pub effects: Vec<Effect>,
    /// What is said, one or more message objects each; empty is silence.
    pub prompts: Vec<wording::Prompt>,
}

/// What a step wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Keep that the reader agreed to this version of the consent text.
    Consent {
        /// [`CONSENT_VERSION`].
        version: u16,
    },
    /// Register a child, with this reader as its registrant.
    Enrol(Enrolment),
    /// Move the due date of an expected child.
    MoveDueDate {
        /// Which child.
        child: ChildId,
        /// The new due date.
        due: NaiveDate,
    },
    /// Correct the birth date of a born child.
    MoveBirthDate {
        /// Which child.
        child: ChildId,
        /// The new birth date.
        born: NaiveDate,
    },
    /// Give the child another nickname, or none.
    Rename {
        /// Which child.
        child: ChildId,
        /// The new nickname.
        nickname: Option<Nickname>,
    },
    /// The child is born: family-wide.
    ReportBirth {
        /// Which child.
        child: ChildId,
        /// The birth date.
        born: NaiveDate,
    },
    /// The birth report was a mistake: back to expected, family-wide, within 7 days.
    UndoBirth {
        /// Which child.
        child: ChildId,
    },
    /// Register a twin of a child, with the same dates and for everybody who follows that one.
    EnrolTwin {
        /// The one that is registered.
        of: ChildId,
        /// What the family calls the new one.
        nickname: Option<Nickname>,
    },
    /// Count the development of these children from the due date, or from the birth date: family-wide.
    Count {
        /// Which children.
        children: Vec<ChildId>,
        /// From the due date.
        corrected: bool,
    },
    /// Stop this reader's own deliveries for these children, at once.
    Stop {
        /// Which children.
        children: Vec<ChildId>,
        /// Why.
        reason: StopReason,
    },
    /// A stop or sad news once more, where nothing goes on any more: what was sent before it brings nothing back.
    StandStill,
    /// Lift this reader's own stop.
    UndoStop {
        /// Which children.
        children: Vec<ChildId>,
    },
    /// A loss, reported by the registrant, mother or father: everybody's deliveries for these
    /// children stop, silently.
    ReportLoss {
        /// Which children.
        children: Vec<ChildId>,
    },
    /// The loss report was a mistake: the journey goes on, for the family.
    UndoLoss {
        /// Which children.
        children: Vec<ChildId>,
    },
    /// Rest until the end of that day, or until the reader comes back.
    Pause {
        /// The last day of rest.
        until: Option<NaiveDate>,
    },
    /// Come back from a rest.
    Resume,
    /// The reader follows, or went away.
    Stand(Standing),
    /// Let today's message travel with this answer (today's row, or the words again if it has one).
    ShowToday,
    /// The same for children registered just now, unless today's message has left or has no part of them.
    ShowNewcomers,
    /// Let the last message before today travel with this answer, again.
    ShowEarlier,
    /// Count a message that called for help, by category; never whose.
    CountDanger(danger::Category),
    /// Keep a new code of this reader, until its kind's time is over.
    KeepCode {
        /// What it is for.
        kind: CodeKind,
        /// The code, kept as a hash.
        code: Code,
    },
    /// Follow the children of the reader who made this invitation.
    Join {
        /// The invitation, which is used by this.
        code: CodeId,
        /// What the reader is to the children.
        role: Role,
    },
    /// Move everything of the reader who made this code to this reader.
    Transfer {
        /// The code, which is used by this.
        code: CodeId,
    },
    /// Let a member of the family follow the children of which this reader is a parent no more.
    RemoveMember {
        /// Whom.
        member: ReaderId,
    },
    /// What the reader is to these children.
    SetRole {
        /// Which children.
        children: Vec<ChildId>,
        /// The new role.
        role: Role,
    },
    /// The reader's own time of day, in minutes after midnight.
    SetTime {
        /// Within the account's hours.
        minute: u16,
    },
    /// The part of the municipality the reader lives in; `None` when they do not tell.
    SetArea {
        /// One of the municipality's areas.
        area: Option<String>,
    },
    /// Delete everything that is known of the reader, at once.
    Erase,
}

/// A child to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Due or birth date.
    pub dates: Dates,
    /// What the family calls it.
    pub nickname: Option<Nickname>,
    /// What the reader is to it; [`Role::Other`] when not asked.
    pub role: Role,
}

/// The date a registration starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dates", rename_all = "snake_case")]
pub enum Dates {
    /// On the way.
    Due {
        /// The due date.
        due: NaiveDate,
    },
    /// Here.
    Born {
        /// The birth date.
        born: NaiveDate,
    },
}

/// The version of the consent text that new readers agree to. Raise it when its meaning changes.
pub const CONSENT_VERSION: u16 = 1;
