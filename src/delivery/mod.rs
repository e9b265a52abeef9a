//! Rows that leave: planned, leased, sent, recorded, once.
//!
//! - `plan` turns readers who are due into rows, in one transaction a batch;
//! - `send` composes a row, keeps the pace, makes the request and says what came of it;
//! - `reap` takes up rows whose holder died or that wait for another attempt, and ends those whose
//!   window has closed;
//! - `probe` and `trouble` try, with one real row now and then, an account that is held and a LINE that
//!   does not answer;
//! - `afresh` lets what LINE refused today be tried once more after a start;
//! - `sweep` plans whoever the timer index forgot.
//!
//! One tick of each is one function; `app` decides when they run. What a conversation is, this room
//! does not know.

mod afresh;
mod ask;
pub mod pace;
mod plan;
mod probe;
mod reap;
mod record;
mod send;
mod speak;
mod standing;
mod sweep;
mod timekeeping;
mod trouble;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Mutex as AsyncMutex;

use crate::clock::Ambient;
use crate::clock::skew::Skew;
use crate::domain::account::Account;
use crate::domain::delivery::health::Health;
use crate::domain::delivery::trouble::Trouble;
use crate::fail::Point;
use crate::line::client::{Line, SendError};
use crate::store::{First, Store, StoreError, Via, Wanted};
use crate::timers::TimerIndex;
use pace::Pace;
use probe::stops_replies;
pub use sweep::GRACE_MS;

/// How long a row belongs to whoever leased it.
const LEASE_MS: i64 = 60_000;
/// No request starts with less of the lease left: a push takes up to 10 s.
const LEASE_MARGIN_MS: i64 = 15_000;
/// Rows and readers taken at once.
const BATCH: u64 = 200;
/// Requests in flight for one account.
const IN_FLIGHT: usize = 256;

/// Why a tick did not run to its end. Everything it had committed stays true.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which rows a tick takes: answers never wait behind a morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answers to what readers did.
    Answers,
    /// Mornings.
    Mornings,
}

/// One account with the way to LINE.
#[derive(Debug)]
pub struct Channel {
    /// The account.
    pub account: Account,
    /// LINE, with this account's token.
    pub line: Line,
    /// Held while LINE is asked who the bot is.
    asking: AsyncMutex<()>,
    /// Held while a held account, or a LINE that does not answer, is tried.
    probing: AsyncMutex<()>,
    /// When a witness of the time was last asked (steady milliseconds).
    time_asked: Mutex<Option<i64>>,
    health: Mutex<Health>,
    trouble: Mutex<Trouble>,
}

/// The point of what leaves by push, or of what leaves by reply.
const fn either(via: Via, push: Point, reply: Point) -> Point {
    match via {
        Via::Push => push,
        Via::Reply => reply,
    }
}

impl Channel {
    /// Joins an account and its way to LINE.
    #[must_use]
    pub fn new(account: Account, line: Line) -> Self {
        Self {
            account,
            line,
            asking: AsyncMutex::default(),
            probing: AsyncMutex::default(),
            time_asked: Mutex::default(),
            health: Mutex::default(),
            trouble: Mutex::default(),
        }
    }
}

/// Everything that leaves, for all accounts of this process.
#[derive(Clone)]
pub struct Deliveries {
    store: Store,
    timers: Arc<dyn TimerIndex>,
    ambient: Ambient,
    pace: Arc<Pace>,
    channels: Arc<Vec<Channel>>,
    stopping: Arc<AtomicBool>,
    skew: Arc<Skew>,
    /// Whether pushes wait for the clock.
    late: Arc<AtomicBool>,
}

impl std::fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliveries").finish_non_exhaustive()
    }
}

impl Deliveries {
    /// Joins what deliveries need.
    #[must_use]
    pub fn new(
        store: Store,
        timers: Arc<dyn TimerIndex>,
        ambient: Ambient,
        pace: Pace,
        channels: Arc<Vec<Channel>>,
    ) -> Self {
        let (skew, late) = (Arc::new(Skew::rehearsing(ambient.clone())), Arc::default());
        Self { store, timers, ambient, pace: Arc::new(pace), channels, stopping: Arc::default(), skew, late }
    }

