//! What is said to a reader, free of LINE's wire.
//!
//! One [`Message`] is one message object at LINE (at most five travel in one push, and LINE counts
//! the push, not the objects). `line::outgoing` turns these into LINE's JSON; limits of LINE are
//! kept where messages are made and checked by tests.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One message object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What it shows.
    pub body: Body,
    /// Quick replies under it (at most 13; LINE shows those of the last object only, and not on PC).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick: Vec<Button>,
    /// Shown as the sender's name (at most 20 characters), when it differs from the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
}

/// What one message object shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Plain text, at most 5,000 UTF-16 units.
    Text {
        /// The text.
        text: String,
    },
    /// A buttons template: text of at most 160 graphemes and one to four buttons.
    Buttons {
        /// The question.
        text: String,
        /// Read aloud and shown in the list of talks; at most 1,500 UTF-16 units.
        alt: String,
        /// One to four, label at most 20 graphemes.
        buttons: Vec<Button>,
    },
    /// A confirm template: text of at most 240 graphemes and exactly two buttons.
    Confirm {
        /// The question.
        text: String,
        /// As in [`Body::Buttons`].
        alt: String,
        /// The answer that goes on first, the way back second.
        buttons: [Button; 2],
    },
    /// One Flex bubble, or several side by side (at most 12).
    Cards {
        /// As in [`Body::Buttons`].
        alt: String,
        /// The bubbles.
        cards: Vec<Card>,
    },
}

/// One Flex bubble.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// A small line above the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kicker: Option<String>,
    /// The heading.
    pub title: String,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// A small line under everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One row of a [`Card`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum Row {
    /// A paragraph.
    Text {
        /// The paragraph.
        text: String,
    },
    /// A small line, such as a telephone number with its hours.
    Small {
        /// The line.
        text: String,
    },
    /// A button; label at most 40 graphemes.
    Button {
        /// The button.
        button: Button,
        /// How much it calls for attention.
        weight: Weight,
    },
}

/// How much a card's button calls for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Life and limb: red.
    Urgent,
    /// The main thing to do.
    Primary,
    /// One of several.
    Secondary,
    /// A quiet link.
    Link,
}

/// A button of any kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What a tap does.
    pub action: Action,
}

/// What a tap does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Sends `data` (at most 300 characters, never a personal value) to us.
    Postback {
        /// `h1|flow|step|value|turn|child`.
        data: String,
        /// Opens the keyboard, for questions that are answered by typing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keyboard: bool,
    },
    /// Opens a page or, with `tel:`, the telephone.
    Uri {
        /// `https:` or `tel:`.
        uri: String,
    },
    /// Opens the date picker; the chosen date comes back beside `data`.
    Date {
        /// As in [`Action::Postback`].
        data: String,
        /// The date shown first; within `min..=max`.
        initial: NaiveDate,
        /// The earliest date that can be chosen.
        min: NaiveDate,
        /// The latest date that can be chosen.
        max: NaiveDate,
    },
    /// Copies a text of at most 1,000 characters.
    Copy {
        /// The text.
        text: String,
    },
}

impl Message {
    /// A plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Body::Text { text: text.into() }.into()
    }

    /// One card.
    #[must_use]
    pub fn card(alt: impl Into<String>, card: Card) -> Self {
        Body::Cards { alt: alt.into(), cards: vec![card] }.into()
    }

    /// The same message with quick replies under it.
    #[must_use]
    pub fn with_quick(mut self, quick: Vec<Button>) -> Self {
        self.quick = quick;
        self
    }
}

impl From<Body> for Message {
    fn from(body: Body) -> Self {
        Self { body, quick: Vec::new(), sender: None }
    }
}

impl Button {
    /// A button that sends `data`.
    #[must_use]
    pub fn postback(label: impl Into<String>, data: impl Into<String>) -> Self {
        Self { label: label.into(), action: Action::Postback { data: data.into(), keyboard: false } }
    }

    /// A button that opens a page or the telephone.
    #[must_use]
    pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Self {
        Self { label: label.into(), action: Action::Uri { uri: uri.into() } }
    }
}
