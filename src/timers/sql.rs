//! The index on `next_due_at` that the database keeps anyway: the default on one machine.

use async_trait::async_trait;

use super::{Timer, TimerError, TimerIndex};
use crate::domain::ids::{AccountId, ReaderId};

/// What indexes ask the store; a trait so that this room needs no database.
#[async_trait]
pub trait DueReaders: Send + Sync {
    /// Readers due at `now` (milliseconds since 1970), the longest due first.
    ///
    /// # Errors
    ///
    /// [`TimerError`].
    async fn due_readers(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError>;

    /// At most `limit` readers with something to come, and when (milliseconds since 1970), in the order
    /// of their ids, those after `after` only: the pages from which another index is made.
    ///
    /// # Errors
    ///
    /// [`TimerError`].
    async fn readers_to_come(
        &self,
        account: AccountId,
        after: ReaderId,
        limit: u64,
    ) -> Result<Vec<(ReaderId, i64)>, TimerError>;

    /// The name of the making of the index that is the right one; `None` before the first.
    ///
    /// # Errors
    ///
    /// [`TimerError`].
    async fn epoch(&self) -> Result<Option<String>, TimerError>;

    /// From now on only an index of this name is the right one.
    ///
    /// # Errors
    ///
    /// [`TimerError`].
    async fn set_epoch(&self, epoch: &str) -> Result<(), TimerError>;
}

/// A timer index that asks the store each time.
#[derive(Debug, Clone)]
pub struct SqlTimers<S>(pub S);

#[async_trait]
impl<S: DueReaders> TimerIndex for SqlTimers<S> {
    async fn due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError> {
        self.0.due_readers(account, now, limit).await
    }

    /// Nothing to do: the commit itself moved the index.
    async fn set(&self, _account: AccountId, _timers: &[Timer]) -> Result<(), TimerError> {
        Ok(())
    }

    /// Nothing to do: the database looks after its own indexes.
    async fn tend(&self) -> Result<(), TimerError> {
        Ok(())
    }
}
