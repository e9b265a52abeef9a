//! Rows that wait for another attempt, or whose holder died.

use super::{BATCH, Channel, Deliveries, DeliveryError, LEASE_MS};
use crate::store::{First, Leased, Wanted};

impl Deliveries {
    /// Leases rows of an account that want to leave: the same key, the same parts, one fence higher.
    pub(super) async fn lease(
        &self,
        channel: &Channel,
        wanted: Wanted,
        first: First,
        limit: u64,
    ) -> Result<Vec<Leased>, DeliveryError> {
        let now = self.ambient.now_ms();
        let account = channel.account.id;
        if !self.store.has_leasable(account, wanted, now).await? {
            return Ok(Vec::new());
        }
        let tx = self.store.begin().await?;
        let rows = tx.lease(account, (wanted, first), now, now + LEASE_MS, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Ends rows of an account whose window has closed, a batch in a transaction.
    pub(super) async fn end_overdue(&self, channel: &Channel) -> Result<(), DeliveryError> {
        let (account, now) = (channel.account.id, self.ambient.now_ms());
        while self.store.has_overdue(account, now).await? {
            let tx = self.store.begin().await?;
            let ended = tx.end_overdue(account, now, BATCH).await?;
            tx.commit().await?;
            if ended == 0 {
                break;
            }
            metrics::counter!("hagukumi_deliveries_total", "kind" => "any", "result" => "window_closed")
                .increment(ended as u64);
            tracing::warn!(rows = ended, "the window closed before these rows were accepted");
        }
        Ok(())
    }
}
