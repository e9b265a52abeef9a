//! Whoever the index forgot, found in the store.
//!
//! The sweep runs whatever index there is and however well it is: readers who have been due for longer
//! than [`GRACE_MS`] are planned and sent like all others. Whoever is planned twice at the same moment, by
//! the index and by the sweep, has one row all the same.

use super::{BATCH, Deliveries, DeliveryError};

/// How long the index may take before the sweep does its work (milliseconds).
pub const GRACE_MS: i64 = 15_000;

impl Deliveries {
    /// Plans and sends what has been due in an account for a while; returns how many readers and rows
    /// were dealt with.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`]; what was committed before stays true.
    pub async fn sweep_of(&self, account: usize) -> Result<usize, DeliveryError> {
        let Some(channel) = self.channels.get(account) else { return Ok(0) };
        if !self.knows_the_time(channel).await? {
            return Ok(0);
        }
        let mut total = 0;
        // A held account, or a silent LINE, is tried with one row at a time (see `probe`, `trouble`).
        while !self.is_stopping() && !channel.is_in_trouble() && self.hold_of(channel).await?.is_none() {
            let before = self.ambient.now_ms() - GRACE_MS;
            let overdue = self.store.readers_due(channel.account.id, before, BATCH).await?;
            let plan = self.plan_readers(channel, &overdue).await?;
            if plan.readers == 0 {
                break;
            }
            metrics::counter!("hagukumi_readers_swept_total").increment(plan.readers as u64);
            total += plan.readers - plan.rows.len() + self.send(channel, plan.rows).await?.ended;
        }
        Ok(total)
    }

    /// As [`Deliveries::sweep_of`], for all accounts side by side.
    ///
    /// # Errors
    ///
    /// As [`Deliveries::sweep_of`].
    pub async fn sweep(&self) -> Result<usize, DeliveryError> {
        let sweeps = (0..self.accounts()).map(|account| self.sweep_of(account));
        Ok(futures::future::try_join_all(sweeps).await?.into_iter().sum())
    }

    /// Looks after the timer index. One that is away is no failure.
    pub async fn tend_timers(&self) {
        if let Err(error) = self.timers.tend().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the timer index is left for later");
        }
    }
}
