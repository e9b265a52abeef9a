//! Two indexes as one: the fast one while it is well, the store otherwise.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Timer, TimerError, TimerIndex};
use crate::domain::ids::{AccountId, ReaderId};

/// A fast index that may be away, with the store behind it.
pub struct Fallback {
    fast: Arc<dyn TimerIndex>,
    store: Arc<dyn TimerIndex>,
}

impl Fallback {
    /// Asks `fast` first. It says by an error, and at once, that it cannot be relied on.
    #[must_use]
    pub fn new(fast: Arc<dyn TimerIndex>, store: Arc<dyn TimerIndex>) -> Self {
        Self { fast, store }
    }
}

#[async_trait]
impl TimerIndex for Fallback {
    async fn due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError> {
        match self.fast.due(account, now, limit).await {
            Ok(due) => Ok(due),
            // Logged once by whoever knows when it began.
            Err(_away) => {
                metrics::counter!("hagukumi_timers_fallback_total").increment(1);
                self.store.due(account, now, limit).await
            }
        }
    }

    async fn set(&self, account: AccountId, timers: &[Timer]) -> Result<(), TimerError> {
        self.store.set(account, timers).await?;
        self.fast.set(account, timers).await
    }

    async fn tend(&self) -> Result<(), TimerError> {
        self.store.tend().await?;
        self.fast.tend().await
    }
}
