//! The index on `next_due_at` that the database keeps anyway: the default on one machine.

use async_trait::async_trait;

use super::{TimerError, TimerIndex};
use crate::domain::ids::{AccountId, ReaderId};

/// What the index asks the store; a trait so that this room needs no database.
#[async_trait]
pub trait DueReaders: Send + Sync {
    /// Readers due at `now` (milliseconds since 1970), the longest due first.
    ///
    /// # Errors
    ///
    /// [`TimerError`].
    async fn due_readers(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError>;
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
    async fn set(&self, _account: AccountId, _reader: ReaderId, _at: Option<i64>) -> Result<(), TimerError> {
        Ok(())
    }
}
