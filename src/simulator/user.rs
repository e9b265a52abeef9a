//! A person with a phone.
//!
//! Everything a person does shows in their chat first and then reaches the bot as a signed webhook;
//! the methods return the bot's HTTP status ([`NO_ANSWER`] when nothing was sent or nothing came
//! back). Acts of one person happen one after the other, as told.

use std::time::Duration;

use serde_json::{Value, json};

use super::channel::Channel;
use super::events::{self, Happening, Source};
use super::touch::{self, Place, Touchable};
use super::webhook::NO_ANSWER;
use super::words;
use super::world::{Bubble, Person, Speaker, Via, World};

/// One person. Clones are the same person.
#[derive(Clone)]
pub struct User {
    channel: Channel,
    id: String,
}

impl User {
    pub(super) fn new(channel: Channel, id: String) -> Self {
        Self { channel, id }
    }

    /// The LINE user id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Adds the bot as a friend. Somebody who has blocked it unblocks it.
    pub async fn add_friend(&self) -> u16 {
        let unblocked = self.change(|person| {
            person.friend = true;
            std::mem::take(&mut person.blocked)
        });
        self.happen(Happening::Follow { unblocked }).await
    }

    /// Has been a friend for long: the bot is told nothing now.
    pub fn befriends(&self) {
        self.change(|person| person.friend = true);
    }

    /// Blocks the bot.
    pub async fn block(&self) -> u16 {
        self.change(|person| person.blocked = true);
        self.happen(Happening::Unfollow).await
    }

    /// Unblocks the bot, which is a follow.
    pub async fn unblock(&self) -> u16 {
        self.add_friend().await
    }

    /// Types a text and sends it. Who has blocked the bot cannot write to it.
    pub async fn says(&self, text: &str) -> u16 {
        self.sends(events::text(self.channel.ids(), text)).await
    }

    /// Sends a sticker.
    pub async fn sends_sticker(&self) -> u16 {
        self.sends(events::sticker(self.channel.ids())).await
    }

    /// Sends a photograph.
    pub async fn sends_image(&self) -> u16 {
        self.sends(events::image(self.channel.ids())).await
    }

    /// Sends a place.
    pub async fn sends_location(&self) -> u16 {
        self.sends(events::location(self.channel.ids())).await
    }

    /// Takes back what was said last.
    pub async fn unsends_last(&self) -> u16 {
        let taken_back = {
            let mut world = self.channel.world();
            let chat = world.chats.entry(self.id.clone()).or_default();
            let last = chat.iter_mut().rev().find(|bubble| bubble.from == Speaker::User && !bubble.unsent);
            last.map(|bubble| {
                bubble.unsent = true;
                bubble.id.clone()
            })
        };
        match taken_back {
            Some(id) => self.happen(Happening::Unsend(id)).await,
            None => NO_ANSWER,
        }
    }

    /// The last event of this person arrives once more, with the same id and `isRedelivery`.
    pub async fn redeliver_last(&self) -> u16 {
        let last = self.channel.world().people.get(&self.id).and_then(|person| person.last_event.clone());
        match last {
            Some(event) => self.channel.send_or_hold(events::redelivered(&event)).await,
            None => NO_ANSWER,
        }
    }

    /// Sends this postback, whether or not a button for it can be seen. Who has blocked the bot cannot.
    pub async fn posts_back(&self, data: &str) -> u16 {
        if self.has_blocked() {
            return NO_ANSWER;
        }
        self.happen(Happening::Postback { data: data.to_owned(), params: None }).await
    }

