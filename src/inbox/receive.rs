//! Keeping what LINE sent before saying 200.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::Inbox;
use crate::domain::account::Account;
use crate::fail::{self, Point};
use crate::line::webhook::{self, Arrived, Source};
use crate::store::{Blind, EventState, NewEvent, Store, StoreError, Tries};

/// Why a webhook cannot be answered with 200. LINE may send it again.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The database refused.
    #[error("the events were not kept")]
    Store(#[from] StoreError),
    /// So much waits for the database already that this would not be kept in time.
    #[error("too much waits to be kept")]
    Full,
    /// The database took too long; LINE waits two seconds.
    #[error("the events were not kept in time")]
    TooSlow,
}

/// What was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Events in the webhook.
    pub events: usize,
    /// Events that were not known before.
    pub new: u64,
    /// Whether the whole body was put aside for somebody to look at.
    pub quarantined: bool,
}

/// What may wait for the database at the same time (bytes): a disk that stands still must not fill the
/// memory with what arrives meanwhile. Each webhook counts as [`LEAST`] at least, so that they are 4,096.
pub(super) const ROOM: usize = 32 * 1024 * 1024;
/// What a small webhook takes, with everything around it (bytes).
const LEAST: usize = 8 * 1024;
/// LINE gives up after two seconds; the rest is for the way back.
const COMMIT_WITHIN: Duration = Duration::from_millis(1_500);

impl Inbox {
    /// Keeps the events of a webhook whose signature was verified. After this they are ours: they
    /// will be decided, or somebody will be told.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when nothing was kept, or when that is not certain; never answered with 200.
    pub async fn receive(&self, account: &Account, body: &[u8]) -> Result<Received, ReceiveError> {
        let (events, received) = self.read(account, body);
        if events.is_empty() {
            return Ok(received);
        }
        let size = u32::try_from(body.len().max(LEAST)).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(size) else { return Err(ReceiveError::Full) };
        // A task of its own: who hangs up, or waits no longer, does not cut a transaction in two.
        let (store, arrived) = (self.store.clone(), Arc::clone(&self.arrived));
        let keep = tokio::spawn(async move {
            let _room = room;
            keep(store, events, arrived).await
        });
        let kept = tokio::time::timeout(COMMIT_WITHIN, keep).await.map_err(|_| ReceiveError::TooSlow)?;
        let new = kept.map_err(|_| ReceiveError::TooSlow)??;
        fail::at(Point::A3);
        Ok(Received { new, ..received })
    }

    fn read(&self, account: &Account, body: &[u8]) -> (Vec<NewEvent>, Received) {
        let why = match webhook::read(body) {
            Ok(delivery) if is_ours(account, &delivery.destination) => {
                let now = self.ambient.now_ms();
                let pending = |event| self.pending(account, event, now);
                let events: Vec<_> = delivery.events.into_iter().map(pending).collect();
                note_contradictions(&events);
                let received = Received { events: events.len(), ..Received::default() };
                return (events, received);
            }
            Ok(_) => "meant for another bot: is the webhook address of this account right?",
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a signed webhook cannot be read");
                "cannot be read"
            }
        };
        metrics::counter!("hagukumi_webhook_quarantined_total").increment(1);
        tracing::error!(account = %account.slug, why, "a webhook was put aside");
        let received = Received { quarantined: true, ..Received::default() };
        (vec![self.quarantined(account, body, why)], received)
    }

    pub(super) fn pending(&self, account: &Account, event: Arrived, received_at: i64) -> NewEvent {
        let lane = match &event.source {
            Source::User(user) => self.store.sealer().blind(account.id, user),
            Source::Group(id) | Source::Room(id) => self.store.sealer().blind_of(account.id, id),
            Source::UserInvalid | Source::None => Blind::NOBODY,
        };
        NewEvent {
            account: account.id,
            key: event.event_id,
            lane,
            sent_at: event.timestamp_ms.unwrap_or(received_at),
            state: EventState::Pending,
            note: None,
            payload: event.raw.into_bytes(),
        }
    }

    fn quarantined(&self, account: &Account, body: &[u8], why: &'static str) -> NewEvent {
        let mut key = "q:".to_owned();
        for byte in Sha256::digest(body) {
            write!(key, "{byte:02x}").expect("writing to a String cannot fail");
        }
        NewEvent {
            account: account.id,
            key,
            lane: Blind::NOBODY,
            sent_at: self.ambient.now_ms(),
            state: EventState::Quarantined,
            note: Some(why),
            payload: body.to_vec(),
        }
    }
}

/// Keeps the events, and tries again where that may help: what an earlier try has kept after all is known
/// by its event's id, and not kept twice.
async fn keep(store: Store, events: Vec<NewEvent>, arrived: Arc<Notify>) -> Result<u64, StoreError> {
    let mut tries = Tries::default();
    let new = loop {
        match keep_once(&store, &events).await {
            Err(error) if tries.again(&error) => {}
            done => break done?,
        }
    };
    arrived.notify_one();
    Ok(new)
}

async fn keep_once(store: &Store, events: &[NewEvent]) -> Result<u64, StoreError> {
    let tx = store.begin_intake().await?;
    let new = tx.keep_events(events).await?;
    fail::at(Point::A2);
    tx.commit().await?;
    Ok(new)
}

/// Two different events of one body under one id: LINE says that ids are unique, so somebody should look.
/// The first is kept.
pub(super) fn note_contradictions(events: &[NewEvent]) {
    let mut known = HashMap::new();
    for event in events {
        let first = *known.entry(event.key.as_str()).or_insert(&event.payload);
        if *first != event.payload {
            tracing::error!(event.key = %event.key, "two different events have the same id; the first one is kept");
        }
    }
}

/// A body for another bot is never processed: settings are mixed up. Before the bot's id is known, or
/// when LINE names nobody, nothing can be said against it.
pub(super) fn is_ours(account: &Account, destination: &str) -> bool {
    destination.is_empty() || account.bot_user_id.get().is_none_or(|ours| ours == destination)
}
