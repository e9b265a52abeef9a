//! What was asked of the platform, and what it told the bot.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One API request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it arrived, in milliseconds since 1970.
    pub at_ms: i64,
    /// When it arrived by a real watch, in milliseconds since the channel was made.
    pub watch_ms: u64,
    /// `push`, `reply`, `multicast`, `validate/push`, `bot/info`, `richmenu/create` and so on.
    pub endpoint: String,
    /// The chats it was for; of a reply, the chat its token belongs to.
    pub to: Vec<String>,
    /// The `X-Line-Retry-Key`, as written.
    pub retry_key: Option<String>,
    /// The reply token, as written.
    pub reply_token: Option<String>,
    /// A fault met it: it was not handled as LINE would, or its answer was spoilt.
    pub fault: bool,
    /// The status that was answered; 0 when the connection was left without one.
    pub status: u16,
    /// The platform took it on, whatever the bot was told. False for a repeated retry key.
    pub accepted: bool,
    /// At least one person can see it. False when everybody it was for has blocked the bot.
    pub delivered: bool,
    /// The message objects.
    pub messages: Vec<Value>,
    /// The `x-line-request-id` that was answered.
    pub request_id: String,
    /// With a 409, the request that was accepted before.
    pub accepted_request_id: Option<String>,
}

impl Entry {
    /// Whether it was for this chat.
    #[must_use]
    pub fn is_to(&self, chat: &str) -> bool {
        self.to.iter().any(|to| to == chat)
    }
}

/// One webhook request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookEntry {
    /// When it left, in milliseconds since 1970.
    pub at_ms: i64,
    /// The events inside, as sent.
    pub events: Vec<Value>,
    /// The bot's status; [`super::NO_ANSWER`] when there was none in time.
    pub status: u16,
    /// How long the bot took, by a real watch. LINE gives up after 2,000.
    pub took_ms: u64,
}

impl WebhookEntry {
    /// The ids of the events inside.
    #[must_use]
    pub fn event_ids(&self) -> Vec<&str> {
        self.events.iter().filter_map(|event| event["webhookEventId"].as_str()).collect()
    }
}
