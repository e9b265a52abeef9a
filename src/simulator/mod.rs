//! A LINE platform for the demo, the tests and the benchmarks.
//!
//! It plays LINE's side only: it keeps friends, chats and menus, sends signed webhooks to a bot, and
//! answers the bot's API requests as LINE's documentation says LINE would, including its refusals.
//! It imports nothing of ours and not the SDK either: a mistake shared with the bot would hide itself.
//!
//! Words: a *channel* is one bot; a [`User`] is a person with a phone; a *chat* is what this person
//! sees, made of [`Bubble`]s; the *ledger* is every API request that arrived; the *webhook log* is
//! every webhook that left. The *phone* is a page in the browser through which a person can be played,
//! *control* the same for another process.
//!
//! - **Time is passed in** ([`Options::clock`]); only request rates are measured by a real watch,
//!   because they are about machines and not about days.
//! - **No chance.** Every id is derived from [`Options::seed`] and a counter.
//! - **What LINE documents is enforced, what it does not document is not invented.** Choices that
//!   had to be made all the same are said at the place where they are made.

mod api;
mod channel;
mod control;
mod events;
mod faults;
mod group;
mod ids;
mod inside;
mod ledger;
mod limits;
mod phone;
mod rate;
mod rich_menu;
mod server;
mod tokens;
mod touch;
mod user;
mod webhook;
mod words;
mod world;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

pub use channel::{ChangedBody, Channel};
pub use control::{Deed, Moved, Order, Seen, Stay};
pub use faults::{FaultKind, Faults, FaultsOn, On, Only};
pub use group::Group;
pub use inside::{Asked, Bot, Told};
pub use ledger::{Entry, WebhookEntry};
pub use rate::Rate;
pub use rich_menu::MenuState;
pub use server::Running;
pub use user::User;
pub use webhook::{HELD, NO_ANSWER, Release};
pub use world::{Bubble, Speaker, Via};

/// Milliseconds since 1970, as LINE writes its timestamps.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What the phone's clock buttons ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockCommand {
    /// The next morning, just after the hour at which messages go out.
    NextMorning,
    /// The morning of this day.
    To(NaiveDate),
    /// One morning after the other, until somebody says [`ClockCommand::Halt`].
    Forward {
        /// The LINE user id of the person whose family it is about.
        user: String,
        /// How far.
        until: Until,
    },
    /// No further.
    Halt,
}

/// How far mornings pass one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The due date.
    DueDate,
    /// The first birthday.
    FirstBirthday,
    /// The third birthday.
    ThirdBirthday,
}

/// How far [`ClockCommand::Forward`] is to go, for the phone to show; times in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Where it began.
    pub from_ms: i64,
    /// Where it will end.
    pub to_ms: i64,
}

/// Carries out a [`ClockCommand`]; an error is shown on the phone.
pub type ClockHook = Arc<dyn Fn(ClockCommand) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Moves the platform's clock forward to a moment, in milliseconds since 1970.
pub type MoveClock = Arc<dyn Fn(i64) + Send + Sync>;

/// What a simulator is made of.
pub struct Options {
    /// The bots. The first is the one that `/phone` shows.
    pub channels: Vec<ChannelOptions>,
    /// The time at LINE.
    pub clock: Clock,
    /// All ids are derived from it.
    pub seed: u64,
}

/// One bot.
#[derive(Clone)]
pub struct ChannelOptions {
    /// Its name in the simulator and in the phone's address.
    pub slug: String,
    /// Digits; the `client_id` of the token endpoints.
    pub channel_id: String,
    /// Signs webhooks, and is the `client_secret` of the token endpoints.
    pub secret: String,
    /// The long-lived token.
    pub access_token: String,
    /// `U` and 32 hexadecimal digits; the `destination` of webhooks.
    pub bot_user_id: String,
    /// The account's name at the head of the chat.
    pub display_name: String,
    /// Where webhooks go, once it is known.
    pub webhook_url: Option<String>,
}

/// The platform. Clones share one world.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

struct Inner {
    channels: Vec<Channel>,
    /// Channels by the token that they were made with.
    by_token: HashMap<String, usize>,
    clock: Clock,
    hook: Mutex<Option<ClockHook>>,
    progress: Mutex<Option<Progress>>,
    control: Mutex<Option<MoveClock>>,
    post: webhook::Post,
}

impl Simulator {
    /// A platform on which nobody has done anything yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let post = webhook::Post::new();
        let tokens = options.channels.iter().enumerate();
        let by_token = tokens.map(|(number, channel)| (channel.access_token.clone(), number)).collect();
        let channels = options
            .channels
            .into_iter()
            .map(|channel| Channel::new(channel, options.seed, Arc::clone(&options.clock), post.clone()))
            .collect();
        Self {
            inner: Arc::new(Inner {
                channels,
                by_token,
                clock: options.clock,
                hook: Mutex::new(None),
                progress: Mutex::new(None),
                control: Mutex::new(None),
                post,
            }),
        }
    }

    /// Serves the API, the phone and, on a second loopback port, the data API, until stopped.
    ///
    /// # Panics
    ///
    /// When the listener has no address, or no second port is to be had.
    pub async fn serve(&self, listener: std::net::TcpListener) -> Running {
        let host = listener.local_addr().expect("a listener has an address").ip();
        let data = std::net::TcpListener::bind((host, 0)).expect("a second port for the data host");
        self.serve_on(listener, data).await
    }

    /// As [`Simulator::serve`], with the data API on a port of the caller's choice.
    ///
    /// # Panics
    ///
    /// When a listener has no address.
    pub async fn serve_on(&self, api: std::net::TcpListener, data: std::net::TcpListener) -> Running {
        server::serve(self.clone(), api, data).await
    }

    /// The channel called `slug`.
    ///
    /// # Panics
    ///
    /// When the options named no such channel.
    #[must_use]
    pub fn channel(&self, slug: &str) -> Channel {
        self.find_channel(slug).unwrap_or_else(|| panic!("the simulator has no channel {slug:?}"))
    }

    /// Gives the phone its clock buttons.
    pub fn on_clock(&self, hook: ClockHook) {
        *self.inner.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(hook);
    }

    /// Tells phones how far mornings will pass, or that they do not pass by themselves any more.
    pub fn show_progress(&self, progress: Option<Progress>) {
        *self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
        self.channels().iter().for_each(Channel::touch);
    }

    fn progress(&self) -> Option<Progress> {
        *self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the control interface ([`Order`], [`Deed`]) to whoever can reach the listener.
    pub fn allow_control(&self, clock: MoveClock) {
        *self.inner.control.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock);
    }

    fn control(&self) -> Option<MoveClock> {
        self.inner.control.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find_channel(&self, slug: &str) -> Option<Channel> {
        self.inner.channels.iter().find(|channel| channel.slug() == slug).cloned()
    }

    fn channels(&self) -> &[Channel] {
        &self.inner.channels
    }

    /// The channel that was made with this token.
    fn channel_of(&self, token: &str) -> Option<&Channel> {
        self.inner.by_token.get(token).and_then(|number| self.inner.channels.get(*number))
    }

    fn clock_hook(&self) -> Option<ClockHook> {
        self.inner.hook.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn now_ms(&self) -> i64 {
        (self.inner.clock)()
    }

    /// The time as HTTP writes it (RFC 9110, 5.6.7).
    fn date(&self) -> String {
        let now = chrono::DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default();
        now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}
