//! One bot as the platform sees it, and what a test or the demo may ask about it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::events::{self, Happening, Source};
use super::faults::Faults;
use super::group::Group;
use super::ids::Ids;
use super::ledger::{Entry, WebhookEntry};
use super::rate::Rate;
use super::rich_menu::MenuState;
use super::user::User;
use super::webhook::Post;
use super::world::{Party, Person, ReplyToken, World};
use super::{ChannelOptions, Clock};

/// What is answered when a used retry key comes with another body. LINE does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChangedBody {
    /// 409, as for the same body.
    #[default]
    Conflict409,
    /// 400.
    Refused400,
}

/// One bot. Clones are the same bot.
#[derive(Clone)]
pub struct Channel {
    inner: Arc<Inner>,
}

struct Inner {
    options: ChannelOptions,
    clock: Clock,
    ids: Ids,
    faults: Faults,
    post: Post,
    world: Mutex<World>,
    changed_body: Mutex<ChangedBody>,
    /// Held while an API request is carried out: two requests with one retry key come one after
    /// the other.
    turn: Mutex<()>,
    /// Grows with everything that a phone could show.
    version: watch::Sender<u64>,
    /// Runs since the channel was made.
    watch: Instant,
}

impl Channel {
    pub(super) fn new(options: ChannelOptions, seed: u64, clock: Clock, post: Post) -> Self {
        let mut world = World { webhook_url: options.webhook_url.clone(), ..World::default() };
        world.tokens.add(options.access_token.clone(), None);
        let ids = Ids::new(seed, &options.slug);
        let inner = Inner {
            options,
            clock,
            ids,
            faults: Faults::default(),
            post,
            world: Mutex::new(world),
            changed_body: Mutex::default(),
            turn: Mutex::default(),
            version: watch::Sender::new(0),
            watch: Instant::now(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Its name in the simulator.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.inner.options.slug
    }

    /// Where webhooks go from now on.
    pub fn set_webhook(&self, url: &str) {
        self.spread_webhooks(&[url.to_owned()]);
    }

    /// Webhooks go to these addresses in turn, as a balancer in front of several servers sends them.
    pub fn spread_webhooks(&self, urls: &[String]) {
        let mut world = self.world();
        world.webhook_url = urls.first().cloned();
        world.outbox.spread_over(urls);
    }

    /// A person who has LINE and has not met the bot.
    #[must_use]
    pub fn new_user(&self) -> User {
        self.user_with_id(self.ids().chat('U'))
    }

    /// The person called `name`; the same name is always the same person.
    #[must_use]
    pub fn user_called(&self, name: &str) -> User {
        self.user_with_id(self.ids().user_called(name))
    }

    /// The person with this LINE user id, who is made when nobody has it.
    #[must_use]
    pub fn user_with_id(&self, id: String) -> User {
        let mut world = self.world();
        let number = world.people.len() + 1;
        world
            .people
            .entry(id.clone())
            .or_insert_with(|| Person { name: format!("利用者{number}"), ..Person::default() });
        drop(world);
        User::new(self.clone(), id)
    }

    /// A group chat of one new person, without the bot.
    #[must_use]
    pub fn new_group(&self) -> Group {
        let id = self.ids().chat('C');
        let members = vec![self.new_user().id().to_owned()];
        self.world().parties.insert(id.clone(), Party { members, bot_inside: false });
        Group::new(self.clone(), id)
    }

    /// What goes wrong.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// What the platform has of rich menus.
    #[must_use]
    pub fn menus(&self) -> MenuState {
        self.world().menus.state()
    }

    /// A rich menu that somebody else made, with its picture; returns its id.
    pub fn make_menu(&self, name: &str) -> String {
        let id = self.ids().rich_menu();
        self.world().menus.make(&id, name);
        id
    }

    /// From now on a bulk link is done so many milliseconds after it was accepted: "within seconds".
    pub fn slow_bulk_links(&self, takes_ms: i64) {
        self.world().menus.bulk_takes_ms = takes_ms;
    }

    /// Somebody else removes a rich menu.
    pub fn lose_menu(&self, id: &str) {
        self.world().menus.delete(id);
    }

    /// Every API request that named this channel, in the order of arrival.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        self.world().ledger.clone()
    }

    /// How many API requests have named this channel.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.world().ledger.len()
    }

