//! What timer indexes ask the database.

use async_trait::async_trait;

use super::{Result, Store, StoreError};
use crate::domain::ids::{AccountId, ReaderId};
use crate::timers::TimerError;
use crate::timers::sql::DueReaders;

/// Names in `meta`: what this database is called, and which making of an index is the right one.
const INSTANCE: &str = "instance";
const EPOCH: &str = "timers_epoch";

impl Store {
    /// What this database is called where several share something. Given once, and opaque.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn instance(&self) -> Result<String> {
        let name = format!("{:x}", u64::from_le_bytes(self.ambient.bytes()));
        self.meta_or(INSTANCE, &name).await
    }
}

fn away(error: StoreError) -> TimerError {
    TimerError(Box::new(error))
}

#[async_trait]
impl DueReaders for Store {
    async fn due_readers(
        &self,
        account: AccountId,
        now: i64,
        limit: u64,
    ) -> std::result::Result<Vec<ReaderId>, TimerError> {
        self.readers_due(account, now, limit).await.map_err(away)
    }

    async fn readers_to_come(
        &self,
        account: AccountId,
        after: ReaderId,
        limit: u64,
    ) -> std::result::Result<Vec<(ReaderId, i64)>, TimerError> {
        Self::readers_to_come(self, account, after, limit).await.map_err(away)
    }

    async fn epoch(&self) -> std::result::Result<Option<String>, TimerError> {
        self.meta(EPOCH).await.map_err(away)
    }

    async fn set_epoch(&self, epoch: &str) -> std::result::Result<(), TimerError> {
        self.set_meta(EPOCH, epoch).await.map_err(away)
    }
}