    /// Touches the newest button, quick reply or menu area with this label.
    ///
    /// A date picker is confirmed with the date it opens on.
    ///
    /// # Panics
    ///
    /// When nothing with this label can be touched.
    pub async fn taps(&self, label: &str) -> u16 {
        self.try_tap(label).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Chooses `value` (as `2026-11-22`, `08:00` or `2026-11-22T08:00`) in the newest date picker
    /// with this label.
    ///
    /// # Panics
    ///
    /// When there is no such picker, or its bounds do not allow the value.
    pub async fn picks(&self, label: &str, value: &str) -> u16 {
        self.try_pick(label, value).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// As [`User::taps`].
    ///
    /// # Errors
    ///
    /// A sentence that says what can be touched instead.
    pub async fn try_tap(&self, label: &str) -> Result<u16, String> {
        Ok(self.touch(self.find(label)?).await)
    }

    /// As [`User::picks`].
    ///
    /// # Errors
    ///
    /// A sentence that says what can be touched instead, or what the picker allows.
    pub async fn try_pick(&self, label: &str, value: &str) -> Result<u16, String> {
        let found = self.find(label)?;
        if found.action["type"] != "datetimepicker" {
            return Err(format!("「{label}」 is no date picker: {}", found.action));
        }
        let (min, max) = (found.action["min"].as_str(), found.action["max"].as_str());
        if min.is_some_and(|min| value < min) || max.is_some_and(|max| max < value) {
            return Err(format!("「{label}」 goes from {min:?} to {max:?}, not to {value}"));
        }
        Ok(self.pick(&found, value).await)
    }

    /// Whether something with this label can be touched in what came after the first `seen` bubbles of
    /// the chat.
    #[must_use]
    pub fn offers(&self, label: &str, seen: usize) -> bool {
        let chat = self.chat();
        touch::in_chat(chat.get(seen..).unwrap_or_default(), None).iter().any(|found| found.label == label)
    }

    /// Waits until something that this phone shows makes this true; false when patience ends.
    pub async fn comes_to(&self, patience: Duration, is_so: impl Fn() -> bool) -> bool {
        self.channel.comes_to(patience, is_so).await
    }

    /// How many bubbles stand in the chat.
    #[must_use]
    pub fn bubbles(&self) -> usize {
        self.channel.world().chats.get(&self.id).map_or(0, Vec::len)
    }

    /// Everything in the chat, oldest first. Nothing when this person has only heard of the bot.
    #[must_use]
    pub fn chat(&self) -> Vec<Bubble> {
        self.channel.world().chats.get(&self.id).cloned().unwrap_or_default()
    }

    /// What the bot said, one text for each message object, oldest first.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let said = |bubble: &&Bubble| bubble.from == Speaker::Bot && !bubble.unsent;
        self.chat().iter().filter(said).map(|bubble| words::of_message(&bubble.message)).collect()
    }

    /// The labels of everything that can be touched now, oldest first, menu last.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.touchables().into_iter().map(|touchable| touchable.label).collect()
    }

    /// The labels of the quick replies that show now.
    #[must_use]
    pub fn quick_labels(&self) -> Vec<String> {
        let quick = |touchable: &Touchable| matches!(touchable.place, Place::Quick(_));
        self.touchables().into_iter().filter(quick).map(|touchable| touchable.label).collect()
    }

    /// Whether the bot is blocked.
    #[must_use]
    pub fn has_blocked(&self) -> bool {
        self.look(|person| person.blocked)
    }

    /// Whether the bot is a friend and not blocked.
    #[must_use]
    pub fn is_friend(&self) -> bool {
        self.look(|person| person.friend && !person.blocked)
    }

    /// The rich menu that shows, with its `richMenuId`.
    #[must_use]
    pub fn rich_menu(&self) -> Option<Value> {
        let mut world = self.channel.world();
        world.menus.link_what_is_due(self.channel.now_ms());
        world.menus.shown_to(&self.id)
    }

    /// The addresses this person opened by touching.
    #[must_use]
    pub fn opened(&self) -> Vec<String> {
        self.look(|person| person.opened.clone())
    }

    /// The text this person copied last.
    #[must_use]
    pub fn copied(&self) -> Option<String> {
        self.look(|person| person.copied.clone())
    }

    /// Whether the loading animation shows.
    #[must_use]
    pub fn sees_loading(&self) -> bool {
        let now_ms = self.channel.now_ms();
        self.look(|person| person.loading_until.is_some_and(|until| now_ms < until))
    }

    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(super) fn touchables(&self) -> Vec<Touchable> {
        let world = self.channel.world();
        let menu = world.menus.shown_to(&self.id);
        touch::in_chat(world.chats.get(&self.id).map(Vec::as_slice).unwrap_or_default(), menu.as_ref())
    }

