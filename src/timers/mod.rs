//! Who is probably due: an index that may be lost and made again.
//!
//! A *timer index* answers one question fast: which readers of an account want a message by now. It
//! is never the truth. Whoever it names is looked at again in the transaction that plans, and a sweep
//! of the store finds whoever it forgot.
//!
//! - `sql` asks the store each time;
//! - `redis` keeps ids and times in Redis, shared by all replicas;
//! - `fallback` joins the two: the fast one while it is well, the store otherwise.

use async_trait::async_trait;

use crate::domain::ids::{AccountId, ReaderId};

pub mod fallback;
pub mod redis;
pub mod sql;

/// The index did not answer; the store's sweep goes on without it.
#[derive(Debug, thiserror::Error)]
#[error("the timer index did not answer")]
pub struct TimerError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A reader's next moment, in milliseconds since 1970; `None` when nothing is to come.
pub type Timer = (ReaderId, Option<i64>);

/// What a timer index promises.
#[async_trait]
pub trait TimerIndex: Send + Sync {
    /// At most `limit` readers of the account who are due at `now` (milliseconds since 1970), the
    /// longest due first. Whoever is named and not moved by [`TimerIndex::set`] is named again: at
    /// once, or after a while in which another process leaves them to whoever asked.
    ///
    /// # Errors
    ///
    /// [`TimerError`] when the index is away, or does not know whether it knows everybody.
    async fn due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError>;

    /// Hints, after the commit that made them true: these readers are next due then, or never.
    ///
    /// # Errors
    ///
    /// [`TimerError`] when the index is away; the sweep will find the readers all the same.
    async fn set(&self, account: AccountId, timers: &[Timer]) -> Result<(), TimerError>;

    /// Looks after the index: one that has lost something is made again from the store. Called from
    /// time to time, beside everything else.
    ///
    /// # Errors
    ///
    /// [`TimerError`] when the index or the store is away; it is tried again the next time.
    async fn tend(&self) -> Result<(), TimerError>;
}
