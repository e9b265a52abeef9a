//! What the platform remembers about one channel.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ledger::{Entry, WebhookEntry};
use super::rate::Buckets;
use super::rich_menu::Menus;
use super::tokens::Tokens;
use super::webhook::Outbox;

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speaker {
    /// The official account.
    Bot,
    /// A person.
    User,
}

/// How a message came into the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Via {
    /// Said by a person.
    Said,
    /// Answered with a reply token.
    Reply,
    /// Pushed to one chat.
    Push,
    /// Multicast, narrowcast or broadcast.
    Multicast,
}

/// One message as it stands in a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bubble {
    /// The message id.
    pub id: String,
    /// Who said it.
    pub from: Speaker,
    /// When it appeared, in milliseconds since 1970.
    pub at_ms: i64,
    /// The message object as it was sent.
    pub message: Value,
    /// How it came.
    pub via: Via,
    /// Taken back by its sender.
    pub unsent: bool,
    /// A quick reply of it was used, so they are gone.
    #[serde(skip)]
    pub(super) answered: bool,
}

/// One person, as this channel knows them.
#[derive(Default)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) friend: bool,
    pub(super) blocked: bool,
    pub(super) wrote_at: Option<i64>,
    pub(super) opened: Vec<String>,
    pub(super) copied: Option<String>,
    pub(super) loading_until: Option<i64>,
    /// Events of this person in the order they were made, for redelivery.
    pub(super) last_event: Option<Value>,
}

/// One group chat.
#[derive(Default)]
pub(super) struct Party {
    pub(super) members: Vec<String>,
    pub(super) bot_inside: bool,
}

/// A reply token that was handed out.
pub(super) struct ReplyToken {
    pub(super) chat: String,
    pub(super) event_ms: i64,
    pub(super) sent_ms: i64,
    pub(super) used: bool,
}

/// A retry key under which a request was accepted.
pub(super) struct UsedKey {
    pub(super) at_ms: i64,
    pub(super) request_id: String,
    /// Digest of endpoint and body, to notice a changed one.
    pub(super) digest: [u8; 32],
    pub(super) sent: Vec<Value>,
}

#[derive(Default)]
pub(super) struct World {
    pub(super) people: BTreeMap<String, Person>,
    pub(super) parties: BTreeMap<String, Party>,
    pub(super) chats: HashMap<String, Vec<Bubble>>,
    pub(super) reply_tokens: HashMap<String, ReplyToken>,
    pub(super) used_keys: HashMap<String, UsedKey>,
    pub(super) tokens: Tokens,
    pub(super) menus: Menus,
    pub(super) buckets: Buckets,
    pub(super) outbox: Outbox,
    pub(super) ledger: Vec<Entry>,
    pub(super) webhooks: Vec<WebhookEntry>,
    pub(super) webhook_url: Option<String>,
    pub(super) allowance: Option<u64>,
    /// Recipients counted, by month since year 0.
    pub(super) consumption: HashMap<i32, u64>,
    /// Recipients reached, by endpoint and day of the common era, for the delivery counts.
    pub(super) sent_on: HashMap<(&'static str, i32), u64>,
    pub(super) counting_only: bool,
}

impl World {
    /// Whether a message sent to this chat now would be seen.
    pub(super) fn reaches(&self, chat: &str, now_ms: i64) -> bool {
        /// Push reaches people who wrote to us within these days although they are no friends.
        const WROTE_WITHIN_MS: i64 = 7 * 24 * 60 * 60 * 1000;
        if let Some(person) = self.people.get(chat) {
            let wrote = person.wrote_at.is_some_and(|at| now_ms - at <= WROTE_WITHIN_MS);
            return !person.blocked && (person.friend || wrote);
        }
        self.parties.get(chat).is_some_and(|party| party.bot_inside)
    }

    /// How many people a message to this chat is counted for.
    pub(super) fn heads(&self, chat: &str, now_ms: i64) -> u64 {
        if !self.reaches(chat, now_ms) {
            return 0;
        }
        self.parties.get(chat).map_or(1, |party| party.members.len() as u64)
    }

    pub(super) fn knows(&self, chat: &str) -> bool {
        self.people.contains_key(chat) || self.parties.get(chat).is_some_and(|party| party.bot_inside)
    }

    pub(super) fn show(&mut self, chat: &str, bubble: Bubble) {
        if let Some(person) = self.people.get_mut(chat)
            && bubble.from == Speaker::Bot
        {
            person.loading_until = None;
        }
        if !self.counting_only {
            self.chats.entry(chat.to_owned()).or_default().push(bubble);
        }
    }
}