    /// The accepted pushes to this chat, also those its owner cannot see (see [`Entry::delivered`]).
    #[must_use]
    pub fn pushes_to(&self, chat: &str) -> Vec<Entry> {
        let wanted = |entry: &&Entry| entry.endpoint == "push" && entry.accepted && entry.is_to(chat);
        self.world().ledger.iter().filter(wanted).cloned().collect()
    }

    /// Every webhook request that left.
    #[must_use]
    pub fn webhook_log(&self) -> Vec<WebhookEntry> {
        self.world().webhooks.clone()
    }

    /// The month's allowance of recipients; `None` is no limit.
    pub fn set_allowance(&self, recipients: Option<u64>) {
        self.world().allowance = recipients;
    }

    /// Recipients counted in the month of the clock.
    #[must_use]
    pub fn consumption(&self) -> u64 {
        let month = super::api::month_of(self.now_ms());
        self.world().consumption.get(&month).copied().unwrap_or(0)
    }

    /// Another rate for the endpoint the ledger calls so; `None` is no limit.
    pub fn set_rate(&self, endpoint: &str, rate: Option<Rate>) {
        self.world().buckets.set(endpoint, rate);
    }

    /// What is answered when a used retry key comes with another body.
    pub fn set_changed_body(&self, answer: ChangedBody) {
        *self.inner.changed_body.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// All tokens stop working, the long-lived one too.
    pub fn revoke_tokens(&self) {
        self.world().tokens.revoke_all();
    }

    /// How many tokens were issued from channel id and secret.
    #[must_use]
    pub fn tokens_issued(&self) -> u64 {
        self.world().tokens.issued()
    }

    /// For benchmarks: chats and the webhook log stay empty and the ledger keeps no message objects.
    pub fn count_only(&self) {
        self.world().counting_only = true;
    }

    pub(super) fn options(&self) -> &ChannelOptions {
        &self.inner.options
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    pub(super) fn post(&self) -> &Post {
        &self.inner.post
    }

    /// Real milliseconds since the channel was made.
    pub(super) fn watch_ms(&self) -> u64 {
        u64::try_from(self.inner.watch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn now_ms(&self) -> i64 {
        (self.inner.clock)()
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changed_body(&self) -> ChangedBody {
        *self.inner.changed_body.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn touch(&self) {
        self.inner.version.send_modify(|version| *version += 1);
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    /// Waits until something that a phone could show makes this true; false when patience ends.
    pub async fn comes_to(&self, patience: Duration, is_so: impl Fn() -> bool) -> bool {
        let mut news = self.watch();
        let seen = async {
            while !is_so() {
                if news.changed().await.is_err() {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(patience, seen).await.unwrap_or(false)
    }

    /// Makes an event of now and remembers its reply token.
    pub(super) fn note_event(&self, source: &Source, happening: Happening) -> Value {
        let at_ms = self.now_ms();
        let event = events::event(self.ids(), at_ms, source, happening);
        let mut world = self.world();
        if let Some(token) = event["replyToken"].as_str() {
            let chat = source.chat().to_owned();
            let kept = ReplyToken { chat, event_ms: at_ms, sent_ms: at_ms, used: false };
            world.reply_tokens.insert(token.to_owned(), kept);
        }
        if let Some(person) = world.people.get_mut(source.chat()) {
            person.last_event = Some(event.clone());
        }
        event
    }

    /// A reply token's minute begins anew with each delivery of its event.
    pub(super) fn renew_reply_tokens(&self, events: &[Value], now_ms: i64) {
        let mut world = self.world();
        for event in events {
            let token = event["replyToken"].as_str().and_then(|token| world.reply_tokens.get_mut(token));
            if let Some(token) = token {
                token.sent_ms = now_ms;
            }
        }
    }
}
