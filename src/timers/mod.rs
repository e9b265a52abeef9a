//! Who is probably due: an index that may be lost and made again.
//!
//! A *timer index* answers one question fast: which readers of an account want a message by now. It
//! is never the truth. Whoever it names is looked at again in the transaction that plans, and a sweep
//! of the store finds whoever it forgot.

use async_trait::async_trait;

use crate::domain::ids::{AccountId, ReaderId};

pub mod sql;

/// The index did not answer; the store's sweep goes on without it.
#[derive(Debug, thiserror::Error)]
#[error("the timer index did not answer")]
pub struct TimerError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What a timer index promises.
#[async_trait]
pub trait TimerIndex: Send + Sync {
    /// At most `limit` readers of the account who are due at `now` (milliseconds since 1970), the
    /// longest due first. The same reader may be named again until [`TimerIndex::set`] moves them.
    ///
    /// # Errors
    ///
    /// [`TimerError`] when the index is away.
    async fn due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError>;

    /// A hint, after the commit that made it true: the reader is next due then, or never.
    ///
    /// # Errors
    ///
    /// [`TimerError`] when the index is away; the sweep will find the reader all the same.
    async fn set(&self, account: AccountId, reader: ReaderId, at: Option<i64>) -> Result<(), TimerError>;
}
