//! What arrives: a webhook body becomes events, one by one.
//!
//! LINE may add properties, event types and values of enums without notice, and older payloads lack
//! properties that its own specification calls required. So only the few properties that are needed
//! are read, each for itself; whatever cannot be read costs nothing but itself:
//!
//! - **One strange event never costs its batch.** It becomes [`Kind::Strange`] and keeps its raw text.
//! - **Every event has an id**: LINE's, or the hash of its own text when LINE gave none.
//! - **Of two properties with the same name the last one counts**, everywhere.
//! - Nothing is read recursively, so a deeply nested body cannot exhaust the stack.
//!
//! Whether an event was seen before, whose turn it is and what is answered is decided by the inbox.

mod event;
mod fields;
#[cfg(test)]
mod tests;

use std::fmt;

use fields::Fields;
use serde_json::value::RawValue;

use crate::domain::conversation::Input;
use crate::domain::ids::LineUserId;

/// One webhook body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The user id of the bot it was meant for; empty when LINE did not say.
    pub destination: String,
    /// What happened, in the order it was written; none when LINE tests the connection.
    pub events: Vec<Arrived>,
}

/// One event.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrived {
    /// LINE's `webhookEventId`; without one, `h:` and the SHA-256 of the event's text in hexadecimal.
    /// The same in every redelivery, safe to log.
    pub event_id: String,
    /// When it happened, in milliseconds since 1970, unchanged by redelivery. `None` when LINE gave
    /// nothing believable; then only the time of receipt is known.
    pub timestamp_ms: Option<i64>,
    /// Whether LINE says that it sends this again.
    pub redelivery: bool,
    /// Whether another module has the word: nothing may be sent.
    pub standby: bool,
    /// Who did it, or where.
    pub source: Source,
    /// The id of the message it brought, which an unsend names later.
    pub message_id: Option<String>,
    /// Answers the event, when it can be answered at all.
    pub reply_token: Option<ReplyToken>,
    /// What happened.
    pub kind: Kind,
    /// The event's own JSON, byte by byte as it arrived. Personal.
    pub raw: String,
}

/// Who did it, or where.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A LINE user, one to one.
    User(LineUserId),
    /// One to one, but the user id is none.
    UserInvalid,
    /// A group chat, by its id.
    Group(String),
    /// A multi-person chat, by its id.
    Room(String),
    /// Nobody is named: PC-only users of long ago, some system events, sources not known yet.
    None,
}

/// What happened.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// One to one, and for the conversation.
    Input(Input),
    /// A message was taken back: it must not be kept or used.
    Unsend {
        /// Its id.
        message_id: String,
    },
    /// The account was invited into a group or room, where it has nothing to say.
    Joined,
    /// Somebody wrote or tapped in a group or room.
    GroupMessage,
    /// Something else, by LINE's name for it; `message/…` for a kind of message not known yet.
    Other(String),
    /// No event at all: not an object, or without a type.
    Strange,
}

/// Answers one event, once, within a minute of the webhook. Worth as much as a password for that
/// minute, and shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyToken(String);

/// A signed body that is not a webhook. Nothing of the body is repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are no UTF-8.
    #[error("the webhook body is not UTF-8")]
    NotUtf8,
    /// The text is no JSON object.
    #[error("the webhook body stops being a JSON object at line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1; 0 before the first.
        column: usize,
    },
    /// The object has no list of events.
    #[error("the webhook body has no list of events")]
    NoEvents,
}

/// Reads a webhook body whose signature was found to be LINE's.
///
/// # Errors
///
/// [`Unreadable`] when it is no object with a list of events. A redelivery would be just as unreadable.
pub fn read(body: &[u8]) -> Result<Delivery, Unreadable> {
    let body = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    let envelope = Fields::read(body).map_err(|why| Unreadable::NotJson { line: why.line(), column: why.column() })?;
    let events: Vec<&RawValue> = envelope.get("events").ok_or(Unreadable::NoEvents)?;
    let events = events.into_iter().map(|raw| event::read(raw.get())).collect();
    Ok(Delivery { destination: envelope.text("destination").unwrap_or_default(), events })
}

/// Reads one event again from the text kept in [`Arrived::raw`]. Total, as reading a batch is.
#[must_use]
pub fn read_event(raw: &str) -> Arrived {
    event::read(raw)
}

impl Kind {
    /// What happened, in a word that may be logged and counted.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Input(Input::Text(_)) => "text",
            Self::Input(Input::Postback { .. }) => "postback",
            Self::Input(Input::Followed) => "follow",
            Self::Input(Input::Unfollowed) => "unfollow",
            Self::Input(Input::Sticker) => "sticker",
            Self::Input(Input::Media) => "media",
            Self::Input(Input::TimedOut { .. }) => "timed_out",
            Self::Unsend { .. } => "unsend",
            Self::Joined => "join",
            Self::GroupMessage => "group",
            Self::Other(_) => "other",
            Self::Strange => "strange",
        }
    }
}

impl ReplyToken {
    /// A reply token, as LINE wrote it or as it was kept.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token as LINE wrote it. For the wire and for sealing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyToken(…)")
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User(_) => "User(…)",
            Self::UserInvalid => "UserInvalid",
            Self::Group(_) => "Group(…)",
            Self::Room(_) => "Room(…)",
            Self::None => "None",
        })
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(name) => write!(f, "Other({name})"),
            known => f.write_str(known.name()),
        }
    }
}

impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrived")
            .field("event_id", &self.event_id)
            .field("timestamp_ms", &self.timestamp_ms)
            .field("redelivery", &self.redelivery)
            .field("standby", &self.standby)
            .field("source", &self.source)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