    /// Does what LINE does when this is touched. Who has blocked the bot can still open and copy.
    pub(super) async fn touch(&self, found: Touchable) -> u16 {
        let action = &found.action;
        let kind = action["type"].as_str().unwrap_or_default();
        if self.has_blocked() && !matches!(kind, "uri" | "clipboard") {
            return NO_ANSWER;
        }
        match kind {
            "postback" => self.touch_postback(&found).await,
            "message" => {
                self.use_up(&found.place);
                self.says(text_of(action, "text")).await
            }
            "datetimepicker" => {
                let opens_on = ["initial", "min"].iter().find_map(|key| action[*key].as_str());
                let value = opens_on.unwrap_or("2026-01-01").to_owned();
                self.pick(&found, &value).await
            }
            "richmenuswitch" => self.switch_menu(action).await,
            "location" => self.sends_location().await,
            "camera" | "cameraRoll" => self.sends_image().await,
            other => {
                self.touch_silently(other, &found);
                200
            }
        }
    }

    pub(super) async fn pick(&self, found: &Touchable, value: &str) -> u16 {
        if self.has_blocked() {
            return NO_ANSWER;
        }
        self.use_up(&found.place);
        let mode = text_of(&found.action, "mode");
        let data = text_of(&found.action, "data").to_owned();
        self.happen(Happening::Postback { data, params: Some(json!({ mode: value })) }).await
    }

    async fn touch_postback(&self, found: &Touchable) -> u16 {
        self.use_up(&found.place);
        let action = &found.action;
        if let Some(text) = action["displayText"].as_str() {
            let id = self.channel.ids().message();
            self.show_own(&id, json!({ "type": "text", "text": text }));
        }
        // The old `text` is a message of its own, which the bot hears too.
        if let Some(text) = action["text"].as_str() {
            self.says(text).await;
        }
        self.posts_back(text_of(action, "data")).await
    }

    async fn switch_menu(&self, action: &Value) -> u16 {
        let alias = text_of(action, "richMenuAliasId");
        let status = self.channel.world().menus.switch(&self.id, alias);
        let params = match status {
            "SUCCESS" => json!({ "newRichMenuAliasId": alias, "status": status }),
            _ => json!({ "status": status }),
        };
        let data = text_of(action, "data").to_owned();
        self.happen(Happening::Postback { data, params: Some(params) }).await
    }

    /// Opening and copying happen on the phone; the bot is not told.
    fn touch_silently(&self, kind: &str, found: &Touchable) {
        self.use_up(&found.place);
        let action = &found.action;
        self.change(|person| match kind {
            "uri" => person.opened.push(text_of(action, "uri").to_owned()),
            "clipboard" => person.copied = Some(text_of(action, "clipboardText").to_owned()),
            _ => {}
        });
        self.channel.touch();
    }

    fn find(&self, label: &str) -> Result<Touchable, String> {
        let all = self.touchables();
        let labels: Vec<_> = all.iter().map(|touchable| touchable.label.as_str()).collect();
        let found = all.iter().rev().find(|touchable| touchable.label == label);
        found.cloned().ok_or_else(|| format!("nothing called 「{label}」 can be touched, only {labels:?}"))
    }

    async fn sends(&self, message: Value) -> u16 {
        if self.has_blocked() {
            return NO_ANSWER;
        }
        let now_ms = self.channel.now_ms();
        self.change(|person| person.wrote_at = Some(now_ms));
        self.show_own(text_of(&message, "id"), message.clone());
        self.happen(Happening::Message(message)).await
    }

    async fn happen(&self, happening: Happening) -> u16 {
        self.channel.touch();
        self.channel.happen(Source::User(self.id.clone()), happening).await
    }

    fn show_own(&self, id: &str, message: Value) {
        let (id, at_ms) = (id.to_owned(), self.channel.now_ms());
        let bubble = Bubble { id, from: Speaker::User, at_ms, message, via: Via::Said, unsent: false, answered: false };
        self.channel.world().show(&self.id, bubble);
        self.channel.touch();
    }

    fn use_up(&self, place: &Place) {
        let Place::Quick(id) = place else { return };
        let mut world = self.channel.world();
        let chat = world.chats.entry(self.id.clone()).or_default();
        chat.iter_mut().filter(|bubble| bubble.id == *id).for_each(|bubble| bubble.answered = true);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Person) -> T) -> T {
        let mut world = self.channel.world();
        let World { people, .. } = &mut *world;
        change(people.entry(self.id.clone()).or_default())
    }

    fn look<T: Default>(&self, look: impl FnOnce(&Person) -> T) -> T {
        self.channel.world().people.get(&self.id).map(look).unwrap_or_default()
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
