//! What arrives: kept first, decided once, answered after.
//!
//! - [`receive`](Inbox::receive) verifies nothing (the signature was), keeps every event of a webhook
//!   in one transaction, and only then may the answer be 200.
//! - [`tick`](Inbox::tick) takes the waiting events, lane by lane: state, effects and answers are
//!   written in the transaction that marks the event done. A *lane* is one (account, user).
//! - [`take_up_again`](Inbox::take_up_again) reads at a start what an earlier one had put aside.
//! - [`time_out`](Inbox::time_out) lets time itself speak, through the same door.
//!
//! How answers leave is the neighbour's work: here they become rows.

mod command;
mod converse;
mod effects;
mod process;
mod quarantine;
mod receive;
mod sharing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, Semaphore};

use crate::clock::Ambient;
use crate::domain::account::Account;
use crate::domain::ids::AccountId;
use crate::store::{Store, StoreError};
use crate::timers::TimerIndex;

pub use command::COMMAND;
pub use receive::{ReceiveError, Received};

/// Why a tick of the inbox did not run to its end. What was committed stays true.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everything that arrives, for all accounts of this process.
#[derive(Clone)]
pub struct Inbox {
    store: Store,
    timers: Arc<dyn TimerIndex>,
    ambient: Ambient,
    accounts: Arc<Vec<Account>>,
    arrived: Arc<Notify>,
    decided: Arc<Vec<Arc<Notify>>>,
    changed: Arc<Vec<Arc<Notify>>>,
    stopping: Arc<AtomicBool>,
    /// What may still arrive before something was kept, by the byte.
    room: Arc<Semaphore>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Inbox {
    /// Joins what the inbox needs.
    #[must_use]
    pub fn new(store: Store, timers: Arc<dyn TimerIndex>, ambient: Ambient, accounts: Arc<Vec<Account>>) -> Self {
        let bells = || Arc::new(accounts.iter().map(|_| Arc::default()).collect());
        let (decided, changed) = (bells(), bells());
        let (arrived, stopping, room) = (Arc::default(), Arc::default(), Arc::new(Semaphore::new(receive::ROOM)));
        Self { store, timers, ambient, accounts, arrived, decided, changed, stopping, room }
    }

    /// Rings when something was kept.
    #[must_use]
    pub fn arrived(&self) -> Arc<Notify> {
        Arc::clone(&self.arrived)
    }

    /// Rings when an answer of that account waits to leave; accounts by number, as they were given.
    #[must_use]
    pub fn decided(&self, account: usize) -> Arc<Notify> {
        self.decided.get(account).map(Arc::clone).unwrap_or_default()
    }

    /// Rings when something was decided about readers of that account, who may want another menu now.
    #[must_use]
    pub fn changed(&self, account: usize) -> Arc<Notify> {
        self.changed.get(account).map(Arc::clone).unwrap_or_default()
    }

    fn ring(&self, account: AccountId) {
        if let Some(at) = self.accounts.iter().position(|one| one.id == account) {
            self.decided[at].notify_one();
            self.changed[at].notify_one();
        }
    }

    /// From now on no further event is taken up; what waits is decided after the next start.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }
}
