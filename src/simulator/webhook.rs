//! Webhooks on their way to the bot: signed, in order for each person, and as crooked as asked.
//!
//! Events of one person leave one after the other, each after the answer to the one before; people do
//! not wait for each other. Failed events are kept until [`Channel::redeliver_failed`] sends them
//! again, because LINE's own number and interval are not disclosed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::channel::Channel;
use super::events::{self, Happening, Source};
use super::inside::Bot;
use super::ledger::WebhookEntry;

/// The status of an event that is held back; see [`Channel::hold_webhooks`].
pub const HELD: u16 = 1;
/// The status when the bot did not answer in time, could not be reached, or has no webhook URL.
pub const NO_ANSWER: u16 = 0;

/// How held events leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Release {
    /// One by one, as they happened.
    InOrder,
    /// One by one, the last first.
    Reversed,
    /// All in one request, as they happened.
    OneRequest,
    /// All in one request, the last first.
    OneRequestReversed,
}

/// What waits to leave, and how it leaves.
#[derive(Default)]
pub(super) struct Outbox {
    held: Option<Vec<Value>>,
    failed: Vec<Value>,
    twice_next: usize,
    twice_always: bool,
    everywhere_next: usize,
    /// The servers behind one balancer, and whose turn it is.
    servers: Vec<String>,
    turn: usize,
    timeout: Option<Duration>,
    /// Instead of addresses.
    bot: Option<Bot>,
    pub(super) lanes: HashMap<String, Arc<tokio::sync::Mutex<()>>>,
}

impl Outbox {
    pub(super) fn go_by(&mut self, bot: Bot) {
        self.bot = Some(bot);
    }

    pub(super) fn spread_over(&mut self, servers: &[String]) {
        (self.servers, self.turn) = (servers.to_vec(), 0);
    }

    /// The server whose turn it is, if there are several.
    fn next_server(&mut self) -> Option<String> {
        let server = self.servers.get(self.turn % self.servers.len().max(1)).cloned();
        self.turn += 1;
        server
    }
}

impl Channel {
    /// Sends any bytes to the bot, signed as given or not at all, and returns its status.
    pub async fn raw_webhook(&self, body: &[u8], signature: Option<&str>) -> u16 {
        let bot = self.world().outbox.bot.clone();
        if let Some(bot) = bot {
            return bot(body.to_vec(), signature.map(str::to_owned)).await;
        }
        let url = {
            let mut world = self.world();
            world.outbox.next_server().or_else(|| world.webhook_url.clone())
        };
        match url {
            Some(url) => self.raw_webhook_to(url, body, signature).await,
            None => NO_ANSWER,
        }
    }

    async fn raw_webhook_to(&self, url: String, body: &[u8], signature: Option<&str>) -> u16 {
        let timeout = self.world().outbox.timeout.unwrap_or(DEFAULT_TIMEOUT);
        self.post().send(url, body.to_vec(), signature.map(str::to_owned), timeout).await
    }