    /// Lets pushes wait while the clock cannot be believed; see [`crate::clock::skew`].
    #[must_use]
    pub fn timed_by(self, skew: Arc<Skew>) -> Self {
        Self { skew, ..self }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// How many accounts there are; [`Deliveries::tick_of`] names them by number.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.channels.len()
    }

    /// Lends the rate that is not needed here; see [`pace`].
    pub async fn lend_pace(&self) {
        self.pace.lend().await;
    }

    /// From now on no further morning is taken up; what is on its way ends. Answers go on: their reply
    /// tokens do not wait for another server.
    pub fn stop_mornings(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Sends everything of that kind that is due now, for all accounts side by side, until nothing is
    /// left; returns how many rows and readers were dealt with.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`]; what was committed before stays true and the next tick goes on.
    pub async fn tick(&self, kind: Kind) -> Result<usize, DeliveryError> {
        let ticks = (0..self.accounts()).map(|account| self.tick_of(account, kind));
        Ok(futures::future::try_join_all(ticks).await?.into_iter().sum())
    }

    /// As [`Deliveries::tick`], for one account: an account whose requests hang must not keep another
    /// waiting.
    ///
    /// # Errors
    ///
    /// As [`Deliveries::tick`].
    pub async fn tick_of(&self, account: usize, kind: Kind) -> Result<usize, DeliveryError> {
        let Some(channel) = self.channels.get(account) else { return Ok(0) };
        if !self.knows_the_time(channel).await? {
            return self.replies_alone(channel, kind).await;
        }
        self.end_overdue(channel).await?;
        let mut total = 0;
        while kind == Kind::Answers || !self.is_stopping() {
            let done = self.serve(channel, kind).await?;
            total += done;
            if done == 0 {
                break;
            }
        }
        Ok(total)
    }

    async fn serve(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        let wanted = if kind == Kind::Answers { Wanted::Answers } else { Wanted::Mornings };
        let Some(hold) = self.hold_of(channel).await? else {
            if channel.is_in_trouble() {
                return self.serve_in_trouble(channel, kind).await;
            }
            let mut rows = self.lease(channel, wanted, First::Oldest, BATCH).await?;
            let mut planned = 0;
            if kind == Kind::Mornings {
                let plan = self.plan(channel, BATCH).await?;
                planned = plan.readers - plan.rows.len();
                rows.extend(plan.rows);
            }
            return Ok(planned + self.send(channel, rows).await?.ended);
        };
        // Whichever server ends the hold: what was refused before it was nobody's own case here either.
        channel.health.lock().expect("no panic while health is held").forgive();
        let done = if stops_replies(&hold) { 0 } else { self.replies_alone(channel, kind).await? };
        Ok(done + self.probe(channel, kind).await?)
    }

    /// Replies are free and cannot come at the wrong time: somebody is waiting for them.
    async fn replies_alone(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        if kind != Kind::Answers {
            return Ok(0);
        }
        let rows = self.lease(channel, Wanted::Replies, First::Oldest, BATCH).await?;
        Ok(self.send(channel, rows).await?.ended)
    }

    /// Makes sure that LINE's id of the bot is known: from the database, or asked from LINE once and
    /// kept. Retry keys are made of it, so nothing can be pushed without.
    async fn know_bot_user_id(&self, channel: &Channel) -> Result<(), SendError> {
        let known = &channel.account.bot_user_id;
        if known.get().is_none() {
            let _one_at_a_time = channel.asking.lock().await;
            if known.get().is_none() {
                let info = channel.line.bot_info().await?;
                self.keep_bot_user_id(channel, &info.user_id).await;
                let _already = known.set(info.user_id);
            }
        }
        Ok(())
    }

    async fn keep_bot_user_id(&self, channel: &Channel, id: &str) {
        let kept: Result<(), StoreError> = async {
            let tx = self.store.begin().await?;
            tx.set_bot_user_id(channel.account.id, id).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = kept {
            // It is asked again after the next start; nothing depends on it being kept.
            tracing::warn!(error = &error as &dyn std::error::Error, "the bot's id was not kept");
        }
    }
}
