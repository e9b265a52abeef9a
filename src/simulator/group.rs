//! A group chat.

use super::channel::Channel;
use super::events::{self, Happening, Source};
use super::user::User;
use super::webhook::NO_ANSWER;
use super::words;
use super::world::{Bubble, Speaker, Via};

/// A group chat, which a bot may be invited to.
#[derive(Clone)]
pub struct Group {
    channel: Channel,
    id: String,
}

impl Group {
    pub(super) fn new(channel: Channel, id: String) -> Self {
        Self { channel, id }
    }

    /// `C` and 32 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Somebody invites the bot.
    pub async fn join(&self) -> u16 {
        self.set_inside(true);
        self.happen(None, Happening::Join).await
    }

    /// Somebody removes the bot.
    pub async fn removes_bot(&self) -> u16 {
        self.set_inside(false);
        self.happen(None, Happening::Leave).await
    }

    /// The member who was there first writes.
    pub async fn says(&self, text: &str) -> u16 {
        let first = self.channel.world().parties.get(&self.id).and_then(|party| party.members.first().cloned());
        let Some(first) = first else { return NO_ANSWER };
        self.says_as(&self.channel.user_with_id(first), text).await
    }

    /// A member writes. Nothing is sent when the bot is not in the group.
    pub async fn says_as(&self, who: &User, text: &str) -> u16 {
        if self.bot_has_left() {
            return NO_ANSWER;
        }
        let message = events::text(self.channel.ids(), text);
        let bubble = Bubble {
            id: message["id"].as_str().unwrap_or_default().to_owned(),
            from: Speaker::User,
            at_ms: self.channel.now_ms(),
            message: message.clone(),
            via: Via::Said,
            unsent: false,
            answered: false,
        };
        self.channel.world().show(&self.id, bubble);
        self.happen(Some(who), Happening::Message(message)).await
    }

    /// The member who wrote last changes that text. Nothing is sent when nobody wrote.
    pub async fn edits_last(&self, text: &str) -> u16 {
        let edited = {
            let mut world = self.channel.world();
            let chat = world.chats.entry(self.id.clone()).or_default();
            let last = chat.iter_mut().rev().find(|bubble| bubble.from == Speaker::User);
            last.map(|bubble| {
                bubble.message["text"] = text.into();
                let mut message = bubble.message.clone();
                // An edited message has no mark for reading.
                message.as_object_mut().map(|message| message.remove("markAsReadToken"));
                message
            })
        };
        let first = self.channel.world().parties.get(&self.id).and_then(|party| party.members.first().cloned());
        match edited.zip(first) {
            Some((message, who)) => {
                self.happen(Some(&self.channel.user_with_id(who)), Happening::MessageEdited(message)).await
            }
            None => NO_ANSWER,
        }
    }

    /// Somebody new comes into the group.
    pub async fn gains(&self, who: &User) -> u16 {
        if let Some(party) = self.channel.world().parties.get_mut(&self.id) {
            party.members.push(who.id().to_owned());
        }
        self.happen(None, Happening::MemberJoined(vec![who.id().to_owned()])).await
    }

    /// A member goes.
    pub async fn loses(&self, who: &User) -> u16 {
        if let Some(party) = self.channel.world().parties.get_mut(&self.id) {
            party.members.retain(|id| id != who.id());
        }
        self.happen(None, Happening::MemberLeft(vec![who.id().to_owned()])).await
    }

    /// Whether the bot is not in the group: never invited, removed, or gone by the API.
    #[must_use]
    pub fn bot_has_left(&self) -> bool {
        self.channel.world().parties.get(&self.id).is_none_or(|party| !party.bot_inside)
    }

    /// What the bot said here, as text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let world = self.channel.world();
        let chat = world.chats.get(&self.id).map(Vec::as_slice).unwrap_or_default();
        chat.iter().filter(|b| b.from == Speaker::Bot).map(|b| words::of_message(&b.message)).collect()
    }

    async fn happen(&self, who: Option<&User>, happening: Happening) -> u16 {
        let source = Source::Group(self.id.clone(), who.map(|user| user.id().to_owned()));
        self.channel.happen(source, happening).await
    }

    fn set_inside(&self, inside: bool) {
        if let Some(party) = self.channel.world().parties.get_mut(&self.id) {
            party.bot_inside = inside;
        }
    }
}