    /// The signature LINE would put on this body.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.options().secret.as_bytes()).expect("any length is a key");
        mac.update(body);
        STANDARD.encode(mac.finalize().into_bytes())
    }

    /// Sends these events in one signed request, writes it down and returns the bot's status.
    pub async fn post_events(&self, events: Vec<Value>) -> u16 {
        self.post_events_to(None, events).await
    }

    async fn post_events_to(&self, server: Option<String>, events: Vec<Value>) -> u16 {
        let at_ms = self.now_ms();
        self.renew_reply_tokens(&events, at_ms);
        let body = json!({ "destination": self.options().bot_user_id, "events": events }).to_string();
        let signature = self.sign(body.as_bytes());
        let begun = Instant::now();
        let status = match server {
            Some(url) => self.raw_webhook_to(url, body.as_bytes(), Some(&signature)).await,
            None => self.raw_webhook(body.as_bytes(), Some(&signature)).await,
        };
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut world = self.world();
        if !(200..300).contains(&status) {
            world.outbox.failed.extend(events.iter().cloned());
        }
        if !world.counting_only {
            world.webhooks.push(WebhookEntry { at_ms, events, status, took_ms });
        }
        drop(world);
        self.touch();
        status
    }

    /// The request behind the console's verify button: no events.
    pub async fn verify(&self) -> u16 {
        self.post_events(Vec::new()).await
    }

    /// As [`Channel::verify`], at another address when one is given.
    pub(super) async fn verify_at(&self, url: Option<&str>) -> u16 {
        let Some(url) = url else { return self.verify().await };
        let body = json!({ "destination": self.options().bot_user_id, "events": [] }).to_string();
        let signature = self.sign(body.as_bytes());
        self.post().send(url.to_owned(), body.into_bytes(), Some(signature), DEFAULT_TIMEOUT).await
    }

    /// Until [`Channel::release`], events are kept back and their senders get [`HELD`].
    pub fn hold_webhooks(&self) {
        self.world().outbox.held.get_or_insert_with(Vec::new);
    }

    /// Takes the held events out, to be sent by [`Channel::post_events`] in any order; from now on events
    /// leave by themselves again.
    #[must_use]
    pub fn take_held(&self) -> Vec<Value> {
        self.world().outbox.held.take().unwrap_or_default()
    }

    /// Lets the held events go, and returns the bot's statuses, one for each request.
    pub async fn release(&self, how: Release) -> Vec<u16> {
        let mut events = self.world().outbox.held.take().unwrap_or_default();
        if matches!(how, Release::Reversed | Release::OneRequestReversed) {
            events.reverse();
        }
        if events.is_empty() {
            return Vec::new();
        }
        if matches!(how, Release::OneRequest | Release::OneRequestReversed) {
            return vec![self.post_events(events).await];
        }
        self.post_each(events).await
    }

    /// Sends the events that failed again, marked as redelivered, and returns the bot's statuses.
    pub async fn redeliver_failed(&self) -> Vec<u16> {
        let failed = std::mem::take(&mut self.world().outbox.failed);
        self.post_each(failed.iter().map(events::redelivered).collect()).await
    }

    /// The next `n` webhooks arrive twice, unchanged.
    pub fn duplicate_next_webhooks(&self, n: usize) {
        self.world().outbox.twice_next = n;
    }

    /// Every webhook arrives twice, unchanged.
    pub fn duplicate_webhooks(&self, always: bool) {
        self.world().outbox.twice_always = always;
    }

    /// Each of the next `n` webhooks arrives at all addresses of [`Channel::spread_webhooks`] at once.
    pub fn send_everywhere(&self, n: usize) {
        self.world().outbox.everywhere_next = n;
    }

    /// How long the bot may take, by a real watch. LINE allows two seconds; the default here is ten,
    /// so that a busy machine does not fail a test (the log tells how long it took).
    pub fn set_webhook_timeout(&self, timeout: Duration) {
        self.world().outbox.timeout = Some(timeout);
    }

    /// Makes an event, after those of the same chat that are still under way, and sends it.
    pub(super) async fn happen(&self, source: Source, happening: Happening) -> u16 {
        let lane = self.lane(source.chat());
        let _turn = lane.lock().await;
        let event = self.note_event(&source, happening);
        self.send_or_hold(event).await
    }

    pub(super) fn lane(&self, chat: &str) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(self.world().outbox.lanes.entry(chat.to_owned()).or_default())
    }

    pub(super) async fn send_or_hold(&self, event: Value) -> u16 {
        let (copies, everywhere) = {
            let mut world = self.world();
            if let Some(held) = &mut world.outbox.held {
                held.push(event);
                return HELD;
            }
            let everywhere = if world.outbox.everywhere_next > 0 { world.outbox.servers.clone() } else { Vec::new() };
            world.outbox.everywhere_next = world.outbox.everywhere_next.saturating_sub(1);
            let twice = world.outbox.twice_always || world.outbox.twice_next > 0;
            world.outbox.twice_next = world.outbox.twice_next.saturating_sub(1);
            (if twice { 2 } else { 1 }, everywhere)
        };
        if !everywhere.is_empty() {
            let copies = everywhere.into_iter().map(|server| self.post_events_to(Some(server), vec![event.clone()]));
            // What any of them took on will not be sent again.
            return futures::future::join_all(copies)
                .await
                .into_iter()
                .min_by_key(|status| *status != 200)
                .unwrap_or(NO_ANSWER);
        }
        let mut first = None;
        for _ in 0..copies {
            let status = self.post_events(vec![event.clone()]).await;
            first.get_or_insert(status);
        }
        first.unwrap_or(NO_ANSWER)
    }

    async fn post_each(&self, events: Vec<Value>) -> Vec<u16> {
        let mut statuses = Vec::new();
        for event in events {
            statuses.push(self.post_events(vec![event]).await);
        }
        statuses
    }
}

/// LINE allows two seconds; see [`Channel::set_webhook_timeout`].
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Carries requests to bots on a thread of its own, so that it does not matter which runtime a
/// person is played from, nor whether that runtime's time stands still. The thread begins with the first
/// request.
#[derive(Clone)]
pub(super) struct Post(Arc<LazyLock<Carrier>>);

struct Carrier {
    handle: Handle,
    client: reqwest::Client,
    _alive: oneshot::Sender<()>,
}

impl Carrier {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime needs only memory");
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || runtime.block_on(async { drop(ended.await) }))
            .expect("the system gives one more thread");
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("LineBotWebhook/2.0")
            .build()
            .expect("a client without options can be built");
        Self { handle, client, _alive: alive }
    }
}

impl Post {
    pub(super) fn new() -> Self {
        Self(Arc::new(LazyLock::new(Carrier::new)))
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    async fn send(&self, url: String, body: Vec<u8>, signature: Option<String>, timeout: Duration) -> u16 {
        let mut request = self
            .0
            .client
            .post(url)
            .timeout(timeout)
            .header("content-type", "application/json; charset=utf-8")
            .body(body);
        if let Some(signature) = signature {
            request = request.header("x-line-signature", signature);
        }
        let answer = self.0.handle.spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
        answer.await.ok().and_then(Result::ok).unwrap_or(NO_ANSWER)
    }
}
