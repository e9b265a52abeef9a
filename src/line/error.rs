//! Why LINE did not do what was asked: one variant for each thing a caller does differently.
//!
//! "Already accepted" is absent: it is a success. Nothing here repeats what was sent: no texts, no
//! user ids, no tokens, no addresses.

use std::time::Duration;

use line_bot_sdk_rust::line_messaging_api::models::ErrorResponse;
use thiserror::Error;

use super::wire::Answer;

/// LINE's message says no more than this many characters to us.
const MAX_SUMMARY: usize = 120;

/// How many properties a summary names at most.
const MAX_PROPERTIES: usize = 5;

/// Why a call to LINE did not succeed.
#[derive(Debug, Error)]
pub enum SendError {
    /// Too many requests (429). Nothing was sent; it can be tried again.
    #[error("LINE is limiting our rate")]
    Throttled {
        /// How long LINE asks us to wait, if it says so (its reference documents no such header).
        retry_after: Option<Duration>,
    },
    /// The month's allowance is spent, or reserved by other sends (429). Nothing was sent.
    #[error("the month's allowance of messages is spent")]
    AllowanceSpent,
    /// LINE does not accept our token, also not a new one (401). Nothing was sent.
    #[error("LINE does not accept our channel access token or secret")]
    Unauthorized,
    /// LINE refuses this request and would refuse it again (400, 403, 404, 413, 415 and the like).
    #[error("LINE refuses the request ({status}): {summary}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The beginning of LINE's message and the names of the properties it complains of. No values.
        summary: String,
    },
    /// The reply token was used before or is too old (400). Nothing was sent.
    #[error("the reply token is used or expired")]
    InvalidReplyToken,
    /// The request never left us. Nothing was sent.
    #[error("the request did not reach LINE")]
    NotSent(#[source] Cause),
    /// The request left us, and no usable answer came. It may or may not have been carried out.
    #[error("no usable answer from LINE")]
    NoAnswer(#[source] Cause),
}

/// What came between LINE and us.
#[derive(Debug, Error)]
pub enum Cause {
    /// A status that says nothing about the request: 3xx, 5xx.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The network. The address is taken out, because some carry ids.
    #[error("the connection failed")]
    Network(#[source] reqwest::Error),
    /// The way that stands in for the network.
    #[error("the way to LINE ended")]
    Broken,
    /// Too many requests of ours are on their way already.
    #[error("no free connection in time")]
    Busy,
    /// A success whose body says nothing we understand.
    #[error("the answer cannot be read")]
    Unreadable,
}

impl SendError {
    /// The variant in a word, for rows and metrics.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::AllowanceSpent => "allowance_spent",
            Self::Unauthorized => "unauthorized",
            Self::Rejected { .. } => "rejected",
            Self::InvalidReplyToken => "invalid_reply_token",
            Self::NotSent(_) => "not_sent",
            Self::NoAnswer(_) => "no_answer",
        }
    }

    /// The failure of a request that got no answer at all. Only what failed while connecting is known
    /// not to have been sent.
    pub(super) fn from_network(why: reqwest::Error) -> Self {
        let unsent = why.is_connect() || why.is_builder();
        let cause = Cause::Network(why.without_url());
        if unsent { Self::NotSent(cause) } else { Self::NoAnswer(cause) }
    }

    /// What an answer other than a success means.
    pub(super) fn from_answer(answer: &Answer) -> Self {
        let status = answer.status.as_u16();
        match status {
            429 if answer.says("monthly limit") => Self::AllowanceSpent,
            429 => Self::Throttled { retry_after: answer.retry_after },
            401 => Self::Unauthorized,
            // A proxy of ours wants a password.
            407 => Self::NotSent(Cause::Status(status)),
            408 => Self::NoAnswer(Cause::Status(status)),
            400..=499 => Self::Rejected { status, summary: summary(answer) },
            _ => Self::NoAnswer(Cause::Status(status)),
        }
    }
}

/// The beginning of LINE's message and the names of properties, without anything that may be a value.
fn summary(answer: &Answer) -> String {
    let Some(error) = answer.json::<ErrorResponse>() else { return "no reason given".to_owned() };
    let details = error.details.unwrap_or_default();
    let names: Vec<String> = details
        .into_iter()
        .filter_map(|detail| detail.property)
        .take(MAX_PROPERTIES)
        .map(|name| property(&name))
        .collect();
    let message = impersonal(&error.message);
    if names.is_empty() { message } else { format!("{message}: {}", names.join(", ")) }
}

/// LINE's own messages are plain English; words with digits like those of ids, and everything in
/// another script, could be ours and are left out.
fn impersonal(message: &str) -> String {
    let kept = |word: &str| word.is_ascii() && word.bytes().filter(u8::is_ascii_digit).count() < 5;
    let words: Vec<&str> = message.split_whitespace().map(|word| if kept(word) { word } else { "…" }).collect();
    let readable = words.join(" ").chars().filter(|c| !c.is_control()).take(MAX_SUMMARY).collect::<String>();
    if readable.is_empty() { "no reason given".to_owned() } else { readable }
}

/// The name of a property, such as `messages[0].text`; anything else that stands there is not one.
fn property(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._[]".contains(&b);
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if name.len() <= 80 && digits < 12 && name.bytes().all(plain) { name.to_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_line_keeps_its_words_and_loses_what_may_be_ours() {
        for (message, kept) in [
            ("The request body has 2 error(s)", "The request body has 2 error(s)"),
            ("Richmenu (richmenu-d3385e1234) is not found", "Richmenu … is not found"),
            ("Invalid to: U0123456789abcdef0123456789abcdef", "Invalid to: …"),
            ("花ちゃん is\u{1b} not allowed", "… is not allowed"),
            ("", "no reason given"),
        ] {
            assert_eq!(impersonal(message), kept);
        }
        assert_eq!(impersonal(&"a ".repeat(1_000)).chars().count(), MAX_SUMMARY);
    }

    #[test]
    fn names_of_properties_are_named_and_nothing_else() {
        assert_eq!(property("messages[0].template.actions[3].data"), "messages[0].template.actions[3].data");
        assert_eq!(property("花"), "…");
        assert_eq!(property("U0123456789abcdef0123456789abcdef"), "…");
    }
}
