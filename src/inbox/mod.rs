//! What arrives: kept first, decided once, answered after.
//!
//! - [`receive`](Inbox::receive) verifies nothing (the signature was), keeps every event of a webhook
//!   in one transaction, and only then may the answer be 200.
//! - [`tick`](Inbox::tick) takes the waiting events, lane by lane: state, effects and answers are
//!   written in the transaction that marks the event done. A *lane* is one (account, user).
//! - [`time_out`](Inbox::time_out) lets time itself speak, through the same door.
//!
//! How answers leave is the neighbour's work: here they become rows.

mod command;
mod converse;
mod effects;
mod process;
mod receive;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Ambient;
use crate::domain::account::Account;
use crate::domain::ids::AccountId;
use crate::store::{Store, StoreError};
use crate::timers::TimerIndex;

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
    decided: Arc<Notify>,
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
        Self { store, timers, ambient, accounts, arrived: Arc::default(), decided: Arc::default() }
    }

    /// Rings when something was kept.
    #[must_use]
    pub fn arrived(&self) -> Arc<Notify> {
        Arc::clone(&self.arrived)
    }

    /// Rings when an answer waits to leave.
    #[must_use]
    pub fn decided(&self) -> Arc<Notify> {
        Arc::clone(&self.decided)
    }

    fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }
}
